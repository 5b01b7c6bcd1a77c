package session

import (
	"net/http"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// Left tells whose session this is, when the account was ended while it went on: what such a person was writing is kept for
// the colleagues. The session must be valid in every other respect; a program's token never is.
func (s *Sessions) Left(r *http.Request) (a account.Account, ok bool, err error) {
	ctx, k := r.Context(), cardOf(r.Context())
	if k.Account == "" || r.Header.Get("Authorization") != "" {
		return a, false, nil
	}
	if a, err = s.people.Account(ctx, k.Account); err != nil {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return a, false, err
	}
	return a, a.Disabled && a.Former == 0 && stamp(a) == s.manager.GetString(ctx, stampKey), nil
}
