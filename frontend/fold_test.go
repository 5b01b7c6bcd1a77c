package frontend

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"migov/assessment/survey"
	"migov/data/locale"
)

// What is folded says the same as what is not, in every language.
func TestFoldingChangesNothingThatIsSaid(t *testing.T) {
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{Words: words, Static: &Static{}}
	const page = `{{define "said"}}{{if .Foreign}}<span lang="{{.Lang}}" dir="{{.Dir}}">{{.Text}}</span>{{else}}{{.Text}}{{end}}{{end}}{{define "icon"}}<i></i>{{end}}` +
		`<p title="{{t "shell.core"}}">{{t "fault.store_unavailable"}}{{range .Roles}}{{t (print "shell.role_" .)}}{{end}}{{if .Yes}}{{template "icon"}}{{t "shell.yes"}}{{else}}{{t "shell.no"}}{{end}}` +
		`{{template "said" in .Title}}{{with .Other}}{{template "said" in .}}{{end}}</p>`
	data := map[string]any{
		"Roles": []string{"admin", "analyst"}, "Yes": true,
		"Title": survey.Text{"en": "A <b> & “c”", "fr": "L’<i>été</i>", "ar": "مدينة"}, "Other": survey.Text{"en": "only 'English'"},
	}
	for _, lang := range locale.Languages {
		var out [2]string
		for i := range out {
			set := template.Must(template.New("page").Funcs(s.functions(lang)).Parse(page))
			if i == 1 {
				s.fold(set, lang)
				if left := set.Tree.Root.String(); strings.Contains(left, `t "shell`) || strings.Contains(left, "template") || strings.Contains(left, "print") {
					t.Errorf("not folded: %s", left)
				}
			}
			var b bytes.Buffer
			if err := set.Execute(&b, data); err != nil {
				t.Fatal(err)
			}
			out[i] = b.String()
		}
		if out[0] != out[1] || !strings.Contains(out[0], "&#39;") {
			t.Errorf("%s:\n%s\n%s", lang, out[0], out[1])
		}
	}
}
