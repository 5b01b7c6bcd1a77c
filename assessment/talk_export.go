package assessment

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
)

// TalkColumns are the columns of exported conversations, in the order in which they are written.
var TalkColumns = []string{"city", "indicator", "conversation", "seen_by", "resolved", "post", "at", "by", "role", "department", "mentions", "text"}

// Export writes the conversations that the actor may see as CSV, one row for each post, in the order of the questionnaire.
// People from outside get roles and departments and no names. Unless raw is set, texts are guarded against being taken for
// formulas and a byte order mark stands first, as with the answers. It leaves a line in the audit log.
func (t Talk) Export(ctx context.Context, who account.Actor, id string, w io.Writer, raw bool) error {
	a, in, b, err := t.Open(ctx, who, id)
	if err != nil {
		return err
	}
	if !account.Allowed(who.Role, account.ExportAnswers) {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	buffer := bufio.NewWriter(w)
	if !raw {
		_, _ = buffer.WriteString("\ufeff") // a failure stays with the writer until Flush
	}
	c := csv.NewWriter(buffer)
	_ = c.Write(TalkColumns) // the same
	for _, s := range in.Sections() {
		for _, q := range s.Indicators {
			for _, thread := range b.Threads {
				if thread.Indicator == q.ID {
					writeThread(c, a.City.Code, b, thread, raw)
				}
			}
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return t.Store.Record(ctx, Event{At: t.Now(), Actor: author(who), City: a.City.ID, Action: "export", Subject: a.ID, Detail: "conversations"})
}

func writeThread(c *csv.Writer, city string, b Beside, t Thread, raw bool) {
	seen, resolved := "city", ""
	if t.Shared {
		seen = "city and reviewers"
	}
	if !t.Resolved.IsZero() {
		resolved = t.Resolved.Format(time.RFC3339)
	}
	for _, p := range t.Posts {
		var named []string
		for _, m := range p.Mentions {
			x := b.Member(m)
			named = append(named, firstOf(plainName(x.Name), x.Department, string(x.Role)))
		}
		row := []string{city, t.Indicator, t.ID, seen, resolved, p.ID, p.At.Format(time.RFC3339), plainName(p.By.Name), string(p.By.Role), b.Member(p.By.Account).Department,
			strings.Join(named, "; "), p.Body}
		if !raw {
			for i := range row {
				row[i] = longform.Guard(row[i])
			}
		}
		_ = c.Write(row) // a failure stays with the writer until Flush
	}
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
