package assessment

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Departing is what a store offers to people who leave.
type Departing interface {
	// Holds counts what a person has written (revisions and contributions to conversations) and the parts assigned to them.
	Holds(ctx context.Context, id string) (written, parts int, err error)
	// Trace reads what a person has written, when they signed in and acknowledged the notice, and what opens the account,
	// oldest first.
	Trace(ctx context.Context, id string) (Trace, error)
	// Erase takes name, address, department and everything that opens the account away, in inboxes and letters too, and
	// returns the number under which the person is known from then on. What they wrote keeps its place. The last coordinator of
	// a city is not erased: Conflict.
	Erase(ctx context.Context, id string, by Author, at time.Time) (number int, err error)
}

// Trace is what one person left behind.
type Trace struct {
	Revisions []TracedRevision
	Posts     []TracedPost
	SignIns   []Event
	Notices   []Event // the notice on who sees what was read and acknowledged
	Sessions  []Session
	Outside   []TracedIdentity
}

// TracedIdentity is an account of an organisation with which a person signs in.
type TracedIdentity struct {
	Issuer, Subject string
	Created         time.Time
}

// TracedRevision is a revision with its place.
type TracedRevision struct {
	Round, City string // codes
	Revision
}

// TracedPost is a contribution to a conversation with its place.
type TracedPost struct {
	Round, City, Indicator string
	Shared                 bool
	Post
}

