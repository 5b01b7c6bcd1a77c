// Command bench measures migov against what the same machine can do at best, in one run: bare transactions of the same
// shape on the same database engine, and the targets of the product. It prints a table, and with -json a file.
//
// The product is the real program, stripped, in a process of its own, with sign-in, policy, audit and scores switched on.
// The load comes from this process, over connections that are kept, by a client that does nothing but write a request and
// read its answer (see wire.go). Everything shares the processors. Rounds of anchor and product follow each other in turn,
// and the median of the rounds counts; the values saved change every time; every commit is on disk before it is answered.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// bench is one run.
type bench struct {
	folder  string // everything temporary
	program string // the stripped binary
	seconds time.Duration
	rounds  int
	busy    string // how busy the machine was before the run
	lines   []line
}

// line is one measured figure. A ratio is the figure over its anchor; a target is a bound of the figure or of the ratio.
type line struct {
	Group  string  `json:"group"`
	What   string  `json:"what"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Anchor float64 `json:"anchor,omitempty"`
	Ratio  float64 `json:"ratio,omitempty"`
	Target string  `json:"target,omitempty"`
	Met    *bool   `json:"met,omitempty"`
}

func main() {
	b := bench{}
	out := flag.String("json", "", "also write the figures to this `FILE`")
	only := flag.String("only", "", "run one part: write, postgres, read, sign-in, compute, snapshot, profile, review, cohort, export or start")
	flag.DurationVar(&b.seconds, "time", 5*time.Second, "how long each load lasts")
	flag.IntVar(&b.rounds, "rounds", 3, "how many rounds; the median counts")
	flag.Parse()
	if err := b.run(*only, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (b *bench) run(only, out string) (err error) {
	if b.folder, err = os.MkdirTemp("", "migov-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.folder)
	b.busy = business()
	if err := b.build(); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{{"start", b.start}, {"compute", b.compute}, {"snapshot", b.snapshots}, {"profile", b.publication}, {"review", b.review}, {"cohort", b.cohorts}, {"export", b.exports}, {"read", b.read}, {"sign-in", b.signIns}, {"write", b.writeSQLite}, {"postgres", b.writePostgres}} {
		if only != "" && only != part.name {
			continue
		}
		fmt.Fprintf(os.Stderr, "measuring: %s\n", part.name)
		if err := part.run(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return errors.Join(b.print(), b.save(out))
}

// business says how busy the machine is before the run; what others do on it makes every figure worse, and ratios uncertain.
func business() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	one, _, _ := strings.Cut(string(raw), " ")
	if load, err := strconv.ParseFloat(one, 64); err == nil && load > 0.5 {
		return "load " + one + " before the run: the machine was NOT idle"
	}
	return "load " + one + " before the run"
}

// build makes the program as `make build` does.
func (b *bench) build() error {
	b.program = filepath.Join(b.folder, "migov")
	c := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-tags", "nomsgpack,sqlite_omit_load_extension",
		"-gcflags=github.com/danielgtaylor/huma/v2/...=-l", "-gcflags=migov/api/rest=-l", "-gcflags=github.com/xuri/...=-l", "-ldflags", "-s -w", "-o", b.program, "migov/cmd/migov")
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("building the program: %w\n%s", err, said)
	}
	// Installed with cp, as people do: of a file that the linker has just written, Linux maps 10 MB more into the process.
	built := b.program
	b.program += "-installed"
	if said, err := exec.Command("cp", built, b.program).CombinedOutput(); err != nil {
		return fmt.Errorf("installing the program: %w\n%s", err, said)
	}
	info, err := os.Stat(b.program)
	if err != nil {
		return err
	}
	b.atMost("start", "program, stripped", float64(info.Size())/1e6, "MB", 50)
	return nil
}

func (b *bench) note(group, what string, value float64, unit string) {
	b.lines = append(b.lines, line{Group: group, What: what, Value: value, Unit: unit})
}

func (b *bench) bounded(group, what string, value float64, unit, target string, met bool) {
	b.lines = append(b.lines, line{Group: group, What: what, Value: value, Unit: unit, Target: target, Met: &met})
}

func (b *bench) atMost(group, what string, value float64, unit string, bound float64) {
	b.bounded(group, what, value, unit, fmt.Sprintf("≤ %g", bound), value <= bound)
}

func (b *bench) atLeast(group, what string, value float64, unit string, bound float64) {
	b.bounded(group, what, value, unit, fmt.Sprintf("≥ %g", bound), value >= bound)
}

// against notes a figure beside its anchor. A bound of 0 is none.
func (b *bench) against(group, what string, value, anchor float64, unit string, bound float64) {
	l := line{Group: group, What: what, Value: value, Unit: unit, Anchor: anchor, Ratio: value / anchor}
	if bound > 0 {
		met := l.Ratio >= bound
		l.Target, l.Met = fmt.Sprintf("≥ %g ×", bound), &met
	}
	b.lines = append(b.lines, l)
}

func (b *bench) print() error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(os.Stdout, "migov bench, %s/%s, %d processors, %s, %d rounds of %s, %s\n\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), b.rounds, b.seconds, b.busy)
	fmt.Fprintln(t, "part\tfigure\tvalue\tunit\tanchor\tratio\ttarget\t\t")
	for _, l := range b.lines {
		anchor, ratio, met := "", "", ""
		if l.Anchor > 0 {
			anchor, ratio = number(l.Anchor), fmt.Sprintf("%.2f ×", l.Ratio)
		}
		if l.Met != nil {
			met = map[bool]string{true: "met", false: "MISSED"}[*l.Met]
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", l.Group, l.What, number(l.Value), l.Unit, anchor, ratio, l.Target, met)
	}
	return t.Flush()
}

func number(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func (b *bench) save(name string) error {
	if name == "" {
		return nil
	}
	raw, err := json.MarshalIndent(b.lines, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(raw, '\n'), 0o644)
}

// median of some figures; of an even number the upper of the two in the middle.
func median(all []float64) float64 {
	s := slices.Sorted(slices.Values(all))
	return s[len(s)/2]
}
