package frontend

import (
	"math/rand/v2"
	"os"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"migov/assessment/survey"
	"migov/data/locale"
)

// anyhow fills a value with one of a few of its kind, so that everything a card can hold comes up, alone and together.
func anyhow(r *rand.Rand, v reflect.Value, depth int) {
	if !v.CanSet() {
		return
	}
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		if *x = (time.Time{}); r.IntN(2) == 0 {
			*x = time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), 8, 0, 0, 0, time.UTC)
		}
		return
	case **survey.Indicator:
		return
	case *survey.Holder:
		*x = survey.Holders[r.IntN(len(survey.Holders))]
		return
	case *survey.Confidence:
		*x = append([]survey.Confidence{""}, survey.Confidences...)[r.IntN(len(survey.Confidences)+1)]
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "", "4", "yes", "<b> & \"quoted\" 'x'", "نص\nline", "evidenced", "a\x00b{{.}}"}[r.IntN(8)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(r.IntN(4)))
	case reflect.Struct:
		for i := range v.NumField() {
			anyhow(r, v.Field(i), depth)
		}
	case reflect.Pointer:
		if r.IntN(2) == 0 || depth == 0 {
			v.SetZero()
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		anyhow(r, v.Elem(), depth-1)
	case reflect.Slice:
		n := r.IntN(3)
		if depth == 0 {
			n = 0
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			anyhow(r, v.Index(i), depth-1)
		}
	}
}

// A card that is put together from its skeleton is, letter by letter, the card as the template renders it.
func TestACardFromItsSkeletonIsTheCard(t *testing.T) {
	source, err := os.ReadFile("../data/instruments/urban-migof.yaml")
	if err != nil {
		t.Fatal(err)
	}
	in, problems := survey.Decode(source)
	if in == nil {
		t.Fatal(problems)
	}
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	site, err := New(words, open(t))
	if err != nil {
		t.Fatal(err)
	}
	all := in.All()
	for _, lang := range []string{"en", "ar"} {
		parsed, err := site.pages[lang]["section"]()
		if err != nil {
			t.Fatal(err)
		}
		page, err := parsed.Clone()
		if err != nil {
			t.Fatal(err)
		}
		m := &memo{page: page, words: words.In(lang)}
		page.Funcs(m.functions())
		r := rand.New(rand.NewPCG(1, 2))
		compared := 0
		for range 1000 {
			q := Question{Indicator: all[r.IntN(12)*len(all)/12]}
			anyhow(r, reflect.ValueOf(&q).Elem(), 3)
			q.Context, q.Locked, q.Part.Href = in.IsContext(q.Indicator), false, "/assessments/0198/parts/MR.1?to=a&on=b" // addresses are ours
			if r.IntN(4) > 0 {
				q.Refused = nil
			} else {
				q.Refused = map[string]string{"explanation": "<i>"}
			}
			if q.Talk == nil || r.IntN(3) > 0 {
				q.Versions = nil
			}
			s := Section{Home: "/assessments/0198", SetsPower: r.IntN(2) == 0}
			got, err := m.card(s, q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := m.execute("question", map[string]any{"S": s, "Q": q})
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				a, b := string(got), string(want)
				i := 0
				for i < min(len(a), len(b)) && a[i] == b[i] {
					i++
				}
				t.Fatalf("%s in %s, letter %d: put together\n%s\nrendered\n%s", q.ID, lang, i, a[max(0, i-200):min(len(a), i+200)], b[max(0, i-200):min(len(b), i+200)])
			}
			compared++
		}
		if looks := atomic.LoadInt32(&m.count); int(looks) >= compared*9/10 {
			t.Errorf("%d of %d cards were made anew: the test says nothing of skeletons", looks, compared)
		}
	}
}
