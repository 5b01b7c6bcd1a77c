package web_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// use accepts a link with a password typed twice.
func use(c *apitest.Client, path, password string, more ...string) apitest.Page {
	form := url.Values{"password": {password}, "password_again": {password}}
	if len(more) > 0 {
		form.Set("name", more[0])
	}
	return c.Post(path, form)
}

func invitation(email, role string) url.Values {
	return url.Values{"name": {"New colleague"}, "email": {email}, "role": {role}, "department": {"Housing"}, "language": {"fr"}}
}

func TestALinkSetsAPasswordOnce(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	admin := w.Client(apitest.Admin)
	fresh := func(name string) string {
		return address(t, admin.Post("/people/"+w.Accounts[name].ID+"/link", nil))
	}
	gone := w.Client("").Get("/links/forged")
	if gone.Status != http.StatusGone {
		t.Fatalf("a forged link: %d", gone.Status)
	}
	contains(t, gone.Body, "What you can do", `href="/forgotten"`)
	same := func(name, path string) {
		t.Helper()
		for _, page := range []apitest.Page{w.Client("").Get(path), use(w.Client(""), path, another)} {
			if page.Status != gone.Status || strings.ReplaceAll(page.Body, path, "/links/forged") != gone.Body {
				t.Errorf("%s is told apart from a forged one: %d\n%s", name, page.Status, page.Body)
			}
		}
	}
	path := fresh(apitest.ContributorA)
	if !strings.HasPrefix(path, "/links/") || len(path) != len("/links/")+43 { // 256 bits in base64
		t.Errorf("the link is %q", path)
	}
	for range 3 {
		page := w.Client("").Get(path)
		contains(t, page.Body, "contributor-a@example.org", `autocomplete="new-password"`)
		if got := page.Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("Referrer-Policy is %q", got)
		}
		if page := w.Client("").Send(http.MethodHead, path, nil, nil); page.Status != http.StatusOK {
			t.Errorf("a HEAD of a fresh link: %d", page.Status)
		}
	}
	if page := use(w.Client(""), path, "short"); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a short password: %d", page.Status)
	}
	if page := use(w.Client(apitest.CoordinatorA), path, another); page.Status != http.StatusGone {
		t.Errorf("a link used by somebody who is signed in as another: %d", page.Status)
	}
	old := w.Client(apitest.ContributorA)
	if page := use(w.Client(""), path, another); page.To() != "/assessments" {
		t.Fatalf("%d to %q\n%s", page.Status, page.To(), page.Body)
	}
	if page := old.Get("/account"); !strings.HasPrefix(page.To(), "/sign-in") {
		t.Errorf("a session from before goes on: %d", page.Status)
	}
	same("a used link", path)
	if page := w.Client("").Post("/sign-in", credentials("contributor-a@example.org", another)); page.To() != "/assessments" {
		t.Errorf("the new password: %d", page.Status)
	}
	first := fresh(apitest.CoordinatorB)
	fresh(apitest.CoordinatorB)
	same("a link that a newer one replaced", first)
	now = now.Add(2 * time.Hour) // so many dead links are too many for an hour
	late := fresh(apitest.CoordinatorB)
	now = now.Add(30*time.Minute + time.Second)
	same("an expired link to set a new password", late)
}

func TestAnInvitationSaysWhoAsksAndWhy(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	coordinator := w.Client(apitest.CoordinatorA)
	w.Pages.BaseURL = "https://migov.example.org"
	made := coordinator.Send(http.MethodPost, "/people", strings.NewReader(invitation("new@example.org", "contributor").Encode()),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "X-Forwarded-Host": {"evil.example.org"}})
	contains(t, made.Body, "https://migov.example.org/links/")
	if strings.Contains(made.Body, "evil") {
		t.Error("a forged host stands in the link")
	}
	path := address(t, made)
	browser := w.Client("")
	page := browser.Get(path)
	contains(t, page.Body, `<html lang="fr"`, "Marsa Selwa", "Round 2026", "90 questions", "moins de trois villes", "New colleague")
	if to := browser.Get(path + "?lang=en").To(); to != path {
		t.Fatalf("choosing a language leads to %q", to)
	}
	contains(t, browser.Get(path).Body, `<html lang="en"`, "A coordinator of Marsa Selwa asks you", "fewer than three cities")
	for _, fault := range apitest.Unsound(browser.Get(path).Body, "en") {
		t.Error(fault)
	}
	if page := use(browser, path, another, "former:3"); page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `href="#name"`) {
		t.Errorf("a name that is somebody else's: %d", page.Status)
	}
	now = now.Add(7*24*time.Hour - time.Minute)
	if page := use(browser, path, another, " Corrected name "); page.To() != "/assessments" {
		t.Fatalf("%d to %q\n%s", page.Status, page.To(), page.Body)
	}
	a, err := w.Store.AccountByEmail(context.Background(), "new@example.org")
	if err != nil || a.Name != "Corrected name" || a.Language != "en" || a.City != w.Cities[0].ID || a.Department != "Housing" || a.Role != account.Contributor {
		t.Errorf("the account is %+v, %v", a, err)
	}
	if to := browser.Get("/assessments").To(); !strings.HasPrefix(to, "/notice") {
		t.Errorf("after accepting comes %q", to)
	}
	late := address(t, coordinator.Post("/people", invitation("late@example.org", "contributor")))
	now = now.Add(7*24*time.Hour + time.Second)
	if page := w.Client("").Get(late); page.Status != http.StatusGone {
		t.Errorf("an invitation of last week: %d", page.Status)
	}
}

