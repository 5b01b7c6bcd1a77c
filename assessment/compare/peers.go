package compare

import (
	"math/bits"

	"migov/assessment/fault"
)

// Refusal is why a city is not compared with a group.
type Refusal string

// The refusals.
const (
	TooFew   Refusal = "too_few"   // fewer than MinCities would be told of
	TooClose Refusal = "too_close" // two views would differ by fewer than MinCities, so that one would tell of these few
)

// Key is the message that says it.
func (r Refusal) Key() string {
	if r == TooFew {
		return "fault.peers_too_few"
	}
	return "fault.peers_too_close"
}

// Offer is a class of consenting cities, and why a city is not compared with it; Refused is empty where it is.
type Offer struct {
	Class
	Refused Refusal
}

// Peers is what a city may compare itself with.
type Peers struct {
	All    *Selection // every consenting city but its own; nil when they are fewer than MinCities
	Offers []Offer    // classes, in the order of Classes; none without All
}

// Peers works out what the city of an assessment may compare itself with. Only cities count that show their numbers to peers,
// its own never does. So that no view, and no two of them, tell of fewer than MinCities (trust.md S14; the rules are those of
// primary and secondary suppression in official statistics):
//
//   - a class of fewer than MinCities is refused, and so is one outside of which 1 to 4 would be left;
//   - of the classes of one attribute, those refused and whoever belongs to none must be nobody or MinCities together: otherwise
//     the smallest of the others is refused too;
//   - of two classes of which one holds the other, they must be the same or differ by MinCities: otherwise the one that is
//     offered later is refused.
//
// Nothing else may be combined: a city looks at one class at a time.
func (c *Cohort) Peers(assessment string) Peers {
	all := c.selection(Group{}, assessment, nil)
	if all.Size() < MinCities {
		return Peers{}
	}
	p := Peers{All: all}
	var sets []set
	for _, by := range Attributes {
		counts, members := map[string]int{}, map[string]set{}
		for n, place := range all.in {
			for _, class := range c.cities[place].classes(by) {
				if members[class] == nil {
					members[class] = newSet(len(all.in))
				}
				counts[class]++
				members[class].add(n)
			}
		}
		for _, class := range sorted(by, counts) {
			p.Offers = append(p.Offers, Offer{Class: class})
			sets = append(sets, members[class.Value])
		}
	}
	for p.refuse(sets) {
	}
	return p
}

// few tells whether a difference tells of fewer than MinCities.
func few(n int) bool { return n > 0 && n < MinCities }

// refuse refuses what has to be, and tells whether it refused anything.
func (p *Peers) refuse(sets []set) bool {
	all := p.All.Size()
	for i := range p.Offers {
		o := &p.Offers[i]
		switch {
		case o.Refused != "":
		case o.Cities < MinCities:
			o.Refused = TooFew
			return true
		case few(all - o.Cities):
			o.Refused = TooClose
			return true
		}
	}
	for _, by := range Attributes {
		union, smallest := newSet(all), -1
		for i, o := range p.Offers {
			if o.By == by && o.Refused == "" {
				union.join(sets[i])
				if smallest < 0 || o.Cities < p.Offers[smallest].Cities {
					smallest = i
				}
			}
		}
		if smallest >= 0 && few(all-union.size()) {
			p.Offers[smallest].Refused = TooClose
			return true
		}
	}
	for i := range p.Offers {
		for j := range i {
			a, b := p.Offers[j], &p.Offers[i]
			if a.Refused != "" || b.Refused != "" {
				continue
			}
			both := sets[i].common(sets[j])
			if (both == a.Cities && few(b.Cities-both)) || (both == b.Cities && few(a.Cities-both)) {
				b.Refused = TooClose
				return true
			}
		}
	}
	return false
}

// Select chooses one of the groups that are offered: every consenting city, or a class. Anything else is refused with a fault
// that says why: Invalid for a group that is none of the offers, Forbidden for one that was refused.
func (p Peers) Select(g Group, assessment string) (*Selection, error) {
	if p.All == nil {
		return nil, fault.New(fault.Forbidden, TooFew.Key(), fault.Args{"Least": MinCities})
	}
	if g.By == Everybody {
		return p.All, nil
	}
	for _, o := range p.Offers {
		if o.Key() != g.Key() {
			continue
		}
		if o.Refused != "" {
			return nil, fault.New(fault.Forbidden, o.Refused.Key(), fault.Args{"Least": MinCities})
		}
		return p.All.cohort.selection(g, assessment, nil), nil
	}
	return nil, fault.New(fault.Invalid, "fault.group_unknown", nil)
}

// set is a set of places.
type set []uint64

func newSet(n int) set  { return make(set, (n+63)/64) }
func (s set) add(n int) { s[n/64] |= 1 << (n % 64) }
func (s set) join(o set) {
	for i := range s {
		s[i] |= o[i]
	}
}
func (s set) size() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) common(o set) (n int) {
	for i := range s {
		n += bits.OnesCount64(s[i] & o[i])
	}
	return n
}
