package download

import (
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
)

// wrapped is a writer that only unwraps, as that of the sessions does.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// serve answers with a file as the program does: below compression and a writer that only unwraps.
func serve(t *testing.T, log io.Writer, write func(io.Writer) error) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/", func(c *gin.Context) {
		if err := CSV(c, "round-2026.csv", slog.New(slog.NewTextHandler(log, nil)), write); err != nil {
			c.String(http.StatusServiceUnavailable, err.Error())
		}
	})
	s := httptest.NewServer(gzhttp.GzipHandler(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(wrapped{rw}, req)
	})))
	t.Cleanup(s.Close)
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	return s
}

func get(t *testing.T, s *httptest.Server) *http.Response {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { got.Body.Close() })
	return got
}

var lines = strings.Repeat("city,indicator,value,non_answer,power,explanation,evidence\n", 100)

func TestAFileArrivesWhileItIsWritten(t *testing.T) {
	arrived := make(chan struct{})
	got := get(t, serve(t, io.Discard, func(w io.Writer) error {
		io.WriteString(w, lines)
		if err := w.(interface{ FlushError() error }).FlushError(); err != nil {
			return err
		}
		select {
		case <-arrived:
		case <-time.After(5 * time.Second):
			return errors.New("nothing arrived")
		}
		_, err := io.WriteString(w, lines)
		return err
	}))
	h := got.Header
	if got.StatusCode != http.StatusOK || h.Get("Content-Type") != "text/csv; charset=utf-8" || h.Get("Content-Disposition") != `attachment; filename="round-2026.csv"` || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", got.StatusCode, h)
	}
	z, err := gzip.NewReader(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, len(lines))
	if _, err := io.ReadFull(z, first); err != nil || string(first) != lines {
		t.Fatalf("the first part: %v", err)
	}
	close(arrived)
	if rest, err := io.ReadAll(z); err != nil || string(rest) != lines {
		t.Errorf("the rest: %v", err)
	}
}

func TestAFileThatCannotBeFinishedIsSeenToBeBroken(t *testing.T) {
	for name, flush := range map[string]bool{"after a part has arrived": true, "while all is still on its way": false} {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			s := serve(t, &log, func(w io.Writer) error {
				io.WriteString(w, lines)
				if flush {
					w.(interface{ FlushError() error }).FlushError()
				}
				return errors.New("the database went away")
			})
			req, _ := http.NewRequest(http.MethodGet, s.URL, nil)
			req.Header.Set("Accept-Encoding", "identity")
			got, err := http.DefaultClient.Do(req)
			if err == nil {
				_, err = io.ReadAll(got.Body)
				got.Body.Close()
			}
			if err == nil {
				t.Error("the file looks whole")
			}
			s.Close() // waits for the handler
			if !strings.Contains(log.String(), "the database went away") {
				t.Errorf("the log says %q", log.String())
			}
		})
	}
}

func TestAnErrorBeforeTheFirstByteIsSaidLikeAnyOther(t *testing.T) {
	got := get(t, serve(t, io.Discard, func(io.Writer) error { return errors.New("not now") }))
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Content-Disposition") != "" {
		t.Errorf("%d %v", got.StatusCode, got.Header)
	}
}

func TestAFileMayBeEmpty(t *testing.T) {
	got := get(t, serve(t, io.Discard, func(io.Writer) error { return nil }))
	if body, err := io.ReadAll(got.Body); err != nil || len(body) != 0 || got.StatusCode != http.StatusOK || got.Header.Get("Content-Disposition") == "" {
		t.Errorf("%d %q %v", got.StatusCode, body, err)
	}
}
