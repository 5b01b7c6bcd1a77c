package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/data/store"
)

func (p *program) roundCommand() *cobra.Command {
	return gather("round", "Add and list rounds, and invite cities to them", p.roundAdd(), p.roundInvite(), p.roundList())
}

func (p *program) roundAdd() *cobra.Command {
	var title, instrument, due string
	var cities []string
	var compare bool
	c := &cobra.Command{
		Use:   "add CODE --title TITLE --instrument CODE@VERSION|FILE --cities CODE,CODE",
		Short: "Add a round, with one assessment for each city",
		Long: `A round invites cities to answer one version of an instrument by a date. Each city gets one
assessment, from the perspective of its officials. An instrument that is given as a file is added
to the database.`,
		Example: `  migov round add 2027 --title "First round" --instrument urban-migof@1.0.0 --cities accra,quito --due 2027-06-30`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"title": title, "instrument": instrument, "cities": strings.Join(cities, "")}); err != nil {
				return err
			}
			if err := checkCode(args[0]); err != nil {
				return err
			}
			round := assessment.Round{Code: args[0], Title: strings.TrimSpace(title), ReviewersCompare: compare}
			if due != "" {
				day, err := time.Parse(time.DateOnly, due)
				if err != nil {
					return misused("--due %q is not a day such as 2027-06-30.", due)
				}
				round.Due = day
			}
			return p.withDatabase(c.Context(), true, func(k kept) error {
				in, err := named(k.library, instrument)
				if err != nil {
					return err
				}
				if err := k.AddInstrument(c.Context(), in, byOperator); err != nil {
					return err
				}
				if _, err := k.AddRound(c.Context(), round, in, k.library.Scheme(in), trimmed(cities), byOperator); err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.out, "added %s with %s\n", round.Code, count(len(cities), "city", "cities"))
				return err
			})
		},
	}
	c.Flags().StringVar(&title, "title", "", "the `TITLE` that people read")
	c.Flags().StringVar(&instrument, "instrument", "", "`CODE@VERSION` of a known instrument, or a file")
	c.Flags().StringSliceVar(&cities, "cities", nil, "`CODES` of the cities, with commas between them")
	c.Flags().StringVar(&due, "due", "", "the last `DAY` to answer, such as 2027-06-30")
	c.Flags().BoolVar(&compare, "reviewers-compare", false, "let reviewers see how many other cities give each level")
	p.databaseFlag(c)
	return c
}

func trimmed(all []string) (out []string) {
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p *program) roundInvite() *cobra.Command {
	var cities []string
	c := &cobra.Command{
		Use:     "invite CODE --cities CODE,CODE",
		Short:   "Invite more cities to a round; those already in it stay as they are",
		Example: `  migov round invite 2027 --cities lima`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"cities": strings.Join(cities, "")}); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				round, err := k.Round(c.Context(), operator, args[0])
				if err != nil {
					return err
				}
				in, err := named(k.library, round.Instrument)
				if err != nil {
					return err
				}
				if err := k.AddCities(c.Context(), round.Code, k.library.Scheme(in), trimmed(cities), byOperator); err != nil {
					return err
				}
				_, err = fmt.Fprintf(p.out, "invited %s to %s\n", strings.Join(trimmed(cities), ", "), round.Code)
				return err
			})
		},
	}
	c.Flags().StringSliceVar(&cities, "cities", nil, "`CODES` of the cities, with commas between them")
	p.databaseFlag(c)
	return c
}

// listedRound and listedAssessment are what `round list --format json` writes.
type (
	listedRound struct {
		Code        string             `json:"code"`
		Title       string             `json:"title"`
		Instrument  string             `json:"instrument"`
		Due         *string            `json:"due"`
		Published   bool               `json:"published"`
		Assessments []listedAssessment `json:"assessments"`
	}
	listedAssessment struct {
		ID          string     `json:"id"`
		City        string     `json:"city"`
		Perspective string     `json:"perspective"`
		Answered    int        `json:"answered"`
		Settled     int        `json:"settled"`
		HandedIn    *time.Time `json:"handed_in"`
	}
)

func (p *program) roundList() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the rounds; as JSON, with the assessments of each",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "text", "json"); err != nil {
				return err
			}
			return p.withDatabase(c.Context(), false, func(k kept) error {
				rounds, err := listRounds(c, k.Store)
				if err != nil {
					return err
				}
				if format == "json" {
					e := json.NewEncoder(p.out)
					e.SetIndent("", "  ")
					return e.Encode(rounds)
				}
				return table(p.out, roundRows(rounds))
			})
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	p.databaseFlag(c)
	return c
}

func listRounds(c *cobra.Command, s *store.Store) ([]listedRound, error) {
	rounds, err := s.Rounds(c.Context())
	if err != nil {
		return nil, err
	}
	out := make([]listedRound, len(rounds))
	for i, r := range rounds {
		out[i] = listedRound{Code: r.Code, Title: r.Title, Instrument: r.Instrument, Published: r.Published, Assessments: []listedAssessment{}}
		if !r.Due.IsZero() {
			day := r.Due.Format(time.DateOnly)
			out[i].Due = &day
		}
		all, err := s.Assessments(c.Context(), operator, r.Code)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			one := listedAssessment{ID: a.ID, City: a.City.Code, Perspective: string(a.Perspective), Answered: a.Answered, Settled: a.Settled}
			if !a.Open() {
				one.HandedIn = &a.HandedIn
			}
			out[i].Assessments = append(out[i].Assessments, one)
		}
	}
	return out, nil
}

func roundRows(rounds []listedRound) [][]string {
	rows := [][]string{{"CODE", "INSTRUMENT", "DUE", "CITIES", "HANDED IN", "TITLE"}}
	for _, r := range rounds {
		due, handedIn := "", 0
		if r.Due != nil {
			due = *r.Due
		}
		for _, a := range r.Assessments {
			if a.HandedIn != nil {
				handedIn++
			}
		}
		rows = append(rows, []string{r.Code, r.Instrument, due, strconv.Itoa(len(r.Assessments)), strconv.Itoa(handedIn), r.Title})
	}
	return rows
}
