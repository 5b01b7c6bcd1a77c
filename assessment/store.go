package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// The use cases ask their store through these interfaces; data/store implements them all on SQLite and PostgreSQL.
// Every method that concerns a city takes the actor first and returns a fault of kind NotFound for what is out of the
// actor's reach, byte for byte as for what does not exist.

// Finder reads assessments within an actor's reach.
type Finder interface {
	Assessment(ctx context.Context, who account.Actor, id string) (Assessment, error)
	// Assessments lists those within reach, by name of round and city. An empty round means every round.
	Assessments(ctx context.Context, who account.Actor, round string) ([]Assessment, error)
	// Sheet returns what is kept for some indicators of an assessment; none named means all of them.
	Sheet(ctx context.Context, who account.Actor, id string, indicators ...string) (Sheet, error)
	// SheetOf is Sheet of an assessment that Assessment or Assessments has found for the same actor.
	SheetOf(ctx context.Context, who account.Actor, a Assessment, indicators ...string) (Sheet, error)
	// Sheets returns what is kept for several assessments, in the order of their ids, without asking for each of them. One out
	// of reach makes the whole a fault of kind NotFound.
	Sheets(ctx context.Context, who account.Actor, ids []string) ([]Sheet, error)
	// History lists the revisions of an indicator, or of all when none is named, oldest first, for people of the city and operators; NotFound for anybody else.
	History(ctx context.Context, who account.Actor, id, indicator string) ([]Revision, error)
}

// SaveOrder is a batch of mutations of one assessment, written in one transaction.
type SaveOrder struct {
	Assessment string
	Instrument *survey.Instrument
	Scheme     *score.Scheme
	Mutations  []Mutation
	By         Author
	At         time.Time
	// Left is set for somebody whose account was ended while they were writing: nothing of it becomes the answer, each text
	// stands beside it, and the coordinators get a notice that leads to the address of the indicator.
	Left map[string]string
}

// PowerOrder sets one power. Base is the version the person saw; a power changed meanwhile to something else is a Conflict.
type PowerOrder struct {
	Assessment string
	Scheme     *score.Scheme
	Indicator  string
	Base       int
	Holder     survey.Holder // empty: back to the instrument's default
	Reason     string
	By         Author
	At         time.Time
}

// Saver writes answers and powers. Each call is one transaction that also moves the assessment's score row, appends the
// revisions and the audit lines, and is on disk when the call returns. A closed assessment is a fault of kind Closed.
type Saver interface {
	// Save applies mutations with Merge. The results stand in the order of the mutations. A known mutation id with the same digest is
	// answered from its revision; with another digest the whole order is refused with a fault of kind Mismatch.
	Save(ctx context.Context, who account.Actor, order SaveOrder) ([]Saved, error)
	// Choose settles the alternatives of an indicator: the one mutation of the order says what shall stand (no fields: what
	// stands already), and the alternatives named are put to the history. With a conflict nothing is settled.
	Choose(ctx context.Context, who account.Actor, order SaveOrder, alternatives []string) (Saved, error)
	// SetPowers applies all orders or none; all concern one assessment.
	SetPowers(ctx context.Context, who account.Actor, orders []PowerOrder) ([]Power, error)
	// UndoPower sets a power to what it was before its last change, as a new version.
	UndoPower(ctx context.Context, who account.Actor, order PowerOrder) (Power, error)
	// Submit hands an assessment in, keeps a snapshot of it as the next revision, and tells the people concerned; exactly one
	// of two that race succeeds, the other gets a Conflict. So does a city with an approver who has not consented to what stands.
	Submit(ctx context.Context, who account.Actor, assessment string, scheme *score.Scheme, by Author, at time.Time) (Assessment, error)
	// Reopen gives it back to the city with a reason; a Conflict where the state does not allow it.
	Reopen(ctx context.Context, who account.Actor, assessment, reason string, by Author, at time.Time) (Assessment, error)
	// Import applies answers and powers of many assessments, all or nothing. Each row's Base is the version seen in the dry
	// run; a row changed since then refuses the whole import with a Conflict that names them as "city/indicator".
	Import(ctx context.Context, who account.Actor, orders []ImportOrder, by Author, at time.Time) error
}

