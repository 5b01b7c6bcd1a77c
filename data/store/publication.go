package store

import (
	"context"
	"database/sql"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/assessment/review"
)

// Publish implements assessment.Publisher. It takes the same locks as every other step, so that of a publication and a
// withdrawal at the same moment the second sees what the first has done.
func (s *Store) Publish(ctx context.Context, who account.Actor, o assessment.PublishOrder) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, o.Assessment)
		if err != nil {
			return err
		}
		x, was := o.Publication, l.state
		outward := publish.Audience(x.Audience).Outward()
		detail := x.Audience + ": " + strings.Join(x.Scope, ",")
		switch {
		case outward:
			err = l.step(review.Publish, x.By, x.At, detail)
		case was == review.Published:
			err = l.step(review.Withdraw, x.By, x.At, detail)
		case was == review.Private: // it stays so; what is consented to is another thing
			err = l.same(review.KeepPrivate, x.By, x.At, detail)
		default:
			err = l.step(review.KeepPrivate, x.By, x.At, detail)
		}
		if err != nil {
			return err
		}
		head, err := l.lastSnapshot()
		if err == nil && (head.Hash != o.SnapshotHash || head.Revision != x.Revision) {
			err = fault.New(fault.Conflict, "publish.moved", nil)
		}
		if err != nil {
			return err
		}
		if _, err := l.endPublications(); err != nil {
			return err
		}
		id, err := newID()
		if err != nil {
			return err
		}
		err = s.run(tx, `INSERT INTO publication (city_id, assessment_id, id, revision, scope, audience, terms, hash, profile, by_account, by_role, at, withdrawn_by, withdrawn_role)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')`, l.city, l.id, id, x.Revision, strings.Join(x.Scope, ","), x.Audience, x.Terms, x.Hash, o.Profile,
			x.By.Account, string(x.By.Role), kept(x.At))
		if err != nil {
			return err
		}
		state := ""
		switch {
		case outward:
			state = "published"
		case was == review.Published:
			state = "withdrawn"
		}
		return l.tellPublication(state)
	})
}

// KeepPrivate implements assessment.Publisher.
func (s *Store) KeepPrivate(ctx context.Context, who account.Actor, id string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err == nil {
			err = l.step(review.KeepPrivate, by, at, "")
		}
		if err != nil {
			return err
		}
		return l.tellPublication("")
	})
}

// Withdraw implements assessment.Publisher. A consent that shows nothing to others ends, too, without a change of state.
func (s *Store) Withdraw(ctx context.Context, who account.Actor, id string, by assessment.Author, at time.Time) error {
	return s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.lockLedger(tx, who, id)
		if err != nil {
			return err
		}
		l.by, l.at = by, kept(at)
		was := l.state
		ended, err := l.endPublications()
		switch {
		case err != nil:
			return err
		case was == review.Published || ended == 0:
			err = l.step(review.Withdraw, by, at, "")
		default:
			err = l.same(review.Withdraw, by, at, "")
		}
		if err != nil {
			return err
		}
		state := ""
		if was == review.Published {
			state = "withdrawn"
		}
		return l.tellPublication(state)
	})
}

