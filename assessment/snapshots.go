package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Snapshots reads what was handed in, as it was.
type Snapshots struct {
	Store interface {
		Finder
		Recorder
		SnapshotReader
	}
	Besides *Besides
	Looks   *Looks // notes reading from outside; nil: nobody reads from outside
	Now     func() time.Time
}

// SnapshotReader reads snapshots. Writing them is part of handing in, and of giving back after questions.
type SnapshotReader interface {
	// Snapshot returns the head and the document of a snapshot of an assessment within reach; revision 0 is the newest. It is a
	// fault of kind NotFound where there is none.
	Snapshot(ctx context.Context, who account.Actor, assessment string, revision int) (SnapshotHead, []byte, error)
	// SnapshotByHash finds a snapshot by its SHA-256 in hex, whoever asks: who knows it holds the document already. The head
	// says nothing about who handed in.
	SnapshotByHash(ctx context.Context, hash string) (head SnapshotHead, found bool, err error)
}

// Reopening says why an assessment was given back to the city.
type Reopening struct {
	Revision int // the newest snapshot at that time; 0 for none
	Reason   string
	By       Author
	At       time.Time
}

// List returns the heads of the snapshots of an assessment within reach, newest first, and why it was reopened, newest first.
// An assessment that was handed in before there were snapshots has none.
func (s Snapshots) List(ctx context.Context, who account.Actor, id string) (Assessment, []SnapshotHead, []Reopening, error) {
	a, err := s.find(ctx, who, id)
	if err != nil {
		return a, nil, nil, err
	}
	b, err := s.Besides.Of(ctx, who, a)
	return a, b.Snapshots, b.Reopenings, err
}

// Document returns a snapshot of an assessment within reach with the bytes of its document, after looking that they still
// have their hash; revision 0 is the newest.
func (s Snapshots) Document(ctx context.Context, who account.Actor, id string, revision int) (SnapshotHead, []byte, error) {
	a, err := s.find(ctx, who, id)
	if err != nil {
		return SnapshotHead{}, nil, err
	}
	if err := s.Looks.Note(ctx, who, a); err != nil {
		return SnapshotHead{}, nil, err
	}
	head, content, err := s.Store.Snapshot(ctx, who, id, revision)
	if err != nil {
		return head, nil, err
	}
	if !who.Role.OfCity() && who.Role != account.Operator {
		head.By.Name = ""
	}
	_, err = snapshot.Check(content, head.Hash)
	return head, content, err
}

// Export is Document for taking away; it notes that in the audit log.
func (s Snapshots) Export(ctx context.Context, who account.Actor, id string, revision int) (SnapshotHead, []byte, error) {
	if !account.Allowed(who.Role, account.ExportAnswers) {
		if _, err := s.find(ctx, who, id); err != nil {
			return SnapshotHead{}, nil, err
		}
		return SnapshotHead{}, nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	head, content, err := s.Document(ctx, who, id, revision)
	if err != nil {
		return head, nil, err
	}
	a, err := s.find(ctx, who, id)
	if err != nil {
		return head, nil, err
	}
	return head, content, s.Store.Record(ctx, Event{At: s.Now(), Actor: author(who), City: a.City.ID, Action: "export", Subject: id, Detail: "snapshot " + head.Reference})
}

// Match tells whether a hash is that of a snapshot kept here. With a reference it is found only when that names the same one;
// an unknown reference and another one's hash look the same. It says nothing of what the snapshot holds.
func (s Snapshots) Match(ctx context.Context, reference, hash string) (SnapshotHead, bool, error) {
	hash = strings.ToLower(strings.Join(strings.Fields(hash), ""))
	if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return SnapshotHead{}, false, fault.New(fault.Invalid, "verify.hash_form", nil).WithFields(fault.Field{Name: "hash", Key: "verify.hash_form"})
	}
	head, found, err := s.Store.SnapshotByHash(ctx, hash)
	if err != nil || !found {
		return SnapshotHead{}, false, err
	}
	if reference != "" {
		if r, ok := snapshot.ParseReference(reference); !ok || r != head.Reference {
			return SnapshotHead{}, false, nil
		}
	}
	return head, true, nil
}

