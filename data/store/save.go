package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// ledger is the part of an assessment that every change moves: the next number of the revision log, the marks, the counts.
type ledger struct {
	city, id          string
	seq               int64
	marks             score.Marks
	answered, settled int
	scheme            *score.Scheme
	by                assessment.Author
	at                time.Time
	source            string
}

// open locks the score row of an assessment within the actor's reach, and refuses a closed one. On PostgreSQL the row
// is locked first, so that two saves of one assessment stand in line; SQLite has one writer anyway.
func (s *Store) openLedger(tx *gorm.DB, who account.Actor, id string, scheme *score.Scheme, by assessment.Author, at time.Time) (*ledger, error) {
	l := &ledger{id: id, scheme: scheme, by: by, at: kept(at)}
	scope, args := within(who)
	ask := `SELECT a.city_id, a.round_id, a.handed_in, s.seq, s.marks, s.answered, s.settled
		FROM score s JOIN assessment a ON a.city_id = s.city_id AND a.id = s.assessment_id WHERE a.id = ? AND ` + scope + s.locking("s, a")
	var round string
	var handedIn *time.Time
	var marks []byte
	err := tx.Raw(ask, append([]any{id}, args...)...).Row().Scan(&l.city, &round, &handedIn, &l.seq, &marks, &l.answered, &l.settled)
	if err != nil {
		return nil, s.known(err)
	}
	if !account.Reach(who, account.Place{City: l.city, Round: round, HandedIn: handedIn != nil}) {
		return nil, missing()
	}
	if handedIn != nil {
		return nil, fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": handedIn.UTC()})
	}
	return l, l.marks.UnmarshalBinary(marks)
}

func (s *Store) locking(tables string) string {
	if s.engine == PostgreSQL {
		return " FOR UPDATE OF " + tables
	}
	return ""
}

// close writes the score row.
func (l *ledger) close(tx *gorm.DB) error {
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
	return tx.Exec(`UPDATE score SET seq = ?, method = ?, marks = ?, numbers = ?, answered = ?, settled = ?, changed = ? WHERE city_id = ? AND assessment_id = ?`,
		l.seq, score.MethodVersion, marks, numbers, l.answered, l.settled, l.at, l.city, l.id).Error
}

// Save implements assessment.Saver.
func (s *Store) Save(ctx context.Context, who account.Actor, order assessment.SaveOrder) (saved []assessment.Saved, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		saved, err = s.save(tx, who, order)
		return err
	})
	return saved, err
}

func (s *Store) save(tx *gorm.DB, who account.Actor, order assessment.SaveOrder) ([]assessment.Saved, error) {
	l, err := s.openLedger(tx, who, order.Assessment, order.Scheme, order.By, order.At)
	if err != nil {
		return nil, err
	}
	saved := make([]assessment.Saved, 0, len(order.Mutations))
	moved := false
	for _, m := range order.Mutations {
		one, err := s.mutate(tx, l, order.Instrument, m)
		if err != nil {
			return nil, err
		}
		moved = moved || !one.Replay
		saved = append(saved, one)
	}
	if !moved {
		return saved, nil
	}
	return saved, l.close(tx)
}

