package assessment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Line is a line of the audit log as it is kept: numbered within its city, and chained to the line before it.
type Line struct {
	Event
	ID   string
	Seq  int64  // from 1 within the city; 0 and below for lines older than the chain
	Hash string // see Chain
}

// Chain returns the hash (SHA-256, hex) of a line that follows a line with the hash before; the first line of a city
// follows the empty hash. It covers everything that the line says, each part with its length.
func (l Line) Chain(before string) string {
	var b strings.Builder
	for _, part := range []string{"migov audit 1", before, l.City, strconv.FormatInt(l.Seq, 10), l.ID, strconv.FormatInt(l.At.UnixMicro(), 10),
		l.Actor.Account, string(l.Actor.Role), l.Action, l.Subject, l.Detail} {
		b.WriteString(strconv.Itoa(len(part)))
		b.WriteByte(':')
		b.WriteString(part)
		b.WriteByte(';')
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Head is the newest line of the chain of a city. Whoever notes heads elsewhere can tell later that nothing was cut off.
type Head struct {
	City string // id; empty for what concerns no city
	Code string // of the city
	Seq  int64
	Hash string
}

// AuditGroup gathers actions that a reader looks for together.
type AuditGroup string

// The groups. Looked is who read, downloaded or exported something.
const (
	AuditLooked   AuditGroup = "looked"
	AuditAnswers  AuditGroup = "answers"
	AuditPowers   AuditGroup = "powers"
	AuditTalk     AuditGroup = "talk"
	AuditEvidence AuditGroup = "evidence"
	AuditParts    AuditGroup = "parts"
	AuditHandIn   AuditGroup = "hand_in"
	AuditPeople   AuditGroup = "people"
)

// AuditGroups lists the groups in the order in which a page offers them.
var AuditGroups = []AuditGroup{AuditLooked, AuditAnswers, AuditPowers, AuditTalk, AuditEvidence, AuditParts, AuditHandIn, AuditPeople}

// What the program does by itself, once a day.
const (
	AuditReminded = "part.remind"
	AuditWarned   = "evidence.warn"
	AuditEnding   = "retention.warn"
)

// auditGroups says which actions belong to a group: whole names, or beginnings that end with a dot.
var auditGroups = map[AuditGroup][]string{
	AuditLooked:   {"read", "export", "export.city", "evidence.view"},
	AuditAnswers:  {"answer.", "carry."},
	AuditPowers:   {"power."},
	AuditTalk:     {"talk."},
	AuditEvidence: {"evidence."},
	AuditParts:    {"part."},
	AuditHandIn:   {"hand_in", "hand_in.undo", "sign_off", "sign_off.", "snapshot.", "review.", "reviewer."},
	AuditPeople:   {"account.", "sign_in", "session."},
}

// Actions returns what belongs to the group: whole names, or beginnings that end with a dot. Nil for an unknown group.
func (g AuditGroup) Actions() []string { return auditGroups[g] }

// AuditFilter chooses lines of the audit log of one city.
type AuditFilter struct {
	Group   AuditGroup // empty: all
	Outside bool       // only what people from outside the city did
	From    time.Time  // from this moment on; zero: from the beginning
	Until   time.Time  // before this moment; zero: until now
	Before  *int64     // only lines with a smaller number, which is not above 0 for those older than the chain; nil: from the newest on
	Limit   int        // at most so many; 0: all
}

// Auditor reads the audit log.
type Auditor interface {
	// Audit lists lines of the actor's city, newest first. Names stand only with people of the same city.
	Audit(ctx context.Context, who account.Actor, f AuditFilter) ([]Line, error)
	// VerifyAudit follows the chain of every city and says what is wrong, in words that name the line. The heads are those
	// found; an earlier head that the chain does not hold is wrong too.
	VerifyAudit(ctx context.Context, earlier []Head) (heads []Head, wrong []string, err error)
}

// Trail shows a city who did and who looked at what.
type Trail struct {
	Store Auditor
}

// Lines lists lines of the actor's city, and tells whether there are older ones.
func (t Trail) Lines(ctx context.Context, who account.Actor, f AuditFilter) (lines []Line, more bool, err error) {
	if !account.Allowed(who.Role, account.ReadAudit) {
		return nil, false, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if f.Group != "" && f.Group.Actions() == nil {
		return nil, false, fault.New(fault.Invalid, "fault.audit_group", fault.Args{"Group": string(f.Group)})
	}
	limit := f.Limit
	if limit > 0 {
		f.Limit++
	}
	lines, err = t.Store.Audit(ctx, who, f)
	if limit > 0 && len(lines) > limit {
		lines, more = lines[:limit], true
	}
	return lines, more, err
}

// LookLife is how long a person's reading of one assessment counts as one look: an hour (trust.md 3.2, Audit).
const LookLife = time.Hour

// Looks notes that somebody from outside a city reads its answers, once an hour for each person and assessment. What
// cannot be noted is not shown. Safe for concurrent use; a nil Looks notes nothing.
type Looks struct {
	Store Recorder
	Now   func() time.Time

	mu   sync.Mutex
	seen map[[2]string]time.Time // by account and assessment
}

// Note notes a look.
func (l *Looks) Note(ctx context.Context, who account.Actor, a Assessment) error {
	return l.NoteAll(ctx, who, []Assessment{a})
}

// NoteAll notes a look at each of several assessments, in one transaction.
func (l *Looks) NoteAll(ctx context.Context, who account.Actor, all []Assessment) error {
	if l == nil || who.Role.OfCity() || who.Role == account.Operator {
		return nil
	}
	now := l.Now()
	var fresh []Event
	l.mu.Lock()
	for _, a := range all {
		last, known := l.seen[[2]string{who.Account, a.ID}]
		if age := now.Sub(last); a.Round.Published || known && age >= 0 && age < LookLife {
			continue
		}
		fresh = append(fresh, Event{At: now, Actor: author(who), City: a.City.ID, Action: "read", Subject: a.ID})
	}
	l.mu.Unlock()
	if len(fresh) == 0 {
		return nil
	}
	if err := l.Store.Record(ctx, fresh...); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil || len(l.seen) > looksKnown {
		l.seen = map[[2]string]time.Time{}
	}
	for _, e := range fresh {
		l.seen[[2]string{who.Account, e.Subject}] = now
	}
	return nil
}

// looksKnown is how many looks are remembered before all are forgotten, so that one is noted once more at worst.
const looksKnown = 4096
