package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/mattn/go-sqlite3" // the bare anchor

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/export"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/data/store"
)

// exported are the sizes of the rounds that are exported, in cities; W4 of the targets is set at the middle one.
var exported = []int{1000, 10000, 40000}

// mostOfScan is how many times as long as a bare scan a CSV may take: the target of 0.5 s beside the 0.34 s that the scan takes on
// the machine of the targets, idle.
const mostOfScan = 1.5

// exports measures files of whole rounds: CSV beside a bare scan of the same rows into the same bytes, workbooks, how the time
// grows with the round, and how far memory rises.
func (b *bench) exports() error {
	in, err := questionnaire()
	if err != nil {
		return err
	}
	orders := []struct {
		what  string
		order export.Order
		most  float64 // seconds at the middle size; 0 for no target
	}{
		{"CSV, wide", export.Order{Format: export.Raw, Subject: export.Answers, Shape: export.Wide}, 0.5},
		{"CSV, long", export.Order{Format: export.Raw, Subject: export.Answers}, 0},
		{"XLSX of all answers, wide", export.Order{Format: export.XLSX, Subject: export.Answers, Shape: export.Wide}, 3},
		{"XLSX of all answers, long", export.Order{Format: export.XLSX, Subject: export.Answers}, 3},
		{"XLSX of everything", export.Order{Format: export.XLSX}, 0},
		{"data package of everything", export.Order{Format: export.Package}, 0},
		{"SPSS", export.Order{Format: export.SPSS}, 0},
	}
	times := make([][]float64, len(orders))
	var rises []float64
	for at, cities := range exported {
		database := filepath.Join(b.folder, fmt.Sprintf("export-%d.db", cities))
		if err := fillRound(database, in, cities); err != nil {
			return err
		}
		x, err := openRound(database, in)
		if err != nil {
			return err
		}
		for i, o := range orders {
			var took, bare []float64
			for range b.rounds {
				if i == 0 {
					s, err := bareScan(database)
					if err != nil {
						return err
					}
					bare = append(bare, s)
				}
				s, size, rise, err := x.write(o.order)
				if err != nil {
					return err
				}
				took, rises = append(took, s), append(rises, rise)
				if len(took) == 1 && at == 1 {
					b.note("W4", o.what+", size", float64(size)/1e6, "MB")
				}
			}
			times[i] = append(times[i], median(took))
			what := fmt.Sprintf("%s, %d cities", o.what, cities)
			switch {
			case i == 0:
				b.against("W4", what+", beside a bare scan", median(took), median(bare), "s", 0)
				if at == 1 {
					b.atMost("W4", what, median(took), "s", o.most)
					b.atMost("W4", what+", beside a bare scan", median(took)/median(bare), "×", mostOfScan)
				}
			case at == 1 && o.most > 0:
				b.atMost("W4", what, median(took), "s", o.most)
			default:
				b.note("W4", what, median(took), "s")
			}
		}
		if err := x.store.Close(); err != nil {
			return err
		}
	}
	first, last := exported[1], exported[len(exported)-1]
	for i, o := range orders {
		slope := math.Log(times[i][len(exported)-1]/times[i][1]) / math.Log(float64(last)/float64(first))
		b.atMost("W4", o.what+fmt.Sprintf(", growth from %d to %d cities", first, last), slope, "log-log slope", 1.1)
	}
	highest := 0.0
	for _, r := range rises {
		highest = max(highest, r)
	}
	b.atMost("W4", "highest rise of memory in any of these", highest, "MB", 64)
	return nil
}

// openedRound is a round that can be exported.
type openedRound struct {
	store   *store.Store
	exports assessment.Exports
	say     func(string) string
}

func openRound(database string, in *survey.Instrument) (x openedRound, err error) {
	words, err := locale.Load()
	if err != nil {
		return x, err
	}
	library, err := assessment.NewLibrary(in)
	if err != nil {
		return x, err
	}
	if x.store, err = store.Open(context.Background(), database, store.Options{}); err != nil {
		return x, err
	}
	x.exports = assessment.Exports{Store: x.store, Questionnaires: library, Now: time.Now}
	x.say = func(key string) string { return words.In("en").T(key) }
	return x, nil
}