// ImportOrder is what an import writes into one assessment.
type ImportOrder struct {
	SaveOrder
	City   string // its code, for messages
	Powers []PowerOrder
}

// ScoreRow is the materialised result of an assessment.
type ScoreRow struct {
	Assessment Assessment
	Numbers    score.Numbers
}

// Scorer reads materialised results.
type Scorer interface {
	// Scores returns the rows of a round within reach in one query, handed in or not, by name of city. Analysts get Numbers
	// only of those handed in; of the others they learn that they exist.
	Scores(ctx context.Context, who account.Actor, round string) ([]ScoreRow, error)
	// RoundCities returns the assessments of a round within reach, handed in or not, by name of city: how far they are, never what they say.
	RoundCities(ctx context.Context, who account.Actor, round string) ([]Assessment, error)
	// RoundTallies counts the assessments within reach by round, the newest round first, without reading them. A round without any is left out.
	RoundTallies(ctx context.Context, who account.Actor) ([]RoundTally, error)
}

// Programme keeps cities, rounds, and instruments.
type Programme interface {
	Cities(ctx context.Context) ([]City, error)
	AddCity(ctx context.Context, c City, by Author) (City, error) // Conflict when the code is taken
	Rounds(ctx context.Context) ([]Round, error)
	Round(ctx context.Context, who account.Actor, code string) (Round, error)
	// AddRound makes a round and one assessment (perspective Officials) for each city, named by code.
	AddRound(ctx context.Context, r Round, in *survey.Instrument, scheme *score.Scheme, cities []string, by Author) (Round, error)
	// AddCities invites more cities to a round; those already in it stay.
	AddCities(ctx context.Context, round string, scheme *score.Scheme, cities []string, by Author) error
	InstrumentSources(ctx context.Context) ([][]byte, error)
	AddInstrument(ctx context.Context, in *survey.Instrument, by Author) error // Conflict when code@version exists with another hash
}

// People keeps accounts, links, tokens and failed sign-ins.
type People interface {
	Account(ctx context.Context, id string) (account.Account, error)
	// AccountByEmail finds an account by lower-cased address: the one that the address opens, else the newest that was invited to it.
	AccountByEmail(ctx context.Context, email string) (account.Account, error)
	Accounts(ctx context.Context) ([]account.Account, error)
	// AddAccount makes an account: Conflict when it has joined and its address opens another. One that has not joined is only
	// invited to its address, as others may be.
	AddAccount(ctx context.Context, a account.Account, by Author) (account.Account, error)
	// SetPassword stores a hash and uses up the account's links. Sign-in sessions that began with another hash end.
	SetPassword(ctx context.Context, id, hash string, by Author) error
	SetLanguage(ctx context.Context, id string, l survey.Language) error
	SetNoticed(ctx context.Context, id, version string) error
	AddToken(ctx context.Context, id, hash, name string, expires time.Time, by Author) error
	// AccountByToken finds whose token it is, as the token lets a program act (see Account.By), and notes its use.
	AccountByToken(ctx context.Context, hash string, now time.Time) (account.Account, error)
	// Failures counts failed sign-ins for a key (a hashed address, an IP) since a time; AddFailure notes one.
	Failures(ctx context.Context, key string, since time.Time) (int, error)
	AddFailure(ctx context.Context, key string, at time.Time) error
	ClearFailures(ctx context.Context, key string) error
}

// Recorder appends audit lines for what changes nothing else: sign-in, export, reading by non-city people.
type Recorder interface {
	Record(ctx context.Context, events ...Event) error
}

// Store is everything a store offers the use cases.
type Store interface {
	Finder
	Saver
	Scorer
	Programme
	People
	Inviting
	Departing
	Expiring
	Ended
	SignIns
	Recorder
	BesideReader
	Auditor
	SealedReader
	PartKeeper
	BackingReader
	Walker
	TokenKeeper
	SignOffKeeper
	Publisher
	SnapshotReader
	Clarifier
	CarryKeeper
	Talker
	InboxKeeper
	Outbox
	RestKeeper
	EndingKeeper
	Shelf
	ReviewerKeeper
	QueueKeeper
	Uploads
	CohortReader
	CityKeeper
	RoundChanger
	MonitorReader
	StatementKeeper
	PackKeeper
	MarksReader
}
