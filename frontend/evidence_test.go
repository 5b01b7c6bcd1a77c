package frontend_test

import (
	"strings"
	"testing"

	"migov/assessment"
	"migov/assessment/survey"
	"migov/frontend"
)

// cards are pieces of every kind and state, with hostile texts.
func cards() (out []frontend.PieceCard) {
	for i, e := range []assessment.Evidence{
		{ID: "1", Kind: assessment.EvidenceFile, Title: hostile, Note: hostile, Name: hostile + ".pdf", Media: "application/pdf", Size: 3 << 20, SHA256: strings.Repeat("0", 64), Revision: 2},
		{ID: "2", Kind: assessment.EvidenceLink, Title: hostile, URL: "https://city.example/?a=" + hostile, Revision: 1, Expires: noon.AddDate(0, 0, 9)},
		{ID: "3", Kind: assessment.EvidenceFile, Title: "Plan", Name: "plan.csv", Media: "text/csv; charset=utf-8", Size: 12, Revision: 1, Expires: noon.AddDate(0, 0, -9)},
		{ID: "4", Kind: assessment.EvidenceFile, Title: "خطة", Name: "خطة.docx", Media: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Revision: 1, Removed: noon},
	} {
		e.At = noon
		c := frontend.NewPieceCard(e, "1 KB", noon)
		if i != 3 {
			c.Href, c.Author = "/assessments/a/evidence/"+e.ID, hostile
			if !c.Link() {
				c.Download = "/evidence/" + e.ID + "/1"
			}
			c.Uses = []frontend.UseLink{{Href: "/assessments/a/MR.1#MR-01", ID: "MR-01", Passage: hostile, Round: hostile, Title: survey.Text{"en": hostile}}}
		}
		out = append(out, c)
	}
	return out
}

func proofForm(act string, msg map[string]string) frontend.ProofForm {
	return frontend.ProofForm{Action: "/x", By: "1", Act: act, Cites: act == "add", Title: hostile, Note: hostile, Expires: "2026-01-02", Link: hostile, Passage: hostile, Again: msg != nil, Msg: msg}
}

func init() {
	bad := map[string]string{"file": hostile, "url": hostile, "passage": hostile, "title": hostile, "expires": hostile, "note": hostile}
	samples["evidence"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Library{Frame: signed(f), Home: "/assessments/a", City: hostile}
		},
		func(f frontend.Frame) any {
			return frontend.Library{Frame: signed(f), Home: "/assessments/a", City: hostile, OfCity: true, MayWrite: true, Pieces: cards()[:3], Removed: cards()[3:], Form: proofForm("add", nil)}
		},
		func(f frontend.Frame) any {
			return frontend.Library{Frame: signed(f), Home: "/assessments/a", City: hostile, OfCity: true, MayWrite: true, Form: proofForm("add", bad)}
		},
	}
	piece := func(i int, may bool, msg map[string]string) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			c := cards()[i]
			revise := proofForm("revise", msg)
			revise.Kind = c.Kind
			return frontend.PiecePage{Frame: signed(f), Home: "/assessments/a", Library: "/assessments/a/evidence", MayWrite: may, Piece: c, Describe: proofForm("describe", msg), Revise: revise,
				Revisions: []frontend.RevisionLine{{EvidenceRevision: assessment.EvidenceRevision{Revision: 2, Name: hostile, URL: c.URL, At: noon}, Download: c.Download, Type: c.Type, Weight: "1 KB", Author: hostile, Current: true}}}
		}
	}
	samples["evidence_piece"] = []func(f frontend.Frame) any{piece(0, true, nil), piece(1, true, bad), piece(2, false, nil), piece(3, true, nil)}
	attach := func(may bool, cited int, msg map[string]string) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			a := frontend.Attach{Frame: signed(f), Home: "/assessments/a", Back: "/assessments/a/MR.1#MR-01", Library: "/assessments/a/evidence", Action: "/x", By: "1", ID: "MR-01",
				Question: survey.Text{"en": hostile}, Counts: survey.Text{"en": hostile}, MayWrite: may, Standing: "evidenced", Form: proofForm("add", msg)}
			for i, c := range cards() {
				card := frontend.CitedCard{PieceCard: c, Passage: hostile, Typed: hostile, Ticked: i%2 == 0, Msg: msg[c.ID]}
				if i < cited {
					a.Cited = append(a.Cited, card)
				} else {
					a.Others = append(a.Others, card)
				}
			}
			if !may {
				a.HandedIn = noon
			}
			return a
		}
	}
	samples["evidence_attach"] = []func(f frontend.Frame) any{attach(true, 2, nil), attach(true, 0, map[string]string{"1": hostile, "file": hostile}), attach(false, 4, nil)}
}

func TestTheCheckNamesEachKindOfGapOnce(t *testing.T) {
	d := draft(func(d *assessment.Draft) {
		busy(d)
		for id, level := range map[string]string{"WG-08": "3", "WG-01": "0", "WG-12": "0"} {
			answered(d, d.Instrument.Indicator(id), survey.Answer{Value: level, Explanation: "Call +216 71 123 456 or write to a.b@city.example."})
		}
		answered(d, d.Instrument.Indicator("WG-02"), survey.Answer{NonAnswer: survey.NotApplicable})
	})
	c := frontend.NewCheck(frontend.Frame{Lang: "en"}, d, assessment.Beside{}, true, noon)
	want := map[string]int{}
	for _, f := range d.Findings(assessment.Beside{}, noon) {
		want[string(f.Gap)]++
	}
	if len(c.Gaps) != len(assessment.Gaps) {
		t.Fatalf("%d kinds, not %d", len(c.Gaps), len(assessment.Gaps))
	}
	sum := 0
	for i, gap := range assessment.Gaps {
		g := c.Gaps[i]
		if g.Kind != string(gap) || len(g.Lines) != want[g.Kind] || len(g.Lines) == 0 {
			t.Errorf("%s: %s with %d lines, want %d", gap, g.Kind, len(g.Lines), want[g.Kind])
		}
		sum += len(g.Lines)
	}
	if sum != c.Lines {
		t.Errorf("%d lines are counted, %d are there", c.Lines, sum)
	}
	for kind, href := range map[string]string{"two_versions": "MR.1#both-MR-01", "contradiction": "WG.3#WG-08-value", "proof_missing": "MR.1#evidence-MR-01", "personal": "WG.1#WG-01-explanation"} {
		for _, g := range c.Gaps {
			if g.Kind == kind && g.Lines[0].Href != "/assessments/a/"+href {
				t.Errorf("%s leads to %s", kind, g.Lines[0].Href)
			}
		}
	}
	if n := len(c.Gaps[1].Lines[0].Others); n != 1 {
		t.Errorf("a rule about two answers has %d others", n)
	}
	if read := frontend.NewCheck(frontend.Frame{Lang: "en"}, d, assessment.Beside{}, false, noon); read.Gaps[0].Lines[0].Href != "/assessments/a/MR.1#MR-01" {
		t.Errorf("a reader is led to %s", read.Gaps[0].Lines[0].Href)
	}
}
