package rest

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
)

// CityFacts is a city with what peer groups are made from.
type CityFacts struct {
	City       string   `json:"city" doc:"its code"`
	Name       string   `json:"name"`
	Country    string   `json:"country" doc:"ISO 3166-1 alpha-2"`
	Region     *string  `json:"region" doc:"UN M49 code of the sub-region"`
	Locode     *string  `json:"locode" doc:"UN/LOCODE"`
	Population *int     `json:"population" doc:"residents"`
	Roles      []string `json:"roles" doc:"in migration: origin, transit, destination, return, displacement"`
	Income     *string  `json:"income" doc:"group of the country: low, lower_middle, upper_middle, high"`
	Fictional  bool     `json:"fictional"`
}

func cityFacts(c assessment.City) CityFacts {
	said := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	out := CityFacts{City: c.Code, Name: c.Name, Country: c.Country, Region: said(c.Region), Locode: said(c.Locode), Income: said(c.Income), Roles: append([]string{}, c.Roles...), Fictional: c.Fictional}
	if c.Population > 0 {
		out.Population = &c.Population
	}
	return out
}

// CityPlanLine is what a row would do.
type CityPlanLine struct {
	Row     int       `json:"row" doc:"as a spreadsheet counts"`
	Effect  string    `json:"effect" enum:"adds,changes,same"`
	City    CityFacts `json:"city" doc:"as it would be"`
	Changes []string  `json:"changes" doc:"columns that differ from what is kept"`
}

// CityPlan is what an import does.
type CityPlan struct {
	Digest   string          `json:"digest" doc:"of what the file would do; send it to have it done"`
	Imported bool            `json:"imported"`
	Lines    []CityPlanLine  `json:"lines"`
	Refused  []problem.Place `json:"refused" doc:"nothing is imported while a row is refused"`
	Unread   []string        `json:"unread" doc:"headings of columns from which nothing is read"`
}

// citiesAtOnce is how many cities a page of the list has.
const citiesAtOnce = 1000

func (a *API) cities() {
	cities := assessment.Cities{Store: a.Store, Names: a.Words.PlaceNames, Now: a.Now}
	type wish struct {
		Country string `query:"country" doc:"ISO 3166-1 alpha-2"`
		Region  string `query:"region" doc:"UN M49 code of the sub-region"`
		Page    int    `query:"page" minimum:"1" maximum:"1000000" default:"1" doc:"of 1,000 cities"`
	}
	type listed struct {
		Body struct {
			Cities []CityFacts `json:"cities"`
			Of     int         `json:"of" doc:"cities that fit, on all pages"`
		}
	}
	add(a, huma.Operation{OperationID: "list-cities", Method: http.MethodGet, Path: "/cities", Summary: "Cities that rounds can invite"},
		assessment.KeepsCities, func(ctx context.Context, who session.Asker, in *wish) (*listed, error) {
			list, err := cities.List(ctx, who.Actor, assessment.CityAsk{Country: in.Country, Region: in.Region, From: (in.Page - 1) * citiesAtOnce, Most: citiesAtOnce})
			if err != nil {
				return nil, err
			}
			out := &listed{}
			out.Body.Of, out.Body.Cities = list.Of, []CityFacts{}
			for _, c := range list.Cities {
				out.Body.Cities = append(out.Body.Cities, cityFacts(c))
			}
			return out, nil
		})
	type file struct {
		Digest  string `query:"digest" doc:"of the dry run; without it nothing is written"`
		RawBody []byte `contentType:"application/octet-stream"`
	}
	type planned struct{ Body CityPlan }
	add(a, huma.Operation{OperationID: "import-cities", Method: http.MethodPost, Path: "/cities/import", Summary: "Import cities from CSV or XLSX, after a dry run", MaxBodyBytes: assessment.MaxCityFile + 1<<10,
		Errors: []int{http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity},
		Description: "The body is the file; its columns are city, name, country, region, locode, population, roles and income. Without a digest the reply says what the file would do. " +
			"With the digest of that reply it is done, all or nothing; 409 when it would do something else by now."},
		assessment.KeepsCities, func(ctx context.Context, who session.Asker, in *file) (*planned, error) {
			plan, err := cities.Plan(ctx, who.Actor, bytes.NewReader(in.RawBody))
			if err == nil && in.Digest != "" {
				err = cities.Apply(ctx, who.Actor, plan, in.Digest)
			}
			if err != nil {
				return nil, err
			}
			return &planned{a.cityPlan(who, plan, in.Digest != "")}, nil
		})
}

func (a *API) cityPlan(who session.Asker, plan assessment.CityPlan, imported bool) CityPlan {
	out := CityPlan{Digest: plan.Digest, Imported: imported, Lines: []CityPlanLine{}, Refused: []problem.Place{}, Unread: append([]string{}, plan.Unread...)}
	for _, l := range plan.Lines {
		out.Lines = append(out.Lines, CityPlanLine{l.Row, string(l.Effect), cityFacts(l.After), append([]string{}, l.Fields...)})
	}
	w := a.Words.In(who.Lang)
	for _, x := range plan.Refused {
		out.Refused = append(out.Refused, problem.Place{Location: x.Name, Code: x.Key, Message: problem.Field(x, w)})
	}
	return out
}
