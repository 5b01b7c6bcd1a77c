package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// revisionRow is a line of the revision log as it is read.
type revisionRow struct {
	Seq                                                 int64
	Subject, Indicator                                  string
	Mutation                                            *string
	Fields, Conflict, Base, Version                     int
	Value, NonAnswer, Explanation, Evidence, Confidence string
	Holder, Reason, Source                              string
	ByAccount, ByRole, ByName                           string
	At                                                  time.Time
}

func (r revisionRow) author() assessment.Author { return by(r.ByAccount, r.ByName, r.ByRole) }

func (r revisionRow) mutation() assessment.Mutation {
	m := assessment.Mutation{Indicator: r.Indicator, Base: r.Base, Fields: assessment.Fields(r.Fields), Source: r.Source, Holder: survey.Holder(r.Holder),
		Answer: survey.Answer{Value: r.Value, NonAnswer: survey.NonAnswer(r.NonAnswer), Explanation: r.Explanation, Evidence: r.Evidence, Confidence: survey.Confidence(r.Confidence)}}
	if r.Mutation != nil {
		m.ID = *r.Mutation
	}
	return m
}

// revisions reads the revisions of an assessment up to a number, in order; an empty indicator means all of them.
func (s *Store) revisions(db *gorm.DB, city, id, indicator string, last int64) ([]revisionRow, error) {
	ask := `SELECT x.seq, x.subject, x.indicator, x.mutation, x.fields, x.conflict, x.base, x.version, x.value, x.non_answer, x.explanation, x.evidence,
		x.confidence, x.holder, x.reason, x.source, x.by_account, x.by_role, x.at, COALESCE(p.name, '') AS by_name
		FROM revision x LEFT JOIN account p ON p.id = x.by_account WHERE x.city_id = ? AND x.assessment_id = ? AND x.seq <= ?`
	args := []any{city, id, last}
	if indicator != "" {
		ask, args = ask+" AND x.indicator = ?", append(args, indicator)
	}
	var rows []revisionRow
	err := db.Raw(ask+" ORDER BY x.seq", args...).Scan(&rows).Error
	return rows, err
}

// History implements assessment.Finder. Only people of the city and operators read who wrote what and when.
func (s *Store) History(ctx context.Context, who account.Actor, id, indicator string) ([]assessment.Revision, error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if !who.Role.OfCity() && who.Role != account.Operator {
		return nil, missing()
	}
	rows, err := s.revisions(s.read.WithContext(ctx), a.City.ID, id, indicator, math.MaxInt64)
	if err != nil {
		return nil, s.known(err)
	}
	out := make([]assessment.Revision, len(rows))
	for i, r := range rows {
		out[i] = r.revision()
	}
	return out, nil
}

func (r revisionRow) revision() assessment.Revision {
	m := r.mutation()
	return assessment.Revision{Seq: r.Seq, About: assessment.RevisionAbout(r.Subject), Indicator: r.Indicator, Version: r.Version, Base: r.Base, Fields: m.Fields,
		Conflict: assessment.Fields(r.Conflict), Answer: m.Answer, Holder: m.Holder, Reason: r.Reason, Source: r.Source, By: r.author(), At: r.At.UTC()}
}

// story is what a revision log amounts to when it is told from the beginning: the log is the truth, and the tables of
// answers, powers and alternatives are only its present state.
type story struct {
	answers      map[string]assessment.Kept
	powers       map[string]assessment.Power
	alternatives map[string]assessment.Alternative // by id
	settled      map[string]time.Time              // alternatives, by id
	seq          int64
	wrong        []string
}

func newStory() *story {
	return &story{answers: map[string]assessment.Kept{}, powers: map[string]assessment.Power{},
		alternatives: map[string]assessment.Alternative{}, settled: map[string]time.Time{}}
}

