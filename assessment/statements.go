package assessment

import (
	"context"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/reality"
	"migov/assessment/survey"
)

// Statements keep what national texts say, by country. They are entered once and serve every round.
type Statements struct {
	Store          StatementKeeper
	Questionnaires interface {
		Questionnaires
		List() []*survey.Instrument
	}
	Now func() time.Time
}

// KeptStatement is a revision of a statement.
type KeptStatement struct {
	reality.Statement
	Revision  int // from 1
	Published int // the revision that others read; 0 for none
	By        Author
	At        time.Time
}

// Shown tells whether others read this very revision.
func (k KeptStatement) Shown() bool { return k.Revision == k.Published }

// StatementKeeper keeps statements. Country packs are for those who may manage them: an analyst reaches the countries of the
// cities in the own rounds, administrators and operators those of every city; any other country is NotFound.
type StatementKeeper interface {
	ReachesCountry(ctx context.Context, who account.Actor, country string) error
	// NationalStatements lists the newest revisions, by indicator.
	NationalStatements(ctx context.Context, who account.Actor, country string) ([]KeptStatement, error)
	// StatementRevisions lists the revisions of one, the newest first; NotFound when there is none in that country.
	StatementRevisions(ctx context.Context, who account.Actor, country, id string) ([]KeptStatement, error)
	// KeepStatements adds statements without an id and gives those with an id a new revision, all or none. Base is the
	// newest revision that the person saw; when another has come since, that is a Conflict.
	KeepStatements(ctx context.Context, who account.Actor, country string, all []StatementOrder, by Author, at time.Time) ([]string, error)
	// PublishStatement shows a revision to others; Invalid while it lacks source or date, Conflict when it is not the newest.
	PublishStatement(ctx context.Context, who account.Actor, country, id string, revision int, by Author, at time.Time) error
	WithdrawStatement(ctx context.Context, who account.Actor, country, id string, by Author, at time.Time) error
	// PublishedStatements are those that others read, for a questionnaire named by its code, by indicator.
	PublishedStatements(ctx context.Context, country, instrument string) ([]reality.Statement, error)
	// CountriesWithStatements lists the countries that have published any for the questionnaire.
	CountriesWithStatements(ctx context.Context) ([]CountryStatements, error)
}

// CountryStatements says that something is published of a country for a questionnaire, named by its code.
type CountryStatements struct{ Country, Instrument string }

// StatementOrder is what to keep of a statement.
type StatementOrder struct {
	reality.Statement
	Base int // 0 for a new one
}

func (s Statements) reach(ctx context.Context, who account.Actor, country string) error {
	if !account.Allowed(who.Role, account.ManagePacks) {
		return forbidden()
	}
	return s.Store.ReachesCountry(ctx, who, country)
}

// List reads the statements of a country, published or not, by indicator.
func (s Statements) List(ctx context.Context, who account.Actor, country string) ([]KeptStatement, error) {
	if err := s.reach(ctx, who, country); err != nil {
		return nil, err
	}
	return s.Store.NationalStatements(ctx, who, country)
}

// Revisions reads everything kept of one statement, the newest first.
func (s Statements) Revisions(ctx context.Context, who account.Actor, country, id string) ([]KeptStatement, error) {
	if err := s.reach(ctx, who, country); err != nil {
		return nil, err
	}
	return s.Store.StatementRevisions(ctx, who, country, id)
}

// Instrument is the newest version of the questionnaire with a code.
func (s Statements) Instrument(code string) (*survey.Instrument, error) {
	for _, in := range s.Questionnaires.List() { // the newest first
		if in.Code == code {
			return in, nil
		}
	}
	return nil, fault.New(fault.Invalid, "fault.instrument_missing", fault.Args{"Instrument": code})
}

// Keep adds a statement (empty id) or changes one, as a draft. It returns its id.
func (s Statements) Keep(ctx context.Context, who account.Actor, country, instrument, id string, base int, g reality.Given) (string, error) {
	if err := s.reach(ctx, who, country); err != nil {
		return "", err
	}
	if id != "" {
		known, err := s.Store.StatementRevisions(ctx, who, country, id)
		if err != nil {
			return "", err
		}
		instrument = known[0].Instrument
	}
	in, err := s.Instrument(instrument)
	if err != nil {
		return "", err
	}
	x, faults := reality.Clean(g, in, s.Now())
	if len(faults) > 0 {
		return "", fault.New(fault.Invalid, "fault.statement", nil).WithFields(faults...)
	}
	x.ID, x.Country = id, country
	ids, err := s.Store.KeepStatements(ctx, who, country, []StatementOrder{{x, base}}, author(who), s.Now())
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// Publish shows a revision to others.
func (s Statements) Publish(ctx context.Context, who account.Actor, country, id string, revision int) error {
	if err := s.reach(ctx, who, country); err != nil {
		return err
	}
	return s.Store.PublishStatement(ctx, who, country, id, revision, author(who), s.Now())
}

// Withdraw takes a statement out of sight; it stays as a draft.
func (s Statements) Withdraw(ctx context.Context, who account.Actor, country, id string) error {
	if err := s.reach(ctx, who, country); err != nil {
		return err
	}
	return s.Store.WithdrawStatement(ctx, who, country, id, author(who), s.Now())
}
