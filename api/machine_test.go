package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/assessment/survey"
)

// onTheWay is a world in which an assessment can be put into any state with all that belongs to it.
type onTheWay struct {
	*apitest.World
	t       *testing.T
	db      *sql.DB
	home    string
	clients map[account.Role]*apitest.Client
	names   map[account.Role]string
	asked   string // id of the question
}

func wayOf(t *testing.T, begun bool) *onTheWay {
	t.Helper()
	file := filepath.Join(t.TempDir(), "migov.db")
	w := apitest.With(t, apitest.Options{Database: file})
	x := &onTheWay{World: w, t: t, home: "/assessments/" + w.A.ID, clients: map[account.Role]*apitest.Client{}, names: map[account.Role]string{}, asked: uuid.NewString()}
	w.Pages.Publishing.Prove = nil // whoever consents is not asked for a code here
	w.Accounts["approver-a"] = must(w.Store.AddAccount(ctx, account.Account{Email: "approver-a@example.org", Name: "Approver A", Role: account.Approver, City: w.Cities[0].ID, Language: survey.English,
		Password: w.Accounts[apitest.Admin].Password, Noticed: account.NoticeVersion, Created: time.Now()}, assessment.Author{Role: account.Operator}))(t)
	for _, name := range []string{apitest.Admin, apitest.Analyst, apitest.Reviewer, apitest.CoordinatorA, apitest.ContributorA, "approver-a"} {
		role := w.Accounts[name].Role
		x.clients[role], x.names[role] = w.Client(name), name
	}
	x.db = must(sql.Open("sqlite3", "file:"+file+"?_busy_timeout=5000"))(t)
	t.Cleanup(func() { x.db.Close() })
	if !begun {
		return x
	}
	value := "3"
	if _, rejected, err := w.Pages.Drafts.Save(ctx, w.Actor(apitest.CoordinatorA), w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &value}); err != nil || len(rejected) > 0 {
		t.Fatal(rejected, err)
	}
	x.consent()
	must(w.Pages.Drafts.HandIn(ctx, w.Actor(apitest.CoordinatorA), w.A.ID))(t)
	x.put(review.Validated)
	scope := publish.Scope{publish.Numbers}
	preview := must(w.Pages.Publishing.Preview(ctx, w.Actor("approver-a"), w.A.ID, scope))(t)
	if err := w.Pages.Publishing.Publish(ctx, w.Accounts["approver-a"], w.A.ID, assessment.ConsentGiven{Scope: scope, Audience: publish.Public, Hash: preview.Hash, Terms: publish.TermsVersion}); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *onTheWay) exec(text string, args ...any) {
	x.t.Helper()
	if _, err := x.db.Exec(text, args...); err != nil {
		x.t.Fatalf("%s: %v", text, err)
	}
}

// consent lets the approver consent to what stands now.
func (x *onTheWay) consent() {
	x.t.Helper()
	x.exec("DELETE FROM sign_off")
	x.exec(`INSERT INTO sign_off (city_id, assessment_id, seq, by_account, by_role, at, refused, reason) SELECT city_id, assessment_id, seq, ?, 'approver', ?, FALSE, '' FROM score WHERE assessment_id = ?`,
		x.Accounts["approver-a"].ID, time.Now().UTC(), x.A.ID)
}

// put brings the assessment into a state, with a question that was answered where there is a clarification.
func (x *onTheWay) put(s review.State) {
	x.t.Helper()
	kept, stamp := string(s), any(nil)
	if s == review.Draft || s == review.Collecting {
		kept = ""
	}
	if s.HandedIn() {
		stamp = time.Now().UTC()
	}
	x.exec("UPDATE assessment SET state = ?, handed_in = ?, beside = beside + 1 WHERE id = ?", kept, stamp, x.A.ID)
	x.exec("DELETE FROM clarification")
	if s == review.Clarification || s == review.InReview {
		x.exec(`INSERT INTO clarification (city_id, assessment_id, id, indicator, question, version, by_account, by_role, at, reply, outcome, replied_by, replied_role, settled_by, settled_role)
			SELECT city_id, id, ?, 'MR-01', 'Since when?', 1, ?, 'reviewer', ?, '', '', '', '', '', '' FROM assessment WHERE id = ?`, x.asked, x.Accounts[apitest.Reviewer].ID, time.Now().UTC(), x.A.ID)
	}
	withdrawn := any(time.Now().UTC())
	if s == review.Published {
		withdrawn = nil
	}
	x.exec("UPDATE publication SET withdrawn = ?", withdrawn)
	x.consent()
}

// before prepares what a step needs beside the state.
func (x *onTheWay) before(step review.Step) {
	switch step {
	case review.GiveBack:
		x.exec("UPDATE clarification SET reply = 'Since 2024.', outcome = 'replied', replied = ?, replied_role = 'coordinator'", time.Now().UTC())
	case review.Settle:
		x.exec("UPDATE clarification SET reply = 'Since 2024.', outcome = 'replied', replied = '2026-11-25 01:00:00', replied_role = 'coordinator'")
	case review.Validate:
		x.exec("DELETE FROM clarification")
	default:
		return
	}
	x.exec("UPDATE assessment SET beside = beside + 1")
}

