package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/snapshot"
	"migov/frontend"
)

// VerifyRoutes let anybody check whether a copy of a snapshot is the same to the last byte.
func (p *Pages) VerifyRoutes() []Route {
	return []Route{
		{http.MethodGet, "/verify", account.ReadPublic, p.verifyPage},
		{http.MethodPost, "/verify", account.ReadPublic, p.verify},
		{http.MethodGet, "/verify/:reference", account.ReadPublic, p.verifyPage},
		{http.MethodPost, "/verify/:reference", account.ReadPublic, p.verify},
	}
}

// verifyPage is the same for a reference that is kept here and for one that is not.
func (p *Pages) verifyPage(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "verify", who, p.newVerify(c, who))
}

func (p *Pages) newVerify(c *gin.Context, who session.Asker) frontend.Verify {
	page := frontend.Verify{Frame: p.Frame(c, who)}
	if !reads(c) {
		page.Path = c.Request.URL.Path
	}
	if r, ok := snapshot.ParseReference(c.Param("reference")); ok {
		page.Reference = r
	}
	return page
}

// verify looks for a SHA-256 that was typed, or that of a file. It says whether it is kept here and nothing of what it holds.
func (p *Pages) verify(c *gin.Context, who session.Asker) error {
	page := p.newVerify(c, who)
	typed, hash, err := givenHash(c)
	if err != nil {
		return err
	}
	page.Hash = typed
	head, found, err := p.kept().Match(c.Request.Context(), c.Param("reference"), hash)
	if faults, ok := p.Invalid(who, err, Here); ok {
		page.Faults, page.Msg = faults, faults[0].Text
		_, status := problem.Of(err)
		return p.Show(c, status, "verify", who, page)
	}
	if err != nil {
		return err
	}
	page.Tried = hash
	if found {
		page.Found = &frontend.VerifiedHead{Reference: head.Reference, Revision: head.Revision, At: head.At}
	}
	return p.Show(c, http.StatusOK, "verify", who, page)
}

// mostTyped is the longest text that is taken for a SHA-256: 64 digits, and spaces between them.
const mostTyped = 200

// givenHash reads what was typed, and the SHA-256 to look for: of the file where one was chosen. The file is read as it
// comes and kept nowhere.
func givenHash(c *gin.Context) (typed, hash string, err error) {
	if c.ContentType() != "multipart/form-data" {
		typed = c.PostForm("hash")
		return typed, typed, nil
	}
	form, err := c.Request.MultipartReader()
	if err != nil {
		return "", "", fault.Wrap(err, fault.Invalid, "fault.request", nil)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			if hash == "" {
				hash = typed
			}
			return typed, hash, nil
		}
		if err == nil {
			err = takePart(part, &typed, &hash)
		}
		if err != nil {
			return typed, hash, fault.Wrap(err, fault.Invalid, "fault.request", nil)
		}
	}
}

func takePart(part *multipart.Part, typed, hash *string) error {
	switch part.FormName() {
	case "hash":
		b, err := io.ReadAll(io.LimitReader(part, mostTyped))
		*typed = string(b)
		return err
	case "file":
		sum := sha256.New()
		n, err := io.Copy(sum, part)
		if n > 0 {
			*hash = hex.EncodeToString(sum.Sum(nil))
		}
		return err
	}
	return nil
}
