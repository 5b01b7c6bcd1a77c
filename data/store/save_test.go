package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

var ctx = context.Background()

// each runs a test in a populated store of each engine, and checks at its end that tables and logs agree.
func each(t *testing.T, test func(t *testing.T, w *storetest.World)) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := storetest.Populate(t, s)
		test(t, w)
		w.Sound(t)
	})
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func save(t testing.TB, w *storetest.World, who account.Actor, m assessment.Mutation) assessment.Saved {
	t.Helper()
	return must[[]assessment.Saved](t)(w.Store.Save(ctx, who, w.Order(who, m)))[0]
}

func sheet(t testing.TB, w *storetest.World) assessment.Sheet {
	t.Helper()
	return must[assessment.Sheet](t)(w.Store.Sheet(ctx, w.Coordinator, w.Mine.ID))
}

func wantFault(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v, want a fault of kind %s", err, kind)
	}
}

func TestANewSaveIsReadBackAsItWas(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		text := "النص العربي =1+1 <5 </script> “quoted”\nline two \U0001F3D9"
		m := assessment.Mutation{ID: "mutation-1", Indicator: "AA-01", Fields: 0b1111, Source: "script",
			Answer: survey.Answer{Value: "3", Explanation: text, Evidence: "https://example.org/a?b=c", Confidence: survey.FairlySure}}
		got := save(t, w, w.Coordinator, m)
		at := storetest.Now.UTC().Truncate(1000)
		want := assessment.Saved{Mutation: "mutation-1", Indicator: "AA-01", Version: 1, At: at, Hash: m.Digest()}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("saved %+v, want %+v", got, want)
		}
		k := sheet(t, w).Answers["AA-01"]
		wantKept := assessment.Kept{Answer: m.Answer, Indicator: "AA-01", Version: 1, Changed: [assessment.FieldCount]int{1, 1, 1, 1},
			By: assessment.Author{Account: w.Coordinator.Account, Name: "A coordinator", Role: account.Coordinator}, At: at}
		if !reflect.DeepEqual(k, wantKept) {
			t.Errorf("kept %+v, want %+v", k, wantKept)
		}
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID))
		if a.Answered != 1 || a.Settled != 1 || !a.Changed.Equal(at) {
			t.Errorf("the assessment counts %d answered, %d settled, changed %v", a.Answered, a.Settled, a.Changed)
		}
	})
}

func TestTheSaveContract(t *testing.T) {
	first := storetest.Explain("AA-01", 0, "first")
	other := first
	other.Answer.Explanation = "something else"
	tests := []struct {
		name    string
		before  []assessment.Mutation
		m       assessment.Mutation
		version int
		replay  bool
		fault   fault.Kind
		kept    string // explanation that stands afterwards
		beside  string // explanation kept beside it
	}{
		{name: "a first save makes version 1", m: first, version: 1, kept: "first"},
		{name: "the same save again is a replay", before: []assessment.Mutation{first}, m: first, version: 1, replay: true, kept: "first"},
		{name: "a replay after another save still answers its own version", before: []assessment.Mutation{first, storetest.Explain("AA-01", 1, "second")}, m: first, version: 1, replay: true, kept: "second"},
		{name: "the same id with other content is a mismatch", before: []assessment.Mutation{first}, m: other, fault: fault.Mismatch, kept: "first"},
		{name: "another field changed meanwhile: both stay", before: []assessment.Mutation{first, storetest.Prove("AA-01", 1, "proof")}, m: storetest.Explain("AA-01", 1, "second"), version: 3, kept: "second"},
		{name: "the same field changed meanwhile: the later text is kept beside", before: []assessment.Mutation{first}, m: storetest.Explain("AA-01", 0, "later"), version: 1, kept: "first", beside: "later"},
		{name: "saying what stands already is no conflict", before: []assessment.Mutation{first}, m: storetest.Explain("AA-01", 0, "first"), version: 1, kept: "first"},
		{name: "emptying a text is a change", before: []assessment.Mutation{first}, m: storetest.Explain("AA-01", 1, ""), version: 2, kept: ""},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *storetest.World) {
				for _, m := range c.before {
					save(t, w, w.Coordinator, m)
				}
				saved, err := w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, c.m))
				if c.fault != "" {
					wantFault(t, err, c.fault)
				} else if err != nil {
					t.Fatal(err)
				} else if got := saved[0]; got.Version != c.version || got.Replay != c.replay || (got.Conflict != 0) != (c.beside != "") {
					t.Errorf("saved %+v", got)
				}
				s := sheet(t, w)
				if got := s.Answers["AA-01"].Explanation; got != c.kept {
					t.Errorf("%q stands, want %q", got, c.kept)
				}
				var beside string
				for _, a := range s.Alternatives["AA-01"] {
					beside += a.Answer.Explanation
				}
				if beside != c.beside {
					t.Errorf("%q is kept beside, want %q", beside, c.beside)
				}
			})
		})
	}
}

