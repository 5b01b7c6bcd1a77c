package store_test

import (
	"bytes"
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

// carrying is a world with a second round, in whose assessment of Accra (next) the answers of the first can be carried over.
type carrying struct {
	*storetest.World
	assessment.CarryOver
	next assessment.Assessment
	in   *survey.Instrument // of the second round
}

// carried opens a second round on the questionnaire as edit leaves it, after the first was handed in.
func carried(t testing.TB, w *storetest.World, edit func([]byte) []byte) *carrying {
	t.Helper()
	x := &carrying{World: w, in: w.Instrument}
	if edit != nil {
		in, problems := survey.Decode(edit(bytes.Replace(w.Instrument.Source, []byte("version: 1.0.0"), []byte("version: 2.0.0"), 1)))
		if in == nil {
			t.Fatal(problems)
		}
		if err := w.Store.AddInstrument(ctx, in, assessment.Author{Role: account.Operator}); err != nil {
			t.Fatal(err)
		}
		if err := w.Library.Add(in); err != nil {
			t.Fatal(err)
		}
		x.in = in
	}
	must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
	x.CarryOver = assessment.CarryOver{Store: w.Store, Besides: &assessment.Besides{Store: w.Store}, Questionnaires: w.Library, Now: storetest.Clock}
	must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2027", Title: "Round 2027", Instrument: x.in.Name()}, "accra", "quito"))
	for _, a := range must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Coordinator, "2027")) {
		x.next = a
	}
	return x
}

func (x *carrying) sheet(t testing.TB) assessment.Sheet {
	t.Helper()
	return must[assessment.Sheet](t)(x.World.Store.Sheet(ctx, x.Coordinator, x.next.ID))
}

func (x *carrying) line(t testing.TB, indicator string) assessment.CarriedLine {
	t.Helper()
	r := must[assessment.CarriedReview](t)(x.Review(ctx, x.Coordinator, x.next.ID))
	i := slices.IndexFunc(r.Lines, func(l assessment.CarriedLine) bool { return l.Indicator == indicator })
	if i < 0 {
		t.Fatalf("nothing of %s was carried over", indicator)
	}
	return r.Lines[i]
}

func (x *carrying) save(who account.Actor, m assessment.Mutation) ([]assessment.Saved, error) {
	o := x.Order(who, m)
	o.Assessment, o.Instrument, o.Scheme = x.next.ID, x.in, x.Library.Scheme(x.in)
	return x.World.Store.Save(ctx, who, o)
}

func (x *carrying) confirm(t testing.TB, who account.Actor, indicators ...string) (out []assessment.ConfirmOutcome) {
	t.Helper()
	for _, c := range must[[]assessment.Confirmed](t)(x.Confirm(ctx, who, x.next.ID, indicators...)) {
		out = append(out, c.Outcome)
	}
	return out
}

// lastRound answers AA-01 with everything that can be said of it, AA-02, AA-03 and BB-01, and skips BB-02.
func lastRound(t testing.TB, w *storetest.World) assessment.Evidence {
	t.Helper()
	full := storetest.Value("AA-01", 0, "3")
	full.Answer.Explanation, full.Answer.Evidence, full.Answer.Confidence = "An office does it.", "Decision 12", survey.VerySure
	for f := range assessment.Field(assessment.FieldCount) {
		full.Fields = full.Fields.With(f)
	}
	save(t, w, w.Contributor, full)
	save(t, w, w.Contributor, storetest.Value("AA-02", 0, "yes"))
	save(t, w, w.Contributor, storetest.Value("AA-03", 0, "women"))
	save(t, w, w.Contributor, storetest.NotAnswered("BB-01", 0, survey.NotOurs, ""))
	save(t, w, w.Contributor, storetest.NotAnswered("BB-02", 0, survey.Skipped, ""))
	must[[]assessment.Power](t)(w.Drafts.SetPowers(ctx, w.Coordinator, w.Mine.ID,
		assessment.PowerGiven{Indicator: "AA-01", Holder: "regional", Reason: "Act 4"}, assessment.PowerGiven{Indicator: "BB-03", Holder: "shared"}))
	piece := must[assessment.Evidence](t)(evidenceOf(proofs(w).Add(ctx, w.Contributor, w.Mine.ID, fileOf("plan.txt", []byte("A plan of the city.")))))
	if err := proofs(w).Cite(ctx, w.Contributor, w.Mine.ID, "AA-01", piece.ID, "page 4"); err != nil {
		t.Fatal(err)
	}
	return piece
}

