// Package fault is the one kind of error that may reach a person. A fault names what went wrong by a message key,
// so that it is said in the reader's language, and keeps its hidden cause for the log.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what sort of thing went wrong; api/problem gives each kind its HTTP status.
type Kind string

// The kinds of fault.
const (
	Invalid      Kind = "invalid"      // what was given cannot be accepted; the fields say why (422)
	NotFound     Kind = "not_found"    // there is no such thing, or the person may not know of it (404)
	Forbidden    Kind = "forbidden"    // the person may know of it, but not do this (403)
	Unsigned     Kind = "unsigned"     // nobody is signed in (401)
	Conflict     Kind = "conflict"     // somebody changed the same thing meanwhile (409)
	Mismatch     Kind = "mismatch"     // the same mutation id came with other content (422)
	Closed       Kind = "closed"       // the assessment is handed in and takes no changes (423)
	Precondition Kind = "precondition" // version or mutation id is missing (428)
	TooMany      Kind = "too_many"     // too many tries, wait (429)
	Full         Kind = "full"         // the disk is full (507)
	Unavailable  Kind = "unavailable"  // the store cannot be written or reached now (503)
)

// Args are the values a message takes, by name.
type Args map[string]any

// Field is one faulty place: the name of the input (an indicator id, a form field, "row 12") and the message about it.
type Field struct {
	Name string
	Key  string
	Args Args
}

// Fault is an error that a person can act on.
type Fault struct {
	Kind   Kind
	Key    string // message key in data/locale, such as "fault.level_range"
	Args   Args
	Fields []Field
	Retry  time.Duration // after which another try may succeed; zero when that is not known
	cause  error
}

// New returns a fault of a kind with a message key.
func New(kind Kind, key string, args Args) *Fault { return &Fault{Kind: kind, Key: key, Args: args} }

// Wrap returns a fault that hides a cause; the cause is for the log, never for the page.
func Wrap(cause error, kind Kind, key string, args Args) *Fault {
	return &Fault{Kind: kind, Key: key, Args: args, cause: cause}
}

// WithFields returns a copy of the fault that names the faulty places.
func (f *Fault) WithFields(fields ...Field) *Fault {
	c := *f
	c.Fields = append(append([]Field(nil), f.Fields...), fields...)
	return &c
}

// Error is for the log; people read the message of Key.
func (f *Fault) Error() string {
	s := string(f.Kind) + " " + f.Key
	for _, x := range f.Fields {
		s += fmt.Sprintf(" [%s: %s]", x.Name, x.Key)
	}
	if f.cause != nil {
		s += ": " + f.cause.Error()
	}
	return s
}

// Unwrap returns the hidden cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is tells whether an error is, or wraps, a fault of this kind.
func Is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}

// As returns the fault inside an error.
func As(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}