func TestAConflictTellsBothSidesAndItsReplayTellsTheSame(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Explain("AA-01", 0, "first"))
		late := storetest.Explain("AA-01", 0, "later")
		got := save(t, w, w.Contributor, late)
		if got.Theirs == nil || got.Theirs.Explanation != "first" || got.Theirs.By.Role != account.Coordinator {
			t.Errorf("theirs is %+v", got.Theirs)
		}
		if got.Alternative == nil || got.Alternative.Answer.Explanation != "later" || got.Alternative.ID != late.ID {
			t.Errorf("the alternative is %+v", got.Alternative)
		}
		save(t, w, w.Coordinator, storetest.Explain("AA-01", 1, "third"))
		again := save(t, w, w.Contributor, late)
		again.Replay = false
		again.Alternative.By.Name = got.Alternative.By.Name
		if !reflect.DeepEqual(got, again) {
			t.Errorf("the replay says %+v\nwant %+v", again, got)
		}
	})
}

func TestOneMutationIDServesACityOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		second := must[assessment.Round](t)(w.Planning.AddRound(ctx, w.Operator, assessment.Round{Code: "2027", Title: "Next", Instrument: "small@1.0.0"}, "accra"))
		all := must[[]assessment.Assessment](t)(w.Store.Assessments(ctx, w.Coordinator, second.Code))
		m := storetest.Explain("AA-01", 0, "text")
		save(t, w, w.Coordinator, m)
		order := w.Order(w.Coordinator, m)
		order.Assessment = all[0].ID
		_, err := w.Store.Save(ctx, w.Coordinator, order)
		wantFault(t, err, fault.Mismatch)

		late := storetest.Explain("AA-01", 0, "an alternative uses up its id too")
		save(t, w, w.Contributor, late)
		late.Answer.Explanation = "other"
		_, err = w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, late))
		wantFault(t, err, fault.Mismatch)

		order = w.Order(w.Foreign, m) // another city may use the same id by chance
		order.Assessment = w.Theirs.ID
		must[[]assessment.Saved](t)(w.Store.Save(ctx, w.Foreign, order))
	})
}

func TestAMismatchRefusesTheWholeOrder(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		m := storetest.Explain("AA-01", 0, "text")
		save(t, w, w.Coordinator, m)
		m.Answer.Explanation = "other"
		_, err := w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-02", 0, "yes"), m))
		wantFault(t, err, fault.Mismatch)
		if got := sheet(t, w).Answers; len(got) != 1 {
			t.Errorf("something of a refused order was kept: %v", got)
		}
	})
}

