package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// The width of a row of stages.
const (
	stageTexts = 16
	stageInts  = 2
	stageTimes = 4
)

// stage is a table that says how far an assessment has come: its rows are read together with those of all the others, in
// one statement, however many tables there are.
type stage struct {
	kind               string
	texts, ints, times []string // columns, in the order in which they are read
	from, where        string   // table x, and what is asked beside its assessment
	read               func(r stageRow, out *assessment.Beside) error
}

// stageRow is a row of any of them; what a table does not have is empty.
type stageRow struct {
	kind  string
	texts [stageTexts]string
	ints  [stageInts]int64
	times [stageTimes]*time.Time
}

func (r stageRow) time(i int) time.Time { return from(r.times[i]) }

// author is who wrote a row: account, role and name from a place on.
func (r stageRow) author(i int) assessment.Author {
	return assessment.Author{Account: r.texts[i], Role: account.Role(r.texts[i+1]), Name: r.texts[i+2]}
}

// Parts come first, because SQLite takes the types of times from the first table.
var stages = []stage{
	{"part", []string{"x.id", "x.ref", "x.account_id", "x.department", "x.note", "x.by_account", "x.by_role", writer}, nil, []string{"x.due", "x.opened", "x.reminded", "x.at"}, "part x", "",
		func(r stageRow, out *assessment.Beside) error {
			t := r.texts
			out.Parts = append(out.Parts, assessment.Part{ID: t[0], Ref: t[1], Account: t[2], Department: t[3], Note: t[4], By: r.author(5),
				Due: r.time(0), Opened: r.time(1), Reminded: r.time(2), At: r.time(3)})
			return nil
		}},
	{"sign_off", []string{"x.reason", "x.by_account", "x.by_role", writer}, []string{"x.seq", "CASE WHEN x.refused THEN 1 ELSE 0 END"}, []string{"x.at"}, "sign_off x", "",
		func(r stageRow, out *assessment.Beside) error {
			out.SignOffs = append(out.SignOffs, assessment.SignOff{Seq: r.ints[0], Refused: r.ints[1] == 1, Reason: r.texts[0], By: r.author(1), At: r.time(0)})
			return nil
		}},
	// The organisation of whoever reviews or asks is told, their name is not.
	{"reviewer", []string{"x.account_id", "COALESCE((SELECT p.department FROM account p WHERE p.id = x.account_id), '')"}, nil, []string{"x.at"}, "reviewer x", "",
		func(r stageRow, out *assessment.Beside) error {
			out.Reviewers = append(out.Reviewers, assessment.Reviewer{Account: r.texts[0], Organisation: r.texts[1], At: r.time(0)})
			return nil
		}},
	{"clarification", []string{"x.id", "x.indicator", "x.question", "x.by_account", "x.by_role", "COALESCE((SELECT p.department FROM account p WHERE p.id = x.by_account), '')", "x.reply", "x.outcome",
		"x.replied_by", "x.replied_role", "COALESCE((SELECT p.name FROM account p WHERE p.id = x.replied_by), '')", "x.settled_by", "x.settled_role"},
		[]string{"x.version"}, []string{"x.due", "x.at", "x.replied", "x.settled"}, "clarification x", "",
		func(r stageRow, out *assessment.Beside) error {
			t := r.texts
			out.Clarifications = append(out.Clarifications, assessment.Clarification{ID: t[0], Indicator: t[1], Question: t[2], By: assessment.Author{Account: t[3], Role: account.Role(t[4])},
				Department: t[5], Reply: t[6], Outcome: assessment.ClarificationOutcome(t[7]), RepliedBy: r.author(8), SettledBy: assessment.Author{Account: t[11], Role: account.Role(t[12])},
				Version: int(r.ints[0]), Due: r.time(0), At: r.time(1), Replied: r.time(2), Settled: r.time(3)})
			return nil
		}},
	{"snapshot", []string{"x.reference", "x.instrument", "x.method", "x.hash", "x.by_account", "x.by_role", writer}, []string{"x.revision", "x.seq"}, []string{"x.at"}, "snapshot x", "",
		func(r stageRow, out *assessment.Beside) error {
			t := r.texts
			out.Snapshots = append(out.Snapshots, assessment.SnapshotHead{Reference: t[0], Instrument: t[1], Method: t[2], Hash: t[3], By: r.author(4),
				Revision: int(r.ints[0]), Seq: r.ints[1], At: r.time(0)})
			return nil
		}},
	{"reopening", []string{"x.reason", "x.by_account", "x.by_role", writer}, []string{"x.revision"}, []string{"x.at"}, "reopening x", "",
		func(r stageRow, out *assessment.Beside) error {
			out.Reopenings = append(out.Reopenings, assessment.Reopening{Revision: int(r.ints[0]), Reason: r.texts[0], By: r.author(1), At: r.time(0)})
			return nil
		}},
	{"publication", []string{"x.id", "x.scope", "x.audience", "x.terms", "x.hash", "x.by_account", "x.by_role", writer}, []string{"x.revision"}, []string{"x.at", "x.withdrawn"}, "publication x", "",
		func(r stageRow, out *assessment.Beside) error {
			t := r.texts
			out.Publications = append(out.Publications, assessment.Publication{ID: t[0], Scope: strings.Split(t[1], ","), Audience: t[2], Terms: t[3], Hash: t[4], By: r.author(5),
				Revision: int(r.ints[0]), At: r.time(0), Withdrawn: r.time(1)})
			return nil
		}},
	{"carried", []string{"x.indicator", "x.from_assessment", "x.value", "x.non_answer", "x.explanation", "x.evidence", "x.confidence", "x.holder", "x.reason", "x.citations", "x.changed",
		"x.by_account", "x.by_role", writer, "x.outcome", "COALESCE((SELECT r.title FROM assessment e JOIN round r ON r.id = e.round_id WHERE e.city_id = x.city_id AND e.id = x.from_assessment), '')"},
		[]string{"x.from_version"}, []string{"x.at", "x.settled"}, "carried x", "",
		func(r stageRow, out *assessment.Beside) error {
			t := r.texts
			c := assessment.Carried{Indicator: t[0], From: t[1], Holder: survey.Holder(t[7]), Reason: t[8], By: r.author(11), Confirmed: t[14] == lineConfirmed, Round: t[15],
				Answer:  survey.Answer{Value: t[2], NonAnswer: survey.NonAnswer(t[3]), Explanation: t[4], Evidence: t[5], Confidence: survey.Confidence(t[6])},
				Version: int(r.ints[0]), At: r.time(0), Settled: r.time(1)}
			err := fillCarried(&c, t[9], t[10])
			out.Carried = append(out.Carried, c)
			return err
		}},
	// The assessments of earlier rounds from which something can be carried over; the newest counts.
	{"earlier", []string{"e.id", "r.title", "r.id"}, nil, []string{"r.created"},
		"assessment x JOIN assessment e ON e.city_id = x.city_id AND e.perspective = x.perspective AND e.id <> x.id JOIN round r ON r.id = e.round_id",
		` AND NOT r.published AND r.created < (SELECT m.created FROM round m WHERE m.id = x.round_id)
			AND (e.handed_in IS NOT NULL OR EXISTS (SELECT 1 FROM snapshot n WHERE n.city_id = e.city_id AND n.assessment_id = e.id))`, nil},
}

