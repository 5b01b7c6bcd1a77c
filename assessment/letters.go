package assessment

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Letter is a letter that waits to be sent. It holds no secret and no answer: what it says is put into words, and links are
// made, when it is sent.
type Letter struct {
	ID       string
	Account  string
	Kind     string // a NoticeKind, or one of the kinds below
	Args     map[string]string
	Href     string
	At       time.Time // when it was written into the outbox
	Attempts int       // the present one included
}

// The kinds of letters that tell no single notice.
const (
	LetterDigest = "digest" // the unread notices
	LetterInvite = "invite" // a link to accept an invitation
	LetterReset  = "reset"  // a link to set a new password
)

// Asked tells whether the person gets a letter of this kind however often they want letters: they asked for it, or it is
// about the safety of their account.
func (l Letter) Asked() bool {
	return l.Kind == LetterInvite || l.Kind == LetterReset || l.Kind == string(NoticeSecurity)
}

// Outbox keeps letters. Of instances that work at the same time, each letter is claimed by one.
type Outbox interface {
	// Claim takes the letter that is due first, for LetterLease; false when none is due. Reminders wait while the city rests.
	Claim(ctx context.Context, now time.Time) (Letter, bool, error)
	// Sent, Again and GiveUp say what became of a claimed letter. GiveUp tells the administrators once.
	Sent(ctx context.Context, id string, at time.Time) error
	Again(ctx context.Context, id string, due time.Time) error
	GiveUp(ctx context.Context, id string, at time.Time) error
	// Digests writes a letter for each person with a frequency who has unread notices from before the moment that the
	// letters of that frequency were due last, and has had no letter about them; unless their city rests on a day.
	Digests(ctx context.Context, frequency account.Mail, due, day time.Time) error
	// Unread lists the unread notices of an account, oldest first.
	Unread(ctx context.Context, account string) ([]Notice, error)
	// Sweep deletes letters that were sent or given up before a time, and all that wait when pending is set; notices that
	// were read before it, and presence that was left before it.
	Sweep(ctx context.Context, before time.Time, pending bool) error
}

// Carrier brings letters to a mail server.
type Carrier interface {
	Open() Trip
}

// Trip brings letters to a mail server one after the other, over one connection, which is made with the first of them.
type Trip interface {
	// Carry puts a letter into words and hands it to the mail server; nil means that the server has taken it. An error that
	// wraps ErrAway says that at present no letter can go; any other is about this letter.
	Carry(ctx context.Context, to account.Account, l Letter, news []Notice) error
	Close()
}

// ErrAway says that the mail server was not reached, or fell silent, or lets nobody in.
var ErrAway = errors.New("the mail server is away")

// Times of letters.
const (
	LetterLease  = time.Minute         // after which a letter whose sender was lost is free again
	LetterTime   = 45 * time.Second    // for one attempt; less than the lease
	LetterLife   = 3 * 24 * time.Hour  // after which a letter is given up
	LettersKept  = 30 * 24 * time.Hour // sent letters and read notices are kept
	LetterHour   = 6                   // UTC, when daily and weekly letters are due
	LetterDay    = time.Monday         // when weekly letters are due
	everyAttempt = 24 * time.Hour
)

// pauses are how long a letter waits after its first, second, … failure; after the last it is tried daily.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// couriers is how many letters are on their way at the same time at most.
const couriers = 3

// A mail server that is away is left alone for a while, longer after each time, at most awayLongest and half of that more.
const (
	awayFirst   = 15 * time.Second
	awayLongest = 5 * time.Minute
)

// Letters sends what waits in the outbox. One Work runs at a time.
type Letters struct {
	Store interface {
		Outbox
		Account(ctx context.Context, id string) (account.Account, error)
	}
	Carrier Carrier
	Now     func() time.Time
	Failed  func(l Letter, err error) // for the log, one at a time; nil for nobody

	mu   sync.Mutex
	away int       // turns in which the server was away, since it was there last
	next time.Time // no letter is tried before
}

