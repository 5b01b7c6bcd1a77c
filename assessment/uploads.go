package assessment

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
)

// A file may come in chunks, so that a line that breaks costs a chunk and not the file. The protocol is the core of tus
// (begin, ask how far it has come, append at an offset) in the words of this API. The libraries of tus were looked at and
// left: tus-js-client alone weighs 14 KB compressed, more than all scripts that a page of ours may have, and the handler of
// tusd has sign-in, permissions, errors in four languages and the description of the API outside, which is most of the work here.

// Bounds of uploads.
const (
	UploadKept     = 24 * time.Hour // after the last chunk
	UploadsPerHour = 60             // of one person, each file counted once (trust.md 3.2)
	maxUploadKey   = 200            // bytes
)

// Upload is a file on its way in chunks. It belongs to a person, who alone can go on with it, and to a city.
type Upload struct {
	ID       string
	City     string // id
	Account  string // id
	Key      string // tells this file from others of the person; the SHA-256 of its content in hex where that is known
	Name     string // clean
	Size     int64  // bytes
	Received int64  // bytes, from the beginning
	Evidence string // id of the piece that it has become
	Seen     time.Time
}

// Uploads keeps files on their way. Whatever is not the actor's own, or was last seen before since, does not exist for it.
type Uploads interface {
	// BeganUpload finds what the actor has begun with a key; NotFound when there is none that can be gone on with.
	BeganUpload(ctx context.Context, who account.Actor, city, key string, size int64, since time.Time) (Upload, error)
	// BeginUpload begins an upload, unless one with the same key was begun at the same moment: then it returns that. A file
	// for which the library has no room, beside what is on its way already, is refused.
	BeginUpload(ctx context.Context, who account.Actor, u Upload, since time.Time) (Upload, error)
	Upload(ctx context.Context, who account.Actor, city, id string, since time.Time) (Upload, error)
	// AppendUpload appends a chunk, if evidence.Follows lets it.
	AppendUpload(ctx context.Context, who account.Actor, city, id string, offset int64, chunk []byte, since, at time.Time) (Upload, error)
	// UploadContent reads what was received.
	UploadContent(ctx context.Context, u Upload) io.ReaderAt
	DropUpload(ctx context.Context, u Upload) error
	// SweepUploads takes away what was last seen before a time.
	SweepUploads(ctx context.Context, before time.Time) error
	// Try notes one more of something that a key may do so often since a time, or tells that it was done too often.
	Try(ctx context.Context, limits []TryLimit, since, at time.Time) (ok bool, err error)
	// FirstTry is the time of the oldest of them.
	FirstTry(ctx context.Context, key string, since time.Time) (time.Time, error)
}

// Begin begins to take a file in chunks for the library of the assessment's city. Whoever began with the same key before
// goes on: Received says where.
func (p Proofs) Begin(ctx context.Context, who account.Actor, id, name string, size int64, key string) (Upload, error) {
	a, err := p.find(ctx, who, id, account.WriteEvidence)
	if err != nil {
		return Upload{}, err
	}
	if key == "" || len(key) > maxUploadKey || strings.ContainsRune(key, 0) {
		return Upload{}, fault.New(fault.Invalid, "fault.request", nil)
	}
	if err := evidence.Takes(name, size); err != nil {
		return Upload{}, err
	}
	now := p.Now()
	u, err := p.Store.BeganUpload(ctx, who, a.City.ID, key, size, now.Add(-UploadKept))
	if !fault.Is(err, fault.NotFound) {
		return u, err
	}
	if err := p.once(ctx, who); err != nil {
		return u, err
	}
	u = Upload{City: a.City.ID, Account: who.Account, Key: key, Name: evidence.Clean(name), Size: size, Seen: now}
	return p.Store.BeginUpload(ctx, who, u, now.Add(-UploadKept))
}

// Began tells how far an upload has come.
func (p Proofs) Began(ctx context.Context, who account.Actor, id, upload string) (Upload, error) {
	a, err := p.find(ctx, who, id, account.WriteEvidence)
	if err != nil {
		return Upload{}, err
	}
	return p.Store.Upload(ctx, who, a.City.ID, upload, p.Now().Add(-UploadKept))
}

