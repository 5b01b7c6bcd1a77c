package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"migov/api/apitest"
	"migov/assessment/survey"
	"migov/data/locale"
)

// reader is somebody at a browser without script: it knows the page before it, and goes on only by the links and forms in it
// (trust.md 4.4, U1).
type reader struct {
	t      testing.TB
	w      *apitest.World
	client *apitest.Client
	words  *locale.Words
	at     *url.URL
	page   apitest.Page
	root   *html.Node
	typed  map[*html.Node]string
	file   map[*html.Node][2]string // name and content
}

func arrive(t testing.TB, w *apitest.World, lang string) *reader {
	t.Helper()
	r := &reader{t: t, w: w, client: w.Client(""), words: w.Pages.Site.Words.In(lang)}
	r.open(w.URL + "/?lang=" + lang)
	return r
}

// open reads an address that stands on a page or in a letter, and goes where it leads.
func (r *reader) open(address string) {
	r.t.Helper()
	r.load(http.MethodGet, address, nil, "")
}

func (r *reader) load(method, address string, body *bytes.Buffer, kind string) {
	r.t.Helper()
	for range 6 {
		to, err := url.Parse(address)
		if err != nil {
			r.t.Fatal(err)
		}
		if r.at != nil {
			to = r.at.ResolveReference(to)
		}
		if !strings.HasPrefix(to.String(), r.w.URL+"/") {
			r.t.Fatalf("%s leads to %s, off this site", r.at, to)
		}
		path := strings.TrimPrefix(to.String(), r.w.URL)
		path, _, _ = strings.Cut(path, "#")
		if body == nil {
			r.page = r.client.Get(path)
		} else {
			r.page = r.client.Send(method, path, body, http.Header{"Content-Type": {kind}, "Referer": {r.at.String()}})
		}
		r.at, body = to, nil
		if r.page.To() == "" {
			break
		}
		address = r.page.To()
	}
	if r.page.Status != http.StatusOK {
		r.t.Fatalf("%s: status %d\n%s", r.at, r.page.Status, words(parse(r.t, r.page.Body)))
	}
	r.root, r.typed, r.file = parse(r.t, r.page.Body), map[*html.Node]string{}, map[*html.Node][2]string{}
	if strings.HasPrefix(r.page.Header.Get("Content-Type"), "text/html") {
		lang := attr(all(r.root, func(n *html.Node) bool { return n.Data == "html" })[0], "lang")
		for _, wrong := range apitest.Unsound(r.page.Body, lang) {
			r.t.Errorf("%s: %s", r.at.Path, wrong)
		}
	}
}

