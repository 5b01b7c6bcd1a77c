package store

import (
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/review"
)

// stateOf is the state of an assessment: what is kept of it, or, while the city alone works on it, whether anything was saved.
func stateOf(kept string, saved bool) review.State {
	switch {
	case kept != "":
		return review.State(kept)
	case saved:
		return review.Collecting
	}
	return review.Draft
}

// advance gives an assessment the next number of its round, so that comparisons in memory read it anew. The row of the round is
// taken last in a transaction, after the assessment's own.
func (s *Store) advance(tx *gorm.DB, city, id string) error {
	if err := s.run(tx, "UPDATE round SET moved = moved + 1 WHERE id = (SELECT a.round_id FROM assessment a WHERE a.city_id = ? AND a.id = ?)", city, id); err != nil {
		return err
	}
	return s.run(tx, "UPDATE assessment SET moved = (SELECT r.moved FROM round r WHERE r.id = round_id) WHERE city_id = ? AND id = ?", city, id)
}

// step takes a step: it asks the state machine, keeps the new state and the stamp of handing in, and appends the line to the
// audit log. It belongs to every act that review.Step names except Write; the ledger holds the locks, so that of two
// that race the second sees what the first has done. Detail never holds an answer or a reason.
func (l *ledger) step(what review.Step, by assessment.Author, at time.Time, detail string) error {
	next, err := review.Next(l.state, what, by.Role)
	if err != nil {
		return err
	}
	if next != l.state {
		state := string(next)
		if next == review.Draft || next == review.Collecting {
			state = ""
		}
		stamp := maybe(l.handedIn)
		switch what {
		case review.Submit:
			stamp = maybe(at)
			err = l.s.run(l.tx, "UPDATE assessment SET state = ?, handed_in = ?, handed_in_by = ? WHERE city_id = ? AND id = ?", state, stamp, by.Account, l.city, l.id)
		case review.Reopen:
			err = l.s.run(l.tx, "UPDATE assessment SET state = ?, handed_in = NULL, handed_in_by = '' WHERE city_id = ? AND id = ?", state, l.city, l.id)
		default:
			err = l.s.run(l.tx, "UPDATE assessment SET state = ? WHERE city_id = ? AND id = ?", state, l.city, l.id)
		}
		if err != nil {
			return err
		}
		if err := l.s.advance(l.tx, l.city, l.id); err != nil {
			return err
		}
		l.state, l.handedIn = next, from(stamp)
		if !next.HandedIn() {
			l.handedIn = time.Time{}
		}
	}
	l.by, l.at = by, kept(at)
	action, older := map[review.Step]string{review.Submit: "hand_in", review.Reopen: "hand_in.undo", review.Consent: "sign_off",
		review.SendBack: "sign_off.refuse", review.AskSignOff: "sign_off.ask", review.Judge: "evidence.judge"}[what]
	if !older {
		action = "review." + string(what)
	}
	return l.audit(action, l.id, detail)
}
