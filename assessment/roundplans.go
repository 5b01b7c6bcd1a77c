package assessment

import (
	"context"
	"slices"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/compare"
	"migov/assessment/fault"
	"migov/assessment/place"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// RoundPlans make rounds and change them. An analyst who makes a round is bound to it, and changes only such rounds.
type RoundPlans struct {
	Store interface {
		Programme
		RoundChanger
		Finder
	}
	Questionnaires Questionnaires
}

// RoundChanger changes a round that stands.
type RoundChanger interface {
	// ChangeRound keeps title, dates, languages and what reviewers see, invites cities and takes others out, all or nothing. A city
	// that has begun is never taken out: Conflict, with the fields naming each.
	ChangeRound(ctx context.Context, r Round, scheme *score.Scheme, add, remove []string, by Author) error
}

// RoundPlan is a round as a person or a program gives it. Days are written as 2027-03-31; empty means none.
type RoundPlan struct {
	Code, Title, Instrument string
	Opens, Due              string
	Languages               []string // none means every language
	ReviewersCompare        bool
}

// PlanOf is the plan of a round that stands.
func PlanOf(r Round) RoundPlan {
	p := RoundPlan{Code: r.Code, Title: r.Title, Instrument: r.Instrument, Opens: dayOrNone(r.Opens), Due: dayOrNone(r.Due), ReviewersCompare: r.ReviewersCompare}
	for _, l := range r.Languages {
		p.Languages = append(p.Languages, string(l))
	}
	return p
}

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// read turns a plan into a round, or names every field that is not right.
func (p RoundPlans) read(plan RoundPlan) (r Round, in *survey.Instrument, faults []fault.Field) {
	r = Round{Code: suggested(plan), Title: strings.TrimSpace(plan.Title), Instrument: plan.Instrument, ReviewersCompare: plan.ReviewersCompare}
	code, version, _ := survey.ParseName(plan.Instrument)
	in, known := p.Questionnaires.Find(code, version)
	faults = check(faults, codes.MatchString(r.Code) && r.Code != "new", "code", "fault.code") // /rounds/new is a page of its own
	faults = checkName(faults, r.Title, "title")
	faults = check(faults, known, "instrument", "fault.instrument_unknown")
	var err error
	if r.Opens, err = ParseDue(plan.Opens); err != nil || !r.Opens.IsZero() && !isDay(r.Opens) {
		faults = append(faults, fault.Field{Name: "opens", Key: "fault.due"})
	}
	if r.Due, err = ParseDue(plan.Due); err != nil || !r.Due.IsZero() && !isDay(r.Due) {
		faults = append(faults, fault.Field{Name: "due", Key: "fault.due"})
	}
	if len(faults) == 0 && !r.Opens.IsZero() && !r.Due.IsZero() && !r.Due.After(r.Opens) {
		faults = append(faults, fault.Field{Name: "due", Key: "fault.round_closes_first"})
	}
	for _, l := range plan.Languages {
		language := survey.Language(l)
		switch {
		case slices.Contains(r.Languages, language):
		case known && !slices.Contains(in.Languages, language):
			faults = append(faults, fault.Field{Name: "languages", Key: "fault.round_language", Args: fault.Args{"Language": l}})
		default:
			r.Languages = append(r.Languages, language)
		}
	}
	return r, in, faults
}

// suggested is the code of a plan; without one it is made from the letters and figures of the title.
func suggested(plan RoundPlan) string {
	if code := strings.TrimSpace(plan.Code); code != "" {
		return code
	}
	var b strings.Builder
	for _, r := range strings.ToLower(plan.Title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	code := b.String()[:min(b.Len(), 40)]
	if code = strings.Trim(code, "-"); code == "" && strings.TrimSpace(plan.Title) != "" {
		return "round"
	}
	return code
}

// CohortWish says which cities a round invites: those that fit the groups, those that are named, and those of another round.
type CohortWish struct {
	Groups  []string // keys of classes, see compare.ParseGroup: several of one attribute mean any of them, several attributes mean all
	Codes   []string
	Pasted  string // a list of codes, UN/LOCODEs or names, one a line
	Earlier string // code of another round
}

// Empty tells whether nothing is wished for.
func (w CohortWish) Empty() bool {
	return len(w.Groups) == 0 && len(w.Codes) == 0 && strings.TrimSpace(w.Pasted) == "" && w.Earlier == ""
}

// Chosen are the cities of a wish, by name, each once.
type Chosen struct {
	Cities    []City
	Unknown   []string // lines of the pasted list that name no city here
	Ambiguous []string // lines that name more than one: a code tells them apart
}

// Fault refuses a wish that names what is not here, or what means several cities; nil for one that is clear.
func (c Chosen) Fault() error {
	var faults []fault.Field
	for _, name := range c.Unknown {
		faults = append(faults, fault.Field{Name: "cities", Key: "fault.city_unknown", Args: fault.Args{"City": name}})
	}
	for _, name := range c.Ambiguous {
		faults = append(faults, fault.Field{Name: "cities", Key: "fault.city_ambiguous", Args: fault.Args{"City": name}})
	}
	if len(faults) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "fault.round", nil).WithFields(faults...)
}

// Codes are the codes of the cities.
func (c Chosen) Codes() []string {
	out := make([]string, len(c.Cities))
	for i, x := range c.Cities {
		out[i] = x.Code
	}
	return out
}

// maxPasted is the longest pasted list, in lines.
const maxPasted = 20_000

// Choose finds the cities of a wish.
func (p RoundPlans) Choose(ctx context.Context, who account.Actor, wish CohortWish) (out Chosen, err error) {
	if err := mayPlanRounds(who); err != nil {
		return out, err
	}
	groups := make([]compare.Group, len(wish.Groups))
	for i, key := range wish.Groups {
		if groups[i], err = compare.ParseGroup(key); err != nil || !slices.Contains(compare.Attributes, groups[i].By) {
			return out, fault.New(fault.Invalid, "fault.group_unknown", nil).WithFields(fault.Field{Name: "groups", Key: "fault.group_unknown"})
		}
	}
	all, err := p.Store.Cities(ctx)
	if err != nil {
		return out, err
	}
	chosen := map[string]bool{}
	for _, code := range wish.Codes {
		chosen[code] = true
	}
	if wish.Earlier != "" {
		r, err := p.Store.Round(ctx, who, wish.Earlier)
		if err != nil {
			return out, fault.Wrap(err, fault.Invalid, "fault.round_unknown", nil).WithFields(fault.Field{Name: "earlier", Key: "fault.round_unknown"})
		}
		before, err := p.Store.Assessments(ctx, operatorOf(who), r.Code)
		if err != nil {
			return out, err
		}
		for _, a := range before {
			chosen[a.City.Code] = true
		}
	}
	if err := out.pasted(all, wish.Pasted, chosen); err != nil {
		return out, err
	}
	for _, c := range all {
		if chosen[c.Code] || fits(groups, c) {
			delete(chosen, c.Code)
			out.Cities = append(out.Cities, c)
		}
	}
	for _, code := range wish.Codes {
		if chosen[code] {
			out.Unknown = append(out.Unknown, code)
		}
	}
	return out, nil
}

// Classes are the classes of all cities, to choose from.
func (p RoundPlans) Classes(ctx context.Context, who account.Actor) ([]compare.Class, error) {
	if err := mayPlanRounds(who); err != nil {
		return nil, err
	}
	all, err := p.Store.Cities(ctx)
	if err != nil {
		return nil, err
	}
	cities := make([]compare.City, len(all))
	for i, c := range all {
		cities[i] = asCompared(c)
	}
	return compare.ClassesOf(cities), nil
}

func asCompared(c City) compare.City {
	return compare.City{Region: c.Region, Country: c.Country, Population: c.Population, Roles: c.Roles, Income: c.Income}
}

// RoundCity is a city of a round, as its plan shows it.
type RoundCity struct {
	City
	Begun bool // somebody has worked on it; it is not taken out
}

// Cities are the cities of a round within reach, by name.
func (p RoundPlans) Cities(ctx context.Context, who account.Actor, code string) (Round, []RoundCity, error) {
	if err := mayPlanRounds(who); err != nil {
		return Round{}, nil, err
	}
	r, err := p.Store.Round(ctx, who, code)
	if err != nil {
		return r, nil, err
	}
	all, err := p.Store.Assessments(ctx, operatorOf(who), code)
	var out []RoundCity
	for _, a := range all {
		if a.Perspective == Officials {
			out = append(out, RoundCity{a.City, !a.Changed.IsZero() || !a.Open()})
		}
	}
	return r, out, err
}

// operatorOf reads the cities of a round that the actor may see as a whole, those that have not handed in too. Only their codes are used.
func operatorOf(who account.Actor) account.Actor {
	return account.Actor{Account: who.Account, Role: account.Operator}
}

// fits tells whether a city is in a class of each attribute that is named; none named fits nobody.
func fits(groups []compare.Group, c City) bool {
	if len(groups) == 0 {
		return false
	}
	x := asCompared(c)
	in := map[compare.Attribute]bool{}
	for _, g := range groups {
		in[g.By] = in[g.By] || x.In(g)
	}
	for _, fits := range in {
		if !fits {
			return false
		}
	}
	return true
}

// pasted adds the codes of the cities that a list names.
func (c *Chosen) pasted(all []City, list string, chosen map[string]bool) error {
	lines := strings.Split(list, "\n")
	if len(lines) > maxPasted {
		return fault.New(fault.Invalid, "fault.file_rows", fault.Args{"Most": maxPasted}).WithFields(fault.Field{Name: "pasted", Key: "fault.file_rows", Args: fault.Args{"Most": maxPasted}})
	}
	byWord := map[string][]string{}
	if strings.TrimSpace(list) != "" {
		for _, x := range all {
			words := map[string]bool{place.Same(x.Code): true, place.Same(x.Name): true}
			if x.Locode != "" {
				words[place.Same(x.Locode)] = true
			}
			for w := range words {
				byWord[w] = append(byWord[w], x.Code)
			}
		}
	}
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		switch found := byWord[place.Same(line)]; len(found) {
		case 0:
			c.Unknown = append(c.Unknown, line)
		case 1:
			chosen[found[0]] = true
		default:
			if slices.Contains(found, line) { // the code of one is the name of another
				chosen[line] = true
				continue
			}
			c.Ambiguous = append(c.Ambiguous, line)
		}
	}
	return nil
}

