package publish

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

func instrument(t *testing.T) *survey.Instrument {
	t.Helper()
	source, err := os.ReadFile("../../data/store/storetest/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	return in
}

// scopes are all scopes but the empty one.
func scopes() (all []Scope) {
	for bits := 1; bits < 1<<len(Parts); bits++ {
		var s Scope
		for i, p := range Parts {
			if bits&(1<<i) != 0 {
				s = append(s, p)
			}
		}
		all = append(all, s)
	}
	return all
}

// belongs says of each planted word in which part it may be shown; a word of no part never is.
var belongs = map[string]Part{"zqnumber": Numbers, "zqexplanation": Explanations, "zqtext": Explanations, "zqtitle": EvidenceTitles, "zqlink": EvidenceFiles, "zqsha": EvidenceFiles,
	"zqnamed": "", "zqpassage": "", "zqreason": "", "zqpiece": "", "zqrole": "", "zqconfidence": ""}

// random makes a document with a planted word in each text.
func random(in *survey.Instrument, r *rand.Rand) Source {
	s := Source{Reference: "REF-1", Hash: strings.Repeat("ab", 32), Country: "GH", Instrument: in, Standings: map[string]evidence.Standing{}}
	d := snapshot.Document{Format: snapshot.Format, Revision: 1 + r.IntN(3), City: snapshot.Named{Code: "accra", Name: "Accra"}, Round: snapshot.Named{Code: "2026", Name: "Round"},
		Instrument: snapshot.Instrument{Name: in.Name(), Hash: in.Hash}, Method: "1.0.0"}
	x := r.Float64() * 100
	for _, dimension := range in.Dimensions {
		d.Numbers.Dimensions = append(d.Numbers.Dimensions, snapshot.Result{ID: dimension.ID, Situation: snapshot.Interval{Central: &x}, Answered: r.IntN(4), Applicable: r.IntN(4)})
	}
	for _, q := range in.All() {
		if r.IntN(4) == 0 {
			continue
		}
		a := snapshot.Answer{Indicator: q.ID, Version: 1, Evidence: "zqnamed", Role: "zqrole", Confidence: "zqconfidence"}
		if r.IntN(2) == 0 {
			a.Explanation = fmt.Sprintf("zqexplanation <&> %d", r.IntN(9))
		}
		switch {
		case r.IntN(4) == 0:
			a.NonAnswer = string(survey.DontKnow)
		case q.Kind == survey.Freetext:
			a.Value = "zqtext"
		default:
			a.Value = "zqnumber" // no value of the question, so that it can be found
		}
		d.Answers = append(d.Answers, a)
		s.Standings[q.ID] = evidence.Standings[r.IntN(len(evidence.Standings))]
		if r.IntN(2) == 0 {
			d.Citations = append(d.Citations, snapshot.Citation{Indicator: q.ID, Evidence: "zqpiece", Revision: 1, Title: "zqtitle", Kind: "file", SHA256: "zqsha", Passage: "zqpassage"},
				snapshot.Citation{Indicator: q.ID, Evidence: "zqpiece" + q.ID, Revision: 1, Title: "zqtitle " + q.ID, Kind: "link", Link: "https://zqlink.example", Passage: "zqpassage"})
		}
		d.Powers = append(d.Powers, snapshot.Power{Indicator: q.ID, Holder: string(survey.Nobody), Reason: "zqreason"})
	}
	s.Document = d
	return s
}

func TestNothingOutsideTheScopeIsInTheBytes(t *testing.T) {
	in, r := instrument(t), rand.New(rand.NewPCG(4, 14))
	found := map[string]int{}
	for round := range 200 {
		s := random(in, r)
		for _, scope := range scopes() {
			content, hash, err := New(s, scope).Encode()
			if err != nil || hash != snapshot.Hash(content) {
				t.Fatal(err)
			}
			for word, part := range belongs {
				if !bytes.Contains(content, []byte(word)) {
					continue
				}
				if found[word]++; !scope.Has(part) {
					t.Fatalf("round %d: %v shows %s:\n%s", round, scope, word, content)
				}
			}
			for key, part := range map[string]Part{`"dimensions"`: Numbers, `"standing"`: Numbers, `"non_answer"`: Numbers} {
				if bytes.Contains(content, []byte(key)) && !scope.Has(part) {
					t.Fatalf("round %d: %v shows %s", round, scope, key)
				}
			}
		}
	}
	for word, part := range belongs {
		if (found[word] > 0) != (part != "") {
			t.Errorf("%s was found %d times", word, found[word])
		}
	}
}

func TestAProfileIsWrittenInOneWayAndReadBack(t *testing.T) {
	in := instrument(t)
	s := random(in, rand.New(rand.NewPCG(1, 2)))
	for _, scope := range scopes() {
		p := New(s, scope)
		content, hash, err := p.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(content)
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("%v: read back as another: %v\n%+v\n%+v", scope, err, p, back)
		}
		again, second, _ := back.Encode()
		if !bytes.Equal(again, content) || second != hash {
			t.Errorf("%v: written in two ways", scope)
		}
	}
	if _, err := Decode([]byte(`{"format":"other/1"}`)); err == nil {
		t.Error("another format is read")
	}
}

