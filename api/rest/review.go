package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// Reviewing is an assessment that the asker reviews, as it is sent.
type Reviewing struct {
	ID         string     `json:"id" doc:"of the assessment"`
	City       string     `json:"city" doc:"code"`
	Round      string     `json:"round" doc:"code"`
	State      string     `json:"state"`
	Due        *time.Time `json:"due" doc:"last day of the round"`
	Answers    int        `json:"answers" doc:"that claim something"`
	Reviewed   int        `json:"reviewed" doc:"of which somebody has said something as they are now"`
	Challenged int        `json:"challenged"`
	Questions  int        `json:"questions" doc:"not settled"`
	Overdue    int        `json:"overdue" doc:"of these, those that the city has not replied to by their last day"`
	Validate   bool       `json:"validate" doc:"the asker may say now that the review is complete"`
}

// PanelMember is somebody who reviews, or could, as it is sent.
type PanelMember struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Organisation string     `json:"organisation"`
	At           *time.Time `json:"at" doc:"since when; null for those who do not review this assessment"`
}

// Difference is what was said of an indicator in a round, as it is sent.
type Difference struct {
	Indicator  string   `json:"indicator"`
	Verified   int      `json:"verified" doc:"words"`
	Challenged int      `json:"challenged" doc:"words without another value"`
	Proposed   int      `json:"proposed" doc:"words with another value"`
	Counted    int      `json:"counted" doc:"words with a difference in levels"`
	Mean       *float64 `json:"mean" doc:"proposed less the city's, in levels"`
	Deviation  *float64 `json:"deviation" doc:"standard deviation, with n - 1; null below two"`
}

// Profile is a profile that the asker may see, as it is sent.
type Profile struct {
	City     string    `json:"city" doc:"code"`
	Name     string    `json:"name"`
	Country  string    `json:"country"`
	Round    string    `json:"round" doc:"code"`
	Audience string    `json:"audience" doc:"peers or public"`
	SHA256   string    `json:"sha256" doc:"of the bytes at url, in hex"`
	At       time.Time `json:"at"`
	URL      string    `json:"url"`
}

func panelMembers(all []assessment.Reviewer) []PanelMember {
	out := []PanelMember{}
	for _, r := range all {
		out = append(out, PanelMember{r.Account, r.Name, r.Organisation, moment(r.At)})
	}
	return out
}

