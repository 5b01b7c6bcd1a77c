package assessment

import (
	"context"
	"slices"
	"time"

	"migov/assessment/account"
)

// Panels say who reviews which assessment.
type Panels struct {
	Store interface {
		Finder
		BesideReader
		ReviewerKeeper
	}
	Besides *Besides
	Now     func() time.Time
}

// ReviewerKeeper keeps who reviews what.
type ReviewerKeeper interface {
	// Candidates lists everybody who may be asked to review, by organisation and name.
	Candidates(ctx context.Context) ([]Reviewer, error)
	// AssignReviewer asks a reviewer to look at an assessment; once more changes nothing. Conflict for a reviewer who lives or
	// works in its city, Invalid for whoever is no reviewer.
	AssignReviewer(ctx context.Context, who account.Actor, assessment, person string, by Author, at time.Time, notices ...Notice) error
	// DismissReviewer takes somebody off; what was said stays.
	DismissReviewer(ctx context.Context, who account.Actor, assessment, person string, by Author, at time.Time) error
}

// Panel is who reviews an assessment, and who else could.
type Panel struct {
	Assessment Assessment
	Assigned   []Reviewer
	Others     []Reviewer
}

func (p Panels) find(ctx context.Context, who account.Actor, id string) (Assessment, error) {
	a, err := p.Store.Assessment(ctx, who, id)
	if err == nil && !account.Allowed(who.Role, account.AssignReviewer) {
		err = forbidden()
	}
	return a, err
}

// Of lists who reviews an assessment, with names.
func (p Panels) Of(ctx context.Context, who account.Actor, id string) (Panel, error) {
	a, err := p.find(ctx, who, id)
	if err != nil {
		return Panel{}, err
	}
	b, err := p.Besides.Of(ctx, who, a)
	if err != nil {
		return Panel{}, err
	}
	all, err := p.Store.Candidates(ctx)
	if err != nil {
		return Panel{}, err
	}
	panel := Panel{Assessment: a}
	for _, c := range all {
		i := slices.IndexFunc(b.Reviewers, func(r Reviewer) bool { return r.Account == c.Account })
		if i < 0 {
			panel.Others = append(panel.Others, c)
			continue
		}
		c.At = b.Reviewers[i].At
		panel.Assigned = append(panel.Assigned, c)
	}
	return panel, nil
}

// Assign asks somebody to review, and tells that person and the coordinators of the city.
func (p Panels) Assign(ctx context.Context, who account.Actor, id, person string) error {
	a, err := p.find(ctx, who, id)
	if err != nil {
		return err
	}
	b, err := p.Store.Beside(ctx, who, id)
	if err != nil {
		return err
	}
	all, err := p.Store.Candidates(ctx)
	if err != nil {
		return err
	}
	chosen := account.Actor{Role: account.Reviewer}
	if i := slices.IndexFunc(all, func(r Reviewer) bool { return r.Account == person }); i >= 0 {
		chosen.Department = all[i].Organisation
	}
	n := Notice{Account: person, City: a.City.ID, Kind: NoticeReviewer, Args: map[string]string{"City": a.City.Name}, Href: "/assessments/" + id + "/review"}
	if !a.Round.Due.IsZero() {
		n.Args["Due"] = a.Round.Due.Format(time.DateOnly)
	}
	notices := []Notice{by(n, who)}
	for _, m := range b.Team {
		if !m.Left && m.Role == account.Coordinator {
			notices = append(notices, by(Notice{Account: m.Account, City: a.City.ID, Kind: NoticeReviewed, Args: map[string]string{"City": a.City.Name}, Href: "/assessments/" + id}, chosen))
		}
	}
	return p.Store.AssignReviewer(ctx, who, id, person, author(who), p.Now(), notices...)
}

// Dismiss takes somebody off.
func (p Panels) Dismiss(ctx context.Context, who account.Actor, id, person string) error {
	if _, err := p.find(ctx, who, id); err != nil {
		return err
	}
	return p.Store.DismissReviewer(ctx, who, id, person, author(who), p.Now())
}