func TestWhatAProfileSays(t *testing.T) {
	in := instrument(t)
	low, high := 25.0, 75.0
	s := Source{Instrument: in, Country: "GH", Fictional: true, Reference: "R", Hash: "h",
		Standings: map[string]evidence.Standing{"AA-01": evidence.Challenged, "AA-02": evidence.Verified},
		Document: snapshot.Document{City: snapshot.Named{Code: "accra", Name: "Accra"}, Answers: []snapshot.Answer{
			{Indicator: "AA-01", Value: "2"}, {Indicator: "AA-02", Value: "yes"}, {Indicator: "BB-01", NonAnswer: "prefer_not", Value: "3"}, {Indicator: "BB-03", Value: "Words."}},
			Numbers: snapshot.Numbers{Dimensions: []snapshot.Result{{ID: "AA", Situation: snapshot.Interval{Low: &low, High: &high}, Answered: 2, Applicable: 3}, {ID: "BB"}}}}}
	p := New(s, Scope{Numbers})
	if p.Note != "Self-assessed by the city, not a ranking." {
		t.Error(p.Note)
	}
	if a := p.Answers[0]; a.Standing != "claimed" || a.Value != "2" || len(a.Words) != 1 || a.Words[0] != in.Scale(in.Indicator("AA-01").Scale).Words[2].String() {
		t.Errorf("a challenged level: %+v", a)
	}
	if a := p.Answers[1]; a.Standing != "verified" || a.Value != "yes" {
		t.Errorf("a verified yes: %+v", a)
	}
	if a := p.Answers[2]; a.Value != "" || a.NonAnswer != "prefer_not" {
		t.Errorf("a non-answer keeps its earlier value to itself: %+v", a)
	}
	if len(p.Answers) != 3 {
		t.Errorf("a text is no number: %+v", p.Answers)
	}
	if d := p.Dimensions; *d[0].Coverage != 2.0/3 || *d[0].Situation.High != 75 || d[1].Coverage != nil || d[0].Title != in.Dimensions[0].Title.String() {
		t.Errorf("%+v", d)
	}
}

func TestScopesAndAudiencesThatAreNone(t *testing.T) {
	for name, parts := range map[string][]string{"nothing": nil, "another name": {"numbers", "everything"}, "a name in capitals": {"NUMBERS"}, "an empty name": {""}, "two in one": {"numbers,explanations"}} {
		if s, err := ParseScope(parts); !fault.Is(err, fault.Invalid) || s != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	s, err := ParseScope([]string{"evidence_files", "numbers", "numbers"})
	if err != nil || !reflect.DeepEqual(s, Scope{Numbers, EvidenceFiles}) {
		t.Errorf("%v, %v", s, err)
	}
	for _, name := range []string{"", "everybody", "Public", "public "} {
		if _, err := ParseAudience(name); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, a := range Audiences {
		if got, err := ParseAudience(string(a)); got != a || err != nil {
			t.Error(got, err)
		}
	}
}