func evidenceOf(e assessment.Evidence, _ bool, err error) (assessment.Evidence, error) { return e, err }

func TestNothingThatIsCarriedOverCountsUntilItIsConfirmed(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		piece := lastRound(t, w)
		x := carried(t, w, nil)
		before := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, x.next.ID))
		if n := must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID)); n != 5 { // four answers, and the power of BB-03
			t.Fatalf("%d lines", n)
		}
		if n := must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID)); n != 0 {
			t.Errorf("%d lines the second time", n)
		}
		after := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, x.next.ID))
		if after.Beside == before.Beside {
			t.Error("the number of what stands beside did not grow")
		}
		if after.Beside = before.Beside; !reflect.DeepEqual(after, before) {
			t.Errorf("the assessment is %+v, was %+v", after, before)
		}
		if s := x.sheet(t); len(s.Answers)+len(s.Powers) != 0 {
			t.Errorf("the sheet holds %+v", s)
		}
		rows := must[[]assessment.ScoreRow](t)(w.Store.Scores(ctx, w.Operator, "2027"))
		for _, r := range rows {
			if r.Assessment.Answered+r.Assessment.Settled != 0 {
				t.Errorf("scores count %+v", r)
			}
		}
		var csv bytes.Buffer
		if err := w.Transfer.Export(ctx, w.Coordinator, "2027", "accra", &csv, true); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(csv.Bytes(), []byte("An office does it.")) {
			t.Error("the export holds what waits")
		}
		_, b := x.beside(t)
		if answers, powers := b.ToConfirm(x.sheet(t)); answers != 4 || powers != 2 {
			t.Errorf("%d answers and %d powers wait", answers, powers)
		}
		l := x.line(t, "AA-01")
		if l.Answer.Value != "3" || l.Answer.Explanation != "An office does it." || l.Holder != survey.Regional || l.Reason != "Act 4" || l.Round != "Round 2026" || l.Version != 1 || l.Stale() ||
			len(l.Citations) != 1 || l.Citations[0].Evidence != piece.ID || l.Citations[0].Passage != "page 4" || l.By.Account != w.Contributor.Account {
			t.Errorf("the line is %+v", l)
		}
	})
}

func (x *carrying) beside(t testing.TB) (assessment.Assessment, assessment.Beside) {
	t.Helper()
	a := must[assessment.Assessment](t)(x.World.Store.Assessment(ctx, x.Coordinator, x.next.ID))
	return a, must[assessment.Beside](t)(x.Besides.Of(ctx, x.Coordinator, a))
}

