package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Clarifications is how those who review ask a city about single answers, and how the city replies. While a question is open,
// its indicator alone takes changes; everything else stays as it was handed in.
type Clarifications struct {
	Store interface {
		Finder
		Clarifier
		// Reviewers is that of Talker.
		Reviewers(ctx context.Context, who account.Actor, assessment string) ([]string, error)
	}
	Besides        *Besides
	Looks          *Looks // notes reading from outside
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Clarifier keeps questions and replies. Each call that writes is one transaction with its notices, its audit line and the
// step of review that it is; it takes the same locks as a save.
type Clarifier interface {
	// AskClarification writes a question about the answer as it stands. The same id with the same content twice is one question;
	// with other content it is a fault of kind Mismatch.
	AskClarification(ctx context.Context, who account.Actor, o ClarificationOrder) error
	// ReplyClarification writes a reply, in the place of the one that o.Seen names, and returns its outcome. Where the answer has
	// changed since it was asked about, that is OutcomeChanged, whatever the order says.
	ReplyClarification(ctx context.Context, who account.Actor, o ClarificationOrder) (ClarificationOutcome, error)
	// SettleClarification settles a question that was replied to, or takes back one that was not.
	SettleClarification(ctx context.Context, who account.Actor, o ClarificationOrder) error
	// GiveBack ends the clarification: Conflict while a question has no reply, or while answers have changed and no approver of a
	// city that has one has consented to them.
	GiveBack(ctx context.Context, who account.Actor, o ClarificationOrder) error
}

// ClarificationOrder is what happens to a question, or to all of them.
type ClarificationOrder struct {
	Assessment string
	ID         string
	Indicator  string
	Question   string
	Due        time.Time
	Reply      string
	Outcome    ClarificationOutcome
	Seen       time.Time     // when the reply was written that the person saw; zero when there was none
	Back       bool          // the question is taken back
	Scheme     *score.Scheme // for the snapshot of what is given back
	Notices    []Notice      // when all of it happens
	Resumed    []Notice      // beside them, when the review goes on by it
	By         Author
	At         time.Time
}

// MaxQuestion is the length in characters of a question or a reply at most; LatestDue how long a city has at most.
const (
	MaxQuestion = 3000
	LatestDue   = 366 * 24 * time.Hour
)

// StandardQuestions name what is asked most often; their words are the messages clarify.standard_NAME.
var StandardQuestions = []string{"article", "since", "charge"}

// Asking is a question as a person gave it.
type Asking struct {
	ID        string // made by the client, so that the same sent twice is asked once; one is made when it is empty
	Indicator string
	Question  string
	Due       string // the last day, as 2006-01-02; may be empty
}

// Replying is a reply as a person gave it.
type Replying struct {
	ID      string // of the question
	Text    string
	Outcome ClarificationOutcome // OutcomeReplied or OutcomeStands; empty where the answer was changed
	Seen    time.Time            // see ClarificationOrder
}

// Open finds an assessment with its questionnaire and what stands beside it.
func (c Clarifications) Open(ctx context.Context, who account.Actor, id string) (a Assessment, in *survey.Instrument, b Beside, err error) {
	if a, err = c.Store.Assessment(ctx, who, id); err != nil {
		return a, nil, b, err
	}
	if !account.Allowed(who.Role, account.ReadAssessment) {
		return a, nil, b, forbidden()
	}
	if err = c.Looks.Note(ctx, who, a); err != nil {
		return a, nil, b, err
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := c.Questionnaires.Find(code, version)
	if !ok {
		return a, nil, b, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	b, err = c.Besides.Of(ctx, who, a)
	return a, in, b, err
}

// question finds a question of an assessment for a step of the review, and refuses one that is not possible now. The store
// asks again, in the transaction.
func (c Clarifications) question(ctx context.Context, who account.Actor, id, question string, what review.Step) (x Clarification, a Assessment, in *survey.Instrument, b Beside, err error) {
	if a, in, b, err = c.Open(ctx, who, id); err != nil {
		return x, a, in, b, err
	}
	if x, err = b.Clarification(question); err == nil {
		_, err = review.Next(a.State, what, who.Role)
	}
	return x, a, in, b, err
}

// Ask asks the city about an answer and returns the id of the question. The coordinators, whoever gave the answer, and those
// whose part it is are told. A question that is empty or too long is a fault about the field "question"; a day that cannot be
// read, has passed, or lies more than a year ahead, one about "due".
func (c Clarifications) Ask(ctx context.Context, who account.Actor, id string, given Asking) (string, error) {
	a, in, b, err := c.Open(ctx, who, id)
	if err != nil {
		return "", err
	}
	q := in.Indicator(given.Indicator)
	if q == nil {
		return "", fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if _, err := review.Next(a.State, review.Ask, who.Role); err != nil {
		return "", err
	}
	if given.ID == "" {
		given.ID = uuid.NewString()
	}
	o := ClarificationOrder{Assessment: a.ID, ID: given.ID, Indicator: q.ID, By: author(who), At: c.Now()}
	var faults []fault.Field
	if !validID(o.ID) {
		faults = append(faults, fault.Field{Name: "id", Key: "fault.mutation_id"})
	}
	var bad []fault.Field
	o.Question, bad = said("question", given.Question, "clarify.question_missing")
	faults = append(faults, bad...)
	o.Due, bad = dueDay(given.Due, o.At)
	if faults = append(faults, bad...); len(faults) > 0 {
		return "", fault.New(fault.Invalid, "clarify.refused", nil).WithFields(faults...)
	}
	sheet, err := c.Store.SheetOf(ctx, who, a, q.ID)
	if err != nil {
		return "", err
	}
	o.Notices = c.tellAsked(who, a, in, b, o, sheet.Answers[q.ID].By.Account)
	return o.ID, c.Store.AskClarification(ctx, who, o)
}

// said is a text of 1 to MaxQuestion characters.
func said(name, given, missing string) (string, []fault.Field) {
	text, bad := survey.CleanText(strings.TrimSpace(given), MaxQuestion)
	if bad == nil && text == "" {
		bad = &fault.Field{Key: missing}
	}
	if bad != nil {
		bad.Name = name
		return "", []fault.Field{*bad}
	}
	return text, nil
}

// dueDay reads the last day of a question: today at the earliest, a year ahead at the latest; days are those of UTC.
func dueDay(given string, now time.Time) (time.Time, []fault.Field) {
	if given = strings.TrimSpace(given); given == "" {
		return time.Time{}, nil
	}
	today := now.UTC().Truncate(24 * time.Hour)
	day, err := time.Parse(time.DateOnly, given)
	key := ""
	switch {
	case err != nil:
		key = "clarify.due_bad"
	case day.Before(today):
		key = "clarify.due_past"
	case day.Sub(today) > LatestDue:
		key = "clarify.due_far"
	}
	if key != "" {
		return time.Time{}, []fault.Field{{Name: "due", Key: key}}
	}
	return day, nil
}

// tellAsked tells the coordinators, whoever gave the answer, and those whose part it is.
func (c Clarifications) tellAsked(who account.Actor, a Assessment, in *survey.Instrument, b Beside, o ClarificationOrder, answered string) (all []Notice) {
	q := in.Indicator(o.Indicator)
	part, _ := Divide(in, b.Parts).Of(q)
	theirs := b.PeopleOf(part.Owner())
	args := map[string]string{"City": a.City.Name, "Indicator": q.ID, "Questionnaire": in.Name(), "Role": string(who.Role), "Department": who.Department}
	if !o.Due.IsZero() {
		args["Due"] = o.Due.Format(time.DateOnly)
	}
	for _, m := range b.Team {
		if !m.Left && (m.Role == account.Coordinator || m.Account == answered || slices.Contains(theirs, m.Account)) {
			all = append(all, Notice{Account: m.Account, City: a.City.ID, Kind: NoticeAsked, At: o.At, Args: args, Href: "/assessments/" + a.ID + "/" + q.Subcategory + "#" + q.ID})
		}
	}
	return all
}

// Reply replies to a question, or writes another reply while whoever asked has not settled it, and returns the outcome. A text
// that is empty or too long is a fault about the field "text". Where the answer was not changed, the city says whether it
// explains or stands by it: anything else is a fault about "outcome".
func (c Clarifications) Reply(ctx context.Context, who account.Actor, id string, given Replying) (ClarificationOutcome, error) {
	x, a, in, _, err := c.question(ctx, who, id, given.ID, review.Reply)
	if err != nil {
		return "", err
	}
	text, faults := said("text", given.Text, "clarify.reply_missing")
	if len(faults) > 0 {
		return "", fault.New(fault.Invalid, "clarify.refused", nil).WithFields(faults...)
	}
	reviewers, err := c.Store.Reviewers(ctx, who, a.ID)
	if err != nil {
		return "", err
	}
	o := ClarificationOrder{Assessment: a.ID, ID: x.ID, Indicator: x.Indicator, Reply: text, Outcome: given.Outcome, Seen: given.Seen, By: author(who), At: c.Now()}
	if slices.Contains(reviewers, x.By.Account) {
		o.Notices = []Notice{{Account: x.By.Account, City: a.City.ID, Kind: NoticeAnswered, At: o.At, Href: "/assessments/" + a.ID + "/clarifications#" + x.ID,
			Args: map[string]string{"City": a.City.Name, "Indicator": x.Indicator, "Questionnaire": in.Name(), "Role": string(who.Role), "Department": who.Department}}}
	}
	return c.Store.ReplyClarification(ctx, who, o)
}

// Settle says that a reply is enough, or takes a question back that nobody has replied to. Whoever asked may, and an analyst.
// Seen is when the reply was written that the person has read. Where nothing is asked any more and nothing was changed, the
// review goes on, and the coordinators are told. The coordinators, whoever has replied and whoever has asked are told that it is
// closed, but not by themselves.
func (c Clarifications) Settle(ctx context.Context, who account.Actor, id, question string, back bool, seen time.Time) error {
	x, a, in, b, err := c.question(ctx, who, id, question, review.Settle)
	if err != nil {
		return err
	}
	if !x.SettledIsFor(who) {
		return forbidden()
	}
	o := ClarificationOrder{Assessment: a.ID, ID: x.ID, Indicator: x.Indicator, Back: back, Seen: seen, By: author(who), At: c.Now()}
	tell := func(to, href string) {
		o.Notices = append(o.Notices, Notice{Account: to, City: a.City.ID, Kind: NoticeSettled, At: o.At, Href: href,
			Args: map[string]string{"City": a.City.Name, "Indicator": x.Indicator, "Questionnaire": in.Name(), "Role": string(who.Role), "Department": who.Department}})
	}
	here := "/assessments/" + a.ID + "/clarifications#" + x.ID
	for _, m := range b.Team {
		if !m.Left && (m.Role == account.Coordinator || m.Account == x.RepliedBy.Account) {
			tell(m.Account, here)
		}
	}
	reviewers, err := c.Store.Reviewers(ctx, who, a.ID)
	if err != nil {
		return err
	}
	if x.By.Account != who.Account && slices.Contains(reviewers, x.By.Account) { // an analyst has closed what somebody else asked
		tell(x.By.Account, here)
	}
	for _, m := range b.Team {
		if !m.Left && m.Role == account.Coordinator {
			o.Resumed = append(o.Resumed, stateNotice(who, a, m.Account, review.InReview, o.At))
		}
	}
	return c.Store.SettleClarification(ctx, who, o)
}

// SettledIsFor tells whether it is for somebody to settle a question or take it back.
func (x Clarification) SettledIsFor(who account.Actor) bool {
	return review.May(who.Role, review.Settle) && (who.Role == account.Analyst || x.By.Account == who.Account)
}

// GiveBack ends the clarification when every open question has a reply: the review goes on with what stands now.
func (c Clarifications) GiveBack(ctx context.Context, who account.Actor, id string) error {
	a, in, _, err := c.Open(ctx, who, id)
	if err != nil {
		return err
	}
	if _, err := review.Next(a.State, review.GiveBack, who.Role); err != nil {
		return err
	}
	o := ClarificationOrder{Assessment: a.ID, Scheme: c.Questionnaires.Scheme(in), By: author(who), At: c.Now()}
	reviewers, err := c.Store.Reviewers(ctx, who, a.ID)
	if err != nil {
		return err
	}
	for _, r := range reviewers {
		o.Notices = append(o.Notices, stateNotice(who, a, r, review.InReview, o.At))
	}
	return c.Store.GiveBack(ctx, who, o)
}

// stateNotice tells somebody on the other side than who of a state.
func stateNotice(who account.Actor, a Assessment, to string, now review.State, at time.Time) Notice {
	return Notice{Account: to, City: a.City.ID, Kind: NoticeStates[string(now)], At: at, Href: "/assessments/" + a.ID + "/clarifications",
		Args: map[string]string{"City": a.City.Name, "Role": string(who.Role), "Department": who.Department}}
}

// Clarification finds a question; a fault of kind NotFound when there is none.
func (b Beside) Clarification(id string) (Clarification, error) {
	if i := slices.IndexFunc(b.Clarifications, func(x Clarification) bool { return x.ID == id }); i >= 0 {
		return b.Clarifications[i], nil
	}
	return Clarification{}, fault.New(fault.NotFound, "fault.not_found", nil)
}

// ClarificationState is where a question stands.
type ClarificationState string

// The states of a question.
const (
	QuestionWaits    ClarificationState = "waiting"  // for the city
	QuestionReplied  ClarificationState = "replied"  // waits for whoever asked
	QuestionSettled  ClarificationState = "settled"  // whoever asked is content
	QuestionWithdrew ClarificationState = "withdrew" // it was taken back
)

// State is where the question stands.
func (x Clarification) State() ClarificationState {
	switch {
	case x.Settled.IsZero() && x.Outcome == "":
		return QuestionWaits
	case x.Settled.IsZero():
		return QuestionReplied
	case x.Outcome == "":
		return QuestionWithdrew
	}
	return QuestionSettled
}

// Overdue tells whether the city has not replied by the last day. Nothing is blocked by that.
func (x Clarification) Overdue(now time.Time) bool {
	return x.State() == QuestionWaits && Late(x.Due, now)
}

// Asked lists the open questions about an indicator, oldest first.
func (b Beside) Asked(indicator string) (out []Clarification) {
	for _, x := range b.Clarifications {
		if x.Opens() && x.Indicator == indicator {
			out = append(out, x)
		}
	}
	return out
}

// Waiting lists the questions that wait for a reply, what is due first coming first; those without a last day come last.
func (b Beside) Waiting() (out []Clarification) {
	for _, x := range b.Clarifications {
		if x.State() == QuestionWaits {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(x, y Clarification) int {
		if x.Due.IsZero() != y.Due.IsZero() {
			if x.Due.IsZero() {
				return 1
			}
			return -1
		}
		return x.Due.Compare(y.Due)
	})
	return out
}

// Writable tells whether the city may change the answer to an indicator now: every one while it works on the assessment, those
// that it was asked about during a clarification.
func (b Beside) Writable(a Assessment, indicator string) bool {
	return a.Open() || a.State == review.Clarification && len(b.Asked(indicator)) > 0
}

// TakesChanges tells whether the city may change anything at all; the store knows what.
func (a Assessment) TakesChanges() bool { return a.Open() || a.State == review.Clarification }
