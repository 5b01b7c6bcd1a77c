package frontend_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

// team is a city of four, with parts of every kind.
func team(frontend.Frame) assessment.Beside {
	return assessment.Beside{
		Team: []assessment.Member{{Account: "x", Name: hostile, Role: account.Coordinator, Department: "Housing"}, {Account: "y", Name: "Y", Role: account.Contributor, Department: "Health"},
			{Account: "a", Name: "A", Role: account.Approver}, {Account: "z", Name: "Z", Role: account.Contributor, Left: true}},
		Parts: []assessment.Part{
			{ID: "1", Ref: "MR", Account: "x", Due: noon.AddDate(0, 0, 9), Note: hostile, Opened: noon, At: noon},
			{ID: "2", Ref: "WG.1", Department: "Housing", Due: noon.AddDate(0, 0, -9), At: noon},
			{ID: "3", Ref: "PA", Account: "y", Due: noon.AddDate(0, 0, -1), At: noon}, {ID: "4", Ref: "SW", Account: "z", At: noon}, {ID: "5", Ref: "MR-01", Department: "Health", At: noon}},
		SignOffs: []assessment.SignOff{{Seq: 3, By: assessment.Author{Name: hostile}, At: noon}},
	}
}

func partsPage(f frontend.Frame, may bool) frontend.Parts {
	d, b := draft(busy), team(f)
	division := assessment.Divide(d.Instrument, b.Parts)
	p := frontend.Parts{Frame: signed(f), Home: "/h", By: "x", May: may, Today: "2026-11-24", Groups: frontend.NewPartGroups(d, division, "MR.1", noon, owns),
		Loads:   frontend.NewLoadRows(division.Loads(d.Sheet, noon), owns),
		Choices: frontend.PartChoices{People: []frontend.PartChoice{{Value: "account:x", Name: hostile}}, Departments: []frontend.PartChoice{{Value: "department:Housing", Name: "Housing"}}}}
	p.Saves = may
	return p
}

func init() {
	samples["parts"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Parts{Frame: f, Alone: true, Invites: true} },
		func(f frontend.Frame) any { return partsPage(f, false) },
		func(f frontend.Frame) any {
			p := partsPage(f, true)
			p.Left = p.Loads[:1]
			p.Groups[0].WhoMsg, p.Groups[0].Rows[0].DueMsg = "wrong", "past"
			p.Faults = []frontend.Fault{{Href: "#who-MR", Text: "x"}, {Href: "#due-MR.1", Text: "y"}}
			return p
		},
	}
	samples["part"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.PartPage{Frame: f, Row: frontend.PartRow{Ref: "MR"}} },
		func(f frontend.Frame) any {
			p := partsPage(f, true)
			f.Faults = []frontend.Fault{{Href: "#due", Text: "x"}, {Href: "#note", Text: "y"}, {Href: "#who-MR", Text: "z"}}
			return frontend.PartPage{Frame: signed(f), Home: "/h", Row: p.Groups[0].PartRow, May: true, Invites: true, Link: "http://x/y", Note: hostile, GivenBy: hostile, GivenAt: noon,
				Choices: p.Choices, Long: 500, Marks: frontend.Marks{"who": "z", "due": "x", "note": "y"},
				Questions: []frontend.PartQuestion{{Href: "/q", ID: "MR-01", Title: survey.Text{"en": hostile}, Status: "complete", Who: hostile}, {Href: "/r", ID: "MR-02", Title: survey.Text{"en": "B"}, Status: "not_started"}}}
		},
	}
	consent := frontend.ConsentLine{Shown: true, Home: "/h", Approvers: []string{hostile, "B"}, Last: &frontend.Signed{By: hostile, At: noon}, Changed: 2}
	samples["signoff"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.SignOff{Frame: f, MayHandIn: true} },
		func(f frontend.Frame) any { return frontend.SignOff{Frame: f, HandedIn: noon} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#reason", Text: "x"}, {Href: "#MR-01", Text: "y"}}
			return frontend.SignOff{Frame: signed(f), Home: "/h", By: "x", Consent: consent, MayConsent: true, Seq: 7, Reason: hostile, Marks: frontend.Marks{"reason": "x"},
				Refusal: &frontend.Signed{By: hostile, At: noon, Reason: hostile},
				Changes: []frontend.ChangeRow{{Href: "/q", ID: "MR-01", Title: survey.Text{"en": hostile}, Answer: true, Power: true, Holder: "shared", Stands: frontend.Shown{Level: "2"}, By: hostile, At: noon},
					{Href: "/q", ID: "MR-02", Title: survey.Text{"en": "B"}, Power: true, Holder: "nobody", By: hostile, At: noon}, {Href: "/q", ID: "MR-03", Title: survey.Text{"en": "C"}, Answer: true, Stands: frontend.Shown{Plain: hostile}, By: hostile, At: noon}}}
		},
		func(f frontend.Frame) any {
			return frontend.SignOff{Frame: signed(f), Consent: consent, MayConsent: true, Wrote: true}
		},
		func(f frontend.Frame) any {
			x := consent
			x.Stands = true
			return frontend.SignOff{Frame: signed(f), Consent: x, MayAsk: true, MayHandIn: true}
		},
	}
}

