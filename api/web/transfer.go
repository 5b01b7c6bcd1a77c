package web

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/survey"
	"migov/frontend"
)

// maxFile is the largest file that the page takes, in bytes; whole rounds go in by `migov answers import`.
const maxFile = 1 << 20

// TransferRoutes move answers of an assessment in and out as files.
func (p *Pages) TransferRoutes() []Route {
	return []Route{
		{http.MethodGet, "/assessments/:id/transfer", account.ExportAnswers, p.transfer},
		{http.MethodPost, "/assessments/:id/transfer", account.ImportAnswers, p.importFile},
		{http.MethodGet, "/assessments/:id/answers.csv", account.ExportAnswers, p.exportFile},
	}
}

func (p *Pages) transfer(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "transfer", who, p.transferPage(c, who, a))
}

func (p *Pages) transferPage(c *gin.Context, who session.Asker, a assessment.Assessment) frontend.Transfer {
	return frontend.Transfer{Frame: p.Frame(c, who, p.AssessmentNav(c, who, a)...), Home: "/assessments/" + a.ID, By: who.Account, City: a.City.Code, Round: a.Round.Code,
		Choice: p.exportChoice(who, "/assessments/"+a.ID+"/export", a.Round.Code), Columns: longform.Columns, Beside: longform.Beside, MayImport: a.Open() && account.Allowed(who.Role, account.ImportAnswers), HandedIn: a.HandedIn, Megabytes: maxFile >> 20}
}

// exportFile sends the answers as CSV.
func (p *Pages) exportFile(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return download.CSV(c, a.Round.Code+"-"+a.City.Code+".csv", p.Log, func(w io.Writer) error {
		return p.Transfer.Export(c.Request.Context(), who.Actor, a.Round.Code, a.City.Code, w, c.Query("raw") != "")
	})
}

// sentFile is a file as the page sent it: uploaded for a dry run, or carried back to be applied.
type sentFile struct {
	data  []byte
	raw   bool
	apply bool
	seen  map[string]int
}

