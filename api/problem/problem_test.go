package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"migov/assessment/fault"
	"migov/data/locale"
)

func TestEveryKindOfFaultHasItsStatus(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Invalid: 422, fault.NotFound: 404, fault.Forbidden: 403, fault.Unsigned: 401, fault.Conflict: 409, fault.Mismatch: 422,
		fault.Closed: 423, fault.Precondition: 428, fault.TooMany: 429, fault.Full: 507, fault.Unavailable: 503,
	} {
		if _, got := Of(fmt.Errorf("wrapped: %w", fault.New(kind, "fault.forbidden", nil))); got != want {
			t.Errorf("%s is %d, wanted %d", kind, got, want)
		}
	}
	for says, err := range map[string]error{"any other error": errors.New("secret table name"), "an unknown kind": fault.New("odd", "fault.forbidden", nil)} {
		if f, got := Of(err); got != 500 || f.Key != "fault.internal" {
			t.Errorf("%s is %d, %s", says, got, f.Key)
		}
	}
}

func TestAProblemIsSaidWithoutItsCause(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	handedIn := fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	level := fault.New(fault.Invalid, "fault.answer", nil).WithFields(fault.Field{Name: "MR-01.value", Key: "fault.level_range", Args: fault.Args{"Value": "7"}})
	wait := fault.New(fault.TooMany, "fault.too_many_sign_ins", fault.Args{"Minutes": 15})
	wait.Retry = 15*time.Minute - time.Millisecond
	for _, c := range []struct {
		says       string
		err        error
		lang       string
		status     int
		code, part string
		retry      string
	}{
		{"a date in English", handedIn, "en", 423, "fault.handed_in", "24 November 2026", ""},
		{"a date in Arabic", handedIn, "ar", 423, "fault.handed_in", "24 نوفمبر 2026", ""},
		{"a place", level, "fr", 422, "fault.answer", "7", ""},
		{"a full disk", fault.Wrap(errors.New("secret"), fault.Full, "fault.disk_full", nil), "en", 507, "fault.disk_full", "no room", "10"},
		{"a store that is away", fault.Wrap(errors.New("secret"), fault.Unavailable, "fault.store_unavailable", nil), "en", 503, "fault.store_unavailable", "", "10"},
		{"a wait that is known", wait, "en", 429, "fault.too_many_sign_ins", "Wait 15 min", "900"},
		{"a wait that is not known", fault.New(fault.TooMany, "fault.too_many_sign_ins", nil), "en", 429, "fault.too_many_sign_ins", "", "10"},
		{"a mistake of ours", errors.New("secret"), "en", 500, "fault.internal", "", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			rw := httptest.NewRecorder()
			Write(rw, c.err, words.In(c.lang))
			var d Detail
			if err := json.Unmarshal(rw.Body.Bytes(), &d); err != nil {
				t.Fatal(err)
			}
			body := rw.Body.String()
			if rw.Code != c.status || d.Status != c.status || d.Code != c.code || d.Title != http.StatusText(c.status) || !strings.Contains(body, c.part) {
				t.Errorf("%d %s", rw.Code, body)
			}
			if strings.Contains(body, "secret") || !strings.Contains(body, `"saved":false`) {
				t.Errorf("%s", body)
			}
			h := rw.Header()
			if h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" || h.Get("Retry-After") != c.retry {
				t.Errorf("%v", h)
			}
		})
	}
	if d := For(level, words.In("en")); len(d.Errors) != 1 || d.Errors[0].Location != "MR-01.value" || d.Errors[0].Code != "fault.level_range" || !strings.HasPrefix(d.Errors[0].Message, "7 is not a level") {
		t.Errorf("%+v", d.Errors)
	}
}