func parse(t testing.TB, body string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// all lists the elements under one for which something holds.
func all(n *html.Node, holds func(*html.Node) bool) (found []*html.Node) {
	for x := range n.Descendants() {
		if x.Type == html.ElementNode && holds(x) {
			found = append(found, x)
		}
	}
	return found
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// words are what an element says.
func words(n *html.Node) string {
	var b strings.Builder
	for x := range n.Descendants() {
		if x.Type == html.TextNode {
			b.WriteString(x.Data + " ")
		}
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(b.String())), " ")
}

func (r *reader) sees(text string) {
	r.t.Helper()
	if !strings.Contains(words(r.root), strings.Join(strings.Fields(text), " ")) {
		r.t.Fatalf("%s does not say %q:\n%s", r.at, text, words(r.root))
	}
}

// follow follows the first link that says a text, or else says it among other words.
func (r *reader) follow(text string) {
	r.t.Helper()
	links := all(r.root, func(n *html.Node) bool { return n.Data == "a" && has(n, "href") })
	for _, fits := range []func(said, text string) bool{func(a, b string) bool { return a == b }, strings.Contains} {
		for _, a := range links {
			if fits(words(a), text) {
				r.open(attr(a, "href"))
				return
			}
		}
	}
	r.t.Fatalf("%s has no link %q:\n%s", r.at, text, words(r.root))
}

// input finds the input that a label is for.
func (r *reader) input(label string) *html.Node {
	r.t.Helper()
	labels := all(r.root, func(n *html.Node) bool { return n.Data == "label" && strings.HasPrefix(words(n), label) })
	slices.SortStableFunc(labels, func(a, b *html.Node) int { return len(words(a)) - len(words(b)) }) // exactly so, if there is one
	for _, l := range labels {
		inside := all(l, func(n *html.Node) bool { return n.Data == "input" })
		if len(inside) > 0 {
			return inside[0]
		}
		if found := all(r.root, func(n *html.Node) bool { return attr(n, "id") == attr(l, "for") }); len(found) > 0 {
			return found[0]
		}
	}
	r.t.Fatalf("%s has no input %q:\n%s", r.at, label, words(r.root))
	return nil
}

// fill types into the input of a label; choose takes the option of a list by its words; tick takes a choice by its label.
func (r *reader) fill(label, text string) { r.t.Helper(); r.typed[r.input(label)] = text }

func (r *reader) attach(label, name, content string) {
	r.t.Helper()
	r.file[r.input(label)] = [2]string{name, content}
}

func (r *reader) choose(label, option string) {
	r.t.Helper()
	list := r.input(label)
	for _, o := range all(list, func(n *html.Node) bool { return n.Data == "option" }) {
		if strings.Contains(words(o), option) {
			r.typed[list] = attr(o, "value")
			return
		}
	}
	r.t.Fatalf("%s: %q has no option %q: %s", r.at, label, option, words(list))
}

// level takes a level of an indicator.
func (r *reader) level(indicator, value string) {
	r.t.Helper()
	for _, n := range all(r.root, func(n *html.Node) bool { return n.Data == "input" && attr(n, "name") == indicator+".choice" }) {
		delete(r.typed, n)
		if attr(n, "value") == value {
			r.typed[n] = value
		}
	}
}

// press presses a button, the shortest that begins with a text and holds another: its form goes as a browser would send it.
func (r *reader) press(text string, holds ...string) {
	r.t.Helper()
	buttons := all(r.root, func(n *html.Node) bool {
		return n.Data == "button" && attr(n, "aria-hidden") == "" && strings.HasPrefix(words(n), text) && strings.Contains(words(n), strings.Join(holds, ""))
	})
	if len(buttons) == 0 {
		r.t.Fatalf("%s has no button %q:\n%s", r.at, text, words(r.root))
	}
	slices.SortStableFunc(buttons, func(a, b *html.Node) int { return len(words(a)) - len(words(b)) })
	button := buttons[0]
	form := r.formOf(button)
	fields := url.Values{}
	file := [3]string{}
	for _, n := range all(r.root, func(n *html.Node) bool { return has(n, "name") && !has(n, "disabled") && r.formOf(n) == form }) {
		name, kind := attr(n, "name"), attr(n, "type")
		value, touched := r.typed[n]
		switch {
		case n.Data == "button":
			if n == button {
				fields.Add(name, attr(n, "value"))
			}
		case kind == "file":
			file = [3]string{name, r.file[n][0], r.file[n][1]}
		case kind == "radio":
			if touched || has(n, "checked") && !r.other(n) {
				fields.Add(name, attr(n, "value"))
			}
		case kind == "checkbox":
			if touched || has(n, "checked") {
				fields.Add(name, attr(n, "value"))
			}
		case touched:
			fields.Add(name, strings.ReplaceAll(value, "\n", "\r\n"))
		case n.Data == "select":
			fields.Add(name, selected(n))
		case n.Data == "textarea":
			fields.Add(name, strings.TrimPrefix(raw(n), "\n"))
		case n.Data == "input":
			fields.Add(name, attr(n, "value"))
		}
	}
	to := attr(form, "action")
	if to == "" {
		to = r.at.String()
	}
	if !strings.EqualFold(attr(form, "method"), "post") {
		r.open(to + "?" + fields.Encode())
		return
	}
	if attr(form, "enctype") != "multipart/form-data" {
		r.load(http.MethodPost, to, bytes.NewBufferString(fields.Encode()), "application/x-www-form-urlencoded")
		return
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range fields {
		for _, v := range values {
			m.WriteField(name, v)
		}
	}
	f, err := m.CreateFormFile(file[0], file[1])
	if err != nil {
		r.t.Fatal(err)
	}
	f.Write([]byte(file[2]))
	m.Close()
	r.load(http.MethodPost, to, &b, m.FormDataContentType())
}

// formOf is the form that an input belongs to.
func (r *reader) formOf(n *html.Node) *html.Node {
	if id := attr(n, "form"); id != "" {
		for _, f := range all(r.root, func(x *html.Node) bool { return x.Data == "form" && attr(x, "id") == id }) {
			return f
		}
	}
	for x := range n.Ancestors() {
		if x.Data == "form" {
			return x
		}
	}
	return nil
}

// other tells whether another choice of the same name was taken.
func (r *reader) other(n *html.Node) bool {
	for x := range r.typed {
		if attr(x, "name") == attr(n, "name") {
			return true
		}
	}
	return false
}

func selected(list *html.Node) string {
	options := all(list, func(n *html.Node) bool { return n.Data == "option" })
	for _, o := range options {
		if has(o, "selected") {
			return attr(o, "value")
		}
	}
	if len(options) > 0 {
		return attr(options[0], "value")
	}
	return ""
}

func raw(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

func (r *reader) say(key string) string { return r.words.T(key) }

// signIn comes in by the form of the start page.
func (r *reader) signIn(name string) {
	r.t.Helper()
	r.fill(r.say("entry.email"), name+"@example.org")
	r.fill(r.say("entry.password"), apitest.Password)
	r.press(r.say("shell.sign_in"))
	if r.words.Lang() != "en" { // which the account has had until now
		r.follow(locale.Names[r.words.Lang()])
	}
}

// accept comes in by the address of an invitation.
func (r *reader) accept(address, name string) {
	r.t.Helper()
	r.open(address)
	r.fill(r.say("link.name"), name)
	r.fill(r.say("account.new"), "eleven brown rivers 5")
	r.fill(r.say("account.again"), "eleven brown rivers 5")
	r.press(r.say("link.accept"))
	r.press(r.say("entry.understood"))
}

// invite makes an invitation and returns its address.
func (r *reader) invite(name, role, department string) string {
	r.t.Helper()
	r.follow(r.say("shell.nav_people"))
	r.fill(r.say("people.name"), name)
	r.fill(r.say("people.email"), strings.ToLower(strings.Fields(name)[0])+"@city.example")
	r.choose(r.say("people.role"), r.say("shell.role_"+role))
	r.fill(r.say("people.department"), department)
	r.press(r.say("people.make"))
	return attr(r.input(r.say("people.link_address")), "value")
}

func TestACityDoesAllItsWorkWithoutScript(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) { journey(t, lang) })
	}
}

