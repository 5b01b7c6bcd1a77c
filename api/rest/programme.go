package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/survey"
)

func (a *API) programme() {
	type none struct{}
	type listed struct {
		Code    string            `json:"code"`
		Version string            `json:"version"`
		Title   map[string]string `json:"title"`
		Hash    string            `json:"hash" doc:"SHA-256 of ids, kinds, English texts, powers and options"`
	}
	type instruments struct {
		Body struct {
			Instruments []listed `json:"instruments"`
		}
	}
	add(a, huma.Operation{OperationID: "list-instruments", Method: http.MethodGet, Path: "/instruments", Summary: "Questionnaires"},
		account.ReadPublic, func(_ context.Context, _ session.Asker, _ *none) (*instruments, error) {
			out := &instruments{}
			out.Body.Instruments = []listed{}
			for _, in := range a.Library.List() {
				title := map[string]string{}
				for l, s := range in.Title {
					title[string(l)] = s
				}
				out.Body.Instruments = append(out.Body.Instruments, listed{in.Code, in.Version, title, in.Hash})
			}
			return out, nil
		})
	type name struct {
		Name string `path:"name" doc:"code@version"`
	}
	type questionnaire struct {
		Body json.RawMessage
	}
	add(a, huma.Operation{OperationID: "get-instrument", Method: http.MethodGet, Path: "/instruments/{name}", Summary: "A questionnaire",
		Description: "The same shape as `migov instrument show --format json`."},
		account.ReadPublic, func(_ context.Context, _ session.Asker, in *name) (*questionnaire, error) {
			code, version, _ := survey.ParseName(in.Name)
			found, ok := a.Library.Find(code, version)
			if !ok {
				return nil, missing()
			}
			var b bytes.Buffer
			if err := survey.WriteJSON(&b, found); err != nil {
				return nil, err
			}
			return &questionnaire{b.Bytes()}, nil
		})
}