func TestOfTwoWhoAcceptOneInvitationOneSucceeds(t *testing.T) {
	w := apitest.New(t)
	path := address(t, w.Client(apitest.CoordinatorA).Post("/people", invitation("new@example.org", "contributor")))
	var pages [2]apitest.Page
	var both sync.WaitGroup
	for i := range pages {
		c := w.Client("")
		both.Go(func() { pages[i] = use(c, path, []string{another, another + "!"}[i], "Somebody") })
	}
	both.Wait()
	if pages[0].Status == http.StatusGone {
		pages[0], pages[1] = pages[1], pages[0]
	}
	if pages[0].To() != "/assessments" || pages[1].Status != http.StatusGone {
		t.Errorf("one got %d to %q, the other %d", pages[0].Status, pages[0].To(), pages[1].Status)
	}
}

func TestWhoInvitesWhom(t *testing.T) {
	w := apitest.New(t)
	a, b := w.Cities[0].ID, w.Cities[1].ID
	other, err := w.Store.AddCity(context.Background(), assessment.City{Code: "elsewhere", Name: "Elsewhere", Country: "GH"}, assessment.Author{})
	if err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		who, role, city string
		status          int
		lands           string // the city of the new account
	}{
		{apitest.CoordinatorA, "contributor", "", 200, a},
		{apitest.CoordinatorA, "approver", "", 200, a},
		{apitest.CoordinatorA, "coordinator", "", 200, a},
		{apitest.CoordinatorA, "contributor", b, 200, a}, // what a forged form says of the city counts for nothing
		{apitest.CoordinatorA, "analyst", "", 422, ""},
		{apitest.CoordinatorA, "admin", "", 422, ""},
		{apitest.Analyst, "coordinator", b, 200, b},
		{apitest.Analyst, "approver", a, 200, a},
		{apitest.Analyst, "contributor", a, 422, ""},
		{apitest.Analyst, "admin", "", 422, ""},
		{apitest.Analyst, "coordinator", other.ID, 404, ""},
		{apitest.Analyst, "coordinator", "nowhere", 404, ""},
		{apitest.Admin, "coordinator", other.ID, 200, other.ID},
		{apitest.Admin, "admin", "", 200, ""},
		{apitest.ContributorA, "contributor", "", 403, ""},
	} {
		email := string(rune('a'+i)) + "@example.org"
		form := invitation(email, test.role)
		form.Set("city", test.city)
		page := w.Client(test.who).Post("/people", form)
		if page.Status != test.status {
			t.Errorf("%s invites a %s to %q: %d, want %d", test.who, test.role, test.city, page.Status, test.status)
			continue
		}
		made, err := w.Store.AccountByEmail(context.Background(), email)
		if (err == nil) != (test.status == 200) || made.City != test.lands {
			t.Errorf("%s invites a %s: the account is %+v, %v", test.who, test.role, made, err)
		}
	}
}

