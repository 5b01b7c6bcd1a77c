package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// ledger is the part of an assessment that every change moves: the next number of the revision log, the marks, the counts.
// It lives inside one transaction, which holds the locks of the assessment.
type ledger struct {
	s                 *Store
	tx                *gorm.DB
	city, id          string
	handedIn          time.Time
	state             review.State
	seq, began        int64 // of the revision log: now, and when the ledger was opened
	marks             score.Marks
	answered, settled int
	head              *head // of the audit log of the city; nil while it is not read
	scheme            *score.Scheme
	by                assessment.Author
	at                time.Time
	left              map[string]string // see assessment.SaveOrder
	asked             map[string]bool   // during a clarification, the indicators that take changes; nil: all of them
}

// lockLedger reads score and assessment within the actor's reach and, on PostgreSQL, locks both rows until the
// transaction ends, always in this one statement: two changes of one assessment stand in line, and the second reads what
// the first has written. SQLite has one writer anyway.
func (s *Store) lockLedger(tx *gorm.DB, who account.Actor, id string) (l *ledger, err error) {
	l = &ledger{s: s, tx: tx, id: id}
	const ask = `SELECT a.city_id, a.round_id, a.handed_in, a.state, s.seq, s.marks, s.answered, s.settled, `
	const newest = `(SELECT h.seq || ' ' || h.hash FROM audit h WHERE h.city_id = a.city_id AND h.seq > 0 ORDER BY h.seq DESC LIMIT 1)`
	const score = ` JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id`
	only, args := onlyAssessment(who, id)
	text := ask + newest + " FROM " + only + score
	if s.engine == PostgreSQL { // the log of the city is locked when it is written, and read after that
		text = ask + "NULL FROM assessment a" + score + " WHERE a.id = ?"
		if who.Role.OfCity() {
			text += " AND a.city_id = ?"
		}
		text += " FOR UPDATE OF s, a"
	}
	var round, state string
	var handedIn *time.Time
	var marks []byte
	var line *string
	if err := s.row(tx, text, args, &l.city, &round, &handedIn, &state, &l.seq, &marks, &l.answered, &l.settled, &line); err != nil {
		return nil, s.known(err)
	}
	if !account.Reach(who, account.Place{City: l.city, Round: round, ID: id, HandedIn: handedIn != nil}) {
		return nil, missing()
	}
	if line != nil {
		l.head = new(head)
		seq, hash, _ := strings.Cut(*line, " ")
		l.head.hash = hash
		if l.head.seq, err = strconv.ParseInt(seq, 10, 64); err != nil {
			return nil, err
		}
	}
	l.handedIn, l.began, l.state = from(handedIn), l.seq, stateOf(state, l.seq > 0)
	return l, l.marks.UnmarshalBinary(marks)
}

// openLedger locks an assessment for a change of its answers or powers, and refuses a closed one. During a clarification it
// looks which indicators take changes.
func (s *Store) openLedger(tx *gorm.DB, who account.Actor, id string, scheme *score.Scheme, by assessment.Author, at time.Time) (*ledger, error) {
	l, err := s.lockLedger(tx, who, id)
	if err != nil {
		return nil, err
	}
	if err := l.writable(); err != nil {
		return nil, err
	}
	l.scheme, l.by, l.at = scheme, by, kept(at)
	return l, nil
}

// writable refuses an assessment that takes no changes.
func (l *ledger) writable() (err error) {
	switch {
	case l.state == review.Clarification:
		l.asked, err = l.asks()
	case !l.handedIn.IsZero():
		err = fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": l.handedIn})
	}
	return err
}

// close writes the score row, if anything was added to the log.
func (l *ledger) close() error {
	if l.seq == l.began {
		return nil
	}
	return l.writeScore()
}