func journey(t *testing.T, lang string) {
	w := apitest.New(t)
	title := func(section string) string {
		said, _ := w.Instrument.Subcategory(section).Title.In(survey.Language(lang))
		return strings.Join(strings.Fields(said), " ")
	}
	question := func(indicator string) string {
		said, _ := w.Instrument.Indicator(indicator).Question.In(survey.Language(lang))
		return strings.Join(strings.Fields(said), " ")
	}
	coordinator := arrive(t, w, lang)
	coordinator.signIn(apitest.CoordinatorA)
	toContributor := coordinator.invite("Housing One", "contributor", "Housing")
	toApprover := coordinator.invite("Council One", "approver", "Council")

	contributor := arrive(t, w, lang)
	contributor.accept(toContributor, "Housing One")
	contributor.follow(title("MR.2"))
	contributor.level("MR-07", "3")
	contributor.fill(contributor.say("section.explain"), "Counters keep a log.\nثلاثة.") // of the first question
	contributor.press(contributor.say("section.save"))
	contributor.sees("Counters keep a log. ثلاثة.")
	contributor.press(contributor.say("evidence.attach") + " MR-07")
	contributor.attach(contributor.say("evidence.file"), "log.pdf", onePage)
	contributor.fill(contributor.say("evidence.passage"), "page 4")
	contributor.press(contributor.say("evidence.add_cite_do"))
	contributor.sees(contributor.say("evidence.standing_evidenced"))
	contributor.follow(contributor.say("evidence.back"))
	contributor.fill(contributor.say("talk.text")+" MR-07", "Who has the signed copy?")
	contributor.choose(contributor.say("talk.mention"), "Coordinator A")
	contributor.press(contributor.say("talk.post") + " MR-07")
	contributor.sees("Who has the signed copy?")

	coordinator.follow(coordinator.say("inbox.title"))
	coordinator.press(coordinator.say("inbox.open"))
	coordinator.sees("Who has the signed copy?")
	coordinator.fill(coordinator.say("talk.text"), "I have it.")
	coordinator.press(coordinator.say("talk.post_only"))
	coordinator.sees("I have it.")
	coordinator.follow(question("MR-07"))
	coordinator.follow(coordinator.say("parts.ask") + " MR-07")
	coordinator.choose(coordinator.say("parts.who"), "Housing One")
	coordinator.fill(coordinator.say("parts.due"), "2027-01-15")
	coordinator.press(coordinator.say("parts.save"))
	contributor.follow(contributor.say("inbox.title"))
	contributor.press(contributor.say("inbox.open"), "MR-07")
	contributor.sees("MR-07")

	coordinator.follow(coordinator.say("shell.nav_check"))
	coordinator.follow(coordinator.say("signoff.go"))
	coordinator.press(coordinator.say("signoff.ask"))
	approver := arrive(t, w, lang)
	approver.accept(toApprover, "Council One")
	approver.follow(approver.say("inbox.title"))
	approver.press(approver.say("inbox.open"), w.A.City.Name)
	approver.sees("MR-07")
	approver.press(approver.say("signoff.consent"))
	coordinator.follow(coordinator.say("shell.nav_check"))
	coordinator.press(coordinator.say("check.hand_in_do"))
	coordinator.sees(coordinator.say("receipt.lede"))
	coordinator.follow(coordinator.say("shell.nav_transfer"))
	coordinator.follow(coordinator.say("transfer.export_do"))
	if !strings.Contains(coordinator.page.Body, "MR-07,") || !strings.Contains(coordinator.page.Body, "Counters keep a log.") {
		t.Errorf("the export lacks the answer:\n%.400s", coordinator.page.Body)
	}

	analyst := arrive(t, w, lang)
	analyst.signIn(apitest.Analyst)
	analyst.follow(w.Round.Title)
	analyst.follow(w.A.City.Name)
	analyst.follow(analyst.say("shell.nav_assessment"))
	analyst.follow(title("MR.2"))
	analyst.sees("Counters keep a log.")
	analyst.press(analyst.say("evidence.verify"))
	analyst.sees(analyst.say("evidence.said_verified"))

	a, err := w.Store.Assessment(ctx, w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil || a.Open() || a.Answered != 1 {
		t.Errorf("%+v, %v", a, err)
	}
}
