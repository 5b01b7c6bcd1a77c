package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	stdmail "net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/locale"
	"migov/data/store"
	"migov/data/store/storetest"
	"migov/frontend/mail"
)

// office is a mail server in the test's own process.
type office struct {
	mu       sync.Mutex
	refuse   error         // what RCPT is answered
	atData   error         // what the text is answered
	hang     chan struct{} // closed to let go; nil: no hanging
	received []string
	password string
	visits   int
}

func (o *office) NewSession(*smtp.Conn) (smtp.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.visits++
	return &visit{office: o, in: o.password == ""}, nil
}

func (o *office) set(change func()) { o.mu.Lock(); change(); o.mu.Unlock() }

func (o *office) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.received
	o.received = nil
	return out
}

type visit struct {
	*office
	in bool
}

func (v *visit) AuthMechanisms() []string {
	if v.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if v.in = user == "migov" && password == v.password; !v.in {
			return errors.New("no")
		}
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	if !v.in {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (v *visit) Rcpt(string, *smtp.RcptOptions) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.refuse
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	v.mu.Lock()
	hang, refused := v.hang, v.atData
	v.mu.Unlock()
	if hang != nil {
		<-hang
		return errors.New("too late")
	}
	if refused != nil {
		return refused
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.received = append(v.received, string(text))
	return nil
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// opened starts a mail server and returns its address as a setting.
func opened(t *testing.T, o *office) string {
	t.Helper()
	s := smtp.NewServer(o)
	s.Domain, s.AllowInsecureAuth = "localhost", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	if o.password != "" {
		return "smtp://migov:" + o.password + "@" + l.Addr().String()
	}
	return "smtp://" + l.Addr().String()
}

// links makes links that say what they are for.
type links struct{}

func (links) LetterLink(_ context.Context, account, kind string) (string, time.Duration, error) {
	return "secret-of-" + kind, assessment.LinkPurpose(kind).Life(), nil
}

func post(t *testing.T, address string) mail.Post {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	server, err := mail.ParseServer(address, "")
	if err != nil {
		t.Fatal(err)
	}
	return mail.Post{Server: server, From: &stdmail.Address{Name: "Self-assessment", Address: "migov@city.example"}, Base: "https://migov.example", Key: "k", Words: words, Links: links{}, Titles: titles}
}

// carry takes one letter to the server.
func carry(p mail.Post, ctx context.Context, to account.Account, l assessment.Letter, news []assessment.Notice) error {
	trip := p.Open()
	defer trip.Close()
	return trip.Carry(ctx, to, l, news)
}

// parts reads the plain text and the HTML of a letter.
func parts(t *testing.T, raw string) (header stdmail.Header, plain, rich string) {
	t.Helper()
	m, err := stdmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err, raw)
	}
	kind, args, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	for r := multipart.NewReader(m.Body, args["boundary"]); ; {
		part, err := r.NextRawPart()
		if err != nil {
			return m.Header, plain, rich
		}
		if got := part.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
			t.Fatalf("encoded as %s", got)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
			plain = string(text)
		} else {
			rich = string(text)
		}
	}
}

// titles knows one part by an Arabic and an English title and one indicator by an English one.
func titles(questionnaire, id, wish string) (string, string) {
	switch {
	case questionnaire != "q@1":
		return "", ""
	case id == "MR.1" && wish == "ar":
		return "الحقوق", "ar"
	case id == "MR.1":
		return "Rights & <duties>", "en"
	}
	return "Health", "en"
}

func args(kind assessment.NoticeKind) map[string]string {
	a := map[string]string{"City": "Marsa Selwa", "Part": "MR.1", "By": "Coordinator A", "From": "Contributor A", "Indicator": "MR-01", "Evidence": "Annual report", "Due": "2026-12-18"}
	if kind == assessment.NoticeSecurity {
		a["What"] = "account.password_done"
	}
	return a
}

