// Package mail puts letters into words, in the reader's language, and hands them to a mail server. Letters are plain text
// with simple HTML beside it; they load nothing from elsewhere, and hold no answer and no text of a conversation.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	stdmail "net/mail"
	"net/url"
	"regexp"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is where letters are handed in.
type Server struct {
	Host     string
	Port     int
	User     string // empty: no sign-in
	Password string
	TLS      bool // from the first byte (smtps); otherwise STARTTLS
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
	all := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(patience), gomail.WithoutNoop()}
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

// send hands one letter to the server. When the context ends, the connection is cut wherever it stands.
func (s Server) send(ctx context.Context, m *gomail.Msg) error {
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		var c net.Conn
		var err error
		if plain := new(net.Dialer); s.TLS {
			c, err = (&tls.Dialer{NetDialer: plain, Config: &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}}).DialContext(dialing, network, address)
		} else {
			c, err = plain.DialContext(dialing, network, address)
		}
		if err == nil {
			context.AfterFunc(ctx, func() { c.Close() })
		}
		return c, err
	}
	client, err := gomail.NewClient(s.Host, append(s.options(), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, m)
	if m.IsDelivered() {
		return nil // what goes wrong while saying goodbye does not matter
	}
	if err == nil {
		return errors.New("the mail server did not say that it took the letter")
	}
	return errors.New(addresses.ReplaceAllString(err.Error(), "(an address)"))
}

// addresses are taken out of what a server says: no address of a person stands in a log.
var addresses = regexp.MustCompile(`[^\s<>"(]+@[^\s<>")]+`)

// patience is how long a step of the conversation with the server may take.
const patience = 20 * time.Second
