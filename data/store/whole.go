package store

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/review"
	"migov/assessment/score"
)

// wholes is how many cities come into the database in one transaction.
const wholes = 250

// AddWholes brings made-up cities with their complete assessments into a round of a database of demonstration data, past the use
// cases: a hundred thousand would take hours through them. What comes out is what they would have kept, the log of revisions
// included; only the audit log has one line for each transaction, and a snapshot stands only where a profile was made from it.
func (s *Store) AddWholes(ctx context.Context, round assessment.Round, all iter.Seq2[assessment.Whole, error], by assessment.Author) (cities int, err error) {
	next, stop := iter.Pull2(all)
	defer stop()
	for {
		var some []assessment.Whole
		for len(some) < wholes {
			w, err, more := next()
			if err != nil {
				return cities, err
			}
			if !more {
				break
			}
			some = append(some, w)
		}
		if len(some) == 0 {
			return cities, nil
		}
		if err := s.transact(ctx, func(tx *gorm.DB) error { return s.addWholes(tx, round, some, by) }); err != nil {
			return cities, err
		}
		cities += len(some)
	}
}

func (s *Store) addWholes(tx *gorm.DB, round assessment.Round, some []assessment.Whole, by assessment.Author) error {
	now := kept(time.Now())
	var moved int64
	if err := s.run(tx, "UPDATE round SET moved = moved + ? WHERE id = ?", len(some), round.ID); err != nil {
		return err
	}
	if err := s.row(tx, "SELECT moved FROM round WHERE id = ?", []any{round.ID}, &moved); err != nil {
		return err
	}
	moved -= int64(len(some))
	role := string(by.Role)
	cities := s.lines(tx, "city ("+cityColumns+", created)", "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?")
	places := s.lines(tx, "assessment (city_id, id, round_id, perspective, state, handed_in, handed_in_by, created, moved, beside)", "?, ?, ?, ?, ?, ?, '', ?, ?, 1")
	scores := s.lines(tx, "score (city_id, assessment_id, seq, method, marks, numbers, answered, settled, changed)", "?, ?, ?, ?, ?, ?, ?, ?, ?")
	powers := s.lines(tx, "power (city_id, assessment_id, indicator, version, holder, reason, by_account, by_role, at)", "?, ?, ?, 1, ?, ?, '', '"+role+"', ?")
	answers := s.lines(tx, `answer (city_id, assessment_id, indicator, version, value, non_answer, explanation, evidence, confidence, earlier,
		changed_value, changed_explanation, changed_evidence, changed_confidence, by_account, by_role, at)`, "?, ?, ?, 1, ?, ?, ?, ?, ?, '', 1, ?, ?, ?, '', '"+role+"', ?")
	snapshots := s.lines(tx, "snapshot (city_id, assessment_id, revision, reference, seq, instrument, method, hash, content, by_account, by_role, at)",
		"?, ?, 1, ?, ?, ?, ?, ?, ?, '', '"+role+"', ?")
	publications := s.lines(tx, `publication (city_id, assessment_id, id, revision, scope, audience, terms, hash, profile, by_account, by_role, at, withdrawn_by, withdrawn_role)`,
		"?, ?, ?, 1, 'numbers', 'peers', ?, ?, ?, '', '"+string(account.Approver)+"', ?, '', ''")
	ids := make([][2]string, len(some)) // of city and assessment
	for i, w := range some {
		for j := range ids[i] {
			var err error
			if ids[i][j], err = newID(); err != nil {
				return err
			}
		}
		c, city := w.City, ids[i][0]
		cities.add(city, c.Code, c.Name, c.Country, c.Fictional, c.Region, c.Locode, c.Population, strings.Join(c.Roles, ","), c.Income, now)
	}
	if err := cities.end(); err != nil { // each table points to the one before
		return err
	}
	for i, w := range some {
		city, id := ids[i][0], ids[i][1]
		state, handedIn, move := "", (*time.Time)(nil), int64(0)
		if w.State.HandedIn() {
			state, handedIn, move = string(w.State), maybe(w.Moved), moved+int64(i)+1
		}
		places.add(city, id, round.ID, string(assessment.Officials), state, handedIn, now, move)
	}
	if err := places.end(); err != nil {
		return err
	}
	for i, w := range some {
		city, id := ids[i][0], ids[i][1]
		seq := len(w.Powers) + len(w.Answers)
		scores.add(city, id, seq, score.MethodVersion, w.Marks, w.Numbers, w.Answered, w.Settled, maybe(w.Changed))
		at := kept(w.Changed)
		for _, p := range w.Powers {
			powers.add(city, id, p.Indicator, string(p.Holder), p.Reason, at)
		}
		for _, a := range w.Answers {
			answers.add(city, id, a.Indicator, a.Value, string(a.NonAnswer), a.Explanation, a.Evidence, string(a.Confidence), count(a.Explanation != ""), count(a.Evidence != ""), count(a.Confidence != ""), at)
		}
		if w.State != review.Published {
			continue
		}
		of, err := newID()
		if err != nil {
			return err
		}
		snapshots.add(city, id, w.Reference, seq, round.Instrument, score.MethodVersion, w.DocumentHash, w.Document, kept(w.Moved))
		publications.add(city, id, of, w.ProfileTerms, w.ProfileHash, w.Profile, kept(w.Moved))
	}
	for _, l := range []*lines{scores, powers, answers, snapshots, publications} {
		if err := l.end(); err != nil {
			return err
		}
	}
	// The log tells the powers first, then the answers, each with all its fields (15) at version 1; a field in which nothing is said has not changed.
	const logged = `INSERT INTO revision (city_id, assessment_id, seq, subject, indicator, mutation, digest, fields, conflict, base, version,
		value, non_answer, explanation, evidence, confidence, holder, reason, source, by_account, by_role, at) SELECT x.city_id, x.assessment_id, `
	err := s.run(tx, logged+`ROW_NUMBER() OVER (PARTITION BY x.city_id ORDER BY x.indicator), 'power', x.indicator, NULL, '', 0, 0, 0, 1,
		'', '', '', '', '', x.holder, x.reason, 'demo', x.by_account, x.by_role, x.at FROM power x WHERE x.city_id BETWEEN ? AND ?`, ids[0][0], ids[len(ids)-1][0])
	if err != nil {
		return err
	}
	err = s.run(tx, logged+`(SELECT COUNT(*) FROM power p WHERE p.city_id = x.city_id) + ROW_NUMBER() OVER (PARTITION BY x.city_id ORDER BY x.indicator), 'answer', x.indicator, NULL, '', 15, 0, 0, 1,
		x.value, x.non_answer, x.explanation, x.evidence, x.confidence, '', '', 'demo', x.by_account, x.by_role, x.at FROM answer x WHERE x.city_id BETWEEN ? AND ?`, ids[0][0], ids[len(ids)-1][0])
	if err != nil {
		return err
	}
	return s.record(tx, assessment.Event{At: time.Now(), Actor: by, Action: "demo.generate", Subject: round.ID, Detail: strconv.Itoa(len(some)) + " cities"})
}

