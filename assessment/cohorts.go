package assessment

import (
	"context"
	"slices"
	"sync"
	"time"

	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Cohorts holds the rounds that people compare in memory, and brings them up to date by reading what has moved since.
type Cohorts struct {
	Store interface {
		Finder
		Programme
		CohortReader
		BackingReader
	}
	Questionnaires Questionnaires
	Now            func() time.Time

	mu    sync.Mutex
	held  map[string]*heldCohort // by id of the round
	order []string               // of held, the newest last
}

// CohortReader reads the cities of a round for a comparison. It asks for no actor: what is told to whom is decided on the cohort.
type CohortReader interface {
	// CohortSince returns the number of the last move in a round, and the assessments of officials that have moved since another
	// (-1: all), in no order. The numbers of a city are only lent during the visit. Marks and numbers are those of the moment that are handed in; drafts come without.
	CohortSince(ctx context.Context, round string, since int64, visit func(compare.City)) (moved int64, err error)
}

// heldCohort is a round in memory. Its lock is held while it is read, so that others wait for the same reading.
type heldCohort struct {
	mu     sync.Mutex
	moved  int64
	cohort *compare.Cohort
}

// mostHeld is how many rounds are held at a time. A city takes about 1 kB.
const mostHeld = 6

// Of returns the cohort of a round for an analyst of it.
func (c *Cohorts) Of(ctx context.Context, who account.Actor, code string) (Round, *compare.Cohort, error) {
	if !account.Allowed(who.Role, account.Compare) {
		return Round{}, nil, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	r, err := c.Store.Round(ctx, who, code)
	if err != nil {
		return r, nil, err
	}
	if r.Published {
		return r, nil, fault.New(fault.Forbidden, "fault.round_published", nil)
	}
	cohort, err := c.hold(ctx, r)
	return r, cohort, err
}

// Peers returns the cohort of the round of a city's assessment, and what the city may compare itself with. It has to have handed in:
// drafts are never compared. It need not show its own numbers.
func (c *Cohorts) Peers(ctx context.Context, who account.Actor, id string) (Assessment, *compare.Cohort, compare.Peers, error) {
	a, err := c.Store.Assessment(ctx, who, id)
	switch {
	case err != nil:
		return a, nil, compare.Peers{}, err
	case !who.Role.OfCity() && who.Role != account.Operator:
		return a, nil, compare.Peers{}, fault.New(fault.Forbidden, "fault.forbidden", nil)
	case a.Round.Published:
		return a, nil, compare.Peers{}, fault.New(fault.Forbidden, "fault.round_published", nil)
	case a.Open():
		return a, nil, compare.Peers{}, fault.New(fault.Conflict, "fault.peers_own_open", nil)
	}
	cohort, err := c.hold(ctx, a.Round)
	if err != nil {
		return a, nil, compare.Peers{}, err
	}
	return a, cohort, cohort.Peers(a.ID), nil
}

// hold finds the cohort of a round, whose Moved is of now, and brings it up to date.
func (c *Cohorts) hold(ctx context.Context, r Round) (*compare.Cohort, error) {
	code, version, _ := survey.ParseName(r.Instrument)
	in, ok := c.Questionnaires.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": r.Instrument})
	}
	h := c.slot(r.ID)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cohort != nil && h.moved >= r.Moved {
		return h.cohort, nil
	}
	if h.cohort == nil || h.moved < r.Taken {
		b := compare.NewBuilder(c.Questionnaires.Scheme(in))
		moved, err := c.Store.CohortSince(ctx, r.ID, -1, b.Add)
		if err != nil {
			return nil, err
		}
		h.cohort, h.moved = b.Cohort(), moved
		return h.cohort, nil
	}
	var changed []compare.City
	moved, err := c.Store.CohortSince(ctx, r.ID, h.moved, func(x compare.City) {
		x.Numbers.Dimensions, x.Numbers.Subcategories = slices.Clone(x.Numbers.Dimensions), slices.Clone(x.Numbers.Subcategories)
		changed = append(changed, x)
	})
	if err != nil {
		return nil, err
	}
	h.cohort, h.moved = h.cohort.With(changed), moved
	return h.cohort, nil
}

func (c *Cohorts) slot(round string) *heldCohort {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]*heldCohort{}
	}
	if i := slices.Index(c.order, round); i >= 0 {
		c.order = slices.Delete(c.order, i, i+1)
	}
	c.order = append(c.order, round)
	if c.held[round] == nil {
		c.held[round] = &heldCohort{}
	}
	for len(c.order) > mostHeld {
		delete(c.held, c.order[0])
		c.order = c.order[1:]
	}
	return c.held[round]
}

// MostBacked is up to how many cities a comparison is computed with backed answers alone; above, the package of results has it.
const MostBacked = 500

// Backed returns a cohort of a round in which only answers of a standing or a better one count, for an analyst of the round. It is
// computed for every request, because standings change with time. Above MostBacked cities that is a Conflict.
func (c *Cohorts) Backed(ctx context.Context, who account.Actor, r Round, claimed *compare.Cohort, least evidence.Standing) (*compare.Cohort, error) {
	if least != evidence.Evidenced && least != evidence.Verified {
		return claimed, nil
	}
	if claimed.Select(compare.Group{}).Size() > MostBacked { // before anything is read
		return nil, fault.New(fault.Conflict, "fault.too_many_backed", fault.Args{"Most": MostBacked})
	}
	all, err := c.Store.Assessments(ctx, who, r.Code)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a Assessment) bool { return a.Open() || a.Perspective != Officials })
	now, scheme := c.Now(), claimed.Scheme
	var out []compare.City
	for some := range slices.Chunk(all, atATime) {
		sheets, err := c.Store.Sheets(ctx, who, ids(some))
		if err != nil {
			return nil, err
		}
		beside, err := c.Store.Backings(ctx, who, some)
		if err != nil {
			return nil, err
		}
		for i, a := range some {
			x, known := claimed.Own(a.ID)
			if !known {
				continue
			}
			b := BackingOf(scheme, sheets[i], beside[i], now)
			x.Marks = b.Evidenced
			if least == evidence.Verified {
				x.Marks = b.Verified
			}
			x.Numbers.Dimensions, x.Numbers.Subcategories = nil, nil
			scheme.Numbers(x.Marks, &x.Numbers)
			out = append(out, x)
		}
	}
	return claimed.With(out), nil
}