// mutate applies one mutation, or finds that it was applied before.
func (s *Store) mutate(tx *gorm.DB, l *ledger, in *survey.Instrument, m assessment.Mutation) (assessment.Saved, error) {
	digest := m.Digest()
	earlier, err := s.replay(tx, l, m, digest)
	if err != nil || earlier != nil {
		return deref(earlier), err
	}
	now, err := currentAnswer(tx, l, m.Indicator)
	if err != nil {
		return assessment.Saved{}, err
	}
	next, alternative := assessment.Merge(now, m, l.by, l.at)
	out := assessment.Saved{Mutation: m.ID, Indicator: m.Indicator, Version: next.Version, At: l.at, Hash: digest}
	if next.Version != now.Version {
		if err := putAnswer(tx, l, next); err != nil {
			return out, err
		}
		q := in.Indicator(m.Indicator)
		if !in.IsContext(q) {
			l.answered += count(next.Answered()) - count(now.Answered())
			l.settled += count(next.Settled()) - count(now.Settled())
		}
	}
	if alternative != nil {
		if err := keepAlternative(tx, l, *alternative); err != nil {
			return out, err
		}
		theirs := now
		out.Conflict, out.Alternative, out.Theirs = alternative.Fields, alternative, &theirs
	}
	if err := l.revise(tx, revision{subject: "answer", mutation: m, digest: digest, conflict: out.Conflict, version: next.Version}); err != nil {
		return out, err
	}
	if m.Holder != "" && !out.Conflict.Has(assessment.ValueField) {
		if _, err := s.setPower(tx, l, assessment.PowerOrder{Indicator: m.Indicator, Base: -1, Holder: m.Holder}); err != nil {
			return out, err
		}
	}
	l.scheme.SetAnswer(l.marks, m.Indicator, next.Answer)
	return out, l.audit(tx, "answer.save", l.id+"/"+m.Indicator, m.Source)
}

