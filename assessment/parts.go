package assessment

import (
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/survey"
)

// Owner is whose a part is: a person's or, without an account, a department's. The zero Owner is nobody.
type Owner struct {
	Account    string
	Department string // empty when it is a person's
}

// Owner returns whose the part is.
func (p Part) Owner() Owner { return Owner{p.Account, p.Department} }

// Nobody tells whether it is nobody's.
func (o Owner) Nobody() bool { return o == Owner{} }

// Is tells whether what is the owner's belongs to a person: to the person named, or to everybody of the department.
func (o Owner) Is(account, department string) bool {
	if o.Account != "" {
		return o.Account == account
	}
	return SameDepartment(o.Department, department)
}

// SameDepartment tells whether two names mean the same department: people write them with other capitals and blanks.
func SameDepartment(a, b string) bool {
	a, b = strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " ")
	return a != "" && strings.EqualFold(a, b)
}

// PeopleOf lists the accounts of those of the team, without those who left, to whom something of an owner belongs.
func (b Beside) PeopleOf(o Owner) (accounts []string) {
	for _, m := range b.Team {
		if !m.Left && o.Is(m.Account, m.Department) {
			accounts = append(accounts, m.Account)
		}
	}
	return accounts
}

// Departments lists the departments of those of the team who answer, by name, each once, in the spelling that comes first.
func (b Beside) Departments() (names []string) {
	for _, m := range b.Team {
		same := func(name string) bool { return SameDepartment(name, m.Department) }
		if m.answers() && m.Department != "" && !slices.ContainsFunc(names, same) {
			names = append(names, m.Department)
		}
	}
	slices.Sort(names)
	return names
}

// answers tells whether a part can be given to the person.
func (m Member) answers() bool { return !m.Left && account.Allowed(m.Role, account.WriteAnswer) }

// Answerers lists those of the team to whom a part can be given.
func (b Beside) Answerers() (people []Member) {
	for _, m := range b.Team {
		if m.answers() {
			people = append(people, m)
		}
	}
	return people
}

// Approvers lists those of the team whose consent is needed to hand in.
func (b Beside) Approvers() (people []Member) {
	for _, m := range b.Team {
		if !m.Left && m.Role == account.Approver {
			people = append(people, m)
		}
	}
	return people
}

// Division says who does what of an assessment: which part covers an indicator, and what is left of each.
type Division struct {
	in    *survey.Instrument
	byRef map[string]Part
}

// Divide lays parts over a questionnaire.
func Divide(in *survey.Instrument, parts []Part) Division {
	d := Division{in, make(map[string]Part, len(parts))}
	for _, p := range parts {
		d.byRef[p.Ref] = p
	}
	return d
}

// Part returns the part of exactly this dimension, sub-category or indicator.
func (d Division) Part(ref string) (Part, bool) {
	p, ok := d.byRef[ref]
	return p, ok
}

// Of returns the part that covers an indicator: its own, else that of its sub-category, else that of its dimension.
func (d Division) Of(q *survey.Indicator) (Part, bool) {
	for _, ref := range [...]string{q.ID, q.Subcategory, q.Dimension} {
		if p, ok := d.byRef[ref]; ok {
			return p, true
		}
	}
	return Part{}, false
}

// Over returns the part of a wider ref that covers a dimension, sub-category or indicator without a part of its own.
func (d Division) Over(ref string) (Part, bool) {
	var wider []string
	if q := d.in.Indicator(ref); q != nil {
		wider = []string{q.Subcategory, q.Dimension}
	} else if s := d.in.Subcategory(ref); s != nil {
		wider = []string{s.Dimension}
	}
	for _, w := range wider {
		if p, ok := d.byRef[w]; ok {
			return p, true
		}
	}
	return Part{}, false
}

// Indicators lists, in order, the indicators for which a part counts: those that no narrower part takes out of it.
func (d Division) Indicators(p Part) (all []*survey.Indicator) {
	for _, q := range Covered(d.in, p.Ref) {
		if of, ok := d.Of(q); ok && of.Ref == p.Ref {
			all = append(all, q)
		}
	}
	return all
}

// Covered lists the indicators of a dimension or sub-category, or the one indicator; nothing for an id that is none of them.
func Covered(in *survey.Instrument, ref string) (all []*survey.Indicator) {
	if q := in.Indicator(ref); q != nil {
		return []*survey.Indicator{q}
	}
	if s := in.Subcategory(ref); s != nil {
		return s.Indicators
	}
	if d := in.Dimension(ref); d != nil {
		for i := range d.Subcategories {
			all = append(all, d.Subcategories[i].Indicators...)
		}
	}
	return all
}

// Parts lists the parts in the order of the questionnaire, a wider one before those inside it.
func (d Division) Parts() (all []Part) {
	add := func(ref string) {
		if p, ok := d.byRef[ref]; ok {
			all = append(all, p)
		}
	}
	last := ""
	for _, s := range d.in.Sections() {
		if s.Dimension != last {
			add(s.Dimension)
			last = s.Dimension
		}
		add(s.ID)
		for _, q := range s.Indicators {
			add(q.ID)
		}
	}
	return all
}

