package apitest

import (
	"strings"
	"testing"
)

func TestWhatIsWrongWithAPageIsFound(t *testing.T) {
	page := func(main string) string {
		return `<!doctype html><html lang="en" dir="ltr"><head><title>x</title></head><body><h1>x</h1>` + main + `</body></html>`
	}
	for _, test := range []struct{ name, main, fault string }{
		{"nothing", `<label for="a">a</label><input id="a" name="a"><label><input type="checkbox">b</label><a href="#a">a</a>`, ""},
		{"a tag that does not close", `<div><p>x</div>`, "closes"},
		{"an end without a beginning", `</div>`, "closes"},
		{"an id that stands twice", `<p id="a"></p><p id="a"></p>`, "stands 2 times"},
		{"an input without a label", `<input name="a">`, "has no label"},
		{"a second h1", `<h1>y</h1>`, "2 h1"},
		{"a heading that skips a level", `<h3>y</h3>`, "an h3 follows an h1"},
		{"a link to nowhere", `<a href="#b">b</a>`, "does not exist"},
		{"a label of nothing", `<label for="b">b</label>`, "does not exist"},
		{"an inline style", `<p style="color:red">b</p>`, "content policy"},
		{"an inline script", `<script>1</script>`, "inline script"},
		{"a button without words", `<button></button>`, "without words"},
		{"a message that does not exist", `<p>⟨shell.x⟩</p>`, "message is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(Unsound(page(test.main), "en"), "; ")
			if (test.fault == "") != (got == "") || !strings.Contains(got, test.fault) {
				t.Errorf("got %q, want %q", got, test.fault)
			}
		})
	}
	if got := Unsound(page(""), "ar"); len(got) != 1 {
		t.Errorf("a page in the wrong language: %q", got)
	}
}
