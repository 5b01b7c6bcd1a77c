package lens_test

import (
	"strings"
	"testing"

	"migov/assessment/survey"
)

// Every link of the questionnaire has its type and its reason, in four languages; no reason is left of a link that is gone.
func TestLinksAndReasonsFitBothWays(t *testing.T) {
	in := questionnaire(t)
	for _, f := range in.Frameworks {
		v := through(t, f.ID)
		reasons := 0
		for _, o := range v.Objectives {
			for _, k := range o.Ties {
				if !k.Explained {
					t.Errorf("%s: %s to %s has no reason", f.ID, k.Indicator.ID, o.ID)
				}
				for _, l := range survey.Languages {
					if text := k.Why[l]; text == "" || len(strings.Fields(text)) > 26 || !strings.HasSuffix(text, ".") {
						t.Errorf("%s: %s to %s: the reason in %s is %q", f.ID, k.Indicator.ID, o.ID, l, text)
					}
				}
				reasons++
			}
		}
		if reasons != v.Links {
			t.Errorf("%s: %d links lie in objectives, %d in indicators", f.ID, reasons, v.Links)
		}
		for _, k := range v.Removed {
			t.Errorf("%s: a reason is left for %s and %s, which are not linked", f.ID, k.Indicator, k.Target)
		}
	}
}
