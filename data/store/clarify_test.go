package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/data/store/storetest"
)

// asking is a world whose assessment is handed in, with answers to AA-01 and AA-02, and two who review it from outside.
type asking struct {
	*storetest.World
	assessment.Clarifications
	reviewers [2]account.Actor
}

func reviewed(t testing.TB, w *storetest.World) *asking {
	t.Helper()
	x := &asking{World: w, Clarifications: assessment.Clarifications{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}}
	for i := range x.reviewers {
		r := w.Person(t, account.Reviewer, w.Quito.ID)
		r.Assigned, r.Department = []string{w.Mine.ID}, fmt.Sprint("Organisation ", i)
		storetest.Exec(t, w.Store, fmt.Sprintf("UPDATE account SET department = '%s' WHERE id = '%s'", r.Department, r.Account))
		storetest.Exec(t, w.Store, fmt.Sprintf(`INSERT INTO reviewer (city_id, assessment_id, account_id, by_account, by_role, at)
			VALUES ('%s', '%s', '%s', '', 'operator', '2026-11-24 14:00:00')`, w.Accra.ID, w.Mine.ID, r.Account))
		x.reviewers[i] = r
	}
	save(t, w, w.Contributor, storetest.Value("AA-01", 0, "2"))
	save(t, w, w.Contributor, storetest.Value("AA-02", 0, "yes"))
	must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
	return x
}

func (x *asking) ask(t testing.TB, who account.Actor, indicator string) string {
	t.Helper()
	return must[string](t)(x.Ask(ctx, who, x.Mine.ID, assessment.Asking{Indicator: indicator, Question: "Which article of " + indicator + "?"}))
}

