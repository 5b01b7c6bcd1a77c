package web

import (
	"bytes"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"migov/api/session"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/frontend"
)

// InstrumentRoutes are the questionnaires, which anybody may read.
func (p *Pages) InstrumentRoutes() []Route {
	return []Route{
		{http.MethodGet, "/instruments", account.ReadPublic, p.instruments},
		{http.MethodGet, "/instruments/:name", account.ReadPublic, p.instrument},
		{http.MethodGet, "/instruments/:name/file/:format", account.ReadPublic, p.instrumentFile},
	}
}

func (p *Pages) instruments(c *gin.Context, who session.Asker) error {
	return p.Show(c, http.StatusOK, "instruments", who, frontend.Instruments{Frame: p.Frame(c, who), List: p.Library.List()})
}

// named finds the instrument that the address names, such as urban-migof@1.0.0.
func (p *Pages) named(c *gin.Context) (*survey.Instrument, error) {
	code, version, _ := survey.ParseName(c.Param("name"))
	in, ok := p.Library.Find(code, version)
	if !ok {
		return nil, notFound()
	}
	return in, nil
}

func (p *Pages) instrument(c *gin.Context, who session.Asker) error {
	in, err := p.named(c)
	if err != nil {
		return err
	}
	return p.Show(c, http.StatusOK, "instrument", who, frontend.Instrument{Frame: p.Frame(c, who), Instrument: in})
}

// instrumentFile sends the questionnaire as a file: yaml as it was written, json for programs, markdown in the reader's language.
func (p *Pages) instrumentFile(c *gin.Context, who session.Asker) error {
	in, err := p.named(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	name, kind := in.Code+"-"+in.Version, ""
	switch c.Param("format") {
	case "yaml":
		b.Write(in.Source)
		name, kind = name+".yaml", "application/yaml"
	case "json":
		err = survey.WriteJSON(&b, in)
		name, kind = name+".json", "application/json"
	case "markdown":
		err = survey.WriteMarkdown(&b, in, language(who.Lang))
		name, kind = name+"-"+who.Lang+".md", "text/markdown; charset=utf-8"
	default:
		return notFound()
	}
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": strings.ReplaceAll(name, "\"", "")}))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, kind, b.Bytes())
	return nil
}
