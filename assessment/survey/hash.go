package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// hash is the SHA-256 (hex) over everything that gives an answer its meaning (decision 16): code and version, ids, kinds,
// English texts, scales, powers, options, bounds and crosswalk, in order. Translations, comments and layout are outside it.
// Each part goes in with its length, so that two instruments never look alike by where a text ends.
func hash(in *Instrument) string {
	sum := sha256.New()
	put := func(parts ...string) {
		for _, s := range parts {
			fmt.Fprintf(sum, "%d:%s;", len(s), s)
		}
	}
	english := func(texts ...Text) {
		for _, t := range texts {
			put(t[English])
		}
	}
	put("format 1", in.Code, in.Version)
	english(in.Title, in.About)
	for _, s := range in.Scales {
		put("scale", s.ID)
		english(s.Title)
		english(s.Words[:]...)
	}
	for _, f := range in.Frameworks {
		put("framework", f.ID, f.Source)
		english(f.Title)
		for _, t := range f.Targets {
			put("target", t.ID)
			english(t.Title)
		}
	}
	for i := range in.Dimensions {
		hashDimension("dimension", &in.Dimensions[i], put, english)
	}
	if in.Context != nil {
		hashDimension("context", in.Context, put, english)
	}
	for _, t := range in.Glossary {
		put("term", t.ID)
		english(t.Term, t.Meaning)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func hashDimension(role string, d *Dimension, put func(...string), english func(...Text)) {
	put(role, d.ID)
	english(d.Title, d.Short, d.About)
	for _, s := range d.Subcategories {
		put("subcategory", s.ID)
		english(s.Title, s.Short)
		for _, q := range s.Indicators {
			put("indicator", q.ID, string(q.Kind), q.Scale, strconv.FormatBool(q.Core), string(q.Power), strconv.Itoa(q.MaxLength))
			english(q.Title, q.Question, q.Help, q.Evidence, q.Elsewhere)
			english(q.Levels...)
			for _, o := range q.Options {
				put("option", o.ID, strconv.FormatBool(o.Exclusive))
				english(o.Label)
			}
			if b := q.Number; b != nil {
				put("number", decimal(b.Min), decimal(b.Max), strconv.Itoa(b.Decimals))
				english(b.Unit)
			}
			for _, f := range FrameworkIDs {
				put(f)
				put(q.Crosswalk[f]...)
			}
		}
	}
}