func TestWhatIsOutOfReachLooksLikeWhatDoesNotExist(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		nobody := account.Actor{}
		m := storetest.Explain("AA-01", 0, "text")
		calls := map[string]func(who account.Actor, id string) error{
			"Assessment": func(who account.Actor, id string) error { _, err := w.Store.Assessment(ctx, who, id); return err },
			"Sheet":      func(who account.Actor, id string) error { _, err := w.Store.Sheet(ctx, who, id); return err },
			"History":    func(who account.Actor, id string) error { _, err := w.Store.History(ctx, who, id, "AA-01"); return err },
			"Save": func(who account.Actor, id string) error {
				o := w.Order(who, m)
				o.Assessment = id
				_, err := w.Store.Save(ctx, who, o)
				return err
			},
			"Choose": func(who account.Actor, id string) error {
				o := w.Order(who, m)
				o.Assessment = id
				_, err := w.Store.Choose(ctx, who, o, []string{"x"})
				return err
			},
			"SetPowers": func(who account.Actor, id string) error {
				_, err := w.Store.SetPowers(ctx, who, []assessment.PowerOrder{{Assessment: id, Scheme: w.Scheme, Indicator: "AA-01", Holder: survey.National}})
				return err
			},
			"UndoPower": func(who account.Actor, id string) error {
				_, err := w.Store.UndoPower(ctx, who, assessment.PowerOrder{Assessment: id, Scheme: w.Scheme, Indicator: "AA-01"})
				return err
			},
			"Submit": func(who account.Actor, id string) error {
				_, err := w.Store.Submit(ctx, who, id, w.Scheme, assessment.Author{}, storetest.Now)
				return err
			},
			"Reopen": func(who account.Actor, id string) error {
				_, err := w.Store.Reopen(ctx, who, id, "Look again.", assessment.Author{}, storetest.Now)
				return err
			},
			"Snapshot": func(who account.Actor, id string) error { _, _, err := w.Store.Snapshot(ctx, who, id, 0); return err },
			"Wrote":    func(who account.Actor, id string) error { _, err := w.Store.Wrote(ctx, who, id); return err },
			"AskSignOff": func(who account.Actor, id string) error {
				return w.Store.AskSignOff(ctx, who, id, assessment.Author{}, storetest.Now)
			},
			"Import": func(who account.Actor, id string) error {
				o := w.Order(who, m)
				o.Assessment = id
				return w.Store.Import(ctx, who, []assessment.ImportOrder{{SaveOrder: o}}, assessment.Author{}, storetest.Now)
			},
		}
		for name, call := range calls {
			for _, who := range []account.Actor{w.Foreign, w.Stray, w.Analyst, w.Admin, nobody} {
				foreign, none := call(who, w.Mine.ID), call(who, "no-such-assessment")
				wantFault(t, foreign, fault.NotFound)
				if foreign.Error() != none.Error() {
					t.Errorf("%s by %q: a foreign id says %q, a missing one %q", name, who.Role, foreign, none)
				}
			}
		}
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Operator, w.Mine.ID)); !a.Open() || !a.Changed.IsZero() {
			t.Errorf("a refused call left something behind: %+v", a)
		}
	})
}

func TestAClosedAssessmentTakesNoChange(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		a := must[assessment.Assessment](t)(w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID))
		if !a.HandedIn.Equal(storetest.Now.Truncate(1000)) || a.HandedInBy != w.Coordinator.Account {
			t.Errorf("handed in %v by %q", a.HandedIn, a.HandedInBy)
		}
		_, err := w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Value("AA-01", 0, "1")))
		wantFault(t, err, fault.Closed)
		_, err = w.Store.Choose(ctx, w.Contributor, w.Order(w.Contributor, storetest.Value("AA-01", 0, "1")), nil)
		wantFault(t, err, fault.Closed)
		_, err = w.Store.SetPowers(ctx, w.Coordinator, []assessment.PowerOrder{{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Holder: survey.National}})
		wantFault(t, err, fault.Closed)
		_, err = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID)
		wantFault(t, err, fault.Conflict)

		a = must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Analyst, w.Mine.ID, "Look again."))
		if !a.Open() || a.HandedInBy != "" {
			t.Errorf("given back, it is %+v", a)
		}
		_, err = w.Store.Assessment(ctx, w.Analyst, w.Mine.ID)
		wantFault(t, err, fault.NotFound)
		save(t, w, w.Contributor, storetest.Value("AA-01", 0, "1"))
	})
}

