package assessment

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Publishing is how a city consents to what is shown of its assessment, and how that is shown and taken back.
type Publishing struct {
	Store interface {
		Finder
		SnapshotReader
		Publisher
	}
	Besides        *Besides
	Questionnaires Questionnaires
	// Prove checks a code of the second factor of whoever consents; see Crowd.CheckFactor.
	Prove func(ctx context.Context, a account.Account, code, origin string) error
	Now   func() time.Time
}

// Publisher keeps publications.
type Publisher interface {
	// Publish writes a consent; the consents before it end. An assessment whose newest snapshot is another one, or whose state
	// does not allow it, is a fault of kind Conflict.
	Publish(ctx context.Context, who account.Actor, o PublishOrder) error
	// KeepPrivate closes a validated assessment without showing it.
	KeepPrivate(ctx context.Context, who account.Actor, assessment string, by Author, at time.Time) error
	// Withdraw ends a publication; what was kept of it stays in the history.
	Withdraw(ctx context.Context, who account.Actor, assessment string, by Author, at time.Time) error
	// Shown finds, whoever asks, the newest publication of a city in a round, by their codes; NotFound where there never was one.
	// It is one question to the database.
	Shown(ctx context.Context, who account.Actor, city, round string) (Shown, error)
	// Profile returns the bytes of a publication that Shown has found.
	Profile(ctx context.Context, x Shown) ([]byte, error)
	// Publications lists those that stand and are shown to peers or to everybody, by name of city, then by round.
	Publications(ctx context.Context, who account.Actor) ([]Shown, error)
	// PublishedFile opens a file of a city by its SHA-256; NotFound where the city does not keep it.
	PublishedFile(ctx context.Context, x Shown, sha256 string) (EvidenceRevision, io.Reader, error)
}

// PublishOrder is a consent to be written.
type PublishOrder struct {
	Assessment   string
	Publication  Publication
	SnapshotHash string // of the snapshot that the profile was made from
	Profile      []byte
}

// Shown is a publication with its place.
type Shown struct {
	ID, Assessment string
	City           City
	Round          Round
	Audience       publish.Audience
	Hash           string // of the profile
	At             time.Time
	Withdrawn      time.Time     // zero while it stands
	Earlier        []PastProfile // publications that everybody could see and that have ended, newest first
	Peer           bool          // the city of whoever asks shows its own to peers or to everybody in this round
}

// PastProfile is a publication that everybody could see, and that has ended: it was withdrawn, or another took its place.
type PastProfile struct {
	Hash string // of the profile
	At   time.Time
}

// Standing returns the publication that stands; the zero one when none does.
func (b Beside) Standing() Publication {
	for _, p := range b.Publications { // newest first
		if p.Withdrawn.IsZero() {
			return p
		}
	}
	return Publication{}
}

// Preview is exactly what would be shown.
type Preview struct {
	Assessment Assessment
	Profile    publish.Profile
	Content    []byte // of the profile
	Hash       string
	Personal   []PersonalPlace // texts that seem to hold data of a person; nothing is refused for them
	snapshot   SnapshotHead
}

// PersonalPlace is a text of a profile that seems to hold data of a person.
type PersonalPlace struct {
	Indicator string // empty for the title of a piece of evidence
	Title     string // of the piece
	Kinds     []PersonalKind
}

