package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Talk is how people talk beside a question, and see that a colleague is there.
type Talk struct {
	Store interface {
		Finder
		Talker
		Recorder
	}
	Besides        *Besides
	Looks          *Looks // notes reading from outside
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Talker keeps conversations. Each call that writes is one transaction with its notices and its audit line.
type Talker interface {
	// Say writes a post, and its conversation when it is the first. The same id from the same person twice is one post; with
	// another text it is a fault of kind Mismatch. A reply opens a resolved conversation again.
	Say(ctx context.Context, who account.Actor, o SayOrder) error
	// Resolve closes a conversation, or opens it again; nothing happens when it is so already.
	Resolve(ctx context.Context, who account.Actor, assessment, thread string, resolved bool, by Author, at time.Time) error
	// Reviewers lists the accounts of the people who review an assessment; nobody before it is handed in.
	Reviewers(ctx context.Context, who account.Actor, assessment string) ([]string, error)
	// Here notes that a person of the city has a section open, unless that was noted less than a pause ago, and lists the
	// accounts of the others who were seen there within fresh.
	Here(ctx context.Context, who account.Actor, assessment, section string, at time.Time, pause, fresh time.Duration) ([]string, error)
}

// SayOrder is a post to be written.
type SayOrder struct {
	Assessment string
	Indicator  string
	Thread     string // the same as Post for the first of a conversation
	Post       string // id
	Shared     bool   // of a new conversation
	Body       string
	Mentions   []string
	Notices    []Notice
	By         Author
	At         time.Time
}

// Remark is what a person says beside a question.
type Remark struct {
	ID        string // made by the client, so that the same sent twice is said once; one is made when it is empty
	Indicator string
	Thread    string // the conversation it replies to; empty for a new one
	Shared    bool   // a new conversation is shared with the reviewers; people from outside start no other
	Body      string
	Mentions  []string // accounts of the city's team
}

// PresencePause is how often a person's presence is written at most; PresenceFresh is how long it is shown.
const (
	PresencePause = 30 * time.Second
	PresenceFresh = 90 * time.Second
)

// Open finds an assessment whose conversations the actor may see, with its questionnaire and what stands beside it.
func (t Talk) Open(ctx context.Context, who account.Actor, id string) (a Assessment, in *survey.Instrument, b Beside, err error) {
	if a, err = t.Store.Assessment(ctx, who, id); err != nil {
		return a, nil, b, err
	}
	if !account.Allowed(who.Role, account.Talk) {
		return a, nil, b, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if err = t.Looks.Note(ctx, who, a); err != nil {
		return a, nil, b, err
	}
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := t.Questionnaires.Find(code, version)
	if !ok {
		return a, nil, b, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	b, err = t.Besides.Of(ctx, who, a)
	return a, in, b, err
}

// Say says something beside a question and returns the id of the conversation. A text that is empty or too long is a fault of
// kind Invalid about the field "text"; a mention of somebody who is not of the team, one about "mention".
func (t Talk) Say(ctx context.Context, who account.Actor, id string, r Remark) (thread string, err error) {
	a, in, b, err := t.Open(ctx, who, id)
	if err != nil {
		return "", err
	}
	old := Thread{Indicator: r.Indicator, Shared: r.Shared || !who.Role.OfCity()}
	if r.Thread != "" {
		if old, err = b.thread(r.Thread); err != nil {
			return "", err
		}
		r.Indicator = old.Indicator
	}
	if err := t.check(in, b, &r); err != nil {
		return "", err
	}
	var reviewers []string
	if old.Shared && !a.Open() {
		if reviewers, err = t.Store.Reviewers(ctx, who, a.ID); err != nil {
			return "", err
		}
	}
	o := SayOrder{Assessment: a.ID, Indicator: r.Indicator, Thread: old.ID, Post: r.ID, Shared: old.Shared, Body: r.Body, Mentions: r.Mentions, By: author(who), At: t.Now()}
	if o.Thread == "" {
		o.Thread = o.Post
	}
	o.Notices = notices(who, a, b, old, o, reviewers)
	return o.Thread, t.Store.Say(ctx, who, o)
}

// check completes a remark and refuses what cannot be said.
func (t Talk) check(in *survey.Instrument, b Beside, r *Remark) error {
	if in.Indicator(r.Indicator) == nil {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if r.ID == "" {
		r.ID = uuid.NewString()
	}
	var faults []fault.Field
	if !validID(r.ID) {
		faults = append(faults, fault.Field{Name: "id", Key: "fault.mutation_id"})
	}
	body, bad := survey.CleanText(r.Body, survey.MaxText)
	if bad == nil && strings.TrimSpace(body) == "" {
		bad = &fault.Field{Key: "talk.empty"}
	}
	if bad != nil {
		bad.Name = "text"
		faults = append(faults, *bad)
	}
	for _, m := range r.Mentions {
		if x := b.Member(m); x.Account == "" || x.Left {
			faults = append(faults, fault.Field{Name: "mention", Key: "talk.stranger"})
			break
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "talk.refused", nil).WithFields(faults...)
	}
	return nil
}

// thread finds a conversation among those that the reader may see.
func (b Beside) thread(id string) (Thread, error) {
	if i := slices.IndexFunc(b.Threads, func(t Thread) bool { return t.ID == id }); i >= 0 {
		return b.Threads[i], nil
	}
	return Thread{}, fault.New(fault.NotFound, "fault.not_found", nil)
}

// notices says who should know of a post, each person once: who is named in it, else who takes part in the conversation,
// else who should know of a new shared one. Nobody is told of what is out of their reach.
func notices(who account.Actor, a Assessment, b Beside, old Thread, o SayOrder, reviewers []string) (out []Notice) {
	told := map[string]bool{who.Account: true}
	tell := func(to string, kind NoticeKind) {
		m := b.Member(to)
		inside := m.Account != "" && !m.Left
		if told[to] || !inside && !slices.Contains(reviewers, to) {
			return
		}
		told[to] = true
		args := map[string]string{"City": a.City.Name, "Indicator": o.Indicator, "Questionnaire": a.Round.Instrument, "Role": string(who.Role), "Department": who.Department}
		if inside && who.Role.OfCity() {
			args["By"] = who.Name
		}
		out = append(out, Notice{Account: to, City: a.City.ID, Kind: kind, Args: args, Href: "/assessments/" + a.ID + "/talk?state=all#c-" + o.Thread, At: o.At})
	}
	for _, m := range o.Mentions {
		tell(m, NoticeMentioned)
	}
	for _, p := range old.Posts {
		tell(p.By.Account, NoticeReplied)
	}
	if old.ID != "" || !old.Shared {
		return out
	}
	if who.Role.OfCity() {
		for _, r := range reviewers {
			tell(r, NoticeShared)
		}
		return out
	}
	for _, m := range b.Team {
		if m.Role == account.Coordinator {
			tell(m.Account, NoticeShared)
		}
	}
	return out
}

// Resolve closes a conversation, or opens it again.
func (t Talk) Resolve(ctx context.Context, who account.Actor, id, thread string, resolved bool) error {
	_, _, b, err := t.Open(ctx, who, id)
	if err != nil {
		return err
	}
	if _, err := b.thread(thread); err != nil {
		return err
	}
	return t.Store.Resolve(ctx, who, id, thread, resolved, author(who), t.Now())
}

// Present notes that the actor has a section open, and lists the colleagues who have it open too. It is a hint within the
// city: people from outside neither leave it nor get it.
func (t Talk) Present(ctx context.Context, who account.Actor, id, section string) (there []Member, err error) {
	_, in, b, err := t.Open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if in.Subcategory(section) == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if !who.Role.OfCity() {
		return nil, nil
	}
	accounts, err := t.Store.Here(ctx, who, id, section, t.Now(), PresencePause, PresenceFresh)
	if err != nil {
		return nil, err
	}
	for _, m := range b.Team {
		if slices.Contains(accounts, m.Account) && !m.Left {
			there = append(there, m)
		}
	}
	return there, nil
}

// OpenThreads counts the conversations of an indicator that are not resolved.
func (b Beside) OpenThreads(indicator string) (n int) {
	for _, t := range b.Threads {
		if t.Indicator == indicator && t.Resolved.IsZero() {
			n++
		}
	}
	return n
}

// With tells whether a person takes part in a conversation, or is named in it.
func (t Thread) With(account string) bool {
	return slices.ContainsFunc(t.Posts, func(p Post) bool { return p.By.Account == account || slices.Contains(p.Mentions, account) })
}
