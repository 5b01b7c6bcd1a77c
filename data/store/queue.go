package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Group commit. SQLite has one writer, and a commit that is on disk costs as much for one save as for many. Saves that
// wait while another commit is under way therefore share the next one. A failed one does not sink its neighbours, and each
// is acknowledged only after the commit.
const (
	groupSaves = 64                   // at most so many in one commit
	groupTime  = 5 * time.Millisecond // no further one is taken up after this
)

type job struct {
	ctx  context.Context
	work func(tx *gorm.DB) error
	done chan error
}

type queue struct {
	db      *gorm.DB
	time    time.Duration // groupTime; tests wait longer
	jobs    chan *job
	closing sync.Once
	stop    chan struct{}
	ended   chan struct{}
}

var errClosed = errors.New("the store is closed")

func newQueue(db *gorm.DB) *queue {
	q := &queue{db: db, time: groupTime, jobs: make(chan *job, groupSaves), stop: make(chan struct{}), ended: make(chan struct{})}
	go q.run()
	return q
}

// do waits until the work is on disk. Work that has not begun when ctx ends is not done; work that has begun is waited for,
// because only its commit tells whether it was saved.
func (q *queue) do(ctx context.Context, work func(tx *gorm.DB) error) error {
	j := &job{ctx: ctx, work: work, done: make(chan error, 1)}
	select {
	case <-q.stop:
		return errClosed
	default:
	}
	select {
	case q.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-q.stop:
		return errClosed
	}
	select {
	case err := <-j.done:
		return err
	case <-q.ended: // the last group may have taken it along
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

// close finishes what waits and ends the queue.
func (q *queue) close() {
	q.closing.Do(func() { close(q.stop) })
	<-q.ended
}

func (q *queue) run() {
	defer close(q.ended)
	for {
		select {
		case j := <-q.jobs:
			q.commit(j)
		case <-q.stop:
			for j := q.waiting(); j != nil; j = q.waiting() {
				q.commit(j)
			}
			return
		}
	}
}

// waiting takes the next job that waits already; nil when none does.
func (q *queue) waiting() *job {
	select {
	case j := <-q.jobs:
		return j
	default:
		return nil
	}
}

// gathering is how often the writer lets others run before it commits a group: 24 gave a fifth more saves at 32 clients
// than none did, and no fewer at 8 (make bench, part W1).
const gathering = 24

// next takes the next job for a group of n. A commit costs as much as several saves: while a group grows, those who are
// about to ask get the processor first. Nobody waits for others who are not there.
func (q *queue) next(n int) *job {
	j := q.waiting()
	for i := 0; j == nil && n > 1 && i < gathering; i++ {
		runtime.Gosched()
		j = q.waiting()
	}
	return j
}

// commit runs one group in one transaction, and tells each of it what became of it.
func (q *queue) commit(first *job) {
	began := time.Now()
	g := joint{db: q.db}
	for j, n := first, 1; j != nil; n++ {
		if err := j.ctx.Err(); err != nil {
			j.done <- err
		} else {
			g.take(j)
		}
		if j = nil; n < groupSaves && time.Since(began) < q.time && g.broken == nil {
			j = q.next(n)
		}
	}
	g.end()
}

// joint is the jobs that share a transaction. They run on trust, one after the other: a savepoint around each would cost
// a copy of every page that it touches. When one fails, the transaction is taken back, and those that were well run again,
// each in a savepoint of its own from then on, as do all that follow them.
type joint struct {
	db      *gorm.DB
	tx      *gorm.DB // nil until a job needs it
	well    []*job
	careful bool
	broken  error // the transaction cannot go on
}

// take runs one job and tells it when it has failed.
func (g *joint) take(j *job) {
	if g.tx == nil {
		if g.tx, g.broken = beginDirect(g.db); g.broken != nil {
			j.done <- g.broken
			return
		}
	}
	err := g.run(j)
	if err == nil {
		g.well = append(g.well, j)
		return
	}
	j.done <- err
	if g.careful || g.broken != nil {
		return
	}
	g.tx.Rollback() // with an error where SQLite has done so by itself: it ends a transaction when the disk fails in the middle
	g.tx = nil
	again := g.well
	g.well, g.careful = nil, len(again) > 0
	if fatal(err) {
		g.broken = err
	}
	for _, j := range again {
		if g.broken != nil {
			j.done <- g.broken
			continue
		}
		g.take(j)
	}
}

// run runs one job. Broken is set when its savepoint could not be taken back, and with it what the neighbours had written.
func (g *joint) run(j *job) error {
	tx := g.tx.Session(&gorm.Session{NewDB: true, Context: context.WithoutCancel(j.ctx)})
	if !g.careful {
		return attempt(j.work, tx)
	}
	if g.broken = plain(g.tx, "SAVEPOINT save"); g.broken != nil {
		return g.broken
	}
	err := attempt(j.work, tx)
	if err != nil && plain(g.tx, "ROLLBACK TO SAVEPOINT save") != nil {
		g.broken = err
		return err
	}
	if g.broken = plain(g.tx, "RELEASE SAVEPOINT save"); g.broken != nil {
		return errors.Join(err, g.broken)
	}
	return err
}

// end commits, and tells those that were well.
func (g *joint) end() {
	err := g.broken
	switch {
	case g.tx == nil:
	case err != nil:
		g.tx.Rollback()
	default:
		err = g.tx.Commit().Error // the driver rolls back what it could not commit
	}
	for _, j := range g.well {
		j.done <- err
	}
}

// attempt runs work; a panic in it is an error of this one alone.
func attempt(work func(tx *gorm.DB) error, tx *gorm.DB) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	return work(tx)
}

func plain(tx *gorm.DB, text string) error {
	_, err := tx.Statement.ConnPool.ExecContext(context.Background(), text)
	return err
}
