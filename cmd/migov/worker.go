package main

import (
	"context"
	"fmt"
	"log/slog"
	stdmail "net/mail"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"migov/assessment"
	"migov/assessment/account"
	"migov/data/locale"
	"migov/frontend/mail"
)

// Pauses of the work beside the server.
const (
	letterPause = 10 * time.Second // between two looks into the outbox
	chorePause  = 10 * time.Minute // between two looks whether a daily work is due
)

// postal is the mail server and the sender's address that the settings name; on is false where they name none.
func (s settings) postal() (server mail.Server, from *stdmail.Address, on bool, faults []string) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if s.SMTP == "" {
		if s.MailFrom != "" || s.SMTPPasswordFile != "" {
			add("MIGOV_MAIL_FROM and MIGOV_SMTP_PASSWORD_FILE need a mail server: set MIGOV_SMTP too.")
		}
		return server, nil, false, faults
	}
	password := ""
	if s.SMTPPasswordFile != "" {
		text, err := os.ReadFile(s.SMTPPasswordFile)
		if err != nil {
			add("The file of MIGOV_SMTP_PASSWORD_FILE cannot be read: %v.", err)
		}
		password = strings.TrimRight(string(text), "\r\n")
	}
	server, err := mail.ParseServer(s.SMTP, password)
	if err != nil {
		add("MIGOV_SMTP %v.", err) // its value holds a password
	}
	if from, err = mail.ParseFrom(s.MailFrom); err != nil {
		add("MIGOV_MAIL_FROM %q %v.", s.MailFrom, err)
	}
	return server, from, true, faults
}

// mailFlags adds the settings of letters to a command.
func (p *program) mailFlags(c *cobra.Command) {
	s := &p.settings
	p.text(c, &s.SMTP, "smtp", "", "the `URL` of a mail server: smtp://HOST:PORT or smtps://HOST:PORT; a password belongs into MIGOV_SMTP or a file")
	p.text(c, &s.SMTPPasswordFile, "smtp-password-file", "", "a `FILE` that holds the password of the mail server")
	p.text(c, &s.MailFrom, "mail-from", "", "the `ADDRESS` that letters come from")
}

// chore is work that is done once a day, by one instance.
type chore struct {
	name string
	do   func(ctx context.Context, now time.Time) error
}

// chores lists the daily work.
func (p *program) chores(k kept) []chore {
	besides := &assessment.Besides{Store: k.Store}
	parts := assessment.Parts{Store: k.Store, Besides: besides, Questionnaires: k.library, Now: time.Now}
	proofs := assessment.Proofs{Store: k.Store, Questionnaires: k.library, Now: time.Now}
	return append([]chore{
		{"remind", func(ctx context.Context, now time.Time) error { _, err := parts.Remind(ctx, now); return err }},
		{"expiring", func(ctx context.Context, now time.Time) error { _, err := proofs.Expire(ctx, now); return err }},
		{"sweep", func(ctx context.Context, now time.Time) error {
			return k.Store.Sweep(ctx, now.Add(-assessment.LettersKept), p.settings.SMTP == "")
		}},
	}, p.retain(k)...)
}

// work sends letters and does the daily work, beside the server, until the function it returns is called; that waits until
// what is under way has ended.
func (p *program) work(ctx context.Context, k kept, log *slog.Logger) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	stop = func() { cancel(); running.Wait() }
	every := func(pause time.Duration, do func()) {
		running.Go(func() {
			for timer := time.NewTimer(0); ; timer.Reset(pause) {
				select {
				case <-ctx.Done():
					return
				case <-timer.C:
					do()
				}
			}
		})
	}
	letters, err := p.letters(ctx, k, log)
	if err != nil {
		return stop, err
	}
	chores := p.chores(k)
	every(chorePause, func() { daily(ctx, k, chores, time.Now(), log) })
	if letters != nil {
		every(letterPause, func() {
			if err := letters.Work(ctx); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "the outbox cannot be read", "error", err)
			}
		})
	}
	return stop, nil
}

// daily does what is due. A work that fails is done again the next day: each of them catches up by itself.
func daily(ctx context.Context, k kept, chores []chore, now time.Time, log *slog.Logger) {
	due := assessment.LastDue(account.DailyMail, now)
	for _, c := range chores {
		mine, err := k.Store.Turn(ctx, c.name, due)
		if err == nil && mine {
			err = c.do(ctx, now)
		}
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "daily work failed", "work", c.name, "error", err)
		}
	}
}

// letters is what sends letters; nil when no mail server is set.
func (p *program) letters(ctx context.Context, k kept, log *slog.Logger) (*assessment.Letters, error) {
	server, from, on, _ := p.settings.postal() // checked before
	if !on {
		return nil, nil
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	key, err := assessment.LetterKey(ctx, k.Store)
	if err != nil {
		return nil, err
	}
	post := mail.Post{Server: server, From: from, Base: strings.TrimSuffix(p.settings.BaseURL, "/"), Key: key, Words: words, Links: crowd(k.Store), Titles: k.library.Title}
	return &assessment.Letters{Store: k.Store, Carrier: post, Now: time.Now, Failed: func(l assessment.Letter, err error) {
		log.WarnContext(ctx, "a letter could not be sent", "letter", l.ID, "kind", l.Kind, "attempt", l.Attempts, "error", err)
	}}, nil
}
