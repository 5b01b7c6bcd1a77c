package store

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"gorm.io/gorm"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// placed is an assessment with its city, its round and the counts of its score row.
type placed struct {
	ID, Perspective            string
	CityID, CityCode, CityName string
	Country                    string
	Fictional                  bool
	Region, Locode             string
	Population                 int
	CityRoles, Income          string
	RoundID, RoundCode, Title  string
	Instrument                 string
	Due                        *time.Time
	Published                  bool
	ReviewersCompare           bool
	Opens                      *time.Time
	Languages                  string
	Moved, Taken               int64
	HandedIn                   *time.Time
	State                      string
	HandedInBy                 string
	Changed                    *time.Time
	Answered, Settled          int
	Beside                     int64
	Numbers                    []byte
}

const placedColumns = `a.id, a.perspective, a.city_id, c.code AS city_code, c.name AS city_name, c.country, c.fictional, c.region, c.locode, c.population, c.roles, c.income,
	a.round_id, r.code AS round_code, r.title, r.instrument, r.due, r.published, r.reviewers_compare, r.opens, r.languages, r.moved, r.taken, a.handed_in, a.handed_in_by, a.state, s.changed, s.answered, s.settled, a.beside`

const placedTables = ` FROM assessment a JOIN city c ON c.id = a.city_id JOIN round r ON r.id = a.round_id
	JOIN score s ON s.city_id = a.city_id AND s.assessment_id = a.id`

// columns are where the placedColumns go.
func (p *placed) columns() []any {
	return []any{&p.ID, &p.Perspective, &p.CityID, &p.CityCode, &p.CityName, &p.Country, &p.Fictional, &p.Region, &p.Locode, &p.Population, &p.CityRoles, &p.Income,
		&p.RoundID, &p.RoundCode, &p.Title, &p.Instrument, &p.Due, &p.Published, &p.ReviewersCompare, &p.Opens, &p.Languages, &p.Moved, &p.Taken, &p.HandedIn, &p.HandedInBy, &p.State, &p.Changed, &p.Answered, &p.Settled, &p.Beside}
}

func (p placed) assessment() assessment.Assessment {
	return assessment.Assessment{
		ID:          p.ID,
		City:        cityRow{p.CityID, p.CityCode, p.CityName, p.Country, p.Fictional, p.Region, p.Locode, p.Population, p.CityRoles, p.Income}.city(),
		Round:       roundRow{p.RoundID, p.RoundCode, p.Title, p.Instrument, p.Due, p.Published, p.ReviewersCompare, p.Opens, p.Languages, p.Moved, p.Taken}.round(),
		Perspective: assessment.Perspective(p.Perspective), State: stateOf(p.State, p.Changed != nil),
		HandedIn: from(p.HandedIn), HandedInBy: p.HandedInBy, Changed: from(p.Changed),
		Answered: p.Answered, Settled: p.Settled, Beside: p.Beside,
	}
}

// within restricts a query on assessment a to the actor's reach: the city of city people, the rounds of an analyst, what was assigned to a reviewer. The
// pure rule account.Reach decides; this keeps rows out of reach from being read at all.
func within(who account.Actor) (condition string, args []any) {
	if only := who.Only; only != "" {
		who.Only = ""
		condition, args = within(who)
		return condition + " AND a.round_id = ?", append(args, only)
	}
	switch who.Role {
	case account.Coordinator, account.Contributor, account.Approver:
		return "a.city_id = ?", []any{who.City}
	case account.Analyst:
		if len(who.Rounds) == 0 {
			return "1 = 0", nil
		}
		for _, r := range who.Rounds {
			args = append(args, r)
		}
		return "a.round_id IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
	case account.Reviewer:
		for _, id := range who.Assigned {
			args = append(args, id)
		}
		if len(args) == 0 {
			return "1 = 0", nil
		}
		return "a.id IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
	case account.Operator:
		return "1 = 1", nil
	}
	return "1 = 0", nil
}

// Assessment implements assessment.Finder.
func (s *Store) Assessment(ctx context.Context, who account.Actor, id string) (assessment.Assessment, error) {
	p, err := s.onePlaced(s.read.WithContext(ctx), id, who)
	if err != nil {
		return assessment.Assessment{}, s.known(err)
	}
	return p.assessment(), nil
}