// tell adds the next line and returns the alternative it left, if any.
func (t *story) tell(r revisionRow) *assessment.Alternative {
	t.seq = r.Seq
	switch r.Subject {
	case answerSubject:
		next, alternative := assessment.Merge(t.answers[r.Indicator], r.mutation(), r.author(), r.At.UTC())
		var conflict assessment.Fields
		if alternative != nil {
			conflict = alternative.Fields
			t.alternatives[alternative.ID] = *alternative
		}
		if next.Version != r.Version || conflict != assessment.Fields(r.Conflict) {
			t.wrong = append(t.wrong, fmt.Sprintf("revision %d of %s says version %d, the log amounts to %d", r.Seq, r.Indicator, r.Version, next.Version))
		}
		if next.Version > 0 {
			t.answers[r.Indicator] = next
		}
		return alternative
	case powerSubject:
		if r.Version != t.powers[r.Indicator].Version+1 {
			t.wrong = append(t.wrong, fmt.Sprintf("revision %d of the power of %s skips to version %d", r.Seq, r.Indicator, r.Version))
		}
		t.powers[r.Indicator] = assessment.Power{Indicator: r.Indicator, Holder: survey.Holder(r.Holder), Reason: r.Reason, Version: r.Version, By: r.author(), At: r.At.UTC()}
	case choiceSubject:
		for _, id := range strings.Split(r.Reason, ",") {
			t.settled[id] = r.At.UTC()
		}
	}
	return nil
}

// sheet is the story as an assessment's sheet.
func (t *story) sheet() assessment.Sheet {
	out := assessment.Sheet{Answers: t.answers, Powers: t.powers, Alternatives: map[string][]assessment.Alternative{}}
	for id, a := range t.alternatives {
		if _, done := t.settled[id]; !done {
			out.Alternatives[a.Indicator] = append(out.Alternatives[a.Indicator], a)
		}
	}
	for _, list := range out.Alternatives {
		sortAlternatives(list)
	}
	return out
}