func (l *ledger) writeScore() error {
	var n score.Numbers
	l.scheme.Numbers(l.marks, &n)
	marks, err := l.marks.MarshalBinary()
	if err != nil {
		return err
	}
	numbers, err := n.MarshalBinary()
	if err != nil {
		return err
	}
	return l.s.run(l.tx, `UPDATE score SET seq = ?, method = ?, marks = ?, numbers = ?, answered = ?, settled = ?, changed = ? WHERE city_id = ? AND assessment_id = ?`,
		l.seq, score.MethodVersion, marks, numbers, l.answered, l.settled, maybe(l.at), l.city, l.id)
}

// Save implements assessment.Saver.
func (s *Store) Save(ctx context.Context, who account.Actor, order assessment.SaveOrder) (saved []assessment.Saved, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.openLedger(tx, who, order.Assessment, order.Scheme, order.By, order.At)
		if err != nil {
			return err
		}
		l.left = order.Left
		saved = make([]assessment.Saved, 0, len(order.Mutations))
		for _, m := range order.Mutations {
			one, err := l.mutate(order.Instrument, m)
			if err != nil {
				return err
			}
			saved = append(saved, one)
		}
		return l.close()
	})
	if err != nil {
		return nil, err
	}
	return saved, nil
}

// Choose implements assessment.Saver. It is one change: what shall stand is written and the alternatives are settled, or,
// when somebody changed the same field meanwhile, neither.
func (s *Store) Choose(ctx context.Context, who account.Actor, order assessment.SaveOrder, alternatives []string) (out assessment.Saved, err error) {
	if len(order.Mutations) != 1 {
		return out, fmt.Errorf("choose takes one mutation, not %d", len(order.Mutations))
	}
	err = s.transact(ctx, func(tx *gorm.DB) error {
		l, err := s.openLedger(tx, who, order.Assessment, order.Scheme, order.By, order.At)
		if err != nil {
			return err
		}
		m := order.Mutations[0]
		if out, err = l.mutate(order.Instrument, m); err != nil {
			return err
		}
		if out.Conflict == 0 && !out.Replay {
			if err := l.settle(m.Indicator, alternatives); err != nil {
				return err
			}
		}
		return l.close()
	})
	if err != nil {
		return assessment.Saved{}, err
	}
	return out, nil
}

// settle puts alternatives of an indicator to the history. One that is not there, or is settled already, is passed over.
func (l *ledger) settle(indicator string, alternatives []string) error {
	var settled []string
	for _, id := range alternatives {
		n, err := l.s.count(l.tx, `UPDATE alternative SET settled = ? WHERE city_id = ? AND assessment_id = ? AND id = ? AND indicator = ? AND settled IS NULL`,
			l.at, l.city, l.id, id, indicator)
		if err != nil {
			return err
		}
		if n > 0 {
			settled = append(settled, id)
		}
	}
	if len(settled) == 0 {
		return nil
	}
	// Ids of mutations hold no comma; see assessment.Accept.
	if err := l.revise(revision{subject: choiceSubject, mutation: assessment.Mutation{Indicator: indicator}, reason: strings.Join(settled, ",")}); err != nil {
		return err
	}
	return l.audit("answer.choose", l.id+"/"+indicator, "")
}

