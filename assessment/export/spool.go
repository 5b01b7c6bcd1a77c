package export

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"time"
)

// A file of several tables is written in one pass over the records, so that its tables agree. Each table is compressed as it
// comes and kept until the last record: in memory as long as it is small, then in a temporary file that has no name any more.

// inMemory is how much of a table is kept in memory, compressed, in bytes.
const inMemory = 256 << 10

// part is a file of an archive that is being written.
type part struct {
	name   string
	mem    bytes.Buffer
	file   *os.File
	size   uint64 // compressed
	raw    uint64
	sum    hash.Hash32
	squash *squash
}

func newPart(name string) *part {
	p := &part{name: name, sum: crc32.NewIEEE()}
	p.squash = newSquash(keeper{p})
	return p
}

// Write compresses.
func (p *part) Write(b []byte) (int, error) {
	p.sum.Write(b)
	p.raw += uint64(len(b))
	return p.squash.Write(b)
}

// keeper keeps what was compressed.
type keeper struct{ p *part }

func (k keeper) Write(b []byte) (int, error) {
	p := k.p
	p.size += uint64(len(b))
	if p.file == nil && p.mem.Len()+len(b) <= inMemory {
		return p.mem.Write(b)
	}
	if p.file == nil {
		f, err := os.CreateTemp("", "migov-export-")
		if err != nil {
			return 0, err
		}
		p.file = f
		_ = os.Remove(f.Name()) // it lives on until it is closed; where that is not possible close removes it
		if _, err := p.mem.WriteTo(f); err != nil {
			return 0, err
		}
		p.mem = bytes.Buffer{} // gives its memory back
	}
	return p.file.Write(b)
}

// finish ends the part and gives back what compressing it took; once is enough.
func (p *part) finish() error {
	if p.squash == nil {
		return nil
	}
	err := p.squash.close()
	p.squash = nil
	return err
}

// drop gives back everything that the part holds.
func (p *part) drop() {
	if p.squash != nil {
		p.squash.stop()
	}
	if p.file != nil {
		_ = p.file.Close()
		_ = os.Remove(p.file.Name())
	}
}

// copyTo puts the part, which is finished, into an archive.
func (p *part) copyTo(z *zip.Writer, at time.Time) error {
	w, err := z.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: at, CRC32: p.sum.Sum32(), CompressedSize64: p.size, UncompressedSize64: p.raw})
	if err != nil {
		return err
	}
	if p.file == nil {
		_, err = p.mem.WriteTo(w)
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(w, p.file)
	return err
}

// archive is a ZIP file in the making.
type archive struct {
	parts []*part
	at    time.Time
}

func (a *archive) add(name string) *part {
	p := newPart(name)
	a.parts = append(a.parts, p)
	return p
}

func (a *archive) drop() {
	for _, p := range a.parts {
		p.drop()
	}
}

// writeTo writes the archive: the parts in an order, then what is left of them.
func (a *archive) writeTo(w io.Writer, order func(name string) int) error {
	z := zip.NewWriter(w)
	for n := 0; n < 2; n++ {
		for _, p := range a.parts {
			if order(p.name) != n {
				continue
			}
			if err := p.finish(); err != nil {
				return err
			}
			if err := p.copyTo(z, a.at); err != nil {
				return err
			}
		}
	}
	return z.Close()
}

// squash compresses beside the work of whoever writes, one block after the other.
type squash struct {
	to    io.Writer
	b     []byte
	jobs  chan []byte
	free  chan []byte
	done  chan error
	ended bool
}

// block is how much is compressed at a time, in bytes.
const block = 64 << 10

func newSquash(to io.Writer) *squash {
	return &squash{to: to}
}

func (s *squash) start() {
	s.jobs, s.free, s.done = make(chan []byte, 1), make(chan []byte, 3), make(chan error, 1)
	for range 2 {
		s.free <- make([]byte, 0, block)
	}
	go func() {
		var failed error
		f, _ := flate.NewWriter(s.to, flate.BestSpeed) // the level is a valid one
		for b := range s.jobs {
			if failed == nil {
				_, failed = f.Write(b)
			}
			s.free <- b[:0]
		}
		if failed == nil {
			failed = f.Close()
		}
		s.done <- failed
	}()
}

func (s *squash) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if s.b == nil {
			s.b = make([]byte, 0, block)
		}
		room := min(cap(s.b)-len(s.b), len(b))
		s.b = append(s.b, b[:room]...)
		b = b[room:]
		if len(s.b) == cap(s.b) {
			s.hand()
		}
	}
	return n, nil
}

// hand gives the block that is full to the compressor and takes an empty one.
func (s *squash) hand() {
	if s.jobs == nil {
		s.start()
	}
	s.jobs <- s.b
	s.b = <-s.free
}

// close ends the stream. An error of what lies under it is said now.
func (s *squash) close() error {
	s.hand()
	s.ended = true
	close(s.jobs)
	return <-s.done
}

// stop ends the compressor where the stream was not closed.
func (s *squash) stop() {
	if s.jobs != nil && !s.ended {
		s.ended = true
		close(s.jobs)
		<-s.done
	}
}
