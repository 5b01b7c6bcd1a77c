package assessment_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

var (
	lena    = account.Actor{Account: "lena", Role: account.Contributor, Department: "Housing"}
	omar    = account.Actor{Account: "omar", Role: account.Contributor, Department: " housing "}
	ines    = account.Actor{Account: "ines", Role: account.Coordinator}
	housing = assessment.Owner{Department: "Housing"}
)

func part(ref string, of assessment.Owner) assessment.Part {
	return assessment.Part{ID: "id-" + ref, Ref: ref, Account: of.Account, Department: of.Department}
}

func ids(indicators []*survey.Indicator) string {
	var out []string
	for _, q := range indicators {
		out = append(out, q.ID)
	}
	return strings.Join(out, " ")
}

func TestTheNarrowestPartCoversAnIndicator(t *testing.T) {
	in := storetest.Instrument(t)
	person := assessment.Owner{Account: "lena"}
	for _, test := range []struct {
		name  string
		parts []assessment.Part
		want  string // the ref that covers AA-01 AA-02 AA-03 BB-01 BB-02 BB-03 CX-01
		mine  string // of lena
	}{
		{"nothing is divided", nil, "- - - - - - -", ""},
		{"a dimension covers all of it", []assessment.Part{part("AA", person)}, "AA AA AA - - - -", "AA-01 AA-02 AA-03"},
		{"a sub-category is narrower than its dimension", []assessment.Part{part("AA", person), part("AA.1", housing)}, "AA.1 AA.1 AA.1 - - - -", "AA-01 AA-02 AA-03"},
		{"an indicator is narrower than both", []assessment.Part{part("AA", person), part("AA.1", person), part("AA-02", assessment.Owner{Account: "omar"})}, "AA.1 AA-02 AA.1 - - - -", "AA-01 AA-03"},
		{"an indicator alone", []assessment.Part{part("BB-03", person)}, "- - - - - BB-03 -", "BB-03"},
		{"the context module can be given too", []assessment.Part{part("CX", person)}, "- - - - - - CX", "CX-01"},
		{"a department's part belongs to everybody of it", []assessment.Part{part("BB", housing)}, "- - - BB BB BB -", "BB-01 BB-02 BB-03"},
		{"another department's does not", []assessment.Part{part("BB", assessment.Owner{Department: "Health"})}, "- - - BB BB BB -", ""},
		{"the order in which they were given does not matter", []assessment.Part{part("BB-01", housing), part("BB", assessment.Owner{Account: "omar"})}, "- - - BB-01 BB BB -", "BB-01"},
		{"a part of another questionnaire covers nothing", []assessment.Part{part("ZZ", person)}, "- - - - - - -", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := assessment.Divide(in, test.parts)
			var got []string
			for _, q := range in.All() {
				p, ok := d.Of(q)
				if !ok {
					p.Ref = "-"
				}
				got = append(got, p.Ref)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%v, want %s", got, test.want)
			}
			if mine := ids(d.Mine(lena)); mine != test.mine {
				t.Errorf("lena's are %q, want %q", mine, test.mine)
			}
			for _, p := range test.parts {
				for _, q := range d.Indicators(p) {
					if of, _ := d.Of(q); of.Ref != p.Ref {
						t.Errorf("%s is counted for %s, though %s covers it", q.ID, p.Ref, of.Ref)
					}
				}
			}
		})
	}
}