func TestAnswersOfTheContextAreKeptButNotCounted(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("CX-01", 0, "a port"))
		a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Coordinator, w.Mine.ID))
		if a.Answered != 0 || a.Settled != 0 {
			t.Errorf("context counted: %+v", a)
		}
		if got := sheet(t, w).Answers["CX-01"].Value; got != "a port" {
			t.Errorf("kept %q", got)
		}
		_, err := w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("ZZ-99", 0, "1")))
		if err == nil {
			t.Error("an indicator that the instrument does not have was saved")
		}
	})
}

func TestChoosingSettlesBothVersionsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Explain("AA-01", 0, "first"))
		late := storetest.Explain("AA-01", 0, "later")
		save(t, w, w.Contributor, late)

		stale := storetest.Explain("AA-01", 0, "from an old page")
		got := must[assessment.Saved](t)(w.Store.Choose(ctx, w.Coordinator, w.Order(w.Coordinator, stale), []string{late.ID}))
		if got.Conflict == 0 || len(sheet(t, w).Alternatives["AA-01"]) != 2 {
			t.Fatalf("a choice that conflicts must settle nothing: %+v", got)
		}
		chosen := storetest.Explain("AA-01", 1, "first and later")
		got = must[assessment.Saved](t)(w.Store.Choose(ctx, w.Coordinator, w.Order(w.Coordinator, chosen), []string{late.ID, stale.ID, "unknown"}))
		if got.Version != 2 || got.Conflict != 0 {
			t.Errorf("chose %+v", got)
		}
		s := sheet(t, w)
		if len(s.Alternatives) != 0 || s.Answers["AA-01"].Explanation != "first and later" || s.Answers["AA-01"].Version != 2 {
			t.Errorf("after the choice: %+v", s)
		}
		again := must[assessment.Saved](t)(w.Store.Choose(ctx, w.Coordinator, w.Order(w.Coordinator, chosen), []string{late.ID, stale.ID}))
		if !again.Replay || again.Version != 2 {
			t.Errorf("the same choice again: %+v", again)
		}
		history := must[[]assessment.Revision](t)(w.Store.History(ctx, w.Coordinator, w.Mine.ID, "AA-01"))
		var texts []string
		for i, r := range history {
			texts = append(texts, r.Answer.Explanation)
			if r.Seq != int64(i)+1 {
				t.Errorf("revision %d has number %d", i+1, r.Seq)
			}
		}
		if want := []string{"first", "later", "from an old page", "first and later", ""}; !reflect.DeepEqual(texts, want) {
			t.Errorf("the history has %q, want %q", texts, want)
		}
	})
}

func TestKeepingWhatStandsSettlesToo(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Explain("AA-01", 0, "first"))
		late := storetest.Explain("AA-01", 0, "later")
		save(t, w, w.Contributor, late)
		saved, rejected, err := w.Drafts.Choose(ctx, w.Contributor, w.Mine.ID, assessment.Given{Mutation: "choice-0001", Indicator: "AA-01", Base: 1}, []string{late.ID})
		if err != nil || len(rejected) > 0 || saved.Version != 1 {
			t.Fatal(saved, rejected, err)
		}
		if s := sheet(t, w); len(s.Alternatives) != 0 || s.Answers["AA-01"].Explanation != "first" {
			t.Errorf("after the choice: %+v", s)
		}
	})
}