// lines inserts many rows with few statements.
type lines struct {
	s           *Store
	tx          *gorm.DB
	into, marks string
	most        int // rows in a statement
	args        []any
	rows        int
	full        string // the statement of most rows
	err         error
}

// mostMarks is how many arguments a statement has at most.
const mostMarks = 900

// lines prepares to insert rows into columns; the marks are those of one row.
func (s *Store) lines(tx *gorm.DB, into, marks string) *lines {
	return &lines{s: s, tx: tx, into: into, marks: "(" + marks + ")", most: mostMarks / strings.Count(marks, "?")}
}

func (l *lines) add(args ...any) {
	if l.err != nil {
		return
	}
	l.args = append(l.args, args...)
	if l.rows++; l.rows == l.most {
		l.err = l.write()
	}
}

func (l *lines) write() error {
	if l.rows == 0 {
		return nil
	}
	text := l.full
	if l.rows < l.most || text == "" {
		text = "INSERT INTO " + l.into + " VALUES " + l.marks + strings.Repeat(", "+l.marks, l.rows-1)
	}
	if l.rows == l.most {
		l.full = text
	}
	err := l.s.run(l.tx, text, l.args...)
	l.args, l.rows = l.args[:0], 0
	return err
}

// end writes what is left.
func (l *lines) end() error {
	if l.err != nil {
		return l.err
	}
	return l.write()
}