// stagesText is the one statement for all of them.
var stagesText = func() string {
	var all []string
	for _, x := range stages {
		columns := []string{"'" + x.kind + "'"}
		pad := func(given []string, width int, empty string) {
			columns = append(append(columns, given...), slices.Repeat([]string{empty}, width-len(given))...)
		}
		pad(x.texts, stageTexts, "''")
		pad(x.ints, stageInts, "0")
		pad(x.times, stageTimes, "NULL")
		id := "assessment_id"
		if x.kind == "earlier" {
			id = "id"
		}
		all = append(all, "SELECT "+strings.Join(columns, ", ")+" FROM "+x.from+" WHERE x.city_id = ? AND x."+id+" = ?"+x.where)
	}
	return strings.Join(all, " UNION ALL ")
}()

// readStages reads how far an assessment has come: parts, consents, review, snapshots, publications, and what was carried over.
func (s *Store) readStages(tx *gorm.DB, a assessment.Assessment, out *assessment.Beside) error {
	type before struct {
		assessment.Earlier
		round string
		at    time.Time
	}
	var earlier []before
	err := s.rows(tx, stagesText, slices.Repeat([]any{a.City.ID, a.ID}, len(stages)), func(found *sql.Rows) error {
		var r stageRow
		into := []any{&r.kind}
		for i := range r.texts {
			into = append(into, &r.texts[i])
		}
		into = append(into, &r.ints[0], &r.ints[1])
		for i := range r.times {
			into = append(into, &r.times[i])
		}
		if err := found.Scan(into...); err != nil {
			return err
		}
		i := slices.IndexFunc(stages, func(x stage) bool { return x.kind == r.kind })
		if stages[i].read == nil {
			earlier = append(earlier, before{assessment.Earlier{ID: r.texts[0], Round: r.texts[1]}, r.texts[2], r.time(0)})
			return nil
		}
		return stages[i].read(r, out)
	})
	if len(earlier) > 0 {
		newest := slices.MaxFunc(earlier, func(x, y before) int { return cmp.Or(x.at.Compare(y.at), strings.Compare(x.round, y.round)) })
		out.Earlier = &newest.Earlier
	}
	sortStages(out)
	return err
}

// sortStages puts everything into the order that Beside promises.
func sortStages(b *assessment.Beside) {
	slices.SortFunc(b.Parts, func(x, y assessment.Part) int { return strings.Compare(x.Ref, y.Ref) })
	slices.SortFunc(b.SignOffs, func(x, y assessment.SignOff) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.Seq, x.Seq)) })
	slices.SortFunc(b.Reviewers, func(x, y assessment.Reviewer) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.Account, y.Account))
	})
	slices.SortFunc(b.Clarifications, func(x, y assessment.Clarification) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.Snapshots, func(x, y assessment.SnapshotHead) int { return cmp.Compare(y.Revision, x.Revision) })
	slices.SortStableFunc(b.Reopenings, func(x, y assessment.Reopening) int { return y.At.Compare(x.At) })
	slices.SortFunc(b.Publications, func(x, y assessment.Publication) int { // what stands comes first
		return cmp.Or(cmp.Compare(ended(x), ended(y)), y.At.Compare(x.At), strings.Compare(y.ID, x.ID))
	})
	slices.SortFunc(b.Carried, func(x, y assessment.Carried) int { return strings.Compare(x.Indicator, y.Indicator) })
}

func ended(p assessment.Publication) int {
	if p.Withdrawn.IsZero() {
		return 0
	}
	return 1
}
