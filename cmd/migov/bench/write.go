package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/data/store"
	"migov/data/store/storetest"
)

// clients are the numbers of people who save at the same time, with the least share of the anchor that must be reached.
var clients = []struct {
	n    int
	must float64
}{{1, 0}, {8, 0.8}, {32, 1.2}}

func (b *bench) writeSQLite() error {
	w, err := fill(filepath.Join(b.folder, "write.db"), 0)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(b.folder, "bare.db")+"?_busy_timeout=5000&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	return b.writes("W1 SQLite", w, db, true)
}

// tb lets storetest start its throw-away PostgreSQL outside a test.
type tb struct {
	testing.TB
	failed error
	undo   []func()
}

func (t *tb) Helper()             {}
func (t *tb) Fatal(args ...any)   { panic(fmt.Sprint(args...)) }
func (t *tb) Error(args ...any)   { t.failed = errors.New(fmt.Sprint(args...)) }
func (t *tb) Cleanup(undo func()) { t.undo = append(t.undo, undo) }

func (b *bench) writePostgres() (err error) {
	t := &tb{}
	defer func() {
		for _, undo := range t.undo {
			undo()
		}
		err = errors.Join(err, t.failed)
	}()
	w, err := fill(storetest.Address(t, store.PostgreSQL), 0)
	if err != nil {
		return err
	}
	db, err := sql.Open("pgx", storetest.Address(t, store.PostgreSQL))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	return b.writes("W1 PostgreSQL", w, db, false)
}

// writes runs the bare transaction and the product in turn.
func (b *bench) writes(group string, w world, db *sql.DB, bounds bool) error {
	bare, err := newBare(db, len(w.ids), levels(w.in))
	if err != nil {
		return err
	}
	s, err := b.serve(w.database)
	if err != nil {
		return err
	}
	defer s.stop()
	people, err := b.people(s, w)
	if err != nil {
		return err
	}
	type pair struct{ bare, product, p50, p99, cpu []float64 }
	got := make([]pair, len(clients))
	for range b.rounds {
		for i, c := range clients {
			m, err := load(c.n, b.seconds, func(int) (func() error, error) { return bare.step(), nil })
			if err != nil {
				return fmt.Errorf("bare: %w", err)
			}
			before := s.cpu()
			p, err := load(c.n, b.seconds, func(client int) (func() error, error) { return people[client].save, people[client].connect(s) })
			if err != nil {
				return fmt.Errorf("product: %w\n%s", err, s.log.String())
			}
			g := &got[i]
			g.bare, g.product, g.p50, g.p99 = append(g.bare, m.rate), append(g.product, p.rate), append(g.p50, p.p50), append(g.p99, p.p99)
			g.cpu = append(g.cpu, (s.cpu()-before).Seconds()*1000/(p.rate*b.seconds.Seconds()))
		}
	}
	for i, c := range clients {
		g, must := got[i], 0.0
		if bounds {
			must = c.must
		}
		b.against(group, fmt.Sprintf("saves, %d clients", c.n), median(g.product), median(g.bare), "per s", must)
		b.note(group, fmt.Sprintf("p50, %d clients", c.n), median(g.p50), "ms")
		if c.n == 32 && bounds {
			b.atMost(group, "p99, 32 clients", median(g.p99), "ms", 40)
		} else {
			b.note(group, fmt.Sprintf("p99, %d clients", c.n), median(g.p99), "ms")
		}
		b.note(group, fmt.Sprintf("processor time of the server, %d clients", c.n), median(g.cpu), "ms per save")
	}
	return nil
}

// bare is the anchor: the realistic transaction of a save without anything around it. It reads the answer, writes it,
// adds a line to the log and moves the score row; one commit each.
type bare struct {
	db                       *sql.DB
	read, answer, log, score *sql.Stmt
	cities                   int
	indicators               []string
	marks                    []byte
}