func (x *asking) beside(t testing.TB) (assessment.Assessment, assessment.Beside) {
	t.Helper()
	a, _, b, err := x.Open(ctx, x.Coordinator, x.Mine.ID)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func (x *asking) question(t testing.TB, id string) assessment.Clarification {
	t.Helper()
	_, b := x.beside(t)
	i := slices.IndexFunc(b.Clarifications, func(c assessment.Clarification) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("there is no question %s", id)
	}
	return b.Clarifications[i]
}

func (x *asking) state(t testing.TB) review.State {
	t.Helper()
	a, _ := x.beside(t)
	return a.State
}

func (x *asking) reply(who account.Actor, id, text string, outcome assessment.ClarificationOutcome, seen time.Time) (assessment.ClarificationOutcome, error) {
	return x.Reply(ctx, who, x.Mine.ID, assessment.Replying{ID: id, Text: text, Outcome: outcome, Seen: seen})
}

func (x *asking) write(who account.Actor, m assessment.Mutation) error {
	_, err := x.World.Store.Save(ctx, who, x.Order(who, m))
	return err
}

func TestAQuestionOpensItsAnswerAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		wantFault(t, x.write(w.Contributor, storetest.Value("AA-01", 1, "3")), fault.Closed)
		id := x.ask(t, x.reviewers[0], "AA-01")
		if got := x.state(t); got != review.Clarification {
			t.Fatalf("after a question the state is %s", got)
		}
		q := x.question(t, id)
		if q.Version != 1 || q.By.Name != "" || q.By.Role != account.Reviewer || q.Department != "Organisation 0" || q.State() != assessment.QuestionWaits {
			t.Errorf("the question is %+v", q)
		}
		piece := added(t, w, w.Contributor, fileOf("plan.txt", []byte("A plan of the city.")))
		value, base := "no", 1
		given := func(indicator string) assessment.Given {
			return assessment.Given{Mutation: fmt.Sprint("mutation-", indicator), Indicator: indicator, Base: base, Value: &value}
		}
		for name, act := range map[string]func(indicator string) error{
			"an answer":        func(i string) error { return x.write(w.Contributor, storetest.Explain(i, 1, "Article 12.")) },
			"an evidence text": func(i string) error { return x.write(w.Coordinator, storetest.Prove(i, 1, "The gazette.")) },
			"a power": func(i string) error {
				_, err := w.Drafts.SetPowers(ctx, w.Coordinator, w.Mine.ID, assessment.PowerGiven{Indicator: i, Holder: string(survey.Regional)})
				return err
			},
			"a power taken back": func(i string) error {
				_, err := w.Drafts.UndoPower(ctx, w.Coordinator, w.Mine.ID, i, 1)
				if fault.Is(err, fault.Conflict) { // the order of a map is its own: nothing was set yet
					err = nil
				}
				return err
			},
			"a choice": func(i string) error {
				_, _, err := w.Drafts.Choose(ctx, w.Coordinator, w.Mine.ID, assessment.Given{Mutation: "choice-" + i, Indicator: i, Base: 1}, nil)
				return err
			},
			"a citation":      func(i string) error { return proofs(w).Cite(ctx, w.Contributor, w.Mine.ID, i, piece.ID, "page 1") },
			"a citation back": func(i string) error { return proofs(w).Uncite(ctx, w.Contributor, w.Mine.ID, i, piece.ID) },
			"a file cited": func(i string) error {
				f := fileOf(i+".txt", []byte("Of "+i))
				f.Indicator = i
				_, _, err := proofs(w).Add(ctx, w.Contributor, w.Mine.ID, f)
				return err
			},
			"an import": func(i string) error {
				plan, err := w.Transfer.Plan(ctx, w.Coordinator, "2026", "accra", strings.NewReader("city,indicator,value,non_answer,power,explanation,evidence\naccra,"+i+",,,,Imported,\n"), false)
				if err != nil {
					return err
				}
				if err = w.Transfer.Apply(ctx, w.Coordinator, plan, nil); fault.Is(err, fault.Invalid) {
					err = fault.New(fault.Closed, plan.Refused[0].Key, nil)
				}
				return err
			},
		} {
			if err := act("AA-01"); err != nil {
				t.Errorf("%s of what was asked: %v", name, err)
			}
			if err := act("AA-02"); !fault.Is(err, fault.Closed) || !strings.Contains(fmt.Sprint(err), "clarify.not_asked") {
				t.Errorf("%s of what was not asked: %v", name, err)
			}
		}
		saved, _, err := w.Drafts.Save(ctx, w.Contributor, w.Mine.ID, given("AA-02"))
		if wantFault(t, err, fault.Closed); saved != nil {
			t.Error(saved)
		}
		wantFault(t, w.Store.Import(ctx, w.Operator, []assessment.ImportOrder{{SaveOrder: x.Order(w.Operator, storetest.Value("AA-02", 1, "no"))}}, assessment.Author{Role: account.Operator}, storetest.Now), fault.Closed)
		if kept := sheet(t, w).Answers["AA-02"]; kept.Version != 1 || kept.Value != "yes" {
			t.Errorf("what was not asked is now %+v", kept)
		}

		if got := must[assessment.ClarificationOutcome](t)(x.reply(w.Contributor, id, "Article 12.", assessment.OutcomeStands, time.Time{})); got != assessment.OutcomeChanged {
			t.Errorf("a reply after a change tells %s", got)
		}
		if err := x.GiveBack(ctx, w.Coordinator, w.Mine.ID); err != nil {
			t.Fatal(err)
		}
		if got := x.state(t); got != review.InReview {
			t.Errorf("given back, the state is %s", got)
		}
		wantFault(t, x.write(w.Contributor, storetest.Explain("AA-01", sheet(t, w).Answers["AA-01"].Version, "More.")), fault.Closed)
		if got := told(t, w, x.reviewers[0]); !strings.Contains(got, "answered; state_in_review") {
			t.Errorf("whoever asked was told %q", got)
		}
		if got := told(t, w, w.Contributor); !strings.Contains(got, "asked") {
			t.Errorf("whoever answered was told %q", got)
		}
	})
}

