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

// SignOffs is how an approver of the city consents to hand in. A city without an approver hands in without it.
type SignOffs struct {
	Store interface {
		Finder
		SignOffKeeper
	}
	Besides *Besides
	Now     func() time.Time
}

// SignOffKeeper keeps consents and refusals.
type SignOffKeeper interface {
	// Changes returns the number of the newest line of the revision log, and what the lines after since have changed, in the
	// order of the last change of each indicator.
	Changes(ctx context.Context, who account.Actor, assessment string, since int64) (seq int64, changes []Change, err error)
	// SetSignOff writes a consent or refusal with its notices and audit line. When the log has moved on from its number it is
	// a fault of kind Conflict that names what has changed; so are a state that does not allow it, and the consent of
	// somebody who has written in the assessment.
	SetSignOff(ctx context.Context, who account.Actor, o SignOffOrder) error
	// AskSignOff notes that the approvers were asked, with the notices to them.
	AskSignOff(ctx context.Context, who account.Actor, assessment string, by Author, at time.Time, notices ...Notice) error
	// Wrote tells whether the actor has written in an assessment within reach: answers, powers, or the choice between two.
	Wrote(ctx context.Context, who account.Actor, assessment string) (bool, error)
}

// Change is an indicator whose answer or power was changed since some line of the revision log.
type Change struct {
	Indicator string
	Answer    bool // the answer, or the choice between two versions
	Power     bool
	Times     int // lines of the log
	Seq       int64
	By        Author // of the last one
	At        time.Time
}

// SignOffOrder is a consent or refusal to be written.
type SignOffOrder struct {
	Assessment string
	SignOff    SignOff
	Notices    []Notice
}

// Consent is where an assessment stands between its answers and the approver.
type Consent struct {
	Approvers []Member // of the city; without any no consent is needed
	Seq       int64    // the newest line of the revision log
	Last      SignOff  // the newest consent; its time is zero when there was none
	Refusal   SignOff  // the newest refusal, when it is newer than the newest consent; its time is zero otherwise
	Changed   []Change // since the newest consent, or since the beginning
	Wrote     bool     // the actor is an approver who has written in the assessment, and so does not consent to it
}

// Needed tells whether the city hands in with consent only.
func (c Consent) Needed() bool { return len(c.Approvers) > 0 }

// Stands tells whether an approver has consented to exactly what stands now.
func (c Consent) Stands() bool { return !c.Last.At.IsZero() && c.Last.Seq == c.Seq }

// Latest picks the newest consent, and the newest refusal if it is newer than that.
func (b Beside) Latest() (consent, refusal SignOff) {
	for _, s := range b.SignOffs { // newest first
		if !s.Refused {
			return s, refusal
		}
		if refusal.At.IsZero() {
			refusal = s
		}
	}
	return consent, refusal
}

// open finds an assessment of the own city. People from outside do not know of its consents.
func (s SignOffs) open(ctx context.Context, who account.Actor, id string, do account.Action) (Assessment, Beside, error) {
	a, err := s.Store.Assessment(ctx, who, id)
	if err != nil {
		return a, Beside{}, err
	}
	if !who.Role.OfCity() && who.Role != account.Operator {
		return a, Beside{}, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	if !account.Allowed(who.Role, do) {
		return a, Beside{}, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	b, err := s.Besides.Of(ctx, who, a)
	return a, b, err
}

// Of tells where an assessment stands.
func (s SignOffs) Of(ctx context.Context, who account.Actor, id string) (c Consent, err error) {
	_, b, err := s.open(ctx, who, id, account.ReadAssessment)
	if err != nil {
		return c, err
	}
	c.Approvers = b.Approvers()
	c.Last, c.Refusal = b.Latest()
	if who.Role == account.Approver {
		if c.Wrote, err = s.Store.Wrote(ctx, who, id); err != nil {
			return c, err
		}
	}
	c.Seq, c.Changed, err = s.Store.Changes(ctx, who, id, c.Last.Seq)
	return c, err
}

// Ask asks the approvers of the city to look at an assessment.
func (s SignOffs) Ask(ctx context.Context, who account.Actor, id string) error {
	a, b, err := s.open(ctx, who, id, account.HandIn)
	if err != nil {
		return err
	}
	approvers := b.Approvers()
	if len(approvers) == 0 {
		return fault.New(fault.Invalid, "signoff.nobody", nil)
	}
	return s.Store.AskSignOff(ctx, who, id, author(who), s.Now(), signNotices(a, NoticeSignOff, who, approvers)...)
}

// Consent is an approver's consent to what stands at line seq of the revision log, which is what the page has shown.
func (s SignOffs) Consent(ctx context.Context, who account.Actor, id string, seq int64) error {
	return s.decide(ctx, who, id, NoticeSigned, SignOff{Seq: seq})
}

// Refuse sends an assessment back to the coordinators with a reason.
func (s SignOffs) Refuse(ctx context.Context, who account.Actor, id string, seq int64, reason string) error {
	reason, bad := survey.CleanText(strings.TrimSpace(reason), survey.SoftText)
	if bad == nil && reason == "" {
		bad = &fault.Field{Key: "signoff.reason_missing"}
	}
	if bad != nil {
		bad.Name = "reason"
		return fault.New(fault.Invalid, bad.Key, bad.Args).WithFields(*bad)
	}
	return s.decide(ctx, who, id, NoticeStates["sent_back"], SignOff{Seq: seq, Refused: true, Reason: reason})
}

func (s SignOffs) decide(ctx context.Context, who account.Actor, id string, kind NoticeKind, x SignOff) error {
	a, b, err := s.open(ctx, who, id, account.SignOff)
	if err != nil {
		return err
	}
	x.By, x.At = author(who), s.Now()
	coordinators := slices.DeleteFunc(slices.Clone(b.Team), func(m Member) bool { return m.Left || m.Role != account.Coordinator })
	return s.Store.SetSignOff(ctx, who, SignOffOrder{Assessment: id, SignOff: x, Notices: signNotices(a, kind, who, coordinators)})
}

func signNotices(a Assessment, kind NoticeKind, who account.Actor, people []Member) (all []Notice) {
	for _, m := range people {
		n := Notice{Account: m.Account, City: a.City.ID, Kind: kind, Args: map[string]string{"City": a.City.Name}, Href: "/assessments/" + a.ID + "/sign-off"}
		all = append(all, by(n, who))
	}
	return all
}
