package frontend_test

import (
	"time"

	"migov/frontend"
)

func init() {
	soon := time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)
	samples["link"] = []func(frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Invitation{Frame: f, Role: "admin"} },
		func(f frontend.Frame) any { return frontend.Invitation{Frame: f, Role: "admin", Invited: true} },
		func(f frontend.Frame) any {
			return frontend.Invitation{Frame: f, Email: "a@example.org", Role: "contributor", Invited: true, Taken: true}
		},
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#password", Text: "short"}, {Href: "#password_again", Text: "differs"}, {Href: "#name", Text: "wrong"}}
			return frontend.Invitation{Frame: f, Secret: "s", Name: hostile, Email: "a@example.org", Role: "contributor", Invited: true, Asks: hostile, City: hostile,
				Round: hostile, Due: soon, Questions: 90, Dimensions: 6, Instrument: "/instruments/x@1", Effort: hostile, Expires: soon,
				Marks: frontend.Marks{"name": "wrong", "password": "short", "password_again": "differs"}}
		},
	}
	samples["gone"] = plain()
	samples["forgotten"] = []func(frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Forgotten{Frame: f} },
		func(f frontend.Frame) any { return frontend.Forgotten{Frame: f, Letters: true, Sent: true} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#email", Text: "wrong"}}
			return frontend.Forgotten{Frame: f, Letters: true, Email: hostile}
		},
	}
	samples["people"] = []func(frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.People{Frame: f} },
		func(f frontend.Frame) any {
			marks := frontend.Marks{}
			for _, name := range []string{"name", "email", "role", "department", "city", "round", "language"} {
				f.Faults = append(f.Faults, frontend.Fault{Href: "#" + name, Text: "wrong"})
				marks[name] = "x"
			}
			return frontend.People{Frame: signed(f), Role: "admin", Manages: true, Letters: true, Marks: marks,
				Link:  frontend.OneTimeLink{Address: "http://x/links/s", Name: hostile, Days: 7, Sent: true},
				Form:  frontend.PersonForm{Name: hostile, Role: "analyst", Language: "fr", Department: hostile},
				Roles: []string{"analyst", "coordinator"}, Cities: []frontend.Spot{{ID: "1", Name: hostile, Chosen: true}}, Rounds: []frontend.Spot{{ID: "2", Name: "2026"}},
				People: []frontend.Person{{ID: "1", Name: hostile, Role: "admin", State: "active", Self: true, Department: hostile},
					{ID: "2", Name: "b", Role: "coordinator", State: "waiting", Places: []string{"A"}, Renews: true},
					{ID: "3", Name: "c", Role: "analyst", State: "disabled"}, {ID: "4", Name: "former contributor 1", Role: "contributor", State: "former"}}}
		},
		func(f frontend.Frame) any {
			return frontend.People{Frame: signed(f), Role: "coordinator", City: hostile, Manages: true, Link: frontend.OneTimeLink{Address: "http://x/links/s", Name: "b", Minutes: 30},
				Roles: []string{"contributor"}, People: []frontend.Person{{ID: "1", Name: "a", Role: "coordinator", State: "active"}}}
		},
		func(f frontend.Frame) any {
			return frontend.People{Frame: signed(f), Role: "analyst", Roles: []string{"coordinator"}, Cities: []frontend.Spot{{ID: "1", Name: "A"}},
				People: []frontend.Person{{ID: "1", Role: "coordinator", Department: hostile, State: "active", Places: []string{"A"}}}}
		},
	}
	samples["person"] = []func(frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.PersonPage{Frame: f, Is: frontend.Person{ID: "1", Name: "a", Role: "admin", State: "active", Self: true}}
		},
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#role", Text: "x"}, {Href: "#department", Text: "x"}, {Href: "#language", Text: "x"}}
			return frontend.PersonPage{Frame: signed(f), By: "2", Is: frontend.Person{ID: "1", Name: hostile, Email: "a@example.org", Role: "contributor", State: "waiting", Renews: true, Places: []string{hostile}},
				Form: frontend.PersonForm{Role: "contributor", Department: hostile, Language: "fr"}, Roles: []string{"contributor", "approver"}, Marks: frontend.Marks{"role": "x", "department": "x", "language": "x"}}
		},
		func(f frontend.Frame) any {
			return frontend.PersonPage{Frame: signed(f), Is: frontend.Person{ID: "1", Name: "a", Role: "contributor", State: "disabled"}}
		},
	}
	samples["erase"] = []func(frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Erase{Frame: f, Is: frontend.Person{ID: "1", Name: "a"}} },
		func(f frontend.Frame) any {
			return frontend.Erase{Frame: signed(f), By: "2", Is: frontend.Person{ID: "1", Name: hostile}, Written: 12, Parts: 2}
		},
	}
}
