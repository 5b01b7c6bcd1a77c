package assessment

import (
	"context"

	"migov/assessment/account"
)

// Sealed delivers saves that a browser had to keep.
type Sealed struct {
	Drafts Drafts
	Store  SealedReader
}

// SealedReader reads what became of an earlier save.
type SealedReader interface {
	// VersionAfter returns the version of an answer after a mutation; 0 when there is no such mutation of this answer.
	VersionAfter(ctx context.Context, who account.Actor, assessment, indicator, mutation string) (int, error)
}

// Deliver saves what somebody had typed before. With after it is based on what that earlier mutation of the same browser
// amounted to, which the browser did not live to hear of.
func (o Sealed) Deliver(ctx context.Context, who account.Actor, assessment string, g Given, after string) ([]Saved, []Rejected, error) {
	if after != "" {
		version, err := o.Store.VersionAfter(ctx, who, assessment, g.Indicator, after)
		if err != nil {
			return nil, nil, err
		}
		g.Base = max(g.Base, version)
	}
	return o.Drafts.Save(ctx, who, assessment, g)
}
