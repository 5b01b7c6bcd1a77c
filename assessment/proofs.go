package assessment

import (
	"cmp"
	"context"
	"io"
	"strconv"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Piece is a piece of a city's evidence library with its history and the answers it supports.
type Piece struct {
	Evidence
	City      string             // id
	Revisions []EvidenceRevision // newest first; the newest alone for people from outside
	Uses      []Use              // in assessments within reach, by round and indicator
}

// EvidenceRevision is what a piece was, from one addition to the next.
type EvidenceRevision struct {
	Revision int
	URL      string // of a link
	Name     string // of a file
	Media    string
	Size     int64 // bytes
	SHA256   string
	By       Author
	At       time.Time
}

// Use is one citation of a piece.
type Use struct {
	Assessment, Round, Instrument string // id, title, code@version
	Indicator, Passage            string
	Open                          bool // the assessment still takes changes
}

// EvidenceOrder adds a piece, gives it a new revision, or describes it anew. With an Assessment the piece is cited at once.
type EvidenceOrder struct {
	City       string // id
	ID         string // of the piece; empty for a new one
	Kind       EvidenceKind
	Title      string
	Note       string
	Expires    time.Time
	URL        string // of a link
	File       evidence.File
	Content    io.ReaderAt // of a file; read once, in pieces
	Upload     string      // id of the upload of the actor that holds the content, in place of Content
	Assessment string
	Citation   Citation
	By         Author
	At         time.Time
}

// Shelf keeps the evidence of cities, what is cited, and what was said of answers.
type Shelf interface {
	// Shelf lists the library of a city by title, removed pieces too; its own people and operators alone reach it.
	Shelf(ctx context.Context, who account.Actor, city string) ([]Piece, error)
	// Piece finds a piece: people of a city reach those of their city, analysts those cited in an assessment within reach and not removed.
	Piece(ctx context.Context, who account.Actor, id string) (Piece, error)
	// AddEvidence writes a new piece with its content in one transaction. Content or address that is in the library already is
	// not kept twice: that piece is returned, and same is true. It comes back if it was removed.
	AddEvidence(ctx context.Context, who account.Actor, o EvidenceOrder) (e Evidence, same bool, err error)
	// ReviseEvidence adds a revision; the same content again adds none.
	ReviseEvidence(ctx context.Context, who account.Actor, o EvidenceOrder) (e Evidence, same bool, err error)
	DescribeEvidence(ctx context.Context, who account.Actor, o EvidenceOrder) error
	RemoveEvidence(ctx context.Context, who account.Actor, id string, removed bool, by Author, at time.Time) error
	// Cite says that a piece supports an answer, or says the passage anew; Uncite takes that back. Closed after handing in.
	Cite(ctx context.Context, who account.Actor, assessment string, c Citation) error
	Uncite(ctx context.Context, who account.Actor, assessment string, c Citation) error
	// Cites does many of both for one assessment, all or nothing.
	Cites(ctx context.Context, who account.Actor, assessment string, cite, uncite []Citation) error
	// Judge writes a verdict on the version of an answer that it names; Conflict when the answer has another one by now.
	Judge(ctx context.Context, who account.Actor, assessment string, v Verdict, notices ...Notice) error
	// EvidenceContent opens the content of a revision; Unavailable when it is not whole.
	EvidenceContent(ctx context.Context, who account.Actor, id string, revision int) (EvidenceRevision, io.Reader, error)
	// WarnOfExpiry tells the coordinators, and who added it, once that cited evidence ends by a time and once that it has ended.
	WarnOfExpiry(ctx context.Context, now, soon time.Time) (int, error)
	// SweepBlobs takes away contents that no revision has, and returns how many.
	SweepBlobs(ctx context.Context) (int, error)
}

// expiresSoon is how long before its last day people are told of a piece of evidence.
const expiresSoon = 30 * 24 * time.Hour

// Proofs is how a city proves its answers, and how people from outside say what they think of them.
type Proofs struct {
	Store interface {
		Finder
		BesideReader
		Recorder
		Shelf
		Uploads
	}
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Proof is a piece of evidence as a person gave it.
type Proof struct {
	Title, Note string
	Expires     string // 2026-12-31, the last day; empty for none
	Link        string // for a link
	Name        string // for a file: its name, content and size in bytes
	Content     io.ReaderAt
	Size        int64
	Upload      string // id of an upload, in place of name, content and size
	Indicator   string // cite it at once for this indicator, at the passage
	Passage     string
}

// Shelf opens an assessment and its city's library.
func (p Proofs) Shelf(ctx context.Context, who account.Actor, id string) (Assessment, []Piece, error) {
	a, err := p.find(ctx, who, id, account.ReadEvidence)
	if err != nil || !who.Role.OfCity() && who.Role != account.Operator {
		return a, nil, err
	}
	pieces, err := p.Store.Shelf(ctx, who, a.City.ID)
	return a, pieces, err
}

// Piece opens a piece.
func (p Proofs) Piece(ctx context.Context, who account.Actor, id string) (Piece, error) {
	if !account.Allowed(who.Role, account.ReadEvidence) {
		return Piece{}, forbidden()
	}
	return p.Store.Piece(ctx, who, id)
}

// Add puts a file or a link into the library of the assessment's city. Same tells that it was there already.
func (p Proofs) Add(ctx context.Context, who account.Actor, id string, given Proof) (e Evidence, same bool, err error) {
	a, err := p.find(ctx, who, id, account.WriteEvidence)
	if err != nil {
		return e, false, err
	}
	o := EvidenceOrder{City: a.City.ID, By: author(who), At: p.Now()}
	faults := o.describe(given)
	if given.Content == nil && given.Link == "" && given.Name == "" && given.Upload == "" {
		return e, false, invalid(append(faults, fault.Field{Name: "file", Key: "evidence.nothing"}))
	}
	contents, become, err := p.take(ctx, who, &o, given)
	if become != "" {
		return p.again(ctx, who, id, become, given)
	}
	if err != nil {
		return e, false, err
	}
	faults = append(faults, contents...)
	if given.Indicator != "" {
		if err := p.citable(a, given.Indicator); err != nil {
			return e, false, err
		}
		o.Assessment, o.Citation = a.ID, Citation{Indicator: given.Indicator, Passage: strings.TrimSpace(given.Passage), By: o.By, At: o.At}
		faults = append(faults, long("passage", o.Citation.Passage, evidence.MaxPassage)...)
	}
	if len(faults) > 0 {
		return e, false, invalid(faults)
	}
	o.Title = cmp.Or(o.Title, evidence.Stem(o.File.Name), evidence.Host(o.URL))
	return p.Store.AddEvidence(ctx, who, o)
}

// Revise adds a revision to a piece; the earlier ones are kept. Its kind stays.
func (p Proofs) Revise(ctx context.Context, who account.Actor, id string, given Proof) (e Evidence, same bool, err error) {
	piece, err := p.own(ctx, who, id)
	if err != nil {
		return e, false, err
	}
	o := EvidenceOrder{City: piece.City, ID: id, By: author(who), At: p.Now()}
	if piece.Kind == EvidenceFile && given.Content == nil && given.Upload == "" {
		return e, false, invalid([]fault.Field{{Name: "file", Key: "evidence.file_missing"}})
	}
	if piece.Kind == EvidenceLink {
		given.Content, given.Upload, given.Link = nil, "", cmp.Or(given.Link, " ")
	} else {
		given.Link = ""
	}
	faults, become, err := p.take(ctx, who, &o, given)
	if become == id {
		return piece.Evidence, false, nil
	}
	if err != nil {
		return e, false, err
	}
	if len(faults) > 0 {
		return e, false, invalid(faults)
	}
	return p.Store.ReviseEvidence(ctx, who, o)
}

// Describe changes title, note and last day of a piece.
func (p Proofs) Describe(ctx context.Context, who account.Actor, id string, given Proof) error {
	piece, err := p.own(ctx, who, id)
	if err != nil {
		return err
	}
	o := EvidenceOrder{City: piece.City, ID: id, By: author(who), At: p.Now()}
	faults := o.describe(given)
	if o.Title == "" {
		faults = append(faults, fault.Field{Name: "title", Key: "evidence.title_missing"})
	}
	if len(faults) > 0 {
		return invalid(faults)
	}
	return p.Store.DescribeEvidence(ctx, who, o)
}

// Remove takes a piece out of use, or puts it back. It stays listed, and answers keep citing it.
func (p Proofs) Remove(ctx context.Context, who account.Actor, id string, removed bool) error {
	if _, err := p.own(ctx, who, id); err != nil {
		return err
	}
	return p.Store.RemoveEvidence(ctx, who, id, removed, author(who), p.Now())
}

// Content opens the content of a revision. A reading from outside the city is noted for the city to see.
func (p Proofs) Content(ctx context.Context, who account.Actor, id string, revision int) (EvidenceRevision, io.Reader, error) {
	piece, err := p.Piece(ctx, who, id)
	if err != nil {
		return EvidenceRevision{}, nil, err
	}
	r, content, err := p.Store.EvidenceContent(ctx, who, id, revision)
	if err != nil || who.Role.OfCity() {
		return r, content, err
	}
	return r, content, p.Store.Record(ctx, Event{At: p.Now(), Actor: author(who), City: piece.City, Action: "evidence.view", Subject: id, Detail: "revision " + strconv.Itoa(revision)})
}

// Expire does the daily work: it tells people of evidence that ends soon or has ended, and takes away contents that
// nothing refers to and uploads that nobody goes on with. It may run as often as it likes: nobody is told twice. It returns how many pieces people were told of.
func (p Proofs) Expire(ctx context.Context, now time.Time) (int, error) {
	told, err := p.Store.WarnOfExpiry(ctx, now, now.Add(expiresSoon))
	if err != nil {
		return told, err
	}
	if _, err = p.Store.SweepBlobs(ctx); err != nil {
		return told, err
	}
	return told, p.Store.SweepUploads(ctx, now.Add(-UploadKept))
}

func (p Proofs) find(ctx context.Context, who account.Actor, id string, do account.Action) (Assessment, error) {
	a, err := p.Store.Assessment(ctx, who, id)
	if err == nil && !account.Allowed(who.Role, do) {
		err = forbidden()
	}
	return a, err
}

func forbidden() error { return fault.New(fault.Forbidden, "fault.forbidden", nil) }

// own finds a piece that the actor may change.
func (p Proofs) own(ctx context.Context, who account.Actor, id string) (Piece, error) {
	piece, err := p.Store.Piece(ctx, who, id)
	if err == nil && !account.Allowed(who.Role, account.WriteEvidence) {
		err = forbidden()
	}
	return piece, err
}

func (p Proofs) indicator(a Assessment, id string) *survey.Indicator {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	if in, ok := p.Questionnaires.Find(code, version); ok {
		return in.Indicator(id)
	}
	return nil
}

// citable tells whether something may be cited for an indicator now.
func (p Proofs) citable(a Assessment, indicator string) error {
	switch {
	case p.indicator(a, indicator) == nil:
		return fault.New(fault.NotFound, "fault.not_found", nil)
	case !a.TakesChanges():
		return closed(a)
	}
	return nil
}

// describe takes title, note and last day.
func (o *EvidenceOrder) describe(given Proof) (faults []fault.Field) {
	o.Title, o.Note = strings.Join(strings.Fields(given.Title), " "), strings.TrimSpace(given.Note)
	faults = append(long("title", o.Title, evidence.MaxTitle), long("note", o.Note, evidence.MaxNote)...)
	if day := strings.TrimSpace(given.Expires); day != "" {
		t, err := time.Parse(time.DateOnly, day)
		if err != nil || t.Year() < 1990 || t.Year() > 2200 {
			return append(faults, fault.Field{Name: "expires", Key: "evidence.day_bad"})
		}
		o.Expires = t
	}
	return faults
}

// contain takes what the piece is: a file, or a link.
func (o *EvidenceOrder) contain(given Proof) (faults []fault.Field, err error) {
	if given.Content == nil && given.Name == "" {
		o.Kind = EvidenceLink
		link, bad := evidence.CleanLink(given.Link)
		if bad != nil {
			faults = append(faults, *bad)
		}
		o.URL = link
		return faults, nil
	}
	o.Kind, o.Content = EvidenceFile, given.Content
	o.File, err = evidence.Inspect(given.Name, given.Content, given.Size)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return f.Fields, nil
	}
	if strings.TrimSpace(given.Link) != "" {
		faults = append(faults, fault.Field{Name: "url", Key: "evidence.both"})
	}
	return faults, err
}

// long names a text that cannot be kept.
func long(name, text string, limit int) []fault.Field {
	if _, bad := survey.CleanText(text, limit); bad != nil {
		bad.Name = name
		return []fault.Field{*bad}
	}
	return nil
}

func invalid(faults []fault.Field) error {
	return fault.New(fault.Invalid, "evidence.refused", nil).WithFields(faults...)
}