// Mine lists the indicators, in order, that a person is asked to answer.
func (d Division) Mine(who account.Actor) (all []*survey.Indicator) {
	for _, q := range d.in.All() {
		if p, ok := d.Of(q); ok && p.Owner().Is(who.Account, who.Department) {
			all = append(all, q)
		}
	}
	return all
}

// Owners lists, in order and each once, whose some indicators are; those that are nobody's are left out.
func (d Division) Owners(indicators []*survey.Indicator) (owners []Owner) {
	for _, q := range indicators {
		if p, ok := d.Of(q); ok && !slices.Contains(owners, p.Owner()) {
			owners = append(owners, p.Owner())
		}
	}
	return owners
}

// Unopened lists the parts among those covering some indicators that a person is the first to open.
func (d Division) Unopened(who account.Actor, indicators []*survey.Indicator) (parts []Part) {
	for _, q := range indicators {
		p, ok := d.Of(q)
		if ok && p.Opened.IsZero() && p.Owner().Is(who.Account, who.Department) && !slices.ContainsFunc(parts, func(x Part) bool { return x.ID == p.ID }) {
			parts = append(parts, p)
		}
	}
	return parts
}

// StatusOf is the status of a sub-category for a person. It is Waiting, with whom it waits for, when everything open in it is
// one other owner's and either the rest of it, which is not theirs, is done or their date has passed. Where a whole
// sub-category is somebody's and in time, the name beside it says enough, and the status tells how far it is.
func (d Division) StatusOf(who account.Actor, indicators []*survey.Indicator, sheet Sheet, now time.Time) (Status, Owner) {
	status := sheet.ProgressOf(indicators).Status()
	if status == Complete || status == TwoTexts {
		return status, Owner{}
	}
	var waits Owner
	shared, late := false, false
	for _, q := range indicators {
		p, ok := d.Of(q)
		switch {
		case sheet.Answers[q.ID].Settled():
			continue
		case !ok, p.Owner().Is(who.Account, who.Department), !waits.Nobody() && waits != p.Owner():
			return status, Owner{}
		}
		waits = p.Owner()
		late = late || Late(p.Due, now)
	}
	for _, q := range indicators {
		p, _ := d.Of(q)
		shared = shared || p.Owner() != waits
	}
	if shared || late {
		return Waiting, waits
	}
	return status, Owner{}
}

// Finished tells whether nothing of a part is open.
func (d Division) Finished(p Part, sheet Sheet) bool {
	n := sheet.ProgressOf(d.Indicators(p))
	return n.Settled == n.Total
}

// Late tells whether a last day has passed, in UTC. Nothing is late without one.
func Late(due, now time.Time) bool { return !due.IsZero() && day(due).Before(day(now)) }

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Load is what waits for one owner.
type Load struct {
	Owner    Owner
	Parts    []Part // in the order of the questionnaire
	Progress Progress
	Due      time.Time // the first of those parts that are not finished; zero when none has one
	Late     int       // parts whose date has passed and that are not finished
	Unopened int       // parts that nobody has opened yet
}

// Loads lists what waits for each owner, in the order in which they come in the questionnaire.
func (d Division) Loads(sheet Sheet, now time.Time) (loads []Load) {
	for _, p := range d.Parts() {
		i := slices.IndexFunc(loads, func(l Load) bool { return l.Owner == p.Owner() })
		if i < 0 {
			i, loads = len(loads), append(loads, Load{Owner: p.Owner()})
		}
		l, n := &loads[i], sheet.ProgressOf(d.Indicators(p))
		l.Parts, l.Progress = append(l.Parts, p), l.Progress.Plus(n)
		l.Unopened += one(p.Opened.IsZero())
		if n.Settled == n.Total {
			continue
		}
		l.Late += one(Late(p.Due, now))
		if !p.Due.IsZero() && (l.Due.IsZero() || p.Due.Before(l.Due)) {
			l.Due = p.Due
		}
	}
	return loads
}

// early is how many days before a last day people are reminded of it.
const early = 3

// Stage is the day of the newest reminder of a part that is due by now: three days before its date, on the day, and every
// seventh day after it. It is zero before that, without a date, and when the part was given or changed on that day or later,
// since people were told of the date then.
func (p Part) Stage(now time.Time) time.Time {
	if p.Due.IsZero() {
		return time.Time{}
	}
	due := day(p.Due)
	stage, days := due, int(day(now).Sub(due)/(24*time.Hour))
	switch {
	case days < -early:
		return time.Time{}
	case days < 0:
		stage = due.AddDate(0, 0, -early)
	default:
		stage = due.AddDate(0, 0, days/7*7)
	}
	if !stage.After(day(p.At)) {
		return time.Time{}
	}
	return stage
}

// Href is the page on which the part is answered, and the place on it, of an assessment with this address.
func (p Part) Href(in *survey.Instrument, home string) string {
	if q := in.Indicator(p.Ref); q != nil {
		return home + "/" + q.Subcategory + "#" + q.ID
	}
	if in.Subcategory(p.Ref) != nil {
		return home + "/" + p.Ref
	}
	return home + "#" + p.Ref
}
