package main

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/export"
	"migov/assessment/survey"
	"migov/data/locale"
)

func exporter(k kept) assessment.Exports {
	return assessment.Exports{Store: k.Store, Questionnaires: k.library, Now: time.Now}
}

func (p *program) exportCommand() *cobra.Command {
	var o assessment.ExportOrder
	var format, subject, shape, language, out string
	c := &cobra.Command{
		Use:   "export ROUND --format FORMAT",
		Short: "Write a round as a file for spreadsheets, R, Python or SPSS",
		Long: `Export writes what a round has gathered, drafts too, by stable codes. Formats:

  xlsx     a workbook, one sheet for each subject, codebook and README
  csv      CSV for spreadsheets: byte order mark, texts guarded against being taken for formulas
  raw      CSV for R and other programs: every text exactly as it is
  json     one list of objects
  ndjson   one object on each line
  hxl      CSV with HXL hashtags in the second row
  package  a Frictionless data package (ZIP) with table schemas
  spss     syntax and data (ZIP)

Subjects: everything (in xlsx and package), answers, cities, powers, results, verdicts, indicators,
codebook. Answers are long (a row for each city and indicator) or wide (a row for each city).

Without --out the file is put into the current folder under a name that says round, questionnaire,
method and day; "-" is standard output. A file that exists is not overwritten.`,
		Example: "  migov export 2027 --format xlsx --database migov.db\n  migov export 2027 --format raw --shape wide --out - --database migov.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if !slices.Contains(locale.Languages, language) {
				return misused("--language %s is none of %s.", language, strings.Join(locale.Languages, ", "))
			}
			words, err := locale.Load()
			if err != nil {
				return err
			}
			o.Round, o.Language, o.Say = args[0], survey.Language(language), func(key string) string { return words.In(language).T(key) }
			o.Order = export.Order{Format: export.Format(format), Subject: export.Subject(subject), Shape: export.Shape(shape)}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				prepared, err := exporter(k).Prepare(c.Context(), operator, o)
				if err != nil {
					return err
				}
				write := func(w io.Writer) error { return prepared.Write(c.Context(), w) }
				if out == "-" {
					return write(p.out)
				}
				if out == "" {
					out = prepared.Name
				}
				return writeNew(out, write)
			})
		},
	}
	c.Flags().StringVar(&format, "format", "xlsx", "`FORMAT` of the file")
	c.Flags().StringVar(&subject, "subject", "", "what the file is about")
	c.Flags().StringVar(&shape, "shape", "long", "layout of the answers: long or wide")
	c.Flags().StringVar(&language, "language", "en", "language of labels: "+strings.Join(locale.Languages, ", "))
	c.Flags().StringVar(&o.City, "city", "", "only the city with this `CODE`")
	c.Flags().StringVar(&out, "out", "", "`FILE` to write; - for standard output")
	p.databaseFlag(c)
	return c
}
