package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
)

// Part as it is sent: a dimension, sub-category or indicator that a person or a department is asked to answer.
type Part struct {
	ID         string     `json:"id" doc:"changes with every change of the part"`
	Part       string     `json:"part" doc:"id of the dimension, sub-category or indicator"`
	Account    string     `json:"account" doc:"id of the person; empty when it is a department's"`
	Name       string     `json:"name" doc:"of the person"`
	Department string     `json:"department" doc:"empty when it is a person's"`
	Due        string     `json:"due" doc:"the last day, such as 2026-12-18; empty when there is none"`
	Note       string     `json:"note"`
	Opened     *time.Time `json:"opened" doc:"null while nobody has opened it"`
	Settled    int        `json:"settled" doc:"complete indicators among those that no narrower part takes out of it"`
	Total      int        `json:"total"`
}

// GivePart is what a coordinator says of a part.
type GivePart struct {
	Account    string  `json:"account,omitempty" doc:"id of a person of the city; this or a department"`
	Department string  `json:"department,omitempty"`
	Due        string  `json:"due,omitempty" doc:"the last day, such as 2026-12-18"`
	Note       string  `json:"note,omitempty"`
	Was        *string `json:"was,omitempty" doc:"id of the part that was seen, empty for none; when another stands there now, the change is refused"`
}

// Hand says whose parts go to whom.
type Hand struct {
	FromAccount    string `json:"from_account,omitempty"`
	FromDepartment string `json:"from_department,omitempty"`
	ToAccount      string `json:"to_account,omitempty"`
	ToDepartment   string `json:"to_department,omitempty"`
}

type partsReply struct {
	Body struct {
		Parts []Part   `json:"parts"`
		Mine  []string `json:"mine" doc:"indicators that the asker is asked to answer"`
	}
}

// division and consents are the use cases over the store of the API.
func (a *API) division() assessment.Parts {
	return assessment.Parts{Store: a.Store, Besides: a.Besides, Questionnaires: a.Library, Now: a.Now}
}

func (a *API) consents() assessment.SignOffs {
	return assessment.SignOffs{Store: a.Store, Besides: a.Besides, Now: a.Now}
}

func (a *API) parts() {
	add(a, huma.Operation{OperationID: "list-parts", Method: http.MethodGet, Path: "/assessments/{id}/parts", Summary: "Who does what",
		Description: "For people of the city only."},
		account.ReadTeam, func(ctx context.Context, who session.Asker, in *Where) (*partsReply, error) {
			return a.listParts(ctx, who, in.ID)
		})
	type give struct {
		ID   string `path:"id"`
		Part string `path:"part" doc:"id of a dimension, sub-category or indicator, such as MR, MR.1 or MR-01"`
		Body GivePart
	}
	add(a, huma.Operation{OperationID: "give-part", Method: http.MethodPut, Path: "/assessments/{id}/parts/{part}", Summary: "Give a part to a person or department",
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusLocked}}, account.Assign,
		func(ctx context.Context, who session.Asker, in *give) (*partsReply, error) {
			if in.Body.Account == "" && in.Body.Department == "" {
				return nil, fault.New(fault.Invalid, "parts.refused", nil).WithFields(fault.Field{Name: in.Part + ".who", Key: "parts.two_owners"})
			}
			err := a.division().Assign(ctx, who.Actor, in.ID, assessment.PartGiven{Ref: in.Part, Base: in.Body.Was, Account: in.Body.Account,
				Department: in.Body.Department, Due: in.Body.Due, Note: in.Body.Note})
			if err != nil {
				return nil, err
			}
			return a.listParts(ctx, who, in.ID)
		})
	type takeBack struct {
		ID   string `path:"id"`
		Part string `path:"part"`
	}
	add(a, huma.Operation{OperationID: "take-part-back", Method: http.MethodDelete, Path: "/assessments/{id}/parts/{part}", Summary: "Take a part back",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusConflict, http.StatusLocked}}, account.Assign,
		func(ctx context.Context, who session.Asker, in *takeBack) (*partsReply, error) {
			if err := a.division().Assign(ctx, who.Actor, in.ID, assessment.PartGiven{Ref: in.Part}); err != nil {
				return nil, err
			}
			return a.listParts(ctx, who, in.ID)
		})
	type hand struct {
		ID   string `path:"id"`
		Body Hand
	}
	add(a, huma.Operation{OperationID: "hand-over-parts", Method: http.MethodPost, Path: "/assessments/{id}/parts/hand-over", Summary: "Hand over all parts of a person or department",
		Description:   "In every assessment of the city that is not handed in.",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}}, account.Assign,
		func(ctx context.Context, who session.Asker, in *hand) (*partsReply, error) {
			b := in.Body
			if _, err := a.Drafts.Open(ctx, who.Actor, in.ID, "none"); err != nil {
				return nil, err
			}
			_, err := a.division().HandOver(ctx, who.Actor, assessment.Owner{Account: b.FromAccount, Department: b.FromDepartment}, assessment.Owner{Account: b.ToAccount, Department: b.ToDepartment})
			if err != nil {
				return nil, err
			}
			return a.listParts(ctx, who, in.ID)
		})
	a.signOffs()
}