func TestEveryLetterInEveryLanguage(t *testing.T) {
	o := &office{}
	p := post(t, opened(t, o))
	ctx := context.Background()
	var news []assessment.Notice
	for _, k := range assessment.NoticeKinds {
		news = append(news, assessment.Notice{Kind: k, Args: args(k), Href: "/assessments/1/talk"})
	}
	kinds := []string{assessment.LetterDigest, assessment.LetterInvite, assessment.LetterReset}
	for _, k := range assessment.NoticeKinds {
		kinds = append(kinds, string(k))
	}
	for _, lang := range survey.Languages {
		to := account.Account{ID: "p1", Name: "Contributor A", Email: "contributor@city.example", Language: lang, Mail: account.WeeklyMail}
		seen := map[string]bool{}
		for _, kind := range kinds {
			l := assessment.Letter{ID: "letter-" + kind, Account: to.ID, Kind: kind, Args: args(assessment.NoticeKind(kind)), Href: "/inbox"}
			if err := carry(p, ctx, to, l, news); err != nil {
				t.Fatal(kind, err)
			}
			raw := o.take()
			if len(raw) != 1 {
				t.Fatalf("%s: %d letters", kind, len(raw))
			}
			header, plain, rich := parts(t, raw[0])
			subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
			if err != nil || subject == "" || seen[subject] && kind != string(assessment.NoticeUnsent) {
				t.Errorf("%s in %s: subject %q (%v)", kind, lang, subject, err)
			}
			seen[subject] = true
			for _, text := range []string{subject, plain, rich} {
				for _, bad := range []string{"⟨", "<no value>", "%!", "{{", "ZgotmplZ"} {
					if strings.Contains(text, bad) {
						t.Errorf("%s in %s holds %q:\n%s", kind, lang, bad, text)
					}
				}
			}
			dir := "ltr"
			if lang == survey.Arabic {
				dir = "rtl"
			}
			if !strings.Contains(rich, `<html lang="`+string(lang)+`" dir="`+dir+`">`) || header.Get("Content-Language") != string(lang) {
				t.Errorf("%s in %s does not say its language", kind, lang)
			}
			for _, remote := range []string{"src=", "<img", "<link", "<script", "style"} {
				if strings.Contains(rich, remote) {
					t.Errorf("%s holds %s", kind, remote)
				}
			}
			change := "https://migov.example/letters/" + assessment.LetterToken("k", "p1")
			asked := l.Asked()
			if got := strings.Contains(plain, change) && strings.Contains(rich, change) && header.Get("List-Unsubscribe") == "<"+change+">"; got == asked {
				t.Errorf("%s in %s: the address to change letters is there: %v", kind, lang, got)
			}
			if !strings.Contains(plain, "https://migov.example/") || header.Get("Message-Id") != "<letter-"+kind+"@city.example>" {
				t.Errorf("%s in %s leads nowhere, or is called %s", kind, lang, header.Get("Message-Id"))
			}
		}
	}
}

