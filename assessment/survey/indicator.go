package survey

import (
	"slices"
	"strings"
)

// The keys of an indicator: of every one, of those in scored dimensions, and what each kind takes beside them.
const (
	everyKey  = "id! kind! title! question! help evidence scale levels options number max_length"
	scoredKey = everyKey + " core power! elsewhere crosswalk"
)

var kindKeys = map[Kind][]string{Level: {"scale", "levels"}, YesNo: {}, Multiple: {"options"}, Number: {"number"}, Freetext: {"max_length"}}

func (r *reader) indicator(in *Instrument, a at, dimension, sub string, inDimension bool) *Indicator {
	a = identified(a, true)
	keys := everyKey
	if inDimension {
		keys = scoredKey
	}
	m := r.mapping(a, keys)
	if m == nil {
		return &Indicator{Dimension: dimension, Subcategory: sub}
	}
	q := &Indicator{ID: r.id(m["id"], "indicator", indicatorPattern, "its dimension, a hyphen and two or three digits, such as MR-01"),
		Dimension: dimension, Subcategory: sub, Line: a.line, Reviewed: in.Reviewed,
		Kind: oneOf(r, m["kind"], "kind", Kinds), Title: r.text(m["title"], title), Question: r.text(m["question"], title),
		Help: r.text(m["help"], help), Evidence: r.text(m["evidence"], evidence)}
	r.begins(m["id"], q.ID, dimension, "-")
	if inDimension {
		q.Scored = q.Kind == Level || q.Kind == YesNo || q.Kind == Multiple
		q.Core = r.boolean(m["core"])
		q.Power = oneOf(r, m["power"], "power", Holders)
		q.Elsewhere = r.text(m["elsewhere"], elsewhere)
		q.Crosswalk = r.crosswalk(m["crosswalk"])
		for _, key := range []string{"help", "evidence", "elsewhere"} {
			if m[key].missing() {
				r.warn(a, "has no %s", key)
			}
		}
	}
	if q.Kind == "" {
		return q
	}
	r.belonging(a, m, q.Kind)
	r.scaleOf(in, q, m["scale"])
	q.Levels = r.five(m["levels"], levels)
	r.options(q, m["options"])
	if b := m["number"]; !b.missing() {
		q.Number = r.bounds(b)
	}
	if l := m["max_length"]; !l.missing() {
		q.MaxLength = r.integer(l, 1, maxTextAnswer)
	}
	return q
}

// belonging notes the keys that the kind needs and lacks, and those it has no use for.
func (r *reader) belonging(a at, m map[string]at, kind Kind) {
	for _, key := range []string{"scale", "levels", "options", "number", "max_length"} {
		needed := slices.Contains(kindKeys[kind], key)
		switch {
		case needed && m[key].missing():
			r.fault(a, "%q is missing; kind %s needs it", key, kind)
		case !needed && !m[key].missing():
			r.fault(m[key], "does not belong to kind %s", kind)
		}
	}
}

func (r *reader) scaleOf(in *Instrument, q *Indicator, a at) {
	q.Scale = r.str(a)
	if q.Scale != "" && in.Scale(q.Scale) == nil {
		r.fault(a, "unknown scale %q; it is not among the scales of the instrument", q.Scale)
	}
}

// options reads the choices. In a scored indicator the option "none" is worth 0 and is the only exclusive one (method
// 1.0.0); in the context module exclusive options make a single choice.
func (r *reader) options(q *Indicator, a at) {
	choices := 0
	for _, item := range r.list(a, false) {
		item = identified(item, false)
		m := r.mapping(item, "id! label! exclusive")
		o := Option{ID: r.id(m["id"], q.ID+" option", wordPattern, "small letters, digits and _"), Label: r.text(m["label"], title), Exclusive: r.boolean(m["exclusive"])}
		switch {
		case o.ID == "none" && !o.Exclusive:
			r.fault(item, "the option none must be exclusive")
		case q.Scored && o.Exclusive && o.ID != "none" && o.ID != "":
			r.fault(item, "in a scored indicator only the option none may be exclusive, because any other would count as a point")
		}
		if o.ID != "none" {
			choices++
		}
		q.Options = append(q.Options, o)
	}
	if a.missing() || q.Kind != Multiple {
		return
	}
	if choices < 2 {
		r.fault(a, "needs at least two options beside none")
	}
	if q.Scored && !slices.ContainsFunc(q.Options, func(o Option) bool { return o.ID == "none" }) {
		r.fault(a, "needs an exclusive option with the id none, so that a city can say that it has none of them")
	}
}

func (r *reader) bounds(a at) *Bounds {
	m := r.mapping(a, "unit! min! max! decimals!")
	b := &Bounds{Unit: r.text(m["unit"], title), Min: r.number(m["min"]), Max: r.number(m["max"]), Decimals: r.integer(m["decimals"], 0, maxDecimals)}
	if !m["min"].missing() && !m["max"].missing() && b.Min >= b.Max {
		r.fault(a, "min %s must be smaller than max %s", decimal(b.Min), decimal(b.Max))
	}
	return b
}

func (r *reader) crosswalk(a at) map[string][]string {
	walk := map[string][]string{}
	m := r.mapping(a, strings.Join(FrameworkIDs, " "))
	for _, f := range FrameworkIDs {
		list, there := m[f]
		if !there {
			continue
		}
		known, declared := r.targets[f]
		if !declared {
			r.fault(list, "unknown framework %q; it is not among the frameworks of the instrument", f)
			continue
		}
		for _, item := range r.list(list, false) {
			id := r.str(item)
			switch {
			case id == "":
			case !known[id]:
				r.fault(item, "framework %s has no target %q", f, id)
			case slices.Contains(walk[f], id):
				r.fault(item, "target %q stands twice", id)
			default:
				walk[f] = append(walk[f], id)
			}
		}
	}
	return walk
}
