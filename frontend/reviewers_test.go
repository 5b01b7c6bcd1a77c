package frontend_test

import "migov/frontend"

func init() {
	samples["reviewers"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Reviewers{Frame: signed(f), By: "x", Home: "/h", City: hostile}
		},
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#reviewer", Text: "x"}}
			line := frontend.ReviewerLine{ID: "r", Name: hostile, Organisation: hostile, At: noon}
			return frontend.Reviewers{Frame: signed(f), By: "x", Home: "/h", City: hostile, Chosen: "r", Assigned: []frontend.ReviewerLine{line}, Others: []frontend.ReviewerLine{line}}
		},
	}
}