// take takes a step over HTTP as a person of a role does.
func (x *onTheWay) take(step review.Step, role account.Role) apitest.Page {
	x.t.Helper()
	c := x.clients[role]
	var seq int64
	if err := x.db.QueryRow("SELECT seq FROM score WHERE assessment_id = ?", x.A.ID).Scan(&seq); err != nil {
		x.t.Fatal(err)
	}
	var version int
	if err := x.db.QueryRow("SELECT COALESCE(MAX(version), 0) FROM answer WHERE assessment_id = ? AND indicator = 'MR-01'", x.A.ID).Scan(&version); err != nil {
		x.t.Fatal(err)
	}
	post := func(path string, form url.Values) apitest.Page { return c.Post(x.home+path, form) }
	switch step {
	case review.Write:
		return c.Send(http.MethodPut, "/api/v1"+x.home+"/answers/MR-01", strings.NewReader(fmt.Sprintf(`{"explanation":"Words %s."}`, uuid.NewString())),
			http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}, "Idempotency-Key": {uuid.NewString()}, "If-Match": {fmt.Sprintf("%q", fmt.Sprint(version))}})
	case review.AskSignOff:
		return post("/sign-off/ask", nil)
	case review.Consent:
		return post("/sign-off", url.Values{"seq": {fmt.Sprint(seq)}})
	case review.SendBack:
		return post("/sign-off/back", url.Values{"seq": {fmt.Sprint(seq)}, "reason": {"Look again."}})
	case review.Submit:
		return post("/hand-in", nil)
	case review.Reopen:
		return post("/reopen", url.Values{"reason": {"A file is missing."}})
	case review.Judge:
		return post("/indicators/MR-01/verdict", url.Values{"version": {fmt.Sprint(version)}, "verdict": {"verified"}})
	case review.Ask:
		return post("/review/MR-01/ask", url.Values{"question": {"Who is in charge?"}, "mutation": {uuid.NewString()}})
	case review.Reply:
		return post("/clarifications/"+x.asked, url.Values{"text": {"Since 2024."}, "outcome": {"stands"}})
	case review.GiveBack:
		return post("/clarifications/give-back", nil)
	case review.Settle:
		return post("/clarifications/"+x.asked+"/settle", url.Values{"act": {"settle"}, "seen": {"2026-11-25T01:00:00Z"}})
	case review.Resume:
		return post("/clarifications/"+x.asked+"/settle", url.Values{"act": {"back"}})
	case review.Validate:
		return post("/review/validate", nil)
	case review.Publish:
		preview, _ := x.Pages.Publishing.Preview(ctx, x.Actor("approver-a"), x.A.ID, publish.Scope{publish.Numbers}) // none where it is not possible
		return post("/publish", url.Values{"part": {"numbers"}, "audience": {"public"}, "hash": {preview.Hash}, "terms": {publish.TermsVersion}, "code": {"x"}})
	case review.KeepPrivate:
		return post("/publish/private", nil)
	case review.Withdraw:
		return post("/publish/withdraw", nil)
	}
	x.t.Fatalf("no request for %s", step)
	return apitest.Page{}
}

// TestTheStateMachineHoldsOverHTTP takes every step in every state as every role, and compares what becomes of the
// assessment with the table of the domain. Looking is no request of its own: the first verdict begins the review.
func TestTheStateMachineHoldsOverHTTP(t *testing.T) {
	x, tried := wayOf(t, true), 0
	for _, from := range review.States[1:] {
		for _, step := range review.Steps {
			for role := range x.clients {
				if step != review.Look {
					x.try(from, step, role)
					tried++
				}
			}
		}
	}
	draft := wayOf(t, false) // of which nothing was saved: whoever may write comes last
	for _, step := range review.Steps {
		for _, role := range account.Roles {
			if step != review.Look && step != review.Write {
				draft.try(review.Draft, step, role)
				tried++
			}
		}
	}
	for _, role := range []account.Role{account.Admin, account.Analyst, account.Reviewer, account.Approver, account.Coordinator} {
		draft.try(review.Draft, review.Write, role)
		tried++
	}
	t.Logf("%d requests", tried)
}

// try takes one step and compares.
func (x *onTheWay) try(from review.State, step review.Step, role account.Role) {
	x.t.Helper()
	x.put(from)
	x.before(step)
	page := x.take(step, role)
	a := must(x.Store.Assessment(ctx, account.Actor{Role: account.Operator}, x.A.ID))(x.t)
	to, err := review.Next(from, step, role)
	if (step == review.Resume || step == review.Settle) && from == review.InReview && err != nil && review.May(role, step) {
		return // the same request takes a question back that opens nothing any more
	}
	if step == review.Settle && from == review.Clarification && err == nil {
		to = a.State // it was the last open one: see Resume
	}
	what := fmt.Sprintf("%s: %s by %s", from, step, role)
	if to != a.State {
		x.t.Errorf("%s leads to %s, not %s (%d)", what, a.State, to, page.Status)
	}
	reached := account.Reach(x.Actor(x.names[role]), account.Place{City: x.A.City.ID, Round: x.Round.ID, ID: x.A.ID, HandedIn: from.HandedIn()})
	allowed := []int{http.StatusSeeOther, http.StatusOK, http.StatusCreated}
	switch {
	case err == nil:
	case !reached && review.May(role, step):
		allowed = []int{http.StatusNotFound}
	case fault.Is(err, fault.Forbidden):
		allowed = []int{http.StatusForbidden, http.StatusNotFound}
	case fault.Is(err, fault.Closed):
		allowed = []int{http.StatusLocked}
	default: // what was handed in is closed for consents, a sentence of its own
		allowed = []int{http.StatusConflict, http.StatusLocked, http.StatusNotFound}
	}
	if !slices.Contains(allowed, page.Status) {
		x.t.Errorf("%s: %d, not %v", what, page.Status, allowed)
	}
}
