package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// wire is one kept connection to a server. Requests are bytes made beforehand; of an answer only what is needed is read.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	host string
	body []byte
}

func dial(address string) (*wire, error) {
	host := strings.TrimPrefix(address, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), host: host}, nil
}

// request makes a request as a browser sends it.
func (w *wire) request(method, path, cookie, more, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip\r\nAccept-Language: en\r\nSec-Fetch-Site: same-origin\r\n", method, path, w.host)
	if cookie != "" {
		fmt.Fprintf(&b, "Cookie: %s\r\n", cookie)
	}
	if method != http.MethodGet {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString(more + "\r\n" + body)
	return b.Bytes()
}

// answer is what came back: status, and all its bytes on the wire. Body is as it was sent, compressed or not, and lasts until the next answer.
type answer struct {
	status int
	bytes  int
	header []string
	body   []byte
}

// get returns a header of the answer.
func (a answer) get(name string) string {
	for _, h := range a.header {
		if key, value, ok := strings.Cut(h, ":"); ok && strings.EqualFold(key, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// text is the body unpacked.
func (a answer) text() (string, error) {
	if a.get("Content-Encoding") != "gzip" {
		return string(a.body), nil
	}
	z, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return "", err
	}
	raw, err := io.ReadAll(z)
	return string(raw), err
}

// ask sends a request and reads its answer. The headers are kept only when keep is set.
func (w *wire) ask(request []byte, keep bool) (a answer, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return a, err
	}
	length, chunked := 0, false
	for first := true; ; first = false {
		l, err := w.in.ReadSlice('\n')
		if err != nil {
			return a, err
		}
		a.bytes += len(l)
		l = bytes.TrimRight(l, "\r\n")
		switch {
		case first:
			if len(l) < 12 {
				return a, fmt.Errorf("no status line: %q", l)
			}
			a.status, err = strconv.Atoi(string(l[9:12]))
		case len(l) == 0:
			a.body, err = w.read(length, chunked, &a.bytes)
			return a, err
		case len(l) > 16 && bytes.EqualFold(l[:16], []byte("Content-Length: ")):
			length, err = strconv.Atoi(string(l[16:]))
		case bytes.EqualFold(l, []byte("Transfer-Encoding: chunked")):
			chunked = true
		}
		if err != nil {
			return a, err
		}
		if keep {
			a.header = append(a.header, string(l))
		}
	}
}

func (w *wire) read(length int, chunked bool, count *int) ([]byte, error) {
	w.body = w.body[:0]
	take := func(n int) error {
		have := len(w.body)
		w.body = slices.Grow(w.body, n)[:have+n]
		*count += n
		_, err := io.ReadFull(w.in, w.body[have:])
		return err
	}
	if !chunked {
		return w.body, take(length)
	}
	for {
		l, err := w.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		*count += len(l)
		n, err := strconv.ParseInt(string(bytes.TrimRight(l, "\r\n")), 16, 64)
		if err != nil {
			return nil, err
		}
		if err := take(int(n) + 2); err != nil { // with the end of line
			return nil, err
		}
		w.body = w.body[:len(w.body)-2]
		if n == 0 {
			return w.body, nil
		}
	}
}

// measured is what a load of several clients came to.
type measured struct {
	rate     float64 // per second
	p50, p99 float64 // milliseconds
}

// load lets some clients work at the same time for a while; each calls its own step again and again.
func load(clients int, lasts time.Duration, step func(client int) (func() error, error)) (m measured, err error) {
	steps := make([]func() error, clients)
	for i := range steps {
		if steps[i], err = step(i); err != nil {
			return m, err
		}
	}
	times := make([][]time.Duration, clients)
	errs := make([]error, clients)
	var all sync.WaitGroup
	began := time.Now()
	end := began.Add(lasts)
	for i := range clients {
		all.Go(func() {
			for last := time.Now(); last.Before(end); {
				if errs[i] = steps[i](); errs[i] != nil {
					return
				}
				now := time.Now()
				times[i] = append(times[i], now.Sub(last))
				last = now
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	for _, e := range errs {
		if e != nil {
			return m, e
		}
	}
	merged := slices.Concat(times...)
	slices.Sort(merged)
	at := func(share float64) float64 {
		return float64(merged[int(share*float64(len(merged)-1))].Microseconds()) / 1000
	}
	return measured{float64(len(merged)) / took.Seconds(), at(0.5), at(0.99)}, nil
}
