package assessment

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// LinkPurpose says what a one-time link is for.
type LinkPurpose string

// The purposes of links.
const (
	InviteLink LinkPurpose = "invite" // to accept an invitation
	ResetLink  LinkPurpose = "reset"  // to set a new password
)

// Life is how long a link of this purpose may be used (trust.md 3.2).
func (p LinkPurpose) Life() time.Duration {
	if p == ResetLink {
		return 30 * time.Minute
	}
	return 7 * 24 * time.Hour
}

// Limits within LinkWindow (trust.md 3.2). Colleagues share one address on the internet, so that views are counted for each
// working link by itself, and together only for those that do not work.
const (
	LinkWindow         = time.Hour
	ViewsByOrigin      = 20
	ForgottenByAccount = 3
	ForgottenByOrigin  = 20
)

// Link is a one-time link as it is kept.
type Link struct {
	Hash    string // SHA-256 of its secret
	Account string
	Purpose LinkPurpose
	Expires time.Time
	By      Author
	Beside  bool   // earlier links stay; otherwise they end
	Letter  string // kind of the letter that goes out too; empty for none
}

// Opened is what a link leads to, before it is used.
type Opened struct {
	Account account.Account
	Purpose LinkPurpose
	By      Author // who invited; without a name
	Expires time.Time
	Holder  string // id of the account that the address of an invitation opens already; empty for none
	Posted  bool   // the link went to the address in a letter
}

// SeenBy is what a link says to whoever opens it, and whether it says anything: to somebody who is signed in with another
// account it does not. That the address opens an account already is said to whoever is shown to be at that address: by a link
// that came in a letter, or by being signed in there. Whoever invites gets a link to copy, and could otherwise ask by it which
// addresses have accounts elsewhere.
func (o Opened) SeenBy(who account.Actor) (Opened, bool) {
	at := who.Account != "" && who.Account == o.Holder
	if who.Account != "" && who.Account != o.Account.ID && !at {
		return Opened{}, false
	}
	if !at && !o.Posted {
		o.Holder = ""
	}
	return o, true
}

// Inviting is how people are invited, looked after and helped in again.
type Inviting interface {
	// AddInvited makes an account that waits for somebody to accept, whoever else the address belongs to. Conflict when it is
	// that of an account whose address the actor sees anyway; see SeenBy.
	AddInvited(ctx context.Context, who account.Actor, a account.Account, by Author) (account.Account, error)
	// AddLink keeps a link and, in the same transaction, the letter that it asks for.
	AddLink(ctx context.Context, l Link, at time.Time) error
	// PeekLink tells what a link leads to that can be used now, without using it up; NotFound for any other.
	PeekLink(ctx context.Context, hash string, now time.Time) (Opened, error)
	// UseLink uses up every link of the account, sets the password and, when it is not empty, the name, and ends all sign-in
	// sessions. Of two that use links of one account at the same moment, one succeeds; the other gets NotFound. When the address
	// of an invitation opens another account, it is Conflict and nothing changes; so for two invitations to one address.
	UseLink(ctx context.Context, hash, name, password string, now time.Time) (account.Account, error)
	// Forgotten notes that somebody asked for a link for an address, and puts a letter into the outbox if there is such an
	// account and fewer than limit asked since. It does the same work for an address that nobody has.
	Forgotten(ctx context.Context, key, email string, limit int, since, now time.Time) error
	// People lists the accounts within the actor's reach, by name: everybody for an administrator or operator, the own team
	// for a coordinator, the people of the cities of the own rounds for an analyst.
	People(ctx context.Context, who account.Actor) ([]account.Account, error)
	// Places lists the cities to which the actor may invite, by name.
	Places(ctx context.Context, who account.Actor) ([]City, error)
	// ChangePerson writes role, department and language. The last coordinator of a city stays one: Conflict.
	ChangePerson(ctx context.Context, a account.Account, by Author, at time.Time) error
	// SetDisabled ends an account or opens it again. The last coordinator of a city is not ended: Conflict.
	SetDisabled(ctx context.Context, id string, disabled bool, by Author) error
	// ActiveMinutes returns, for the newest assessments that were handed in, how many minutes all people together worked on
	// each: the gaps between two saves of one person, those up to ActiveGap. Imported answers count for nothing.
	ActiveMinutes(ctx context.Context, most int) ([]int, error)
}

// Joined tells whether a person has accepted the invitation.
func Joined(a account.Account) bool { return a.Password != "" || a.Noticed != "" }

// MayInvite lists the roles that a person may invite.
func MayInvite(who account.Role) []account.Role {
	switch who {
	case account.Admin, account.Operator:
		return account.Roles
	case account.Analyst:
		return []account.Role{account.Coordinator, account.Approver, account.Reviewer}
	case account.Coordinator:
		return []account.Role{account.Contributor, account.Approver, account.Coordinator}
	}
	return nil
}

