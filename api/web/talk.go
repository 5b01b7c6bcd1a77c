package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

// TalkRoutes are the conversations of an assessment, and who else has a section open.
func (p *Pages) TalkRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/talk", account.Talk, p.talk},
		{http.MethodPost, "/assessments/:id/talk", account.Talk, p.talkDo},
		{http.MethodGet, "/assessments/:id/talk.csv", account.ExportAnswers, p.talkFile},
		{http.MethodPost, "/assessments/:id/presence", account.Talk, p.presence},
	}
}

const (
	threadsShown = 25 // on a page of all conversations
	postsInline  = 3  // of a conversation, beside its question
	replyWords   = 40 // characters of a text by which a conversation is told from others
)

// talkHere makes what stands beside a question; nil for those who do not talk.
func (p *Pages) talkHere(who session.Asker, s sectionOf, q *survey.Indicator, mutation string) *frontend.TalkHere {
	if !account.Allowed(who.Role, account.Talk) {
		return nil
	}
	home := "/assessments/" + s.ID
	out := &frontend.TalkHere{Home: home, Back: home + "/" + s.part.ID + "?talk=" + q.ID + "#talk-" + q.ID, Form: p.talkForm(who, s.Assessment, s.beside, s.team, q.ID)}
	out.Form.Mutation = mutation
	for _, t := range s.beside.Threads {
		switch {
		case t.Indicator != q.ID:
		case !t.Resolved.IsZero():
			out.Resolved++
		case t.Shared:
			out.Outside = append(out.Outside, p.talkThread(who, s.beside, t, postsInline))
		default:
			out.Inside = append(out.Inside, p.talkThread(who, s.beside, t, postsInline))
		}
	}
	return out
}

// talkForm is an empty form to write about an indicator.
func (p *Pages) talkForm(who session.Asker, a assessment.Assessment, b assessment.Beside, team frontend.Team, indicator string) frontend.TalkForm {
	f := frontend.TalkForm{Team: team, Indicator: indicator, Inside: who.Role.OfCity(), HandedIn: !a.Open(), To: "shared"}
	if f.Inside {
		f.To = "city"
	}
	w := p.Words(who)
	for _, t := range b.Threads {
		if t.Indicator != indicator || !t.Resolved.IsZero() {
			continue
		}
		key := "talk.reply_city"
		if t.Shared {
			key = "talk.reply_shared"
		}
		first := t.Posts[0]
		f.Replies = append(f.Replies, frontend.TalkReply{ID: t.ID, Label: w.T(key, "Author", p.speaker(who, b, first.By), "Words", begins(first.Body))})
	}
	return f
}

// team are the people of the city whom somebody can tell.
func (p *Pages) team(who session.Asker, b assessment.Beside) frontend.Team {
	var people []frontend.Spot
	for _, m := range b.Team {
		if !m.Left && m.Account != who.Account {
			people = append(people, frontend.Spot{ID: m.Account, Name: p.Words(who).Person(m.Name, string(m.Role), m.Department)})
		}
	}
	return frontend.NewTeam(people)
}

// begins is the beginning of a text, on one line.
func begins(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= replyWords {
		return s
	}
	return string([]rune(s)[:replyWords]) + "…"
}

// speaker names whoever said something: the own team sees names, everybody else roles and departments.
func (p *Pages) speaker(who session.Asker, b assessment.Beside, by assessment.Author) string {
	m := b.Member(by.Account)
	name := by.Name
	if !who.Role.OfCity() || m.Account == "" {
		name = ""
	}
	if m.Former > 0 {
		return p.signed(who, by)
	}
	return p.Words(who).Person(name, string(by.Role), m.Department)
}

// talkThread shows a conversation, or the last posts of it.
func (p *Pages) talkThread(who session.Asker, b assessment.Beside, t assessment.Thread, most int) frontend.TalkThread {
	out := frontend.TalkThread{ID: t.ID, Indicator: t.Indicator, Shared: t.Shared, Resolved: t.Resolved}
	posts := t.Posts
	if most > 0 && len(posts) > most {
		out.Earlier = len(posts) - most
		posts = posts[out.Earlier:]
	}
	for _, x := range posts {
		post := frontend.TalkPost{ID: x.ID, Author: p.speaker(who, b, x.By), At: x.At, Body: x.Body}
		for _, id := range x.Mentions {
			m := b.Member(id)
			post.To = append(post.To, p.speaker(who, b, assessment.Author{Account: m.Account, Name: m.Name, Role: m.Role}))
		}
		out.Posts = append(out.Posts, post)
	}
	return out
}

