package frontend_test

import (
	"slices"
	"testing"
	"time"

	"migov/api/apitest"
	"migov/assessment/survey"
	"migov/data"
	"migov/data/locale"
	"migov/frontend"
)

// samples makes for each page what its template takes: the least there can be, and a full one. Whoever adds a page adds it
// here, or in a file of its own with an init function.
var samples = map[string][]func(f frontend.Frame) any{
	"start": {
		func(f frontend.Frame) any { return frontend.Start{Frame: f} },
		func(f frontend.Frame) any {
			f.Demo = true
			return frontend.Start{Frame: f, Home: "/", Questions: 90, Dimensions: 6, Roles: []frontend.TryRole{
				{Email: "a@example.org", Role: "coordinator", Place: "Marsa Selwa"}, {Email: "b@example.org", Role: "contributor"},
				{Email: "c@example.org", Role: "analyst"}, {Email: "d@example.org", Role: "admin"}}}
		},
		func(f frontend.Frame) any { return frontend.Start{Frame: signed(f), Home: "/people"} },
	},
	"signin": {
		func(f frontend.Frame) any { return frontend.SignIn{Frame: f} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#email", Text: "wrong"}}
			return frontend.SignIn{Frame: f, Email: hostile, To: "/x", Expired: true, Resume: "sealed"}
		},
	},
	"resume": {func(f frontend.Frame) any {
		return frontend.Resume{Frame: f, Action: "/x", Home: "/", Values: []frontend.Pair{{Name: "a", Value: hostile}}}
	}},
	"notice": {
		func(f frontend.Frame) any { return frontend.Notice{Frame: f} },
		func(f frontend.Frame) any { return frontend.Notice{Frame: signed(f), To: "/x", OfCity: true} },
	},
	"problem": {
		func(f frontend.Frame) any { return frontend.Problem{Frame: f} },
		func(f frontend.Frame) any {
			return frontend.Problem{Frame: f, Status: 500, Sentence: "It broke.", Details: []string{"a", "b"}, Texts: []string{hostile, "b"}}
		},
	},
	"account": {
		func(f frontend.Frame) any { return frontend.Account{Frame: f, Role: "admin"} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#old", Text: "wrong"}}
			return frontend.Account{Frame: signed(f), Name: hostile, Email: "a@example.org", Role: "analyst", Places: []string{"A", "B"}, Marks: frontend.Marks{"old": "wrong", "password": "short"}}
		},
	},
	"instruments": {
		func(f frontend.Frame) any { return frontend.Instruments{Frame: f} },
		func(f frontend.Frame) any {
			return frontend.Instruments{Frame: f, List: []*survey.Instrument{questionnaire()}}
		},
	},
	"instrument": {func(f frontend.Frame) any { return frontend.Instrument{Frame: f, Instrument: questionnaire()} }},
	"help":       plain(), "accessibility": plain(), "privacy": plain(),
	"signin_code": {
		func(f frontend.Frame) any { return frontend.SignInCode{Frame: f} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#code", Text: "No."}}
			return frontend.SignInCode{Frame: f, Resume: "sealed"}
		},
	},
	"away": {func(f frontend.Frame) any {
		return frontend.Away{Frame: f, Organisation: hostile, Address: "https://id.example/authorize?x=1&y=2"}
	}},
	"factor": {
		func(f frontend.Frame) any {
			return frontend.Factor{Frame: signed(f), Key: "ABCD EFGH", Picture: frontend.Pictured([]byte("x")), Address: frontend.OTPAuth("otpauth://totp/x"), First: true, Required: true, Demo: true}
		},
		func(f frontend.Frame) any {
			return frontend.Factor{Frame: signed(f), Set: true, Left: 1, Marks: frontend.Marks{"code": "No."}}
		},
		func(f frontend.Frame) any { return frontend.Factor{Frame: signed(f), Set: true, Required: true} },
	},
	"codes": {func(f frontend.Frame) any {
		return frontend.Codes{Frame: signed(f), Codes: []string{"abcd-efgh", "ijkl-mnop"}, Home: "/x"}
	}},
	"sessions": {
		func(f frontend.Frame) any {
			return frontend.Sessions{Frame: signed(f), List: []frontend.SessionLine{{This: true}}}
		},
		func(f frontend.Frame) any {
			return frontend.Sessions{Frame: signed(f), Others: 1, Provider: hostile, List: []frontend.SessionLine{{This: true, Device: "Firefox, Windows", Own: true}, {ID: "x", Device: hostile}}}
		},
		func(f frontend.Frame) any { return frontend.Sessions{Frame: signed(f), Provider: "X", Identities: 1} },
		func(f frontend.Frame) any {
			return frontend.Sessions{Frame: signed(f), Provider: "X", Identities: 1, Password: true}
		},
	},
	"exports": {func(f frontend.Frame) any {
		return frontend.Exports{Frame: signed(f), Title: hostile, Choice: frontend.ExportChoice{Action: "/rounds/r/export", Round: "r", Lang: f.Lang, Formats: []string{"xlsx", "csv", "raw", "json", "ndjson", "hxl", "package", "spss"},
			Subjects: []string{"everything", "answers", "cities", "powers", "results", "verdicts", "indicators", "codebook"}, Shapes: []string{"long", "wide"}}}
	}},
	"tokens": {
		func(f frontend.Frame) any { return frontend.Tokens{Frame: signed(f), Scopes: []string{"export"}} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#name", Text: "No."}}
			return frontend.Tokens{Frame: signed(f), Made: "abc", Scopes: []string{"export", "read", "write", "all"}, Rounds: []frontend.TokenRound{{Code: "r", Title: hostile}},
				List: []frontend.TokenLine{{ID: "1", Name: hostile, Scope: "write"}, {ID: "2", Name: "B", Scope: "export", Round: hostile, Used: time.Now(), Last: time.Now()}},
				Form: frontend.TokenForm{Name: hostile, Scope: "read", Round: "r", Until: "2027-01-31"}, Marks: frontend.Marks{"name": "No.", "scope": "No.", "round": "No.", "until": "No."}}
		},
	},
	"rest": {
		func(f frontend.Frame) any { return frontend.Rest{Frame: signed(f), City: hostile} },
		func(f frontend.Frame) any {
			f.Faults = []frontend.Fault{{Href: "#day", Text: "all"}}
			return frontend.Rest{Frame: signed(f), City: "A", Msg: "all", Days: []frontend.RestDay{{Day: 1, Chosen: true}, {Day: 0}}}
		},
	},
	"method": {func(f frontend.Frame) any { return frontend.Method{Frame: f, Example: frontend.WorkExample()} }},
	"api": {
		func(f frontend.Frame) any { return frontend.API{Frame: f} },
		func(f frontend.Frame) any {
			return frontend.API{Frame: f, Operations: []frontend.Operation{{Method: "GET", Path: "/x", Summary: "s", Description: "d", Roles: []string{"admin"}}}}
		},
	},
	"results": {func(f frontend.Frame) any { return frontend.Results{Frame: f} }},
	"maths":   {func(f frontend.Frame) any { return frontend.Maths{Frame: f} }},
	"rounds":  {func(f frontend.Frame) any { return frontend.Rounds{Frame: f} }},
	"round":   {func(f frontend.Frame) any { return frontend.Round{Frame: f} }},
	"compare": {func(f frontend.Frame) any { return frontend.Comparison{Frame: f} }},
	"peers":   {func(f frontend.Frame) any { return frontend.PeersPage{Frame: f} }},
	"section": {func(f frontend.Frame) any {
		in := questionnaire()
		title := in.Title
		p := frontend.Section{Frame: signed(f), Home: "/h", Action: "/s", Dimension: title, Title: title, Total: 9, SetsPower: true,
			List: []frontend.SectionLink{{Href: "/s", Title: title, Status: "complete", Current: true}, {Href: "/t", Title: title, Status: "two_texts"}}, Next: &frontend.SectionLink{Href: "/t", Title: title}}
		for _, q := range in.Sections()[0].Indicators {
			p.Questions = append(p.Questions, frontend.Question{Indicator: q, Words: make([]survey.Text, 5), Holder: survey.Shared, Answer: survey.Answer{Explanation: hostile}})
		}
		return p
	}},
}