func TestWhatCannotBeAskedRepliedOrSettled(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		today := storetest.Now.UTC()
		day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
		for name, c := range map[string]struct {
			who   account.Actor
			given assessment.Asking
			want  string
		}{
			"no text":              {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Question: " \n"}, "question clarify.question_missing"},
			"3001 characters":      {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Question: strings.Repeat("ع", 3001)}, "question fault.text_too_long"},
			"a day that has gone":  {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Question: "Why?", Due: day(-1)}, "due clarify.due_past"},
			"a day too far":        {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Question: "Why?", Due: day(367)}, "due clarify.due_far"},
			"no day":               {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Question: "Why?", Due: "31.12.2026"}, "due clarify.due_bad"},
			"a day and a text":     {x.reviewers[0], assessment.Asking{Indicator: "AA-01", Due: "soon"}, "question clarify.question_missing; due clarify.due_bad"},
			"no such indicator":    {x.reviewers[0], assessment.Asking{Indicator: "ZZ-01", Question: "Why?"}, "fault.not_found"},
			"somebody of the city": {w.Coordinator, assessment.Asking{Indicator: "AA-01", Question: "Why?"}, "fault.forbidden"},
			"another round":        {w.Stray, assessment.Asking{Indicator: "AA-01", Question: "Why?"}, "fault.not_found"},
		} {
			_, err := x.Ask(ctx, c.who, w.Mine.ID, c.given)
			f, _ := fault.As(err)
			if f == nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			var got []string
			for _, y := range f.Fields {
				got = append(got, y.Name+" "+y.Key)
			}
			if len(got) == 0 {
				got = []string{f.Key}
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("%s: got %v, want %s", name, got, c.want)
			}
		}
		if got := x.state(t); got != review.Submitted {
			t.Fatalf("what was refused has moved the state to %s", got)
		}
		one := assessment.Asking{ID: "question-1", Indicator: "AA-01", Question: strings.Repeat("ع", 3000), Due: day(0)}
		for range 2 { // sent twice, asked once
			must[string](t)(x.Ask(ctx, x.reviewers[0], w.Mine.ID, one))
		}
		one.Question = "Another."
		_, err := x.Ask(ctx, x.reviewers[0], w.Mine.ID, one)
		wantFault(t, err, fault.Mismatch)
		two := x.ask(t, w.Analyst, "AA-02")
		if n := counted(t, w.Store, "SELECT count(*) FROM clarification"); n != 2 {
			t.Fatalf("%d questions are kept", n)
		}

		reply := func(who account.Actor, id, text string, o assessment.ClarificationOutcome) error {
			_, err := x.reply(who, id, text, o, time.Time{})
			return err
		}
		for name, c := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"a reply without text":               {reply(w.Coordinator, two, " ", assessment.OutcomeReplied), fault.Invalid},
			"neither explained nor stood by":     {reply(w.Coordinator, two, "So it is.", ""), fault.Invalid},
			"called changed, but it was not":     {reply(w.Coordinator, two, "So it is.", assessment.OutcomeChanged), fault.Invalid},
			"a reply to nothing":                 {reply(w.Coordinator, "nothing", "So it is.", assessment.OutcomeReplied), fault.NotFound},
			"a reply from outside":               {reply(w.Analyst, two, "So it is.", assessment.OutcomeReplied), fault.Forbidden},
			"a reply of another city":            {reply(w.Foreign, two, "So it is.", assessment.OutcomeReplied), fault.NotFound},
			"given back without replies":         {x.GiveBack(ctx, w.Coordinator, w.Mine.ID), fault.Conflict},
			"given back by a contributor":        {x.GiveBack(ctx, w.Contributor, w.Mine.ID), fault.Forbidden},
			"content without a reply":            {x.Settle(ctx, w.Analyst, w.Mine.ID, two, false, time.Time{}), fault.Conflict},
			"settled by another reviewer":        {x.Settle(ctx, x.reviewers[1], w.Mine.ID, "question-1", true, time.Time{}), fault.Forbidden},
			"an analyst's, by a reviewer":        {x.Settle(ctx, x.reviewers[0], w.Mine.ID, two, true, time.Time{}), fault.Forbidden},
			"settled by the city":                {x.Settle(ctx, w.Coordinator, w.Mine.ID, two, true, time.Time{}), fault.Forbidden},
			"validated while questions are open": {func() error { _, err := review.Next(x.state(t), review.Validate, account.Analyst); return err }(), fault.Conflict},
		} {
			if !fault.Is(c.err, c.kind) {
				t.Errorf("%s: got %v, want %s", name, c.err, c.kind)
			}
		}
		if err := reply(w.Contributor, two, "It was so before.", assessment.OutcomeReplied); err != nil {
			t.Fatal(err)
		}
		wantFault(t, reply(w.Coordinator, two, "It was not.", assessment.OutcomeStands), fault.Conflict) // a colleague's reply is not written over unseen
		first := x.question(t, two)
		wantFault(t, x.Settle(ctx, w.Analyst, w.Mine.ID, two, true, time.Time{}), fault.Conflict) // there is a reply now
		if got := must[assessment.ClarificationOutcome](t)(x.reply(w.Coordinator, two, "It stands.", assessment.OutcomeStands, first.Replied)); got != assessment.OutcomeStands {
			t.Error(got)
		}
		if err := x.Settle(ctx, w.Analyst, w.Mine.ID, two, false, x.question(t, two).Replied); err != nil {
			t.Fatal(err)
		}
		if got := told(t, w, w.Coordinator); !strings.HasSuffix(got, "settled") {
			t.Errorf("after a question is settled the coordinator was told %q", got)
		}
		wantFault(t, x.Settle(ctx, w.Analyst, w.Mine.ID, two, false, x.question(t, two).Replied), fault.Conflict)
		wantFault(t, x.write(w.Contributor, storetest.Value("AA-02", 1, "no")), fault.Closed)
		if err := x.write(w.Contributor, storetest.Value("AA-01", 1, "3")); err != nil {
			t.Error("what is still asked:", err)
		}
		if q := x.question(t, two); q.State() != assessment.QuestionSettled || q.Outcome != assessment.OutcomeStands || q.SettledBy.Role != account.Analyst || q.RepliedBy.Name == "" {
			t.Errorf("%+v", q)
		}
		_, _, b, err := x.Open(ctx, x.reviewers[1], w.Mine.ID)
		if err != nil || len(b.Clarifications) != 2 || b.Clarifications[0].RepliedBy.Name+b.Clarifications[1].RepliedBy.Name != "" {
			t.Errorf("people from outside see names: %+v, %v", b.Clarifications, err)
		}
	})
}

