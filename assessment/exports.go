package assessment

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/export"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Exports hands on what a round has gathered, as files for other programs.
type Exports struct {
	Store interface {
		Finder
		Programme
		Walker
		BackingReader
		Recorder
	}
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Walker reads a whole round without keeping it in memory.
type Walker interface {
	// Walk reads the assessments of officials of a round within the actor's reach, of one city alone where a code is given, in
	// the order of the codes of the cities, and calls visit with some at a time. Nothing is held in the database while visit
	// works, so that a slow reader holds up nobody; an assessment that changes meanwhile is read before or after that, never half.
	Walk(ctx context.Context, who account.Actor, round, city string, needs export.Needs, visit func([]Walked) error) error
}

// Walked is an assessment with what is kept for it, closely packed: a walk may meet millions of answers.
type Walked struct {
	Assessment Assessment
	Answers    string // see EachAnswer
	Powers     string // see EachPower
	Texts      bool   // the answers have their texts
}

// WalkedSeparator stands between the parts of Answers and Powers: the only sign that no text holds (decision 26).
const WalkedSeparator = "\x00"

// WalkedAnswer is an answer on a walk.
type WalkedAnswer struct {
	Indicator, Value, NonAnswer       string
	Version                           int // with texts alone, as is what follows
	Explanation, Evidence, Confidence string
}

// part takes the text up to the next separator off the rest.
func part(rest *string) string {
	before, after, _ := strings.Cut(*rest, WalkedSeparator)
	*rest = after
	return before
}

// EachAnswer calls back with every answer that was ever saved.
func (w Walked) EachAnswer(do func(WalkedAnswer)) {
	for rest := w.Answers; rest != ""; {
		a := WalkedAnswer{Indicator: part(&rest), Value: part(&rest), NonAnswer: part(&rest)}
		if w.Texts {
			a.Version, _ = strconv.Atoi(part(&rest))
			a.Explanation, a.Evidence, a.Confidence = part(&rest), part(&rest), part(&rest)
		}
		do(a)
	}
}

// EachPower calls back with every power that the city has set.
func (w Walked) EachPower(do func(indicator string, holder survey.Holder, reason string)) {
	for rest := w.Powers; rest != ""; {
		do(part(&rest), survey.Holder(part(&rest)), part(&rest))
	}
}

// ExportOrder says what somebody wants to have.
type ExportOrder struct {
	export.Order
	Round string // code
	City  string // code; empty for every city within reach
	// Language and Say are of the labels.
	Language survey.Language
	Say      func(key string) string
}

// Prepared is an export that can be written.
type Prepared struct {
	Name, Media string // of the file
	Write       func(ctx context.Context, w io.Writer) error
}

// Prepare checks an order. What is written are the assessments within the actor's reach: those handed in of the rounds of an
// analyst, the own ones of people of a city. Each is noted in the audit log of its city before anything of it is written.
func (e Exports) Prepare(ctx context.Context, who account.Actor, o ExportOrder) (Prepared, error) {
	if !account.Allowed(who.Role, account.ExportAnswers) {
		return Prepared{}, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	round, err := e.round(ctx, who, &o)
	if err != nil {
		return Prepared{}, err
	}
	if o.Order, err = o.Settled(); err != nil {
		return Prepared{}, err
	}
	code, version, _ := survey.ParseName(round.Instrument)
	in, ok := e.Questionnaires.Find(code, version)
	if !ok {
		return Prepared{}, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": round.Instrument})
	}
	source := export.Source{Round: round.Code, Title: round.Title, City: o.City, Instrument: in, Method: score.MethodVersion, At: e.Now(), Language: o.Language, Say: o.Say}
	return Prepared{Name: o.Order.Name(source), Media: o.Format.Media(), Write: func(ctx context.Context, w io.Writer) error {
		return export.Write(w, o.Order, source, func(visit func(*export.Record) error) error { return e.walk(ctx, who, o, in, visit) })
	}}, nil
}

// round finds the round. People of a city name one in which it takes part, and get their own city.
func (e Exports) round(ctx context.Context, who account.Actor, o *ExportOrder) (Round, error) {
	if !who.Role.OfCity() {
		return e.Store.Round(ctx, who, o.Round)
	}
	all, err := e.Store.Assessments(ctx, who, o.Round)
	if err != nil {
		return Round{}, err
	}
	for _, a := range all {
		if a.Perspective == Officials && (o.City == "" || a.City.Code == o.City) {
			o.City = a.City.Code
			return a.Round, nil
		}
	}
	return Round{}, fault.New(fault.NotFound, "fault.not_found", nil)
}

// some are assessments on their way from the database to the file.
type some struct {
	walked []Walked
	beside []Beside // of each, where texts are needed
	err    error
}

// walk reads, notes and hands on: while some assessments are written, the next are noted, and those after them read.
func (e Exports) walk(ctx context.Context, who account.Actor, o ExportOrder, in *survey.Instrument, visit func(*export.Record) error) error {
	ctx, stop := context.WithCancel(ctx)
	needs := o.Needs()
	read, noted := make(chan some, 1), make(chan some, 1)
	hand := func(to chan some, s some) error {
		select {
		case to <- s:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	go func() {
		defer close(read)
		err := e.Store.Walk(ctx, who, o.Round, o.City, needs, func(all []Walked) error {
			s := some{walked: all}
			if needs.Texts {
				if s.beside, s.err = e.Store.Backings(ctx, who, assessmentsOf(all)); s.err != nil {
					return s.err
				}
			}
			return hand(read, s)
		})
		if err != nil {
			_ = hand(read, some{err: err})
		}
	}()
	go func() {
		defer close(noted)
		for s := range read {
			if s.err == nil {
				s.err = e.note(ctx, who, o, s.walked)
			}
			if hand(noted, s) != nil {
				return
			}
		}
	}()
	defer func() { // both have ended when the export has
		stop()
		for range noted {
		}
		for range read {
		}
	}()
	f := e.folder(in, needs)
	for s := range noted {
		if s.err != nil {
			return s.err
		}
		for i, w := range s.walked {
			var b Beside
			if s.beside != nil {
				b = s.beside[i]
			}
			if err := visit(f.record(w, b)); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func assessmentsOf(all []Walked) []Assessment {
	out := make([]Assessment, len(all))
	for i, w := range all {
		out[i] = w.Assessment
	}
	return out
}

// note writes into the audit log of each city that its answers are read.
func (e Exports) note(ctx context.Context, who account.Actor, o ExportOrder, all []Walked) error {
	events := make([]Event, len(all))
	for i, w := range all {
		events[i] = Event{At: e.Now(), Actor: author(who), City: w.Assessment.City.ID, Action: "export", Subject: w.Assessment.ID, Detail: string(o.Subject) + " " + string(o.Format)}
	}
	return e.Store.Record(ctx, events...)
}

// folder turns assessments into records, one after another in the same memory.
type folder struct {
	questions []*survey.Indicator
	at        map[string]int // index in questions
	in        *survey.Instrument
	scheme    *score.Scheme
	needs     export.Needs
	now       time.Time
	is        export.Record
	versions  []int
}

func (e Exports) folder(in *survey.Instrument, needs export.Needs) *folder {
	f := &folder{questions: in.All(), at: map[string]int{}, in: in, scheme: e.Questionnaires.Scheme(in), needs: needs, now: e.Now()}
	for i, q := range f.questions {
		f.at[q.ID] = i
	}
	f.is.Answers, f.versions = make([]export.Answer, len(f.questions)), make([]int, len(f.questions))
	return f
}

func (f *folder) record(w Walked, b Beside) *export.Record {
	a := w.Assessment
	f.is.City = export.City{Code: a.City.Code, Name: a.City.Name, Country: a.City.Country, Region: a.City.Region, Locode: a.City.Locode, Population: a.City.Population,
		Roles: strings.Join(a.City.Roles, "|"), Income: a.City.Income, Fictional: a.City.Fictional, State: string(a.State), HandedIn: a.HandedIn, Answered: a.Answered, Settled: a.Settled}
	clear(f.is.Answers)
	clear(f.versions)
	for i, q := range f.questions {
		if !f.in.IsContext(q) {
			f.is.Answers[i].Power = string(q.Power)
		}
	}
	w.EachAnswer(func(x WalkedAnswer) {
		i, known := f.at[x.Indicator]
		if !known { // of a version of the questionnaire that asked for more
			return
		}
		to := &f.is.Answers[i]
		to.Value, to.NonAnswer, to.Explanation, to.Evidence, to.Confidence = x.Value, x.NonAnswer, x.Explanation, x.Evidence, x.Confidence
		f.versions[i] = x.Version
	})
	w.EachPower(func(indicator string, holder survey.Holder, reason string) {
		if i, known := f.at[indicator]; known && holder != "" {
			f.is.Answers[i].Power, f.is.Answers[i].PowerReason, f.is.Answers[i].PowerSet = string(holder), reason, true
		}
	})
	if f.needs.Texts {
		f.stand(b)
	}
	if f.needs.Results {
		f.results()
	}
	return &f.is
}

// stand says how far each answer is backed, and what others think of it.
func (f *folder) stand(b Beside) {
	plain := len(b.Citations) == 0 && len(b.Verdicts) == 0
	for i, q := range f.questions {
		to := &f.is.Answers[i]
		said := survey.Answer{Value: to.Value, NonAnswer: survey.NonAnswer(to.NonAnswer)}
		if plain {
			if Claims(said) {
				to.Standing = string(evidence.Claimed)
			}
			continue
		}
		to.Standing = string(b.StandingOf(Kept{Answer: said, Version: f.versions[i]}, q.ID, f.now))
		if f.versions[i] == 0 {
			continue
		}
		if all := b.Proposals(q.ID, f.versions[i]); len(all) > 0 {
			to.Proposed, to.ProposedBy, to.ProposalReason = all[0].Proposed, string(all[0].By.Role), all[0].Reason
		}
	}
	for _, c := range b.Clarifications {
		if i, known := f.at[c.Indicator]; known {
			f.is.Answers[i].Reply = b.Reply(c.Indicator)
		}
	}
	f.is.Verdicts = f.is.Verdicts[:0]
	for _, v := range b.Verdicts {
		if i, known := f.at[v.Indicator]; known && v.Kind != VerdictWithdrawn {
			f.is.Verdicts = append(f.is.Verdicts, export.Verdict{Indicator: v.Indicator, Says: string(v.Kind), Proposed: v.Proposed, Role: string(v.By.Role), Reason: v.Reason,
				Version: v.Version, Current: v.Version == f.versions[i], At: v.At})
		}
	}
	slices.SortStableFunc(f.is.Verdicts, func(x, y export.Verdict) int { return f.at[x.Indicator] - f.at[y.Indicator] })
}

// results computes the numbers three times, as BackingOf does.
func (f *folder) results() {
	m := f.scheme.Blank()
	for i, q := range f.questions {
		a := &f.is.Answers[i]
		if a.Value != "" || a.NonAnswer != "" {
			f.scheme.SetAnswer(m, q.ID, survey.Answer{Value: a.Value, NonAnswer: survey.NonAnswer(a.NonAnswer)})
		}
		if a.PowerSet {
			f.scheme.SetHolder(m, q.ID, survey.Holder(a.Power))
		}
	}
	for i, least := range []evidence.Standing{evidence.Claimed, evidence.Evidenced, evidence.Verified} {
		counted := m
		if least != evidence.Claimed {
			counted = f.scheme.Only(m, func(id string) bool { return evidence.Standing(f.is.Answers[f.at[id]].Standing).AtLeast(least) })
		}
		f.scheme.Numbers(counted, &f.is.Results[i])
	}
}
