package store_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/assessment"
	"migov/data/store"
	"migov/data/store/storetest"
)

// The realistic autosave transaction without anything of ours around it: read the old value, upsert, audit row, score row
// with an index; one for each commit, prepared statements (product/performance.md, anchor L1r).
type bare struct {
	db                          *sql.DB
	read, upsert, audit, scored *sql.Stmt
}

func newBare(b *testing.B, e store.Engine, cities int) *bare {
	b.Helper()
	driver, name, number := "sqlite3", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate", "INTEGER PRIMARY KEY"
	if e == store.PostgreSQL {
		driver, name, number = "pgx", storetest.Address(b, e), "BIGSERIAL PRIMARY KEY"
	}
	db := must[*sql.DB](b)(sql.Open(driver, name))
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if e == store.PostgreSQL {
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
	}
	for _, text := range []string{
		"CREATE TABLE bare_answer (city INTEGER NOT NULL, indicator INTEGER NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (city, indicator))",
		"CREATE TABLE bare_audit (id " + number + ", city INTEGER NOT NULL, indicator INTEGER NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, at BIGINT NOT NULL)",
		"CREATE TABLE bare_score (city INTEGER NOT NULL PRIMARY KEY, score DOUBLE PRECISION NOT NULL)",
		"CREATE INDEX bare_score_score ON bare_score (score)",
	} {
		must[sql.Result](b)(db.Exec(text))
	}
	p := func(n int) string {
		if e == store.PostgreSQL {
			return fmt.Sprintf("$%d", n)
		}
		return "?"
	}
	x := &bare{db: db}
	for to, text := range map[**sql.Stmt]string{
		&x.read:   "SELECT value FROM bare_answer WHERE city = " + p(1) + " AND indicator = " + p(2),
		&x.upsert: "INSERT INTO bare_answer (city, indicator, value, version, at) VALUES (" + p(1) + "," + p(2) + "," + p(3) + ",1," + p(4) + ") ON CONFLICT (city, indicator) DO UPDATE SET value = excluded.value, version = bare_answer.version + 1, at = excluded.at",
		&x.audit:  "INSERT INTO bare_audit (city, indicator, old, new, at) VALUES (" + p(1) + "," + p(2) + "," + p(3) + "," + p(4) + "," + p(5) + ")",
		&x.scored: "UPDATE bare_score SET score = " + p(1) + " WHERE city = " + p(2),
	} {
		*to = must[*sql.Stmt](b)(db.Prepare(text))
	}
	tx := must[*sql.Tx](b)(db.Begin())
	for c := range cities {
		must[sql.Result](b)(tx.Exec(fmt.Sprintf("INSERT INTO bare_score (city, score) VALUES (%d, 0)", c)))
		for i := range 90 {
			must[sql.Result](b)(tx.Exec(fmt.Sprintf("INSERT INTO bare_answer (city, indicator, value, version, at) VALUES (%d, %d, 'text', 1, 0)", c, i)))
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return x
}

func (x *bare) save(city, indicator int, text string) error {
	tx, err := x.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var old string
	if err := tx.Stmt(x.read).QueryRow(city, indicator).Scan(&old); err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	if _, err := tx.Stmt(x.upsert).Exec(city, indicator, text, now); err != nil {
		return err
	}
	if _, err := tx.Stmt(x.audit).Exec(city, indicator, old, text, now); err != nil {
		return err
	}
	if _, err := tx.Stmt(x.scored).Exec(rand.Float64(), city); err != nil {
		return err
	}
	return tx.Commit()
}

const benchCities = 1000

// clients runs save from n goroutines until the benchmark has done its saves.
func clients(b *testing.B, n int, save func(city, indicator int, text string) error) {
	b.Helper()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	work := make([]func(), n)
	for i := range work {
		work[i] = func() {
			for left.Add(-1) >= 0 {
				if err := save(rand.IntN(benchCities), rand.IntN(7), fmt.Sprintf("some text of a usual length that changes every time: %d", rand.Int())); err != nil {
					b.Error(err)
					return
				}
			}
		}
	}
	together(work...)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}

func BenchmarkSave(b *testing.B) {
	for _, e := range storetest.Engines {
		b.Run(string(e), func(b *testing.B) {
			plain := newBare(b, e, benchCities)
			s := storetest.Open(b, e)
			w := storetest.Populate(b, s)
			codes := make([]string, benchCities)
			for i := range codes {
				codes[i] = fmt.Sprintf("city-%d", i)
				w.City(b, codes[i], codes[i], "GH")
			}
			if err := w.Planning.Invite(ctx, w.Operator, w.Round.Code, codes...); err != nil {
				b.Fatal(err)
			}
			all := must[[]assessment.Assessment](b)(s.Assessments(ctx, w.Operator, w.Round.Code))
			indicators := w.Instrument.All()
			ours := func(city, indicator int, text string) error {
				m := assessment.Mutation{ID: uuid.NewString(), Indicator: indicators[indicator].ID, Base: 1 << 30, Source: "script",
					Fields: assessment.Fields(0).With(assessment.ExplanationField)}
				m.Answer.Explanation = text
				order := w.Order(w.Operator, m)
				order.Assessment = all[city].ID
				_, err := s.Save(ctx, w.Operator, order)
				return err
			}
			for _, n := range []int{1, 8, 32} {
				b.Run(fmt.Sprintf("bare/%d", n), func(b *testing.B) { clients(b, n, plain.save) })
				b.Run(fmt.Sprintf("store/%d", n), func(b *testing.B) { clients(b, n, ours) })
			}
		})
	}
}
