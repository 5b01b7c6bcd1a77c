package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Parts is how the work on an assessment is divided: given to people and departments, taken back, handed over, reminded of.
type Parts struct {
	Store interface {
		Finder
		PartKeeper
	}
	Besides        *Besides
	Questionnaires Questionnaires
	Now            func() time.Time
}

// PartKeeper keeps the parts of assessments.
type PartKeeper interface {
	BesideReader
	// SetParts writes the changes of all orders in one transaction with their notices and audit lines, or none of them. A part
	// that is another now than the change was based on is a fault of kind Conflict; an assessment that was handed in is Closed.
	SetParts(ctx context.Context, who account.Actor, orders ...PartOrder) error
	// OpenParts notes that somebody has opened parts; those that were opened before stay as they are.
	OpenParts(ctx context.Context, who account.Actor, assessment string, parts []string, at time.Time) error
	// DueParts lists the assessments, not handed in, with parts due at or before a time.
	DueParts(ctx context.Context, until time.Time) ([]string, error)
	// RemindParts writes the notices of those reminders whose stage was not written before, and returns how many parts that were.
	RemindParts(ctx context.Context, assessment string, reminders []Reminder, at time.Time) (int, error)
	// HeldParts counts, by account, the parts of people in assessments that are not handed in.
	HeldParts(ctx context.Context, accounts []string) (map[string]int, error)
}

// PartOrder changes parts of one assessment.
type PartOrder struct {
	Assessment string
	Changes    []PartChange
	Notices    []Notice
	By         Author
	At         time.Time
}

// PartChange gives a part, or takes it back when it is nobody's.
type PartChange struct {
	Base string // id of the part that stood there; empty when there was none
	Part Part   // without an id: each change makes a new one
}

// Reminder is a stage of a due date that people shall be told of.
type Reminder struct {
	Part    string // id
	Stage   time.Time
	Notices []Notice
}

// PartGiven is what a coordinator says of a dimension, a sub-category or an indicator.
type PartGiven struct {
	Ref        string
	Base       *string // id of the part that the person saw; nil takes what stands now
	Account    string  // with Department at most one of the two; neither takes the part back
	Department string
	Due        string // as 2006-01-02; empty when there is no last day
	Note       string
}

// NoteLength is how many characters a note to a part may have.
const NoteLength = 500