func TestPowers(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		set := func(base int, h survey.Holder, reason string) (assessment.Power, error) {
			p, err := w.Store.SetPowers(ctx, w.Coordinator, []assessment.PowerOrder{{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Base: base, Holder: h, Reason: reason, At: storetest.Now}})
			if err != nil {
				return assessment.Power{}, err
			}
			return p[0], nil
		}
		undo := func(base int) assessment.Power {
			t.Helper()
			return must[assessment.Power](t)(w.Store.UndoPower(ctx, w.Coordinator, assessment.PowerOrder{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Base: base, At: storetest.Now}))
		}
		must[assessment.Power](t)(set(0, survey.National, "article 5"))
		if p, err := set(0, survey.National, "article 5"); err != nil || p.Version != 1 {
			t.Errorf("the same again: %+v, %v", p, err)
		}
		_, err := set(0, survey.Regional, "")
		wantFault(t, err, fault.Conflict)
		must[assessment.Power](t)(set(1, survey.Regional, "article 6"))
		if p := undo(2); p.Holder != survey.National || p.Reason != "article 5" || p.Version != 3 {
			t.Errorf("undone to %+v", p)
		}
		must[assessment.Power](t)(set(3, "", ""))
		if p := undo(4); p.Holder != survey.National || p.Version != 5 {
			t.Errorf("undone to %+v", p)
		}
		_, err = w.Store.UndoPower(ctx, w.Coordinator, assessment.PowerOrder{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Base: 3})
		wantFault(t, err, fault.Conflict)

		_, err = w.Store.SetPowers(ctx, w.Coordinator, []assessment.PowerOrder{
			{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-02", Holder: survey.Nobody},
			{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Base: 1, Holder: survey.Nobody}})
		wantFault(t, err, fault.Conflict)
		if _, set := sheet(t, w).Powers["AA-02"]; set {
			t.Error("one power of a refused order was set")
		}
	})
}

func TestTheFirstPowerIsUndoneToTheDefault(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.NotAnswered("AA-01", 0, survey.NotOurs, survey.Regional))
		if p := sheet(t, w).Powers["AA-01"]; p.Holder != survey.Regional || p.Version != 1 {
			t.Fatalf("\"not our responsibility\" set the power to %+v", p)
		}
		p := must[assessment.Power](t)(w.Store.UndoPower(ctx, w.Coordinator, assessment.PowerOrder{Assessment: w.Mine.ID, Scheme: w.Scheme, Indicator: "AA-01", Base: 1, At: storetest.Now}))
		if p.Holder != "" || p.Version != 2 {
			t.Errorf("undone to %+v", p)
		}
	})
}

func TestAnImportIsAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		order := func(a assessment.Assessment, ms ...assessment.Mutation) assessment.ImportOrder {
			o := w.Order(w.Operator, ms...)
			o.Assessment = a.ID
			return assessment.ImportOrder{SaveOrder: o, City: a.City.Code}
		}
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "1"))
		save(t, w, w.Coordinator, storetest.Prove("AA-01", 1, "somebody added this meanwhile"))
		mine := order(w.Mine, storetest.Value("AA-02", 0, "yes"), storetest.Value("AA-01", 1, "3"))
		theirs := order(w.Theirs, storetest.Value("AA-01", 0, "2"))
		err := w.Store.Import(ctx, w.Operator, []assessment.ImportOrder{theirs, mine}, assessment.Author{Role: account.Operator}, storetest.Now)
		wantFault(t, err, fault.Conflict)
		if f, _ := fault.As(err); len(f.Fields) != 1 || f.Fields[0].Name != "accra/AA-01" {
			t.Errorf("the fault names %+v", f.Fields)
		}
		if a := must[assessment.Assessment](t)(w.Store.Assessment(ctx, w.Operator, w.Theirs.ID)); a.Answered != 0 {
			t.Error("something was imported")
		}
		mine = order(w.Mine, storetest.Value("AA-02", 0, "yes"), storetest.Value("AA-01", 2, "3"))
		mine.Powers = []assessment.PowerOrder{{Indicator: "AA-01", Holder: survey.Shared}}
		if err := w.Store.Import(ctx, w.Operator, []assessment.ImportOrder{theirs, mine}, assessment.Author{Role: account.Operator}, storetest.Now); err != nil {
			t.Fatal(err)
		}
		s := sheet(t, w)
		if s.Answers["AA-01"].Value != "3" || s.Answers["AA-01"].Evidence == "" || s.Powers["AA-01"].Holder != survey.Shared {
			t.Errorf("imported %+v", s)
		}
	})
}