func TestConfirmingWritesAnswerPowerAndCitationsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		piece := lastRound(t, w)
		x := carried(t, w, nil)
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		if got := x.confirm(t, w.Coordinator, "AA-01", "AA-01"); !slices.Equal(got, []assessment.ConfirmOutcome{assessment.CarriedConfirmed}) {
			t.Fatalf("outcomes %v", got)
		}
		s := x.sheet(t)
		if k := s.Answers["AA-01"]; k.Value != "3" || k.Explanation != "An office does it." || k.Evidence != "Decision 12" || k.Confidence != survey.VerySure || k.Version != 1 || k.By.Account != w.Coordinator.Account {
			t.Errorf("kept %+v", k)
		}
		if p := s.Powers["AA-01"]; p.Holder != survey.Regional || p.Reason != "Act 4" {
			t.Errorf("power %+v", p)
		}
		a, b := x.beside(t)
		if len(b.Citations) != 1 || b.Citations[0].Evidence != piece.ID || b.Citations[0].Passage != "page 4" {
			t.Errorf("cited %+v", b.Citations)
		}
		if a.Answered != 1 || a.Settled != 1 {
			t.Errorf("counted %d answered, %d settled", a.Answered, a.Settled)
		}
		if got := x.confirm(t, w.Contributor, "AA-01", "AA-02", "BB-01"); !slices.Equal(got, []assessment.ConfirmOutcome{assessment.CarriedSettled, assessment.CarriedConfirmed, assessment.CarriedConfirmed}) {
			t.Errorf("outcomes %v", got)
		}
		log := must[[]assessment.Revision](t)(w.Store.History(ctx, w.Coordinator, x.next.ID, "AA-02"))
		if len(log) != 1 || log[0].Source != "carried" {
			t.Errorf("the history is %+v", log)
		}
		if n := must[int](t)(x.Powers(ctx, w.Coordinator, x.next.ID)); n != 1 || x.sheet(t).Powers["BB-03"].Holder != survey.Shared {
			t.Errorf("%d powers", n)
		}
		if n := must[int](t)(x.Aside(ctx, w.Contributor, x.next.ID, "AA-03")); n != 1 {
			t.Errorf("%d put aside", n)
		}
		if got := x.confirm(t, w.Contributor, "AA-03"); got[0] != assessment.CarriedSettled || !x.sheet(t).Answers["AA-03"].Blank() {
			t.Errorf("what was put aside: %v", got)
		}
		if n := must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID)); n != 0 {
			t.Errorf("%d lines come back", n)
		}
		w.Sound(t)
	})
}

func TestAnAnswerOfThisRoundIsNeverWrittenOver(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		lastRound(t, w)
		x := carried(t, w, nil)
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		for _, m := range []assessment.Mutation{storetest.Value("AA-02", 0, "no"), storetest.Explain("AA-01", 0, "Written this year.")} {
			must[[]assessment.Saved](t)(x.save(w.Contributor, m))
		}
		must[[]assessment.Power](t)(w.Drafts.SetPowers(ctx, w.Coordinator, x.next.ID, assessment.PowerGiven{Indicator: "AA-01", Holder: "national"}))
		if got := x.confirm(t, w.Coordinator, "AA-02", "AA-01"); !slices.Equal(got, []assessment.ConfirmOutcome{assessment.CarriedAnswered, assessment.CarriedConfirmed}) {
			t.Fatalf("outcomes %v", got)
		}
		s := x.sheet(t)
		if k := s.Answers["AA-02"]; k.Value != "no" || k.Version != 1 {
			t.Errorf("AA-02 is %+v", k)
		}
		if k := s.Answers["AA-01"]; k.Value != "3" || k.Explanation != "Written this year." || len(s.Alternatives["AA-01"]) != 0 || s.Powers["AA-01"].Holder != survey.National {
			t.Errorf("AA-01 is %+v, alternatives %v, power %v", k, s.Alternatives, s.Powers)
		}
		if l := x.line(t, "AA-02"); l.Settled.IsZero() || l.Confirmed || l.Waits {
			t.Errorf("the line is %+v", l)
		}
		w.Sound(t)
	})
}

func TestAQuestionThatChangedIsShownAndAnAnswerThatNoLongerFitsWaits(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		piece := lastRound(t, w)
		x := carried(t, w, func(source []byte) []byte {
			source = bytes.Replace(source, []byte(`question: {en: "What exists for AA-01?"`), []byte(`question: {en: "What is written for AA-01?"`), 1)
			return bytes.Replace(source, []byte(`{id: children, label`), []byte(`{id: girls, label`), 1)
		})
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		if err := proofs(w).Remove(ctx, w.Coordinator, piece.ID, true); err != nil {
			t.Fatal(err)
		}
		if l := x.line(t, "AA-01"); !slices.Equal(l.Changed, []string{survey.QuestionPart}) || !l.Stale() || l.Gone != 1 || l.Before.Question.String() != "What exists for AA-01?" || l.Question.Question.String() != "What is written for AA-01?" {
			t.Errorf("AA-01 is %+v", l)
		}
		l := x.line(t, "AA-03")
		if !slices.Equal(l.Changed, []string{survey.OptionsPart, assessment.ValuePart}) || l.Fits() || !l.Waits || l.Was.Value != "women" {
			t.Errorf("AA-03 is %+v", l)
		}
		if got := must[[]assessment.Confirmed](t)(x.ConfirmSection(ctx, w.Contributor, x.next.ID, "AA.1")); len(got) != 1 || got[0].Indicator != "AA-02" {
			t.Errorf("a whole section confirms %v", got)
		}
		if got := x.confirm(t, w.Coordinator, "AA-03", "AA-01"); !slices.Equal(got, []assessment.ConfirmOutcome{assessment.CarriedUnfit, assessment.CarriedConfirmed}) {
			t.Errorf("outcomes %v", got)
		}
		if _, b := x.beside(t); len(b.Citations) != 0 || !x.sheet(t).Answers["AA-03"].Blank() || !x.line(t, "AA-03").Waits {
			t.Error("what no longer fits was written, or evidence that has gone was cited")
		}
		w.Sound(t)
	})
}

