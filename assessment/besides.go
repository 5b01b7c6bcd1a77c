package assessment

import (
	"context"
	"slices"
	"sync"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// besidesKept is how many assessments are kept in memory; when there are more, all are read anew.
const besidesKept = 512

// Besides reads what stands beside assessments. It keeps what it has read until the assessment's number Beside grows, so
// that a section page costs no further queries. Safe for concurrent use; what it returns must not be changed.
type Besides struct {
	Store BesideReader

	mu   sync.Mutex
	kept map[string]keptBeside
}

type keptBeside struct {
	number int64
	is     Beside
}

// Of returns what stands beside an assessment that was found within the actor's reach. People from outside the city get
// shared conversations only, and no names.
func (b *Besides) Of(ctx context.Context, who account.Actor, a Assessment) (Beside, error) {
	if !account.Reach(who, a.Place()) {
		return Beside{}, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	b.mu.Lock()
	k, ok := b.kept[a.ID]
	b.mu.Unlock()
	if !ok || k.number != a.Beside {
		is, err := b.Store.BesideOf(ctx, who, a)
		if err != nil {
			return Beside{}, err
		}
		k = keptBeside{a.Beside, is}
		b.mu.Lock()
		if len(b.kept) >= besidesKept || b.kept == nil {
			b.kept = map[string]keptBeside{}
		}
		b.kept[a.ID] = k
		b.mu.Unlock()
	}
	if who.Role.OfCity() || who.Role == account.Operator {
		return k.is, nil
	}
	return k.is.outside(), nil
}

// outside is what people from outside the city may see: no private conversation, no name.
func (b Beside) outside() Beside {
	b.Team = slices.Clone(b.Team)
	for i := range b.Team {
		b.Team[i].Name = ""
	}
	b.Parts = slices.Clone(b.Parts)
	for i := range b.Parts {
		b.Parts[i].By.Name, b.Parts[i].Note = "", ""
	}
	var shared []Thread
	for _, t := range b.Threads {
		if !t.Shared {
			continue
		}
		t.By.Name, t.Posts = "", slices.Clone(t.Posts)
		for i := range t.Posts {
			t.Posts[i].By.Name = ""
		}
		shared = append(shared, t)
	}
	b.Threads = shared
	b.Citations = slices.Clone(b.Citations)
	b.Evidence = slices.DeleteFunc(slices.Clone(b.Evidence), func(e Evidence) bool { // the rest of the library is the city's own
		return !slices.ContainsFunc(b.Citations, func(c Citation) bool { return c.Evidence == e.ID })
	})
	for i := range b.Evidence {
		b.Evidence[i].By.Name = ""
	}
	for i := range b.Citations {
		b.Citations[i].By.Name = ""
	}
	b.Verdicts, b.SignOffs = slices.Clone(b.Verdicts), slices.Clone(b.SignOffs)
	b.Snapshots, b.Reopenings = slices.Clone(b.Snapshots), slices.Clone(b.Reopenings)
	for i := range b.Snapshots {
		b.Snapshots[i].By.Name = ""
	}
	for i := range b.Reopenings {
		b.Reopenings[i].By.Name = ""
	}
	for i := range b.Verdicts {
		b.Verdicts[i].By.Name = ""
	}
	for i := range b.SignOffs {
		b.SignOffs[i].By.Name = ""
	}
	b.Clarifications = slices.Clone(b.Clarifications)
	for i := range b.Clarifications {
		b.Clarifications[i].RepliedBy.Name = ""
	}
	b.Carried, b.Earlier = nil, nil // of another round
	b.Publications = slices.Clone(b.Publications)
	for i := range b.Publications {
		b.Publications[i].By.Name = ""
	}
	return b
}

// Member finds a person of the team; the zero Member when it is nobody of it.
func (b Beside) Member(id string) Member {
	if i := slices.IndexFunc(b.Team, func(m Member) bool { return m.Account == id }); i >= 0 {
		return b.Team[i]
	}
	return Member{}
}
