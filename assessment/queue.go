package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/survey"
)

// Queue is how people from outside go through the answers of an assessment that was handed in. Reading changes nothing.
type Queue struct {
	Store interface {
		Finder
		BackingReader
		QueueKeeper
	}
	Questionnaires Questionnaires
	Besides        *Besides
	Looks          *Looks
	Now            func() time.Time
}

// QueueKeeper keeps what only a review needs.
type QueueKeeper interface {
	// OpenQuestions counts what was asked and is not settled, by id of the assessment, of those that Assessments has found for the same actor.
	OpenQuestions(ctx context.Context, who account.Actor, all []Assessment, now time.Time) (map[string]OpenQuestions, error)
	// Elsewhere counts the values that the other cities of the round which have handed in give for an indicator, for whoever
	// reads all of them.
	Elsewhere(ctx context.Context, who account.Actor, a Assessment, indicator string) (map[string]int, error)
	// Told returns the levels of cities of the round in the lots that there are. It makes a lot first where review.Complete says so.
	Told(ctx context.Context, who account.Actor, a Assessment, indicator string) ([]review.Told, error)
	// Validate says that the review is complete and tells the city; a Conflict while a question is open, and where the state
	// does not allow it.
	Validate(ctx context.Context, who account.Actor, assessment string, by Author, at time.Time) error
}

// OpenQuestions are the questions of an assessment that are not settled.
type OpenQuestions struct{ Open, Overdue int }

// FewestCities is from how many other cities on their levels are shown.
const FewestCities = review.FewestCities

// QueueItem is an answer to be reviewed.
type QueueItem struct {
	Indicator *survey.Indicator
	Kept      Kept
	Standing  evidence.Standing
	Words     []Verdict // on the version that counts now, the newest of each person
	Mine      Verdict   // the actor's own among them; the zero Verdict for none
	Asked     int       // questions not settled
	Changed   bool      // another value than in the earlier round
}

// Reviewed tells whether somebody has said something of the answer as it is now.
func (i QueueItem) Reviewed() bool { return len(i.Words) > 0 }

// Reviewing is an assessment in the eyes of whoever reviews it. Answers that claim nothing are not among its items.
type Reviewing struct {
	Assessment
	Instrument *survey.Instrument
	Sheet      Sheet
	Beside     Beside
	Items      []QueueItem    // in the order of the questionnaire
	Earlier    *EarlierAnswer // the newest earlier round of the city within the actor's reach; nil when there is none
	Questions  int            // not settled
	Overdue    int            // of these, those that the city has not replied to by their last day
}

// EarlierAnswer is an earlier assessment of the same city on the same questionnaire.
type EarlierAnswer struct {
	Assessment
	Sheet  Sheet
	Beside Beside
}

// The ways to go through a queue.
const (
	QueueFirst      = "first"      // levels 3 and 4 before the others
	QueueTodo       = "todo"       // nobody has said anything yet
	QueueUnproven   = "unproven"   // claimed without proof
	QueueChanged    = "changed"    // another value than in the earlier round
	QueueChallenged = "challenged" // somebody challenges it
)

// QueueWays lists them; the first is the default.
var QueueWays = []string{QueueFirst, QueueTodo, QueueUnproven, QueueChanged, QueueChallenged}

