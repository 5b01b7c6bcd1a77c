package review

// FewestCities is from how many other cities on their levels are told: of fewer, one could tell whose is whose.
const FewestCities = 5

// Told is the level that one city of a lot gives for an indicator.
type Told struct {
	Lot        int    // from 1
	Assessment string // its id
	Level      int    // 0 to 4
}

// Complete tells whether the cities that handed in and belong to no lot yet make one: so many of them the person who looks does
// not read.
func Complete(waiting int) bool { return waiting >= FewestCities }

// Tell counts the levels 0 to 4 that other cities give for an indicator, for a person who reads some of them; nil for nothing.
//
// Two counts that differ by one city would tell the level of that city (inference, trust.md 3.3, S14). What is counted therefore
// changes in lots alone: a lot is made of those that have handed in since the last one, see Complete, and keeps what they said
// at that moment, whatever they hand in, change, publish or take back afterwards. The cities that the person reads are left
// out, so that the count differs by no city that the person does not read anyway; a lot that tells of fewer than FewestCities
// others is left out as a whole. What stays: whoever remembers a count of five and comes to read four of them knows the fifth.
func Tell(all []Told, reads func(assessment string) bool) []int {
	lots := map[int][]int{}
	for _, x := range all {
		if !reads(x.Assessment) && x.Level >= 0 && x.Level <= 4 {
			lots[x.Lot] = append(lots[x.Lot], x.Level)
		}
	}
	var out []int
	for _, lot := range lots {
		if len(lot) < FewestCities {
			continue
		}
		if out == nil {
			out = make([]int, 5)
		}
		for _, level := range lot {
			out[level]++
		}
	}
	return out
}
