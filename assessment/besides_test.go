package assessment_test

import (
	"context"
	"testing"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

type countedBeside struct {
	is    assessment.Beside
	reads int
}

func (c *countedBeside) Beside(context.Context, account.Actor, string) (assessment.Beside, error) {
	c.reads++
	return c.is, nil
}

func (c *countedBeside) BesideOf(ctx context.Context, who account.Actor, a assessment.Assessment) (assessment.Beside, error) {
	return c.Beside(ctx, who, a.ID)
}

func TestWhatStandsBesideIsReadAgainOnlyWhenItChanged(t *testing.T) {
	store := &countedBeside{is: assessment.Beside{
		Team:    []assessment.Member{{Account: "a", Name: "Somebody", Role: account.Contributor, Department: "Housing"}},
		Threads: []assessment.Thread{{ID: "private"}, {ID: "shared", Shared: true, By: assessment.Author{Name: "Somebody"}, Posts: []assessment.Post{{By: assessment.Author{Name: "Somebody"}}}}},
	}}
	b := &assessment.Besides{Store: store}
	a := assessment.Assessment{ID: "1", City: assessment.City{ID: "c"}, Round: assessment.Round{ID: "r"}}
	ctx, mine := context.Background(), account.Actor{Role: account.Contributor, City: "c"}
	for range 3 {
		if _, err := b.Of(ctx, mine, a); err != nil {
			t.Fatal(err)
		}
	}
	if store.reads != 1 {
		t.Errorf("read %d times", store.reads)
	}
	a.Beside++
	got, err := b.Of(ctx, mine, a)
	if err != nil || store.reads != 2 || len(got.Threads) != 2 || got.Team[0].Name != "Somebody" {
		t.Errorf("after a change: %d reads, %+v, %v", store.reads, got, err)
	}
	if got.Member("a").Department != "Housing" || got.Member("b").Account != "" {
		t.Error("members are not found")
	}
	outside := account.Actor{Role: account.Analyst, Rounds: []string{"r"}}
	if _, err := b.Of(ctx, outside, a); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it is handed in: %v", err)
	}
	a.HandedIn = a.HandedIn.AddDate(1, 0, 0)
	got, err = b.Of(ctx, outside, a)
	if err != nil || len(got.Threads) != 1 || got.Threads[0].ID != "shared" || got.Threads[0].By.Name+got.Threads[0].Posts[0].By.Name+got.Team[0].Name != "" {
		t.Errorf("from outside: %+v, %v", got, err)
	}
	if again, _ := b.Of(ctx, mine, a); again.Team[0].Name != "Somebody" || again.Threads[1].Posts[0].By.Name != "Somebody" || store.reads != 2 {
		t.Error("looking from outside changed what the city sees")
	}
}