func mayPlanRounds(who account.Actor) error {
	if !account.Allowed(who.Role, account.ManageRounds) {
		return forbidden()
	}
	return nil
}

// Check names what is not right in a plan, before anything is made.
func (p RoundPlans) Check(who account.Actor, plan RoundPlan) error {
	if err := mayPlanRounds(who); err != nil {
		return err
	}
	if _, _, faults := p.read(plan); len(faults) > 0 {
		return fault.New(fault.Invalid, "fault.round", nil).WithFields(faults...)
	}
	return nil
}

// Make makes a round and invites cities, named by code: at least one, all of them known, or nothing is made.
func (p RoundPlans) Make(ctx context.Context, who account.Actor, plan RoundPlan, cities []string) (Round, error) {
	if err := mayPlanRounds(who); err != nil {
		return Round{}, err
	}
	if who.Only != "" { // a token for one round would not reach the one it makes
		return Round{}, forbidden()
	}
	r, in, faults := p.read(plan)
	faults = check(faults, len(cities) > 0, "cities", "fault.round_no_city")
	if len(faults) > 0 {
		return r, fault.New(fault.Invalid, "fault.round", nil).WithFields(faults...)
	}
	return p.Store.AddRound(ctx, r, in, p.Questionnaires.Scheme(in), cities, author(who))
}

// Change keeps a round anew. Its code and its questionnaire stay: answers hang on them.
func (p RoundPlans) Change(ctx context.Context, who account.Actor, code string, plan RoundPlan, add, remove []string) (Round, error) {
	if err := mayPlanRounds(who); err != nil {
		return Round{}, err
	}
	now, err := p.Store.Round(ctx, who, code)
	if err != nil {
		return now, err
	}
	plan.Code, plan.Instrument = now.Code, now.Instrument
	r, in, faults := p.read(plan)
	if len(faults) > 0 {
		return now, fault.New(fault.Invalid, "fault.round", nil).WithFields(faults...)
	}
	r.ID, r.Published = now.ID, now.Published
	return r, p.Store.ChangeRound(ctx, r, p.Questionnaires.Scheme(in), add, remove, author(who))
}