// remark reads what a form says about an indicator; false when it says nothing.
func remark(values url.Values, indicator string) (r assessment.Remark, said bool) {
	field := func(name string) string { return values.Get("talk." + indicator + "." + name) }
	r = assessment.Remark{Indicator: indicator, Body: lines(field("text"))}
	switch to := field("to"); to {
	case "city", "":
	case "shared":
		r.Shared = true
	default:
		r.Thread = to
	}
	if with := field("with"); with != "" {
		r.Mentions = []string{with}
	}
	// As with answers, pressing twice is one post, while going back in the browser and writing something else is another.
	if page := values.Get(indicator + ".mutation"); page != "" {
		sum := sha256.Sum256([]byte(r.Thread + strconv.FormatBool(r.Shared) + r.Body))
		r.ID = page + "." + hex.EncodeToString(sum[:8])
	}
	return r, strings.TrimSpace(r.Body) != ""
}

// talked is what became of the conversations on a form.
type talked struct {
	done string            // message of what was done; empty when nothing was
	at   string            // indicator where it was done
	left map[string]string // indicators whose text is not posted, with the reason
}

// talkAct does what the pressed button says to the conversations: "talk MR-01", "resolve ID" or "reopen ID". Texts about
// other indicators are left, so that the page can show them again.
func (p *Pages) talkAct(c *gin.Context, who session.Asker, id string, indicators []*survey.Indicator) (out talked, err error) {
	ctx, values := c.Request.Context(), c.Request.PostForm
	act, on, _ := strings.Cut(values.Get("go"), " ")
	out.left = map[string]string{}
	for _, q := range indicators {
		r, said := remark(values, q.ID)
		if act != "talk" || on != q.ID {
			if said {
				out.left[q.ID] = p.Words(who).T("talk.not_posted")
			}
			continue
		}
		_, err := p.Talk.Say(ctx, who.Actor, id, r)
		if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && len(f.Fields) > 0 {
			out.left[q.ID] = problem.Field(f.Fields[0], p.Words(who))
			continue
		}
		if err != nil {
			return out, err
		}
		out.done, out.at = "talk.posted", q.ID
	}
	switch act {
	case "resolve":
		out.done, err = "talk.resolved_done", p.Talk.Resolve(ctx, who.Actor, id, on, true)
	case "reopen":
		out.done, err = "talk.reopened_done", p.Talk.Resolve(ctx, who.Actor, id, on, false)
	}
	return out, err
}

// refill puts texts that are not posted back into the forms of a section page.
func (t talked) refill(values url.Values, page *frontend.Section) {
	for i := range page.Questions {
		q := &page.Questions[i]
		reason, ok := t.left[q.ID]
		if !ok || q.Talk == nil {
			continue
		}
		q.Talk.Unfolded = true
		again(&q.Talk.Form, values, reason)
		page.Faults = append(page.Faults, frontend.Fault{Href: "#talk-text-" + q.ID, Text: q.ID + ": " + reason})
	}
}

// again puts what was typed back into a form.
func again(f *frontend.TalkForm, values url.Values, reason string) {
	field := func(name string) string { return values.Get("talk." + f.Indicator + "." + name) }
	f.Text, f.To, f.With, f.Msg = lines(field("text")), field("to"), field("with"), reason
}

func (p *Pages) talk(c *gin.Context, who session.Asker) error {
	return p.showTalk(c, who, http.StatusOK, talked{})
}

