package demo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
)

// piece is invented evidence of a fictional city: a file made here, or a link to example.org.
type piece struct {
	city, by    string // code of the city, address of who added it; empty by: its coordinator
	proof       assessment.Proof
	file        func() []byte
	cited       [][2]string // indicator, page or passage
	days        int         // of its last day, from today; 0 for none
	removed     bool
	verdict     assessment.VerdictKind
	reason      string
	revised     func() []byte
	revisedName string
}

var library = []piece{
	{city: "marsa-selwa", by: "contributor@marsa-selwa.example", proof: assessment.Proof{Title: "Note on languages at the counters", Name: "languages-at-counters.pdf", Note: "Fictional. Kept by the front office."},
		file: func() []byte {
			return pdf("Note on languages at the counters", "Arabic, French, English and Hausa", "Fictional city of Marsa Selwa")
		},
		revised: func() []byte {
			return pdf("Note on languages at the counters, second edition", "Arabic, French, English, Hausa and Spanish", "Fictional city of Marsa Selwa")
		}, revisedName: "languages-at-counters-2.pdf",
		cited: [][2]string{{"MR-07", "page 1"}, {"MR-08", "page 1, last line"}}, days: 400},
	{city: "marsa-selwa", by: "coordinator@marsa-selwa.example", proof: assessment.Proof{Title: "Newcomers at the welcome desk, by month", Name: "newcomers.csv"},
		file: func() []byte { return []byte("month,newcomers\n2026-01,84\n2026-02,91\n2026-03,120\n2026-04,77\n") }, cited: [][2]string{{"SO-01", "all rows"}, {"SO-03", "sum of the column"}}},
	{city: "marsa-selwa", by: "coordinator@marsa-selwa.example", proof: assessment.Proof{Title: "Decision on the migration unit", Name: "decision-unit.txt", Note: "Fictional."},
		file: func() []byte {
			return []byte("Decision 14 of the mayor of Marsa Selwa (fictional)\n\nArticle 3. A unit for migration is set up with two posts.\n")
		}, cited: [][2]string{{"WG-01", "article 3"}, {"WG-02", ""}}},
	{city: "marsa-selwa", by: "coordinator@marsa-selwa.example", proof: assessment.Proof{Title: "Inclusion strategy, as published", Link: "https://example.org/marsa-selwa/strategy"}, cited: [][2]string{{"WG-08", "chapter 2"}, {"WG-10", "annex"}}},
	{city: "marsa-selwa", by: "contributor@marsa-selwa.example", proof: assessment.Proof{Title: "Agreement with the interpreters’ service", Link: "https://example.org/marsa-selwa/interpreters"}, cited: [][2]string{{"MR-09", "part 1"}}, days: -21},
	{city: "marsa-selwa", by: "contributor@marsa-selwa.example", proof: assessment.Proof{Title: "Timetable of the shuttle to the river quarter", Link: "https://example.org/marsa-selwa/shuttle"}, cited: [][2]string{{"MR-06", ""}}, days: 12},
	{city: "marsa-selwa", by: "contributor@marsa-selwa.example", proof: assessment.Proof{Title: "Leaflet of the old clinic", Link: "https://example.org/marsa-selwa/leaflet"}, removed: true},
	{city: "qasr-yanbou", by: "coordinator@qasr-yanbou.example", proof: assessment.Proof{Title: "قرار إنشاء مكتب الاستقبال", Name: "قرار مكتب الاستقبال.txt"},
		file: func() []byte {
			return []byte("قرار رقم 7 (مدينة خيالية)\nالمادة 2: يفتح مكتب الاستقبال خمسة أيام في الأسبوع.\n")
		}, cited: [][2]string{{"SO-01", "المادة 2"}}},
	{city: "qasr-yanbou", by: "coordinator@qasr-yanbou.example", proof: assessment.Proof{Title: "الخطة المحلية للإدماج", Link: "https://example.org/qasr-yanbou/plan"}, cited: [][2]string{{"WG-08", "الفصل 1"}}},
	{city: shown, proof: assessment.Proof{Title: "Yearly report of the welcome office", Name: "welcome-office.pdf"},
		file: func() []byte {
			return pdf("Yearly report of the welcome office", "Open on five days, in seven languages", "Fictional city of Port Ellery")
		}, cited: [][2]string{{"MR-07", "page 1"}, {"SO-01", "page 1, line 2"}}, verdict: assessment.VerdictVerified},
	{city: shown, proof: assessment.Proof{Title: "Housing plan, as published", Link: "https://example.org/port-ellery/housing"}, cited: [][2]string{{"MR-05", "chapter 3"}}, verdict: assessment.VerdictVerified},
	{city: "lindhaven", proof: assessment.Proof{Title: "Council paper on interpreters", Name: "interpreters.txt"},
		file: func() []byte {
			return []byte("Paper 12 of the council of Lindhaven (fictional)\nInterpreters serve eleven counters.\n")
		}, cited: [][2]string{{"MR-08", "paragraph 1"}}, verdict: assessment.VerdictVerified},
	{city: "lindhaven", proof: assessment.Proof{Title: "Plan for newcomers", Link: "https://example.org/lindhaven/newcomers"}, cited: [][2]string{{"WG-08", "page 4"}}, verdict: assessment.VerdictChallenged,
		reason: "The plan ended in 2024. Is there a later one?"},
}

