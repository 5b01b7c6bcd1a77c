package results

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"iter"
	"os"
	"time"

	"migov/assessment/score"
	"migov/assessment/snapshot"
)

// Write writes a package of the cities of a round, in their order, each with a code of its own. It reads them once; results wait
// in a temporary file meanwhile, so that memory does not grow with the round beyond eight bytes for each number that is compared.
func Write(w io.Writer, round snapshot.Named, scheme *score.Scheme, at time.Time, cities iter.Seq2[City, error]) (m Manifest, err error) {
	in := scheme.Instrument()
	m = Manifest{Format: Format, Round: round, Instrument: snapshot.Instrument{Name: in.Name(), Hash: in.Hash}, Method: score.MethodVersion, AsOf: asOf(at), Files: []File{}}
	p := &packer{zip: zip.NewWriter(w), manifest: &m, at: at.UTC().Truncate(time.Second)}
	how, err := method()
	if err != nil {
		return m, err
	}
	p.whole(instrumentFile, in.Source)
	p.whole(methodFile, how)
	lists, err := newSpool()
	if err != nil {
		return m, err
	}
	defer lists.close()
	numbers, err := newSpool()
	if err != nil {
		return m, err
	}
	defer numbers.close()
	all := newColumns(scheme)
	p.file(answersFile, func(to io.Writer) error {
		out := csv.NewWriter(to)
		_ = out.Write(answersHead)
		_ = lists.csv.Write(citiesHead)
		_ = numbers.csv.Write(resultsHead)
		for c, err := range cities {
			if err != nil {
				return err
			}
			m.Cities++
			_ = lists.csv.Write([]string{c.Code, c.Name, c.Country})
			for _, e := range c.Entries {
				_ = out.Write([]string{c.Code, e.Indicator, e.Value, e.NonAnswer, string(e.Power), string(e.Standing)})
			}
			_ = numbers.csv.WriteAll(counted(scheme, c, all))
		}
		out.Flush()
		return out.Error()
	})
	p.file(citiesFile, lists.copy)
	p.file(resultsFile, numbers.copy)
	p.file(spreadFile, func(to io.Writer) error {
		out := csv.NewWriter(to)
		_ = out.Write(spreadHead)
		return out.WriteAll(all.rows())
	})
	if p.err != nil {
		return m, p.err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	into, err := p.zip.CreateHeader(&zip.FileHeader{Name: manifestFile, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		return m, err
	}
	if _, err := into.Write(append(text, '\n')); err != nil {
		return m, err
	}
	return m, p.zip.Close()
}

// packer writes the files of a package and notes their hashes.
type packer struct {
	zip      *zip.Writer
	manifest *Manifest
	at       time.Time
	err      error
}

func (p *packer) whole(name string, content []byte) {
	p.file(name, func(to io.Writer) error { _, err := io.Copy(to, bytes.NewReader(content)); return err })
}

func (p *packer) file(name string, write func(io.Writer) error) {
	if p.err != nil {
		return
	}
	into, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at})
	if err != nil {
		p.err = err
		return
	}
	hash, size := sha256.New(), &counter{}
	if p.err = write(io.MultiWriter(into, hash, size)); p.err == nil {
		p.manifest.Files = append(p.manifest.Files, File{name, hex.EncodeToString(hash.Sum(nil)), size.n})
	}
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// spool holds rows in a temporary file that nobody else may read, until it is their turn.
type spool struct {
	file *os.File
	csv  *csv.Writer
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "migov-results-*")
	if err != nil {
		return nil, err
	}
	return &spool{f, csv.NewWriter(f)}, nil
}

func (s *spool) copy(to io.Writer) error {
	s.csv.Flush()
	if err := s.csv.Error(); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(to, s.file)
	return err
}

func (s *spool) close() {
	s.file.Close()
	os.Remove(s.file.Name())
}
