// Package mail puts letters into words, in the reader's language, and hands them to a mail server. Letters are plain text
// with simple HTML beside it; they load nothing from elsewhere, and hold no answer and no text of a conversation.
package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	stdmail "net/mail"
	"net/url"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"

	"migov/assessment"
)

// Server is where letters are handed in.
type Server struct {
	Host     string
	Port     int
	User     string // empty: no sign-in
	Password string
	TLS      bool          // from the first byte (smtps); otherwise STARTTLS
	Patience time.Duration // with which it is waited for; the usual one when zero
}

// Faults of addresses, each a sentence about its setting.
var (
	ErrServer = errors.New("is not an address such as smtp://user:password@mail.example.org:587 or smtps://mail.example.org:465")
	ErrFrom   = errors.New("is not an e-mail address such as migov@example.org or Name <migov@example.org>")
)

// ParseServer reads smtp://user:password@host:port or smtps://…; the port is 587 or 465 when it is left out. The password
// given beside it, if any, takes the place of the one in the address.
func ParseServer(address, password string) (Server, error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return Server{}, ErrServer
	}
	s := Server{Host: u.Hostname(), Port: 587, User: u.User.Username(), TLS: u.Scheme == "smtps"}
	if s.TLS {
		s.Port = 465
	}
	if u.Port() != "" {
		if s.Port, err = strconv.Atoi(u.Port()); err != nil || s.Port < 1 || s.Port > 65535 {
			return Server{}, ErrServer
		}
	}
	s.Password, _ = u.User.Password()
	if password != "" {
		s.Password = password
	}
	if (s.User == "") != (s.Password == "") {
		return Server{}, errors.New("names a user without a password, or a password without a user")
	}
	return s, nil
}

// ParseFrom reads the address that letters come from.
func ParseFrom(s string) (*stdmail.Address, error) {
	a, err := stdmail.ParseAddress(s)
	if err != nil {
		return nil, ErrFrom
	}
	return a, nil
}

// here tells whether the server is on this machine.
func (s Server) here() bool {
	ip := net.ParseIP(s.Host)
	return s.Host == "localhost" || ip != nil && ip.IsLoopback()
}

// options say how to talk to the server. A password never goes over an open line, except to a server on this machine.
func (s Server) options() []gomail.Option {
	all := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(cmp.Or(s.Patience, patience)), gomail.WithoutNoop()}
	if s.User == "" || s.TLS || s.here() { // over TLS from the first byte nothing is left to start
		all = append(all, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	} else {
		all = append(all, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User == "" {
		return all
	}
	how := gomail.SMTPAuthAutoDiscover
	if s.here() && !s.TLS {
		how = gomail.SMTPAuthPlain
	}
	return append(all, gomail.WithSMTPAuth(how), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
}

// line is a connection to a mail server.
type line struct {
	client *gomail.Client
	conn   *watched
	used   bool // a letter has gone over it
}

// watched is a connection that knows whether it broke.
type watched struct {
	net.Conn
	broken atomic.Bool
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if err != nil {
		w.broken.Store(true)
	}
	return n, err
}

func (w *watched) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	if err != nil {
		w.broken.Store(true)
	}
	return n, err
}

// connect opens a line. When the context ends meanwhile, it is cut wherever it stands.
func (s Server) connect(ctx context.Context) (*line, error) {
	l := &line{}
	held := func() bool { return true }
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		dialing, cancel := context.WithTimeout(dialing, dialTime)
		defer cancel()
		c, err := new(net.Dialer).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		held = context.AfterFunc(ctx, func() { c.Close() })
		l.conn = &watched{Conn: c}
		if !s.TLS {
			return l.conn, nil
		}
		sealed := tls.Client(l.conn, &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12})
		return sealed, sealed.HandshakeContext(dialing)
	}
	var err error
	if l.client, err = gomail.NewClient(s.Host, append(s.options(), gomail.WithDialContextFunc(dial))...); err != nil {
		return nil, err
	}
	err = l.client.DialWithContext(ctx)
	held()
	if err != nil && l.conn != nil {
		l.conn.Close()
	}
	return l, err
}

// close says goodbye on a line that still stands.
func (l *line) close() {
	if !l.conn.broken.Load() {
		_ = l.client.Close() // what goes wrong while saying goodbye does not matter
	}
	l.conn.Close()
}

// Close implements assessment.Trip.
func (t *trip) Close() {
	if t.line != nil {
		t.line.close()
	}
	t.line = nil
}

// send hands a letter to the server. A line that has carried letters and ends before this one has begun is opened anew:
// servers take so many over one line and no more.
func (t *trip) send(ctx context.Context, m *gomail.Msg) error {
	for {
		if t.line == nil {
			l, err := t.Server.connect(ctx)
			if err != nil {
				return away(err)
			}
			t.line = l
		}
		l := t.line
		held := context.AfterFunc(ctx, func() { l.conn.Close() })
		err := l.client.Send(m)
		if !held() {
			l.conn.broken.Store(true)
		}
		said := new(gomail.SendError)
		reply := errors.As(err, &said)
		gone := l.conn.broken.Load() || reply && said.ErrorCode() == 421 // RFC 5321, 4.2.3: the server closes the line
		if gone || err != nil && !m.IsDelivered() {
			t.Close()
		}
		switch {
		case m.IsDelivered():
			l.used = true
			return nil
		case err == nil:
			return errors.New("the mail server did not say that it took the letter")
		case gone && l.used && reply && said.Reason == gomail.ErrSMTPMailFrom && ctx.Err() == nil:
			continue
		case gone:
			return away(err)
		}
		return errors.New(withoutAddresses(err))
	}
}

func away(err error) error {
	return fmt.Errorf("%w: %s", assessment.ErrAway, withoutAddresses(err))
}

// addresses are taken out of what a server says: no address of a person stands in a log.
var addresses = regexp.MustCompile(`[^\s<>"(]+@[^\s<>")]+`)

func withoutAddresses(err error) string {
	return addresses.ReplaceAllString(err.Error(), "(an address)")
}

// How long it may take.
const (
	dialTime = 5 * time.Second  // to be connected
	patience = 20 * time.Second // to be let in; and to hand in a letter
)