func TestMyPartComesFirst(t *testing.T) {
	c := divided(frontend.Frame{Lang: "en"}, account.Coordinator, nil, team(frontend.Frame{}))
	var mine []string
	for _, m := range c.Mine {
		mine = append(mine, strings.TrimPrefix(m.Href, "/assessments/a/"))
	}
	// WG.1 is the department's and late, so it comes first; of MR all but MR-01 is mine, by a later day.
	if !slices.Equal(mine, []string{"WG.1", "MR.1#MR-02", "MR.2", "MR.3", "MR.4"}) {
		t.Errorf("mine are %v", mine)
	}
	if !c.Mine[0].Late || c.Mine[1].Late || c.Mine[1].Note == "" {
		t.Errorf("%+v", c.Mine[:2])
	}
	var steps []string
	for _, s := range c.Steps {
		steps = append(steps, strings.TrimPrefix(s.Href, "/assessments/a"))
	}
	if !slices.Equal(steps, []string{"/powers", "/WG.1", "/parts", "/parts"}) {
		t.Errorf("next are %v", steps)
	}
	waits := map[string]string{}
	for _, g := range c.Groups {
		for _, x := range g.Tasks {
			if x.Waits != "" {
				waits[strings.TrimPrefix(x.Href, "/assessments/a/")] = strings.TrimPrefix(x.Waits, hostile)
			}
			if x.Owners == "" && x.Assign == "" {
				t.Errorf("%s says neither whose it is nor how to give it", x.Href)
			}
		}
	}
	for _, section := range []string{"PA.1", "PA.2"} {
		if waits[section] != "y" {
			t.Errorf("%s waits for %q, want y, whose day has passed", section, waits[section])
		}
	}
	if waits["MR.1"] != "" || waits["WG.1"] != "" {
		t.Errorf("what is mine waits: %v", waits)
	}
}

func TestAFormSaysWhatItKnewOfAPart(t *testing.T) {
	for _, p := range []assessment.Part{{}, {ID: "1", Account: "x"}, {ID: "1", Department: "Social services", Due: noon}} {
		id, due, owner, ok := frontend.ParseSeenPart(frontend.SeenPart(p))
		if want := frontend.OwnerValue(p.Owner()); !ok || id != p.ID || owner != want || frontend.ParseOwner(owner) != p.Owner() || (due == "") != p.Due.IsZero() {
			t.Errorf("%+v is read back as %q %q %q %v", p, id, due, owner, ok)
		}
		if due != "" && due != p.Due.Format(time.DateOnly) {
			t.Errorf("the day is read back as %s", due)
		}
	}
	for _, forged := range []string{"", "x", "a b"} {
		if _, _, _, ok := frontend.ParseSeenPart(forged); ok {
			t.Errorf("%q was read", forged)
		}
	}
}
