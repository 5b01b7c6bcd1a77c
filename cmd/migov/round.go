package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/fault"
	"migov/data/store"
)

func (p *program) roundCommand() *cobra.Command {
	return gather("round", "Add and list rounds, and invite cities to them", p.roundAdd(), p.roundChange(), p.roundInvite(), p.roundList())
}

func (p *program) roundAdd() *cobra.Command {
	var plan assessment.RoundPlan
	var wish cohortFlags
	c := &cobra.Command{
		Use:   "add CODE --title TITLE --instrument CODE@VERSION|FILE --cities CODE,CODE",
		Short: "Add a round, with one assessment for each city",
		Long: `A round invites cities to answer one version of an instrument, in some languages, between two days. Each
city gets one assessment, from the perspective of its officials. An instrument that is given as a file is
added to the database.

Cities are named by code (--cities), by a file with a code, UN/LOCODE or name a line (--cities-file), by what
is known of them (--group, such as region:015, population:50k-200k, role:transit, income:high, country:GH;
several of one kind mean any of them, several kinds mean all), or taken from another round (--earlier).`,
		Example: `  migov round add 2027 --title "First round" --instrument urban-migof@1.0.0 --cities accra,quito --due 2027-06-30
  migov round add 2028 --title "Second round" --instrument urban-migof@1.0.0 --earlier 2027 --group region:011 --languages en,fr`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := needed(map[string]string{"title": plan.Title, "instrument": plan.Instrument}); err != nil {
				return err
			}
			if err := checkCode(args[0]); err != nil {
				return err
			}
			plan.Code = args[0]
			return p.withDatabase(c.Context(), true, func(k kept) error {
				in, err := named(k.library, plan.Instrument)
				if err != nil {
					return err
				}
				if err := k.AddInstrument(c.Context(), in, byOperator); err != nil {
					return err
				}
				plan.Instrument = in.Name()
				codes, err := p.cohort(c.Context(), k, wish)
				if err != nil {
					return err
				}
				round, err := roundPlans(k).Make(c.Context(), operator, plan, codes)
				if err != nil {
					return flagged(err)
				}
				_, err = fmt.Fprintf(p.out, "added %s with %s\n", round.Code, count(len(codes), "city", "cities"))
				return err
			})
		},
	}
	planFlags(c, &plan)
	c.Flags().StringVar(&plan.Instrument, "instrument", "", "`CODE@VERSION` of a known instrument, or a file")
	wish.add(c)
	p.databaseFlag(c)
	return c
}

func roundPlans(k kept) assessment.RoundPlans {
	return assessment.RoundPlans{Store: k.Store, Questionnaires: k.library}
}

// planFlags are the flags that say what a round is.
func planFlags(c *cobra.Command, plan *assessment.RoundPlan) {
	c.Flags().StringVar(&plan.Title, "title", "", "the `TITLE` that people read")
	c.Flags().StringVar(&plan.Opens, "opens", "", "the first `DAY`, such as 2027-01-01")
	c.Flags().StringVar(&plan.Due, "due", "", "the last `DAY` to answer, such as 2027-06-30")
	c.Flags().StringSliceVar(&plan.Languages, "languages", nil, "`CODES` of the languages in which the round is held, with commas; all without it")
	c.Flags().BoolVar(&plan.ReviewersCompare, "reviewers-compare", false, "let reviewers see how many other cities give each level")
}

// cohortFlags are the flags that say which cities are meant.
type cohortFlags struct {
	wish assessment.CohortWish
	file string
}

func (f *cohortFlags) add(c *cobra.Command) {
	c.Flags().StringSliceVar(&f.wish.Codes, "cities", nil, "`CODES` of the cities, with commas between them")
	c.Flags().StringVar(&f.file, "cities-file", "", "`FILE` with a code, UN/LOCODE or name a line")
	c.Flags().StringArrayVar(&f.wish.Groups, "group", nil, "a class of cities, such as region:015; may be repeated")
	c.Flags().StringVar(&f.wish.Earlier, "earlier", "", "`CODE` of a round whose cities are taken")
}

// cohort finds the cities that flags mean; one that is not found refuses the whole.
func (p *program) cohort(ctx context.Context, k kept, f cohortFlags) ([]string, error) {
	f.wish.Codes = trimmed(f.wish.Codes)
	if f.file != "" {
		file, err := p.input(f.file)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		text, err := io.ReadAll(io.LimitReader(file, assessment.MaxCityFile))
		if err != nil {
			return nil, err
		}
		f.wish.Pasted = strings.TrimPrefix(string(text), "\ufeff")
	}
	found, err := roundPlans(k).Choose(ctx, operator, f.wish)
	if err != nil {
		return nil, err
	}
	if err := found.Fault(); err != nil {
		return nil, err
	}
	return found.Codes(), nil
}

// flagged says faults of a plan by the flags that they are about.
func flagged(err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid || len(f.Fields) == 0 {
		return err
	}
	var wrong []string
	for _, x := range f.Fields {
		wrong = append(wrong, "--"+x.Name+": "+message(x.Key, x.Args))
	}
	return usageError{wrong}
}

func (p *program) roundChange() *cobra.Command {
	var plan assessment.RoundPlan
	var wish cohortFlags
	var remove []string
	c := &cobra.Command{
		Use:   "change CODE",
		Short: "Change what is said of a round, invite cities, or take out those that have not begun",
		Long: `Change replaces what flags name; the rest stays. Cities are named as in migov round add. A city that has
begun is not taken out: its work would be lost. All or nothing.`,
		Example: `  migov round change 2027 --due 2027-07-31 --cities lima
  migov round change 2027 --remove quito`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.withDatabase(c.Context(), false, func(k kept) error {
				round, err := k.Round(c.Context(), operator, args[0])
				if err != nil {
					return err
				}
				now := assessment.PlanOf(round)
				for name, set := range map[string]func(){
					"title": func() { now.Title = plan.Title }, "opens": func() { now.Opens = plan.Opens }, "due": func() { now.Due = plan.Due },
					"languages": func() { now.Languages = plan.Languages }, "reviewers-compare": func() { now.ReviewersCompare = plan.ReviewersCompare },
				} {
					if c.Flags().Changed(name) {
						set()
					}
				}
				codes, err := p.cohort(c.Context(), k, wish)
				if err != nil {
					return err
				}
				if _, err := roundPlans(k).Change(c.Context(), operator, round.Code, now, codes, trimmed(remove)); err != nil {
					return flagged(err)
				}
				_, err = fmt.Fprintf(p.out, "changed %s\n", round.Code)
				return err
			})
		},
	}
	planFlags(c, &plan)
	wish.add(c)
	c.Flags().StringSliceVar(&remove, "remove", nil, "`CODES` of cities to take out")
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