func TestWhoSeesAndChangesWhom(t *testing.T) {
	w := apitest.New(t)
	coordinator, analyst := w.Client(apitest.CoordinatorA), w.Client(apitest.Analyst)
	mine := coordinator.Get("/people")
	contains(t, mine.Body, "Contributor A", "contributor-a@example.org", "Marsa Selwa", `value="approver"`)
	for _, secret := range []string{"Coordinator B", "coordinator-b@", "Administrator<", `value="analyst"`, `name="city"`} {
		if strings.Contains(mine.Body, secret) {
			t.Errorf("a coordinator reads %s", secret)
		}
	}
	waiting := invitation("waits@example.org", "coordinator")
	waiting.Set("city", w.Cities[1].ID)
	analyst.Post("/people", waiting)
	coordinator.Post("/people", invitation("waits-too@example.org", "contributor"))
	theirs := analyst.Get("/people")
	contains(t, theirs.Body, "Marsa Selwa", "Port Ondine", "Name not shown", "waits@example.org")
	for _, secret := range []string{"Coordinator A", "contributor-a@", "waits-too@", "/people/" + w.Accounts[apitest.ContributorA].ID} {
		if strings.Contains(theirs.Body, secret) {
			t.Errorf("an analyst reads %s", secret)
		}
	}
	for _, path := range []string{"", "/link", "/disable", "/enable"} {
		if page := coordinator.Post("/people/"+w.Accounts[apitest.CoordinatorB].ID+path, url.Values{"role": {"contributor"}, "language": {"en"}}); page.Status != http.StatusNotFound {
			t.Errorf("a coordinator posts %s of another city: %d", path, page.Status)
		}
	}
	if page := coordinator.Get("/people/" + w.Accounts[apitest.CoordinatorB].ID); page.Status != http.StatusNotFound {
		t.Errorf("a coordinator opens somebody of another city: %d", page.Status)
	}
	if page := analyst.Post("/people/"+w.Accounts[apitest.ContributorA].ID+"/link", nil); page.Status != http.StatusNotFound {
		t.Errorf("an analyst makes a link for a contributor: %d", page.Status)
	}
	if page := analyst.Post("/people/"+w.Accounts[apitest.CoordinatorB].ID+"/link", nil); page.Status != http.StatusConflict || !strings.Contains(page.Body, "has joined already") {
		t.Errorf("an analyst makes a link for an account that is in use: %d", page.Status)
	}
	waits, err := w.Store.AccountByEmail(context.Background(), "waits@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if page := analyst.Post("/people/"+waits.ID+"/link", nil); page.Status != http.StatusOK || !strings.Contains(page.Body, "/links/") {
		t.Errorf("an analyst renews an invitation: %d", page.Status)
	}

	id := w.Accounts[apitest.ContributorA].ID
	session := w.Client(apitest.ContributorA)
	contains(t, coordinator.Get("/people/"+id).Body, "Contributor A", `selected>Contributor`, "Erase this person")
	if page := coordinator.Post("/people/"+id, url.Values{"role": {"analyst"}, "language": {"es"}}); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("a coordinator makes an analyst: %d", page.Status)
	}
	change := url.Values{"role": {"approver"}, "department": {"Mayor's office"}, "language": {"es"}, "city": {w.Cities[1].ID}, "email": {"x@example.org"}, "former": {"1"}}
	if page := coordinator.Post("/people/"+id, change); page.To() != "/people" {
		t.Fatalf("%d\n%s", page.Status, page.Body)
	}
	a, err := w.Store.Account(context.Background(), id)
	if err != nil || a.Role != account.Approver || a.Department != "Mayor's office" || a.Language != survey.Spanish || a.City != w.Cities[0].ID || a.Email != "contributor-a@example.org" {
		t.Errorf("the account is %+v, %v", a, err)
	}
	if page := session.Get("/account"); page.Status == http.StatusOK && strings.Contains(page.Body, "Contributor<") {
		t.Error("a session goes on in the old role")
	}
	own := "/people/" + w.Accounts[apitest.CoordinatorA].ID
	for _, page := range []apitest.Page{
		w.Client(apitest.Admin).Post(own+"/disable", nil),
		w.Client(apitest.Admin).Post(own, url.Values{"role": {"contributor"}, "language": {"en"}}),
		coordinator.Post(own, url.Values{"role": {"contributor"}, "language": {"en"}}),
	} {
		if page.Status != http.StatusConflict || !strings.Contains(page.Body, "only coordinator of the city") {
			t.Errorf("the last coordinator goes: %d", page.Status)
		}
	}
}

