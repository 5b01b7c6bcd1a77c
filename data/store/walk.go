package store

import (
	"context"
	"database/sql"
	"strings"
	"sync"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/export"
)

// walkedAtATime is how many assessments of a walk are read and handed on at a time.
const walkedAtATime = 100

// walkedTables lead from the codes of the cities, in their order, to the assessments of a round. (Cross joins for the reason
// given in someSheets: SQLite then walks the index of the codes, and sorts nothing.)
const walkedTables = ` FROM city c CROSS JOIN assessment a CROSS JOIN round r CROSS JOIN score s
	WHERE c.code > ? AND a.city_id = c.id AND a.perspective = ? AND r.id = a.round_id AND s.city_id = a.city_id AND s.assessment_id = a.id
	AND a.round_id = (SELECT id FROM round WHERE code = ?)`

// Walk implements assessment.Walker.
func (s *Store) Walk(ctx context.Context, who account.Actor, round, city string, needs export.Needs, visit func([]assessment.Walked) error) error {
	scope, more := within(who)
	ask := "SELECT " + placedColumns + walkedTables + " AND " + scope
	if who.Role.OfCity() {
		ask, more = ask+" AND c.id = ?", append(more, who.City)
	}
	if who.Role == account.Analyst {
		ask += " AND a.handed_in IS NOT NULL"
	}
	if city != "" {
		ask, more = ask+" AND c.code = ?", append(more, city)
	}
	ask += " ORDER BY c.code LIMIT ?"
	ctx, stop := context.WithCancel(ctx)
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	parts := make(chan walkedPart) // unbuffered: while one part is visited the next is read, and no more
	working.Go(func() {
		defer close(parts)
		for last, more := "", more; ; {
			part, read, err := walkedPart{read: make(chan error, 1)}, 0, error(nil)
			part.all, read, last, err = s.places(ctx, who, ask, append(append([]any{last, string(assessment.Officials), round}, more...), walkedAtATime), last, needs)
			if err == nil && len(part.all) > 0 {
				working.Go(func() { part.read <- s.pack(ctx, part.all, needs) })
			} else {
				part.read <- err
			}
			select {
			case parts <- part:
			case <-ctx.Done():
				return
			}
			if err != nil || read < walkedAtATime {
				return
			}
		}
	})
	for part := range parts {
		if err := <-part.read; err != nil {
			return s.known(err)
		}
		if len(part.all) > 0 {
			if err := visit(part.all); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// walkedPart is some assessments, and whether what is said of them is read.
type walkedPart struct {
	all  []assessment.Walked
	read chan error
}

// places reads some assessments, without what is said in them, and how many there were before those out of reach were left out.
func (s *Store) places(ctx context.Context, who account.Actor, ask string, args []any, after string, needs export.Needs) (all []assessment.Walked, read int, last string, err error) {
	last = after
	err = s.rows(s.read.WithContext(ctx), ask, args, func(found *sql.Rows) error {
		var p placed
		if err := found.Scan(p.columns()...); err != nil {
			return err
		}
		read, last = read+1, p.CityCode
		if a := p.assessment(); account.Reach(who, a.Place()) {
			all = append(all, assessment.Walked{Assessment: a, Texts: needs.Texts})
		}
		return nil
	})
	return all, read, last, err
}

// pack reads the answers and the powers of some assessments.
func (s *Store) pack(ctx context.Context, all []assessment.Walked, needs export.Needs) error {
	at, args := map[string]*assessment.Walked{}, make([]any, len(all))
	for i := range all {
		at[all[i].Assessment.ID], args[i] = &all[i], all[i].Assessment.ID
	}
	columns := "x.indicator, x.value, x.non_answer"
	if needs.Texts {
		columns += ", x.version, x.explanation, x.evidence, x.confidence"
	}
	if needs.Answers {
		if err := s.packed(ctx, "answer", columns, args, func(id, text string) { at[id].Answers = text }); err != nil {
			return err
		}
	}
	if needs.Powers {
		return s.packed(ctx, "power", "x.indicator, x.holder, x.reason", args, func(id, text string) { at[id].Powers = text })
	}
	return nil
}

// packed puts the rows of each assessment in a table into one text. SQLite does so itself: handing each row of millions to
// this program on its own takes three times as long. PostgreSQL has no text with the separator.
func (s *Store) packed(ctx context.Context, table, columns string, ids []any, put func(id, text string)) error {
	db, among := s.read.WithContext(ctx), "a.id IN (?"+strings.Repeat(", ?", len(ids)-1)+")"
	if s.engine == SQLite {
		ask := "SELECT a.id, (SELECT group_concat(" + strings.ReplaceAll(columns, ", ", " || char(0) || ") + ", char(0)) FROM " + table + " x WHERE x.city_id = a.city_id AND x.assessment_id = a.id) FROM assessment a WHERE " + among
		return s.rows(db, ask, ids, func(rows *sql.Rows) error {
			var id string
			var text sql.NullString
			err := rows.Scan(&id, &text)
			if err == nil && text.String != "" {
				put(id, text.String+assessment.WalkedSeparator)
			}
			return err
		})
	}
	texts := map[string]*strings.Builder{}
	cells := make([]sql.RawBytes, strings.Count(columns, ",")+1)
	var id string
	into := []any{&id}
	for i := range cells {
		into = append(into, &cells[i])
	}
	err := s.rows(db, "SELECT a.id, "+columns+" FROM assessment a CROSS JOIN "+table+" x WHERE x.city_id = a.city_id AND x.assessment_id = a.id AND "+among, ids, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if texts[id] == nil {
			texts[id] = &strings.Builder{}
		}
		for _, c := range cells {
			texts[id].Write(c)
			texts[id].WriteString(assessment.WalkedSeparator)
		}
		return nil
	})
	for id, b := range texts {
		put(id, b.String())
	}
	return err
}
