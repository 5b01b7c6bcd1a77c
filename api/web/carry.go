package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
	"migov/frontend"
)

// CarryRoutes are what the last round has left, and what the city does with it.
func (p *Pages) CarryRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/carried", account.Carry, p.carried},
		{http.MethodPost, "/assessments/:id/carried", account.Carry, p.carry},
	}
}

// confirms begins the value of a button that saves a section and then confirms what the last round has left for an indicator.
const confirms = "confirm:"

func (p *Pages) carried(c *gin.Context, who session.Asker) error {
	r, err := p.CarryOver.Review(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	w, home := p.Words(who), "/assessments/"+r.ID
	sets := r.Open() && account.Allowed(who.Role, account.SetPower)
	page := frontend.Carried{Frame: p.Frame(c, who, p.AssessmentNav(c, who, r.Assessment)...), Home: home, Action: home + "/carried", By: who.Account,
		Open: r.Open(), Begun: len(r.Beside.Carried) > 0, Offer: sets && r.Beside.Earlier != nil}
	if r.Beside.Earlier != nil {
		page.Earlier = r.Beside.Earlier.Round
	}
	if sets {
		_, page.Powers = r.Beside.ToConfirm(r.Sheet)
	}
	for _, x := range r.Lines {
		if !x.Answers() {
			continue
		}
		item := frontend.NewCarriedItem(w, home, r.Instrument, x, p.carriedAnswer(r.Instrument, x), p.signed(who, x.By))
		switch {
		case !x.Waits:
			page.Settled = append(page.Settled, item)
			continue
		case x.Stale():
			page.First = append(page.First, item)
		default:
			part := r.Instrument.Subcategory(x.Question.Subcategory)
			if n := len(page.Groups); n == 0 || page.Groups[n-1].ID != part.ID {
				page.Groups = append(page.Groups, frontend.CarriedGroup{ID: part.ID, Title: part.Title})
			}
			g := &page.Groups[len(page.Groups)-1]
			g.Items = append(g.Items, item)
		}
		page.Waiting++
	}
	return p.Show(c, http.StatusOK, "carried", who, page)
}

// carriedAnswer is what was said in the last round, in the words of the question of then where that is known.
func (p *Pages) carriedAnswer(in *survey.Instrument, x assessment.CarriedLine) frontend.Shown {
	if x.Before != nil {
		return shown(x.Asked, x.Before, x.Was)
	}
	return shown(in, x.Question, x.Answer)
}

// carry does what a button of the page says: confirm the ticked ones, one, or those of a section; put one aside; take over;
// confirm the powers.
func (p *Pages) carry(c *gin.Context, who session.Asker) error {
	ctx, id := c.Request.Context(), c.Param("id")
	what, about, _ := strings.Cut(c.PostForm("act"), " ")
	w, back := p.Words(who), "/assessments/"+id+"/carried"
	count := func(key string, n int, err error) error {
		if err != nil {
			return err
		}
		p.Sessions.Leave(ctx, w.N(key, n))
		return p.Done(c, who, back, "")
	}
	var done []assessment.Confirmed
	var err error
	switch what {
	case "over":
		n, err := p.CarryOver.Over(ctx, who.Actor, id)
		return count("carry.done_over", n, err)
	case "powers":
		n, err := p.CarryOver.Powers(ctx, who.Actor, id)
		return count("carry.done_powers", n, err)
	case "aside":
		n, err := p.CarryOver.Aside(ctx, who.Actor, id, about)
		return count("carry.done_aside", n, err)
	case "section":
		done, err = p.CarryOver.ConfirmSection(ctx, who.Actor, id, about)
	case "confirm":
		done, err = p.CarryOver.Confirm(ctx, who.Actor, id, about)
	case "chosen":
		done, err = p.CarryOver.Confirm(ctx, who.Actor, id, c.PostFormArray("tick")...)
	default:
		err = fault.New(fault.Invalid, "fault.request", nil)
	}
	if err != nil {
		return err
	}
	p.Sessions.Leave(ctx, p.confirmedWords(who, done))
	return p.Done(c, who, back, "")
}

// confirmedWords says what became of the lines that somebody confirmed.
func (p *Pages) confirmedWords(who session.Asker, done []assessment.Confirmed) string {
	w, counts := p.Words(who), map[assessment.ConfirmOutcome]int{}
	for _, x := range done {
		counts[x.Outcome]++
	}
	var said []string
	if n := counts[assessment.CarriedConfirmed]; n > 0 || len(done) == 0 {
		said = append(said, w.N("carry.done_confirmed", n))
	}
	for _, o := range []assessment.ConfirmOutcome{assessment.CarriedAnswered, assessment.CarriedUnfit, assessment.CarriedSettled} {
		if counts[o] > 0 {
			said = append(said, w.N("carry.done_"+string(o), counts[o]))
		}
	}
	return strings.Join(said, " ")
}

// carriedHere is what the last round has left for an indicator, at the question; nil where nothing waits.
func (p *Pages) carriedHere(who session.Asker, s sectionOf, q *survey.Indicator) *frontend.CarriedHere {
	if len(s.beside.Carried) == 0 || !s.Open() || !account.Allowed(who.Role, account.Carry) {
		return nil
	}
	for _, x := range s.beside.Carried {
		if x.Indicator == q.ID && x.Waits(s.Sheet.Answers[q.ID]) {
			out := &frontend.CarriedHere{Round: x.Round, Confirm: len(x.Changed) == 0}
			if x.Fits() {
				out.Was = shown(s.Instrument, q, x.Answer)
			}
			return out
		}
	}
	return nil
}

// confirmHere confirms what the last round has left for the indicator that a button of a section page names, and says what
// became of it; an empty text when no such button was used.
func (p *Pages) confirmHere(c *gin.Context, who session.Asker, s sectionOf) (indicator, said string, err error) {
	indicator, ok := strings.CutPrefix(c.PostForm("go"), confirms)
	if !ok || s.Instrument.Indicator(indicator) == nil {
		return "", "", nil
	}
	done, err := p.CarryOver.Confirm(c.Request.Context(), who.Actor, s.ID, indicator)
	return indicator, p.confirmedWords(who, done), err
}