func TestAForgottenPasswordTellsNobodyWhoHasAnAccount(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	ask := func(email string) apitest.Page {
		return w.Client("").Post("/forgotten", url.Values{"email": {email}})
	}
	contains(t, ask("contributor-a@example.org").Body, "This site sends no letters", "help@example.org")
	w.Pages.Crowd.Mail = true
	contains(t, w.Client("").Get("/forgotten").Body, `action="/forgotten"`)
	letters := 0
	waiting := func() int { // sends what waits and counts all that ever did
		for {
			l, found, err := w.Store.Claim(context.Background(), now)
			if err != nil {
				t.Fatal(err)
			}
			if !found {
				return letters
			}
			if err := w.Store.Sent(context.Background(), l.ID, now); err != nil {
				t.Fatal(err)
			}
			if l.Kind == assessment.LetterReset && l.Account == w.Accounts[apitest.ContributorA].ID {
				letters++
			}
		}
	}
	known, unknown := ask("Contributor-A@example.org "), ask("nobody@example.org")
	if known.Status != http.StatusOK || known.Status != unknown.Status || known.Body != unknown.Body {
		t.Errorf("a known address: %d\n%s\nan unknown one: %d\n%s", known.Status, known.Body, unknown.Status, unknown.Body)
	}
	if n := waiting(); n != 1 {
		t.Errorf("%d letters", n)
	}
	for range 4 {
		if page := ask("contributor-a@example.org"); page.Status != http.StatusOK || page.Body != known.Body {
			t.Errorf("once more: %d", page.Status)
		}
	}
	if n := waiting(); n != assessment.ForgottenByAccount {
		t.Errorf("%d letters in an hour", n)
	}
	if page := ask("not an address"); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("no address: %d", page.Status)
	}
	for i := 0; ; i++ {
		if page := ask("nobody@example.org"); page.Status == http.StatusTooManyRequests {
			break
		} else if i > assessment.ForgottenByOrigin {
			t.Fatal("an origin may ask without end")
		}
	}
	now = now.Add(time.Hour + time.Second)
	ask("contributor-a@example.org")
	if n := waiting(); n != assessment.ForgottenByAccount+1 {
		t.Errorf("%d letters an hour later", n)
	}
}

func TestViewsOfLinksAreLimited(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	coordinator := w.Client(apitest.CoordinatorA)
	one := address(t, coordinator.Post("/people", invitation("one@example.org", "contributor")))
	two := address(t, coordinator.Post("/people", invitation("two@example.org", "contributor")))
	for range assessment.ViewsByOrigin {
		if page := w.Client("").Get(one); page.Status != http.StatusOK {
			t.Fatalf("a view: %d", page.Status)
		}
	}
	page := w.Client("").Send(http.MethodGet, one, nil, http.Header{"X-Forwarded-For": {"203.0.113.9"}})
	if page.Status != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" {
		t.Errorf("one view too many: %d", page.Status)
	}
	if page := w.Client("").Get(two); page.Status != http.StatusOK {
		t.Errorf("a colleague's link in the same office: %d", page.Status)
	}
	for range assessment.ViewsByOrigin {
		w.Client("").Get("/links/forged")
	}
	if page := w.Client("").Get("/links/forged"); page.Status != http.StatusTooManyRequests {
		t.Errorf("guessing goes on: %d", page.Status)
	}
	now = now.Add(time.Hour + time.Second)
	if page := w.Client("").Get(one); page.Status != http.StatusOK {
		t.Errorf("an hour later: %d", page.Status)
	}
}

func TestTheTimeOfTheAnswerTellsNobodyWhoHasAnAccount(t *testing.T) {
	now := time.Now()
	w := apitest.With(t, apitest.Options{Now: func() time.Time { return now }})
	w.Pages.Crowd.Mail = true
	c := w.Client("")
	took := map[string]time.Duration{}
	const tries = 40
	emails := []string{"contributor-a@example.org", "nobody@example.org"}
	for i := range tries {
		if i%8 == 0 {
			now = now.Add(time.Hour + time.Second) // at most 20 from one origin in an hour
		}
		for _, email := range emails {
			began := time.Now()
			if page := c.Post("/forgotten", url.Values{"email": {email}}); page.Status != http.StatusOK {
				t.Fatalf("%d", page.Status)
			}
			took[email] += time.Since(began)
		}
	}
	known, unknown := took[emails[0]]/tries, took[emails[1]]/tries
	t.Logf("a known address takes %v, an unknown one %v", known, unknown)
	if mean := (known + unknown) / 2; (known - unknown).Abs() > mean/10 { // trust.md S10
		t.Errorf("a known address takes %v, an unknown one %v", known, unknown)
	}
}

