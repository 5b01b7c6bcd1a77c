package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/frontend"
)

// AuditRoutes show a city who did and who looked at what.
func (p *Pages) AuditRoutes() []Route {
	return []Route{
		{http.MethodGet, "/audit", account.ReadAudit, p.audit},
		{http.MethodGet, "/audit.csv", account.ReadAudit, p.auditFile},
	}
}

// auditPage is how many lines stand on one page.
const auditPage = 100

// auditFilter reads what somebody looks for. The last day is meant whole.
func auditFilter(c *gin.Context) (f assessment.AuditFilter, err error) {
	f = assessment.AuditFilter{Group: assessment.AuditGroup(c.Query("group")), Outside: c.Query("outside") != ""}
	if before, err := strconv.ParseInt(c.Query("before"), 10, 64); err == nil {
		f.Before = &before
	}
	var faults []fault.Field
	day := func(name string) (at time.Time) {
		text := c.Query(name)
		if text == "" {
			return at
		}
		at, err := time.Parse(time.DateOnly, text)
		if err != nil {
			faults = append(faults, fault.Field{Name: name, Key: "fault.date", Args: fault.Args{"Date": text}})
		}
		return at
	}
	f.From, f.Until = day("from"), day("until")
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	if len(faults) > 0 {
		return f, fault.New(fault.Invalid, "fault.audit", nil).WithFields(faults...)
	}
	return f, nil
}

func (p *Pages) audit(c *gin.Context, who session.Asker) error {
	f, refused := auditFilter(c)
	f.Limit = auditPage
	var lines []assessment.Line
	var more bool
	status := http.StatusOK
	if refused == nil {
		var err error
		if lines, more, err = p.Trail.Lines(c.Request.Context(), who.Actor, f); err != nil {
			return err
		}
	} else {
		status = http.StatusUnprocessableEntity
	}
	page := frontend.NewAudit(p.Frame(c, who), p.Words(who), lines, f)
	page.From, page.Until, page.Marks = c.Query("from"), c.Query("until"), p.marks(who, refused)
	page.Faults, _ = p.Invalid(who, refused, Here)
	wish := url.Values{}
	for _, name := range []string{"group", "outside", "from", "until"} {
		if v := c.Query(name); v != "" {
			wish.Set(name, v)
		}
	}
	page.File = "/audit.csv?" + wish.Encode()
	if more {
		wish.Set("before", strconv.FormatInt(lines[len(lines)-1].Seq, 10))
		page.Older = "/audit?" + wish.Encode()
	}
	return p.Show(c, status, "audit", who, page)
}

// auditFile is the same as CSV, with the hashes, so that it can be compared later.
func (p *Pages) auditFile(c *gin.Context, who session.Asker) error {
	f, err := auditFilter(c)
	if err != nil {
		return err
	}
	lines, _, err := p.Trail.Lines(c.Request.Context(), who.Actor, f)
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="audit.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(c.Writer)
	_ = out.Write([]string{"number", "at", "name", "role", "action", "subject", "detail", "sha256"}) // a failure stays with the writer until Flush
	for _, l := range lines {
		_ = out.Write([]string{strconv.FormatInt(l.Seq, 10), l.At.Format(time.RFC3339Nano), longform.Guard(p.Words(who).Name(l.Actor.Name)), string(l.Actor.Role), l.Action,
			longform.Guard(l.Subject), longform.Guard(l.Detail), l.Hash}) // the same
	}
	out.Flush()
	return out.Error()
}
