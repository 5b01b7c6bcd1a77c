package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"migov/assessment"
	"migov/assessment/account"
)

// The kinds of rows of backings.
const (
	citedRow   = "cited"
	verdictRow = "verdict"
	replyRow   = "reply"
)

// backings are the citations with the piece as it is now, the verdicts and the replies of assessments a. The columns are
// kind, assessment, indicator, the piece or what was said, words, proposed value, version, account, role, last day, removed, at
// (when the piece was revised, or it was said) and id. (A cross join for the reason given in someSheets.)
const backings = `SELECT '` + citedRow + `' AS kind, x.assessment_id, x.indicator, x.evidence_id AS thing, '' AS words, '' AS proposed, 0 AS version,
		'' AS by_account, '' AS by_role, e.expires, e.removed, r.at, e.id
	FROM assessment a CROSS JOIN citation x CROSS JOIN evidence e CROSS JOIN evidence_revision r
	WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND e.city_id = x.city_id AND e.id = x.evidence_id
		AND r.city_id = e.city_id AND r.evidence_id = e.id AND r.revision = e.revision AND AMONG
	UNION ALL SELECT '` + verdictRow + `', x.assessment_id, x.indicator, x.verdict, x.reason, x.proposed, x.version, x.by_account, x.by_role, NULL, NULL, x.at, x.id
	FROM assessment a CROSS JOIN verdict x WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND AMONG
	UNION ALL SELECT '` + replyRow + `', x.assessment_id, x.indicator, x.outcome, x.reply, '', x.version, x.replied_by, x.replied_role, NULL, NULL, x.replied, x.id
	FROM assessment a CROSS JOIN clarification x WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND x.outcome <> '' AND AMONG
	ORDER BY 12, 13`

// Backings implements assessment.BackingReader: one statement for each `together` assessments.
func (s *Store) Backings(ctx context.Context, who account.Actor, all []assessment.Assessment) ([]assessment.Beside, error) {
	out := make([]assessment.Beside, 0, len(all))
	for some := range slices.Chunk(all, together) {
		found := map[string]*assessment.Beside{}
		var args []any
		for _, a := range some {
			if !account.Reach(who, a.Place()) {
				return nil, missing()
			}
			found[a.ID] = &assessment.Beside{}
			args = append(args, a.ID)
		}
		among := "a.id IN (?" + strings.Repeat(", ?", len(args)-1) + ")"
		err := s.rows(s.read.WithContext(ctx), strings.ReplaceAll(backings, "AMONG", among), slices.Repeat(args, 3), func(rows *sql.Rows) error {
			var r backingRow
			err := rows.Scan(&r.kind, &r.assessment, &r.indicator, &r.thing, &r.words, &r.proposed, &r.version, &r.account, &r.role, &r.expires, &r.removed, &r.at, &r.id)
			if err == nil {
				r.into(found[r.assessment])
			}
			return err
		})
		if err != nil {
			return nil, s.known(err)
		}
		for _, a := range some {
			out = append(out, *found[a.ID])
		}
	}
	return out, nil
}

type backingRow struct {
	kind, assessment, indicator, thing, words, proposed, account, role, id string
	version                                                                int
	expires, removed                                                       *time.Time
	at                                                                     time.Time
}

func (r backingRow) into(b *assessment.Beside) {
	author, at := by(r.account, "", r.role), r.at.UTC()
	switch r.kind {
	case citedRow:
		b.Citations = append(b.Citations, assessment.Citation{Indicator: r.indicator, Evidence: r.thing})
		if !slices.ContainsFunc(b.Evidence, func(e assessment.Evidence) bool { return e.ID == r.thing }) {
			b.Evidence = append(b.Evidence, assessment.Evidence{ID: r.thing, Expires: from(r.expires), Removed: from(r.removed), At: at})
		}
	case verdictRow: // the newest of each indicator and person counts
		b.Verdicts = slices.DeleteFunc(b.Verdicts, func(v assessment.Verdict) bool {
			return v.Indicator == r.indicator && v.By.Account == r.account
		})
		b.Verdicts = append(b.Verdicts, assessment.Verdict{Indicator: r.indicator, Kind: assessment.VerdictKind(r.thing), Version: r.version, Proposed: r.proposed,
			Reason: r.words, By: author, At: at})
	case replyRow:
		b.Clarifications = append(b.Clarifications, assessment.Clarification{Indicator: r.indicator, Version: r.version, Reply: r.words,
			Outcome: assessment.ClarificationOutcome(r.thing), RepliedBy: author, Replied: at})
	}
}
