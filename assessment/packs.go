package assessment

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// Packs keep what is set for a country: who holds which power by its law, and what its words mean. A pack changes nothing
// that a city has; it is applied once, by an act of its own, where nobody has set a power yet.
type Packs struct {
	Store          PackKeeper
	Questionnaires Questionnaires
	Now            func() time.Time
}

// Pack is the newest revision for a country and a questionnaire.
type Pack struct {
	Country, Instrument string // the questionnaire by its code, without version
	Revision            int    // 0 while nothing is kept
	Powers              []PackPower
	Terms               []PackTerm
	By                  Author
	At                  time.Time
}

// PackPower says who holds a power in a country, and where that is written.
type PackPower struct {
	Indicator string
	Holder    survey.Holder
	Citation  string
}

// PackTerm is a word of a country.
type PackTerm struct{ Language, Term, Meaning string }

// PackCountry is a country with cities within reach, and what is kept of it.
type PackCountry struct {
	Country    string
	Cities     int // within reach
	Revision   int // the newest of its packs; 0 for none
	Powers     int // set in the newest revisions
	Terms      int
	Statements int // published
}

// PackTarget is an assessment at work in which nobody has set a power yet.
type PackTarget struct{ ID, Instrument string }

// PackKeeper keeps packs; who reaches a country is said at StatementKeeper.
type PackKeeper interface {
	ReachesCountry(ctx context.Context, who account.Actor, country string) error
	Pack(ctx context.Context, who account.Actor, country, instrument string) (Pack, error)
	// PackCountries lists the countries within reach, by code.
	PackCountries(ctx context.Context, who account.Actor) ([]PackCountry, error)
	// KeepPack writes the next revision; a Conflict when p.Revision, which the person saw, is not the newest.
	KeepPack(ctx context.Context, who account.Actor, p Pack) error
	// PackTargets lists the assessments within the actor's reach that a pack can be applied to.
	PackTargets(ctx context.Context, who account.Actor, country, instrument string) ([]PackTarget, error)
	// ApplyPack writes the powers into one of them, and says whether it did: not when somebody has set a power meanwhile.
	ApplyPack(ctx context.Context, who account.Actor, assessment string, scheme *score.Scheme, powers []PackPower, by Author, at time.Time) (bool, error)
}

// The columns of the two files of a pack, and the longest texts in characters.
var (
	PackPowerColumns = []string{"indicator", "holder", "citation"}
	PackTermColumns  = []string{"language", "term", "meaning"}
)

const maxCitation, maxTerm, maxMeaning, maxPack = 500, 100, 500, 1 << 20

// Of reads the pack of a country.
func (x Packs) Of(ctx context.Context, who account.Actor, country, instrument string) (Pack, error) {
	if err := x.reach(ctx, who, country); err != nil {
		return Pack{}, err
	}
	return x.Store.Pack(ctx, who, country, instrument)
}

// Countries lists the countries within reach.
func (x Packs) Countries(ctx context.Context, who account.Actor) ([]PackCountry, error) {
	if !account.Allowed(who.Role, account.ManagePacks) {
		return nil, forbidden()
	}
	return x.Store.PackCountries(ctx, who)
}

// Told is what is set for the country of an assessment, for whoever reads the assessment: the words of its law are no secret.
func (x Packs) Told(ctx context.Context, a Assessment) (Pack, error) {
	code, _, _ := survey.ParseName(a.Round.Instrument)
	return x.Store.Pack(ctx, account.Actor{Role: account.Operator}, a.City.Country, code)
}

// Read reads a pack out of two CSV texts without keeping it, or names every row that is not right.
func (x Packs) Read(in *survey.Instrument, powers, terms string) (p Pack, err error) {
	var faults, more []fault.Field
	p.Powers, faults = readPackPowers(in, powers)
	p.Terms, more = readPackTerms(terms)
	if faults = append(faults, more...); len(faults) > 0 {
		err = fault.New(fault.Invalid, "pack.refused", nil).WithFields(faults...)
	}
	return p, err
}

func (x Packs) reach(ctx context.Context, who account.Actor, country string) error {
	if !account.Allowed(who.Role, account.ManagePacks) {
		return forbidden()
	}
	return x.Store.ReachesCountry(ctx, who, country)
}

// Replace keeps a pack, given as two CSV texts with headers (see PackPowerColumns and PackTermColumns), in place of revision base.
func (x Packs) Replace(ctx context.Context, who account.Actor, country string, in *survey.Instrument, base int, powers, terms string) error {
	if err := x.reach(ctx, who, country); err != nil {
		return err
	}
	p, err := x.Read(in, powers, terms)
	if err != nil {
		return err
	}
	p.Country, p.Instrument, p.Revision, p.By, p.At = country, in.Code, base, author(who), x.Now()
	return x.Store.KeepPack(ctx, who, p)
}