// Pick chooses and orders the items.
func (r Reviewing) Pick(way string) []QueueItem {
	belongs := map[string]func(QueueItem) bool{
		QueueTodo:       func(i QueueItem) bool { return !i.Reviewed() },
		QueueUnproven:   func(i QueueItem) bool { return i.Standing == evidence.Claimed },
		QueueChanged:    func(i QueueItem) bool { return i.Changed },
		QueueChallenged: func(i QueueItem) bool { return i.Standing == evidence.Challenged },
	}[way]
	items := slices.Clone(r.Items)
	if belongs != nil {
		return slices.DeleteFunc(items, func(i QueueItem) bool { return !belongs(i) })
	}
	high := func(i QueueItem) int {
		if i.Indicator.Kind == survey.Level && i.Kept.Value >= "3" {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(items, func(x, y QueueItem) int { return high(x) - high(y) })
	return items
}

// Reviewed counts the items of which somebody has said something.
func (r Reviewing) Reviewed() (n int) {
	for _, i := range r.Items {
		if i.Reviewed() {
			n++
		}
	}
	return n
}

// Challenged counts the items that somebody challenges.
func (r Reviewing) Challenged() (n int) {
	for _, i := range r.Items {
		if i.Standing == evidence.Challenged {
			n++
		}
	}
	return n
}

// fill makes the items of what was read.
func (r *Reviewing) fill(who account.Actor, now time.Time) {
	asked := map[string]int{}
	for _, c := range r.Beside.Clarifications {
		if c.Opens() {
			asked[c.Indicator]++
		}
	}
	for _, q := range r.Instrument.Indicators() {
		kept := r.Sheet.Answers[q.ID]
		if !Claims(kept.Answer) {
			continue
		}
		item := QueueItem{Indicator: q, Kept: kept, Standing: r.Beside.StandingOf(kept, q.ID, now), Asked: asked[q.ID]}
		for _, v := range r.Beside.VerdictsOf(q.ID) {
			if v.Version != kept.Version {
				continue
			}
			item.Words = append(item.Words, v)
			if v.By.Account == who.Account {
				item.Mine = v
			}
		}
		if r.Earlier != nil {
			before := r.Earlier.Sheet.Answers[q.ID]
			item.Changed = before.Version > 0 && (before.Value != kept.Value || before.NonAnswer != kept.NonAnswer)
		}
		r.Items = append(r.Items, item)
	}
}

func (q Queue) instrument(a Assessment) (*survey.Instrument, error) {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := q.Questionnaires.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	return in, nil
}

// Open reads an assessment for whoever reviews it.
func (q Queue) Open(ctx context.Context, who account.Actor, id string) (Reviewing, error) {
	a, err := q.Store.Assessment(ctx, who, id)
	if err == nil && !account.Allowed(who.Role, account.Verify) {
		err = forbidden()
	}
	if err != nil {
		return Reviewing{}, err
	}
	if a.Open() {
		return Reviewing{}, fault.New(fault.Conflict, "evidence.not_handed_in", nil)
	}
	in, err := q.instrument(a)
	if err != nil {
		return Reviewing{}, err
	}
	if err := q.Looks.Note(ctx, who, a); err != nil {
		return Reviewing{}, err
	}
	r := Reviewing{Assessment: a, Instrument: in}
	if r.Sheet, err = q.Store.SheetOf(ctx, who, a); err != nil {
		return r, err
	}
	if r.Beside, err = q.Besides.Of(ctx, who, a); err != nil {
		return r, err
	}
	for _, c := range r.Beside.Clarifications {
		if c.Opens() {
			r.Questions++
		}
		if c.Overdue(q.Now()) {
			r.Overdue++
		}
	}
	if r.Earlier, err = q.earlier(ctx, who, a); err != nil {
		return r, err
	}
	r.fill(who, q.Now())
	return r, nil
}

// earlier reads the newest assessment of the same city and perspective on the same questionnaire that was handed in before.
func (q Queue) earlier(ctx context.Context, who account.Actor, a Assessment) (*EarlierAnswer, error) {
	all, err := q.Store.Assessments(ctx, who, "")
	if err != nil {
		return nil, err
	}
	var found *Assessment
	code, _, _ := survey.ParseName(a.Round.Instrument)
	for i, x := range all {
		other, _, _ := survey.ParseName(x.Round.Instrument)
		if x.City.ID == a.City.ID && x.ID != a.ID && !x.Open() && x.HandedIn.Before(a.HandedIn) && x.Perspective == a.Perspective && other == code &&
			(found == nil || x.HandedIn.After(found.HandedIn)) {
			found = &all[i]
		}
	}
	if found == nil {
		return nil, nil
	}
	out := &EarlierAnswer{Assessment: *found}
	if out.Sheet, err = q.Store.SheetOf(ctx, who, *found); err != nil {
		return nil, err
	}
	backed, err := q.Store.Backings(ctx, who, []Assessment{*found})
	if err != nil {
		return nil, err
	}
	out.Beside = backed[0]
	return out, nil
}

// Elsewhere counts the levels 0 to 4 that other cities of the round give for an indicator; nil where they are not shown: to a
// reviewer where the round does not let reviewers compare, and where there are fewer than FewestCities. An analyst, who reads
// every answer of the round, is told of all as they are now; a reviewer, who reads some, as review.Tell says.
func (q Queue) Elsewhere(ctx context.Context, who account.Actor, a Assessment, i *survey.Indicator) ([]int, error) {
	if i.Kind != survey.Level || a.Round.Published {
		return nil, nil
	}
	if who.Role == account.Reviewer {
		if !a.Round.ReviewersCompare {
			return nil, nil
		}
		all, err := q.Store.Told(ctx, who, a, i.ID)
		return review.Tell(all, func(id string) bool { return slices.Contains(who.Assigned, id) }), err
	}
	found, err := q.Store.Elsewhere(ctx, who, a, i.ID)
	if err != nil {
		return nil, err
	}
	levels, cities := make([]int, 5), 0
	for value, n := range found {
		if level := strings.Index("01234", value); len(value) == 1 && level >= 0 {
			levels[level] = n
			cities += n
		}
	}
	if cities < FewestCities {
		return nil, nil
	}
	return levels, nil
}

// All reads every assessment within reach that is or was in review, without asking for each of them.
func (q Queue) All(ctx context.Context, who account.Actor) ([]Reviewing, error) {
	if !account.Allowed(who.Role, account.Verify) {
		return nil, forbidden()
	}
	all, err := q.Store.Assessments(ctx, who, "")
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a Assessment) bool { return a.Open() || a.Round.Published })
	ids := make([]string, len(all))
	for i, a := range all {
		ids[i] = a.ID
	}
	sheets, err := q.Store.Sheets(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	besides, err := q.Store.Backings(ctx, who, all)
	if err != nil {
		return nil, err
	}
	questions, err := q.Store.OpenQuestions(ctx, who, all, q.Now())
	if err != nil {
		return nil, err
	}
	out, now := make([]Reviewing, len(all)), q.Now()
	for i, a := range all {
		in, err := q.instrument(a)
		if err != nil {
			return nil, err
		}
		out[i] = Reviewing{Assessment: a, Instrument: in, Sheet: sheets[i], Beside: besides[i], Questions: questions[a.ID].Open, Overdue: questions[a.ID].Overdue}
		out[i].fill(who, now)
	}
	return out, nil
}

// Validate says that the review is complete.
func (q Queue) Validate(ctx context.Context, who account.Actor, id string) error {
	if _, err := q.Store.Assessment(ctx, who, id); err != nil {
		return err
	}
	if !account.Allowed(who.Role, account.Validate) {
		return forbidden()
	}
	return q.Store.Validate(ctx, who, id, author(who), q.Now())
}

// Validatable tells whether the actor may say now that the review is complete.
func (r Reviewing) Validatable(who account.Actor) bool {
	_, err := review.Next(r.State, review.Validate, who.Role)
	return err == nil && r.Questions == 0
}
