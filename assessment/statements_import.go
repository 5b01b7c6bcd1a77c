package assessment

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/reality"
)

// StatementColumns are the columns of a file of statements; the last three may be missing.
var StatementColumns = []string{"indicator", "says", "text", "language", "source", "url", "date"}

const statementColumnsNeeded = 4

// maxStatements is the largest file of statements, in bytes: many thousand statements.
const maxStatements = 8 << 20

// StatementPlan is what an import would do. Nothing is imported while a row is refused.
type StatementPlan struct {
	Country string
	Lines   []StatementLine
	Refused []fault.Field // by row, as a spreadsheet counts it
}

// StatementLine is a row of the file.
type StatementLine struct {
	Row       int
	Statement reality.Statement
	Same      bool // it is kept already, or stands in an earlier row
}

// Adds counts the statements that are not kept yet.
func (p StatementPlan) Adds() (n int) {
	for _, l := range p.Lines {
		if !l.Same {
			n++
		}
	}
	return n
}

// Plan reads a CSV file of statements and says what importing it would add. It writes nothing.
func (s Statements) Plan(ctx context.Context, who account.Actor, country, instrument string, file io.Reader) (p StatementPlan, err error) {
	p.Country = country
	known, err := s.List(ctx, who, country)
	if err != nil {
		return p, err
	}
	in, err := s.Instrument(instrument)
	if err != nil {
		return p, err
	}
	rows, faults := readStatements(file)
	if p.Refused = faults; len(faults) > 0 {
		return p, nil
	}
	seen := map[reality.Statement]bool{}
	sense := func(x reality.Statement) reality.Statement { // without what a file does not hold
		x.ID, x.Country = "", ""
		return x
	}
	for _, k := range known {
		seen[sense(k.Statement)] = true
	}
	for _, r := range rows {
		x, faults := reality.Clean(r.given, in, s.Now())
		for _, f := range faults {
			p.Refused = append(p.Refused, fault.Field{Name: "row " + strconv.Itoa(r.line) + ", " + f.Name, Key: f.Key, Args: f.Args})
		}
		p.Lines = append(p.Lines, StatementLine{r.line, x, seen[sense(x)]})
		seen[sense(x)] = true
	}
	return p, nil
}

// Import adds what a plan says, all or none, and publishes what may be published if that is wished. It returns how many are new, and
// how many of them others read now.
func (s Statements) Import(ctx context.Context, who account.Actor, p StatementPlan, publish bool) (added, published int, err error) {
	if err := s.reach(ctx, who, p.Country); err != nil {
		return 0, 0, err
	}
	if len(p.Refused) > 0 {
		return 0, 0, fault.New(fault.Invalid, "fault.statement", nil).WithFields(p.Refused...)
	}
	var orders []StatementOrder
	for _, l := range p.Lines {
		if !l.Same {
			orders = append(orders, StatementOrder{Statement: l.Statement})
		}
	}
	ids, err := s.Store.KeepStatements(ctx, who, p.Country, orders, author(who), s.Now())
	if err != nil || !publish {
		return len(ids), 0, err
	}
	for i, id := range ids {
		if len(orders[i].Publishable()) > 0 {
			continue
		}
		if err := s.Store.PublishStatement(ctx, who, p.Country, id, 1, author(who), s.Now()); err != nil {
			return len(ids), published, err
		}
		published++
	}
	return len(ids), published, nil
}

type statementRow struct {
	line  int
	given reality.Given
}

// readStatements reads the rows of a file. The separator is the comma, or the semicolon of many spreadsheets.
func readStatements(file io.Reader) (rows []statementRow, faults []fault.Field) {
	refuse := func(line int, key string, args fault.Args) {
		faults = append(faults, fault.Field{Name: "row " + strconv.Itoa(line), Key: key, Args: args})
	}
	data, err := io.ReadAll(io.LimitReader(file, maxStatements+1))
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case err != nil:
		refuse(1, "fault.file_unreadable", nil)
	case len(data) > maxStatements:
		refuse(1, "fault.file_too_large", fault.Args{"Megabytes": maxStatements >> 20})
	case !utf8.Valid(data):
		refuse(1, "fault.file_encoding", nil)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord = -1
	if head, _, _ := bytes.Cut(data, []byte{'\n'}); bytes.Count(head, []byte{';'}) > bytes.Count(head, []byte{','}) {
		c.Comma = ';'
	}
	var where map[string]int
	for line := 1; ; line++ {
		record, err := c.Read()
		switch {
		case errors.Is(err, io.EOF) && where == nil:
			refuse(1, "fault.file_empty", nil)
			return nil, faults
		case errors.Is(err, io.EOF):
			return rows, faults
		case err != nil:
			refuse(line, "fault.row_quotes", nil)
			return rows, faults
		case where == nil:
			if where = statementHeader(record, refuse); len(faults) > 0 {
				return nil, faults
			}
			continue
		case len(record) != len(where):
			refuse(line, "fault.row_columns", fault.Args{"Found": len(record), "Expected": len(where)})
			continue
		}
		at := func(name string) string {
			if i, there := where[name]; there {
				return longform.Unguard(record[i])
			}
			return ""
		}
		rows = append(rows, statementRow{line, reality.Given{Indicator: at("indicator"), Says: strings.TrimSpace(at("says")), Text: at("text"), Source: at("source"), URL: at("url"), Date: at("date"), Language: at("language")}})
	}
}

// statementHeader tells where the columns stand.
func statementHeader(record []string, refuse func(line int, key string, args fault.Args)) map[string]int {
	where := map[string]int{}
	for i, h := range record {
		name := strings.ToLower(strings.TrimSpace(h))
		_, twice := where[name]
		switch {
		case !slices.Contains(StatementColumns, name):
			refuse(1, "reality.column_unknown", fault.Args{"Column": h, "Columns": strings.Join(StatementColumns, ", ")})
		case twice:
			refuse(1, "fault.column_twice", fault.Args{"Column": name})
		}
		where[name] = i
	}
	for _, name := range StatementColumns[:statementColumnsNeeded] {
		if _, there := where[name]; !there {
			refuse(1, "fault.column_missing", fault.Args{"Column": name})
		}
	}
	return where
}