// mutate applies one mutation, or finds that it was applied before.
func (l *ledger) mutate(in *survey.Instrument, m assessment.Mutation) (out assessment.Saved, err error) {
	q := in.Indicator(m.Indicator)
	if q == nil {
		return out, fmt.Errorf("%s has no indicator %q", in.Name(), m.Indicator)
	}
	digest := m.Digest()
	now, fresh, err := l.answer(m.Indicator, m.ID)
	if err != nil {
		return out, err
	}
	if !fresh {
		if out, err = l.replay(m, digest); err != nil || out.Replay {
			return out, err
		}
	}
	if err := l.takes(m.Indicator); err != nil {
		return out, err
	}
	if l.left != nil {
		m.Base, m.Holder = beforeAll, ""
	}
	next, alternative := assessment.Merge(now, m, l.by, l.at)
	out = assessment.Saved{Mutation: m.ID, Indicator: m.Indicator, Version: next.Version, At: l.at, Hash: digest}
	if next.Version != now.Version {
		if err := l.putAnswer(next); err != nil {
			return out, err
		}
		if !in.IsContext(q) {
			l.answered += count(next.Answered()) - count(now.Answered())
			l.settled += count(next.Settled()) - count(now.Settled())
		}
		l.scheme.SetAnswer(l.marks, m.Indicator, next.Answer)
	}
	if alternative != nil {
		if err := l.putAlternative(*alternative, nil); err != nil {
			return out, err
		}
		if err := l.s.row(l.tx, "SELECT name FROM account WHERE id = ?", []any{now.By.Account}, &now.By.Name); err != nil && !isNone(err) {
			return out, err
		}
		out.Conflict, out.Alternative, out.Theirs = alternative.Fields, alternative, &now
		if l.left != nil {
			if err := l.tellLeft(m.Indicator); err != nil {
				return out, err
			}
		}
	}
	if err := l.revise(revision{subject: answerSubject, mutation: m, digest: digest, conflict: out.Conflict, version: next.Version}); err != nil {
		return out, err
	}
	if m.Holder != "" && !in.IsContext(q) && !out.Conflict.Has(assessment.ValueField) {
		if _, err := l.setPower(assessment.PowerOrder{Indicator: m.Indicator, Base: -1, Holder: m.Holder}); err != nil {
			return out, err
		}
	}
	return out, l.audit("answer.save", l.id+"/"+m.Indicator, m.Source)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// replay looks for an earlier revision with the same mutation id. The same content is answered as it was then, with
// Replay set; other content, or another assessment of the city, is a fault of the client.
func (l *ledger) replay(m assessment.Mutation, digest string) (out assessment.Saved, err error) {
	var of, was string
	var seq int64
	var conflict int
	err = l.s.row(l.tx, `SELECT assessment_id, seq, digest, version, conflict, at FROM revision WHERE city_id = ? AND mutation = ?`, []any{l.city, m.ID},
		&of, &seq, &was, &out.Version, &conflict, &out.At)
	if isNone(err) {
		return assessment.Saved{}, nil
	}
	if err != nil {
		return out, err
	}
	if was != digest || of != l.id {
		return out, mismatch()
	}
	out.Mutation, out.Indicator, out.Hash, out.Replay, out.At = m.ID, m.Indicator, digest, true, out.At.UTC()
	if conflict == 0 {
		return out, nil
	}
	log, err := l.s.revisions(l.tx, l.city, l.id, m.Indicator, seq)
	if err != nil {
		return out, err
	}
	story := newStory()
	for _, r := range log {
		now := story.answers[r.Indicator]
		if alternative := story.tell(r); r.Seq == seq && alternative != nil {
			out.Conflict, out.Alternative, out.Theirs = alternative.Fields, alternative, &now
		}
	}
	return out, nil
}

func mismatch() error { return fault.New(fault.Mismatch, "fault.mutation_mismatch", nil) }

// answer reads what is kept for an indicator, without the name of its author, and looks in the same question whether a
// mutation id was never seen in the city: fresh. Where nothing is kept yet it does not know, and says false.
func (l *ledger) answer(indicator, mutation string) (now assessment.Kept, fresh bool, err error) {
	var r answerRow
	var seen *int64
	err = l.s.row(l.tx, `SELECT x.version, x.value, x.non_answer, x.explanation, x.evidence, x.confidence, x.earlier, x.changed_value, x.changed_explanation,
		x.changed_evidence, x.changed_confidence, x.by_account, x.by_role, x.at, (SELECT r.seq FROM revision r WHERE r.city_id = ? AND r.mutation = ?)
		FROM answer x WHERE x.city_id = ? AND x.assessment_id = ? AND x.indicator = ?`,
		[]any{l.city, mutation, l.city, l.id, indicator}, &r.Version, &r.Value, &r.NonAnswer, &r.Explanation, &r.Evidence, &r.Confidence, &r.Earlier,
		&r.ChangedValue, &r.ChangedExplanation, &r.ChangedEvidence, &r.ChangedConfidence, &r.ByAccount, &r.ByRole, &r.At, &seen)
	if isNone(err) {
		return assessment.Kept{Indicator: indicator}, false, nil
	}
	r.Indicator = indicator
	return r.kept(), seen == nil, err
}

func (l *ledger) putAnswer(k assessment.Kept) error {
	return l.s.run(l.tx, `INSERT INTO answer (city_id, assessment_id, indicator, version, value, non_answer, explanation, evidence, confidence, earlier,
			changed_value, changed_explanation, changed_evidence, changed_confidence, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator) DO UPDATE SET version = excluded.version, value = excluded.value, non_answer = excluded.non_answer,
			explanation = excluded.explanation, evidence = excluded.evidence, confidence = excluded.confidence, earlier = excluded.earlier,
			changed_value = excluded.changed_value, changed_explanation = excluded.changed_explanation, changed_evidence = excluded.changed_evidence,
			changed_confidence = excluded.changed_confidence, by_account = excluded.by_account, by_role = excluded.by_role, at = excluded.at`,
		l.city, l.id, k.Indicator, k.Version, k.Value, string(k.NonAnswer), k.Explanation, k.Evidence, string(k.Confidence), k.Earlier,
		k.Changed[assessment.ValueField], k.Changed[assessment.ExplanationField], k.Changed[assessment.EvidenceField], k.Changed[assessment.ConfidenceField],
		k.By.Account, string(k.By.Role), kept(k.At))
}

func (l *ledger) putAlternative(a assessment.Alternative, settled *time.Time) error {
	return l.s.run(l.tx, `INSERT INTO alternative (city_id, assessment_id, id, indicator, fields, base, value, non_answer, explanation, evidence, confidence,
			by_account, by_role, at, settled)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.city, l.id, a.ID, a.Indicator, int(a.Fields), a.Base, a.Answer.Value, string(a.Answer.NonAnswer), a.Answer.Explanation, a.Answer.Evidence,
		string(a.Answer.Confidence), a.By.Account, string(a.By.Role), kept(a.At), settled)
}

// What a line of the revision log is about.
const (
	answerSubject = "answer" // a mutation of an answer
	powerSubject  = "power"  // a power was set
	choiceSubject = "choice" // alternatives were settled; their ids stand as the reason
)

// revision is one line of the append-only log.
type revision struct {
	subject  string
	mutation assessment.Mutation
	digest   string
	conflict assessment.Fields
	version  int
	holder   survey.Holder
	reason   string
}

func (l *ledger) revise(r revision) error {
	l.seq++
	var id *string
	if r.mutation.ID != "" {
		id = &r.mutation.ID
	}
	a, holder := r.mutation.Answer, r.holder
	if holder == "" {
		holder = r.mutation.Holder
	}
	err := l.s.run(l.tx, `INSERT INTO revision (city_id, assessment_id, seq, subject, indicator, mutation, digest, fields, conflict, base, version,
			value, non_answer, explanation, evidence, confidence, holder, reason, source, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.city, l.id, l.seq, r.subject, r.mutation.Indicator, id, r.digest, int(r.mutation.Fields), int(r.conflict), r.mutation.Base, r.version,
		a.Value, string(a.NonAnswer), a.Explanation, a.Evidence, string(a.Confidence), string(holder), r.reason, r.mutation.Source,
		l.by.Account, string(l.by.Role), l.at)
	if duplicate(err) { // the same id at the same time in another assessment of the city
		return mismatch()
	}
	return err
}

// audit appends a line to the log of the city. The newest line is known after the first one, because this transaction
// alone writes there.
func (l *ledger) audit(action, subject, detail string) (err error) {
	if l.head == nil {
		h, err := l.s.headOf(l.tx, l.city)
		if err != nil {
			return err
		}
		l.head = &h
	}
	*l.head, err = l.s.chain(l.tx, assessment.Event{At: l.at, Actor: l.by, City: l.city, Action: action, Subject: subject, Detail: detail}, *l.head)
	return err
}

func isNone(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound)
}