// hostile is a text that breaks careless pages.
const hostile = `</script><b onclick="x">"'&amp;` + "\u202e مرحبا"

func signed(f frontend.Frame) frontend.Frame {
	f.Idle = 1800
	f.Signed, f.Who, f.Done, f.Contact = true, hostile, "Done.", "help@example.org"
	f.Nav = []frontend.Link{{Href: "/x", Text: "X", Current: true}, {Href: "/y", Text: "Y"}}
	return f
}

func plain() []func(f frontend.Frame) any {
	return []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Plain{Frame: f} },
		func(f frontend.Frame) any { return frontend.Plain{Frame: signed(f)} },
	}
}

func questionnaire() *survey.Instrument {
	sources, err := data.InstrumentSources()
	if err != nil {
		panic(err)
	}
	in, problems := survey.Decode(sources[0])
	if in == nil {
		panic(problems)
	}
	return in
}

func site(t *testing.T) *frontend.Site {
	t.Helper()
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	static, err := frontend.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	s, err := frontend.New(words, static)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryPageIsSoundInEveryLanguage(t *testing.T) {
	s := site(t)
	names := s.Names()
	slices.Sort(names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if len(samples[name]) == 0 {
				t.Fatalf("the page %s has no sample in frontend_test.go", name)
			}
			for i, sample := range samples[name] {
				for _, lang := range locale.Languages {
					w := s.Words.In(lang)
					body, err := s.Render(lang, name, sample(frontend.Frame{Lang: lang, Dir: w.Dir(), Path: "/x?a=1", Method: "1.0.0"}))
					if err != nil {
						t.Fatalf("sample %d: %v", i, err)
					}
					for _, fault := range apitest.Unsound(string(body), lang) {
						t.Errorf("sample %d in %s: %s", i, lang, fault)
					}
				}
			}
		})
	}
}

