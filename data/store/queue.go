package store

import (
	"context"
	"database/sql"
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
	jobs    chan *job
	closing sync.Once
	stop    chan struct{}
	ended   chan struct{}
}

var errClosed = errors.New("the store is closed")

func newQueue(db *gorm.DB) *queue {
	q := &queue{db: db, jobs: make(chan *job, groupSaves), stop: make(chan struct{}), ended: make(chan struct{})}
	go q.run()
	return q
}

// do waits until the work is on disk. Work that has not begun when ctx ends is not done; work that has begun is waited for,
// because only its commit tells whether it was saved.
func (q *queue) do(ctx context.Context, work func(tx *gorm.DB) error) error {
	j := &job{ctx: ctx, work: work, done: make(chan error, 1)}
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
	case <-q.ended:
		select {
		case err := <-j.done:
			return err
		default:
			return errClosed
		}
	}
}

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
			for {
				select {
				case j := <-q.jobs:
					q.commit(j)
				default:
					return
				}
			}
		}
	}
}

// commit runs one group in one transaction.
func (q *queue) commit(first *job) {
	began := time.Now()
	tx := q.db.Begin(&sql.TxOptions{})
	if tx.Error != nil {
		first.done <- tx.Error
		return
	}
	var well []*job
	for j, n := first, 0; j != nil; n++ {
		if err := q.one(tx, j); err != nil {
			j.done <- err
		} else {
			well = append(well, j)
		}
		j = nil
		if n+1 < groupSaves && time.Since(began) < groupTime {
			select {
			case j = <-q.jobs:
			default:
			}
		}
	}
	err := tx.Commit().Error
	if err != nil {
		tx.Rollback()
	}
	for _, j := range well {
		j.done <- err
	}
}

// one runs one job in a savepoint.
func (q *queue) one(tx *gorm.DB, j *job) (err error) {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	if err := tx.Exec("SAVEPOINT save").Error; err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
		if err != nil {
			tx.Exec("ROLLBACK TO SAVEPOINT save")
		}
		if e := tx.Exec("RELEASE SAVEPOINT save").Error; e != nil && err == nil {
			err = e
		}
	}()
	return j.work(tx.Session(&gorm.Session{NewDB: true, Context: context.WithoutCancel(j.ctx)}))
}
