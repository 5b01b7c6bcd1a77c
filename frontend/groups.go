package frontend

import "migov/assessment/compare"

// class is the name of a class of cities in the reader's language.
func (r reader) class(by compare.Attribute, value string) string {
	switch by {
	case compare.ByCountry:
		return r.Country(value)
	case compare.Everybody:
		return r.T("compare.everybody")
	}
	if key := "place." + string(by) + "_" + value; r.Has(key) {
		return r.T(key)
	}
	return value
}

// groups lists the peer groups to choose from.
func (c layout) groups(p *Comparison) {
	key := c.ask.Group.Key()
	first := ChoiceGroup{Choices: []Choice{{"", c.T("compare.everybody"), key == ""}}}
	if c.ask.City != "" && c.marked != nil {
		powers := compare.Group{By: compare.ByPowers, Value: c.marked.Code}
		first.Choices = append(first.Choices, Choice{powers.Key(), c.T("compare.powers_like", "City", c.marked.Name), key == powers.Key()})
	} else if c.ask.Group.By == compare.ByPowers {
		first.Choices = append(first.Choices, Choice{key, c.groupWords(), true})
	}
	if c.ask.Group.By == compare.ByHand {
		first.Choices = append(first.Choices, Choice{string(compare.ByHand), c.T("compare.by_hand"), true})
	}
	p.Groups = append(append(p.Groups, first), c.classes(c.x.Cohort, key)...)
}

// classes are the classes of cities to choose from, by attribute.
func (r reader) classes(cohort *compare.Cohort, key string) (out []ChoiceGroup) {
	for _, by := range compare.Attributes {
		g := ChoiceGroup{Title: r.T("compare.by_" + string(by))}
		for _, class := range cohort.Classes() {
			if class.By == by {
				g.Choices = append(g.Choices, Choice{class.Key(), r.N("compare.class", class.Cities, "Name", r.class(by, class.Value)), class.Key() == key})
			}
		}
		if len(g.Choices) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// groupWords says which cities are compared.
func (c layout) groupWords() string {
	g := c.ask.Group
	switch g.By {
	case compare.ByHand:
		return c.T("compare.by_hand")
	case compare.ByPowers:
		name := g.Value
		if city, ok := c.x.Cohort.City(g.Value); ok {
			name = city.Name
		}
		return c.T("compare.powers_like", "City", name)
	}
	return c.class(g.By, g.Value)
}