func TestRebuildWritesTheTablesAnewFromTheLog(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		save(t, w, w.Coordinator, storetest.Value("AA-01", 0, "2"))
		save(t, w, w.Coordinator, storetest.NotAnswered("AA-01", 1, survey.NotOurs, survey.National))
		save(t, w, w.Coordinator, storetest.Explain("AA-02", 0, "first"))
		late := storetest.Explain("AA-02", 0, "later")
		save(t, w, w.Contributor, late)
		save(t, w, w.Contributor, storetest.Explain("AA-02", 0, "even later"))
		must[assessment.Saved](t)(w.Store.Choose(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Explain("AA-02", 1, "chosen")), []string{late.ID}))
		before := sheet(t, w)
		for _, spoil := range []string{"UPDATE answer SET value = '4', version = 9", "DELETE FROM answer", "DELETE FROM alternative",
			"UPDATE power SET holder = 'nobody'", "UPDATE score SET answered = 7", "UPDATE score SET seq = 99"} {
			storetest.Exec(t, w.Store, spoil)
			if wrong := must[[]string](t)(w.Store.VerifyLog(ctx, w.Library)); len(wrong) == 0 {
				t.Errorf("%q was not noticed", spoil)
			}
			if n := must[int](t)(w.Store.Rebuild(ctx, w.Library)); n != 2 {
				t.Errorf("rebuilt %d", n)
			}
			w.Sound(t)
			if after := sheet(t, w); !reflect.DeepEqual(before, after) {
				t.Errorf("after %q and a rebuild: %+v\nwant %+v", spoil, after, before)
			}
		}
		storetest.Exec(t, w.Store, "DELETE FROM revision WHERE seq = 2")
		if wrong := must[[]string](t)(w.Store.VerifyLog(ctx, w.Library)); len(wrong) == 0 {
			t.Error("a missing revision was not noticed")
		}
		storetest.Exec(t, w.Store, "DELETE FROM revision")
		must[int](t)(w.Store.Rebuild(ctx, w.Library)) // leaves what the log says: nothing
	})
}

// together starts functions at the same moment and waits for all.
func together(work ...func()) {
	var ready, done sync.WaitGroup
	ready.Add(len(work))
	gate := make(chan struct{})
	for _, f := range work {
		done.Go(func() { ready.Done(); <-gate; f() })
	}
	ready.Wait()
	close(gate)
	done.Wait()
}

const races = 50

