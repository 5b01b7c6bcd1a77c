package assessment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/place"
)

// CityColumns are the columns of a file of cities, in any order. A file has city, which is the code, or name and country, or
// all three; the others may be missing.
var CityColumns = []string{"city", "name", "country", "region", "locode", "population", "roles", "income"}

// MaxCityFile is the largest file of cities, in bytes, and maxCityRows the most rows.
const (
	MaxCityFile = 4 << 20
	maxCityRows = 20_000
)

// CityPlan is what an import would do. Nothing is imported while a row is refused.
type CityPlan struct {
	Lines   []CityLine
	Refused []fault.Field // by row, as a spreadsheet counts it
	Unread  []string      // headings of columns from which nothing is read
	Digest  string        // of the lines: the same digest is the same effect on the same cities
	seen    CityMark
}

// CityLine is what a row would do.
type CityLine struct {
	Row           int
	Effect        Effect
	Before, After City
	Fields        []string // that it changes, as in CityColumns; of a new city none
}

// Count returns how many lines have an effect.
func (p CityPlan) Count(e Effect) (n int) {
	for _, l := range p.Lines {
		if l.Effect == e {
			n++
		}
	}
	return n
}

// Plan reads a file of cities (CSV or XLSX) and says what importing it would do. It writes nothing. A row is about the city
// with its code; without one, about the city with its LOCODE; without that, about the city of its country with its name. An
// empty cell leaves what is kept.
func (c Cities) Plan(ctx context.Context, who account.Actor, file io.Reader) (p CityPlan, err error) {
	if !account.Allowed(who.Role, KeepsCities) {
		return p, forbidden()
	}
	rows, bad := readCities(file)
	if bad != nil {
		p.Refused = []fault.Field{*bad}
		return p, nil
	}
	kept, err := c.Store.Cities(ctx)
	if err != nil {
		return p, err
	}
	elsewhere, err := c.Store.CitiesElsewhere(ctx, who)
	if err != nil {
		return p, err
	}
	r := newRegister(kept, elsewhere, c.Names)
	p.seen = r.mark
	where, unread, faults := r.header(rows[0])
	if p.Unread, p.Refused = unread, faults; len(faults) > 0 {
		return p, nil
	}
	for _, row := range rows[1:] {
		line, faults := r.line(row, where)
		p.Refused = append(p.Refused, faults...)
		if len(faults) == 0 {
			p.Lines = append(p.Lines, line)
		}
	}
	p.Digest, err = digestOf(p.Lines)
	return p, err
}

// Apply carries out a plan, all or nothing. The digest is that of the dry run which a person has seen; where the plan would do
// something else by now, it is a Conflict.
func (c Cities) Apply(ctx context.Context, who account.Actor, p CityPlan, digest string) error {
	if !account.Allowed(who.Role, KeepsCities) {
		return forbidden()
	}
	if len(p.Refused) > 0 {
		return fault.New(fault.Invalid, "fault.import_refused", fault.Args{"Count": len(p.Refused)}).WithFields(p.Refused...)
	}
	if digest != p.Digest {
		return fault.New(fault.Conflict, "cities.moved", nil)
	}
	o := CityOrder{Seen: p.seen}
	for _, l := range p.Lines {
		switch l.Effect {
		case Adds:
			o.Adds = append(o.Adds, l.After)
		case Changes:
			o.Changes = append(o.Changes, CityChange{l.Before, l.After})
		}
	}
	if len(o.Adds)+len(o.Changes) == 0 {
		return nil
	}
	return c.Store.KeepCities(ctx, who, o, author(who), c.Now())
}

