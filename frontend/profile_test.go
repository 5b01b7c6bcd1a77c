package frontend_test

import (
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/evidence"
	"migov/assessment/publish"
	"migov/assessment/review"
	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend"
)

// profileOf is the profile of a city with hostile texts; what stands in it has been through its bytes.
func profileOf(say func(int) string, scope ...publish.Part) (publish.Profile, string) {
	in := asked()
	a, sheet := city(in, 1, say)
	b := assessment.Beside{
		Evidence: []assessment.Evidence{{ID: "e", Kind: assessment.EvidenceFile, Title: hostile, SHA256: strings.Repeat("ab", 32), Revision: 1},
			{ID: "l", Kind: assessment.EvidenceLink, Title: "B " + hostile, URL: "https://city.example/?a=1&b=" + hostile, Revision: 1}},
		Citations: []assessment.Citation{{Indicator: "MR-01", Evidence: "e"}, {Indicator: "MR-02", Evidence: "e"}, {Indicator: "MR-01", Evidence: "l"}}}
	s := publish.Source{Document: assessment.NewDocument(a, score.NewScheme(in), 1, sheet, b), Reference: hostile, Hash: hostile, Country: "XA", Fictional: true, Instrument: in,
		Standings: map[string]evidence.Standing{"MR-01": evidence.Verified, "MR-02": evidence.Evidenced, "MR-03": evidence.Challenged}}
	content, hash, err := publish.New(s, scope).Encode()
	if err != nil {
		panic(err)
	}
	p, err := publish.Decode(content)
	if err != nil {
		panic(err)
	}
	return p, hash
}

func viewOf(f frontend.Frame, in *survey.Instrument, base string, say func(int) string, scope ...publish.Part) frontend.ProfileView {
	p, hash := profileOf(say, scope...)
	return frontend.NewProfileView(words(f), in, p, hash, base, drawIn(f))
}

func init() {
	samples["profiles"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any { return frontend.Profiles{Frame: f} },
		func(f frontend.Frame) any {
			f.Profiles = true
			return frontend.Profiles{Frame: f, Rows: []frontend.ProfileRow{frontend.NewProfileRow(assessment.Shown{City: assessment.City{Code: "a", Name: hostile, Country: "XA", Fictional: true},
				Round: assessment.Round{Code: "2026", Title: hostile}, Audience: publish.Peers, At: noon})}}
		},
	}
	profile := func(in *survey.Instrument, say func(int) string, scope ...publish.Part) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			v := viewOf(f, in, "/profiles/a/2026", say, scope...)
			v.Earlier = []assessment.PastProfile{{Hash: "abc", At: noon}}
			return frontend.Profile{Frame: f, At: noon, View: v}
		}
	}
	samples["profile"] = []func(f frontend.Frame) any{
		profile(asked(), partly, publish.Parts...), profile(asked(), blank, publish.Parts...), profile(asked(), full, publish.Explanations), profile(nil, partly, publish.Parts...),
		profile(asked(), partly, publish.EvidenceFiles), profile(nil, full, publish.EvidenceTitles),
	}
	samples["publish"] = []func(f frontend.Frame) any{
		func(f frontend.Frame) any {
			return frontend.Publish{Frame: f, Home: "/h", State: review.Collecting, Form: frontend.NewScopeForm("/h", nil, "")}
		},
		func(f frontend.Frame) any {
			lines := []frontend.PublicationLine{{Parts: []string{"A", "B"}, Audience: "C", By: hostile, At: noon, Hash: "abc", Revision: 2}, {Audience: "C", By: hostile, At: noon, Withdrawn: noon.Add(time.Hour)}}
			p := frontend.Publish{Frame: signed(f), Home: "/h", By: "x", City: hostile, State: review.Published, Ready: true, MayConsent: true, MayWithdraw: true, MayPrivate: true, Now: &lines[0],
				Public: "/profiles/a/2026", Rows: []frontend.SightRow{{Part: "A", City: "B", IOM: "C", Peers: "D", Public: "E"}}, History: lines, Form: frontend.NewScopeForm("/h", []string{"numbers"}, "public")}
			p.Form.Marks = frontend.Marks{"part": "none", "audience": "none"}
			p.Faults = []frontend.Fault{{Href: "#part", Text: "x"}, {Href: "#audience", Text: "y"}}
			return p
		},
	}
	preview := func(change func(*frontend.PublishPreview)) func(f frontend.Frame) any {
		return func(f frontend.Frame) any {
			p := frontend.PublishPreview{Frame: signed(f), Home: "/h", By: "x", View: viewOf(f, asked(), "", partly, publish.Parts...), Parts: []string{"numbers"}, Audience: "public", Terms: "1", Hash: "abc"}
			p.View.Open = true
			change(&p)
			return p
		}
	}
	samples["publish_preview"] = []func(f frontend.Frame) any{
		preview(func(*frontend.PublishPreview) {}),
		preview(func(p *frontend.PublishPreview) { p.MayConsent, p.NoFactor, p.Audience = true, true, "peers" }),
		preview(func(p *frontend.PublishPreview) {
			p.MayConsent, p.Msg, p.Audience = true, "wrong", "iom"
			p.Faults = []frontend.Fault{{Href: "#code", Text: "wrong"}}
			p.Personal = []frontend.PersonalRow{{ID: "MR-01", Where: frontend.Said{Text: hostile}, Kinds: []string{"email", "phone"}}, {Where: frontend.Said{Text: hostile}, Kinds: []string{"iban", "id"}}}
		}),
		preview(func(p *frontend.PublishPreview) { p.MayConsent, p.Audience = true, "city" }),
	}
}

func TestAProfileIsReadAsItsBytesSay(t *testing.T) {
	f := frontend.Frame{Lang: "en", Dir: "ltr"}
	v := viewOf(f, asked(), "/profiles/a/2026", full, publish.Parts...)
	p, _ := profileOf(full, publish.Parts...)
	if len(v.Dimensions) != 6 || len(v.Groups) != 6 {
		t.Fatalf("%d dimensions, %d groups", len(v.Dimensions), len(v.Groups))
	}
	for i, d := range p.Dimensions {
		if want := words(f).Int(score.Round(*d.Situation.Central)); v.Dimensions[i].Situation.Figure != want {
			t.Errorf("%s: %s, want %s", d.ID, v.Dimensions[i].Situation.Figure, want)
		}
	}
	standings := map[string]string{}
	for _, g := range v.Groups {
		for _, part := range g.Parts {
			for _, a := range part.Answers {
				standings[a.ID] = a.Standing
			}
		}
	}
	if standings["MR-01"] != "Verified" || standings["MR-02"] != "Evidenced" || standings["MR-03"] != "Claimed" {
		t.Errorf("%v", standings)
	}
	if v.JSON != "/profiles/a/2026.json" || v.Evidence[0].Href != "/profiles/a/2026/files/"+strings.Repeat("ab", 32) {
		t.Errorf("%s %+v", v.JSON, v.Evidence)
	}
	// Of a profile whose questionnaire is no longer known, or is another by its hash, the English words stand.
	other := *asked()
	other.Hash = "another"
	for _, in := range []*survey.Instrument{nil, &other} {
		v := viewOf(frontend.Frame{Lang: "fr", Dir: "ltr"}, in, "", full, publish.Numbers)
		if d := v.Dimensions[0].Name; d.Text != asked().Dimensions[0].Title.String() || !d.Foreign || d.Lang != "en" {
			t.Errorf("%+v", d)
		}
	}
}