// showTalk shows all conversations, as the address chooses them.
func (p *Pages) showTalk(c *gin.Context, who session.Asker, status int, t talked) error {
	a, in, b, err := p.Talk.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	home := "/assessments/" + a.ID
	page := frontend.Talk{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: home, By: who.Account, Inside: who.Role.OfCity(),
		Exports: account.Allowed(who.Role, account.ExportAnswers), State: "open", Whose: "all"}
	if s := c.Query("state"); slices.Contains(page.States(), s) {
		page.State = s
	}
	if s := c.Query("whose"); slices.Contains(page.Kinds(), s) {
		page.Whose = s
	}
	filter := url.Values{"state": {page.State}, "whose": {page.Whose}}
	team := p.team(who, b)
	about := in.Indicator(c.Query("about"))
	for id := range t.left {
		about = in.Indicator(id)
	}
	if about != nil {
		filter.Set("about", about.ID)
		f := p.talkForm(who, a, b, team, about.ID)
		f.Mutation = uuid.NewString()
		page.About, page.AboutTitle = &f, about.Question
		if reason, ok := t.left[about.ID]; ok {
			again(&f, c.Request.PostForm, reason)
			page.Faults = []frontend.Fault{{Href: "#talk-text-" + about.ID, Text: reason}}
		}
	}
	var chosen []frontend.TalkThread
	for _, s := range in.Sections() {
		for _, q := range s.Indicators {
			if about != nil && q != about {
				continue
			}
			for _, x := range b.Threads {
				if x.Indicator == q.ID && wanted(x, page, who) {
					one := p.talkThread(who, b, x, 0)
					one.Title, one.Href = q.Question, home+"/"+s.ID+"#"+q.ID
					one.Form = p.talkForm(who, a, b, team, q.ID)
					one.Form.Mutation, one.Form.To = uuid.NewString(), x.ID
					chosen = append(chosen, one)
				}
			}
		}
	}
	page.Total = len(chosen)
	n, _ := strconv.Atoi(c.Query("page"))
	last := max((len(chosen)-1)/threadsShown+1, 1)
	n = min(max(n, 1), last)
	for i := 1; i <= last && last > 1; i++ {
		filter.Set("page", strconv.Itoa(i))
		page.Pages = append(page.Pages, frontend.Link{Href: home + "/talk?" + filter.Encode(), Text: strconv.Itoa(i), Current: i == n})
	}
	filter.Set("page", strconv.Itoa(n))
	page.Back = home + "/talk?" + filter.Encode()
	page.Threads = chosen[(n-1)*threadsShown : min(n*threadsShown, len(chosen))]
	return p.Show(c, status, "talk", who, page)
}

// wanted tells whether a conversation is among those that a page shows.
func wanted(t assessment.Thread, page frontend.Talk, who session.Asker) bool {
	if page.State != "all" && t.Resolved.IsZero() != (page.State == "open") {
		return false
	}
	switch page.Whose {
	case "mine":
		return t.With(who.Account)
	case "city":
		return !t.Shared
	case "shared":
		return t.Shared
	}
	return true
}

// talkDo does something to the conversations, from a page on which nothing else is written.
func (p *Pages) talkDo(c *gin.Context, who session.Asker) error {
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.file_unreadable", nil)
	}
	_, in, _, err := p.Talk.Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	var about []*survey.Indicator
	if _, on, _ := strings.Cut(c.PostForm("go"), " "); in.Indicator(on) != nil {
		about = append(about, in.Indicator(on))
	}
	t, err := p.talkAct(c, who, c.Param("id"), about)
	if err != nil {
		return err
	}
	if len(t.left) > 0 {
		return p.showTalk(c, who, http.StatusUnprocessableEntity, t)
	}
	if t.done == "" {
		return notFound()
	}
	return p.Done(c, who, local(c.PostForm("back"), "/assessments/"+c.Param("id")+"/talk"), t.done)
}

// talkFile sends the conversations as CSV.
func (p *Pages) talkFile(c *gin.Context, who session.Asker) error {
	var b bytes.Buffer
	if err := p.Talk.Export(c.Request.Context(), who.Actor, c.Param("id"), &b, c.Query("raw") != ""); err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Disposition", `attachment; filename="conversations.csv"`)
	h.Set("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// presence notes that the page of a section is open, and answers with a sentence about the colleagues who have it open too;
// an empty one when there are none.
func (p *Pages) presence(c *gin.Context, who session.Asker) error {
	there, err := p.Talk.Present(c.Request.Context(), who.Actor, c.Param("id"), c.PostForm("section"))
	if err != nil {
		return err
	}
	sentence := ""
	if len(there) > 0 {
		w := p.Words(who)
		first := w.Person(there[0].Name, string(there[0].Role), there[0].Department)
		sentence = w.T("talk.presence_one", "Who", first)
		if more := len(there) - 1; more > 0 {
			sentence = w.N("talk.presence_more", more, "Who", first)
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, gin.H{"sentence": sentence})
	return nil
}