// Ask invites somebody on behalf of a person, within that person's reach, and returns the secret of the link.
func (c Crowd) Ask(ctx context.Context, who account.Actor, a account.Account) (account.Account, string, error) {
	if !account.Allowed(who.Role, account.Invite) {
		return a, "", fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	if who.Role == account.Coordinator {
		a.City, a.Rounds = who.City, nil
	}
	if a.Role.Known() && !slices.Contains(MayInvite(who.Role), a.Role) {
		return a, "", fault.New(fault.Invalid, "fault.account", nil).WithFields(fault.Field{Name: "role", Key: "fault.role_not_yours"})
	}
	if a.City != "" {
		places, err := c.Store.Places(ctx, who)
		if err != nil {
			return a, "", err
		}
		if !slices.ContainsFunc(places, func(x City) bool { return x.ID == a.City }) {
			return a, "", fault.New(fault.NotFound, "fault.not_found", nil)
		}
	}
	return c.invite(ctx, who, a, author(who))
}

// EmailTaken is what is said of an address that belongs to somebody whom the inviter sees.
func EmailTaken() error {
	return fault.New(fault.Conflict, "fault.email_taken", nil).WithFields(fault.Field{Name: "email", Key: "fault.email_taken"})
}

// Invite makes an account and returns the secret of its one-time link. Coordinators, contributors and approvers belong to
// one city, analysts to rounds, admins to neither. It asks nobody for permission; see Ask.
func (c Crowd) Invite(ctx context.Context, a account.Account, by Author) (account.Account, string, error) {
	return c.invite(ctx, account.Actor{Role: account.Operator}, a, by)
}

// invite does it for an actor. The answer is the same for an address that nobody has and for one of somebody whom the actor
// does not see: in another city, an analyst, ended elsewhere (trust.md S10).
func (c Crowd) invite(ctx context.Context, who account.Actor, a account.Account, by Author) (account.Account, string, error) {
	a.Email, a.Name, a.Department = NormalEmail(a.Email), strings.TrimSpace(a.Name), strings.TrimSpace(a.Department)
	if faults := checkAccount(a); len(faults) > 0 {
		return a, "", fault.New(fault.Invalid, "fault.account", nil).WithFields(faults...)
	}
	a.Created = c.Now()
	a, err := c.Store.AddInvited(ctx, who, a, by)
	if err != nil {
		return a, "", err
	}
	secret, err := c.Reset(ctx, a, by)
	return a, secret, err
}

func checkAccount(a account.Account) (faults []fault.Field) {
	add := func(name, key string) { faults = append(faults, fault.Field{Name: name, Key: key}) }
	if parsed, err := mail.ParseAddress(a.Email); err != nil || parsed.Address != a.Email {
		add("email", "fault.email")
	}
	faults = checkPersonName(faults, a.Name)
	if !a.Role.Known() {
		add("role", "fault.role")
	}
	if a.Role != account.Reviewer && a.Role.OfCity() != (a.City != "") {
		add("city", "fault.account_city")
	}
	if a.Role != account.Analyst && len(a.Rounds) > 0 {
		add("round", "fault.account_round")
	}
	if a.Department != "" {
		faults = checkName(faults, a.Department, "department")
	}
	if !slices.Contains(survey.Languages, a.Language) {
		add("language", "fault.language")
	}
	return faults
}

// checkPersonName refuses what would be read as somebody who was erased.
func checkPersonName(faults []fault.Field, name string) []fault.Field {
	if _, former := account.FormerNumber(name); former {
		name = ""
	}
	return checkName(faults, name, "name")
}

// Reset makes a new one-time link and returns its secret: to set a new password for whoever has joined, else to accept the
// invitation. Earlier links end. It asks nobody for permission; see Renew.
func (c Crowd) Reset(ctx context.Context, a account.Account, by Author) (secret string, err error) {
	l := Link{Account: a.ID, Purpose: InviteLink, By: by}
	if Joined(a) {
		l.Purpose = ResetLink
	}
	if c.Mail {
		l.Letter = string(l.Purpose)
	}
	return c.addLink(ctx, l)
}

// Renew makes a new link for somebody within reach. An analyst renews invitations only: with a link for an account that is in
// use, the answers of a city could be read before it hands in.
func (c Crowd) Renew(ctx context.Context, who account.Actor, id string) (a account.Account, secret string, err error) {
	if a, err = c.within(ctx, who, id, account.Invite); err != nil {
		return a, "", err
	}
	if who.Role == account.Analyst && Joined(a) {
		return a, "", fault.New(fault.Conflict, "fault.person_joined", nil)
	}
	if a.Disabled {
		return a, "", fault.New(fault.Conflict, "fault.person_ended", nil)
	}
	secret, err = c.Reset(ctx, a, author(who))
	return a, secret, err
}

// LetterLink makes the link of a letter of kind LetterInvite or LetterReset when that letter is sent, and says how long it
// may be used. Links made before stay; using one uses up all. NotFound when the account has ended, or the invitation was
// accepted meanwhile.
func (c Crowd) LetterLink(ctx context.Context, id, kind string) (secret string, life time.Duration, err error) {
	a, err := c.Store.Account(ctx, id)
	if err != nil {
		return "", 0, err
	}
	l := Link{Account: id, Purpose: LinkPurpose(kind), Beside: true}
	if l.Purpose == InviteLink && Joined(a) {
		return "", 0, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	secret, err = c.addLink(ctx, l)
	return secret, l.Purpose.Life(), err
}

func (c Crowd) addLink(ctx context.Context, l Link) (secret string, err error) {
	now := c.Now()
	secret, l.Hash = account.NewSecret()
	l.Expires = now.Add(l.Purpose.Life())
	return secret, c.Store.AddLink(ctx, l, now)
}

// Peek tells what a link leads to, without using it up, and counts the view. A link that is used, too old, forged, or of
// an account that has ended is NotFound; so is one that says nothing to whoever is signed in here, see Opened.SeenBy.
func (c Crowd) Peek(ctx context.Context, who account.Actor, secret, origin string) (Opened, error) {
	now, dead := c.Now(), "view:"+account.HashSecret(origin)
	if err := c.limitTo(ctx, dead, ViewsByOrigin, LinkWindow, "fault.too_many_views"); err != nil {
		return Opened{}, err
	}
	o, err := c.Store.PeekLink(ctx, account.HashSecret(secret), now)
	if err == nil {
		var says bool
		if o, says = o.SeenBy(who); !says {
			err = fault.New(fault.NotFound, "fault.not_found", nil)
		}
	}
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			if err := c.Store.AddFailure(ctx, dead, now); err != nil {
				return Opened{}, err
			}
		}
		return Opened{}, err
	}
	live := dead + ":" + o.Account.ID
	if err := c.limitTo(ctx, live, ViewsByOrigin, LinkWindow, "fault.too_many_views"); err != nil {
		return Opened{}, err
	}
	return o, c.Store.AddFailure(ctx, live, now)
}