func TestAPageThatLacksSomethingIsNotSent(t *testing.T) {
	s := site(t)
	if _, err := s.Render("en", "start", struct{ frontend.Frame }{}); err == nil {
		t.Error("a page whose struct lacks fields was rendered")
	}
	if _, err := s.Render("en", "nowhere", nil); err == nil {
		t.Error("a page that does not exist was rendered")
	}
	if _, err := s.Render("xx", "start", frontend.Start{}); err == nil {
		t.Error("a language that does not exist was rendered")
	}
}

func TestTheAddressOfTheSamePageInAnotherLanguage(t *testing.T) {
	for path, want := range map[string]string{"/": "/?lang=ar", "/x?a=1": "/x?a=1&lang=ar"} {
		if got := (frontend.Frame{Path: path}).LangHref("ar"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

// Source: test vector V20 of decisions.md, "The method".
func TestTheWorkedExampleIsTheTestVector(t *testing.T) {
	e := frontend.WorkExample()
	for _, x := range []struct {
		name      string
		got, want float64
	}{
		{"situation", e.Situation.Central, 67}, {"its low end", e.Situation.Low, 335.0 / 6}, {"its high end", e.Situation.High, 72.5},
		{"effort", e.Effort.Central, 60}, {"its low end", e.Effort.Low, 52.5}, {"its high end", e.Effort.High, 65},
		{"coverage of the effort", e.EffortAnswered / e.EffortApplicable, 0.875},
		{"lines", float64(len(e.Lines)), 7},
	} {
		if d := x.got - x.want; d > 1e-9 || d < -1e-9 {
			t.Errorf("%s: %v, want %v", x.name, x.got, x.want)
		}
	}
}

func TestTextsOfAnInstrumentSayWhichLanguageTheyAreIn(t *testing.T) {
	text := survey.Text{"en": "Level", "ar": "مستوى"}
	for lang, want := range map[string]frontend.Said{
		"en": {Text: "Level", Lang: "en", Dir: "ltr"},
		"ar": {Text: "مستوى", Lang: "ar", Dir: "rtl"},
		"fr": {Text: "Level", Lang: "en", Dir: "ltr", Foreign: true},
	} {
		if got := frontend.Say(text, lang); got != want {
			t.Errorf("%s: %+v, want %+v", lang, got, want)
		}
	}
	if got := frontend.Say(nil, "fr"); got.Foreign || got.Text != "" {
		t.Errorf("no text: %+v", got)
	}
}

func TestTheScaleIsDrawnFromWhereTheLanguageBegins(t *testing.T) {
	for _, test := range []struct {
		dir         string
		first, last float64 // x of levels 0 and 4 in the wide drawing
		anchor      string
	}{{"ltr", 0, 384, "start"}, {"rtl", 396, 12, "end"}} {
		s := frontend.Start{Frame: frontend.Frame{Dir: test.dir}}.WideScale()
		if s.Steps[0].X != test.first || s.Steps[4].X != test.last || s.Anchor != test.anchor {
			t.Errorf("%s: %+v", test.dir, s)
		}
	}
}