// Apply writes the powers of the pack into the assessments at work in which nobody has set any. It returns how many those are.
func (x Packs) Apply(ctx context.Context, who account.Actor, country, instrument string) (done int, err error) {
	p, err := x.Of(ctx, who, country, instrument)
	if err != nil || len(p.Powers) == 0 {
		return 0, err
	}
	all, err := x.Store.PackTargets(ctx, who, country, instrument)
	if err != nil {
		return 0, err
	}
	for _, a := range all {
		code, version, _ := survey.ParseName(a.Instrument)
		in, known := x.Questionnaires.Find(code, version)
		if !known {
			continue
		}
		fit := slices.DeleteFunc(slices.Clone(p.Powers), func(w PackPower) bool { return in.Indicator(w.Indicator) == nil })
		applied, err := x.Store.ApplyPack(ctx, who, a.ID, score.NewScheme(in), fit, author(who), x.Now())
		if err != nil {
			return done, err
		}
		if applied {
			done++
		}
	}
	return done, nil
}

// readPackPowers reads the powers of a pack; each fault names the row as a spreadsheet counts it.
func readPackPowers(in *survey.Instrument, text string) (out []PackPower, faults []fault.Field) {
	first := map[string]int{}
	faults = readRows("powers", text, PackPowerColumns, func(row int, r []string, bad func(key string, args fault.Args)) {
		w := PackPower{Indicator: r[0], Holder: survey.Holder(r[1]), Citation: r[2]}
		q := in.Indicator(w.Indicator)
		switch {
		case q == nil || !q.Scored:
			bad("pack.row_indicator", fault.Args{"Indicator": w.Indicator})
		case first[w.Indicator] > 0:
			bad("pack.row_twice", fault.Args{"What": w.Indicator, "First": first[w.Indicator]})
		case !w.Holder.Known():
			bad("pack.row_holder", fault.Args{"Holder": r[1]})
		case w.Citation == "":
			bad("pack.row_citation", nil)
		case tooLong(w.Citation, maxCitation, bad):
		default:
			first[w.Indicator] = row
		}
		out = append(out, w)
	})
	return out, faults
}

// readPackTerms reads the words of a pack.
func readPackTerms(text string) (out []PackTerm, faults []fault.Field) {
	first := map[PackTerm]int{}
	faults = readRows("terms", text, PackTermColumns, func(row int, r []string, bad func(key string, args fault.Args)) {
		w := PackTerm{r[0], r[1], r[2]}
		key := PackTerm{Language: w.Language, Term: w.Term}
		switch {
		case !slices.Contains([]string{"en", "fr", "es", "ar"}, w.Language):
			bad("pack.row_language", fault.Args{"Language": w.Language})
		case w.Term == "" || w.Meaning == "":
			bad("pack.row_meaning", nil)
		case first[key] > 0:
			bad("pack.row_twice", fault.Args{"What": w.Term, "First": first[key]})
		case tooLong(w.Term, maxTerm, bad) || tooLong(w.Meaning, maxMeaning, bad):
		default:
			first[key] = row
		}
		out = append(out, w)
	})
	return out, faults
}

func tooLong(text string, limit int, bad func(key string, args fault.Args)) bool {
	n := utf8.RuneCountInString(text)
	if n > limit {
		bad("pack.row_long", fault.Args{"Found": n, "Limit": limit})
	}
	return n > limit
}

// readRows reads a CSV text with a header; no text at all has no rows. Each fault is one of the input with the name given.
func readRows(name, text string, columns []string, take func(row int, r []string, bad func(key string, args fault.Args))) (faults []fault.Field) {
	bad := func(row int) func(string, fault.Args) {
		return func(key string, args fault.Args) {
			with := fault.Args{"Row": row}
			for k, v := range args {
				with[k] = v
			}
			faults = append(faults, fault.Field{Name: name, Key: key, Args: with})
		}
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if len(text) > maxPack || !utf8.ValidString(text) {
		bad(1)("pack.row_text", nil)
		return faults
	}
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord, c.TrimLeadingSpace = -1, true
	if head, _, _ := strings.Cut(text, "\n"); strings.Count(head, ";") > strings.Count(head, ",") {
		c.Comma = ';'
	}
	for row := 1; ; row++ {
		r, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return faults
		case err != nil:
			bad(row)("pack.row_text", nil)
			return faults
		}
		for i := range r {
			r[i] = strings.Join(strings.Fields(longform.Unguard(r[i])), " ")
		}
		if row == 1 {
			if !slices.Equal(r, columns) {
				bad(row)("pack.row_header", fault.Args{"Columns": strings.Join(columns, string(c.Comma))})
				return faults
			}
			continue
		}
		if len(r) != len(columns) {
			bad(row)("pack.row_columns", fault.Args{"Found": len(r), "Expected": len(columns)})
			continue
		}
		take(row, r, bad(row))
	}
}

// WritePack writes the powers or the words of a pack as CSV, guarded against formulas; Replace reads it.
func WritePack(to io.Writer, columns []string, rows [][]string) error {
	c := csv.NewWriter(to)
	_ = c.Write(columns) // Flush tells
	for _, r := range rows {
		guarded := make([]string, len(r))
		for i := range r {
			guarded[i] = longform.Guard(r[i])
		}
		_ = c.Write(guarded)
	}
	c.Flush()
	return c.Error()
}

// PowerRows are the rows of the powers.
func (p Pack) PowerRows() (out [][]string) {
	for _, w := range p.Powers {
		out = append(out, []string{w.Indicator, string(w.Holder), w.Citation})
	}
	return out
}

// TermRows are the rows of the words.
func (p Pack) TermRows() (out [][]string) {
	for _, w := range p.Terms {
		out = append(out, []string{w.Language, w.Term, w.Meaning})
	}
	return out
}