func TestWhatALetterSays(t *testing.T) {
	p := post(t, "smtp://127.0.0.1")
	to := func(lang survey.Language) account.Account {
		return account.Account{ID: "p1", Name: "A", Email: "a@city.example", Language: lang, Mail: account.EachMail}
	}
	for _, test := range []struct {
		name string
		lang survey.Language
		l    assessment.Letter
		want string
	}{
		{"a day is written as the language does", survey.French, assessment.Letter{Kind: "due", Args: args("due")}, "18 décembre 2026"},
		{"a part without a day", survey.English, assessment.Letter{Kind: "assigned", Args: map[string]string{"By": "B", "Part": "MR.1", "City": "C"}}, "\u2068B\u2069 gave you the part \u2068MR.1\u2069 in \u2068C\u2069."},
		{"somebody from outside has a role", survey.Arabic, assessment.Letter{Kind: "replied", Args: map[string]string{"Role": "analyst", "Indicator": "MR-01", "City": "C"}}, "محلل"},
		{"a part is called by its title, with the id after", survey.English, assessment.Letter{Kind: "assigned", Args: map[string]string{"By": "B", "Part": "MR.1", "Questionnaire": "q@1", "City": "C"}}, "\u2068B\u2069 gave you the part \u2068\u2068Rights & <duties>\u2069 (MR.1)\u2069 in \u2068C\u2069."},
		{"in the reader's language", survey.Arabic, assessment.Letter{Kind: "due", Args: map[string]string{"Part": "MR.1", "Questionnaire": "q@1", "City": "C", "Due": "2026-12-18"}}, "\u2068\u2068الحقوق\u2069 (MR.1)\u2069"},
		{"of many parts three are named", survey.English, assessment.Letter{Kind: "taken_back", Args: map[string]string{"By": "B", "Part": "MR.1, MR.2, MR.3, MR.4, MR.5", "Questionnaire": "q@1", "City": "C"}}, "(MR.3)\u2069, and 2 more in"},
		{"an unknown questionnaire leaves the id", survey.English, assessment.Letter{Kind: "challenged", Args: map[string]string{"By": "B", "Indicator": "MR-01", "Questionnaire": "q@2", "City": "C"}}, "The answer to \u2068MR-01\u2069 in"},
		{"an invitation lasts seven days", survey.Arabic, assessment.Letter{Kind: "invite"}, "خلال 7 أيام"},
		{"a reset lasts thirty minutes", survey.English, assessment.Letter{Kind: "reset"}, "within 30 minutes"},
	} {
		page, err := p.Compose(context.Background(), to(test.lang), test.l, nil)
		if err != nil {
			t.Fatal(err)
		}
		if all := said(page) + page.Then; !strings.Contains(all, test.want) {
			t.Errorf("%s: %q lacks %q", test.name, all, test.want)
		}
	}
	many := make([]assessment.Notice, 25)
	for i := range many {
		many[i] = assessment.Notice{Kind: "replied", Args: args("replied"), Href: "/x"}
	}
	page, _ := p.Compose(context.Background(), to(survey.English), assessment.Letter{Kind: assessment.LetterDigest}, many)
	if len(page.Items) != 20 || page.More != "5 more notices stand in your inbox." || page.Subject != "25 unread notices" {
		t.Errorf("%d of 25 notices, %q, %q", len(page.Items), page.More, page.Subject)
	}
}

func said(page mail.Page) string {
	var all []string
	for _, p := range page.Paragraphs {
		all = append(all, p.String())
	}
	return strings.Join(all, "\n")
}

func TestATitleThatIsNotTranslatedIsMarkedInTheLetter(t *testing.T) {
	o := &office{}
	p := post(t, opened(t, o))
	to := account.Account{ID: "p1", Name: "A", Email: "a@city.example", Language: survey.French, Mail: account.EachMail}
	l := assessment.Letter{ID: "x", Kind: "due", Args: map[string]string{"Part": "MR.1, MR.2", "Questionnaire": "q@1", "City": "C", "Due": "2026-12-18"}}
	if err := carry(p, context.Background(), to, l, nil); err != nil {
		t.Fatal(err)
	}
	_, plain, rich := parts(t, o.take()[0])
	if !strings.Contains(rich, "<span lang=\"en\">\u2068Rights &amp; &lt;duties&gt;\u2069</span> (MR.1)") || !strings.Contains(rich, "<span lang=\"en\">\u2068Health\u2069</span> (MR.2)") {
		t.Errorf("the title is not marked:\n%s", rich)
	}
	if !strings.Contains(plain, "Rights & <duties>\u2069 (MR.1)") {
		t.Errorf("the plain letter lacks the title:\n%s", plain)
	}
}