func sortAlternatives(list []assessment.Alternative) {
	slices.SortFunc(list, func(a, b assessment.Alternative) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// VerifyLog tells every revision log anew and compares it with what the tables say: answers, powers, alternatives, and
// that no number of the log is missing. With questionnaires, the score rows are computed anew too. It returns what is
// wrong, in words.
func (s *Store) VerifyLog(ctx context.Context, q assessment.Questionnaires) (wrong []string, err error) {
	all, err := s.Assessments(ctx, operator, "")
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		var found []string
		err := s.snapshot(ctx, func(tx *gorm.DB) (err error) {
			found, err = s.verifyOne(tx, a, q)
			return err
		})
		if err != nil {
			return wrong, s.known(err)
		}
		for _, f := range found {
			wrong = append(wrong, a.Round.Code+"/"+a.City.Code+": "+f)
		}
	}
	return wrong, nil
}

// snapshot reads in one transaction that sees one state of the database.
func (s *Store) snapshot(ctx context.Context, read func(tx *gorm.DB) error) error {
	return s.read.WithContext(ctx).Transaction(read, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
}

func (s *Store) verifyOne(tx *gorm.DB, a assessment.Assessment, q assessment.Questionnaires) ([]string, error) {
	log, err := s.revisions(tx, a.City.ID, a.ID, "", math.MaxInt64)
	if err != nil {
		return nil, err
	}
	t := newStory()
	for i, r := range log {
		if r.Seq != int64(i)+1 {
			t.wrong = append(t.wrong, fmt.Sprintf("the revision log has %d where %d should be", r.Seq, i+1))
			break
		}
		t.tell(r)
	}
	is, err := s.sheet(tx, a.City.ID, a.ID, nil)
	if err != nil {
		return nil, err
	}
	should := t.sheet()
	t.wrong = append(t.wrong, differ("answer", is.Answers, should.Answers)...)
	t.wrong = append(t.wrong, differ("power", is.Powers, should.Powers)...)
	t.wrong = append(t.wrong, differ("alternatives", is.Alternatives, should.Alternatives)...)
	var seq int64
	var marks, numbers []byte
	var answered, settled int
	err = s.row(tx, "SELECT seq, marks, numbers, answered, settled FROM score WHERE city_id = ? AND assessment_id = ?", []any{a.City.ID, a.ID},
		&seq, &marks, &numbers, &answered, &settled)
	if err != nil {
		return nil, err
	}
	if seq != t.seq {
		t.wrong = append(t.wrong, fmt.Sprintf("the score row counts %d revisions, the log has %d", seq, t.seq))
	}
	if q == nil {
		return t.wrong, nil
	}
	l := &ledger{}
	if err := l.rescore(should, a.Round.Instrument, q); err != nil {
		return append(t.wrong, err.Error()), nil
	}
	var n score.Numbers
	l.scheme.Numbers(l.marks, &n)
	wantMarks, err := l.marks.MarshalBinary()
	if err != nil {
		return nil, err
	}
	wantNumbers, err := n.MarshalBinary()
	if err != nil {
		return nil, err
	}
	if string(marks) != string(wantMarks) || string(numbers) != string(wantNumbers) || answered != l.answered || settled != l.settled {
		t.wrong = append(t.wrong, "the score row differs from what the answers amount to")
	}
	return t.wrong, nil
}

func differ[T any](what string, is, should map[string]T) (wrong []string) {
	for id := range should {
		if !reflect.DeepEqual(is[id], should[id]) {
			wrong = append(wrong, fmt.Sprintf("%s %s differs from its revision log", what, id))
		}
	}
	for id := range is {
		if _, known := should[id]; !known {
			wrong = append(wrong, fmt.Sprintf("%s %s is not in the revision log", what, id))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// rescore computes marks and counts from a sheet.
func (l *ledger) rescore(sheet assessment.Sheet, instrument string, q assessment.Questionnaires) error {
	code, version, _ := survey.ParseName(instrument)
	in, ok := q.Find(code, version)
	if !ok {
		return fmt.Errorf("the instrument %s is missing", instrument)
	}
	l.scheme = q.Scheme(in)
	l.marks = l.scheme.Marks(sheet.Plain(), sheet.Holders())
	p := sheet.ProgressOf(in.Indicators())
	l.answered, l.settled = p.Answered, p.Settled
	return nil
}

// Rebuild writes the tables of answers, powers, alternatives and scores anew from the revision logs, one transaction for
// each assessment, and returns how many there were. The logs themselves are never changed.
func (s *Store) Rebuild(ctx context.Context, q assessment.Questionnaires) (int, error) {
	all, err := s.Assessments(ctx, operator, "")
	if err != nil {
		return 0, err
	}
	for i, a := range all {
		if err := s.transact(ctx, func(tx *gorm.DB) error { return s.rebuildOne(tx, a, q) }); err != nil {
			return i, err
		}
	}
	return len(all), nil
}

func (s *Store) rebuildOne(tx *gorm.DB, a assessment.Assessment, q assessment.Questionnaires) error {
	l, err := s.lockLedger(tx, operator, a.ID)
	if err != nil {
		return err
	}
	log, err := s.revisions(tx, l.city, l.id, "", math.MaxInt64)
	if err != nil {
		return err
	}
	t := newStory()
	for _, r := range log {
		t.tell(r)
		l.at = r.At
	}
	for _, table := range []string{"answer", "power", "alternative"} {
		if err := s.run(tx, "DELETE FROM "+table+" WHERE city_id = ? AND assessment_id = ?", l.city, l.id); err != nil {
			return err
		}
	}
	for _, k := range t.answers {
		if err := l.putAnswer(k); err != nil {
			return err
		}
	}
	for _, p := range t.powers {
		if err := l.putPower(p); err != nil {
			return err
		}
	}
	for id, alternative := range t.alternatives {
		if err := l.putAlternative(alternative, maybe(t.settled[id])); err != nil {
			return err
		}
	}
	if err := l.rescore(t.sheet(), a.Round.Instrument, q); err != nil {
		return err
	}
	l.seq = t.seq
	return l.writeScore()
}