func deref(p *assessment.Saved) (v assessment.Saved) {
	if p != nil {
		v = *p
	}
	return v
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// replay looks for an earlier revision with the same mutation id. The same content is answered as it was then; other
// content is a fault of the client.
func (s *Store) replay(tx *gorm.DB, l *ledger, m assessment.Mutation, digest string) (*assessment.Saved, error) {
	var was struct {
		AssessmentID, Digest string
		Version, Conflict    int
		At                   time.Time
	}
	err := tx.Raw(`SELECT assessment_id, digest, version, conflict, at FROM revision WHERE city_id = ? AND mutation = ?`, l.city, m.ID).
		Row().Scan(&was.AssessmentID, &was.Digest, &was.Version, &was.Conflict, &was.At)
	if err != nil {
		if fault.Is(s.known(err), fault.NotFound) {
			return nil, nil
		}
		return nil, err
	}
	if was.Digest != digest || was.AssessmentID != l.id {
		return nil, fault.New(fault.Mismatch, "fault.mutation_mismatch", nil)
	}
	out := &assessment.Saved{Mutation: m.ID, Indicator: m.Indicator, Version: was.Version, At: was.At.UTC(), Hash: digest, Replay: true, Conflict: assessment.Fields(was.Conflict)}
	if was.Conflict == 0 {
		return out, nil
	}
	theirs, err := currentAnswer(tx, l, m.Indicator)
	out.Theirs = &theirs
	out.Alternative = &assessment.Alternative{ID: m.ID, Indicator: m.Indicator, Fields: out.Conflict, Answer: m.Answer, Base: m.Base, By: l.by, At: out.At}
	return out, err
}

func currentAnswer(tx *gorm.DB, l *ledger, indicator string) (assessment.Kept, error) {
	var r answerRow
	err := tx.Raw(`SELECT version, value, non_answer, explanation, evidence, confidence, earlier, changed_value, changed_explanation,
		changed_evidence, changed_confidence, by_account, by_role, at FROM answer WHERE city_id = ? AND assessment_id = ? AND indicator = ?`,
		l.city, l.id, indicator).Row().Scan(&r.Version, &r.Value, &r.NonAnswer, &r.Explanation, &r.Evidence, &r.Confidence, &r.Earlier,
		&r.ChangedValue, &r.ChangedExplanation, &r.ChangedEvidence, &r.ChangedConfidence, &r.ByAccount, &r.ByRole, &r.At)
	if err != nil && !isNone(err) {
		return assessment.Kept{}, err
	}
	r.Indicator = indicator
	return r.kept(), nil
}

func putAnswer(tx *gorm.DB, l *ledger, k assessment.Kept) error {
	return tx.Exec(`INSERT INTO answer (city_id, assessment_id, indicator, version, value, non_answer, explanation, evidence, confidence, earlier,
			changed_value, changed_explanation, changed_evidence, changed_confidence, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city_id, assessment_id, indicator) DO UPDATE SET version = excluded.version, value = excluded.value, non_answer = excluded.non_answer,
			explanation = excluded.explanation, evidence = excluded.evidence, confidence = excluded.confidence, earlier = excluded.earlier,
			changed_value = excluded.changed_value, changed_explanation = excluded.changed_explanation, changed_evidence = excluded.changed_evidence,
			changed_confidence = excluded.changed_confidence, by_account = excluded.by_account, by_role = excluded.by_role, at = excluded.at`,
		l.city, l.id, k.Indicator, k.Version, k.Value, k.NonAnswer, k.Explanation, k.Evidence, k.Confidence, k.Earlier,
		k.Changed[assessment.ValueField], k.Changed[assessment.ExplanationField], k.Changed[assessment.EvidenceField], k.Changed[assessment.ConfidenceField],
		k.By.Account, k.By.Role, l.at).Error
}

func keepAlternative(tx *gorm.DB, l *ledger, a assessment.Alternative) error {
	return tx.Exec(`INSERT INTO alternative (city_id, assessment_id, id, indicator, fields, base, value, non_answer, explanation, evidence, confidence, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.city, l.id, a.ID, a.Indicator, int(a.Fields), a.Base, a.Answer.Value, a.Answer.NonAnswer, a.Answer.Explanation, a.Answer.Evidence, a.Answer.Confidence,
		a.By.Account, a.By.Role, l.at).Error
}

// revision is one line of the append-only log.
type revision struct {
	subject  string // "answer", "power" or "choice"
	mutation assessment.Mutation
	digest   string
	conflict assessment.Fields
	version  int
	holder   survey.Holder
	reason   string
}

func (l *ledger) revise(tx *gorm.DB, r revision) error {
	l.seq++
	var id *string
	if r.mutation.ID != "" {
		id = &r.mutation.ID
	}
	a := r.mutation.Answer
	holder := r.holder
	if holder == "" {
		holder = r.mutation.Holder
	}
	return tx.Exec(`INSERT INTO revision (city_id, assessment_id, seq, subject, indicator, mutation, digest, fields, conflict, base, version,
			value, non_answer, explanation, evidence, confidence, holder, reason, source, by_account, by_role, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		l.city, l.id, l.seq, r.subject, r.mutation.Indicator, id, r.digest, int(r.mutation.Fields), int(r.conflict), r.mutation.Base, r.version,
		a.Value, a.NonAnswer, a.Explanation, a.Evidence, a.Confidence, holder, r.reason, r.mutation.Source, l.by.Account, l.by.Role, l.at).Error
}

func (l *ledger) audit(tx *gorm.DB, action, subject, detail string) error {
	return record(tx, assessment.Event{At: l.at, Actor: l.by, City: l.city, Action: action, Subject: subject, Detail: detail})
}

func record(tx *gorm.DB, e assessment.Event) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO audit (id, at, city_id, account, role, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		id.String(), kept(e.At), e.City, e.Actor.Account, e.Actor.Role, e.Action, e.Subject, e.Detail).Error
}

// Record implements assessment.Recorder.
func (s *Store) Record(ctx context.Context, e assessment.Event) error {
	return s.transact(ctx, func(tx *gorm.DB) error { return record(tx, e) })
}

// Choose implements assessment.Saver.
func (s *Store) Choose(ctx context.Context, who account.Actor, order assessment.SaveOrder, alternatives []string) (out assessment.Saved, err error) {
	err = s.transact(ctx, func(tx *gorm.DB) error {
		saved, err := s.save(tx, who, order)
		if err != nil {
			return err
		}
		l, err := s.openLedger(tx, who, order.Assessment, order.Scheme, order.By, order.At)
		if err != nil {
			return err
		}
		if len(saved) > 0 {
			out = saved[0]
		}
		if out.Conflict != 0 {
			return nil
		}
		for _, id := range alternatives {
			if err := tx.Exec(`UPDATE alternative SET settled = ? WHERE city_id = ? AND assessment_id = ? AND id = ? AND settled IS NULL`, l.at, l.city, l.id, id).Error; err != nil {
				return err
			}
		}
		return l.audit(tx, "answer.choose", l.id, "")
	})
	return out, err
}

func isNone(err error) bool {
	return errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound)
}