// importFile says what an import would do, and does it when the file comes back from there with "apply".
func (p *Pages) importFile(c *gin.Context, who session.Asker) error {
	a, err := p.Store.Assessment(c.Request.Context(), who.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	page := p.transferPage(c, who, a)
	if !a.Open() {
		return fault.New(fault.Closed, "fault.handed_in", fault.Args{"Date": a.HandedIn})
	}
	w := p.Words(who)
	file, bad := takeFile(c)
	if bad != nil {
		page.FileMsg = problem.Field(*bad, w)
		page.Faults = []frontend.Fault{{Href: "#file", Text: page.FileMsg}}
		return p.Show(c, http.StatusUnprocessableEntity, "transfer", who, page)
	}
	plan, err := p.Transfer.Plan(c.Request.Context(), who.Actor, a.Round.Code, a.City.Code, bytes.NewReader(file.data), file.raw)
	if err != nil {
		return err
	}
	if file.apply {
		err := p.Transfer.Apply(c.Request.Context(), who.Actor, plan, file.seen)
		if err == nil {
			p.Sessions.Leave(c.Request.Context(), w.N("transfer.done", plan.Count(assessment.Adds)+plan.Count(assessment.Changes)))
			return p.Done(c, who, "/assessments/"+a.ID, "")
		}
		return p.importRefused(c, who, a, page, plan, file, err)
	}
	status := http.StatusOK
	if page.Plan, err = p.importPlan(who, a, plan, file); err != nil {
		return err
	}
	if n := len(plan.Refused); n > 0 {
		status = http.StatusUnprocessableEntity
		page.Faults = []frontend.Fault{{Href: "#refused", Text: w.T("fault.import_refused", "Count", n)}}
	}
	return p.Show(c, status, "transfer", who, page)
}

// importRefused shows anew what the import would do now, with the rows that hinder it.
func (p *Pages) importRefused(c *gin.Context, who session.Asker, a assessment.Assessment, page frontend.Transfer, plan assessment.Plan, file sentFile, refusal error) error {
	f, status := problem.Of(refusal)
	if f.Kind != fault.Conflict && f.Kind != fault.Invalid {
		return refusal
	}
	if f.Kind == fault.Conflict { // since the plan was made, perhaps: what stands now is to be seen
		var err error
		if plan, err = p.Transfer.Plan(c.Request.Context(), who.Actor, a.Round.Code, a.City.Code, bytes.NewReader(file.data), file.raw); err != nil {
			return err
		}
	}
	var err error
	if page.Plan, err = p.importPlan(who, a, plan, file); err != nil {
		return err
	}
	w := p.Words(who)
	page.Faults = []frontend.Fault{{Text: problem.Sentence(f, w)}}
	if f.Kind == fault.Conflict {
		for _, x := range f.Fields {
			row := rowOf(x.Name)
			page.Faults = append(page.Faults, frontend.Fault{Href: "#row-" + strconv.Itoa(row), Text: w.T("transfer.row_n", "Row", row) + ": " + problem.Field(x, w)})
		}
	}
	// A row that is now as the file wants it is not among the rows that do something, so that nothing leads to it.
	for i := range page.Faults {
		if !slices.ContainsFunc(page.Plan.Rows, func(r frontend.ImportRow) bool { return page.Faults[i].Href == "#row-"+strconv.Itoa(r.Row) }) {
			page.Faults[i].Href = ""
		}
	}
	return p.Show(c, status, "transfer", who, page)
}

// takeFile reads the file out of the form.
func takeFile(c *gin.Context) (f sentFile, bad *fault.Field) {
	missing := &fault.Field{Name: "file", Key: "transfer.file_missing"}
	large := &fault.Field{Name: "file", Key: "fault.file_too_large", Args: fault.Args{"Megabytes": maxFile >> 20}}
	f.raw, f.apply = c.PostForm("raw") != "", c.PostForm("apply") != ""
	if f.apply {
		data, err := base64.StdEncoding.DecodeString(c.PostForm("text"))
		if err != nil || json.Unmarshal([]byte(c.PostForm("seen")), &f.seen) != nil || f.seen == nil {
			return f, missing
		}
		f.data = data
	} else {
		upload, err := c.FormFile("file")
		if err != nil || upload.Size == 0 {
			return f, missing
		}
		if upload.Size > maxFile {
			return f, large
		}
		open, err := upload.Open()
		if err != nil {
			return f, missing
		}
		defer open.Close()
		if f.data, err = io.ReadAll(io.LimitReader(open, maxFile+1)); err != nil {
			return f, &fault.Field{Name: "file", Key: "fault.file_unreadable"}
		}
	}
	if len(f.data) > maxFile {
		return f, large
	}
	return f, nil
}

// importPlan puts a dry run into words.
func (p *Pages) importPlan(who session.Asker, a assessment.Assessment, plan assessment.Plan, file sentFile) (*frontend.ImportPlan, error) {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := p.Library.Find(code, version)
	if !ok {
		return nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	seen, err := json.Marshal(plan.Seen)
	if err != nil {
		return nil, err
	}
	out := &frontend.ImportPlan{Adds: plan.Count(assessment.Adds), Changes: plan.Count(assessment.Changes), Same: plan.Count(assessment.Same),
		File: base64.StdEncoding.EncodeToString(file.data), Seen: string(seen), Raw: file.raw}
	w := p.Words(who)
	for _, x := range plan.Refused {
		out.Refused = append(out.Refused, frontend.RefusedRow{Row: rowOf(x.Name), Text: problem.Field(x, w)})
	}
	slices.SortStableFunc(out.Refused, func(a, b frontend.RefusedRow) int { return cmp.Compare(a.Row, b.Row) })
	for _, l := range plan.Lines {
		if l.Effect == assessment.Same {
			continue
		}
		q := in.Indicator(l.Indicator)
		out.Rows = append(out.Rows, frontend.ImportRow{Row: l.Line, ID: q.ID, Effect: string(l.Effect), Title: q.Title, Power: string(l.Power),
			Value:  l.Before.Value != l.After.Value || l.Before.NonAnswer != l.After.NonAnswer,
			Before: shown(in, q, l.Before), After: shown(in, q, l.After),
			Explanation: l.Before.Explanation != l.After.Explanation, Evidence: l.Before.Evidence != l.After.Evidence})
	}
	slices.SortStableFunc(out.Rows, func(a, b frontend.ImportRow) int { return cmp.Compare(a.Row, b.Row) })
	return out, nil
}

// rowOf is the number in a place such as "row 12"; 0 for any other place.
func rowOf(place string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(place, "row "))
	return n
}