// own finds an assessment of the own city; others do not know of its consents.
func (p Publishing) own(ctx context.Context, who account.Actor, id string, do account.Action) (Assessment, error) {
	a, err := p.Store.Assessment(ctx, who, id)
	if err == nil && !who.Role.OfCity() && who.Role != account.Operator {
		err = fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if err == nil && !account.Allowed(who.Role, do) {
		err = fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	return a, err
}

// Of returns an assessment of the own city with what stands beside it.
func (p Publishing) Of(ctx context.Context, who account.Actor, id string) (Assessment, Beside, error) {
	a, err := p.own(ctx, who, id, account.ReadTeam)
	if err != nil {
		return a, Beside{}, err
	}
	b, err := p.Besides.Of(ctx, who, a)
	return a, b, err
}

// Preview makes the profile of the newest snapshot in a scope. Before the review is complete it is a fault of kind Conflict.
func (p Publishing) Preview(ctx context.Context, who account.Actor, id string, scope publish.Scope) (out Preview, err error) {
	a, b, err := p.Of(ctx, who, id)
	if err != nil {
		return out, err
	}
	if _, err := review.Next(a.State, review.Publish, account.Approver); err != nil {
		return out, err
	}
	head, content, err := p.Store.Snapshot(ctx, who, id, 0)
	if err != nil {
		return out, err
	}
	d, err := snapshot.Check(content, head.Hash)
	if err != nil {
		return out, err
	}
	code, version, _ := survey.ParseName(d.Instrument.Name)
	in, found := p.Questionnaires.Find(code, version)
	if !found {
		return out, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	s := publish.Source{Document: d, Reference: head.Reference, Hash: head.Hash, Country: a.City.Country, Fictional: a.City.Fictional, Instrument: in,
		Standings: map[string]evidence.Standing{}}
	for _, x := range d.Answers {
		kept := Kept{Answer: survey.Answer{Value: x.Value, NonAnswer: survey.NonAnswer(x.NonAnswer)}, Version: x.Version}
		s.Standings[x.Indicator] = b.StandingOf(kept, x.Indicator, p.Now())
	}
	out = Preview{Assessment: a, Profile: publish.New(s, scope), snapshot: head}
	out.Personal = personalIn(out.Profile)
	out.Content, out.Hash, err = out.Profile.Encode()
	return out, err
}

// personalIn looks at the texts of a profile.
func personalIn(p publish.Profile) (out []PersonalPlace) {
	for _, a := range p.Answers {
		if kinds := PersonalIn(a.Text + "\n" + a.Explanation); len(kinds) > 0 {
			out = append(out, PersonalPlace{Indicator: a.Indicator, Kinds: kinds})
		}
	}
	for _, e := range p.Evidence {
		if kinds := PersonalIn(e.Title); len(kinds) > 0 {
			out = append(out, PersonalPlace{Title: e.Title, Kinds: kinds})
		}
	}
	return out
}

// ConsentGiven is what an approver consents to.
type ConsentGiven struct {
	Scope    publish.Scope
	Audience publish.Audience
	Hash     string // of the profile that the preview has shown
	Terms    string // version of the text that was read
	Code     string // of the second factor
	Origin   string // where the request comes from, for counting wrong codes
}

// Publish writes an approver's consent to show exactly what the preview has shown. Where that has changed since, or the text
// of the consent, it is a fault of kind Conflict. The second factor is asked last, so that no code is used up in vain.
func (p Publishing) Publish(ctx context.Context, by account.Account, id string, given ConsentGiven) error {
	who := by.Actor()
	a, err := p.own(ctx, who, id, account.Publish)
	if err != nil {
		return err
	}
	now, err := p.Preview(ctx, who, a.ID, given.Scope)
	switch {
	case err != nil:
		return err
	case given.Terms != publish.TermsVersion:
		return fault.New(fault.Conflict, "publish.terms_older", nil)
	case given.Hash != now.Hash:
		return fault.New(fault.Conflict, "publish.moved", nil)
	case !by.Factor && p.Prove != nil:
		return fault.New(fault.Invalid, "publish.no_factor", nil).WithFields(fault.Field{Name: "code", Key: "publish.no_factor"})
	}
	if p.Prove != nil {
		if err := p.Prove(ctx, by, given.Code, given.Origin); err != nil {
			return err
		}
	}
	return p.Store.Publish(ctx, who, PublishOrder{Assessment: id, SnapshotHash: now.snapshot.Hash, Profile: now.Content,
		Publication: Publication{Revision: now.snapshot.Revision, Scope: given.Scope.Strings(), Audience: string(given.Audience), Terms: given.Terms, Hash: now.Hash, By: author(who), At: p.Now()}})
}

// KeepPrivate closes a validated assessment without showing it to anybody.
func (p Publishing) KeepPrivate(ctx context.Context, who account.Actor, id string) error {
	if _, err := p.own(ctx, who, id, account.Publish); err != nil {
		return err
	}
	return p.Store.KeepPrivate(ctx, who, id, author(who), p.Now())
}

// Withdraw takes a publication back.
func (p Publishing) Withdraw(ctx context.Context, who account.Actor, id string) error {
	if _, err := p.own(ctx, who, id, account.Withdraw); err != nil {
		return err
	}
	return p.Store.Withdraw(ctx, who, id, author(who), p.Now())
}

// Withdrawn is a fault of kind NotFound that says of a profile which everybody could see that it was withdrawn.
const Withdrawn = "publish.withdrawn"

// Shown finds the publication of a city in a round that the actor may see. One that was public and was withdrawn is a fault
// with the key Withdrawn; anything else that may not be seen is as if it did not exist.
func (p Publishing) Shown(ctx context.Context, who account.Actor, city, round string) (Shown, error) {
	x, err := p.Store.Shown(ctx, who, city, round)
	switch {
	case err != nil:
		return Shown{}, err
	case x.seenBy(who):
		return x, nil
	case len(x.Earlier) > 0:
		return Shown{}, fault.New(fault.NotFound, Withdrawn, fault.Args{"City": x.City.Name, "Date": x.Earlier[0].At})
	}
	return Shown{}, fault.New(fault.NotFound, "fault.not_found", nil)
}

func (x Shown) seenBy(who account.Actor) bool {
	ours := who.Role.OfCity() && who.City == x.City.ID
	looks := who.Role == account.Operator || who.Role == account.Analyst && who.InRound(x.Round.ID)
	switch {
	case !x.Withdrawn.IsZero():
		return false
	case x.Audience == publish.Public, ours:
		return true
	case x.Audience == publish.IOM:
		return looks
	case x.Audience == publish.Peers:
		return looks || who.Role.OfCity() && x.Peer
	}
	return false
}

// List lists the publications that the actor may see, by name of city.
func (p Publishing) List(ctx context.Context, who account.Actor) ([]Shown, error) {
	all, err := p.Store.Publications(ctx, who)
	return slices.DeleteFunc(all, func(x Shown) bool { return !x.seenBy(who) }), err
}

// Profile returns exactly the bytes that were consented to.
func (p Publishing) Profile(ctx context.Context, x Shown) ([]byte, error) {
	return p.Store.Profile(ctx, x)
}

// File opens a file that a profile shows.
func (p Publishing) File(ctx context.Context, x Shown, profile publish.Profile, sha256 string) (publish.Evidence, EvidenceRevision, io.Reader, error) {
	e, shown := profile.File(strings.ToLower(sha256))
	if !shown {
		return e, EvidenceRevision{}, nil, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	r, content, err := p.Store.PublishedFile(ctx, x, e.SHA256)
	return e, r, content, err
}