// onlyAssessment is the table of one assessment, for a join: within the city of people of a city, so that no row of
// another is read. (It is a table of its own so that SQLite need not plan the join anew for each argument; see writer.)
func onlyAssessment(who account.Actor, id string) (table string, args []any) {
	if who.Role.OfCity() {
		return "(SELECT * FROM assessment WHERE id = ? AND city_id = ? LIMIT 1) a", []any{id, who.City}
	}
	return "(SELECT * FROM assessment WHERE id = ? LIMIT 1) a", []any{id}
}

// onePlaced reads one assessment. It runs with every request on an assessment, so that it goes past gorm as the saves do.
func (s *Store) onePlaced(db *gorm.DB, id string, who account.Actor) (p placed, err error) {
	only, args := onlyAssessment(who, id)
	err = s.row(db, "SELECT "+placedColumns+strings.Replace(placedTables, "assessment a", only, 1), args, p.columns()...)
	if err != nil {
		return placed{}, err
	}
	if !account.Reach(who, p.assessment().Place()) {
		return placed{}, missing()
	}
	return p, nil
}

// Assessments implements assessment.Finder.
func (s *Store) Assessments(ctx context.Context, who account.Actor, round string) ([]assessment.Assessment, error) {
	all, err := s.RoundCities(ctx, who, round)
	return slices.DeleteFunc(all, func(a assessment.Assessment) bool { return !account.Reach(who, a.Place()) }), err
}

// RoundCities implements assessment.Scorer.
func (s *Store) RoundCities(ctx context.Context, who account.Actor, round string) ([]assessment.Assessment, error) {
	rows, err := s.placed(ctx, who, round, "", (*placed).columns)
	if err != nil {
		return nil, err
	}
	out := make([]assessment.Assessment, len(rows))
	for i, p := range rows {
		out[i] = p.assessment()
	}
	return out, nil
}

// placed reads the assessments of a round, or of all, with more columns if wanted. There may be thousands, so that it goes
// past gorm.
func (s *Store) placed(ctx context.Context, who account.Actor, round, more string, columns func(*placed) []any) (rows []*placed, err error) {
	scope, args := within(who)
	ask := "SELECT " + placedColumns + more + placedTables + " WHERE " + scope
	if round != "" {
		ask, args = ask+" AND r.code = ?", append(args, round)
	}
	err = s.rows(s.read.WithContext(ctx), ask+" ORDER BY r.created DESC, r.id, a.perspective, a.id", args, func(found *sql.Rows) error {
		p := new(placed)
		err := found.Scan(columns(p)...)
		rows = append(rows, p)
		return err
	})
	if err != nil {
		return nil, s.known(err)
	}
	newest := map[string]int{} // rounds, the newest first
	for _, p := range rows {
		if _, known := newest[p.RoundID]; !known {
			newest[p.RoundID] = len(newest)
		}
	}
	byName(rows, func(p *placed) string { return p.CityName })
	slices.SortStableFunc(rows, func(a, b *placed) int { return newest[a.RoundID] - newest[b.RoundID] })
	return rows, nil
}

// byName puts things in the order of their names as people read them: without regard to case and accents first. The
// databases would each sort in their own way. What has the same name stays in the order in which it came.
func byName[T any](list []T, name func(T) string) {
	c := collate.New(language.Und)
	var buffer collate.Buffer
	type keyed struct {
		key   []byte
		place int
	}
	keys, was := make([]keyed, len(list)), slices.Clone(list)
	for i, x := range list {
		keys[i] = keyed{c.KeyFromString(&buffer, name(x)), i}
	}
	slices.SortStableFunc(keys, func(a, b keyed) int { return bytes.Compare(a.key, b.key) })
	for i, k := range keys {
		list[i] = was[k.place]
	}
}

