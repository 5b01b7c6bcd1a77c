package apitest

import (
	"net/http"
	"testing"
)

func TestEverybodyOfTheTestWorldSignsIn(t *testing.T) {
	w := New(t)
	for _, name := range []string{Admin, Analyst, CoordinatorA, ContributorA, CoordinatorB} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			if page := w.Client(name).Get("/sign-in"); page.Status != http.StatusSeeOther || page.To() == "" {
				t.Errorf("somebody signed in is asked to sign in again: %d to %q", page.Status, page.To())
			}
		})
	}
	t.Run("a visitor is led to the sign-in page", func(t *testing.T) {
		if page := w.Client("").Get("/notice"); page.To() != "/sign-in?to=%2Fnotice" {
			t.Errorf("led to %q", page.To())
		}
	})
}
