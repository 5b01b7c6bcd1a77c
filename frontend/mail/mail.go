package mail

import (
	"bytes"
	"context"
	"embed"
	html "html/template"
	stdmail "net/mail"
	"net/url"
	"strings"
	text "text/template"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
)

//go:embed letter.txt letter.html
var files embed.FS

var (
	plainLetter = text.Must(text.ParseFS(files, "letter.txt"))
	htmlLetter  = html.Must(html.ParseFS(files, "letter.html"))
)

// Links makes the one-time links of letters, at the moment they are sent.
type Links interface {
	LetterLink(ctx context.Context, account, kind string) (secret string, life time.Duration, err error)
}

// Post composes letters and hands them to a mail server. It is an assessment.Carrier.
type Post struct {
	Server Server
	From   *stdmail.Address
	Base   string // address of this instance, without a slash at the end
	Key    string // of assessment.LetterToken
	Words  *locale.Bundle
	Links  Links
	Titles locale.Titles
}

// newsShown is how many notices a letter lists; it says how many more there are.
const newsShown = 20

// Page is what a letter says.
type Page struct {
	Lang, Dir  string
	Subject    string
	Paragraphs []locale.Sentence
	Items      []Item
	More       string // how many notices are not listed
	Act        Item   // the one thing to do
	Then       string // after the one thing to do
	Why        string // why this letter came
	Change     Item   // how to change how often letters come; empty for letters that were asked for
}

// Item is a sentence, or the words of a link, with its address.
type Item struct {
	Text locale.Sentence
	Href string
}

// whole is a sentence in the reader's language.
func whole(text string) locale.Sentence { return locale.Sentence{{Text: text}} }

// Compose puts a letter into words, in the language of the reader.
func (p Post) Compose(ctx context.Context, to account.Account, l assessment.Letter, news []assessment.Notice) (Page, error) {
	w := p.Words.In(string(to.Language))
	out := Page{Lang: w.Lang(), Dir: w.Dir(), Paragraphs: []locale.Sentence{whole(w.T("mail.hello", "Name", to.Name))}}
	if !l.Asked() {
		out.Why = w.T("mail.why_" + string(to.Mail))
		out.Change = Item{whole(w.T("mail.change")), p.changeAddress(to.ID)}
	}
	switch l.Kind {
	case assessment.LetterInvite, assessment.LetterReset:
		secret, life, err := p.Links.LetterLink(ctx, to.ID, l.Kind)
		if err != nil {
			return out, err
		}
		out.Subject = w.T("mail." + l.Kind + "_subject")
		out.Paragraphs = append(out.Paragraphs, whole(w.T("mail."+l.Kind)))
		out.Act = Item{whole(w.T("mail." + l.Kind + "_do")), p.Base + "/links/" + secret}
		out.Then = w.N("mail.once_minutes", int(life.Minutes()))
		if life >= 24*time.Hour {
			out.Then = w.N("mail.once_days", int(life.Hours()/24))
		}
		out.Why = w.T("mail." + l.Kind + "_why")
	case assessment.LetterDigest:
		out.Subject = w.N("mail.digest_subject", len(news))
		out.Paragraphs = append(out.Paragraphs, whole(w.N("mail.digest", len(news))))
		for i, n := range news {
			if i == newsShown {
				out.More = w.N("mail.more", len(news)-newsShown)
				break
			}
			out.Items = append(out.Items, Item{w.Notice(string(n.Kind), n.Args, p.Titles), p.Base + n.Href})
		}
		out.Act = Item{whole(w.T("mail.digest_do")), p.Base + "/inbox"}
	default:
		out.Subject = w.T("inbox.subject_" + l.Kind)
		out.Paragraphs = append(out.Paragraphs, w.Notice(l.Kind, l.Args, p.Titles))
		out.Act = Item{whole(w.T("mail.open")), p.Base + l.Href}
		if l.Asked() {
			out.Why = w.T("mail.security_why")
		}
	}
	return out, nil
}

func (p Post) changeAddress(account string) string {
	return p.Base + "/letters/" + url.PathEscape(assessment.LetterToken(p.Key, account))
}

// Open implements assessment.Carrier.
func (p Post) Open() assessment.Trip { return &trip{Post: p} }

type trip struct {
	Post
	line *line // nil before the first letter, and when it was cut
}

// Carry implements assessment.Trip.
func (t *trip) Carry(ctx context.Context, to account.Account, l assessment.Letter, news []assessment.Notice) error {
	page, err := t.Compose(ctx, to, l, news)
	if err != nil {
		return err
	}
	m, err := t.message(to, l, page)
	if err != nil {
		return err
	}
	return t.send(ctx, m)
}

// message makes the mail of a letter. Its id is that of the letter, so that one which goes out twice can be seen to be one.
func (p Post) message(to account.Account, l assessment.Letter, page Page) (*gomail.Msg, error) {
	var plain, rich bytes.Buffer
	if err := plainLetter.Execute(&plain, page); err != nil {
		return nil, err
	}
	if err := htmlLetter.Execute(&rich, page); err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&stdmail.Address{Name: oneLine(p.From.Name), Address: p.From.Address})
	if err := m.AddToFormat(oneLine(to.Name), to.Email); err != nil {
		return nil, err
	}
	m.Subject(oneLine(page.Subject))
	_, host, _ := strings.Cut(p.From.Address, "@")
	m.SetMessageIDWithValue(l.ID + "@" + host)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: out-of-office replies stay away
	m.SetGenHeader("Content-Language", page.Lang)
	if page.Change.Href != "" { // RFC 8058: the mail program offers it as one click
		m.SetGenHeader("List-Unsubscribe", "<"+page.Change.Href+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, plain.String())
	m.AddAlternativeString(gomail.TypeTextHTML, rich.String())
	return m, nil
}

// oneLine keeps a name or a subject from ending its line of the header.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