func TestNamesDoNotBreakTheHeader(t *testing.T) {
	o := &office{}
	p := post(t, opened(t, o))
	for _, name := range []string{"A\r\nBcc: evil@example.org", "A\nSubject: other", `"A" <evil@example.org>`, "مرحبا, x@y", "A\u2028B", strings.Repeat("ب", 200)} {
		to := account.Account{ID: "p", Name: name, Email: "a@city.example", Language: survey.English, Mail: account.EachMail}
		if err := carry(p, context.Background(), to, assessment.Letter{ID: "x", Kind: "replied", Args: map[string]string{"By": name, "City": name}}, nil); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		header, plain, rich := parts(t, o.take()[0])
		list, err := header.AddressList("To")
		if err != nil || len(list) != 1 || list[0].Address != "a@city.example" || header.Get("Bcc") != "" || header.Get("Subject") != "There is a reply in a conversation" {
			t.Errorf("%q: to %v (%v), header %v", name, list, err, header)
		}
		if strings.Contains(rich, "<evil") || plain == "" {
			t.Errorf("%q stands in the HTML as it is", name)
		}
	}
}

func TestTheServerTheSettingsName(t *testing.T) {
	for _, test := range []struct {
		address, password string
		want              mail.Server
		fault             bool
	}{
		{"smtp://mail.example.org", "", mail.Server{Host: "mail.example.org", Port: 587}, false},
		{"smtps://mail.example.org", "", mail.Server{Host: "mail.example.org", Port: 465, TLS: true}, false},
		{"smtp://u:p%40w@mail.example.org:25", "", mail.Server{Host: "mail.example.org", Port: 25, User: "u", Password: "p@w"}, false},
		{"smtp://u@mail.example.org", "from a file", mail.Server{Host: "mail.example.org", Port: 587, User: "u", Password: "from a file"}, false},
		{"smtp://u@mail.example.org", "", mail.Server{}, true},
		{"mail.example.org:25", "", mail.Server{}, true},
		{"http://mail.example.org", "", mail.Server{}, true},
		{"smtp://:25", "", mail.Server{}, true},
		{"smtp://mail.example.org/x", "", mail.Server{}, true},
		{"smtp://mail.example.org:99999", "", mail.Server{}, true},
		{"smtp://mail.example.org?tls=off", "", mail.Server{}, true},
	} {
		got, err := mail.ParseServer(test.address, test.password)
		if (err != nil) != test.fault || err == nil && got != test.want {
			t.Errorf("%s: %+v, %v", test.address, got, err)
		}
	}
	for _, bad := range []string{"", "migov", "a@b\r\nBcc: c@d", "a@b, c@d"} {
		if _, err := mail.ParseFrom(bad); err == nil {
			t.Errorf("%q passes for a sender", bad)
		}
	}
}

func TestAPasswordNeverGoesOverAnOpenLine(t *testing.T) {
	o := &office{password: "secret"}
	address := opened(t, o)
	to := account.Account{ID: "p", Name: "A", Email: "a@city.example", Language: survey.English}
	l := assessment.Letter{ID: "x", Kind: "invite"}
	if err := carry(post(t, address), context.Background(), to, l, nil); err != nil || len(o.take()) != 1 {
		t.Errorf("on this machine: %v", err)
	}
	p := post(t, address)
	p.Server.Password = "wrong"
	if err := carry(p, context.Background(), to, l, nil); err == nil {
		t.Error("a wrong password is no failure")
	}
	p = post(t, address)
	p.Server.Host = "0.0.0.0" // the same machine, by an address that is not known to be it
	if err := carry(p, context.Background(), to, l, nil); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("over an open line: %v", err)
	}
}

// delivery is a letter in a real outbox, a real server, and a clock that the test moves.
type delivery struct {
	o       *office
	s       *store.Store
	now     time.Time
	faults  []string
	letters *assessment.Letters
	world   *storetest.World
}