func TestTheReviewGoesOnWhenTheLastQuestionIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		one, two := x.ask(t, x.reviewers[0], "AA-01"), x.ask(t, x.reviewers[1], "AA-01")
		if err := x.Settle(ctx, w.Analyst, w.Mine.ID, one, true, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := told(t, w, x.reviewers[0]); !strings.HasSuffix(got, "settled") {
			t.Errorf("whoever asked was told %q when an analyst took it back", got)
		}
		if got := x.state(t); got != review.Clarification {
			t.Errorf("with another question open the state is %s", got)
		}
		if err := x.Settle(ctx, x.reviewers[1], w.Mine.ID, two, true, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := x.state(t); got != review.InReview {
			t.Errorf("without a question the state is %s", got)
		}
		if got := told(t, w, w.Coordinator); !strings.HasSuffix(got, "state_in_review") {
			t.Errorf("the coordinator was told %q", got)
		}
		if q := x.question(t, two); q.State() != assessment.QuestionWithdrew {
			t.Errorf("%+v", q)
		}
	})
}

func TestChangedAnswersAreConsentedToBeforeTheyAreGivenBack(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		storetest.Exec(t, w.Store, "DELETE FROM snapshot")
		storetest.Exec(t, w.Store, fmt.Sprintf(`INSERT INTO snapshot (city_id, assessment_id, revision, reference, seq, instrument, method, hash, content, by_account, by_role, at)
			VALUES ('%s', '%s', 1, 'reference', 2, 'small@1.0.0', '1.0.0', 'hash', '', '', 'operator', '2026-11-24 14:00:00')`, w.Accra.ID, w.Mine.ID))
		w.Person(t, account.Approver, w.Accra.ID)
		id := x.ask(t, w.Analyst, "AA-01")
		if err := x.write(w.Contributor, storetest.Value("AA-01", 1, "1")); err != nil {
			t.Fatal(err)
		}
		must[assessment.ClarificationOutcome](t)(x.reply(w.Coordinator, id, "We have corrected it.", "", time.Time{}))
		wantFault(t, x.GiveBack(ctx, w.Coordinator, w.Mine.ID), fault.Conflict)
		if err := x.Settle(ctx, w.Analyst, w.Mine.ID, id, false, x.question(t, id).Replied); err != nil {
			t.Fatal(err)
		}
		if got := x.state(t); got != review.Clarification { // what was changed is not signed yet
			t.Errorf("the state is %s", got)
		}
	})
}