// Work writes the daily and weekly letters that are due, then sends every letter that is due, a few at a time, and returns
// when none is left or the context ends. The first goes alone: when the server is away the others wait for a later turn, so
// that a dead server costs one attempt. A letter that its server has taken and that could not be marked as sent goes out again
// after the lease: each is sent at least once.
func (w *Letters) Work(ctx context.Context) error {
	now := w.Now()
	for _, f := range []account.Mail{account.DailyMail, account.WeeklyMail} {
		due := LastDue(f, now)
		day := due
		if f == account.WeeklyMail { // on the next day, where a city rests when they are due
			day = now
		}
		if err := w.Store.Digests(ctx, f, due, day); err != nil {
			return err
		}
	}
	if now.Before(w.next) {
		return nil
	}
	w.next = now.Add(pauseAway(w.away+1, rand.Float64())) // where the letters of this turn go when the server is away
	var away atomic.Bool
	trip := w.Carrier.Open()
	more, err := w.walk(ctx, trip, &away, 1)
	if !more || err != nil {
		trip.Close()
	} else {
		var running sync.WaitGroup
		faults := make([]error, couriers)
		for i := range couriers {
			mine := trip
			if i > 0 {
				mine = w.Carrier.Open()
			}
			running.Go(func() {
				defer mine.Close()
				_, faults[i] = w.walk(ctx, mine, &away, math.MaxInt)
			})
		}
		running.Wait()
		err = errors.Join(faults...)
	}
	if w.away++; !away.Load() {
		w.away, w.next = 0, time.Time{}
	}
	return err
}

// walk sends letters that are due, some at most, until none is left or the server is away; more is false then.
func (w *Letters) walk(ctx context.Context, trip Trip, away *atomic.Bool, most int) (more bool, err error) {
	for range most {
		if ctx.Err() != nil || away.Load() {
			return false, nil
		}
		l, found, err := w.Store.Claim(ctx, w.Now())
		if err != nil || !found {
			return false, err
		}
		if err := w.one(ctx, trip, l, away); err != nil {
			return false, err
		}
	}
	return !away.Load(), nil
}

// pauseAway is how long a mail server is left alone after it was away n times in a row; by is from 0 to 1, at random, so
// that instances do not come at the same moment.
func pauseAway(n int, by float64) time.Duration {
	pause := awayLongest
	if n < 6 {
		pause = min(pause, awayFirst<<(n-1))
	}
	return pause + time.Duration(by*float64(pause)/2)
}

// one sends a claimed letter.
func (w *Letters) one(ctx context.Context, trip Trip, l Letter, away *atomic.Bool) error {
	trying, cancel := context.WithTimeout(ctx, LetterTime)
	defer cancel()
	err := w.carry(trying, trip, l)
	if err != nil && ctx.Err() != nil {
		return nil // we are stopping: the lease ends by itself
	}
	ctx, now := context.WithoutCancel(ctx), w.Now() // what was sent is noted even when we are stopping
	if err == nil || errors.Is(err, errUnwanted) || fault.Is(err, fault.NotFound) {
		return w.Store.Sent(ctx, l.ID, now)
	}
	if w.Failed != nil {
		w.mu.Lock()
		w.Failed(l, err)
		w.mu.Unlock()
	}
	due, ok := l.Next(now)
	if errors.Is(err, ErrAway) { // nothing is wrong with the letter
		away.Store(true)
		due = w.next
	}
	if !ok {
		return w.Store.GiveUp(ctx, l.ID, now)
	}
	return w.Store.Again(ctx, l.ID, due)
}

var errUnwanted = errors.New("nobody wants this letter any more")

func (w *Letters) carry(ctx context.Context, trip Trip, l Letter) error {
	to, err := w.Store.Account(ctx, l.Account)
	if fault.Is(err, fault.NotFound) {
		return errUnwanted
	}
	if err != nil {
		return err
	}
	if to.Disabled || to.Former > 0 || to.Mail == account.NoMail && !l.Asked() {
		return errUnwanted
	}
	var news []Notice
	if l.Kind == LetterDigest {
		if news, err = w.Store.Unread(ctx, l.Account); err != nil {
			return err
		}
		if len(news) == 0 {
			return errUnwanted
		}
	}
	return trip.Carry(ctx, to, l, news)
}

// Next says when a letter whose attempt failed is tried again; false when it is given up.
func (l Letter) Next(now time.Time) (time.Time, bool) {
	end := l.At.Add(LetterLife)
	if !now.Before(end) {
		return time.Time{}, false
	}
	pause := everyAttempt
	if l.Attempts <= len(pauses) {
		pause = pauses[max(l.Attempts, 1)-1]
	}
	due := now.Add(pause)
	if due.After(end) {
		due = end
	}
	return due, true
}

// LastDue is the last moment at or before now at which letters of a frequency were due.
func LastDue(f account.Mail, now time.Time) time.Time {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), LetterHour, 0, 0, 0, time.UTC)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	for f == account.WeeklyMail && due.Weekday() != LetterDay {
		due = due.AddDate(0, 0, -1)
	}
	return due
}
