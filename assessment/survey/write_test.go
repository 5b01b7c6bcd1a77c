package survey_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"migov/assessment/survey"
)

func TestAnInstrumentIsWrittenForPrograms(t *testing.T) {
	var out bytes.Buffer
	in := decoded(t, libraries(t))
	if err := survey.WriteJSON(&out, in); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/libraries.json", out.Bytes())
	var doc struct {
		Code, Version string
		Dimensions    []struct{ ID string }
		Indicators    []map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Code != in.Code || doc.Version != in.Version || len(doc.Dimensions) != 2 || len(doc.Indicators) != len(in.All()) {
		t.Errorf("%s %s: %d dimensions, %d indicators", doc.Code, doc.Version, len(doc.Dimensions), len(doc.Indicators))
	}
	keys := slices.Sorted(maps.Keys(doc.Indicators[0]))
	for _, key := range []string{"id", "dimension", "subcategory", "kind", "scored", "power", "core", "question", "levels", "options", "crosswalk"} {
		if !slices.Contains(keys, key) {
			t.Errorf("the key %s is missing", key)
		}
	}
	for _, q := range doc.Indicators {
		if got := slices.Sorted(maps.Keys(q)); !slices.Equal(got, keys) {
			t.Errorf("%v has the keys %v", q["id"], got)
		}
		walk, ok := q["crosswalk"].(map[string]any)
		for _, f := range survey.FrameworkIDs {
			if _, list := walk[f].([]any); !ok || !list {
				t.Errorf("%v: the crosswalk is %v", q["id"], q["crosswalk"])
			}
		}
		for _, key := range []string{"levels", "options"} {
			if _, list := q[key].([]any); !list {
				t.Errorf("%v: %s is %v", q["id"], key, q[key])
			}
		}
	}
	if last := doc.Indicators[len(doc.Indicators)-1]; last["id"] != "CT-05" || last["scored"] != false || last["power"] != "" {
		t.Errorf("the last indicator is %v", last)
	}
}

func TestAnInstrumentIsWrittenForPaper(t *testing.T) {
	for _, lang := range []survey.Language{survey.English, survey.French} {
		var out bytes.Buffer
		if err := survey.WriteMarkdown(&out, decoded(t, libraries(t)), lang); err != nil {
			t.Fatal(err)
		}
		golden(t, "testdata/libraries."+string(lang)+".md", out.Bytes())
	}
	var arabic, unknown bytes.Buffer
	if err := errors.Join(survey.WriteMarkdown(&arabic, decoded(t, libraries(t)), survey.Arabic), survey.WriteMarkdown(&unknown, decoded(t, libraries(t)), "xx")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(arabic.String(), "اختر") || !strings.Contains(arabic.String(), "Opening hours") {
		t.Error("without a translation, the frame is Arabic and the texts are English")
	}
	if !strings.Contains(unknown.String(), "Choose the highest level") {
		t.Error("an unknown language is not written in English")
	}
}

type broken struct{}

var errBroken = errors.New("the pipe is broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestAWriterThatFailsIsSaid(t *testing.T) {
	in := decoded(t, libraries(t))
	if err := survey.WriteJSON(broken{}, in); !errors.Is(err, errBroken) {
		t.Error("JSON:", err)
	}
	if err := survey.WriteMarkdown(broken{}, in, survey.English); !errors.Is(err, errBroken) {
		t.Error("Markdown:", err)
	}
}

func TestTheInstrumentsThatAreShippedHaveNoFault(t *testing.T) {
	files, err := filepath.Glob("../../data/instruments/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	schema := compiled(t)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range survey.Check(source, false) {
			if !p.Warning {
				t.Errorf("%s: %v", file, p)
			}
		}
		if err := valid(t, schema, source); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	source, err := os.ReadFile("../../data/instruments/urban-migof.yaml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		if in, _ := survey.Decode(source); in == nil {
			b.Fatal("the instrument has faults")
		}
	}
}
