package assessment

import (
	"context"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Questionnaires finds instruments and their compiled scoring schemes; both are immutable and decoded once.
type Questionnaires interface {
	Find(code, version string) (*survey.Instrument, bool)
	Scheme(in *survey.Instrument) *score.Scheme
	// Asked tells what an assessment asks, if Note was told so before; that never changes. It says nothing about who may know.
	Asked(assessment string) (*survey.Instrument, bool)
	Note(assessment string, in *survey.Instrument)
}

// Drafts is how a city answers: open, save, choose, powers, check, hand in.
type Drafts struct {
	Store interface {
		Finder
		Saver
		Recorder
	}
	Questionnaires Questionnaires
	Looks          *Looks // notes reading from outside; nil: nobody reads from outside
	Now            func() time.Time
}

// Draft is an assessment opened for reading or answering.
type Draft struct {
	Assessment
	Instrument *survey.Instrument
	Sheet      Sheet
}

// Open reads an assessment within the actor's reach, with what is kept for some indicators; none named means all.
func (d Drafts) Open(ctx context.Context, who account.Actor, id string, indicators ...string) (Draft, error) {
	a, in, err := d.find(ctx, who, id, account.ReadAssessment)
	if err != nil {
		return Draft{}, err
	}
	if err := d.Looks.Note(ctx, who, a); err != nil {
		return Draft{}, err
	}
	sheet, err := d.Store.SheetOf(ctx, who, a, indicators...)
	if err != nil {
		return Draft{}, err
	}
	return Draft{Assessment: a, Instrument: in, Sheet: sheet}, nil
}

// Mine lists the assessments within the actor's reach.
func (d Drafts) Mine(ctx context.Context, who account.Actor) ([]Assessment, error) {
	if !account.Allowed(who.Role, account.ReadAssessment) {
		return nil, nil
	}
	return d.Store.Assessments(ctx, who, "")
}

func (d Drafts) find(ctx context.Context, who account.Actor, id string, do account.Action) (Assessment, *survey.Instrument, error) {
	a, err := d.Store.Assessment(ctx, who, id)
	if err != nil {
		return Assessment{}, nil, err
	}
	if !account.Allowed(who.Role, do) {
		return Assessment{}, nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := d.Questionnaires.Find(code, version)
	if !ok {
		return Assessment{}, nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	d.Questionnaires.Note(id, in)
	return a, in, nil
}

// Given is one change as a person or a program gave it. A nil text means: not changed.
type Given struct {
	Mutation    string
	Indicator   string
	Base        int
	Value       *string // as typed; with NonAnswer at most one of the two is not empty
	NonAnswer   *string
	Explanation *string
	Evidence    *string
	Confidence  *string
	Holder      string // with "not our responsibility": who holds the power
	Source      string
}

// Rejected is a change that could not be accepted, with its reasons; what was typed is with the caller.
type Rejected struct {
	Indicator string
	Faults    []fault.Field
}

// Save accepts changes of one assessment and writes those that can be read, in one transaction. Changes that cannot be
// read are returned as rejected and hinder nobody else's; the error then is nil. The saved ones stand in the order given.
func (d Drafts) Save(ctx context.Context, who account.Actor, id string, given ...Given) ([]Saved, []Rejected, error) {
	if in, known := d.Questionnaires.Asked(id); known && account.Allowed(who.Role, account.WriteAnswer) {
		// The store itself looks, in the transaction, whether the assessment is within reach and open, before anything else.
		if order, rejected := d.order(in, id, who, given); len(order.Mutations) > 0 {
			saved, err := d.Store.Save(ctx, who, order)
			return saved, rejected, err
		}
	}
	a, in, err := d.find(ctx, who, id, account.WriteAnswer)
	if err != nil {
		return nil, nil, err
	}
	if !a.TakesChanges() {
		return nil, nil, closed(a)
	}
	order, rejected := d.order(in, id, who, given)
	if len(order.Mutations) == 0 {
		return nil, rejected, nil
	}
	saved, err := d.Store.Save(ctx, who, order)
	return saved, rejected, err
}

func closed(a Assessment) error {
	return fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": a.HandedIn})
}

func (d Drafts) order(in *survey.Instrument, id string, who account.Actor, given []Given) (SaveOrder, []Rejected) {
	order := SaveOrder{Assessment: id, Instrument: in, Scheme: d.Questionnaires.Scheme(in), By: author(who), At: d.Now()}
	var rejected []Rejected
	for _, g := range given {
		m, faults := Accept(in, g)
		if m.Holder != "" && !account.Allowed(who.Role, account.SetPower) {
			m.Holder = ""
		}
		switch {
		case len(faults) > 0:
			rejected = append(rejected, Rejected{Indicator: g.Indicator, Faults: faults})
		case m.Fields != 0:
			order.Mutations = append(order.Mutations, m)
		}
	}
	return order, rejected
}

func author(who account.Actor) Author {
	return Author{Account: who.Account, Name: who.Name, Role: who.Role}
}

// Accept checks a change against the instrument and turns it into a mutation. The faults name indicator and field, such as "MR-01.value".
func Accept(in *survey.Instrument, g Given) (Mutation, []fault.Field) {
	m := Mutation{ID: g.Mutation, Indicator: g.Indicator, Base: g.Base, Source: g.Source}
	q := in.Indicator(g.Indicator)
	if q == nil {
		return m, []fault.Field{{Name: g.Indicator, Key: "fault.indicator_unknown", Args: fault.Args{"Indicator": g.Indicator}}}
	}
	if !validID(g.Mutation) {
		return m, []fault.Field{{Name: g.Indicator, Key: "fault.mutation_id"}}
	}
	var raw survey.Answer
	take := func(s *string, to *string, f Field) {
		if s != nil {
			*to = *s
			m.Fields = m.Fields.With(f)
		}
	}
	var non, confidence string
	take(g.Value, &raw.Value, ValueField)
	take(g.NonAnswer, &non, ValueField)
	take(g.Explanation, &raw.Explanation, ExplanationField)
	take(g.Evidence, &raw.Evidence, EvidenceField)
	take(g.Confidence, &confidence, ConfidenceField)
	raw.NonAnswer, raw.Confidence = survey.NonAnswer(non), survey.Confidence(confidence)
	answer, faults := survey.CleanAnswer(q, raw)
	m.Answer = answer
	if answer.NonAnswer == survey.NotOurs && g.Holder != "" {
		if m.Holder = survey.Holder(g.Holder); !m.Holder.Known() {
			faults = append(faults, fault.Field{Name: q.ID + ".holder", Key: "fault.power_unknown", Args: fault.Args{"Power": g.Holder}})
		}
	}
	return m, faults
}

// validID tells whether a mutation id is 8 to 64 letters, digits, dots, colons, hyphens or underscores: any UUID is.
func validID(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:") == ""
}

// Choose settles two versions of an answer: what is given shall stand, and the alternatives named go to the history.
func (d Drafts) Choose(ctx context.Context, who account.Actor, id string, g Given, alternatives []string) (Saved, []Rejected, error) {
	a, in, err := d.find(ctx, who, id, account.WriteAnswer)
	if err != nil {
		return Saved{}, nil, err
	}
	if !a.TakesChanges() {
		return Saved{}, nil, closed(a)
	}
	order, rejected := d.order(in, id, who, []Given{g})
	if len(rejected) > 0 {
		return Saved{}, rejected, nil
	}
	if len(order.Mutations) == 0 { // what stands already shall stand
		order.Mutations = []Mutation{{ID: g.Mutation, Indicator: g.Indicator, Base: g.Base, Source: g.Source}}
	}
	saved, err := d.Store.Choose(ctx, who, order, alternatives)
	return saved, nil, err
}

// History lists who wrote what of an indicator and when, for those who may write it.
func (d Drafts) History(ctx context.Context, who account.Actor, id, indicator string) ([]Revision, error) {
	_, in, err := d.find(ctx, who, id, account.WriteAnswer)
	if err != nil {
		return nil, err
	}
	if in.Indicator(indicator) == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	return d.Store.History(ctx, who, id, indicator)
}

// PowerGiven is one line of the powers map as a person gave it.
type PowerGiven struct {
	Indicator string
	Base      int
	Holder    string // empty: back to the instrument's default
	Reason    string
}

// SetPowers fills in lines of the powers map, all or none.
func (d Drafts) SetPowers(ctx context.Context, who account.Actor, id string, given ...PowerGiven) ([]Power, error) {
	a, in, err := d.find(ctx, who, id, account.SetPower)
	if err != nil {
		return nil, err
	}
	if !a.TakesChanges() {
		return nil, closed(a)
	}
	orders := make([]PowerOrder, 0, len(given))
	var faults []fault.Field
	for _, g := range given {
		if bad := checkPower(in, &g); bad != nil {
			faults = append(faults, *bad)
			continue
		}
		orders = append(orders, d.powerOrder(in, a, who, g))
	}
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "fault.powers", nil).WithFields(faults...)
	}
	if len(orders) == 0 {
		return nil, nil
	}
	return d.Store.SetPowers(ctx, who, orders)
}

func checkPower(in *survey.Instrument, g *PowerGiven) *fault.Field {
	switch {
	case in.Indicator(g.Indicator) == nil || in.IsContext(in.Indicator(g.Indicator)):
		return &fault.Field{Name: g.Indicator, Key: "fault.indicator_unknown", Args: fault.Args{"Indicator": g.Indicator}}
	case g.Holder != "" && !survey.Holder(g.Holder).Known():
		return &fault.Field{Name: g.Indicator, Key: "fault.power_unknown", Args: fault.Args{"Power": g.Holder}}
	}
	reason, bad := survey.CleanText(g.Reason, survey.SoftText)
	g.Reason = reason
	if bad != nil {
		bad.Name = g.Indicator + ".reason"
	}
	return bad
}

func (d Drafts) powerOrder(in *survey.Instrument, a Assessment, who account.Actor, g PowerGiven) PowerOrder {
	return PowerOrder{Assessment: a.ID, Scheme: d.Questionnaires.Scheme(in), Indicator: g.Indicator, Base: g.Base,
		Holder: survey.Holder(g.Holder), Reason: g.Reason, By: author(who), At: d.Now()}
}

// UndoPower takes back the last change of a power.
func (d Drafts) UndoPower(ctx context.Context, who account.Actor, id, indicator string, base int) (Power, error) {
	a, in, err := d.find(ctx, who, id, account.SetPower)
	if err != nil {
		return Power{}, err
	}
	if !a.TakesChanges() {
		return Power{}, closed(a)
	}
	g := PowerGiven{Indicator: indicator, Base: base}
	if bad := checkPower(in, &g); bad != nil {
		return Power{}, fault.New(fault.Invalid, "fault.powers", nil).WithFields(*bad)
	}
	return d.Store.UndoPower(ctx, who, d.powerOrder(in, a, who, g))
}

// HandIn gives the assessment to the analyst, with a snapshot of it. Open questions never hinder it; the check page has named them. Where the city
// has an approver, it is a fault of kind Conflict unless an approver has consented to exactly what stands; see SignOffs.
func (d Drafts) HandIn(ctx context.Context, who account.Actor, id string) (Assessment, error) {
	_, in, err := d.find(ctx, who, id, account.HandIn)
	if err != nil {
		return Assessment{}, err
	}
	return d.Store.Submit(ctx, who, id, d.Questionnaires.Scheme(in), author(who), d.Now())
}