func newBare(db *sql.DB, cities int, indicators []string) (*bare, error) {
	ctx, blob := context.Background(), "BLOB"
	if _, err := db.Exec("SELECT sqlite_version()"); err != nil {
		blob = "BYTEA"
	}
	for _, s := range []string{
		"CREATE TABLE bare_answer (city TEXT NOT NULL, assessment TEXT NOT NULL, indicator TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, explanation TEXT NOT NULL, at TIMESTAMP NOT NULL, PRIMARY KEY (city, assessment, indicator))",
		"CREATE TABLE bare_log (id TEXT NOT NULL PRIMARY KEY, city TEXT NOT NULL, subject TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, at TIMESTAMP NOT NULL)",
		"CREATE TABLE bare_score (city TEXT NOT NULL, assessment TEXT NOT NULL, seq INTEGER NOT NULL, marks " + blob + " NOT NULL, PRIMARY KEY (city, assessment))",
	} {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return nil, err
		}
	}
	b := &bare{db: db, cities: cities, indicators: indicators, marks: make([]byte, 700)}
	place := func(text string) string {
		if blob == "BLOB" {
			return text
		}
		for i := 1; strings.Contains(text, "?"); i++ {
			text = strings.Replace(text, "?", "$"+strconv.Itoa(i), 1)
		}
		return text
	}
	var errs []error
	prepare := func(text string) *sql.Stmt {
		s, err := db.PrepareContext(ctx, place(text))
		errs = append(errs, err)
		return s
	}
	b.read = prepare("SELECT version, value FROM bare_answer WHERE city = ? AND assessment = ? AND indicator = ?")
	b.answer = prepare(`INSERT INTO bare_answer (city, assessment, indicator, version, value, explanation, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (city, assessment, indicator) DO UPDATE SET version = excluded.version, value = excluded.value, explanation = excluded.explanation, at = excluded.at`)
	b.log = prepare("INSERT INTO bare_log (id, city, subject, version, value, at) VALUES (?, ?, ?, ?, ?, ?)")
	b.score = prepare("INSERT INTO bare_score (city, assessment, seq, marks) VALUES (?, ?, ?, ?) ON CONFLICT (city, assessment) DO UPDATE SET seq = excluded.seq, marks = excluded.marks")
	return b, errors.Join(errs...)
}

func (b *bare) step() func() error {
	random, ctx := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano()))), context.Background()
	return func() error {
		city, indicator := "city-"+strconv.Itoa(random.IntN(b.cities)), b.indicators[random.IntN(len(b.indicators))]
		tx, err := b.db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		version, value := 0, ""
		if err := tx.StmtContext(ctx, b.read).QueryRow(city, city, indicator).Scan(&version, &value); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		version++
		now, value := time.Now().UTC(), strconv.Itoa(version%5)
		if _, err := tx.StmtContext(ctx, b.answer).Exec(city, city, indicator, version, value, "What the city does about this.", now); err != nil {
			return err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, b.log).Exec(id.String(), city, city+"/"+indicator, version, value, now); err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, b.score).Exec(city, city, version, b.marks); err != nil {
			return err
		}
		return tx.Commit()
	}
}

// person is somebody signed in who saves answers of the own city.
type person struct {
	w        *wire
	cookie   string
	id       string
	levels   []string
	versions map[string]int
	random   *rand.Rand
}

func (b *bench) people(s *served, w world) (out []*person, err error) {
	for i, id := range w.ids {
		cookie, err := s.signIn(fmt.Sprintf("city-%04d@example.org", i))
		if err != nil {
			return nil, err
		}
		p := &person{cookie: cookie, id: id, levels: levels(w.in), versions: map[string]int{}, random: rand.New(rand.NewPCG(2, uint64(i)))}
		for _, q := range p.levels {
			p.versions[q] = 1
		}
		out = append(out, p)
	}
	return out, nil
}

// connect opens a connection for one load; the server closes one that says nothing for ten seconds.
func (p *person) connect(s *served) (err error) {
	if p.w != nil {
		p.w.conn.Close()
	}
	p.w, err = dial(s.address)
	return err
}

// save changes one answer to another level.
func (p *person) save() error {
	q := p.levels[p.random.IntN(len(p.levels))]
	version := p.versions[q]
	id := uuid.NewString()
	more := "Content-Type: application/json\r\nIdempotency-Key: " + id + "\r\nIf-Match: \"" + strconv.Itoa(version) + "\"\r\n"
	body := fmt.Sprintf(`{"value":"%d","explanation":"Version %d of what the city does about this."}`, version%5, version)
	a, err := p.w.ask(p.w.request("PUT", "/api/v1/assessments/"+p.id+"/answers/"+q, p.cookie, more, body), false)
	if err != nil {
		return err
	}
	var saved struct {
		Saved    bool
		Mutation string
		Version  int
	}
	if err := json.Unmarshal(a.body, &saved); err != nil || a.status != 201 || !saved.Saved || saved.Mutation != id {
		return fmt.Errorf("not saved: %d %s", a.status, a.body)
	}
	p.versions[q] = saved.Version
	return nil
}