// Leave is how people and cities take their data along, and how people are erased.
type Leave struct {
	Store interface {
		Finder
		BesideReader
		Recorder
		Shelf
		Auditor
		Departing
		SnapshotReader
		TokenKeeper
	}
	Crowd          Crowd
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Farewell is what erasing a person would do.
type Farewell struct {
	Person         account.Account
	Written, Parts int
}

// Farewell tells it, without doing it.
func (l Leave) Farewell(ctx context.Context, who account.Actor, id string) (f Farewell, err error) {
	if f.Person, err = l.Crowd.Person(ctx, who, id); err != nil {
		return f, err
	}
	f.Written, f.Parts, err = l.Store.Holds(ctx, id)
	return f, err
}

// Erase turns a person into a former contributor of the city and returns the number. Nobody erases the own account.
func (l Leave) Erase(ctx context.Context, who account.Actor, id string) (number int, err error) {
	if _, err := l.Crowd.Person(ctx, who, id); err != nil {
		return 0, err
	}
	if id == who.Account {
		return 0, fault.New(fault.Invalid, "fault.own_account", nil)
	}
	return l.Store.Erase(ctx, id, author(who), l.Now())
}

// The shapes of downloaded data. Absent texts are left out.
type (
	wireAccount struct {
		ID         string    `json:"id"`
		Email      string    `json:"email"`
		Name       string    `json:"name"`
		Role       string    `json:"role"`
		Department string    `json:"department,omitempty"`
		City       string    `json:"city,omitempty"`
		Rounds     []string  `json:"rounds,omitempty"`
		Language   string    `json:"language"`
		Letters    string    `json:"letters"`
		Notice     string    `json:"notice_read,omitempty"`
		Factor     bool      `json:"second_factor"`
		Created    time.Time `json:"created"`
	}
	wireRevision struct {
		Round       string    `json:"round,omitempty"`
		City        string    `json:"city,omitempty"`
		Seq         int64     `json:"number"`
		About       string    `json:"about"`
		Indicator   string    `json:"indicator"`
		Version     int       `json:"version"`
		Base        int       `json:"based_on"`
		Fields      []string  `json:"fields,omitempty"`
		Conflict    []string  `json:"kept_beside,omitempty"`
		Value       string    `json:"value,omitempty"`
		NonAnswer   string    `json:"non_answer,omitempty"`
		Explanation string    `json:"explanation,omitempty"`
		Evidence    string    `json:"evidence,omitempty"`
		Confidence  string    `json:"confidence,omitempty"`
		Holder      string    `json:"power,omitempty"`
		Reason      string    `json:"reason,omitempty"`
		Source      string    `json:"source"`
		By          *wireBy   `json:"by,omitempty"`
		At          time.Time `json:"at"`
	}
	wireBy struct {
		Account string `json:"account"`
		Name    string `json:"name,omitempty"`
		Role    string `json:"role"`
	}
	wirePost struct {
		Round     string    `json:"round,omitempty"`
		City      string    `json:"city,omitempty"`
		Indicator string    `json:"indicator,omitempty"`
		Shared    *bool     `json:"shared,omitempty"`
		ID        string    `json:"id"`
		Text      string    `json:"text"`
		Mentions  []string  `json:"mentions,omitempty"`
		By        *wireBy   `json:"by,omitempty"`
		At        time.Time `json:"at"`
	}
	wireSession struct {
		Begun   time.Time `json:"begun"`
		Seen    time.Time `json:"seen"`
		Expires time.Time `json:"expires"`
		Own     bool      `json:"own_computer"`
		Device  string    `json:"device,omitempty"`
	}
	wireToken struct {
		Name    string     `json:"name"`
		Scope   string     `json:"scope"`
		Round   string     `json:"round,omitempty"` // id
		Created time.Time  `json:"created"`
		Expires time.Time  `json:"expires"`
		Used    *time.Time `json:"used"`
	}
	wireIdentity struct {
		Issuer  string    `json:"issuer"`
		Subject string    `json:"subject"`
		Created time.Time `json:"created"`
	}
	wireEvent struct {
		Seq     int64     `json:"number,omitempty"`
		At      time.Time `json:"at"`
		By      *wireBy   `json:"by,omitempty"`
		Action  string    `json:"action"`
		Subject string    `json:"subject,omitempty"`
		Detail  string    `json:"detail,omitempty"`
		Hash    string    `json:"hash,omitempty"`
	}
)

func wiredBy(a Author) *wireBy { return &wireBy{a.Account, plainName(a.Name), string(a.Role)} }

// plainName says a name in a file, which is in no language of a reader.
func plainName(name string) string {
	if n, former := account.FormerNumber(name); former {
		return "former contributor " + strconv.Itoa(n)
	}
	return name
}

func wiredRevision(r Revision) wireRevision {
	return wireRevision{Seq: r.Seq, About: string(r.About), Indicator: r.Indicator, Version: r.Version, Base: r.Base, Fields: r.Fields.Names(), Conflict: r.Conflict.Names(),
		Value: r.Answer.Value, NonAnswer: string(r.Answer.NonAnswer), Explanation: r.Answer.Explanation, Evidence: r.Answer.Evidence,
		Confidence: string(r.Answer.Confidence), Holder: string(r.Holder), Reason: r.Reason, Source: r.Source, By: wiredBy(r.By), At: r.At}
}

// Mine writes everything that is kept about the person who asks as JSON: account, what they wrote, conversations,
// sign-ins, sessions, accounts of organisations, and when they acknowledged the notice.
func (l Leave) Mine(ctx context.Context, who account.Actor, w io.Writer) error {
	a, err := l.Crowd.Store.Account(ctx, who.Account)
	if err != nil {
		return err
	}
	t, err := l.Store.Trace(ctx, a.ID)
	if err != nil {
		return err
	}
	if err := l.Store.Record(ctx, Event{At: l.Now(), Actor: author(who), City: a.City, Action: "account.export", Subject: a.ID}); err != nil {
		return err
	}
	var out struct {
		Account   wireAccount    `json:"account"`
		Revisions []wireRevision `json:"written"`
		Posts     []wirePost     `json:"conversations"`
		SignIns   []wireEvent    `json:"sign_ins"`
		Sessions  []wireSession  `json:"sessions"`
		Outside   []wireIdentity `json:"organisation_accounts"`
		Tokens    []wireToken    `json:"tokens"`
		Notices   []wireEvent    `json:"notices_read"`
	}
	out.Account = wireAccount{ID: a.ID, Email: a.Email, Name: a.Name, Role: string(a.Role), Department: a.Department, City: a.City, Rounds: a.Rounds,
		Language: string(a.Language), Letters: string(a.Mail), Notice: a.Noticed, Factor: a.Factor, Created: a.Created}
	out.Revisions, out.Posts, out.SignIns, out.Notices = []wireRevision{}, []wirePost{}, []wireEvent{}, []wireEvent{}
	out.Sessions, out.Outside, out.Tokens = []wireSession{}, []wireIdentity{}, []wireToken{}
	tokens, err := l.Store.Tokens(ctx, a.ID, l.Now())
	if err != nil {
		return err
	}
	for _, x := range tokens {
		t := wireToken{Name: x.Name, Scope: string(x.Scope), Round: x.Round, Created: x.Created, Expires: x.Expires}
		if !x.Used.IsZero() {
			t.Used = &x.Used
		}
		out.Tokens = append(out.Tokens, t)
	}
	for _, r := range t.Revisions {
		x := wiredRevision(r.Revision)
		x.Round, x.City, x.By = r.Round, r.City, nil
		out.Revisions = append(out.Revisions, x)
	}
	for _, p := range t.Posts {
		out.Posts = append(out.Posts, wirePost{Round: p.Round, City: p.City, Indicator: p.Indicator, Shared: &p.Shared, ID: p.ID, Text: p.Body, Mentions: p.Mentions, At: p.At})
	}
	for _, e := range t.SignIns {
		out.SignIns = append(out.SignIns, wireEvent{At: e.At, Action: e.Action, Detail: e.Detail})
	}
	for _, e := range t.Notices {
		out.Notices = append(out.Notices, wireEvent{At: e.At, Action: e.Action, Detail: e.Detail})
	}
	for _, x := range t.Sessions {
		out.Sessions = append(out.Sessions, wireSession{x.Begun, x.Seen, x.Expires, x.Own, x.Device})
	}
	for _, x := range t.Outside {
		out.Outside = append(out.Outside, wireIdentity(x))
	}
	return writeJSON(w, out)
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