func TestRacesLoseNothing(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		indicators := []string{"AA-01", "AA-02", "AA-03", "BB-01"}
		base := func(id string) int { return sheet(t, w).Answers[id].Version }
		try := func(who account.Actor, m assessment.Mutation, out *assessment.Saved) func() {
			return func() {
				saved, err := w.Store.Save(ctx, who, w.Order(who, m))
				if err != nil {
					t.Error(err)
					return
				}
				*out = saved[0]
			}
		}
		for i := range races {
			id := indicators[i%len(indicators)]
			b := base(id)
			var x, y, z assessment.Saved
			// Two colleagues on different fields of one answer.
			together(try(w.Coordinator, storetest.Explain(id, b, fmt.Sprint("text ", i)), &x), try(w.Contributor, storetest.Prove(id, b, fmt.Sprint("proof ", i)), &y))
			if k := sheet(t, w).Answers[id]; k.Version != b+2 || k.Explanation != fmt.Sprint("text ", i) || k.Evidence != fmt.Sprint("proof ", i) || x.Conflict+y.Conflict != 0 {
				t.Fatalf("race %d on different fields kept %+v", i, k)
			}
			// The same field.
			before := len(sheet(t, w).Alternatives[id])
			together(try(w.Coordinator, storetest.Explain(id, b+2, fmt.Sprint("mine ", i)), &x), try(w.Contributor, storetest.Explain(id, b+2, fmt.Sprint("ours ", i)), &y))
			s := sheet(t, w)
			if len(s.Alternatives[id]) != before+1 || (x.Conflict == 0) == (y.Conflict == 0) {
				t.Fatalf("race %d on one field: %+v and %+v", i, x, y)
			}
			lost := fmt.Sprint("mine ", i)
			if x.Conflict == 0 {
				lost = fmt.Sprint("ours ", i)
			}
			beside := slices.ContainsFunc(s.Alternatives[id], func(a assessment.Alternative) bool { return a.Answer.Explanation == lost })
			if first := s.Answers[id].Explanation; !beside || first == lost || !strings.HasSuffix(first, fmt.Sprint(" ", i)) {
				t.Fatalf("race %d on one field kept %q, and beside it not %q", i, first, lost)
			}
			// The same mutation three times.
			m := storetest.Prove(id, b+3, fmt.Sprint("once ", i))
			together(try(w.Coordinator, m, &x), try(w.Coordinator, m, &y), try(w.Coordinator, m, &z))
			replays := 0
			for _, v := range []assessment.Saved{x, y, z} {
				if v.Version != b+4 || v.Conflict != 0 {
					t.Fatalf("race %d of one mutation: %+v", i, v)
				}
				if v.Replay {
					replays++
				}
			}
			if replays != 2 {
				t.Fatalf("race %d of one mutation counted %d replays", i, replays)
			}
			// Two different contents under one id: one is saved, the other refused.
			m, n := storetest.Prove(id, b+4, fmt.Sprint("a ", i)), storetest.Prove(id, b+4, fmt.Sprint("b ", i))
			n.ID = m.ID
			var errs [2]error
			together(func() { _, errs[0] = w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, m)) },
				func() { _, errs[1] = w.Store.Save(ctx, w.Coordinator, w.Order(w.Coordinator, n)) })
			if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(errors.Join(errs[:]...), fault.Mismatch) {
				t.Fatalf("race %d of one id: %v", i, errs)
			}
		}
	})
}

func TestASaveThatRacesWithHandingInIsKeptOrRefused(t *testing.T) {
	each(t, func(t *testing.T, w *storetest.World) {
		saved, refused := 0, 0
		for i := range races {
			b := sheet(t, w).Answers["BB-03"].Version
			text := fmt.Sprint("text ", i)
			var saveErr error
			var handErrs [2]error
			together(
				func() {
					_, saveErr = w.Store.Save(ctx, w.Contributor, w.Order(w.Contributor, storetest.Explain("BB-03", b, text)))
				},
				func() { _, handErrs[0] = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) },
				func() { _, handErrs[1] = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID) },
			)
			if (handErrs[0] == nil) == (handErrs[1] == nil) || !fault.Is(errors.Join(handErrs[:]...), fault.Conflict) {
				t.Fatalf("handing in twice at once: %v", handErrs)
			}
			k := sheet(t, w).Answers["BB-03"]
			switch {
			case saveErr == nil && k.Explanation == text && k.Version == b+1:
				saved++
			case fault.Is(saveErr, fault.Closed) && k.Version == b:
				refused++
			default:
				t.Fatalf("race %d: %v, kept %+v", i, saveErr, k)
			}
			must[assessment.Assessment](t)(w.Drafts.Reopen(ctx, w.Operator, w.Mine.ID, "Look again."))
		}
		t.Logf("%d saved before, %d refused after", saved, refused)
	})
}
