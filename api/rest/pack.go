package rest

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// PackPower says who holds a power in a country.
type PackPower struct {
	Indicator string `json:"indicator"`
	Holder    string `json:"holder" enum:"municipal,shared,regional,national,nobody,contested"`
	Citation  string `json:"citation" doc:"where it is written, such as a law and an article"`
}

// PackTerm is a word of a country.
type PackTerm struct {
	Language string `json:"language" enum:"en,fr,es,ar"`
	Term     string `json:"term"`
	Meaning  string `json:"meaning"`
}

// Pack is what is set for a country.
type Pack struct {
	Revision int         `json:"revision" doc:"the newest, 0 for none; when the pack is replaced, the one that was read"`
	Powers   []PackPower `json:"powers"`
	Terms    []PackTerm  `json:"terms"`
}

func (a *API) countryPacks() {
	type wish struct {
		Country    string `path:"country" doc:"ISO 3166-1 alpha-2"`
		Instrument string `query:"instrument" default:"urban-migof" doc:"code of the questionnaire, without version"`
	}
	type change struct {
		Country    string `path:"country" doc:"ISO 3166-1 alpha-2"`
		Instrument string `query:"instrument" default:"urban-migof" doc:"code of the questionnaire, without version"`
		Body       Pack
	}
	type reply struct{ Body Pack }
	packs := assessment.Packs{Store: a.Store, Questionnaires: a.Library, Now: a.Now}
	read := func(ctx context.Context, who session.Asker, country, instrument string) (*reply, error) {
		p, err := packs.Of(ctx, who.Actor, country, instrument)
		if err != nil {
			return nil, err
		}
		out := &reply{Pack{p.Revision, []PackPower{}, []PackTerm{}}}
		for _, w := range p.Powers {
			out.Body.Powers = append(out.Body.Powers, PackPower{w.Indicator, string(w.Holder), w.Citation})
		}
		for _, w := range p.Terms {
			out.Body.Terms = append(out.Body.Terms, PackTerm{w.Language, w.Term, w.Meaning})
		}
		return out, nil
	}
	add(a, huma.Operation{OperationID: "get-pack", Method: http.MethodGet, Path: "/countries/{country}/pack", Summary: "Who holds the powers in a country, and what its words mean"},
		account.ManagePacks, func(ctx context.Context, who session.Asker, in *wish) (*reply, error) {
			return read(ctx, who, in.Country, in.Instrument)
		})
	add(a, huma.Operation{OperationID: "replace-pack", Method: http.MethodPut, Path: "/countries/{country}/pack", Summary: "Replace the pack of a country",
		Description: "All or nothing. No city changes: the powers are set in cities by an act of its own."},
		account.ManagePacks, func(ctx context.Context, who session.Asker, in *change) (*reply, error) {
			q, err := assessment.Statements{Store: a.Store, Questionnaires: a.Library, Now: a.Now}.Instrument(in.Instrument)
			if err != nil {
				return nil, err
			}
			var powers, terms [][]string
			for _, w := range in.Body.Powers {
				powers = append(powers, []string{w.Indicator, w.Holder, w.Citation})
			}
			for _, w := range in.Body.Terms {
				terms = append(terms, []string{w.Language, w.Term, w.Meaning})
			}
			var p, w strings.Builder
			_ = assessment.WritePack(&p, assessment.PackPowerColumns, powers) // a strings.Builder takes everything
			_ = assessment.WritePack(&w, assessment.PackTermColumns, terms)
			if err := packs.Replace(ctx, who.Actor, in.Country, q, in.Body.Revision, p.String(), w.String()); err != nil {
				return nil, err
			}
			return read(ctx, who, in.Country, in.Instrument)
		})
}
