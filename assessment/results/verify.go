package results

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"migov/assessment/evidence"
	"migov/assessment/score"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// ErrForm means that a file is no package of results.
var ErrForm = errors.New("this is no package of results")

// mostWhole is how much of a file that is read as a whole is read, in bytes.
const mostWhole = 32 << 20

// Line is one thing that was looked at.
type Line struct {
	What  string // a file, "instrument", "method", "city" and its code, "distribution" and its part
	Equal bool
	Words string // what was found, or where it differs
}

// Verify checks a package of results: that its files have the hashes of the manifest, that its questionnaire is the one it
// names, that its method is the one of this program, and that its answers amount to its numbers, to the last digit. It
// tells line by line what it finds, and goes on after a difference; err is not nil only where the file cannot be read on.
func Verify(file io.ReaderAt, size int64, say func(Line)) (m Manifest, equal bool, err error) {
	equal = true
	tell := func(l Line) {
		equal = equal && l.Equal
		say(l)
	}
	z, err := zip.NewReader(file, size)
	if err != nil {
		return m, false, fmt.Errorf("%w: %w", ErrForm, err)
	}
	text, err := whole(z, manifestFile)
	if err != nil {
		return m, false, err
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return m, false, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if m.Format != Format {
		return m, false, fmt.Errorf("%w: its format is %q", ErrForm, m.Format)
	}
	if err := hashes(z, m, tell); err != nil {
		return m, false, err
	}
	scheme, err := source(z, m, tell)
	if err != nil || scheme == nil {
		return m, false, err
	}
	err = recount(z, m, scheme, tell)
	return m, equal && err == nil, err
}

// hashes compares every file with the manifest, and the manifest with what there is.
func hashes(z *zip.Reader, m Manifest, say func(Line)) error {
	named := map[string]bool{manifestFile: true}
	for _, f := range m.Files {
		named[f.Name] = true
		r, err := z.Open(f.Name)
		if err != nil {
			say(Line{f.Name, false, "it is missing"})
			continue
		}
		hash := sha256.New()
		n, err := io.Copy(hash, io.LimitReader(r, f.Bytes+1))
		r.Close()
		if err != nil {
			say(Line{f.Name, false, err.Error()})
			continue
		}
		got := hex.EncodeToString(hash.Sum(nil))
		if got != f.SHA256 || n != f.Bytes {
			say(Line{f.Name, false, "its SHA-256 is another one"})
			continue
		}
		say(Line{f.Name, true, "SHA-256 " + got})
	}
	for _, f := range z.File {
		if !named[f.Name] {
			say(Line{f.Name, false, "the manifest does not name it"})
		}
	}
	for _, name := range []string{instrumentFile, methodFile, citiesFile, answersFile, resultsFile, spreadFile} {
		if !named[name] {
			return fmt.Errorf("%w: %s is not in its manifest", ErrForm, name)
		}
	}
	return nil
}

// source checks questionnaire and method; no scheme means that nothing can be computed with them.
func source(z *zip.Reader, m Manifest, say func(Line)) (*score.Scheme, error) {
	text, err := whole(z, instrumentFile)
	if err != nil {
		return nil, err
	}
	in, problems := survey.Decode(text)
	if in == nil {
		say(Line{"instrument", false, fmt.Sprintf("it cannot be read: %v", problems)})
		return nil, nil
	}
	is := snapshot.Instrument{Name: in.Name(), Hash: in.Hash}
	say(Line{"instrument", is == m.Instrument, is.Name + " " + is.Hash})
	text, err = whole(z, methodFile)
	if err != nil {
		return nil, err
	}
	own, err := method()
	if err != nil {
		return nil, err
	}
	if m.Method != score.MethodVersion || !bytes.Equal(own, text) {
		say(Line{"method", false, "it is " + m.Method + ", this program computes " + score.MethodVersion})
		return nil, nil
	}
	say(Line{"method", true, m.Method})
	return score.NewScheme(in), nil
}

// recount computes every number again from the answers.
func recount(z *zip.Reader, m Manifest, scheme *score.Scheme, say func(Line)) error {
	cities, done, err := table(z, citiesFile, citiesHead)
	if err != nil {
		return err
	}
	defer done()
	answers, done, err := table(z, answersFile, answersHead)
	if err != nil {
		return err
	}
	defer done()
	results, done, err := table(z, resultsFile, resultsHead)
	if err != nil {
		return err
	}
	defer done()
	all, seen, count := newColumns(scheme), map[string]bool{}, 0
	next, err := answers.Read()
	for {
		row, stop := cities.Read()
		if stop == io.EOF {
			break
		}
		if stop != nil {
			return stop
		}
		c := City{Code: row[0], Name: row[1], Country: row[2]}
		if seen[c.Code] {
			say(Line{"city " + c.Code, false, "it stands here twice"})
			return nil
		}
		seen[c.Code] = true
		count++
		for err == nil && next[0] == c.Code {
			c.Entries = append(c.Entries, Entry{next[1], next[2], next[3], survey.Holder(next[4]), evidence.Standing(next[5])})
			next, err = answers.Read()
		}
		wrong, stop := differing(results, scheme, c, all)
		if stop != nil {
			return stop
		}
		if len(wrong) > 0 {
			say(Line{"city " + c.Code, false, strings.Join(wrong, "; ")})
			continue
		}
		say(Line{"city " + c.Code, true, fmt.Sprintf("%d answers amount to exactly these numbers", len(c.Entries))})
	}
	if err != io.EOF {
		if err == nil {
			err = fmt.Errorf("there are answers of %q, which is not among the cities or not in their order", next[0])
		}
		say(Line{answersFile, false, err.Error()})
	}
	if _, err := results.Read(); err != io.EOF {
		say(Line{resultsFile, false, "there is more than the cities amount to"})
	}
	if count != m.Cities {
		say(Line{citiesFile, false, fmt.Sprintf("%d cities, the manifest says %d", count, m.Cities)})
	}
	return spreads(z, all, say)
}

// mostNamed is how many differences of a city are named.
const mostNamed = 5

// differing reads the results of a city and compares them with what its answers amount to.
func differing(results *csv.Reader, scheme *score.Scheme, c City, all *columns) (wrong []string, err error) {
	more := 0
	for _, should := range counted(scheme, c, all) {
		is, err := results.Read()
		if err == io.EOF {
			return append(wrong, "its numbers are missing"), nil
		}
		if err != nil {
			return nil, err
		}
		if slices.Equal(is, should) {
			continue
		}
		if len(wrong) < mostNamed {
			wrong = append(wrong, fmt.Sprintf("%s %s %s is %s, computed %s", should[1], should[2], should[3], shown(is), shown(should)))
		} else {
			more++
		}
	}
	if more > 0 {
		wrong = append(wrong, fmt.Sprintf("and %d more", more))
	}
	return wrong, nil
}

// shown is a number with its band in a sentence.
func shown(row []string) string {
	part := func(s string) string {
		if s == "" {
			return "nothing"
		}
		return s
	}
	return part(row[5]) + " (" + part(row[4]) + " to " + part(row[6]) + ")"
}

func spreads(z *zip.Reader, all *columns, say func(Line)) error {
	is, done, err := table(z, spreadFile, spreadHead)
	if err != nil {
		return err
	}
	defer done()
	for _, should := range all.rows() {
		row, err := is.Read()
		if err != nil && err != io.EOF {
			return err
		}
		what := "distribution " + strings.Join(should[:3], " ")
		if !slices.Equal(row, should) {
			say(Line{what, false, fmt.Sprintf("it is %v, computed %v", row, should)})
			continue
		}
		say(Line{what, true, should[3] + " cities counted"})
	}
	if _, err := is.Read(); err != io.EOF {
		say(Line{spreadFile, false, "there is more than the cities amount to"})
	}
	return nil
}

func whole(z *zip.Reader, name string) ([]byte, error) {
	r, err := z.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrForm, name)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, mostWhole+1))
	if err == nil && len(b) > mostWhole {
		err = fmt.Errorf("%w: %s is too large", ErrForm, name)
	}
	return b, err
}

// table opens a file of rows after its head.
func table(z *zip.Reader, name string, head []string) (*csv.Reader, func(), error) {
	r, err := z.Open(name)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s is missing", ErrForm, name)
	}
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = len(head)
	is, err := rows.Read()
	if err != nil || !slices.Equal(is, head) {
		r.Close()
		return nil, nil, fmt.Errorf("%w: the columns of %s are others", ErrForm, name)
	}
	return rows, func() { r.Close() }, nil
}
