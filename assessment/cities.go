package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/place"
)

// KeepsCities is the action that reading the list of all cities and importing cities need.
const KeepsCities = account.ManageRounds

// Cities keeps what is known of cities besides their answers. Whoever plans rounds knows of every city.
type Cities struct {
	Store CityKeeper
	Names place.Say // of countries, regions, roles, income groups and columns, in every language
	Now   func() time.Time
}

// CityAsk says which cities are listed.
type CityAsk struct {
	Country, Region string // empty: every one
	From, Most      int    // how many are passed over, and how many are listed
}

// CityList is a part of the list of cities, by country and name.
type CityList struct {
	Cities    []City
	Of        int // that fit the question
	Countries []string
	Regions   []string // of all cities, whatever is asked; in no order
}

// CityOrder is what is kept of cities at once.
type CityOrder struct {
	Adds    []City       // without ids
	Changes []CityChange // of cities that are kept
	Seen    CityMark
}

// CityChange replaces what was seen of a city.
type CityChange struct{ Before, After City }

// CityMark tells whether cities were added or removed.
type CityMark struct {
	Count  int
	Newest string // the largest id
}

// CityKeeper keeps cities.
type CityKeeper interface {
	Cities(ctx context.Context) ([]City, error)
	CityList(ctx context.Context, ask CityAsk) (CityList, error)
	// CitiesElsewhere are the ids of the cities that take part in rounds, but in none that an analyst is bound to. Nobody else has such.
	CitiesElsewhere(ctx context.Context, who account.Actor) (map[string]bool, error)
	// KeepCities adds and changes cities, all or none. A Conflict when cities were added or removed since, or one of those to be
	// changed is not any more as it was seen, or takes part elsewhere only.
	KeepCities(ctx context.Context, who account.Actor, o CityOrder, by Author, at time.Time) error
}

// List lists cities.
func (c Cities) List(ctx context.Context, who account.Actor, ask CityAsk) (CityList, error) {
	if !account.Allowed(who.Role, KeepsCities) {
		return CityList{}, forbidden()
	}
	return c.Store.CityList(ctx, ask)
}
