package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// LeftLife is how long after an account was ended a save that was under way is still kept.
const LeftLife = 24 * time.Hour

// Ended says when accounts were ended.
type Ended interface {
	// Ended returns the moment at which an account was ended; zero while it is open.
	Ended(ctx context.Context, id string) (time.Time, error)
}

// SaveLeft keeps what somebody sends whose account was ended while they were writing: each text stands beside the answer, as
// after a conflict, until a colleague chooses, and the coordinators are told. It returns a fault of kind Forbidden that tells
// the person what became of the text: kept, or not.
func (d Drafts) SaveLeft(ctx context.Context, ended Ended, a account.Account, id string, given ...Given) error {
	at, err := ended.Ended(ctx, a.ID)
	if err != nil {
		return err
	}
	who := a.Actor()
	if at.IsZero() || d.Now().Sub(at) > LeftLife || !account.Allowed(who.Role, account.WriteAnswer) {
		return fault.New(fault.Unsigned, "fault.unsigned", nil)
	}
	x, in, err := d.find(ctx, who, id, account.WriteAnswer)
	if err != nil {
		return err
	}
	if !x.TakesChanges() {
		return closed(x)
	}
	order, rejected := d.order(in, x.ID, who, given)
	order.Left = map[string]string{}
	for _, m := range order.Mutations {
		order.Left[m.Indicator] = "/assessments/" + x.ID + "/" + sectionOf(in, m.Indicator) + "#" + m.Indicator
	}
	if len(order.Mutations) > 0 {
		if _, err := d.Store.Save(ctx, who, order); err != nil {
			return err
		}
	}
	switch {
	case len(rejected) > 0:
		return fault.New(fault.Forbidden, "fault.left_partly", nil)
	case len(order.Mutations) == 0:
		return fault.New(fault.Forbidden, "fault.left_nothing", nil)
	}
	return fault.New(fault.Forbidden, "fault.left_kept", nil)
}

// sectionOf is the id of the sub-category of an indicator.
func sectionOf(in *survey.Instrument, indicator string) string {
	for _, s := range in.Sections() {
		for _, q := range s.Indicators {
			if q.ID == indicator {
				return s.ID
			}
		}
	}
	return ""
}