func (a *API) listParts(ctx context.Context, who session.Asker, id string) (*partsReply, error) {
	d, err := a.Drafts.Open(ctx, who.Actor, id)
	if err != nil {
		return nil, err
	}
	if !who.Role.OfCity() {
		return nil, missing()
	}
	b, err := a.Besides.Of(ctx, who.Actor, d.Assessment)
	if err != nil {
		return nil, err
	}
	out := &partsReply{}
	out.Body.Parts, out.Body.Mine = []Part{}, []string{}
	division, words := assessment.Divide(d.Instrument, b.Parts), a.Words.In(who.Lang)
	for _, p := range division.Parts() {
		n := d.Sheet.ProgressOf(division.Indicators(p))
		x := Part{ID: p.ID, Part: p.Ref, Account: p.Account, Name: words.Name(b.Member(p.Account).Name), Department: p.Department, Note: p.Note, Opened: moment(p.Opened), Settled: n.Settled, Total: n.Total}
		if !p.Due.IsZero() {
			x.Due = p.Due.Format(time.DateOnly)
		}
		out.Body.Parts = append(out.Body.Parts, x)
	}
	for _, q := range division.Mine(who.Actor) {
		out.Body.Mine = append(out.Body.Mine, q.ID)
	}
	return out, nil
}

// Consent as it is sent: where an assessment stands between its answers and the approver.
type Consent struct {
	Needed  bool       `json:"needed" doc:"the city has an approver"`
	Stands  bool       `json:"stands" doc:"an approver has consented to exactly what stands now"`
	Seq     int64      `json:"seq" doc:"the newest line of the revision log; a consent names it"`
	Last    *int64     `json:"last" doc:"the line of the newest consent; null when there was none"`
	At      *time.Time `json:"at" doc:"of the newest consent"`
	Refused string     `json:"refused" doc:"the reason of a newer refusal"`
	Changed []string   `json:"changed" doc:"indicators whose answer or power was changed since the newest consent"`
}

type consentReply struct{ Body Consent }

func (a *API) signOffs() {
	add(a, huma.Operation{OperationID: "get-sign-off", Method: http.MethodGet, Path: "/assessments/{id}/sign-off", Summary: "Where an assessment stands with the approver",
		Description: "For people of the city only."},
		account.ReadTeam, func(ctx context.Context, who session.Asker, in *Where) (*consentReply, error) {
			return a.consent(ctx, who, in.ID)
		})
	type decision struct {
		ID   string `path:"id"`
		Body struct {
			Seq    int64  `json:"seq" doc:"the line that was looked at"`
			Reason string `json:"reason,omitempty" doc:"sends the assessment back with this reason; consents when empty"`
		}
	}
	add(a, huma.Operation{OperationID: "sign-off", Method: http.MethodPost, Path: "/assessments/{id}/sign-off", Summary: "Consent to hand in, or send back with a reason",
		Description:   "409: something was changed after the line that was looked at; the list says what.",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}}, account.SignOff,
		func(ctx context.Context, who session.Asker, in *decision) (*consentReply, error) {
			var err error
			if in.Body.Reason == "" {
				err = a.consents().Consent(ctx, who.Actor, in.ID, in.Body.Seq)
			} else {
				err = a.consents().Refuse(ctx, who.Actor, in.ID, in.Body.Seq, in.Body.Reason)
			}
			if err != nil {
				return nil, err
			}
			return a.consent(ctx, who, in.ID)
		})
	add(a, huma.Operation{OperationID: "ask-sign-off", Method: http.MethodPost, Path: "/assessments/{id}/sign-off/ask", Summary: "Ask the approvers to look",
		DefaultStatus: http.StatusOK, Errors: []int{http.StatusUnprocessableEntity, http.StatusConflict}}, account.HandIn,
		func(ctx context.Context, who session.Asker, in *Where) (*consentReply, error) {
			if err := a.consents().Ask(ctx, who.Actor, in.ID); err != nil {
				return nil, err
			}
			return a.consent(ctx, who, in.ID)
		})
}

func (a *API) consent(ctx context.Context, who session.Asker, id string) (*consentReply, error) {
	x, err := a.consents().Of(ctx, who.Actor, id)
	if err != nil {
		return nil, err
	}
	out := Consent{Needed: x.Needed(), Stands: x.Stands(), Seq: x.Seq, At: moment(x.Last.At), Refused: x.Refusal.Reason, Changed: []string{}}
	if !x.Last.At.IsZero() {
		out.Last = &x.Last.Seq
	}
	for _, c := range x.Changed {
		out.Changed = append(out.Changed, c.Indicator)
	}
	return &consentReply{out}, nil
}
