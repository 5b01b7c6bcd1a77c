// Package problem turns faults into HTTP: a status, and for programs the body of RFC 9457.
package problem

import (
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"migov/assessment/fault"
	"migov/data/locale"
)

var statuses = map[fault.Kind]int{
	fault.Invalid:      http.StatusUnprocessableEntity,
	fault.NotFound:     http.StatusNotFound,
	fault.Forbidden:    http.StatusForbidden,
	fault.Unsigned:     http.StatusUnauthorized,
	fault.Conflict:     http.StatusConflict,
	fault.Mismatch:     http.StatusUnprocessableEntity,
	fault.Closed:       http.StatusLocked,
	fault.Precondition: http.StatusPreconditionRequired,
	fault.TooMany:      http.StatusTooManyRequests,
	fault.Full:         http.StatusInsufficientStorage,
	fault.Unavailable:  http.StatusServiceUnavailable,
}

// Refusal is a fault of HTTP itself, with a status of its own.
type Refusal struct {
	*fault.Fault
	Status int
}

// Unwrap returns the fault.
func (r Refusal) Unwrap() error { return r.Fault }

// Of returns the fault inside an error and its status. Any other error is ours: 500, said as "something went wrong".
func Of(err error) (*fault.Fault, int) {
	if r := (Refusal{}); errors.As(err, &r) {
		return r.Fault, r.Status
	}
	if f, ok := fault.As(err); ok {
		if status, ok := statuses[f.Kind]; ok {
			return f, status
		}
	}
	return fault.New("internal", "fault.internal", nil), http.StatusInternalServerError
}

// Detail is the body of a problem (RFC 9457), in the reader's language. Saved is false in every one of them: a client
// must never take a problem for a save.
type Detail struct {
	Type   string  `json:"type" doc:"a name of the kind of problem"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Detail string  `json:"detail" doc:"a sentence in the reader's language"`
	Code   string  `json:"code" doc:"the key of the message, the same in every language"`
	Saved  bool    `json:"saved" doc:"always false"`
	Errors []Place `json:"errors,omitempty"`
	Link   string  `json:"link,omitempty" doc:"the page of this site on which the person can go on"`
	Offset *int64  `json:"offset,omitempty" doc:"of an upload: the byte that is wanted next"`
}

// Place is one faulty place of what was sent.
type Place struct {
	Location string `json:"location" doc:"such as MR-01.value or row 12"`
	Message  string `json:"message"`
	Code     string `json:"code"`
}

// Error makes a Detail an error.
func (d *Detail) Error() string { return d.Code }

// GetStatus returns the HTTP status.
func (d *Detail) GetStatus() int { return d.Status }

// ContentType of a problem in JSON.
func (d *Detail) ContentType(string) string { return "application/problem+json" }

// For says an error in a language.
func For(err error, w *locale.Words) *Detail {
	f, status := Of(err)
	d := &Detail{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: Sentence(f, w), Code: f.Key}
	d.Link, _ = f.Args["Link"].(string)
	if at, ok := f.Args["Offset"].(int64); ok {
		d.Offset = &at
	}
	for _, x := range f.Fields {
		d.Errors = append(d.Errors, Place{Location: x.Name, Message: Field(x, w), Code: x.Key})
	}
	return d
}

// pause is how long a client waits before the next try, where nobody knows better.
const pause = 10 * time.Second

// RetryAfter is the value of that header for an error, in seconds (RFC 9110, section 10.2.3); empty where waiting does not help.
func RetryAfter(err error) string {
	f, status := Of(err)
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		return strconv.Itoa(int(math.Ceil(cmp.Or(f.Retry, pause).Seconds())))
	}
	return ""
}

// Sentence says a fault in a language.
func Sentence(f *fault.Fault, w *locale.Words) string { return w.With(f.Key, copied(f.Args)) }

// Field says a faulty place in a language.
func Field(x fault.Field, w *locale.Words) string { return w.With(x.Key, copied(x.Args)) }

// copied keeps the values of a fault as they are: a message turns numbers and dates into text.
func copied(args fault.Args) map[string]any {
	out := make(map[string]any, len(args))
	for k, v := range args {
		out[k] = v
	}
	return out
}

// Write sends an error as a problem in JSON.
func Write(rw http.ResponseWriter, err error, w *locale.Words) {
	d := For(err, w)
	body, marshalErr := json.Marshal(d)
	if marshalErr != nil {
		body = []byte(`{"status":500,"saved":false}`)
	}
	rw.Header().Set("Content-Type", "application/problem+json")
	rw.Header().Set("Cache-Control", "no-store")
	if wait := RetryAfter(err); wait != "" {
		rw.Header().Set("Retry-After", wait)
	}
	rw.WriteHeader(d.Status)
	rw.Write(body)
}