func TestWhatIsCarriedOverStaysWithinTheCity(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		lastRound(t, w)
		x := carried(t, w, nil)
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		for _, who := range []account.Actor{w.Foreign, w.Analyst, w.Stray, w.Admin, {}} {
			for name, act := range map[string]func() error{
				"over":    func() error { return second(x.Over(ctx, who, x.next.ID)) },
				"review":  func() error { return second(x.Review(ctx, who, x.next.ID)) },
				"confirm": func() error { return second(x.Confirm(ctx, who, x.next.ID, "AA-01")) },
				"aside":   func() error { return second(x.Aside(ctx, who, x.next.ID, "AA-01")) },
				"powers":  func() error { return second(x.Powers(ctx, who, x.next.ID)) },
				"store": func() error {
					return second(w.Store.ConfirmCarried(ctx, who, assessment.CarryOrder{Assessment: x.next.ID, Instrument: x.in, Scheme: w.Scheme, Indicators: []string{"AA-01"}, At: storetest.Now}))
				},
			} {
				isKind(t, fmt.Sprint(name, " by ", who.Role), act(), fault.NotFound)
			}
		}
		isKind(t, "over by a contributor", second(x.Over(ctx, w.Contributor, x.next.ID)), fault.Forbidden)
		isKind(t, "powers by a contributor", second(x.Powers(ctx, w.Contributor, x.next.ID)), fault.Forbidden)
		isKind(t, "an indicator without a line", second(x.Confirm(ctx, w.Coordinator, x.next.ID, "AA-01", "BB-02")), fault.NotFound)
		if s := x.sheet(t); len(s.Answers) != 0 {
			t.Errorf("kept %v", s.Answers)
		}
		isKind(t, "over into the first round", second(x.Over(ctx, w.Coordinator, w.Mine.ID)), fault.Closed)
		must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Look again."))
		isKind(t, "the first round has no earlier one", second(x.Over(ctx, w.Coordinator, w.Mine.ID)), fault.Conflict)
		var quito assessment.Assessment
		for _, a := range must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Foreign, "2027")) {
			quito = a
		}
		isKind(t, "an earlier one that was never handed in", second(x.Over(ctx, w.Foreign, quito.ID)), fault.Conflict)
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, x.next.ID))
		approver := w.Person(t, account.Approver, w.Accra.ID)
		isKind(t, "confirm by an approver", second(x.Confirm(ctx, approver, x.next.ID, "AA-01")), fault.Forbidden)
		isKind(t, "confirm after handing in", second(x.Confirm(ctx, w.Coordinator, x.next.ID, "AA-01")), fault.Closed)
		isKind(t, "aside after handing in", second(x.Aside(ctx, w.Coordinator, x.next.ID, "AA-01")), fault.Closed)
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Operator, x.next.ID))
		analyst := w.Person(t, account.Analyst, "", a.Round.ID)
		if b := must[assessment.Beside](t)(x.Besides.Of(ctx, analyst, a)); b.Carried != nil || b.Earlier != nil {
			t.Errorf("people from outside see %+v", b.Carried)
		}
	})
}

