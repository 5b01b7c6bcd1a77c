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

// Snapshot as it is sent: that something was handed in, without what it was.
type Snapshot struct {
	Revision   int       `json:"revision" doc:"from 1"`
	Reference  string    `json:"reference" doc:"of the receipt, such as 7QK4-0M3D-XW9A"`
	Instrument string    `json:"instrument" doc:"code@version"`
	Method     string    `json:"method"`
	SHA256     string    `json:"sha256" doc:"of the bytes of the document, in hex"`
	By         string    `json:"by" doc:"role of the person who handed in"`
	At         time.Time `json:"at"`
}

// Reopening as it is sent.
type Reopening struct {
	Revision int       `json:"revision" doc:"the newest snapshot at that time; 0 for none"`
	Reason   string    `json:"reason"`
	By       string    `json:"by" doc:"role"`
	At       time.Time `json:"at"`
}

// handed is the answer to an act that moves an assessment.
type handed struct {
	Body Assessment
}

func sentSnapshot(h assessment.SnapshotHead) Snapshot {
	return Snapshot{h.Revision, h.Reference, h.Instrument, h.Method, h.Hash, string(h.By.Role), h.At}
}

// kept is the use case over the store of the API.
func (a *API) kept() assessment.Snapshots {
	return assessment.Snapshots{Store: a.Store, Besides: a.Besides, Looks: a.Drafts.Looks, Now: a.Now}
}

func (a *API) snapshots() {
	add(a, huma.Operation{OperationID: "hand-in", Method: http.MethodPost, Path: "/assessments/{id}/hand-in", Summary: "Give the assessment to the analyst",
		Description: "Keeps a snapshot of it as the next revision.", Errors: []int{http.StatusConflict}}, account.HandIn, func(ctx context.Context, who session.Asker, in *Where) (*handed, error) {
		x, err := a.Drafts.HandIn(ctx, who.Actor, in.ID)
		return &handed{sentAssessment(x)}, err
	})
	type reopen struct {
		ID   string `path:"id" doc:"id of the assessment"`
		Body struct {
			Reason string `json:"reason" doc:"the city reads it"`
		}
	}
	add(a, huma.Operation{OperationID: "reopen", Method: http.MethodPost, Path: "/assessments/{id}/reopen", Summary: "Give the assessment back to the city",
		Description: "What was handed in stays as it is. A published assessment is withdrawn first.", DefaultStatus: http.StatusOK,
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}}, account.UndoHandIn, func(ctx context.Context, who session.Asker, in *reopen) (*handed, error) {
		x, err := a.Drafts.Reopen(ctx, who.Actor, in.ID, in.Body.Reason)
		return &handed{sentAssessment(x)}, err
	})
	type snapshotList struct {
		Body struct {
			Snapshots  []Snapshot  `json:"snapshots" doc:"newest first"`
			Reopenings []Reopening `json:"reopenings" doc:"newest first"`
		}
	}
	add(a, huma.Operation{OperationID: "list-snapshots", Method: http.MethodGet, Path: "/assessments/{id}/snapshots", Summary: "What was handed in, and why it was reopened"},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *Where) (*snapshotList, error) {
			_, heads, reopenings, err := a.kept().List(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			out := &snapshotList{}
			out.Body.Snapshots, out.Body.Reopenings = []Snapshot{}, []Reopening{}
			for _, h := range heads {
				out.Body.Snapshots = append(out.Body.Snapshots, sentSnapshot(h))
			}
			for _, r := range reopenings {
				out.Body.Reopenings = append(out.Body.Reopenings, Reopening{r.Revision, r.Reason, string(r.By.Role), r.At})
			}
			return out, nil
		})
	type oneSnapshot struct {
		ID       string `path:"id" doc:"id of the assessment"`
		Revision int    `path:"revision" minimum:"1" doc:"of the snapshot"`
	}
	type document struct {
		Type   string `header:"Content-Type"`
		SHA256 string `header:"X-Content-SHA256" doc:"of the bytes, in hex"`
		Body   []byte
	}
	add(a, huma.Operation{OperationID: "get-snapshot", Method: http.MethodGet, Path: "/assessments/{id}/snapshots/{revision}", Summary: "The document of a snapshot",
		Description: "Exactly the bytes that the SHA-256 is of. Check them with the command verify.",
		Responses:   map[string]*huma.Response{"200": {Description: "The document", Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}}}}},
		account.ExportAnswers, func(ctx context.Context, who session.Asker, in *oneSnapshot) (*document, error) {
			head, content, err := a.kept().Export(ctx, who.Actor, in.ID, in.Revision)
			if err != nil {
				return nil, err
			}
			return &document{"application/json", head.Hash, content}, nil
		})
}