func digestOf(lines []CityLine) (string, error) {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(lines); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// readCities reads the rows of a file, the heading first. A workbook is inspected as any file from outside.
func readCities(file io.Reader) ([]longform.Line, *fault.Field) {
	data, err := io.ReadAll(io.LimitReader(file, MaxCityFile+1))
	switch {
	case err != nil:
		return nil, &fault.Field{Name: "file", Key: "fault.file_unreadable"}
	case len(data) > MaxCityFile:
		return nil, &fault.Field{Name: "file", Key: "fault.file_too_large", Args: fault.Args{"Megabytes": MaxCityFile >> 20}}
	case longform.IsWorkbook(data):
		if _, err := evidence.Inspect("cities.xlsx", bytes.NewReader(data), int64(len(data))); err != nil {
			if f, ok := fault.As(err); ok {
				return nil, &fault.Field{Name: "file", Key: f.Key, Args: f.Args}
			}
			return nil, &fault.Field{Name: "file", Key: "fault.file_unreadable"}
		}
	}
	return longform.Table(data, maxCityRows+1)
}

// register are the cities that are kept, and those that the rows so far would add.
type register struct {
	names     *place.Names
	mark      CityMark
	elsewhere map[string]bool
	byCode    map[string]*City
	byLocode  map[string]*City
	byName    map[string][]*City // by country and name
	rows      map[string]int     // that have spoken of a code or a LOCODE
	added     map[string][]addedName
	codes     map[string]bool // of new cities
}

// addedName is a row that would add a city of a name.
type addedName struct {
	row    int
	locode string
}

func newRegister(kept []City, elsewhere map[string]bool, say place.Say) *register {
	r := &register{elsewhere: elsewhere, byCode: map[string]*City{}, byLocode: map[string]*City{}, byName: map[string][]*City{}, rows: map[string]int{}, added: map[string][]addedName{}, codes: map[string]bool{}}
	countries := map[string]bool{}
	for i := range kept {
		c := &kept[i]
		r.mark.Count, r.mark.Newest = r.mark.Count+1, max(r.mark.Newest, c.ID)
		r.byCode[c.Code] = c
		if c.Locode != "" {
			r.byLocode[c.Locode] = c
		}
		key := nameKey(c.Country, c.Name)
		r.byName[key] = append(r.byName[key], c)
		countries[c.Country] = true
	}
	var invented []string
	for code := range countries {
		if !place.Known(code) {
			invented = append(invented, code)
		}
	}
	r.names = place.NewNames(say, CityColumns, invented...)
	return r
}

func nameKey(country, name string) string { return country + " " + place.Same(name) }

// header tells where the columns stand, and which headings name none.
func (r *register) header(row longform.Line) (where map[string]int, unread []string, faults []fault.Field) {
	refuse := func(key, column string) {
		faults = append(faults, fault.Field{Name: longform.Row{Line: row.Number}.Place(), Key: key, Args: fault.Args{"Column": column}})
	}
	where = map[string]int{}
	for i, heading := range row.Cells {
		name := r.names.Find(place.Column, heading)
		_, twice := where[name]
		switch {
		case name == "":
			if heading = strings.TrimSpace(heading); heading != "" {
				unread = append(unread, heading)
			}
			continue
		case twice:
			refuse("fault.column_twice", name)
		}
		where[name] = i
	}
	if _, coded := where["city"]; !coded {
		for _, name := range []string{"name", "country"} {
			if _, there := where[name]; !there {
				refuse("fault.column_missing", name)
			}
		}
	}
	return where, unread, faults
}

// cityRow is a row as it is being understood.
type cityRow struct {
	number     int
	code, name string
	given      place.Given
	facts      place.Facts
	kept       *City
	faults     []fault.Field
}

func (x *cityRow) refuse(column, key string, args fault.Args) {
	at := longform.Row{Line: x.number}.Place()
	if column != "" {
		at += ", " + column
	}
	x.faults = append(x.faults, fault.Field{Name: at, Key: key, Args: args})
}

// line says what a row would do, or everything that is wrong with it.
func (r *register) line(row longform.Line, where map[string]int) (CityLine, []fault.Field) {
	at := func(column string) string {
		if i, there := where[column]; there && i < len(row.Cells) {
			return strings.TrimSpace(row.Cells[i])
		}
		return ""
	}
	x := &cityRow{number: row.Number, code: strings.ToLower(at("city")), name: at("name"),
		given: place.Given{Country: at("country"), Region: at("region"), Locode: at("locode"), Population: at("population"), Roles: at("roles"), Income: at("income")}}
	if x.kept = r.byCode[x.code]; x.kept != nil && x.given.Country == "" {
		x.given.Country = x.kept.Country
	}
	facts, faults := r.names.Read(x.given)
	x.facts = facts
	for _, f := range faults {
		x.refuse(f.Name, f.Key, f.Args)
	}
	if x.name != "" && !named(x.name) {
		x.refuse("name", "fault.name", fault.Args{"Most": maxName})
	}
	r.find(x)
	if x.kept == nil {
		r.whole(x)
	}
	if len(x.faults) > 0 {
		return CityLine{}, x.faults
	}
	line := x.effect()
	if line.Effect == Adds {
		line.After.Code = r.code(x)
	} else if line.Effect == Changes && r.elsewhere[x.kept.ID] {
		x.refuse("", "cities.elsewhere", fault.Args{"City": x.kept.Code})
	}
	r.once(x, line.After)
	return line, x.faults
}

// find finds the city that a row is about.
func (r *register) find(x *cityRow) {
	other := r.byLocode[x.facts.Locode]
	switch {
	case x.kept != nil:
		if other != nil && other.ID != x.kept.ID {
			x.refuse("locode", "cities.locode_taken", fault.Args{"Locode": x.facts.Locode, "City": other.Code})
		}
		return
	case other != nil:
		x.kept = other
	case x.name != "" && x.facts.Country != "":
		// Two places of one name are told apart by their LOCODEs.
		same := slices.DeleteFunc(slices.Clone(r.byName[nameKey(x.facts.Country, x.name)]), func(c *City) bool { return c.Locode != "" && x.facts.Locode != "" })
		if len(same) > 1 {
			x.refuse("name", "cities.several", fault.Args{"Name": x.name, "Country": x.facts.Country})
		}
		if len(same) > 0 {
			x.kept = same[0]
		}
	}
	if x.kept != nil && x.code != "" {
		x.refuse("city", "cities.code_other", fault.Args{"Given": x.code, "City": x.kept.Code})
	}
}

// whole says what a new city lacks.
func (r *register) whole(x *cityRow) {
	if x.name == "" {
		x.refuse("name", "cities.name_missing", nil)
	}
	if x.given.Country == "" {
		x.refuse("country", "cities.country_missing", nil)
	}
	if x.code != "" && !codes.MatchString(x.code) {
		x.refuse("city", "fault.code", nil)
	}
}

// effect compares what a row says with what is kept.
func (x *cityRow) effect() CityLine {
	f := x.facts
	if x.kept == nil {
		return CityLine{Row: x.number, Effect: Adds, After: City{Code: x.code, Name: x.name, Country: f.Country, Region: f.Region, Locode: f.Locode, Population: f.Population, Roles: f.Roles, Income: f.Income}}
	}
	l := CityLine{Row: x.number, Effect: Same, Before: *x.kept, After: *x.kept}
	text := func(column string, kept *string, said string) {
		if said != "" && said != *kept {
			*kept, l.Fields = said, append(l.Fields, column)
		}
	}
	text("name", &l.After.Name, x.name)
	text("country", &l.After.Country, f.Country)
	if !f.Derived || l.Before.Region == "" || l.After.Country != l.Before.Country { // a region that was given once is not taken away
		text("region", &l.After.Region, f.Region)
	}
	text("locode", &l.After.Locode, f.Locode)
	if f.Population != 0 && f.Population != l.After.Population {
		l.After.Population, l.Fields = f.Population, append(l.Fields, "population")
	}
	if len(f.Roles) > 0 && !sameRoles(f.Roles, l.After.Roles) {
		l.After.Roles, l.Fields = f.Roles, append(l.Fields, "roles")
	}
	text("income", &l.After.Income, f.Income)
	if len(l.Fields) > 0 {
		l.Effect = Changes
	}
	return l
}

// code is that of a new city.
func (r *register) code(x *cityRow) string {
	if x.code == "" {
		x.code = place.Code(x.name, x.facts.Country, x.facts.Locode, func(code string) bool { return r.byCode[code] != nil || r.codes[code] })
	}
	r.codes[x.code] = true
	return x.code
}

// once refuses a row about a city of which an earlier row has spoken. Two new places of one name are told apart by their
// LOCODEs.
func (r *register) once(x *cityRow, c City) {
	keys := []string{"code " + c.Code}
	if c.Locode != "" {
		keys = append(keys, "locode "+c.Locode)
	}
	earlier := 0
	for _, key := range keys {
		earlier = max(earlier, r.rows[key])
	}
	if x.kept == nil {
		name := nameKey(c.Country, c.Name)
		for _, o := range r.added[name] {
			if c.Locode == "" || o.locode == "" {
				earlier = max(earlier, o.row)
			}
		}
		r.added[name] = append(r.added[name], addedName{x.number, c.Locode})
	}
	if earlier > 0 {
		x.refuse("", "cities.twice", fault.Args{"City": c.Name, "First": earlier})
	}
	for _, key := range keys {
		r.rows[key] = x.number
	}
}

// sameRoles compares roles without their order.
func sameRoles(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// CityTemplate is a file of cities to fill in: the headings, and for a workbook a second sheet that explains them.
func CityTemplate(w io.Writer, workbook, rtl bool, notes longform.Sheet) error {
	if workbook {
		return longform.WriteSheets(w, rtl, longform.Sheet{Name: "cities", Rows: [][]string{CityColumns}, Width: 18}, notes)
	}
	_, err := io.WriteString(w, "\ufeff"+strings.Join(CityColumns, ",")+"\r\n")
	return err
}

// CityRecord is a city as a row of such a file.
func CityRecord(c City) []string {
	population := ""
	if c.Population > 0 {
		population = strconv.Itoa(c.Population)
	}
	return []string{c.Code, c.Name, c.Country, c.Region, c.Locode, population, strings.Join(c.Roles, "|"), c.Income}
}
