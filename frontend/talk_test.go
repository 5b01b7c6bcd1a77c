package frontend_test

import (
	"time"

	"migov/data/locale"
	"migov/frontend"
)

func init() {
	day := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	post := frontend.TalkPost{ID: "p", Author: hostile, At: day, Body: hostile, To: []string{hostile}}
	form := frontend.TalkForm{Indicator: "AA-01", Inside: true, To: "city", Text: hostile, Msg: "Too long.", Replies: []frontend.TalkReply{{ID: "c", Label: hostile}}, Team: frontend.NewTeam([]frontend.Spot{{ID: "a", Name: hostile}})}
	samples["talk"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Talk{Frame: f, Home: "/h", State: "open", Whose: "all"} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#talk-text-AA-01", Text: "x"}}
			second := form
			second.Indicator = "AA-02"
			return frontend.Talk{Frame: signed(f), Home: "/h", By: "a", State: "all", Whose: "mine", Inside: true, Exports: true, About: &form, AboutTitle: questionnaire().Title, Total: 2,
				Threads: []frontend.TalkThread{
					{ID: "c", Indicator: "AA-02", Title: questionnaire().Title, Href: "/h/AA", Posts: []frontend.TalkPost{post}, Form: frontend.TalkForm{Indicator: "AA-02", To: "c", With: "a", Team: frontend.NewTeam([]frontend.Spot{{ID: "a", Name: hostile}})}},
					{ID: "d", Indicator: "AA-02", Title: questionnaire().Title, Href: "/h/AA", Shared: true, Resolved: day, Earlier: 2, Posts: []frontend.TalkPost{post, post}, Form: frontend.TalkForm{Indicator: "AA-02", To: "d"}}},
				Pages: []frontend.Link{{Href: "/1", Text: "1", Current: true}, {Href: "/2", Text: "2"}}}
		},
	}
	samples["inbox"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Inbox{Frame: f} },
		func(f frontend.Frame) any {
			f.Unread = 3
			return frontend.Inbox{Frame: signed(f), Count: 3, Later: true, Older: "/inbox?before=x",
				Notices: []frontend.NoticeLine{{ID: "1", Text: locale.Sentence{{Text: hostile}, {Text: "x", Lang: "en"}}, At: day, New: true, Link: true}, {ID: "2", Text: locale.Sentence{{Text: "b"}}, At: day}}}
		},
	}
	samples["letters"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Letters{Frame: f, Action: "/letters/x"} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#mail", Text: "x"}}
			return frontend.Letters{Frame: signed(f), By: "a", Action: "/account/mail", Mail: "weekly", Choices: []string{"each", "daily", "weekly", "off"}, Sends: true, Msg: "Choose."}
		},
	}
}
