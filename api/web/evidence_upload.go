package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

// upload is a form with a file in it. The file is on the disk, under no name, until the form is closed.
type upload struct {
	url.Values
	proof assessment.Proof
	file  *os.File
}

func (u *upload) close() {
	if u.file != nil {
		u.file.Close()
	}
}

// takeUpload reads a form as it arrives. Of a file that is too large the rest is thrown away, so that the browser gets an
// answer instead of a broken line. Close what it returns.
func takeUpload(c *gin.Context) (*upload, error) {
	if !strings.HasPrefix(c.ContentType(), "multipart/") {
		if err := c.Request.ParseForm(); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
		}
		u := &upload{Values: c.Request.PostForm}
		return u, u.read()
	}
	patient(c)
	u := &upload{Values: url.Values{}}
	parts, err := c.Request.MultipartReader()
	for err == nil {
		part, next := parts.NextPart()
		if errors.Is(next, io.EOF) {
			return u, u.read()
		}
		if err = next; err != nil {
			break
		}
		if part.FileName() == "" {
			var text []byte
			text, err = io.ReadAll(io.LimitReader(part, survey.MaxText))
			u.Add(part.FormName(), lines(string(text)))
		} else if part.FormName() == "file" {
			err = u.keep(part.FileName(), part)
		}
		if err == nil {
			_, err = io.Copy(io.Discard, part)
		}
	}
	u.close()
	return nil, fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
}

// keep writes a file to the disk, up to one byte more than it may have.
func (u *upload) keep(name string, content io.Reader) (err error) {
	if u.file, err = os.CreateTemp("", "migov-upload-"); err != nil {
		return err
	}
	if err := os.Remove(u.file.Name()); err != nil { // whatever happens to this process, nothing stays
		return err
	}
	u.proof.Name, u.proof.Content = name, u.file
	u.proof.Size, err = io.Copy(u.file, io.LimitReader(content, evidence.MaxFile+1))
	return err
}

// read takes the texts of the form.
func (u *upload) read() error {
	u.proof.Title, u.proof.Note, u.proof.Expires = u.Get("title"), u.Get("note"), u.Get("expires")
	u.proof.Link, u.proof.Passage, u.proof.Upload = u.Get("url"), u.Get("passage"), u.Get("upload")
	return nil
}

// patient gives a slow line time for a file, in both directions.
func patient(c *gin.Context) {
	control, until := http.NewResponseController(c.Writer), time.Now().Add(uploadTime)
	_ = control.SetReadDeadline(until) // where it cannot be set, the limits of the server hold
	_ = control.SetWriteDeadline(until)
}

// refusedProof puts what was refused into the form it came from: the texts, the messages, and that the file must be chosen again.
func (p *Pages) refusedProof(c *gin.Context, who session.Asker, u *upload, form *frontend.ProofForm, err error) ([]frontend.Fault, int, bool) {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid && f.Kind != fault.TooMany {
		return nil, 0, false
	}
	retryLater(c, err)
	w := p.Words(who)
	form.Title, form.Note, form.Expires, form.Link, form.Passage = u.Get("title"), u.Get("note"), u.Get("expires"), u.Get("url"), u.Get("passage")
	form.Again = u.file != nil && u.proof.Size > 0
	form.Msg = map[string]string{}
	var faults []frontend.Fault
	for _, x := range f.Fields {
		text := problem.Field(x, w)
		form.Msg[x.Name] = text
		faults = append(faults, frontend.Fault{Href: "#" + form.Act + "-" + x.Name, Text: text})
	}
	_, status := problem.Of(err)
	return faults, status, true
}