// open finds an assessment whose parts may be changed, and what stands beside it.
func (p Parts) open(ctx context.Context, who account.Actor, id string) (a Assessment, in *survey.Instrument, b Beside, err error) {
	if a, err = p.Store.Assessment(ctx, who, id); err != nil {
		return a, nil, b, err
	}
	if !account.Allowed(who.Role, account.Assign) {
		return a, nil, b, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if !a.Open() {
		return a, nil, b, closed(a)
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := p.Questionnaires.Find(code, version)
	if !ok {
		return a, nil, b, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	b, err = p.Besides.Of(ctx, who, a)
	return a, in, b, err
}

// Assign gives parts, gives them to somebody else, changes date and note, or takes them back: all or none. The people
// concerned are told. What is already as given changes nothing and tells nobody.
func (p Parts) Assign(ctx context.Context, who account.Actor, id string, given ...PartGiven) error {
	a, in, b, err := p.open(ctx, who, id)
	if err != nil {
		return err
	}
	o, faults, conflicts := p.order(who, a, in, b, given)
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "parts.refused", nil).WithFields(faults...)
	}
	if len(conflicts) > 0 {
		return fault.New(fault.Conflict, "parts.moved", nil).WithFields(conflicts...)
	}
	if len(o.Changes) == 0 {
		return nil
	}
	return p.Store.SetParts(ctx, who, o)
}

// order turns what was given into changes and notices.
func (p Parts) order(who account.Actor, a Assessment, in *survey.Instrument, b Beside, given []PartGiven) (o PartOrder, faults, conflicts []fault.Field) {
	o = PartOrder{Assessment: a.ID, By: author(who), At: p.Now()}
	d := Divide(in, b.Parts)
	var told tellings
	for _, g := range given {
		old, _ := d.Part(g.Ref)
		if g.Base != nil && *g.Base != old.ID {
			conflicts = append(conflicts, fault.Field{Name: g.Ref, Key: "parts.moved_one", Args: fault.Args{"Part": g.Ref}})
			continue
		}
		next, bad := p.part(in, b, old, g)
		if len(bad) > 0 {
			faults = append(faults, bad...)
			continue
		}
		same := next.Owner() == old.Owner()
		if same && (next.Owner().Nobody() || next.Due.Equal(old.Due) && next.Note == old.Note) {
			continue
		}
		next.By, next.At = o.By, o.At
		o.Changes = append(o.Changes, PartChange{old.ID, next})
		if same && next.Due.Equal(old.Due) {
			continue
		}
		before, after := b.PeopleOf(old.Owner()), b.PeopleOf(next.Owner())
		for _, x := range after {
			told.add(x, NoticeAssigned, next)
		}
		for _, x := range before {
			if !slices.Contains(after, x) {
				told.add(x, NoticeTakenBack, old)
			}
		}
	}
	o.Notices = told.notices(in, a, who)
	return o, faults, conflicts
}

// part checks what was given for one ref.
func (p Parts) part(in *survey.Instrument, b Beside, old Part, g PartGiven) (next Part, faults []fault.Field) {
	add := func(field, key string, args fault.Args) {
		faults = append(faults, fault.Field{Name: g.Ref + "." + field, Key: key, Args: args})
	}
	next = Part{Ref: g.Ref, Account: g.Account, Department: strings.TrimSpace(g.Department), Note: strings.TrimSpace(g.Note)}
	if len(Covered(in, g.Ref)) == 0 {
		add("who", "parts.unknown", fault.Args{"Part": g.Ref})
		return next, faults
	}
	if next.Owner().Nobody() {
		return next, nil
	}
	switch {
	case next.Account != "" && next.Department != "":
		add("who", "parts.two_owners", nil)
	case next.Account != "" && !b.Member(next.Account).answers():
		add("who", "parts.no_person", nil)
	case next.Account == "":
		i := slices.IndexFunc(b.Departments(), func(x string) bool { return SameDepartment(x, next.Department) })
		if i < 0 {
			add("who", "parts.no_department", fault.Args{"Department": next.Department})
			break
		}
		next.Department = b.Departments()[i]
	}
	if g.Due != "" {
		due, err := time.Parse(time.DateOnly, g.Due)
		switch {
		case err != nil:
			add("due", "fault.due", nil)
		case !due.Equal(old.Due) && Late(due, p.Now()):
			add("due", "parts.due_past", nil)
		}
		next.Due = due
	}
	if _, bad := survey.CleanText(next.Note, NoteLength); bad != nil {
		add("note", bad.Key, bad.Args)
	}
	if next.Owner() == old.Owner() {
		next.Opened, next.Reminded = old.Opened, old.Reminded
	}
	return next, faults
}

// tellings collects what each person is told, one notice of a kind for all parts of an order.
type tellings struct {
	order []string // account and kind
	parts map[string][]Part
}

func (t *tellings) add(account string, kind NoticeKind, p Part) {
	if t.parts == nil {
		t.parts = map[string][]Part{}
	}
	key := account + " " + string(kind)
	if t.parts[key] == nil {
		t.order = append(t.order, key)
	}
	t.parts[key] = append(t.parts[key], p)
}

func (t tellings) notices(in *survey.Instrument, a Assessment, who account.Actor) (all []Notice) {
	for _, key := range t.order {
		id, kind, _ := strings.Cut(key, " ")
		n := partNotice(in, a, NoticeKind(kind), t.parts[key]...)
		n.Account = id
		all = append(all, by(n, who))
	}
	return all
}

// by says in a notice to people of the same city who did what it tells of.
func by(n Notice, who account.Actor) Notice {
	n.Args["By"], n.Args["Role"], n.Args["Department"] = who.Name, string(who.Role), who.Department
	return n
}

// partNotice tells of parts: their ids, the first of their dates, and where to go on.
func partNotice(in *survey.Instrument, a Assessment, kind NoticeKind, parts ...Part) Notice {
	home := "/assessments/" + a.ID
	n := Notice{City: a.City.ID, Kind: kind, Args: map[string]string{"City": a.City.Name, "Questionnaire": in.Name()}, Href: home}
	var refs []string
	var due time.Time
	for _, p := range parts {
		refs = append(refs, p.Ref)
		if !p.Due.IsZero() && (due.IsZero() || p.Due.Before(due)) {
			due = p.Due
		}
	}
	n.Args["Part"] = strings.Join(refs, ", ")
	if !due.IsZero() {
		n.Args["Due"] = due.Format(time.DateOnly)
	}
	if len(parts) == 1 {
		n.Href = parts[0].Href(in, home)
	}
	return n
}

// HandOver gives all parts of a person or department, in every assessment of the city that is not handed in, to another, and
// returns how many there were. It is a fault of kind Invalid when there are none.
func (p Parts) HandOver(ctx context.Context, who account.Actor, from, to Owner) (int, error) {
	if !account.Allowed(who.Role, account.Assign) {
		return 0, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	refuse := func(field, key string) (int, error) {
		return 0, fault.New(fault.Invalid, key, nil).WithFields(fault.Field{Name: field, Key: key})
	}
	if from.Nobody() || from == to {
		return refuse("from", "parts.hand_over_whom")
	}
	all, err := p.Store.Assessments(ctx, who, "")
	if err != nil {
		return 0, err
	}
	n, known := 0, false
	var orders []PartOrder
	for _, a := range all {
		if !a.Open() {
			continue
		}
		_, in, b, err := p.open(ctx, who, a.ID)
		if err != nil {
			return 0, err
		}
		if b.Member(from.Account).Account == "" && from.Account != "" || !slices.Contains(b.Departments(), to.Department) && to.Account == "" || to.Account != "" && !b.Member(to.Account).answers() {
			continue // of another city, for an operator, or nobody who answers
		}
		known = true
		if o := p.handOver(who, a, in, b, from, to); len(o.Changes) > 0 {
			orders, n = append(orders, o), n+len(o.Changes)
		}
	}
	switch {
	case !known:
		return refuse("to", "parts.no_person")
	case n == 0:
		return refuse("from", "parts.nothing_held")
	}
	return n, p.Store.SetParts(ctx, who, orders...)
}

func (p Parts) handOver(who account.Actor, a Assessment, in *survey.Instrument, b Beside, from, to Owner) PartOrder {
	o := PartOrder{Assessment: a.ID, By: author(who), At: p.Now()}
	var moved []Part
	for _, x := range Divide(in, b.Parts).Parts() {
		if x.Owner() != from {
			continue
		}
		base := x.ID
		x.Account, x.Department, x.Opened, x.By, x.At = to.Account, to.Department, time.Time{}, o.By, o.At
		o.Changes, moved = append(o.Changes, PartChange{base, x}), append(moved, x)
	}
	tell := func(kind NoticeKind, people []string) {
		for _, id := range people {
			n := partNotice(in, a, kind, moved...)
			n.Account, n.Args["From"] = id, from.Department
			if m := b.Member(from.Account); m.Account != "" {
				n.Args["From"] = m.Name
			}
			o.Notices = append(o.Notices, by(n, who))
		}
	}
	after := b.PeopleOf(to)
	tell(NoticeHandedOver, after)
	tell(NoticeTakenBack, slices.DeleteFunc(b.PeopleOf(from), func(id string) bool { return slices.Contains(after, id) }))
	return o
}

// Opened notes that a person is the first to open parts. It is called with what Division.Unopened returns, so that it writes
// once for each part and not with each page.
func (p Parts) Opened(ctx context.Context, who account.Actor, assessment string, parts ...Part) error {
	if len(parts) == 0 {
		return nil
	}
	ids := make([]string, len(parts))
	for i, x := range parts {
		ids[i] = x.ID
	}
	return p.Store.OpenParts(ctx, who, assessment, ids, p.Now())
}

// Held counts, by account, the parts that people would leave behind, for whoever is about to end their accounts.
func (p Parts) Held(ctx context.Context, who account.Actor, accounts ...string) (map[string]int, error) {
	if !account.Allowed(who.Role, account.Invite) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if len(accounts) == 0 {
		return map[string]int{}, nil
	}
	return p.Store.HeldParts(ctx, accounts)
}

// Remind tells people of parts that are due soon or overdue and not finished (see Part.Stage), and returns how many parts
// that were. It may run as often as one likes: each stage of a part is told once.
func (p Parts) Remind(ctx context.Context, now time.Time) (told int, err error) {
	operator := account.Actor{Role: account.Operator}
	ids, err := p.Store.DueParts(ctx, day(now).AddDate(0, 0, early))
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		a, err := p.Store.Assessment(ctx, operator, id)
		if err != nil {
			return told, err
		}
		n, err := p.remindOf(ctx, operator, a, now)
		if told += n; err != nil {
			return told, err
		}
	}
	return told, nil
}

func (p Parts) remindOf(ctx context.Context, operator account.Actor, a Assessment, now time.Time) (int, error) {
	b, err := p.Besides.Of(ctx, operator, a)
	if err != nil {
		return 0, err
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := p.Questionnaires.Find(code, version)
	if !ok {
		return 0, nil
	}
	sheet, err := p.Store.Sheet(ctx, operator, a.ID)
	if err != nil {
		return 0, err
	}
	d := Divide(in, b.Parts)
	var reminders []Reminder
	for _, x := range d.Parts() {
		stage := x.Stage(now)
		if stage.IsZero() || !x.Reminded.Before(stage) || d.Finished(x, sheet) {
			continue
		}
		r := Reminder{Part: x.ID, Stage: stage}
		for _, id := range b.PeopleOf(x.Owner()) {
			n := partNotice(in, a, NoticeDue, x)
			n.Account = id
			r.Notices = append(r.Notices, n)
		}
		reminders = append(reminders, r)
	}
	if len(reminders) == 0 {
		return 0, nil
	}
	return p.Store.RemindParts(ctx, a.ID, reminders, now)
}