func TestWhoseAPartIs(t *testing.T) {
	for _, test := range []struct {
		name  string
		of    assessment.Owner
		who   account.Actor
		wants bool
	}{
		{"the person's", assessment.Owner{Account: "lena"}, lena, true},
		{"another person's of the same department", assessment.Owner{Account: "lena"}, omar, false},
		{"the department's", housing, lena, true},
		{"written with other capitals and blanks", housing, omar, true},
		{"nobody's, to somebody without a department", assessment.Owner{}, ines, false},
		{"a department's, to somebody without one", housing, ines, false},
		{"two words with two blanks", assessment.Owner{Department: "Social  services"}, account.Actor{Department: "social services"}, true},
	} {
		if got := test.of.Is(test.who.Account, test.who.Department); got != test.wants {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestWhatWaitsForWhom(t *testing.T) {
	in := storetest.Instrument(t)
	now := storetest.Now
	due := func(p assessment.Part, days int) assessment.Part {
		p.Due = now.UTC().Truncate(24*time.Hour).AddDate(0, 0, days)
		return p
	}
	one, other, health := assessment.Owner{Account: "lena"}, assessment.Owner{Account: "omar"}, assessment.Owner{Department: "Health"}
	for _, test := range []struct {
		name    string
		who     account.Actor
		parts   []assessment.Part
		settled string // indicators of AA
		want    assessment.Status
		whom    assessment.Owner
	}{
		{"nothing is given, nothing done", ines, nil, "", assessment.NotStarted, assessment.Owner{}},
		{"nothing is given, some done", ines, nil, "AA-01", assessment.InProgress, assessment.Owner{}},
		{"all of it is one person's and in time", ines, []assessment.Part{due(part("AA", one), 3)}, "AA-01", assessment.InProgress, assessment.Owner{}},
		{"the last day itself is in time", ines, []assessment.Part{due(part("AA", one), 0)}, "", assessment.NotStarted, assessment.Owner{}},
		{"all of it is one person's and late", ines, []assessment.Part{due(part("AA", one), -1)}, "", assessment.Waiting, one},
		{"mine and late: I wait for nobody", lena, []assessment.Part{due(part("AA", one), -1)}, "", assessment.NotStarted, assessment.Owner{}},
		{"my department's and late", omar, []assessment.Part{due(part("AA", housing), -1)}, "", assessment.NotStarted, assessment.Owner{}},
		{"mine is done, theirs is open", lena, []assessment.Part{part("AA", one), part("AA-03", health)}, "AA-01 AA-02", assessment.Waiting, health},
		{"mine is open, theirs is open", lena, []assessment.Part{part("AA", one), part("AA-03", health)}, "AA-01", assessment.InProgress, assessment.Owner{}},
		{"what is nobody's is done, theirs is open", ines, []assessment.Part{part("AA-03", health)}, "AA-01 AA-02", assessment.Waiting, health},
		{"what is nobody's is open", ines, []assessment.Part{part("AA-03", health)}, "AA-01", assessment.InProgress, assessment.Owner{}},
		{"two others are open", ines, []assessment.Part{part("AA", other), part("AA-03", health)}, "AA-01", assessment.InProgress, assessment.Owner{}},
		{"everything is done", ines, []assessment.Part{due(part("AA", one), -9)}, "AA-01 AA-02 AA-03", assessment.Complete, assessment.Owner{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sheet := assessment.Sheet{Answers: map[string]assessment.Kept{}}
			for _, id := range strings.Fields(test.settled) {
				sheet.Answers[id] = assessment.Kept{Answer: survey.Answer{NonAnswer: survey.Declined}}
			}
			d := assessment.Divide(in, test.parts)
			status, whom := d.StatusOf(test.who, in.Subcategory("AA.1").Indicators, sheet, now)
			if status != test.want || whom != test.whom {
				t.Errorf("%s for %v, want %s for %v", status, whom, test.want, test.whom)
			}
			sheet.Alternatives = map[string][]assessment.Alternative{"AA-01": {{}}}
			if status, _ := d.StatusOf(test.who, in.Subcategory("AA.1").Indicators, sheet, now); status != assessment.TwoTexts {
				t.Errorf("two versions are hidden by %s", status)
			}
		})
	}
}

func TestTheLoadOfEachOwner(t *testing.T) {
	in, now := storetest.Instrument(t), storetest.Now
	today := now.UTC().Truncate(24 * time.Hour)
	of := func(p assessment.Part, due int, opened bool) assessment.Part {
		p.Due = today.AddDate(0, 0, due)
		if opened {
			p.Opened = now
		}
		return p
	}
	parts := []assessment.Part{of(part("BB", assessment.Owner{Account: "lena"}), 9, true), of(part("AA-01", assessment.Owner{Account: "lena"}), -2, false),
		of(part("AA", housing), -1, false), part("BB-02", housing)}
	sheet := assessment.Sheet{Answers: map[string]assessment.Kept{"AA-02": {Answer: survey.Answer{Value: "yes"}}, "BB-01": {Answer: survey.Answer{Value: "1"}}}}
	loads := assessment.Divide(in, parts).Loads(sheet, now)
	var got []string
	for _, l := range loads {
		got = append(got, fmt.Sprint(l.Owner.Account, l.Owner.Department, " ", len(l.Parts), " parts ", l.Progress.Settled, "/", l.Progress.Total, " late ", l.Late, " unopened ", l.Unopened, " ", l.Due.Format(time.DateOnly)))
	}
	want := []string{"Housing 2 parts 1/3 late 1 unopened 2 2026-11-23", "lena 2 parts 1/3 late 1 unopened 1 2026-11-22"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if refs := assessment.Divide(in, parts).Unopened(lena, in.All()); len(refs) != 3 { // AA of the department, AA-01, BB-02 of the department
		t.Errorf("lena is the first to open %v", refs)
	}
}

func TestTheDaysOnWhichPeopleAreReminded(t *testing.T) {
	due := time.Date(2026, 12, 10, 0, 0, 0, 0, time.UTC)
	given := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	on := func(month, day int) time.Time { return time.Date(2026, time.Month(month), day, 6, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		name      string
		now       time.Time
		given     time.Time
		due       time.Time
		wantStage string
	}{
		{"four days before", on(12, 6), given, due, ""},
		{"three days before", on(12, 7), given, due, "2026-12-07"},
		{"two days before, when the worker missed a day", on(12, 8), given, due, "2026-12-07"},
		{"on the day", on(12, 10), given, due, "2026-12-10"},
		{"the day after", on(12, 11), given, due, "2026-12-10"},
		{"a week after", on(12, 17), given, due, "2026-12-17"},
		{"nearly two weeks after", on(12, 23), given, due, "2026-12-17"},
		{"given two days before: told then, so not again", on(12, 8), on(12, 8), due, ""},
		{"given on the day of a stage", on(12, 7), on(12, 7), due, ""},
		{"given two days before, on the day", on(12, 10), on(12, 8), due, "2026-12-10"},
		{"without a date", on(12, 10), given, time.Time{}, ""},
		{"the clock was set back before it was given", on(11, 1), given, due, ""},
	} {
		got := assessment.Part{Due: test.due, At: test.given}.Stage(test.now)
		if s := got.Format(time.DateOnly); s != test.wantStage && !(got.IsZero() && test.wantStage == "") {
			t.Errorf("%s: %s, want %s", test.name, s, test.wantStage)
		}
	}
}

// parts is the use case over a test world.
func parts(w *storetest.World) assessment.Parts {
	return assessment.Parts{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}
}

func beside(t *testing.T, w *storetest.World, p assessment.Parts) assessment.Beside {
	t.Helper()
	a, err := w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Besides.Of(ctx, w.Coordinator, a)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatCannotBeGiven(t *testing.T) {
	w := world(t)
	p := parts(w)
	approver := w.Person(t, account.Approver, w.Accra.ID)
	base := "gone"
	for _, test := range []struct {
		name string
		g    assessment.PartGiven
		kind fault.Kind
		key  string // of the field
	}{
		{"an unknown ref", assessment.PartGiven{Ref: "ZZ", Account: w.Contributor.Account}, fault.Invalid, "parts.unknown"},
		{"to nobody known", assessment.PartGiven{Ref: "AA", Account: "nobody"}, fault.Invalid, "parts.no_person"},
		{"to somebody of another city", assessment.PartGiven{Ref: "AA", Account: w.Foreign.Account}, fault.Invalid, "parts.no_person"},
		{"to an approver, who does not answer", assessment.PartGiven{Ref: "AA", Account: approver.Account}, fault.Invalid, "parts.no_person"},
		{"to a department without anybody", assessment.PartGiven{Ref: "AA", Department: "Health"}, fault.Invalid, "parts.no_department"},
		{"to a person and a department", assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Department: "Health"}, fault.Invalid, "parts.two_owners"},
		{"by a day that is none", assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Due: "2026-02-30"}, fault.Invalid, "fault.due"},
		{"by a day that has passed", assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Due: "2026-11-23"}, fault.Invalid, "parts.due_past"},
		{"with a note that is too long", assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Note: strings.Repeat("ن", assessment.NoteLength+1)}, fault.Invalid, "fault.text_too_long"},
		{"what somebody else gave meanwhile", assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account, Base: &base}, fault.Conflict, "parts.moved_one"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := p.Assign(ctx, w.Coordinator, w.Mine.ID, assessment.PartGiven{Ref: "BB", Account: w.Contributor.Account}, test.g)
			f, ok := fault.As(err)
			if !ok || f.Kind != test.kind || len(f.Fields) != 1 || f.Fields[0].Key != test.key {
				t.Fatalf("%v", err)
			}
			if len(beside(t, w, p).Parts) != 0 {
				t.Error("a part of the same order was given all the same")
			}
		})
	}
	for who, want := range map[*account.Actor]fault.Kind{&w.Contributor: fault.Forbidden, &approver: fault.Forbidden, &w.Foreign: fault.NotFound, &w.Analyst: fault.NotFound, &w.Admin: fault.NotFound} {
		wantFault(t, p.Assign(ctx, *who, w.Mine.ID, assessment.PartGiven{Ref: "AA", Account: w.Contributor.Account}), want)
	}
	if _, err := w.Drafts.HandIn(ctx, w.Operator, w.Theirs.ID); err != nil {
		t.Fatal(err)
	}
	wantFault(t, p.Assign(ctx, w.Foreign, w.Theirs.ID, assessment.PartGiven{Ref: "AA", Account: w.Foreign.Account}), fault.Closed)
	if !slices.Equal(beside(t, w, p).PeopleOf(assessment.Owner{}), nil) {
		t.Error("what is nobody's belongs to somebody")
	}
}