func TestAnInvitationTellsNobodyWhoHasAnAccountElsewhere(t *testing.T) {
	ctx := context.Background()
	w := apitest.New(t)
	w.Pages.Crowd.Mail = true
	gone := account.Account{Email: "gone@example.org", Name: "Gone", Role: account.Contributor, City: w.Cities[1].ID, Language: "en", Password: "hash", Disabled: true}
	if _, err := w.Store.AddAccount(ctx, gone, assessment.Author{}); err != nil {
		t.Fatal(err)
	}
	w.Client(apitest.Analyst).Post("/people", func() url.Values {
		f := invitation("waits@example.org", "coordinator")
		f.Set("city", w.Cities[1].ID)
		return f
	}())
	letters := func(id string) (kinds []string) {
		for {
			l, found, err := w.Store.Claim(ctx, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if !found {
				return kinds
			}
			if err := w.Store.Sent(ctx, l.ID, time.Now()); err != nil {
				t.Fatal(err)
			}
			if l.Account == id {
				kinds = append(kinds, l.Kind)
			}
		}
	}
	for _, by := range []string{apitest.CoordinatorA, apitest.Analyst} {
		c := w.Client(by)
		form := func(email string) url.Values {
			f := invitation(email, "approver")
			f.Set("city", w.Cities[0].ID)
			return f
		}
		// ask invites, and gives back the answer without what differs from one invitation to the next.
		ask := func(email string) (page apitest.Page, path, id string) {
			page = c.Post("/people", form(email))
			path = address(t, page)
			team, err := w.Store.People(ctx, w.Accounts[apitest.CoordinatorA].Actor())
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range team {
				if a.Email == email && !assessment.Joined(a) {
					id = a.ID
				}
			}
			if id == "" {
				t.Fatalf("%s asks %s: %d\n%s", by, email, page.Status, page.Body)
			}
			page.Body = strings.NewReplacer(path, "/links/x", id, "id", email, "address").Replace(page.Body)
			return page, path, id
		}
		clear := func(id string) {
			if _, err := w.Store.Erase(ctx, id, assessment.Author{}, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		reader := w.Client("")
		unknown, path, id := ask("nobody@example.org")
		behind := strings.ReplaceAll(strings.ReplaceAll(reader.Get(path).Body, path, "/links/x"), "nobody@example.org", "address")
		contains(t, unknown.Body, "A letter with a link of its own follows", "An address opens one account only")
		contains(t, behind, "Marsa Selwa", "address")
		if got := letters(id); !slices.Equal(got, []string{"invite"}) {
			t.Errorf("letters to nobody@: %v", got)
		}
		clear(id)
		elsewhere := []string{"coordinator-b@example.org", "gone@example.org", "analyst@example.org", "admin@example.org"}
		if by == apitest.CoordinatorA {
			elsewhere = append(elsewhere, "waits@example.org") // whom the analyst invited, and sees
		} else {
			elsewhere = append(elsewhere, "contributor-a@example.org") // of whom an analyst reads no address
		}
		for _, email := range elsewhere {
			known, path, id := ask(email)
			// Those who left before stand in the list of a coordinator, with their number.
			if known.Status != unknown.Status || withoutFormer(known.Body) != withoutFormer(unknown.Body) {
				t.Errorf("%s asks %s: %d\n%s\nand somebody unknown: %d\n%s", by, email, known.Status, known.Body, unknown.Status, unknown.Body)
			}
			if got := strings.NewReplacer(path, "/links/x", email, "address").Replace(w.Client("").Get(path).Body); got != behind {
				t.Errorf("%s copies a link for %s and reads\n%s\nfor somebody unknown\n%s", by, email, got, behind)
			}
			if got := letters(id); !slices.Equal(got, []string{"invite"}) {
				t.Errorf("letters to %s: %v", email, got)
			}
			clear(id)
		}
	}
	c := w.Client(apitest.CoordinatorA)
	for _, email := range []string{"contributor-a@example.org", " Contributor-A@example.org"} {
		if page := c.Post("/people", invitation(email, "contributor")); page.Status != http.StatusConflict || !strings.Contains(page.Body, "exists already") {
			t.Errorf("an address of the own team: %d", page.Status)
		}
	}
	if page := w.Client(apitest.Admin).Post("/people", invitation("coordinator-b@example.org", "admin")); page.Status != http.StatusConflict {
		t.Errorf("an address that an administrator sees: %d", page.Status)
	}
}

// withoutFormer is a list of people without the lines of those who were erased, and without their number.
func withoutFormer(page string) string {
	rows := strings.Split(page, "<tr>")
	rows = slices.DeleteFunc(rows, func(r string) bool {
		return strings.Contains(r, "former contributor") && !strings.Contains(r, "</table>")
	})
	all := strings.Join(rows, "<tr>")
	before, after, _ := strings.Cut(all, `<h2 id="list">`)
	_, after, _ = strings.Cut(after, "</h2>")
	return before + after
}

func TestWhoeverOpensAnInvitationToAnAddressThatHasAnAccountIsToldSo(t *testing.T) {
	ctx := context.Background()
	w := apitest.New(t)
	const email = "coordinator-b@example.org"
	path := address(t, w.Client(apitest.CoordinatorA).Post("/people", invitation(email, "contributor")))
	invited := func() account.Account {
		team, err := w.Store.People(ctx, w.Accounts[apitest.CoordinatorA].Actor())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(team, func(a account.Account) bool { return a.Email == email })
		return team[i]
	}
	told := func(name string, page apitest.Page, status int, says string) {
		t.Helper()
		if page.Status != status || !strings.Contains(page.Body, says) || strings.Contains(page.Body, `name="password"`) || strings.Contains(page.Body, "Port Ondine") {
			t.Errorf("%s: %d\n%s", name, page.Status, page.Body)
		}
		lang := "en"
		if _, after, ok := strings.Cut(page.Body, `<html lang="`); ok {
			lang = after[:2]
		}
		for _, fault := range apitest.Unsound(page.Body, lang) {
			t.Error(name, fault)
		}
	}
	sent, _, err := w.Pages.Crowd.LetterLink(ctx, invited().ID, assessment.LetterInvite)
	if err != nil {
		t.Fatal(err)
	}
	posted := "/links/" + sent
	for lang, says := range map[string]string{"en": "Ask the person who invited you for an invitation to another address of yours.", "fr": "Cette adresse a déjà un compte",
		"es": "Esta dirección ya tiene una cuenta", "ar": "لهذا العنوان حساب من قبل"} {
		c := w.Client("")
		c.Get(posted + "?lang=" + lang)
		told("the link of the letter in "+lang, c.Get(posted), http.StatusOK, says)
	}
	reader := w.Client("")
	reader.Get(path + "?lang=en")
	told("accepting with the link of the letter", use(reader, posted, another, "Somebody"), http.StatusConflict, "already has an account")
	contains(t, reader.Get(path).Body, `name="password"`)
	told("accepting with the copied link", use(reader, path, another, "Somebody"), http.StatusConflict, "already has an account")
	told("the same again: it was not used up", use(reader, path, another, "Somebody"), http.StatusConflict, "already has an account")
	there := w.Client(apitest.CoordinatorB)
	own := there.Get(path)
	if own.Status != http.StatusOK || !strings.Contains(own.Body, "already has an account") || strings.Contains(own.Body, `name="password"`) {
		t.Errorf("whoever is signed in at the address: %d\n%s", own.Status, own.Body)
	}
	if page := w.Client(apitest.ContributorA).Get(posted); page.Status != http.StatusGone {
		t.Errorf("somebody else who is signed in: %d", page.Status)
	}
	if page := w.Client("").Post("/sign-in", credentials(email, apitest.Password)); page.Status != http.StatusSeeOther {
		t.Errorf("the account elsewhere does not open any more: %d", page.Status)
	}
	if a := invited(); assessment.Joined(a) || a.Name != "New colleague" {
		t.Errorf("the invitation is now %+v", a)
	}
	lines := w.Client(apitest.CoordinatorA).Get("/audit").Body
	if strings.Contains(lines, "elsewhere") || strings.Contains(lines, email) {
		t.Error("the log of the city tells of it")
	}

	first := address(t, w.Client(apitest.CoordinatorA).Post("/people", invitation("both@example.org", "contributor")))
	second := address(t, w.Client(apitest.CoordinatorB).Post("/people", invitation("both@example.org", "contributor")))
	if page := use(w.Client(""), second, another, "Somebody"); page.To() != "/assessments" {
		t.Fatalf("the first of two: %d to %q", page.Status, page.To())
	}
	reader = w.Client("")
	reader.Get(first + "?lang=en")
	told("the second of two", use(reader, first, another, "Somebody"), http.StatusConflict, "already has an account")
}
