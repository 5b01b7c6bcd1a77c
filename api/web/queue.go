package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/review"
	"migov/assessment/survey"
	"migov/frontend"
)

// QueueRoutes are how people from outside go through the answers that were handed in.
func (p *Pages) QueueRoutes() []Route {
	return []Route{
		{http.MethodGet, "/review", account.Verify, p.queues},
		{http.MethodGet, "/assessments/:id/review", account.Verify, p.queue},
		{http.MethodPost, "/assessments/:id/review/validate", account.Validate, p.validate},
		{http.MethodGet, "/assessments/:id/review/:indicator", account.Verify, p.queueItem},
		{http.MethodPost, "/assessments/:id/review/:indicator", account.Verify, p.decideItem},
	}
}

func (p *Pages) reviews() assessment.Queue {
	return assessment.Queue{Store: p.Store, Questionnaires: p.Library, Besides: p.Besides, Looks: p.Drafts.Looks, Now: p.Now}
}

// queues lists what the reader reviews, in all cities.
func (p *Pages) queues(c *gin.Context, who session.Asker) error {
	all, err := p.reviews().All(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	page := frontend.Queues{Frame: p.wide(c, who)}
	for _, r := range all {
		line := frontend.QueuesLine{Href: "/assessments/" + r.ID + "/review", City: r.City.Name, Round: r.Round.Title, State: string(r.State), Fictional: r.City.Fictional,
			Due: r.Round.Due, Total: len(r.Items), Reviewed: r.Reviewed(), Challenged: r.Challenged(), Questions: r.Questions, Overdue: r.Overdue, Next: "done"}
		switch _, err := review.Next(r.State, review.Judge, who.Role); {
		case err != nil:
		case line.Reviewed < line.Total:
			line.Next = "review"
		case r.Questions > 0:
			line.Next = "wait"
		case r.Validatable(who.Actor):
			line.Next = "validate"
		}
		page.Lines = append(page.Lines, line)
	}
	return p.Show(c, http.StatusOK, "queues", who, page)
}

// way is how the reader goes through the queue.
func way(name string) string {
	if slices.Contains(assessment.QueueWays, name) {
		return name
	}
	return assessment.QueueWays[0]
}

func itemHref(home, indicator, way string) string {
	return home + "/review/" + url.PathEscape(indicator) + "?show=" + way
}

// queuePage is what the list and the page of an answer have in common.
func (p *Pages) queuePage(c *gin.Context, who session.Asker, r assessment.Reviewing, way, current string) frontend.Queue {
	home := "/assessments/" + r.ID
	page := frontend.Queue{Frame: p.wide(c, who, p.AssessmentNav(c, who, r.Assessment)...), Home: home, By: who.Account, City: r.City.Name, Round: r.Round.Title, State: string(r.State),
		HandedIn: r.HandedIn, Due: r.Round.Due, Way: way, Ways: assessment.QueueWays, Total: len(r.Items), Reviewed: r.Reviewed(), Challenged: r.Challenged(), Questions: r.Questions}
	for i := range page.Nav {
		page.Nav[i].Current = page.Nav[i].Href == home+"/review"
	}
	_, err := review.Next(r.State, review.Judge, who.Role)
	page.Judges = err == nil
	page.Validates = page.Judges && account.Allowed(who.Role, account.Validate)
	page.MayValidate = page.Validates && r.Validatable(who.Actor)
	for _, i := range r.Pick(way) {
		q := i.Indicator
		page.Items = append(page.Items, frontend.QueueLink{Href: itemHref(home, q.ID, way), ID: q.ID, Level: shown(r.Instrument, q, i.Kept.Answer).Level, Title: q.Question,
			Standing: string(i.Standing), Mark: frontend.StandingMark(i.Standing), Reviewed: i.Reviewed(), Current: q.ID == current, Asked: i.Asked})
	}
	if todo := r.Pick(assessment.QueueTodo); len(todo) > 0 && page.Judges {
		page.Begin = itemHref(home, todo[0].Indicator.ID, assessment.QueueTodo)
	}
	return page
}

func (p *Pages) queue(c *gin.Context, who session.Asker) error {
	return p.showQueue(c, who, http.StatusOK, nil)
}

func (p *Pages) showQueue(c *gin.Context, who session.Asker, status int, refused error) error {
	r, err := p.reviews().Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	page := p.queuePage(c, who, r, way(c.Query("show")), "")
	if refused != nil {
		page.Faults, _ = p.Invalid(who, refused, Here)
	}
	return p.Show(c, status, "queue", who, page)
}

// validate says that the review is complete.
func (p *Pages) validate(c *gin.Context, who session.Asker) error {
	err := p.reviews().Validate(c.Request.Context(), who.Actor, c.Param("id"))
	if fault.Is(err, fault.Conflict) {
		return p.showQueue(c, who, http.StatusConflict, err)
	}
	if err != nil {
		return err
	}
	return p.Done(c, who, "/assessments/"+c.Param("id")+"/review", "queue.validated")
}

func (p *Pages) queueItem(c *gin.Context, who session.Asker) error {
	page, err := p.itemPage(c, who, way(c.Query("show")))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "queue_item", who, page)
}