func (s Snapshots) find(ctx context.Context, who account.Actor, id string) (Assessment, error) {
	a, err := s.Store.Assessment(ctx, who, id)
	if err == nil && !account.Allowed(who.Role, account.ReadAssessment) {
		err = fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	return a, err
}

// NewDocument makes the document of a snapshot from what is kept. Evidence that was removed supports nothing and is left out.
func NewDocument(a Assessment, scheme *score.Scheme, revision int, sheet Sheet, b Beside) snapshot.Document {
	in := scheme.Instrument()
	d := snapshot.Document{Format: snapshot.Format, Revision: revision, City: snapshot.Named{Code: a.City.Code, Name: a.City.Name},
		Round: snapshot.Named{Code: a.Round.Code, Name: a.Round.Title}, Perspective: string(a.Perspective),
		Instrument: snapshot.Instrument{Name: in.Name(), Hash: in.Hash}, Method: score.MethodVersion,
		Answers: []snapshot.Answer{}, Powers: []snapshot.Power{}, Citations: []snapshot.Citation{}}
	for id, k := range sheet.Answers {
		d.Answers = append(d.Answers, snapshot.Answer{Indicator: id, Version: k.Version, Value: k.Value, NonAnswer: string(k.NonAnswer), Explanation: k.Explanation,
			Evidence: k.Evidence, Confidence: string(k.Confidence), Role: string(k.By.Role)})
	}
	for id, p := range sheet.Powers {
		if p.Holder != "" {
			d.Powers = append(d.Powers, snapshot.Power{Indicator: id, Holder: string(p.Holder), Reason: p.Reason, Version: p.Version})
		}
	}
	for _, c := range b.Citations {
		i := slices.IndexFunc(b.Evidence, func(e Evidence) bool { return e.ID == c.Evidence && e.Removed.IsZero() })
		if i < 0 {
			continue
		}
		e := b.Evidence[i]
		d.Citations = append(d.Citations, snapshot.Citation{Indicator: c.Indicator, Evidence: e.ID, Revision: e.Revision, Title: e.Title, Kind: string(e.Kind),
			SHA256: e.SHA256, Link: e.URL, Passage: c.Passage})
	}
	slices.SortFunc(d.Answers, func(a, b snapshot.Answer) int { return strings.Compare(a.Indicator, b.Indicator) })
	slices.SortFunc(d.Powers, func(a, b snapshot.Power) int { return strings.Compare(a.Indicator, b.Indicator) })
	slices.SortFunc(d.Citations, func(a, b snapshot.Citation) int {
		if a.Indicator != b.Indicator {
			return strings.Compare(a.Indicator, b.Indicator)
		}
		return strings.Compare(a.Evidence, b.Evidence)
	})
	var n score.Numbers
	scheme.Numbers(scheme.Marks(d.Sheet()), &n)
	d.Numbers = snapshot.NumbersOf(scheme, n)
	return d
}

// Reopen gives an assessment back to the city with a reason, which the city reads. What was handed in stays as it is; what is
// handed in next is a new revision.
func (d Drafts) Reopen(ctx context.Context, who account.Actor, id, reason string) (Assessment, error) {
	if _, _, err := d.find(ctx, who, id, account.UndoHandIn); err != nil {
		return Assessment{}, err
	}
	reason, bad := survey.CleanText(strings.TrimSpace(reason), survey.SoftText)
	if bad == nil && reason == "" {
		bad = &fault.Field{Key: "review.reason_missing"}
	}
	if bad != nil {
		bad.Name = "reason"
		return Assessment{}, fault.New(fault.Invalid, bad.Key, bad.Args).WithFields(*bad)
	}
	return d.Store.Reopen(ctx, who, id, reason, author(who), d.Now())
}