func newDelivery(t *testing.T, s *store.Store) *delivery {
	t.Helper()
	w := storetest.Populate(t, s)
	ctx := context.Background()
	d := &delivery{o: &office{}, s: s, now: storetest.Now}
	if err := s.SetMail(ctx, w.Coordinator.Account, account.EachMail); err != nil {
		t.Fatal(err)
	}
	talk := assessment.Talk{Store: s, Besides: &assessment.Besides{Store: s}, Questionnaires: w.Library, Now: func() time.Time { return d.now }}
	if _, err := talk.Say(ctx, w.Contributor, w.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "canary text", Mentions: []string{w.Coordinator.Account}}); err != nil {
		t.Fatal(err)
	}
	d.world = w
	d.letters = &assessment.Letters{Store: s, Carrier: post(t, opened(t, d.o)), Now: func() time.Time { return d.now },
		Failed: func(_ assessment.Letter, err error) { d.faults = append(d.faults, err.Error()) }}
	return d
}

func (d *delivery) work(t *testing.T, later time.Duration) []string {
	t.Helper()
	d.now = d.now.Add(later)
	if err := d.letters.Work(context.Background()); err != nil {
		t.Fatal(err)
	}
	return d.o.take()
}

func TestAServerThatRefusesOrHangsGetsTheLetterLater(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, code := range []int{421, 451, 550, 554} {
			t.Run(strconv.Itoa(code), func(t *testing.T) {
				d := newDelivery(t, storetest.Open(t, s.Engine()))
				refusal := &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "not for <someone@city.example>"}
				d.o.set(func() { d.o.refuse = refusal })
				if got := d.work(t, 0); got != nil || len(d.faults) != 1 || strings.Contains(d.faults[0], "@") || !strings.Contains(d.faults[0], strconv.Itoa(code)) {
					t.Fatalf("%v, %v", got, d.faults)
				}
				d.o.set(func() { d.o.refuse, d.o.atData = nil, refusal })
				if got := d.work(t, time.Minute); got != nil || len(d.faults) != 2 {
					t.Fatalf("%v, %v", got, d.faults)
				}
				d.o.set(func() { d.o.atData = nil })
				got := d.work(t, 24*time.Hour)
				if len(got) != 1 || strings.Contains(got[0], "canary") {
					t.Fatalf("back after a day: %v", got)
				}
				if again := d.work(t, 24*time.Hour); again != nil {
					t.Error("it is sent again")
				}
			})
		}
	})
}

func TestAServerThatHangsIsLeft(t *testing.T) {
	d := newDelivery(t, storetest.Open(t, store.SQLite))
	d.o.set(func() { d.o.hang = make(chan struct{}) })
	p := d.letters.Carrier.(mail.Post)
	p.Server.Patience = 200 * time.Millisecond
	d.letters.Carrier = p
	if got := d.work(t, 0); got != nil || len(d.faults) != 1 {
		t.Fatalf("%v, %v", got, d.faults)
	}
	d.o.set(func() { close(d.o.hang); d.o.hang = nil })
	if got := d.work(t, time.Minute); len(got) != 1 {
		t.Errorf("when it answers again: %d letters, %v", len(got), d.faults)
	}
	if assessment.LetterTime >= assessment.LetterLease {
		t.Error("an attempt may take longer than its lease")
	}
}

func TestAWorkerKilledAfterTheServerTookTheLetterSendsItOnceMore(t *testing.T) {
	d := newDelivery(t, storetest.Open(t, store.SQLite))
	l, found, err := d.s.Claim(context.Background(), d.now)
	if !found || err != nil {
		t.Fatal(found, err)
	}
	to, err := d.s.Account(context.Background(), l.Account)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.letters.Carrier.Open().Carry(context.Background(), to, l, nil); err != nil { // and then it is killed
		t.Fatal(err)
	}
	first := d.o.take()
	second := d.work(t, assessment.LetterLease)
	if len(first) != 1 || len(second) != 1 {
		t.Fatalf("%d and %d letters", len(first), len(second))
	}
	a, _, _ := parts(t, first[0])
	b, _, _ := parts(t, second[0])
	if a.Get("Message-Id") != b.Get("Message-Id") || a.Get("Message-Id") == "" {
		t.Error("both cannot be seen to be one letter")
	}
}

