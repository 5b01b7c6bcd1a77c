package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
)

// Upload is a file on its way, as it is sent.
type Upload struct {
	ID      string    `json:"id"`
	Offset  int64     `json:"offset" doc:"the byte that is wanted next; equal to size when the whole file has arrived"`
	Size    int64     `json:"size" doc:"bytes of the file"`
	Chunk   int       `json:"chunk" doc:"bytes of every chunk but the last"`
	Expires time.Time `json:"expires" doc:"when it is given up, unless another chunk comes before"`
}

// uploadAt is the reply that tells how far an upload has come.
type uploadAt struct{ Body Upload }

func sentUpload(u assessment.Upload, err error) (*uploadAt, error) {
	if err != nil {
		return nil, err
	}
	return &uploadAt{Upload{ID: u.ID, Offset: u.Received, Size: u.Size, Chunk: evidence.ChunkSize, Expires: u.Seen.Add(assessment.UploadKept)}}, nil
}

// UploadPath names an upload in an address.
type UploadPath struct {
	Where
	Upload string `path:"upload" doc:"id of the upload"`
}

func (a *API) uploads() {
	const path = "/assessments/{id}/evidence/uploads"
	refusals := []int{http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInsufficientStorage}
	type uploadBegun struct {
		Where
		Body struct {
			Name string `json:"name" doc:"of the file, with its ending"`
			Size int64  `json:"size" doc:"bytes, at most 10 MB"`
			Key  string `json:"key" minLength:"1" maxLength:"200" doc:"tells this file from your others: the SHA-256 of its content in hex, which is then compared at the end, or any other text"`
		}
	}
	add(a, huma.Operation{OperationID: "begin-upload", Method: http.MethodPost, Path: path, Summary: "Begin to send a file in chunks, or go on with it", Errors: refusals,
		Description: "Who began with the same key and size within the last 24 hours gets that upload again, with the offset to go on from. The upload is yours alone. It becomes evidence when it is finished."},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *uploadBegun) (*uploadAt, error) {
			return sentUpload(a.Proofs.Begin(ctx, who.Actor, in.ID, in.Body.Name, in.Body.Size, in.Body.Key))
		})
	add(a, huma.Operation{OperationID: "read-upload", Method: http.MethodGet, Path: path + "/{upload}", Summary: "How far an upload has come"},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *UploadPath) (*uploadAt, error) {
			return sentUpload(a.Proofs.Began(ctx, who.Actor, in.ID, in.Upload))
		})
	type uploadChunk struct {
		UploadPath
		Offset  int64  `query:"offset" required:"true" doc:"of the first byte of this chunk in the file"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	add(a, huma.Operation{OperationID: "append-upload", Method: http.MethodPut, Path: path + "/{upload}", Summary: "Append a chunk", MaxBodyBytes: evidence.ChunkSize + 1<<10,
		Errors:      []int{http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusInsufficientStorage},
		Description: "Chunks come one after another, each of 256 KB but the last. One out of turn is answered by 409, and offset says which byte is wanted: go on there. That is also how a chunk whose reply was lost is known to have arrived."},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *uploadChunk) (*uploadAt, error) {
			return sentUpload(a.Proofs.Append(ctx, who.Actor, in.ID, in.Upload, in.Offset, in.RawBody))
		})
	type uploadFinished struct {
		UploadPath
		Body struct {
			Title     string `json:"title,omitempty"`
			Note      string `json:"note,omitempty"`
			Expires   string `json:"expires,omitempty" doc:"2026-12-31, the last day on which it holds"`
			Indicator string `json:"indicator,omitempty" doc:"cite it at once for this indicator"`
			Passage   string `json:"passage,omitempty"`
			Piece     string `json:"piece,omitempty" doc:"id of a piece of which this is a new revision; the other fields are then left alone"`
		}
	}
	add(a, huma.Operation{OperationID: "finish-upload", Method: http.MethodPost, Path: path + "/{upload}/finish", Summary: "Make evidence of an upload",
		Errors:      []int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusLocked, http.StatusInsufficientStorage},
		Description: "The content is judged as that of any file. What is refused for its content is thrown away; anything else can be mended and finished again. Finishing twice yields the same piece."},
		account.WriteEvidence, func(ctx context.Context, who session.Asker, in *uploadFinished) (*evidenceAdded, error) {
			b := in.Body
			if b.Piece == "" {
				return sentAdded(a.Proofs.Add(ctx, who.Actor, in.ID, assessment.Proof{Upload: in.Upload, Title: b.Title, Note: b.Note, Expires: b.Expires, Indicator: b.Indicator, Passage: b.Passage}))
			}
			if err := a.pieceOf(ctx, who, PiecePath{in.Where, b.Piece}); err != nil {
				return nil, err
			}
			return sentAdded(a.Proofs.Revise(ctx, who.Actor, b.Piece, assessment.Proof{Upload: in.Upload}))
		})
}
