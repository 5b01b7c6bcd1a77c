package web

import (
	"testing"

	"migov/frontend"
)

func TestTheAnswersAroundOneAreListedBesideIt(t *testing.T) {
	all := make([]frontend.QueueLink, 20)
	for i := range all {
		all[i].ID = string(rune('a' + i))
	}
	for _, x := range []struct {
		name  string
		all   []frontend.QueueLink
		at    int
		first string
		n     int
	}{
		{"of the first", all, 0, "a", 10}, {"of one in the middle", all, 8, "g", 10}, {"of the last", all, 19, "k", 10},
		{"of one that is not listed", all, -1, "a", 10}, {"of a short list", all[:4], 3, "a", 4}, {"of a list of one", all[:1], 0, "a", 1},
	} {
		if got := near(x.all, x.at); len(got) != x.n || got[0].ID != x.first {
			t.Errorf("%s: %d from %q", x.name, len(got), got[0].ID)
		}
	}
	if got := near(nil, -1); len(got) != 0 {
		t.Error("of none:", got)
	}
}