// Accept uses up a link, sets the password and, for an invitation, corrects the name when one is given. What is refused
// leaves the link as it was. An invitation to an address that opens another account is Conflict.
func (c Crowd) Accept(ctx context.Context, secret, name, wanted string) (account.Account, error) {
	if name = strings.TrimSpace(name); name != "" {
		if faults := checkPersonName(nil, name); len(faults) > 0 {
			return account.Account{}, fault.New(fault.Invalid, faults[0].Key, faults[0].Args).WithFields(faults...)
		}
	}
	o, err := c.Store.PeekLink(ctx, account.HashSecret(secret), c.Now())
	if err != nil {
		return account.Account{}, err
	}
	hash, err := c.hashNew(ctx, o.Account, wanted, name)
	if err != nil {
		return account.Account{}, err
	}
	return c.Store.UseLink(ctx, account.HashSecret(secret), name, hash, c.Now())
}

// Forgotten is asked for by somebody who cannot sign in: a letter with a link goes to the address, if it is that of an
// account. Whether it is cannot be told from the answer. At most ForgottenByAccount letters go out in LinkWindow.
func (c Crowd) Forgotten(ctx context.Context, email, origin string) error {
	now, email := c.Now(), NormalEmail(email)
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email {
		return fault.New(fault.Invalid, "fault.email", nil).WithFields(fault.Field{Name: "email", Key: "fault.email"})
	}
	from := "forgotten-from:" + account.HashSecret(origin)
	if err := c.limitTo(ctx, from, ForgottenByOrigin, LinkWindow, "fault.too_many_forgotten"); err != nil {
		return err
	}
	if err := c.Store.AddFailure(ctx, from, now); err != nil {
		return err
	}
	return c.Store.Forgotten(ctx, "forgotten:"+account.HashSecret(email), email, ForgottenByAccount, now.Add(-LinkWindow), now)
}

// limitTo refuses what was done too often within a time.
func (c Crowd) limitTo(ctx context.Context, key string, most int, within time.Duration, message string) error {
	n, err := c.Store.Failures(ctx, key, c.Now().Add(-within))
	if err != nil || n < most {
		return err
	}
	f := fault.New(fault.TooMany, message, fault.Args{"Minutes": int(within.Minutes())})
	f.Retry = within // at the latest: the oldest is at most now
	return f
}

// ActiveGap is the longest pause between two saves of one person that counts as work.
const ActiveGap = 15 * time.Minute

// Times of known assessments: from so many on, an estimate is given; of at most so many, the newest.
const (
	EnoughTimes = 3
	MostTimes   = 20
)

// Effort is how long the work took elsewhere on this instance.
type Effort struct {
	Known   int // assessments it was measured on; fewer than EnoughTimes tell nothing
	Minutes int // the median, of all people of a city together; 0 when too few are known
}

// Effort measures it.
func (c Crowd) Effort(ctx context.Context) (Effort, error) {
	minutes, err := c.Store.ActiveMinutes(ctx, MostTimes)
	if err != nil || len(minutes) < EnoughTimes {
		return Effort{Known: len(minutes)}, err
	}
	slices.Sort(minutes)
	n := len(minutes)
	return Effort{Known: n, Minutes: (minutes[(n-1)/2] + minutes[n/2] + 1) / 2}, nil
}