// write exports the round as the analyst of its server would, audit lines and all, into nothing. It returns the seconds, the
// bytes, and by how many MB the resident memory of this process rose meanwhile.
func (x openedRound) write(o export.Order) (seconds float64, size int64, rise float64, err error) {
	runtime.GC()
	before, highest := resident(), atomic.Int64{}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			highest.Store(max(highest.Load(), resident()))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	began := time.Now()
	p, err := x.exports.Prepare(context.Background(), account.Actor{Role: account.Operator, Name: "bench"}, assessment.ExportOrder{Order: o, Round: "large", Language: survey.English, Say: x.say})
	if err != nil {
		return 0, 0, 0, err
	}
	var out counted
	err = p.Write(context.Background(), &out)
	seconds = time.Since(began).Seconds()
	close(stop)
	<-stopped
	return seconds, int64(out), float64(highest.Load()-before) / 1e6, err
}

type counted int64

func (c *counted) Write(b []byte) (int, error) { *c += counted(len(b)); return len(b), nil }

// resident is the resident memory of this process in bytes.
func resident() int64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// bareScan reads every answer of the database in the order of its key, and writes city and value as CSV: what is the least
// that a program in Go does for it with the same driver.
func bareScan(database string) (seconds float64, err error) {
	db, err := sql.Open("sqlite3", "file:"+database+"?_query_only=on")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	began := time.Now()
	rows, err := db.Query("SELECT city_id, value FROM answer ORDER BY city_id, assessment_id, indicator")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	w := bufio.NewWriterSize(io.Discard, 64<<10)
	var city, value sql.RawBytes
	var last []byte
	for rows.Next() {
		if err := rows.Scan(&city, &value); err != nil {
			return 0, err
		}
		if string(city) != string(last) {
			last = append(last[:0], city...)
			w.WriteByte('\n')
			w.Write(city)
		}
		w.WriteByte(',')
		w.Write(value)
	}
	w.Flush()
	return time.Since(began).Seconds(), rows.Err()
}

// fillRound makes a database with a round that every city has handed in, with 90 answers each, every fifth with an explanation.
// It writes the rows themselves: saving millions of answers one city after another would take an hour.
func fillRound(database string, in *survey.Instrument, cities int) error {
	s, err := store.Open(context.Background(), database, store.Options{})
	if err != nil {
		return err
	}
	if err := s.AddInstrument(context.Background(), in, assessment.Author{Name: "bench", Role: account.Operator}); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", "file:"+database+"?_synchronous=off")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	run := func(text string, args ...any) {
		if err == nil {
			_, err = db.Exec(text, args...)
		}
	}
	numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", cities)
	now := "'2026-11-20 10:00:00'"
	run("INSERT INTO round (id, code, title, instrument, published, created) VALUES ('r', 'large', 'A large round', ?, FALSE, "+now+")", in.Name())
	run("INSERT INTO city (id, code, name, country, fictional, created) " + numbers + "SELECT printf('c%035d', i), printf('city-%06d', i), printf('City %06d', i), 'FR', TRUE, " + now + " FROM n")
	run("INSERT INTO assessment (city_id, id, round_id, perspective, handed_in, handed_in_by, created, state) " + numbers + "SELECT printf('c%035d', i), printf('a%035d', i), 'r', 'officials', " + now + ", '', " + now + ", 'submitted' FROM n")
	run("INSERT INTO score (city_id, assessment_id, seq, method, marks, numbers, answered, settled, changed) " + numbers + "SELECT printf('c%035d', i), printf('a%035d', i), 91, '1.0.0', x'', x'', 90, 90, " + now + " FROM n")
	run("CREATE TEMP TABLE q (at INTEGER, id TEXT, kind TEXT, option TEXT)")
	for i, q := range in.Indicators() {
		option := ""
		if len(q.Options) > 0 {
			option = q.Options[0].ID
		}
		run("INSERT INTO q VALUES (?, ?, ?, ?)", i, q.ID, string(q.Kind), option)
	}
	run("INSERT INTO answer (city_id, assessment_id, indicator, version, value, non_answer, explanation, evidence, confidence, earlier, changed_value, changed_explanation, changed_evidence, changed_confidence, by_account, by_role, at) " + numbers +
		`SELECT printf('c%035d', i), printf('a%035d', i), q.id, 1,
			CASE WHEN (i + at) % 20 = 0 THEN '' WHEN kind = 'level' THEN (i * 7 + at * 3) % 5 WHEN kind = 'yes_no' THEN CASE WHEN (i + at) % 3 = 0 THEN 'no' ELSE 'yes' END WHEN kind = 'multiple' THEN option WHEN kind = 'number' THEN at ELSE 'A text' END,
			CASE WHEN (i + at) % 20 = 0 THEN 'dont_know' ELSE '' END, CASE WHEN (i + at) % 5 = 0 THEN 'What the city does about this, in a sentence, as people write it.' ELSE '' END,
			'', '', '', 1, 0, 0, 0, '', 'coordinator', ` + now + ` FROM n CROSS JOIN q`)
	run("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
