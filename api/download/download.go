// Package download sends files that are written while they are read.
package download

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
)

// CSV is File for rows.
func CSV(c *gin.Context, name string, log *slog.Logger, write func(io.Writer) error) error {
	return File(c, name, "text/csv; charset=utf-8", log, write)
}

// File sends as a file of a media type what write writes. Until its first byte nothing is sent: an error is then returned, to be said like
// any other. After that an error breaks the connection off, so that nobody takes a part of a file for the whole.
func File(c *gin.Context, name, media string, log *slog.Logger, write func(io.Writer) error) error {
	f := &file{c: c, name: name, media: media}
	err := write(f)
	switch {
	case err == nil:
		f.begin() // an empty file too
		return nil
	case !f.begun:
		return err
	}
	if log != nil && c.Request.Context().Err() == nil { // a reader who goes away is no fault
		log.ErrorContext(c.Request.Context(), "a file was broken off", "route", c.FullPath(), "error", err)
	}
	panic(http.ErrAbortHandler)
}

type file struct {
	c           *gin.Context
	name, media string
	begun       bool
}

func (f *file) begin() {
	if f.begun {
		return
	}
	f.begun = true
	h := f.c.Writer.Header()
	h.Set("Content-Type", f.media)
	if !strings.HasPrefix(f.media, "text/") && !strings.Contains(f.media, "json") { // compressed already: nobody tries again on the way
		h.Set(gzhttp.HeaderNoCompression, "1")
	}
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", f.name))
	h.Set("Cache-Control", "no-store")
	f.c.Status(http.StatusOK)
	f.c.Writer.WriteHeaderNow()
}

// Write sends a part of the file.
func (f *file) Write(b []byte) (int, error) {
	f.begin()
	return f.c.Writer.Write(b)
}

// FlushError hands on what was written to the reader. It goes past gin, whose Flush stops at a writer that only unwraps.
func (f *file) FlushError() error {
	f.begin()
	under, ok := f.c.Writer.(interface{ Unwrap() http.ResponseWriter })
	if !ok {
		return http.NewResponseController(f.c.Writer).Flush()
	}
	return http.NewResponseController(under.Unwrap()).Flush()
}