// same notes a step that leaves the state as it is, for a role that may take it.
func (l *ledger) same(what review.Step, by assessment.Author, at time.Time, detail string) error {
	if !review.May(by.Role, what) {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	l.by, l.at = by, kept(at)
	return l.audit("review."+string(what), l.id, detail)
}

// endPublications ends what stands, and returns how many that were.
func (l *ledger) endPublications() (int64, error) {
	return l.s.count(l.tx, "UPDATE publication SET withdrawn = ?, withdrawn_by = ?, withdrawn_role = ? WHERE city_id = ? AND assessment_id = ? AND withdrawn IS NULL",
		l.at, l.by.Account, string(l.by.Role), l.city, l.id)
}

// tellPublication ends a step: what stands beside the assessment has changed, and where others see a difference, the team and
// the analysts of the round are told of the new state.
func (l *ledger) tellPublication(state string) error {
	if err := l.s.touch(l.tx, l.city, l.id); err != nil {
		return err
	}
	if err := l.s.advance(l.tx, l.city, l.id); err != nil || state == "" { // a consent changes who may be compared, even where the state stays
		return err
	}
	p, err := l.s.onePlaced(l.tx, l.id, operator)
	if err != nil {
		return err
	}
	return l.s.tellHandIn(l.tx, p.assessment(), assessment.NoticeStates[state], l.by, l.at)
}

// peer asks whether a city shows its own to peers or to everybody in the round of assessment a; its argument is the city.
const peer = `EXISTS (SELECT 1 FROM publication q JOIN assessment b ON b.city_id = q.city_id AND b.id = q.assessment_id
	WHERE q.city_id = ? AND b.round_id = a.round_id AND q.withdrawn IS NULL AND q.audience IN ('peers', 'public'))`

const shownColumns = `SELECT x.id, a.id, x.audience, x.hash, x.at, x.withdrawn, c.id, c.code, c.name, c.country, c.fictional, r.id, r.code, r.title, ` + peer

func scanShown(found *sql.Rows) (x assessment.Shown, err error) {
	var withdrawn *time.Time
	err = found.Scan(&x.ID, &x.Assessment, &x.Audience, &x.Hash, &x.At, &withdrawn, &x.City.ID, &x.City.Code, &x.City.Name, &x.City.Country, &x.City.Fictional,
		&x.Round.ID, &x.Round.Code, &x.Round.Title, &x.Peer)
	x.At, x.Withdrawn = x.At.UTC(), from(withdrawn)
	return x, err
}

// cityOf is the city of people of a city; nobody's otherwise.
func cityOf(who account.Actor) string {
	if who.Role.OfCity() {
		return who.City
	}
	return ""
}

// Shown implements assessment.Publisher: by the codes of city and round, which are unique, and then by keys.
func (s *Store) Shown(ctx context.Context, who account.Actor, city, round string) (out assessment.Shown, err error) {
	err = s.rows(s.read.WithContext(ctx), shownColumns+` FROM city c JOIN assessment a ON a.city_id = c.id JOIN round r ON r.id = a.round_id
		JOIN publication x ON x.city_id = a.city_id AND x.assessment_id = a.id WHERE c.code = ? AND r.code = ?
		ORDER BY CASE WHEN x.withdrawn IS NULL THEN 0 ELSE 1 END, x.at DESC, x.id DESC`, []any{cityOf(who), city, round}, func(found *sql.Rows) error {
		x, err := scanShown(found)
		if out.ID == "" {
			out = x
		}
		if x.Audience == publish.Public && !x.Withdrawn.IsZero() {
			out.Earlier = append(out.Earlier, assessment.PastProfile{Hash: x.Hash, At: x.Withdrawn})
		}
		return err
	})
	if err == nil && out.ID == "" {
		err = missing()
	}
	return out, s.known(err)
}

// Profile implements assessment.Publisher.
func (s *Store) Profile(ctx context.Context, x assessment.Shown) (content []byte, err error) {
	err = s.row(s.read.WithContext(ctx), "SELECT profile FROM publication WHERE city_id = ? AND assessment_id = ? AND id = ?", []any{x.City.ID, x.Assessment, x.ID}, &content)
	return content, s.known(err)
}

// Publications implements assessment.Publisher.
func (s *Store) Publications(ctx context.Context, who account.Actor) (all []assessment.Shown, err error) {
	err = s.rows(s.read.WithContext(ctx), shownColumns+` FROM publication x JOIN assessment a ON a.city_id = x.city_id AND a.id = x.assessment_id
		JOIN city c ON c.id = x.city_id JOIN round r ON r.id = a.round_id WHERE x.withdrawn IS NULL AND x.audience IN ('peers', 'public') ORDER BY r.due, r.code`,
		[]any{cityOf(who)}, func(found *sql.Rows) error {
			x, err := scanShown(found)
			all = append(all, x)
			return err
		})
	byName(all, func(x assessment.Shown) string { return x.City.Name })
	return all, s.known(err)
}

// PublishedFile implements assessment.Publisher. Its name is not told: the city may have put anything there.
func (s *Store) PublishedFile(ctx context.Context, x assessment.Shown, sha256 string) (r assessment.EvidenceRevision, content io.Reader, err error) {
	r.SHA256 = sha256
	err = s.row(s.read.WithContext(ctx), "SELECT media, size FROM evidence_revision WHERE city_id = ? AND sha256 = ? LIMIT 1", []any{x.City.ID, sha256}, &r.Media, &r.Size)
	if err != nil {
		return r, nil, s.known(err)
	}
	content, err = s.openBlob(ctx, x.City.ID, r)
	return r, content, err
}