// itemPage makes the page of an answer. An answer that the chosen way leaves out has the list's first as its next.
func (p *Pages) itemPage(c *gin.Context, who session.Asker, way string) (page frontend.QueueItem, err error) {
	r, err := p.reviews().Open(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return page, err
	}
	q := r.Instrument.Indicator(c.Param("indicator"))
	if q == nil || r.Instrument.IsContext(q) {
		return page, notFound()
	}
	s := sectionOf{Draft: assessment.Draft{Assessment: r.Assessment, Instrument: r.Instrument, Sheet: r.Sheet}, part: r.Instrument.Subcategory(q.Subcategory), beside: r.Beside}
	page = frontend.QueueItem{Queue: p.queuePage(c, who, r, way, q.ID), Q: p.question(who, s, q), Section: s.part.Title}
	kept, home := r.Sheet.Answers[q.ID], page.Home
	page.Action, page.Claims, page.Sure = home+"/review/"+q.ID, assessment.Claims(kept.Answer), string(kept.Confidence)
	page.Comment = home + "/" + q.Subcategory + "?talk=" + q.ID + "#talk-" + q.ID
	if author := r.Beside.Member(kept.By.Account); author.Department != "" {
		page.Q.Author = p.Words(who).Person("", string(kept.By.Role), author.Department)
	}
	if _, err := review.Next(r.State, review.Ask, who.Role); err == nil {
		page.Ask = home + "/review/" + q.ID + "/ask?back=" + url.QueryEscape(itemHref(home, q.ID, way))
	}
	at := slices.IndexFunc(page.Items, func(x frontend.QueueLink) bool { return x.Current })
	page.Position, page.PositionsOf = at+1, len(page.Items)
	if at > 0 {
		page.Previous = page.Items[at-1].Href
	}
	if at+1 < len(page.Items) {
		page.Next = page.Items[at+1].Href
	}
	page.Items = near(page.Items, at)
	p.said(who, r, q, kept, &page)
	for _, value := range map[survey.Kind][]string{survey.Level: {"0", "1", "2", "3", "4"}, survey.YesNo: {"yes", "no"}}[q.Kind] {
		if value != kept.Value {
			page.Choices = append(page.Choices, value)
		}
	}
	if e := r.Earlier; e != nil && e.Sheet.Answers[q.ID].Version > 0 {
		before := e.Sheet.Answers[q.ID]
		standing := e.Beside.StandingOf(before, q.ID, p.Now())
		page.Earlier = &frontend.QueueEarlier{Round: e.Round.Title, Stands: shown(r.Instrument, q, before.Answer), Standing: string(standing), Mark: frontend.StandingMark(standing),
			Explanation: before.Explanation, Changed: before.Value != kept.Value || before.NonAnswer != kept.NonAnswer}
	}
	if page.Elsewhere, err = p.reviews().Elsewhere(c.Request.Context(), who.Actor, r.Assessment, q); err != nil {
		return page, err
	}
	for _, n := range page.Elsewhere {
		page.Cities += n
	}
	page.National, err = p.national(c.Request.Context(), r.Assessment, r.Instrument, q)
	return page, err
}

// nearBefore and nearAfter are how many answers are listed beside the one that is open.
const (
	nearBefore = 2
	nearAfter  = 7
)

// near are the answers around one of a list; its first ones where the list does not hold it.
func near(all []frontend.QueueLink, at int) []frontend.QueueLink {
	from := max(0, min(at-nearBefore, len(all)-nearBefore-nearAfter-1))
	return all[from:min(len(all), from+nearBefore+nearAfter+1)]
}

// said fills in what was said of the answer as it is now: the reader's own word, and those of others with role and organisation.
func (p *Pages) said(who session.Asker, r assessment.Reviewing, q *survey.Indicator, kept assessment.Kept, page *frontend.QueueItem) {
	for _, v := range r.Beside.VerdictsOf(q.ID) {
		if v.Version != kept.Version {
			continue
		}
		organisation := ""
		for _, x := range r.Beside.Reviewers {
			if x.Account == v.By.Account {
				organisation = x.Organisation
			}
		}
		word := frontend.QueueWord{Kind: string(v.Kind), By: p.Words(who).Person("", string(v.By.Role), organisation), Proposed: shown(r.Instrument, q, survey.Answer{Value: v.Proposed}), Reason: v.Reason, At: v.At}
		if v.By.Account == who.Account {
			page.Mine = &word
			continue
		}
		page.Others = append(page.Others, word)
	}
}

// decideItem takes a verdict and leads to the next answer.
func (p *Pages) decideItem(c *gin.Context, who session.Asker) error {
	id, indicator, way := c.Param("id"), c.Param("indicator"), way(c.PostForm("show"))
	version, err := strconv.Atoi(c.PostForm("version"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.request", nil)
	}
	page, err := p.itemPage(c, who, way) // what comes next is known before the verdict takes this answer off the list
	if err != nil {
		return err
	}
	says, proposed, reason := assessment.VerdictKind(c.PostForm("verdict")), strings.Join(c.PostFormArray("proposed"), "|"), lines(c.PostForm("reason"))
	err = p.Proofs.Judge(c.Request.Context(), who.Actor, id, indicator, says, version, proposed, reason)
	if faults, ok := p.Invalid(who, err, Here); ok {
		f, status := problem.Of(err)
		page.Proposed, page.Reason, page.Marks, page.Faults = proposed, reason, frontend.Marks{}, faults
		page.Ticked = ticked(strings.Split(proposed, "|"))
		p.mark(who, page.Marks, f)
		return p.Show(c, status, "queue_item", who, page)
	}
	if err != nil {
		return err
	}
	to := page.Next
	switch {
	case says == assessment.VerdictWithdrawn:
		to = itemHref(page.Home, indicator, way)
	case to == "":
		to = page.Home + "/review?show=" + way
	}
	return p.Done(c, who, to, "queue.done_"+string(says), "Indicator", indicator)
}
