package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data/store"
)

// postbox is a mail server that keeps what it gets.
type postbox struct {
	mu   sync.Mutex
	got  []string
	seen chan struct{}
}

func (b *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return b, nil }
func (b *postbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (b *postbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (b *postbox) Reset()                                      {}
func (b *postbox) Logout() error                               { return nil }
func (b *postbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	b.mu.Lock()
	b.got = append(b.got, string(text))
	b.mu.Unlock()
	b.seen <- struct{}{}
	return err
}

func TestAnInvitationGoesOutBesideTheServer(t *testing.T) {
	b := &postbox{seen: make(chan struct{}, 10)}
	server := smtp.NewServer(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	defer server.Close()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "m.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	library, err := assessment.NewLibrary()
	if err != nil {
		t.Fatal(err)
	}
	k := kept{Store: s, library: library}
	p := &program{settings: settings{SMTP: "smtp://" + l.Addr().String(), MailFrom: "migov@city.example", BaseURL: "https://migov.example/"}}
	if _, _, on, faults := p.settings.postal(); !on || len(faults) > 0 {
		t.Fatal(faults)
	}
	people := crowd(s)
	people.Mail = true
	a, copied, err := people.Invite(ctx, account.Account{Email: "admin@city.example", Name: "Administrator", Role: account.Admin, Language: survey.French}, byOperator)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := p.work(ctx, k, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.seen:
	case <-time.After(20 * time.Second):
		t.Fatal("no letter")
	}
	stop()
	if len(b.got) != 1 || !strings.Contains(b.got[0], "https://migov.example/links/") || !strings.Contains(b.got[0], "To: \"Administrator\" <admin@city.example>") {
		t.Errorf("letters: %q", b.got)
	}
	if strings.Contains(b.got[0], copied) {
		t.Error("the letter holds the link that was shown for copying: it would have to be kept in the database")
	}
	_, address, _ := strings.Cut(strings.ReplaceAll(b.got[0], "=\r\n", ""), "https://migov.example/links/")
	secret, _, _ := strings.Cut(address, "\r\n")
	o, err := people.Peek(ctx, account.Actor{}, secret, "test")
	if err != nil || o.Account.ID != a.ID {
		t.Errorf("the link of the letter leads to %q (%v)", o.Account.ID, err)
	}
}

func TestDailyWork(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "m.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var done []string
	chores := []chore{
		{"fails", func(context.Context, time.Time) error { done = append(done, "fails"); return errors.New("no") }},
		{"works", func(context.Context, time.Time) error { done = append(done, "works"); return nil }},
	}
	day := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		now  time.Time
		want []string
	}{
		{day.Add(-time.Second), []string{"fails", "works"}}, // of the day before, which was missed
		{day, []string{"fails", "works"}},
		{day.Add(10 * time.Minute), nil},
		{day.AddDate(0, 0, -3), nil}, // a clock set back
		{day.AddDate(0, 0, 1), []string{"fails", "works"}},
	} {
		done = nil
		daily(ctx, kept{Store: s}, chores, step.now, slog.New(slog.DiscardHandler))
		if !slices.Equal(done, step.want) {
			t.Errorf("at %v: %v, want %v", step.now, done, step.want)
		}
	}
}

func TestWithoutAMailServerNoLetterPilesUp(t *testing.T) {
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "m.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	library, err := assessment.NewLibrary()
	if err != nil {
		t.Fatal(err)
	}
	people := crowd(s)
	people.Mail = true // as it was when a mail server was set
	if _, _, err := people.Invite(ctx, account.Account{Email: "admin@city.example", Name: "Administrator", Role: account.Admin, Language: survey.English}, byOperator); err != nil {
		t.Fatal(err)
	}
	k, p := kept{Store: s, library: library}, &program{}
	daily(ctx, k, p.chores(k), time.Now(), slog.New(slog.DiscardHandler))
	if _, found, err := s.Claim(ctx, time.Now().Add(time.Hour)); found || err != nil {
		t.Errorf("a letter still waits: %v %v", found, err)
	}
}
