package web

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/export"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/frontend"
)

// CitiesRoutes are the list of cities and the import of cities.
func (p *Pages) CitiesRoutes() []Route {
	return []Route{
		{http.MethodGet, "/cities", assessment.KeepsCities, p.cities},
		{http.MethodGet, "/cities/import", assessment.KeepsCities, p.citiesImport},
		{http.MethodPost, "/cities/import", assessment.KeepsCities, p.importCities},
		{http.MethodGet, "/cities/template.csv", assessment.KeepsCities, p.citiesTemplate},
		{http.MethodGet, "/cities/template.xlsx", assessment.KeepsCities, p.citiesTemplate},
	}
}

func (p *Pages) keptCities() assessment.Cities {
	return assessment.Cities{Store: p.Store, Names: p.Site.Words.PlaceNames, Now: p.Now}
}

func (p *Pages) cities(c *gin.Context, who session.Asker) error {
	ask := frontend.ParseCitiesAsk(c.Request.URL.Query())
	list, err := p.keptCities().List(c.Request.Context(), who.Actor, ask.Of())
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "cities", who, frontend.NewCities(p.wide(c, who), p.Words(who), list, ask))
}

func (p *Pages) citiesImport(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "cities_import", who, p.citiesPage(c, who))
}

func (p *Pages) citiesPage(c *gin.Context, who session.Asker) frontend.CitiesImport {
	return frontend.CitiesImport{Frame: p.wide(c, who), By: who.Account, Megabytes: assessment.MaxCityFile >> 20, Columns: assessment.CityColumns}
}

// importCities says what an import would do, and does it when the file comes back from there with "apply".
func (p *Pages) importCities(c *gin.Context, who session.Asker) error {
	page, w := p.citiesPage(c, who), p.Words(who)
	data, bad := citiesFile(c)
	if bad != nil {
		page.FileMsg = problem.Field(*bad, w)
		page.Faults = []frontend.Fault{{Href: "#file", Text: page.FileMsg}}
		return p.Show(c, http.StatusUnprocessableEntity, "cities_import", who, page)
	}
	plan, err := p.planCities(c, who, data)
	if err != nil {
		return err
	}
	if c.PostForm("apply") != "" {
		err := p.keptCities().Apply(c.Request.Context(), who.Actor, plan, c.PostForm("digest"))
		if err == nil {
			p.Sessions.Leave(c.Request.Context(), w.N("transfer.done", plan.Count(assessment.Adds)+plan.Count(assessment.Changes)))
			return p.Done(c, who, "/cities", "")
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
			return err
		}
		f, status := problem.Of(err)
		if plan, err = p.planCities(c, who, data); err != nil { // what it would do now is to be seen
			return err
		}
		page.Plan, page.Faults = p.citiesPlan(who, plan, data), []frontend.Fault{{Href: "#plan", Text: problem.Sentence(f, w)}}
		return p.Show(c, status, "cities_import", who, page)
	}
	status := http.StatusOK
	page.Plan = p.citiesPlan(who, plan, data)
	if n := page.Plan.Refusals; n > 0 {
		status = http.StatusUnprocessableEntity
		page.Faults = []frontend.Fault{{Href: "#refused", Text: w.T("fault.import_refused", "Count", n)}}
	}
	return p.Show(c, status, "cities_import", who, page)
}

func (p *Pages) planCities(c *gin.Context, who session.Asker, data []byte) (assessment.CityPlan, error) {
	return p.keptCities().Plan(c.Request.Context(), who.Actor, bytes.NewReader(data))
}

// citiesPlan puts a dry run into words.
func (p *Pages) citiesPlan(who session.Asker, plan assessment.CityPlan, data []byte) *frontend.CitiesPlan {
	w := p.Words(who)
	var refused []frontend.RefusedRow
	for _, x := range plan.Refused {
		row, _, _ := strings.Cut(strings.TrimPrefix(x.Name, "row "), ",")
		n, _ := strconv.Atoi(row) // 0 for the whole file
		refused = append(refused, frontend.RefusedRow{Row: n, Text: problem.Field(x, w)})
	}
	return frontend.NewCitiesPlan(w, plan, refused, base64.StdEncoding.EncodeToString(data))
}

// citiesFile reads the file out of the form, in which it was chosen or comes back after the dry run.
func citiesFile(c *gin.Context) ([]byte, *fault.Field) {
	missing := &fault.Field{Name: "file", Key: "transfer.file_missing"}
	large := &fault.Field{Name: "file", Key: "fault.file_too_large", Args: fault.Args{"Megabytes": assessment.MaxCityFile >> 20}}
	if c.PostForm("apply") != "" {
		data, err := base64.StdEncoding.DecodeString(c.PostForm("text"))
		if err != nil || len(data) == 0 {
			return nil, missing
		}
		return data, nil
	}
	upload, err := c.FormFile("file")
	switch {
	case err != nil || upload.Size == 0:
		return nil, missing
	case upload.Size > assessment.MaxCityFile:
		return nil, large
	}
	open, err := upload.Open()
	if err != nil {
		return nil, missing
	}
	defer open.Close()
	data, err := io.ReadAll(open)
	if err != nil {
		return nil, &fault.Field{Name: "file", Key: "fault.file_unreadable"}
	}
	return data, nil
}

// citiesTemplate sends a file to fill in; a workbook explains its columns in the reader's language.
func (p *Pages) citiesTemplate(c *gin.Context, who session.Asker) error {
	format, w := export.CSV, p.Words(who)
	if strings.HasSuffix(c.Request.URL.Path, ".xlsx") {
		format = export.XLSX
	}
	notes := longform.Sheet{Name: w.T("cities.notes"), Rows: frontend.CityNotes(w), Width: 40}
	return download.File(c, "cities."+string(format), format.Media(), p.Log, func(out io.Writer) error {
		return assessment.CityTemplate(out, format == export.XLSX, w.Dir() == "rtl", notes)
	})
}
