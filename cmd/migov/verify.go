package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// mostSnapshot is the largest document that is read, in bytes; one with the longest texts everywhere is below 40 MB.
const mostSnapshot = 64 << 20

func (p *program) verifyCommand() *cobra.Command {
	var hash, instrument string
	var brief bool
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check the copy of what a city has handed in, or a package of results, without a database",
		Long: `Verify reads the document that was saved from a receipt and checks, on any computer:

  its SHA-256, which stands on the receipt: with --hash the two are compared,
  that it is written exactly as migov writes it,
  that its answers amount to its numbers, to the last digit.

For the numbers the questionnaire must be known: the built-in ones are, another is named by --instrument.
Of a package of results, which migov results export writes, it computes every number of every city and every
distribution again from the answers, and prints equal or different, line by line.

A document of another method, or of a questionnaire that is not known, fails: its numbers were not checked.`,
		Example: `  migov verify snapshot-7QK4-0M3D-XW9A.json --hash 5d41...
  migov verify snapshot.json --instrument my-instrument.yaml
  migov verify - <snapshot.json
  migov verify results-2027.zip --brief`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file, err := p.input(args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			if f, is := file.(*os.File); is && isPackage(f) {
				if hash != "" || instrument != "" {
					return misused("A package of results holds its questionnaire and its hashes itself: leave --hash and --instrument away.")
				}
				return p.verifyPackage(f, brief)
			}
			content, err := io.ReadAll(io.LimitReader(file, mostSnapshot+1))
			if err != nil {
				return err
			}
			if len(content) > mostSnapshot {
				return fmt.Errorf("%s is larger than %d MB: that is no snapshot.", args[0], mostSnapshot>>20)
			}
			l, err := builtIn()
			if err != nil {
				return err
			}
			return p.verify(l, content, hash, instrument)
		},
	}
	c.Flags().BoolVar(&brief, "brief", false, "of a package of results, print only what is different, and the sum")
	c.Flags().StringVar(&hash, "hash", "", "`SHA256` that stands on the receipt")
	c.Flags().StringVar(&instrument, "instrument", "", "`FILE` of the questionnaire, or CODE@VERSION of a built-in one; without it the one that the document names")
	return c
}

// verify prints what it finds, one line for each thing, and goes on after a fault: the last line of standard error says
// whether anything was wrong.
func (p *program) verify(l *assessment.Library, content []byte, hash, instrument string) error {
	wrong := 0
	say := func(what string, err error, fine string) {
		if err != nil {
			wrong++
			fine = "WRONG: " + err.Error()
		}
		fmt.Fprintf(p.out, "%-10s %s\n", what, fine)
	}
	got := snapshot.Hash(content)
	fmt.Fprintf(p.out, "%-10s %s\n", "sha256", got)
	if hash != "" {
		_, err := snapshot.Check(content, hash)
		if !errors.Is(err, snapshot.ErrHash) {
			err = nil
		}
		say("receipt", err, "the same SHA-256")
	}
	d, err := snapshot.Decode(content)
	if errors.Is(err, snapshot.ErrForm) {
		return fmt.Errorf("The file is not a snapshot of migov: %w", err)
	}
	fmt.Fprintf(p.out, "%-10s %s (%s), %s, revision %d\n", "city", d.City.Name, d.City.Code, d.Round.Name, d.Revision)
	fmt.Fprintf(p.out, "%-10s %s, method %s\n", "made with", d.Instrument.Name, d.Method)
	say("form", err, "as migov writes it")
	in, err := p.asked(l, d, instrument)
	if err != nil {
		return err
	}
	err = snapshot.ErrUnknown
	if in != nil {
		err = d.Recompute(l.Scheme(in))
	} else {
		err = fmt.Errorf("%w: name the questionnaire %s with --instrument", err, d.Instrument.Name)
	}
	say("numbers", err, fmt.Sprintf("%d answers amount to exactly these numbers", len(d.Answers)))
	if wrong > 0 {
		return errors.New("The document was not confirmed. Look at the lines marked WRONG.")
	}
	return nil
}

// asked finds the questionnaire of a document: the one that is named, else the one that the document names; nil when that is not built in.
func (p *program) asked(l *assessment.Library, d snapshot.Document, name string) (*survey.Instrument, error) {
	if name != "" {
		return named(l, name)
	}
	code, version, _ := survey.ParseName(d.Instrument.Name)
	in, _ := l.Find(code, version)
	return in, nil
}