func TestOfTwoWhoAskAboutOneAnswerBothAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		for i := range races {
			var ids [2]string
			var errs [2]error
			ask := func(j int) func() {
				return func() {
					ids[j], errs[j] = x.Ask(ctx, x.reviewers[j], w.Mine.ID, assessment.Asking{Indicator: "AA-01", Question: fmt.Sprint("Question ", j)})
				}
			}
			together(ask(0), ask(1))
			_, b := x.beside(t)
			if errs[0] != nil || errs[1] != nil || ids[0] == ids[1] || len(b.Asked("AA-01")) != 2 || x.state(t) != review.Clarification {
				t.Fatalf("race %d: %v, %d questions, state %s", i, errs, len(b.Asked("AA-01")), x.state(t))
			}
			for j, id := range ids {
				if err := x.Settle(ctx, x.reviewers[j], w.Mine.ID, id, true, time.Time{}); err != nil {
					t.Fatal(err)
				}
			}
			if got := x.state(t); got != review.InReview {
				t.Fatalf("race %d: %s", i, got)
			}
		}
	})
}

func TestAReplyThatRacesWithSettlingIsSeenOrRefused(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		outcomes := map[string]int{}
		for i := range races {
			id := x.ask(t, x.reviewers[0], "AA-01")
			back := i%2 == 0 // take the question back, or be content with a first reply that is just being replaced
			var seen time.Time
			if !back {
				must[assessment.ClarificationOutcome](t)(x.reply(w.Contributor, id, "First.", assessment.OutcomeReplied, time.Time{}))
				seen = x.question(t, id).Replied
			}
			x.Now = func() time.Time { return storetest.Now.Add(time.Duration(i+1) * time.Second) }
			var replied, settled error
			together(
				func() { _, replied = x.reply(w.Coordinator, id, "Second.", assessment.OutcomeStands, seen) },
				func() { settled = x.Settle(ctx, x.reviewers[0], w.Mine.ID, id, back, seen) })
			q := x.question(t, id)
			switch {
			case replied == nil && fault.Is(settled, fault.Conflict) && q.State() == assessment.QuestionReplied && q.Reply == "Second.":
				outcomes["replied"]++
				if err := x.Settle(ctx, x.reviewers[0], w.Mine.ID, id, false, q.Replied); err != nil {
					t.Fatal(err)
				}
			case settled == nil && fault.Is(replied, fault.Conflict) && !q.Opens() && q.Reply != "Second.":
				outcomes["settled"]++
			default:
				t.Fatalf("race %d: reply %v, settled %v, %+v", i, replied, settled, q)
			}
		}
		t.Log(outcomes)
	})
}

func TestASaveThatRacesWithSettlingIsKeptOrRefused(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		x := reviewed(t, w)
		outcomes := map[string]int{}
		x.ask(t, x.reviewers[1], "AA-02") // keeps the clarification open
		for i := range races {
			id, base := x.ask(t, x.reviewers[0], "AA-01"), sheet(t, w).Answers["AA-01"].Version
			var saved, settled error
			together(
				func() { saved = x.write(w.Contributor, storetest.Explain("AA-01", base, fmt.Sprint("Text ", i))) },
				func() { settled = x.Settle(ctx, x.reviewers[0], w.Mine.ID, id, true, time.Time{}) })
			kept := sheet(t, w).Answers["AA-01"]
			switch {
			case settled != nil:
				t.Fatalf("race %d: %v", i, settled)
			case saved == nil && kept.Version == base+1 && kept.Explanation == fmt.Sprint("Text ", i):
				outcomes["saved"]++
			case fault.Is(saved, fault.Closed) && kept.Version == base:
				outcomes["refused"]++
			default:
				t.Fatalf("race %d: %v, %+v", i, saved, kept)
			}
		}
		t.Log(outcomes)
	})
}
