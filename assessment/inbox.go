package assessment

import (
	"context"
	"slices"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Inbox is where a person reads what they should know.
type Inbox struct {
	Store InboxKeeper
	Now   func() time.Time
}

// InboxKeeper keeps notices. How many are unread stands with the account and moves in the same transactions.
type InboxKeeper interface {
	// Notices lists notices of an account, the newest first, older than the one named (none: from the newest), at most limit.
	Notices(ctx context.Context, account, before string, limit int) ([]Notice, error)
	// Notice finds one notice of an account.
	Notice(ctx context.Context, account, id string) (Notice, error)
	// SetSeen marks one notice of an account as read, or all when none is named.
	SetSeen(ctx context.Context, account, id string, at time.Time) error
	// SetMail says how often the person wants letters. Letters of notices that wait to be sent are dropped when it is not each.
	SetMail(ctx context.Context, account string, m account.Mail) error
}

// NoticesShown is how many notices a page shows.
const NoticesShown = 50

// List returns a page of the inbox, and the id after which older ones follow; empty when there are none.
func (i Inbox) List(ctx context.Context, who account.Actor, before string) (page []Notice, older string, err error) {
	page, err = i.Store.Notices(ctx, who.Account, before, NoticesShown+1)
	if len(page) > NoticesShown {
		page = page[:NoticesShown]
		older = page[NoticesShown-1].ID
	}
	return page, older, err
}

// Read marks a notice as read and returns it.
func (i Inbox) Read(ctx context.Context, who account.Actor, id string) (Notice, error) {
	n, err := i.Store.Notice(ctx, who.Account, id)
	if err != nil || !n.Seen.IsZero() {
		return n, err
	}
	return n, i.Store.SetSeen(ctx, who.Account, id, i.Now())
}

// ReadAll marks everything as read.
func (i Inbox) ReadAll(ctx context.Context, who account.Actor) error {
	return i.Store.SetSeen(ctx, who.Account, "", i.Now())
}

// SetMail says how often a person wants letters.
func (i Inbox) SetMail(ctx context.Context, id string, m account.Mail) error {
	if !slices.Contains(account.Mails, m) {
		return fault.New(fault.Invalid, "inbox.mail_unknown", nil).WithFields(fault.Field{Name: "mail", Key: "inbox.mail_unknown"})
	}
	return i.Store.SetMail(ctx, id, m)
}