// Append takes the chunk that begins at an offset. One that is out of turn is a Conflict whose argument Offset says where to go on.
func (p Proofs) Append(ctx context.Context, who account.Actor, id, upload string, offset int64, chunk []byte) (Upload, error) {
	a, err := p.find(ctx, who, id, account.WriteEvidence)
	if err != nil {
		return Upload{}, err
	}
	now := p.Now()
	return p.Store.AppendUpload(ctx, who, a.City.ID, upload, offset, chunk, now.Add(-UploadKept), now)
}

// once counts a file that a person sends, and refuses one too many within an hour.
func (p Proofs) once(ctx context.Context, who account.Actor) error {
	if who.Account == "" { // the program itself
		return nil
	}
	now := p.Now()
	limit := TryLimit{Key: "upload:" + who.Account, Most: UploadsPerHour}
	ok, err := p.Store.Try(ctx, []TryLimit{limit}, now.Add(-time.Hour), now)
	if err != nil || ok {
		return err
	}
	first, err := p.Store.FirstTry(ctx, limit.Key, now.Add(-time.Hour))
	if err != nil {
		return err
	}
	f := fault.New(fault.TooMany, "evidence.too_many_files", fault.Args{"Count": UploadsPerHour})
	f.Retry = max(first.Add(time.Hour).Sub(now), time.Second)
	f.Args["Minutes"] = int((f.Retry + time.Minute - 1) / time.Minute)
	return f.WithFields(fault.Field{Name: "file", Key: f.Key, Args: f.Args})
}

// take takes what a piece is to be, and counts what comes as a whole. Where an upload has become a piece before, because a
// reply was lost or another tab was faster, it names that piece and nothing else.
func (p Proofs) take(ctx context.Context, who account.Actor, o *EvidenceOrder, given Proof) (faults []fault.Field, become string, err error) {
	if given.Upload == "" {
		if given.Content != nil {
			if err := p.once(ctx, who); err != nil {
				return nil, "", err
			}
		}
		faults, err = o.contain(given)
		return faults, "", err
	}
	u, err := p.Store.Upload(ctx, who, o.City, given.Upload, p.Now().Add(-UploadKept))
	switch {
	case err != nil:
		return nil, "", err
	case u.Evidence != "":
		return nil, u.Evidence, fault.New(fault.NotFound, "fault.not_found", nil)
	case u.Received < u.Size:
		return nil, "", fault.New(fault.Conflict, "evidence.chunk_order", fault.Args{"Offset": u.Received})
	}
	o.Upload = u.ID
	given.Name, given.Content, given.Size = u.Name, p.Store.UploadContent(ctx, u), u.Size
	faults, err = o.contain(given)
	if fault.Is(err, fault.NotFound) { // another tab was faster by less than the look at the content took
		if now, other := p.Store.Upload(ctx, who, o.City, u.ID, p.Now().Add(-UploadKept)); other == nil {
			return nil, now.Evidence, err
		}
	}
	if err == nil && hash.MatchString(u.Key) && o.File.SHA256 != "" && o.File.SHA256 != u.Key {
		faults = append(faults, fault.Field{Name: "file", Key: "evidence.file_changed"})
	}
	if slices.ContainsFunc(faults, func(f fault.Field) bool { return f.Name == "file" }) {
		err = p.Store.DropUpload(ctx, u) // no other word about it will make this content one that is taken
	}
	return faults, "", err
}

// hash matches a SHA-256 in hex.
var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// again answers for an upload that has become a piece before: the piece is cited, if that was asked for.
func (p Proofs) again(ctx context.Context, who account.Actor, id, piece string, given Proof) (e Evidence, same bool, err error) {
	found, err := p.Store.Piece(ctx, who, piece)
	if err == nil && given.Indicator != "" {
		err = p.Cite(ctx, who, id, given.Indicator, piece, given.Passage)
	}
	return found.Evidence, true, err
}