func TestAWorkerThatIsStoppedWhileTheServerHangsLosesNothing(t *testing.T) {
	d := newDelivery(t, storetest.Open(t, store.SQLite))
	d.o.set(func() { d.o.hang = make(chan struct{}) })
	ctx, stop := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer stop()
	if err := d.letters.Work(ctx); err != nil {
		t.Fatal(err)
	}
	d.o.set(func() { close(d.o.hang); d.o.hang = nil })
	if got := d.work(t, assessment.LetterLease); len(got) != 1 || !slices.Equal(d.faults, nil) {
		t.Errorf("%d letters, %v", len(got), d.faults)
	}
}

// more lets the contributor name the coordinator n times more: each makes a letter.
func (d *delivery) more(t *testing.T, n int) {
	t.Helper()
	talk := assessment.Talk{Store: d.s, Besides: &assessment.Besides{Store: d.s}, Questionnaires: d.world.Library, Now: func() time.Time { return d.now }}
	for range n {
		if _, err := talk.Say(context.Background(), d.world.Contributor, d.world.Mine.ID, assessment.Remark{Indicator: "AA-01", Body: "once more", Mentions: []string{d.world.Coordinator.Account}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABatchGoesOverAFewLines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := newDelivery(t, s)
		d.more(t, 19)
		got := d.work(t, 0)
		ids := map[string]bool{}
		for _, raw := range got {
			header, _, _ := parts(t, raw)
			ids[header.Get("Message-Id")] = true
		}
		if len(got) != 20 || len(ids) != 20 || len(d.faults) > 0 {
			t.Errorf("%d letters, %d different ones, %v", len(got), len(ids), d.faults)
		}
		if d.o.set(func() {}); d.o.visits < 1 || d.o.visits > 3 {
			t.Errorf("%d lines for 20 letters", d.o.visits)
		}
	})
}

func TestALetterThatIsRefusedDoesNotStopTheOthers(t *testing.T) {
	d := newDelivery(t, storetest.Open(t, store.SQLite))
	d.more(t, 4)
	d.o.set(func() {
		d.o.refuse = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "unknown"}
	})
	if got := d.work(t, 0); got != nil || len(d.faults) != 5 {
		t.Errorf("%d letters, %d refused, want each of 5 tried", len(got), len(d.faults))
	}
}

// TestADeadServerCostsOneConnectionATurn counts connections to a server that takes them and says nothing.
func TestADeadServerCostsOneConnectionATurn(t *testing.T) {
	d := newDelivery(t, storetest.Open(t, store.SQLite))
	d.more(t, 9)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	calls := make(chan net.Conn, 100)
	go func() {
		for {
			c, err := dead.Accept()
			if err != nil {
				return
			}
			calls <- c // kept open, and never answered
		}
	}()
	alive := d.letters.Carrier
	p := post(t, "smtp://"+dead.Addr().String())
	p.Server.Patience = 300 * time.Millisecond
	d.letters.Carrier = p
	for turn, step := range []struct {
		later time.Duration
		calls int
	}{{0, 1}, {10 * time.Second, 1}, {15 * time.Second, 2}, {25 * time.Second, 2}, {25 * time.Second, 3}} {
		if got := d.work(t, step.later); got != nil || len(calls) != step.calls || len(d.faults) != step.calls {
			t.Fatalf("turn %d: %d letters, %d connections, want %d, %v", turn, len(got), len(calls), step.calls, d.faults)
		}
	}
	for _, said := range d.faults {
		if !strings.HasPrefix(said, assessment.ErrAway.Error()) {
			t.Errorf("it is said as %q", said)
		}
	}
	d.letters.Carrier = alive
	if got := d.work(t, 8*time.Minute); len(got) != 10 {
		t.Errorf("when it is back: %d of 10 letters", len(got))
	}
}
