package rest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"migov/api/download"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
)

// Evidence is a piece of evidence as it is sent.
type Evidence struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind" enum:"file,link"`
	Title    string     `json:"title"`
	Note     string     `json:"note"`
	URL      string     `json:"url" doc:"of a link; it is never fetched"`
	Name     string     `json:"name" doc:"of a file"`
	Media    string     `json:"media" doc:"of a file, as its content says"`
	Size     int64      `json:"size" doc:"bytes of a file"`
	SHA256   string     `json:"sha256" doc:"of a file, in hex"`
	Revision int        `json:"revision" doc:"the one that counts"`
	Expires  *time.Time `json:"expires" doc:"the last day on which it holds"`
	Removed  *time.Time `json:"removed"`
	At       time.Time  `json:"at"`
}

// Citation says that a piece supports an answer.
type Citation struct {
	Indicator string `json:"indicator"`
	Evidence  string `json:"evidence"`
	Passage   string `json:"passage" doc:"page or passage"`
}

// Standing is how far an answer is backed.
type Standing struct {
	Indicator string `json:"indicator"`
	Standing  string `json:"standing" enum:"claimed,evidenced,verified,challenged"`
}

func sentEvidence(e assessment.Evidence) Evidence {
	return Evidence{ID: e.ID, Kind: string(e.Kind), Title: e.Title, Note: e.Note, URL: e.URL, Name: e.Name, Media: e.Media, Size: e.Size, SHA256: e.SHA256,
		Revision: e.Revision, Expires: moment(e.Expires), Removed: moment(e.Removed), At: e.At}
}

// PiecePath names a piece in an address.
type PiecePath struct {
	Where
	Piece string `path:"piece" doc:"id of the piece of evidence"`
}

// IndicatorPath names an indicator of an assessment in an address.
type IndicatorPath struct {
	Where
	Indicator string `path:"indicator"`
}

// evidenceAdded is the reply to what adds a piece or a revision.
type evidenceAdded struct {
	Body struct {
		Evidence Evidence `json:"evidence"`
		Same     bool     `json:"same" doc:"the library held this already; nothing was kept twice"`
	}
}

func sentAdded(e assessment.Evidence, same bool, err error) (*evidenceAdded, error) {
	if err != nil {
		return nil, err
	}
	out := &evidenceAdded{}
	out.Body.Evidence, out.Body.Same = sentEvidence(e), same
	return out, nil
}