// prove fills the evidence libraries of some cities and cites from them. Analysts say what they think of one that was handed in.
func (s Seeder) prove(ctx context.Context, places map[string]assessment.Assessment, people map[string]account.Account) error {
	day := func(n int) func() time.Time { return func() time.Time { return s.Now.AddDate(0, 0, n) } }
	early := assessment.Proofs{Store: s.Store, Questionnaires: s.Library, Now: day(-40)}
	late := assessment.Proofs{Store: s.Store, Questionnaires: s.Library, Now: day(-5)}
	for _, x := range library {
		a := places[x.city]
		who := account.Actor{Role: account.Coordinator, City: a.City.ID}
		if x.by != "" {
			who = people[x.by].Actor()
		}
		if x.verdict != "" { // what was handed in goes back for a moment
			if _, err := s.Drafts.Reopen(ctx, operator, a.ID, "Look again."); err != nil {
				return err
			}
		}
		if err := s.cite(ctx, early, who, a, x); err != nil {
			return fmt.Errorf("%s, %s: %w", x.city, x.proof.Title, err)
		}
		if x.verdict == "" {
			continue
		}
		if _, err := s.Drafts.HandIn(ctx, operator, a.ID); err != nil {
			return err
		}
		d, err := s.Drafts.Open(ctx, operator, a.ID)
		if err != nil {
			return err
		}
		about := x.cited[0][0]
		if !assessment.Claims(d.Sheet.Answers[about].Answer) {
			continue
		}
		if err := late.Judge(ctx, people["analyst@round.example"].Actor(), a.ID, about, x.verdict, d.Sheet.Answers[about].Version, "", x.reason); err != nil {
			return fmt.Errorf("%s, %s: %w", x.city, x.proof.Title, err)
		}
	}
	return nil
}

// cite adds one piece and cites it.
func (s Seeder) cite(ctx context.Context, p assessment.Proofs, who account.Actor, a assessment.Assessment, x piece) error {
	if x.days != 0 {
		x.proof.Expires = s.Now.AddDate(0, 0, x.days).UTC().Format(time.DateOnly)
	}
	content := func(file func() []byte) {
		b := file()
		x.proof.Content, x.proof.Size = bytes.NewReader(b), int64(len(b))
	}
	if x.file != nil {
		content(x.file)
	}
	e, _, err := p.Add(ctx, who, a.ID, x.proof)
	if err != nil {
		return err
	}
	if x.revised != nil {
		content(x.revised)
		x.proof.Name = x.revisedName
		if _, _, err := p.Revise(ctx, who, e.ID, x.proof); err != nil {
			return err
		}
	}
	for _, c := range x.cited {
		if err := p.Cite(ctx, who, a.ID, c[0], e.ID, c[1]); err != nil {
			return err
		}
	}
	if x.removed {
		return p.Remove(ctx, who, e.ID, true)
	}
	return nil
}

// pdf makes a page with some lines of plain letters.
func pdf(lines ...string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 14 Tf 60 770 Td 20 TL")
	for _, l := range lines {
		text.WriteString(" (" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(l) + ") Tj T*")
	}
	text.WriteString(" ET")
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", text.Len(), text.String()),
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, x := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", x)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}