func TestOfTwoWhoConfirmOneWritesAndASaveIsNotLost(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		lastRound(t, w)
		x := carried(t, w, nil)
		anew := func(i int) { // another round, with the same answers to confirm
			code := fmt.Sprint("race-", i)
			must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: code, Title: code, Instrument: x.in.Name()}, "accra"))
			x.next = must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Coordinator, code))[0]
			must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		}
		for i := range races {
			anew(i)
			var outs [2][]assessment.Confirmed
			var errs [2]error
			who := []account.Actor{w.Coordinator, w.Contributor}
			confirm := func(j int) func() {
				return func() { outs[j], errs[j] = x.Confirm(ctx, who[j], x.next.ID, "AA-01", "AA-02") }
			}
			together(confirm(0), confirm(1))
			if errs[0] != nil || errs[1] != nil {
				t.Fatalf("race %d: %v", i, errs)
			}
			for k := range outs[0] {
				both := []assessment.ConfirmOutcome{outs[0][k].Outcome, outs[1][k].Outcome}
				if slices.Sort(both); !slices.Equal(both, []assessment.ConfirmOutcome{assessment.CarriedConfirmed, assessment.CarriedSettled}) {
					t.Fatalf("race %d: %v", i, outs)
				}
			}
			if k := x.sheet(t).Answers["AA-01"]; k.Version != 1 || k.Value != "3" {
				t.Fatalf("race %d: kept %+v", i, k)
			}
			var saved []assessment.Saved
			together(
				func() { outs[0], errs[0] = x.Confirm(ctx, w.Coordinator, x.next.ID, "AA-03") },
				func() { saved, errs[1] = x.save(w.Contributor, storetest.Value("AA-03", 0, "children")) })
			if errs[0] != nil || errs[1] != nil {
				t.Fatalf("race %d: %v", i, errs)
			}
			s := x.sheet(t)
			k, kept := s.Answers["AA-03"], s.Alternatives["AA-03"]
			first := outs[0][0].Outcome == assessment.CarriedAnswered && k.Value == "children" && len(kept) == 0 && saved[0].Conflict == 0
			later := outs[0][0].Outcome == assessment.CarriedConfirmed && k.Value == "women" && len(kept) == 1 && kept[0].Answer.Value == "children" && saved[0].Conflict != 0
			if !first && !later {
				t.Fatalf("race %d: %v, kept %+v beside %+v", i, outs[0], k, kept)
			}
		}
	})
}

func TestOnlyTheNewestRoundBeforeIsCarriedOver(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		lastRound(t, w)
		x := carried(t, w, nil)
		_, b := x.beside(t)
		if b.Earlier == nil || b.Earlier.ID != w.Mine.ID || b.Earlier.Round != "Round 2026" {
			t.Fatalf("the earlier one is %+v", b.Earlier)
		}
		must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2028", Title: "Round 2028", Instrument: x.in.Name(), Due: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}, "accra"))
		third := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Coordinator, "2028"))[0]
		read := func() *assessment.Earlier {
			return must[assessment.Beside](t)(w.Store.Beside(ctx, w.Coordinator, third.ID)).Earlier
		}
		if e := read(); e == nil || e.ID != w.Mine.ID {
			t.Errorf("before the second round is handed in: %+v", e)
		}
		must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, x.next.ID))
		if e := read(); e == nil || e.ID != x.next.ID {
			t.Errorf("after the second round was handed in: %+v", e)
		}
	})
}

// What was carried over goes out with the data of the city.
func TestTheDataOfACityHoldWhatWasCarriedOver(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		text := "A text of the last round"
		m := storetest.Value("AA-01", 0, "3")
		m.Answer.Explanation, m.Fields = text, m.Fields.With(assessment.ExplanationField)
		if _, err := w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, m)); err != nil {
			t.Fatal(err)
		}
		x := carried(t, w, nil)
		must[int](t)(x.Over(ctx, w.Coordinator, x.next.ID))
		var out bytes.Buffer
		leave := assessment.Leave{Store: w.Store, Crowd: w.Crowd, Questionnaires: w.Library, Now: storetest.Clock}
		if err := leave.City(ctx, w.Coordinator, &out, func(assessment.City) {}); err != nil {
			t.Fatal(err)
		}
		packed := unzipped(t, out.Bytes())["2027/beside.json"]
		if !strings.Contains(packed, text) || !strings.Contains(packed, `"confirmed": false`) {
			t.Errorf("%s", packed)
		}
	})
}