func (a *API) evidence() {
	a.evidenceList()
	a.evidenceChanges()
	a.citations()
	a.uploads()
	type place struct {
		Piece    string `path:"piece"`
		Revision int    `path:"revision" minimum:"1"`
	}
	type content struct{ Body func(huma.Context) }
	file := map[string]*huma.Response{"200": {Description: "The file, to be saved. A connection that breaks off means that it is not whole.",
		Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	add(a, huma.Operation{OperationID: "download-evidence", Method: http.MethodGet, Path: "/evidence/{piece}/{revision}", Summary: "Download a file", Responses: file,
		Description: "A reading from outside the city is noted for the city to see."},
		account.ReadEvidence, func(ctx context.Context, who session.Asker, in *place) (*content, error) {
			r, body, err := a.Proofs.Content(ctx, who.Actor, in.Piece, in.Revision)
			if err != nil {
				return nil, err
			}
			return &content{func(ctx huma.Context) { download.Attachment(humagin.Unwrap(ctx), r.Name, r.Media, r.Size, body, a.Log) }}, nil
		})
}

func (a *API) evidenceList() {
	type evidenceKept struct {
		Body struct {
			Evidence  []Evidence `json:"evidence" doc:"of the city, by title; people from outside get what is cited here"`
			Citations []Citation `json:"citations" doc:"of this assessment"`
			Standings []Standing `json:"standings" doc:"of the answers that claim something"`
		}
	}
	add(a, huma.Operation{OperationID: "list-evidence", Method: http.MethodGet, Path: "/assessments/{id}/evidence", Summary: "Evidence, what is cited, and how far answers are backed"},
		account.ReadEvidence, func(ctx context.Context, who session.Asker, in *Where) (*evidenceKept, error) {
			d, err := a.Drafts.Open(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			b, err := a.Besides.Of(ctx, who.Actor, d.Assessment)
			if err != nil {
				return nil, err
			}
			out := &evidenceKept{}
			out.Body.Evidence, out.Body.Citations, out.Body.Standings = []Evidence{}, []Citation{}, []Standing{}
			for _, e := range b.Evidence {
				out.Body.Evidence = append(out.Body.Evidence, sentEvidence(e))
			}
			for _, c := range b.Citations {
				out.Body.Citations = append(out.Body.Citations, Citation{c.Indicator, c.Evidence, c.Passage})
			}
			for _, q := range d.Instrument.All() {
				if s := b.StandingOf(d.Sheet.Answers[q.ID], q.ID, a.Now()); s != evidence.None {
					out.Body.Standings = append(out.Body.Standings, Standing{q.ID, string(s)})
				}
			}
			return out, nil
		})
}

func (a *API) evidenceChanges() {
	refusals := []int{http.StatusUnprocessableEntity, http.StatusLocked, http.StatusTooManyRequests, http.StatusInsufficientStorage}
	type evidenceLink struct {
		Where
		Body struct {
			URL       string `json:"url"`
			Title     string `json:"title,omitempty"`
			Note      string `json:"note,omitempty"`
			Expires   string `json:"expires,omitempty" doc:"2026-12-31, the last day on which it holds"`
			Indicator string `json:"indicator,omitempty" doc:"cite it at once for this indicator"`
			Passage   string `json:"passage,omitempty"`
		}
	}
	add(a, huma.Operation{OperationID: "add-link", Method: http.MethodPost, Path: "/assessments/{id}/evidence/links", Summary: "Add a link to the library of the city", Errors: []int{http.StatusUnprocessableEntity, http.StatusLocked}},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *evidenceLink) (*evidenceAdded, error) {
			b := in.Body
			return sentAdded(a.Proofs.Add(ctx, who.Actor, in.ID, assessment.Proof{Link: b.URL, Title: b.Title, Note: b.Note, Expires: b.Expires, Indicator: b.Indicator, Passage: b.Passage}))
		})
	type evidenceFile struct {
		Where
		Name      string `query:"name" required:"true" doc:"of the file, with its ending: pdf, png, jpg, docx, xlsx, odt, ods, csv or txt"`
		Title     string `query:"title"`
		Note      string `query:"note"`
		Expires   string `query:"expires"`
		Indicator string `query:"indicator" doc:"cite it at once for this indicator"`
		Passage   string `query:"passage"`
		RawBody   []byte `contentType:"application/octet-stream"`
	}
	add(a, huma.Operation{OperationID: "add-file", Method: http.MethodPost, Path: "/assessments/{id}/evidence/files", Summary: "Add a file to the library of the city", Errors: refusals, MaxBodyBytes: evidence.MaxFile + 1<<20,
		Description: "The body is the file, at most 10 MB. What it is, is told by its content: a wrong type behind a right name is refused."},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *evidenceFile) (*evidenceAdded, error) {
			return sentAdded(a.Proofs.Add(ctx, who.Actor, in.ID, assessment.Proof{Name: in.Name, Content: bytes.NewReader(in.RawBody), Size: int64(len(in.RawBody)),
				Title: in.Title, Note: in.Note, Expires: in.Expires, Indicator: in.Indicator, Passage: in.Passage}))
		})
	type evidenceRevised struct {
		PiecePath
		Name    string `query:"name" doc:"of a file"`
		URL     string `query:"url" doc:"of a link"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	add(a, huma.Operation{OperationID: "revise-evidence", Method: http.MethodPost, Path: "/assessments/{id}/evidence/{piece}/revisions", Summary: "Add a revision; the earlier ones are kept", Errors: refusals, MaxBodyBytes: evidence.MaxFile + 1<<20},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *evidenceRevised) (*evidenceAdded, error) {
			if err := a.pieceOf(ctx, who, in.PiecePath); err != nil {
				return nil, err
			}
			given := assessment.Proof{Link: in.URL}
			if in.Name != "" {
				given = assessment.Proof{Name: in.Name, Content: io.ReaderAt(bytes.NewReader(in.RawBody)), Size: int64(len(in.RawBody))}
			}
			return sentAdded(a.Proofs.Revise(ctx, who.Actor, in.Piece, given))
		})
	type evidenceUse struct {
		PiecePath
		Body struct {
			Removed bool `json:"removed" doc:"true: it proves nothing any more, but stays listed; false: it is in use again"`
		}
	}
	add(a, huma.Operation{OperationID: "remove-evidence", Method: http.MethodPut, Path: "/assessments/{id}/evidence/{piece}/removed", Summary: "Take a piece out of use, or put it back", DefaultStatus: http.StatusNoContent},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *evidenceUse) (*struct{}, error) {
			if err := a.pieceOf(ctx, who, in.PiecePath); err != nil {
				return nil, err
			}
			return nil, a.Proofs.Remove(ctx, who.Actor, in.Piece, in.Body.Removed)
		})
}

// pieceOf tells whether a piece belongs to the city of the assessment in the address.
func (a *API) pieceOf(ctx context.Context, who session.Asker, in PiecePath) error {
	x, err := a.Store.Assessment(ctx, who.Actor, in.ID)
	if err != nil {
		return err
	}
	piece, err := a.Proofs.Piece(ctx, who.Actor, in.Piece)
	if err == nil && piece.City != x.City.ID {
		err = missing()
	}
	return err
}

func (a *API) citations() {
	type evidenceCited struct {
		IndicatorPath
		Piece string `path:"piece"`
		Body  struct {
			Passage string `json:"passage,omitempty" doc:"page or passage"`
		}
	}
	const path = "/assessments/{id}/indicators/{indicator}/evidence/{piece}"
	refusals := []int{http.StatusUnprocessableEntity, http.StatusLocked}
	add(a, huma.Operation{OperationID: "cite-evidence", Method: http.MethodPut, Path: path, Summary: "Cite a piece for an indicator, at a page or passage", Errors: refusals, DefaultStatus: http.StatusNoContent},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *evidenceCited) (*struct{}, error) {
			return nil, a.Proofs.Cite(ctx, who.Actor, in.ID, in.Indicator, in.Piece, in.Body.Passage)
		})
	type uncite struct {
		IndicatorPath
		Piece string `path:"piece"`
	}
	add(a, huma.Operation{OperationID: "uncite-evidence", Method: http.MethodDelete, Path: path, Summary: "Take a citation back", Errors: refusals, DefaultStatus: http.StatusNoContent},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *uncite) (*struct{}, error) {
			return nil, a.Proofs.Uncite(ctx, who.Actor, in.ID, in.Indicator, in.Piece)
		})
	type evidenceJudged struct {
		IndicatorPath
		Body struct {
			Verdict  string `json:"verdict" enum:"verified,challenged,withdrawn"`
			Version  int    `json:"version" doc:"of the answer it is said of"`
			Reason   string `json:"reason,omitempty" doc:"needed for a challenge"`
			Proposed string `json:"proposed,omitempty" doc:"with a challenge: another value, which stands beside the city's own"`
		}
	}
	add(a, huma.Operation{OperationID: "judge-answer", Method: http.MethodPut, Path: "/assessments/{id}/indicators/{indicator}/verdict", Summary: "Say from outside that an answer is verified or challenged",
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}, DefaultStatus: http.StatusNoContent},
		account.Verify, func(ctx context.Context, who session.Asker, in *evidenceJudged) (*struct{}, error) {
			return nil, a.Proofs.Judge(ctx, who.Actor, in.ID, in.Indicator, assessment.VerdictKind(in.Body.Verdict), in.Body.Version, in.Body.Proposed, in.Body.Reason)
		})
}

// personal says which texts of a change seem to hold data of a person; nil when none does.
func (a *API) personal(who session.Asker, c Changed) map[string]string {
	w := a.Words.In(who.Lang)
	var out map[string]string
	for field, text := range map[string]*string{"explanation": c.Explanation, "evidence": c.Evidence} {
		if text == nil {
			continue
		}
		var kinds []string
		for _, k := range assessment.PersonalIn(*text) {
			kinds = append(kinds, w.T("evidence.personal_"+string(k)))
		}
		if len(kinds) > 0 {
			if out == nil {
				out = map[string]string{}
			}
			out[field] = w.T("evidence.personal") + " " + strings.Join(kinds, ", ") + "."
		}
	}
	return out
}
