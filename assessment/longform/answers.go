package longform

import (
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Entry is a row that was understood: an answer, a power, or both.
type Entry struct {
	Row    Row
	Answer survey.Answer
	Power  survey.Holder // empty when the row names none
}

// Cities are the entries of a file by city, in the order in which the cities first appear; their rows may be scattered.
type Cities struct {
	Order   []string
	Entries map[string][]Entry
}

// Understand reads rows against an instrument. All faults are returned at once, each with its row: unknown indicator,
// a value that cannot be read, value and non-answer together, unknown non-answer or power, two rows for one indicator of a city.
func Understand(in *survey.Instrument, rows []Row) (Cities, []fault.Field) {
	out := Cities{Entries: map[string][]Entry{}}
	var faults []fault.Field
	seen := map[[2]string]int{}
	for _, r := range rows {
		entry, bad := understand(in, r)
		if r.City == "" {
			bad = append(bad, fault.Field{Name: r.Place(), Key: "fault.city_missing"})
		}
		if first, twice := seen[[2]string{r.City, r.Indicator}]; twice {
			bad = append(bad, fault.Field{Name: r.Place(), Key: "fault.row_twice",
				Args: fault.Args{"City": r.City, "Indicator": r.Indicator, "First": first}})
		} else {
			seen[[2]string{r.City, r.Indicator}] = r.Line
		}
		if len(bad) > 0 {
			faults = append(faults, bad...)
			continue
		}
		if _, known := out.Entries[r.City]; !known {
			out.Order = append(out.Order, r.City)
		}
		out.Entries[r.City] = append(out.Entries[r.City], entry)
	}
	return out, faults
}

func understand(in *survey.Instrument, r Row) (Entry, []fault.Field) {
	e := Entry{Row: r, Power: survey.Holder(r.Power)}
	q := in.Indicator(r.Indicator)
	if q == nil {
		return e, []fault.Field{{Name: r.Place(), Key: "fault.indicator_unknown", Args: fault.Args{"Indicator": r.Indicator}}}
	}
	answer, faults := survey.CleanAnswer(q, survey.Answer{Value: r.Value, NonAnswer: survey.NonAnswer(r.NonAnswer),
		Explanation: r.Explanation, Evidence: r.Evidence})
	for i := range faults {
		faults[i].Name = r.Place()
	}
	e.Answer = answer
	if r.Power != "" && !e.Power.Known() {
		faults = append(faults, fault.Field{Name: r.Place(), Key: "fault.power_unknown", Args: fault.Args{"Power": r.Power}})
	}
	return e, faults
}