func (a *API) reviews() {
	type none struct{}
	queue := assessment.Queue{Store: a.Store, Questionnaires: a.Library, Besides: a.Besides, Looks: a.Drafts.Looks, Now: a.Now}
	panels := assessment.Panels{Store: a.Store, Besides: a.Besides, Now: a.Now}
	type reviewList struct {
		Body struct {
			Reviews []Reviewing `json:"reviews"`
		}
	}
	add(a, huma.Operation{OperationID: "list-reviews", Method: http.MethodGet, Path: "/reviews", Summary: "What the asker reviews"},
		account.Verify, func(ctx context.Context, who session.Asker, _ *none) (*reviewList, error) {
			all, err := queue.All(ctx, who.Actor)
			out := &reviewList{}
			out.Body.Reviews = []Reviewing{}
			for _, r := range all {
				out.Body.Reviews = append(out.Body.Reviews, Reviewing{ID: r.ID, City: r.City.Code, Round: r.Round.Code, State: string(r.State), Due: moment(r.Round.Due), Answers: len(r.Items),
					Reviewed: r.Reviewed(), Challenged: r.Challenged(), Questions: r.Questions, Overdue: r.Overdue, Validate: r.Validatable(who.Actor)})
			}
			return out, err
		})
	add(a, huma.Operation{OperationID: "validate", Method: http.MethodPost, Path: "/assessments/{id}/review/validate", Summary: "Say that the review is complete",
		Description: "Not while a question to the city is open. The city is told.", DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict}},
		account.Validate, func(ctx context.Context, who session.Asker, in *Where) (*struct{}, error) {
			return nil, queue.Validate(ctx, who.Actor, in.ID)
		})
	type panel struct {
		Body struct {
			Reviewers []PanelMember `json:"reviewers" doc:"who review the assessment"`
			Others    []PanelMember `json:"others" doc:"who could"`
		}
	}
	type naming struct {
		Where
		Body struct {
			Reviewer string `json:"reviewer" doc:"id of the person"`
		}
	}
	const path = "/assessments/{id}/reviewers"
	add(a, huma.Operation{OperationID: "list-reviewers", Method: http.MethodGet, Path: path, Summary: "Who reviews the assessment"},
		account.AssignReviewer, func(ctx context.Context, who session.Asker, in *Where) (*panel, error) {
			found, err := panels.Of(ctx, who.Actor, in.ID)
			out := &panel{}
			out.Body.Reviewers, out.Body.Others = panelMembers(found.Assigned), panelMembers(found.Others)
			return out, err
		})
	refused := []int{http.StatusConflict, http.StatusUnprocessableEntity}
	add(a, huma.Operation{OperationID: "assign-reviewer", Method: http.MethodPost, Path: path, Summary: "Ask somebody to review the assessment",
		Description: "Nobody reviews the city they live or work in. Doing it again changes nothing.", DefaultStatus: http.StatusNoContent, Errors: refused},
		account.AssignReviewer, func(ctx context.Context, who session.Asker, in *naming) (*struct{}, error) {
			return nil, panels.Assign(ctx, who.Actor, in.ID, in.Body.Reviewer)
		})
	add(a, huma.Operation{OperationID: "dismiss-reviewer", Method: http.MethodPost, Path: path + "/dismiss", Summary: "Take a reviewer off the assessment",
		Description: "What was said stays.", DefaultStatus: http.StatusNoContent, Errors: refused},
		account.AssignReviewer, func(ctx context.Context, who session.Asker, in *naming) (*struct{}, error) {
			return nil, panels.Dismiss(ctx, who.Actor, in.ID, in.Body.Reviewer)
		})
	type inRound struct {
		Code string `path:"code" doc:"of the round"`
	}
	type differenceList struct {
		Body struct {
			Differences []Difference `json:"differences" doc:"in the order of the questionnaire; indicators of which nothing was said are left out"`
		}
	}
	differing := assessment.Differences{Store: a.Store, Questionnaires: a.Library, Looks: a.Drafts.Looks}
	add(a, huma.Operation{OperationID: "list-differences", Method: http.MethodGet, Path: "/rounds/{code}/differences", Summary: "How far those who review and the cities differ"},
		account.ReadDifferences, func(ctx context.Context, who session.Asker, in *inRound) (*differenceList, error) {
			_, all, err := differing.Of(ctx, who.Actor, in.Code)
			out := &differenceList{}
			out.Body.Differences = []Difference{}
			for _, x := range all {
				one := Difference{Indicator: x.Indicator.ID, Verified: x.Verified, Challenged: x.Challenged, Proposed: x.Proposed, Counted: x.Counted}
				if x.Counted > 0 {
					one.Mean = &x.Mean
				}
				if x.Counted > 1 {
					one.Deviation = &x.Deviation
				}
				out.Body.Differences = append(out.Body.Differences, one)
			}
			return out, err
		})
	type profileList struct {
		Body struct {
			Profiles []Profile `json:"profiles" doc:"by name of city"`
		}
	}
	add(a, huma.Operation{OperationID: "list-profiles", Method: http.MethodGet, Path: "/profiles", Summary: "Profiles that cities have consented to show",
		Description: "Everybody reads those that are public; people of a city that shows its own to peers read those of its peers."},
		account.ReadPublic, func(ctx context.Context, who session.Asker, _ *none) (*profileList, error) {
			all, err := assessment.Publishing{Store: a.Store, Besides: a.Besides, Questionnaires: a.Library, Now: a.Now}.List(ctx, who.Actor)
			out := &profileList{}
			out.Body.Profiles = []Profile{}
			for _, x := range all {
				out.Body.Profiles = append(out.Body.Profiles, Profile{x.City.Code, x.City.Name, x.City.Country, x.Round.Code, string(x.Audience), x.Hash, x.At, "/profiles/" + x.City.Code + "/" + x.Round.Code + ".json"})
			}
			return out, err
		})
}
