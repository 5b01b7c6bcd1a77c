package download

import (
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// Attachment sends a file that somebody uploaded: always to be saved, never to be shown inside this site, as what it was
// found to be. Its head is sent first; when the content then cannot be read, the connection breaks off, so that nobody takes
// a part for the whole.
func Attachment(c *gin.Context, name, media string, size int64, content io.Reader, log *slog.Logger) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Cache-Control", "private, no-store")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return
	}
	if _, err := io.Copy(c.Writer, content); err != nil {
		if log != nil && c.Request.Context().Err() == nil { // a reader who goes away is no fault
			log.ErrorContext(c.Request.Context(), "a file was broken off", "route", c.FullPath(), "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// disposition names a file to be saved (RFC 6266): in plain letters for old programs, and as it is.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7e || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	out := mime.FormatMediaType("attachment", map[string]string{"filename": plain})
	if plain != name {
		out += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return out
}
