package assessment

import (
	"context"
	"slices"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// CarryOver is how a new round begins with what the last one has left. What is carried over waits beside the answers: it
// counts nowhere until somebody of the city confirms it.
type CarryOver struct {
	Store interface {
		Finder
		CarryKeeper
	}
	Besides        *Besides
	Questionnaires Questionnaires
	Now            func() time.Time
}

// CarryKeeper keeps what was carried over. Each call that writes is one transaction with its audit lines; it takes the same
// locks as a save, and refuses an assessment that was handed in with a fault of kind Closed.
type CarryKeeper interface {
	// CarryOver writes what waits to be confirmed and returns how many lines are new. One that is there already stays as it is.
	CarryOver(ctx context.Context, who account.Actor, o CarryOrder) (int, error)
	// ConfirmCarried writes answers, citations, and, where the order says so, powers, and settles their lines. What somebody
	// has answered meanwhile is not touched. The outcomes stand in the order of the indicators.
	ConfirmCarried(ctx context.Context, who account.Actor, o CarryOrder) ([]Confirmed, error)
	// PutCarriedAside settles lines without writing anything else, and returns how many.
	PutCarriedAside(ctx context.Context, who account.Actor, o CarryOrder) (int, error)
	// ConfirmCarriedPowers writes the powers of all lines that were not put aside, where nobody has set one, and returns how many.
	ConfirmCarriedPowers(ctx context.Context, who account.Actor, o CarryOrder) (int, error)
}

// CarryOrder is what happens to lines that were carried over.
type CarryOrder struct {
	Assessment string
	Instrument *survey.Instrument
	Scheme     *score.Scheme
	Lines      []Carried // to be written
	Indicators []string  // to be confirmed or put aside
	SetsPower  bool      // powers are confirmed with the answers
	By         Author
	At         time.Time
}

// ConfirmOutcome is what became of a line that somebody confirmed.
type ConfirmOutcome string

// The outcomes.
const (
	CarriedConfirmed ConfirmOutcome = "confirmed"
	CarriedAnswered  ConfirmOutcome = "answered" // somebody has answered in this round; that stands, and the line was put aside
	CarriedSettled   ConfirmOutcome = "settled"  // it was confirmed or put aside before
	CarriedUnfit     ConfirmOutcome = "unfit"    // the question takes the answer no longer; it waits to be answered anew
)

// Confirmed says what became of a line.
type Confirmed struct {
	Indicator string
	Outcome   ConfirmOutcome
}

// Earlier is an assessment of the same city, in the same perspective, of the newest round before, that was handed in at
// least once.
type Earlier struct {
	ID    string
	Round string // its title
}

// ValuePart stands among the changes of a question when the answer of the last round no longer fits it.
const ValuePart = "value"

// Answers tells whether the line holds an answer, even one that no longer fits; one that does not holds a power or citations only.
func (c Carried) Answers() bool { return !c.Answer.Blank() || slices.Contains(c.Changed, ValuePart) }

// Fits tells whether the line holds an answer that the question takes.
func (c Carried) Fits() bool { return !c.Answer.Blank() }

// Waits tells whether somebody has still to say of the line whether it is true: it is not settled, and nobody has answered the
// question in this round.
func (c Carried) Waits(now Kept) bool {
	return c.Settled.IsZero() && c.Answers() && now.Changed[ValueField] == 0
}

// find opens an assessment within the city for what is carried over into it.
func (c CarryOver) find(ctx context.Context, who account.Actor, id string, do account.Action) (a Assessment, in *survey.Instrument, b Beside, err error) {
	if a, err = c.Store.Assessment(ctx, who, id); err != nil {
		return a, nil, b, err
	}
	if !account.Allowed(who.Role, do) {
		return a, nil, b, forbidden()
	}
	if in, err = c.instrument(a); err != nil {
		return a, nil, b, err
	}
	b, err = c.Besides.Of(ctx, who, a)
	return a, in, b, err
}

func (c CarryOver) instrument(a Assessment) (*survey.Instrument, error) {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := c.Questionnaires.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	return in, nil
}

func (c CarryOver) order(a Assessment, in *survey.Instrument, who account.Actor) CarryOrder {
	return CarryOrder{Assessment: a.ID, Instrument: in, Scheme: c.Questionnaires.Scheme(in), By: author(who), At: c.Now()}
}

// Over takes over what the last round has left: answers, powers that were set, evidence that is still in the library; only
// what nobody has answered or set in this round. Doing it again adds what has come since. It returns how many lines are new,
// and is a Conflict when there is no earlier assessment.
func (c CarryOver) Over(ctx context.Context, who account.Actor, id string) (int, error) {
	a, in, b, err := c.find(ctx, who, id, account.SetPower)
	if err != nil {
		return 0, err
	}
	if !a.Open() {
		return 0, closed(a)
	}
	if b.Earlier == nil {
		return 0, fault.New(fault.Conflict, "carry.nothing_earlier", nil)
	}
	was, err := c.Store.Assessment(ctx, who, b.Earlier.ID)
	if err != nil {
		return 0, err
	}
	before, err := c.instrument(was)
	if err != nil {
		return 0, err
	}
	beside, err := c.Besides.Of(ctx, who, was)
	if err != nil {
		return 0, err
	}
	sheets, err := c.Store.Sheets(ctx, who, []string{was.ID, a.ID})
	if err != nil {
		return 0, err
	}
	o := c.order(a, in, who)
	for _, q := range in.All() {
		if x, some := carry(before, in, q, sheets[0], sheets[1], beside); some {
			x.From = was.ID
			o.Lines = append(o.Lines, x)
		}
	}
	return c.Store.CarryOver(ctx, who, o)
}

// carry is what an earlier assessment has left for an indicator. "Skip for now" says nothing that could still be true.
func carry(before, in *survey.Instrument, q *survey.Indicator, was, now Sheet, beside Beside) (x Carried, some bool) {
	old := before.Indicator(q.ID)
	if old == nil {
		return x, false
	}
	x = Carried{Indicator: q.ID, Changed: survey.Differences(old, q)}
	kept, power := was.Answers[q.ID], was.Powers[q.ID]
	if !kept.Blank() && kept.NonAnswer != survey.Skipped && now.Answers[q.ID].Changed[ValueField] == 0 {
		fits := false
		if x.Answer, fits = survey.Fits(old, q, kept.Answer); !fits {
			x.Changed = append(x.Changed, ValuePart)
		}
		x.Version, x.By, x.At = kept.Version, kept.By, kept.At
		for _, cited := range beside.Cited(q.ID) {
			if cited.Removed.IsZero() {
				x.Citations = append(x.Citations, Citation{Indicator: q.ID, Evidence: cited.ID, Passage: cited.Citation.Passage})
			}
		}
	}
	if power.Holder != "" && !in.IsContext(q) && now.Powers[q.ID].Version == 0 {
		x.Holder, x.Reason = power.Holder, power.Reason
		if x.At.IsZero() {
			x.By, x.At = power.By, power.At
		}
	}
	return x, x.Answers() || x.Holder != ""
}

// Confirm says of lines that they are still true: each becomes an answer of this round. A coordinator confirms the powers
// with them. An indicator without a line is a fault of kind NotFound, and nothing is confirmed.
func (c CarryOver) Confirm(ctx context.Context, who account.Actor, id string, indicators ...string) ([]Confirmed, error) {
	a, in, _, err := c.find(ctx, who, id, account.Carry)
	if err != nil {
		return nil, err
	}
	if !a.Open() {
		return nil, closed(a)
	}
	o := c.order(a, in, who)
	o.Indicators, o.SetsPower = indicators, account.Allowed(who.Role, account.SetPower)
	return c.Store.ConfirmCarried(ctx, who, o)
}

// ConfirmSection confirms all lines of a sub-category of which nobody needs to look at something first; see CarriedLine.Stale.
func (c CarryOver) ConfirmSection(ctx context.Context, who account.Actor, id, section string) ([]Confirmed, error) {
	r, err := c.Review(ctx, who, id)
	if err != nil {
		return nil, err
	}
	part := r.Instrument.Subcategory(section)
	if part == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	var ready []string
	for _, x := range r.Lines {
		if x.Question.Subcategory == section && x.Waits && !x.Stale() {
			ready = append(ready, x.Indicator)
		}
	}
	return c.Confirm(ctx, who, id, ready...)
}

// Aside says of lines that they are not wanted, and returns how many were put aside.
func (c CarryOver) Aside(ctx context.Context, who account.Actor, id string, indicators ...string) (int, error) {
	a, in, _, err := c.find(ctx, who, id, account.Carry)
	if err != nil {
		return 0, err
	}
	if !a.Open() {
		return 0, closed(a)
	}
	o := c.order(a, in, who)
	o.Indicators = indicators
	return c.Store.PutCarriedAside(ctx, who, o)
}

// Powers confirms all powers of the last round that nobody has set in this one, and returns how many.
func (c CarryOver) Powers(ctx context.Context, who account.Actor, id string) (int, error) {
	a, in, _, err := c.find(ctx, who, id, account.SetPower)
	if err != nil {
		return 0, err
	}
	if !a.Open() {
		return 0, closed(a)
	}
	return c.Store.ConfirmCarriedPowers(ctx, who, c.order(a, in, who))
}

// CarriedReview is what the last round has left, as somebody looks at it.
type CarriedReview struct {
	Assessment
	Instrument *survey.Instrument
	Beside     Beside
	Sheet      Sheet
	Lines      []CarriedLine // in the order of the questionnaire
}

// CarriedLine is one line beside the question that it belongs to now and the one that it answered.
type CarriedLine struct {
	Carried
	Question *survey.Indicator
	Before   *survey.Indicator  // nil when the earlier questionnaire is not known any more
	Asked    *survey.Instrument // the earlier questionnaire; nil with Before
	Was      survey.Answer      // what was said then, even where it no longer fits
	Waits    bool
	Expired  []Evidence // cited, and no longer valid
	Gone     int        // pieces that were cited and are no longer in the library
}

// Stale tells whether somebody should look at something first: the question has changed, or evidence has expired or gone.
func (x CarriedLine) Stale() bool {
	return len(x.Changed) > 0 || len(x.Expired) > 0 || x.Gone > 0
}

// Review reads what was carried over into an assessment, with the questions of then and now.
func (c CarryOver) Review(ctx context.Context, who account.Actor, id string) (r CarriedReview, err error) {
	if r.Assessment, r.Instrument, r.Beside, err = c.find(ctx, who, id, account.Carry); err != nil {
		return r, err
	}
	if r.Sheet, err = c.Store.SheetOf(ctx, who, r.Assessment); err != nil {
		return r, err
	}
	sources := map[string]carriedSource{}
	for _, q := range r.Instrument.All() {
		i := slices.IndexFunc(r.Beside.Carried, func(x Carried) bool { return x.Indicator == q.ID })
		if i < 0 {
			continue
		}
		x := r.Beside.Carried[i]
		from, known := sources[x.From]
		if !known {
			if from, err = c.source(ctx, who, x.From); err != nil {
				return r, err
			}
			sources[x.From] = from
		}
		r.Lines = append(r.Lines, c.line(r, q, x, from))
	}
	return r, nil
}

type carriedSource struct {
	in    *survey.Instrument
	sheet Sheet
}

func (c CarryOver) source(ctx context.Context, who account.Actor, id string) (s carriedSource, err error) {
	a, err := c.Store.Assessment(ctx, who, id)
	if fault.Is(err, fault.NotFound) { // it was removed since
		return s, nil
	}
	if err != nil {
		return s, err
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	s.in, _ = c.Questionnaires.Find(code, version)
	s.sheet, err = c.Store.SheetOf(ctx, who, a)
	return s, err
}

func (c CarryOver) line(r CarriedReview, q *survey.Indicator, x Carried, from carriedSource) CarriedLine {
	out := CarriedLine{Carried: x, Question: q, Was: x.Answer, Waits: x.Waits(r.Sheet.Answers[q.ID])}
	if from.in != nil {
		out.Before, out.Asked = from.in.Indicator(q.ID), from.in
		if kept := from.sheet.Answers[q.ID]; slices.Contains(x.Changed, ValuePart) && kept.Version == x.Version {
			out.Was = kept.Answer
		}
	}
	now := c.Now()
	for _, cited := range x.Citations {
		i := slices.IndexFunc(r.Beside.Evidence, func(e Evidence) bool { return e.ID == cited.Evidence })
		switch {
		case i < 0, !r.Beside.Evidence[i].Removed.IsZero():
			out.Gone++
		case evidence.Ended(r.Beside.Evidence[i].Expires, now):
			out.Expired = append(out.Expired, r.Beside.Evidence[i])
		}
	}
	return out
}

// ToConfirm counts the lines that wait, and the powers that a coordinator could confirm.
func (b Beside) ToConfirm(s Sheet) (answers, powers int) {
	for _, x := range b.Carried {
		if x.Waits(s.Answers[x.Indicator]) {
			answers++
		}
		if x.PowerWaits(s) {
			powers++
		}
	}
	return answers, powers
}

// PowerWaits tells whether the line holds a power that nobody has set in this round; one that was put aside holds none.
func (c Carried) PowerWaits(s Sheet) bool {
	return c.Holder != "" && (c.Settled.IsZero() || c.Confirmed) && s.Powers[c.Indicator].Version == 0
}
