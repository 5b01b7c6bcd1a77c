package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
)

// Group commit. SQLite has one writer, and a commit that is on disk costs as much for one save as for many. Saves that
// wait while another commit is under way therefore share the next one: each is a savepoint of its own, so that a failed
// one does not sink its neighbours, and each is acknowledged only after the commit.
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

// commit runs one group in one transaction, and tells each of it what became of it.
func (q *queue) commit(first *job) {
	tx := q.db.Begin()
	if tx.Error != nil {
		first.done <- tx.Error
		return
	}
	began := time.Now()
	var well []*job
	var broken error
	for j, n := first, 1; j != nil && broken == nil; n++ {
		var err error
		if err, broken = q.one(tx, j); err != nil {
			j.done <- err
		} else {
			well = append(well, j)
		}
		if j = nil; n < groupSaves && time.Since(began) < q.time && broken == nil {
			j = q.waiting()
		}
	}
	err := broken
	if err != nil {
		tx.Rollback()
	} else {
		err = tx.Commit().Error // the driver rolls back what it could not commit
	}
	for _, j := range well {
		j.done <- err
	}
}

// one runs one job in a savepoint. Broken is set when the savepoint could not be taken back: SQLite ends a whole
// transaction by itself when the disk fails in the middle, and with it what the neighbours had written.
func (q *queue) one(tx *gorm.DB, j *job) (err, broken error) {
	if err := j.ctx.Err(); err != nil {
		return err, nil
	}
	if err := plain(tx, "SAVEPOINT save"); err != nil {
		return err, err
	}
	if err = attempt(j.work, tx.Session(&gorm.Session{NewDB: true, Context: context.WithoutCancel(j.ctx)})); err != nil {
		if e := plain(tx, "ROLLBACK TO SAVEPOINT save"); e != nil {
			return err, err
		}
	}
	if e := plain(tx, "RELEASE SAVEPOINT save"); e != nil {
		return errors.Join(err, e), e
	}
	return err, nil
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
