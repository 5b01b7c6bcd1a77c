package session

import (
	"context"
	"time"

	"migov/assessment"
	"migov/assessment/fault"
)

// card is the session of one request beside its data: whose it is, and since when. It stands in the context of the request, since
// the session manager knows of token, data and end only.
type card struct {
	assessment.Session
	was string // hash of the token that was read
}

type cardKey struct{}

// cardOf is the card of a request; an empty one for a request without a session.
func cardOf(ctx context.Context) *card {
	if k, ok := ctx.Value(cardKey{}).(*card); ok {
		return k
	}
	return &card{}
}

// cards is the store of the session manager (scs.CtxStore), which hands it hashed tokens only.
type cards struct {
	store Store
	Options
}

// FindCtx returns the data of a session that has not expired.
func (c cards) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	x, err := c.store.Session(ctx, hash, c.Now())
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	k := cardOf(ctx)
	k.Session, k.was = x, hash
	return x.Data, true, nil
}

// CommitCtx keeps a session.
func (c cards) CommitCtx(ctx context.Context, hash string, data []byte, _ time.Time) error {
	k, now := cardOf(ctx), c.Now()
	x := k.Session
	x.Hash, x.Data, x.Seen = hash, data, now
	if x.Begun.IsZero() {
		x.Begun = now
	}
	x.Expires = c.end(x, now)
	fresh := hash != k.was
	k.Session, k.was = x, hash
	return c.store.KeepSession(ctx, x, fresh, now)
}

// DeleteCtx ends a session.
func (c cards) DeleteCtx(ctx context.Context, hash string) error {
	return c.store.EndSession(ctx, hash)
}

// Find is FindCtx without a context.
func (c cards) Find(hash string) ([]byte, bool, error) {
	return c.FindCtx(context.Background(), hash)
}

// Commit is CommitCtx without a context.
func (c cards) Commit(hash string, data []byte, end time.Time) error {
	return c.CommitCtx(context.Background(), hash, data, end)
}

// Delete is DeleteCtx without a context.
func (c cards) Delete(hash string) error { return c.DeleteCtx(context.Background(), hash) }
