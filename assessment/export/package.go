package export

import (
	"encoding/json"
	"io"
	"strings"
	"time"
)

// The types of a Frictionless tabular data package (specs.frictionlessdata.io, version 1).
type (
	descriptor struct {
		Profile     string     `json:"profile"`
		Name        string     `json:"name"`
		Title       string     `json:"title"`
		Description string     `json:"description"`
		Version     string     `json:"version"`
		Created     string     `json:"created"`
		Keywords    []string   `json:"keywords"`
		Resources   []resource `json:"resources"`
	}
	resource struct {
		Profile   string  `json:"profile"`
		Name      string  `json:"name"`
		Path      string  `json:"path"`
		Format    string  `json:"format"`
		MediaType string  `json:"mediatype"`
		Encoding  string  `json:"encoding"`
		Dialect   dialect `json:"dialect"`
		Schema    schema  `json:"schema"`
	}
	dialect struct {
		Delimiter      string `json:"delimiter"`
		LineTerminator string `json:"lineTerminator"`
		DoubleQuote    bool   `json:"doubleQuote"`
		Header         bool   `json:"header"`
	}
	schema struct {
		Fields        []field      `json:"fields"`
		MissingValues []string     `json:"missingValues"`
		PrimaryKey    []string     `json:"primaryKey"`
		ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
	}
	field struct {
		Name        string       `json:"name"`
		Type        kind         `json:"type"`
		Description string       `json:"description"`
		Constraints *constraints `json:"constraints,omitempty"`
	}
	constraints struct {
		Required bool `json:"required"`
	}
	foreignKey struct {
		Fields    string    `json:"fields"`
		Reference reference `json:"reference"`
	}
	reference struct {
		Resource string `json:"resource"`
		Fields   string `json:"fields"`
	}
)

// described is a table as a resource of the package.
func (t table) described(s Source, among []table) resource {
	r := resource{Profile: "tabular-data-resource", Name: t.name, Path: t.name + ".csv", Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		Dialect: dialect{",", "\n", true, true}, Schema: schema{MissingValues: []string{""}, PrimaryKey: []string{}}}
	for _, c := range t.columns {
		f := field{Name: c.name, Type: c.kind, Description: c.says}
		if c.key != "" {
			f.Description = s.Say(c.key)
		}
		if c.key1 {
			r.Schema.PrimaryKey = append(r.Schema.PrimaryKey, c.name)
			f.Constraints = &constraints{true}
		}
		r.Schema.Fields = append(r.Schema.Fields, f)
		for _, other := range among {
			if c.to == other.name {
				r.Schema.ForeignKeys = append(r.Schema.ForeignKeys, foreignKey{c.name, reference{c.to, other.columns[0].name}})
			}
		}
	}
	return r
}

func writePackage(w io.Writer, o Order, s Source, each func(func(*Record) error) error) error {
	a := archive{at: s.At}
	defer a.drop()
	all := o.tables(s)
	d := descriptor{Profile: "tabular-data-package", Name: slug(s.Round), Title: s.Title, Version: s.Instrument.Version, Created: s.At.UTC().Format(time.RFC3339),
		Keywords: []string{"migration", "governance", "cities", s.Instrument.Name(), "method " + s.Method}}
	var about []string
	for _, line := range readme(s) {
		about = append(about, line[0]+": "+line[1])
	}
	d.Description = strings.Join(about, "\n\n")
	for _, t := range all {
		d.Resources = append(d.Resources, t.described(s, all))
	}
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if _, err := a.add("datapackage.json").Write(append(text, '\n')); err != nil {
		return err
	}
	if err := fillAll(all, each, func(t table) (sink, error) { return newCSV(a.add(t.name+".csv"), t, Raw), nil }); err != nil {
		return err
	}
	return a.writeTo(w, func(string) int { return 0 })
}

// slug is a name as the specification wants it: lower case, figures and . - _ alone.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}
