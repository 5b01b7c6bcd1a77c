package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"migov/assessment/lens"
	"migov/assessment/survey"
	"migov/data"
)

func (p *program) lensCommand() *cobra.Command {
	var folder string
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Compare the links of a questionnaire with the reasons that are written for them",
		Long: `Check reads the crosswalk of a questionnaire, of the built-in ones without a FILE, and the reasons of its
links. For each framework it says how many objectives are covered, which links have no reason, and which
reasons belong to a link that is gone. Exit code 1 when a link has no reason or a reason has no link.`,
		Example: `  migov lens check
  migov lens check my-questionnaire.yaml --lenses my-lenses`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			files := data.Lenses
			if folder != "" {
				files = os.DirFS(folder)
			}
			set, err := lens.Load(files)
			if err != nil {
				return err
			}
			sources, err := p.questionnaires(args)
			if err != nil {
				return err
			}
			return p.checkLenses(sources, set)
		},
	}
	c.Flags().StringVar(&folder, "lenses", "", "`FOLDER` with other files than the built-in ones: frameworks.yaml, and one for each framework")
	return gather("lens", "Look after the links to other frameworks", c)
}

// questionnaires are the sources of the built-in questionnaires, or of the one that is named.
func (p *program) questionnaires(args []string) ([][]byte, error) {
	if len(args) == 0 {
		return data.InstrumentSources()
	}
	file, err := p.input(args[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	source, err := io.ReadAll(io.LimitReader(file, survey.MaxSource+1))
	return [][]byte{source}, err
}

// checkLenses prints how questionnaires are covered and what does not fit; an error when something does not.
func (p *program) checkLenses(sources [][]byte, set lens.Set) error {
	rows := [][]string{{"QUESTIONNAIRE", "FRAMEWORK", "LINKS", "BROAD", "PARTIAL", "THIN", "NONE", "NOT ASKED", "MISFITS"}}
	var misfits []string
	for _, source := range sources {
		in, problems := survey.Decode(source)
		if in == nil {
			return fmt.Errorf("This questionnaire cannot be used. See migov instrument check. The first problem: %v", problems[0])
		}
		for _, f := range in.Frameworks {
			v, _ := lens.Through(in, f.ID, set[f.ID])
			wrong := misfitsOf(v)
			misfits = append(misfits, wrong...)
			covered := map[lens.Coverage]int{}
			for _, o := range v.Objectives {
				covered[o.Coverage]++
			}
			row := []string{in.Name(), f.ID, strconv.Itoa(v.Links)}
			for _, c := range lens.Coverages {
				row = append(row, strconv.Itoa(covered[c]))
			}
			rows = append(rows, append(row, strconv.Itoa(len(v.Beyond)), strconv.Itoa(len(wrong))))
		}
	}
	if err := table(p.out, rows); err != nil {
		return err
	}
	if len(misfits) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(p.out, strings.Join(misfits, "\n")); err != nil {
		return err
	}
	return fmt.Errorf("Links and reasons that do not fit: %d.", len(misfits))
}

func misfitsOf(v lens.View) (says []string) {
	for _, o := range v.Objectives {
		for _, k := range o.Ties {
			if !k.Explained {
				says = append(says, fmt.Sprintf("%s: the link of %s to %s has no reason.", v.ID, k.Indicator.ID, o.ID))
			}
		}
	}
	for _, k := range v.Removed {
		says = append(says, fmt.Sprintf("%s: a reason is left for %s and %s, which are not linked.", v.ID, k.Indicator, k.Target))
	}
	return says
}