// Scores implements assessment.Scorer.
func (s *Store) Scores(ctx context.Context, who account.Actor, round string) ([]assessment.ScoreRow, error) {
	rows, err := s.placed(ctx, who, round, ", CASE WHEN a.handed_in IS NULL THEN NULL ELSE s.numbers END AS numbers",
		func(p *placed) []any { return append(p.columns(), &p.Numbers) })
	if err != nil {
		return nil, err
	}
	out := make([]assessment.ScoreRow, len(rows))
	for i, p := range rows {
		out[i].Assessment = p.assessment()
		if len(p.Numbers) == 0 {
			continue
		}
		if err := out[i].Numbers.UnmarshalBinary(p.Numbers); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type answerRow struct {
	Indicator, Value, NonAnswer, Explanation, Evidence, Confidence, Earlier       string
	Version, ChangedValue, ChangedExplanation, ChangedEvidence, ChangedConfidence int
	ByAccount, ByRole, ByName                                                     string
	At                                                                            time.Time
}

func (r answerRow) kept() assessment.Kept {
	return assessment.Kept{
		Answer: survey.Answer{Value: r.Value, NonAnswer: survey.NonAnswer(r.NonAnswer), Explanation: r.Explanation,
			Evidence: r.Evidence, Confidence: survey.Confidence(r.Confidence)},
		Indicator: r.Indicator, Version: r.Version,
		Changed: [assessment.FieldCount]int{r.ChangedValue, r.ChangedExplanation, r.ChangedEvidence, r.ChangedConfidence},
		Earlier: r.Earlier, By: by(r.ByAccount, r.ByName, r.ByRole), At: r.At.UTC(),
	}
}

func by(id, name, role string) assessment.Author {
	return assessment.Author{Account: id, Name: name, Role: account.Role(role)}
}

// writer is the name of who wrote a row. It is no join: SQLite compiles a join with arguments anew at each execution (it
// looks at the arguments to plan it), which takes ten times as long as reading the row.
const writer = `COALESCE((SELECT p.name FROM account p WHERE p.id = x.by_account), '')`

// written adds who wrote a row, and in which assessment.
const written = `, ` + writer + `, x.assessment_id FROM %s x WHERE `

// Sheet implements assessment.Finder.
func (s *Store) Sheet(ctx context.Context, who account.Actor, id string, indicators ...string) (assessment.Sheet, error) {
	a, err := s.Assessment(ctx, who, id)
	if err != nil {
		return assessment.Sheet{}, err
	}
	return s.SheetOf(ctx, who, a, indicators...)
}

// SheetOf implements assessment.Finder.
func (s *Store) SheetOf(ctx context.Context, who account.Actor, a assessment.Assessment, indicators ...string) (assessment.Sheet, error) {
	if !account.Reach(who, a.Place()) {
		return assessment.Sheet{}, missing()
	}
	sheet, err := s.sheet(s.read.WithContext(ctx), a.City.ID, a.ID, indicators)
	if err != nil {
		return assessment.Sheet{}, s.known(err)
	}
	if !who.Role.OfCity() && who.Role != account.Operator {
		sheet.HideNames()
	}
	return sheet, nil
}

// together is how many assessments are read in one statement; SQLite takes 32,766 arguments (limits.html, section 9).
const together = 500

// Sheets implements assessment.Finder.
func (s *Store) Sheets(ctx context.Context, who account.Actor, ids []string) ([]assessment.Sheet, error) {
	out := make([]assessment.Sheet, 0, len(ids))
	for part := range slices.Chunk(ids, together) {
		found, err := s.someSheets(s.read.WithContext(ctx), who, part)
		if err != nil {
			return nil, s.known(err)
		}
		for _, id := range part {
			if !who.Role.OfCity() && who.Role != account.Operator {
				found[id].HideNames()
			}
			out = append(out, found[id])
		}
	}
	return out, nil
}

// someSheets reads what is kept for some assessments, all of them within reach.
func (s *Store) someSheets(db *gorm.DB, who account.Actor, ids []string) (map[string]assessment.Sheet, error) {
	scope, args := within(who)
	for _, id := range ids {
		args = append(args, id)
	}
	among := "a.id IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
	found := map[string]assessment.Sheet{}
	err := s.rows(db, "SELECT "+placedColumns+placedTables+" WHERE "+scope+" AND "+among, args, func(rows *sql.Rows) error {
		var p placed
		err := rows.Scan(p.columns()...)
		if account.Reach(who, p.assessment().Place()) {
			found[p.ID] = newSheet()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			return nil, missing()
		}
	}
	// A cross join, because SQLite then looks up the rows of each assessment; on its own it would read the whole of table x.
	return found, s.fill(db, found, "assessment a CROSS JOIN ", "x.city_id = a.city_id AND x.assessment_id = a.id AND "+among, args[len(args)-len(ids):])
}

func newSheet() assessment.Sheet {
	return assessment.Sheet{Answers: map[string]assessment.Kept{}, Powers: map[string]assessment.Power{}, Alternatives: map[string][]assessment.Alternative{}}
}

func (s *Store) sheet(db *gorm.DB, city, id string, indicators []string) (assessment.Sheet, error) {
	sheet, where, args := newSheet(), "x.city_id = ? AND x.assessment_id = ?", []any{city, id}
	if len(indicators) > 0 {
		where += " AND x.indicator IN (?" + strings.Repeat(", ?", len(indicators)-1) + ")"
		for _, q := range indicators {
			args = append(args, q)
		}
	}
	return sheet, s.fill(db, map[string]assessment.Sheet{id: sheet}, "", where, args)
}

// fill reads what is kept into sheets, by assessment. Where says which rows of a table x, with the help of what stands before it.
func (s *Store) fill(db *gorm.DB, sheets map[string]assessment.Sheet, before, where string, args []any) error {
	rows := func(table, columns, rest string, scan func(*sql.Rows) error) error {
		return s.rows(db, "SELECT "+columns+strings.Replace(written, "%s", before+table, 1)+where+rest, args, scan)
	}
	var of string // the assessment of a row
	err := rows("answer", `x.indicator, x.version, x.value, x.non_answer, x.explanation, x.evidence, x.confidence, x.earlier, x.changed_value,
		x.changed_explanation, x.changed_evidence, x.changed_confidence, x.by_account, x.by_role, x.at`, "", func(found *sql.Rows) error {
		var r answerRow
		err := found.Scan(&r.Indicator, &r.Version, &r.Value, &r.NonAnswer, &r.Explanation, &r.Evidence, &r.Confidence, &r.Earlier, &r.ChangedValue,
			&r.ChangedExplanation, &r.ChangedEvidence, &r.ChangedConfidence, &r.ByAccount, &r.ByRole, &r.At, &r.ByName, &of)
		if err == nil {
			sheets[of].Answers[r.Indicator] = r.kept()
		}
		return err
	})
	if err != nil {
		return err
	}
	err = rows("power", "x.indicator, x.holder, x.reason, x.version, x.by_account, x.by_role, x.at", "", func(found *sql.Rows) error {
		var r powerRow
		err := found.Scan(&r.Indicator, &r.Holder, &r.Reason, &r.Version, &r.ByAccount, &r.ByRole, &r.At, &r.ByName, &of)
		if err == nil {
			sheets[of].Powers[r.Indicator] = r.power()
		}
		return err
	})
	if err != nil {
		return err
	}
	return rows("alternative", "x.id, x.indicator, x.fields, x.base, x.value, x.non_answer, x.explanation, x.evidence, x.confidence, x.by_account, x.by_role, x.at",
		" AND x.settled IS NULL ORDER BY x.at, x.id", func(found *sql.Rows) error {
			var r alternativeRow
			err := found.Scan(&r.ID, &r.Indicator, &r.Fields, &r.Base, &r.Value, &r.NonAnswer, &r.Explanation, &r.Evidence, &r.Confidence, &r.ByAccount, &r.ByRole, &r.At, &r.ByName, &of)
			if err == nil {
				sheets[of].Alternatives[r.Indicator] = append(sheets[of].Alternatives[r.Indicator], r.alternative())
			}
			return err
		})
}

type powerRow struct {
	Indicator, Holder, Reason string
	Version                   int
	ByAccount, ByRole, ByName string
	At                        time.Time
}

func (r powerRow) power() assessment.Power {
	return assessment.Power{Indicator: r.Indicator, Holder: survey.Holder(r.Holder), Reason: r.Reason, Version: r.Version,
		By: by(r.ByAccount, r.ByName, r.ByRole), At: r.At.UTC()}
}

type alternativeRow struct {
	ID, Indicator                                       string
	Fields, Base                                        int
	Value, NonAnswer, Explanation, Evidence, Confidence string
	ByAccount, ByRole, ByName                           string
	At                                                  time.Time
}

func (r alternativeRow) alternative() assessment.Alternative {
	return assessment.Alternative{ID: r.ID, Indicator: r.Indicator, Fields: assessment.Fields(r.Fields), Base: r.Base,
		Answer: survey.Answer{Value: r.Value, NonAnswer: survey.NonAnswer(r.NonAnswer), Explanation: r.Explanation,
			Evidence: r.Evidence, Confidence: survey.Confidence(r.Confidence)},
		By: by(r.ByAccount, r.ByName, r.ByRole), At: r.At.UTC()}
}
