package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// RestDays are days of the week on which nobody of a city is reminded of anything: bit n stands for time.Weekday n. A
// city has no time zone of its own: its days are those of UTC.
type RestDays uint8

// RestOn gathers days.
func RestOn(days ...time.Weekday) (r RestDays) {
	for _, d := range days {
		r |= 1 << d
	}
	return r
}

// Has tells whether a day is among them.
func (r RestDays) Has(d time.Weekday) bool { return r&(1<<d) != 0 }

// restMost are all days of the week: a city that rests on each would never hear of anything.
const restMost RestDays = 1<<7 - 1

// Reminders are the kinds of letters that wait while a city rests: those that tell nothing that somebody has just done.
var Reminders = []string{string(NoticeDue), string(NoticeExpiring), string(NoticeRemoval), LetterDigest}

// RestKeeper keeps the rest days of cities.
type RestKeeper interface {
	RestDays(ctx context.Context, city string) (RestDays, error)
	SetRestDays(ctx context.Context, city string, days RestDays, by Author, at time.Time) error
}

// Rest is how a coordinator says on which days the city rests.
type Rest struct {
	Store RestKeeper
	Now   func() time.Time
}

// Of tells the rest days of the actor's city.
func (r Rest) Of(ctx context.Context, who account.Actor) (RestDays, error) {
	if who.Role != account.Coordinator {
		return 0, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	return r.Store.RestDays(ctx, who.City)
}

// Set says the rest days of the actor's city. At least one day of the week remains.
func (r Rest) Set(ctx context.Context, who account.Actor, days RestDays) error {
	if who.Role != account.Coordinator {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if days >= restMost {
		return fault.New(fault.Invalid, "restday.all", nil).WithFields(fault.Field{Name: "day", Key: "restday.all"})
	}
	return r.Store.SetRestDays(ctx, who.City, days, author(who), r.Now())
}
