// Package snapshot is what an assessment was when it was handed in: a document that holds the answers, what supports them
// and the numbers that they amounted to, written as JSON in one way only, so that its SHA-256 tells whether a copy is the
// same to the last byte. It names no person.
package snapshot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"migov/assessment/score"
	"migov/assessment/survey"
)

// Format names the form of the document.
const Format = "migov-snapshot/1"

// Document is a snapshot. The order of the fields is the order in the JSON.
type Document struct {
	Format      string     `json:"format"`
	Revision    int        `json:"revision"` // from 1
	City        Named      `json:"city"`
	Round       Named      `json:"round"`
	Perspective string     `json:"perspective"`
	Instrument  Instrument `json:"instrument"`
	Method      string     `json:"method"`
	Answers     []Answer   `json:"answers"`   // by indicator
	Powers      []Power    `json:"powers"`    // by indicator; only those that the city has set, the instrument's defaults hold for the others
	Citations   []Citation `json:"citations"` // by indicator and evidence
	Numbers     Numbers    `json:"numbers"`
}

// Named is a city or a round.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Instrument is a questionnaire at a version, with its hash (see survey.Instrument).
type Instrument struct {
	Name string `json:"name"` // code@version
	Hash string `json:"hash"`
}

// Answer is what was said for an indicator. Value or NonAnswer or both are empty.
type Answer struct {
	Indicator   string `json:"indicator"`
	Version     int    `json:"version"`
	Value       string `json:"value,omitempty"`
	NonAnswer   string `json:"non_answer,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	Evidence    string `json:"evidence,omitempty"` // as a text; see Citation for pieces of the library
	Confidence  string `json:"confidence,omitempty"`
	Role        string `json:"role,omitempty"` // of whoever wrote it last
}

// Power is who holds the power over the subject of an indicator.
type Power struct {
	Indicator string `json:"indicator"`
	Holder    string `json:"holder"`
	Reason    string `json:"reason,omitempty"`
	Version   int    `json:"version"`
}

// Citation is a piece of evidence cited for an answer, at the revision that counted.
type Citation struct {
	Indicator string `json:"indicator"`
	Evidence  string `json:"evidence"` // id
	Revision  int    `json:"revision"`
	Title     string `json:"title"`
	Kind      string `json:"kind"`             // file or link
	SHA256    string `json:"sha256,omitempty"` // hex, of a file
	Link      string `json:"link,omitempty"`
	Passage   string `json:"passage,omitempty"`
}

// Numbers are the results at full precision: each is written with the fewest digits that give the same float64 again.
type Numbers struct {
	Dimensions    []Result `json:"dimensions"`
	Subcategories []Result `json:"subcategories"`
	Overall       Overall  `json:"overall"`
}

// Result is what is known of a dimension or a sub-category; see score.Result.
type Result struct {
	ID               string   `json:"id"`
	Situation        Interval `json:"situation"`
	Effort           Interval `json:"effort"`
	Answered         int      `json:"answered"`
	Applicable       int      `json:"applicable"`
	EffortAnswered   float64  `json:"effort_answered"`
	EffortApplicable float64  `json:"effort_applicable"`
}

// Overall are the numbers of the whole assessment.
type Overall struct {
	Situation Interval `json:"situation"`
	Effort    Interval `json:"effort"`
	Advocacy  Interval `json:"advocacy"`
}

// Interval is a number from 0 to 100 with its band; what is absent is null.
type Interval struct {
	Low     *float64 `json:"low"`
	Central *float64 `json:"central"`
	High    *float64 `json:"high"`
}

// NumbersOf takes the numbers of a scheme into a document.
func NumbersOf(scheme *score.Scheme, n score.Numbers) Numbers {
	results := func(ids []string, list []score.Result) []Result {
		out := make([]Result, len(list))
		for i, r := range list {
			out[i] = Result{ids[i], interval(r.Situation), interval(r.Effort), r.Answered, r.Applicable, r.EffortAnswered, r.EffortApplicable}
		}
		return out
	}
	return Numbers{results(scheme.DimensionIDs(), n.Dimensions), results(scheme.SubcategoryIDs(), n.Subcategories),
		Overall{interval(n.Situation), interval(n.Effort), interval(n.Advocacy)}}
}

// Score gives the numbers back in the form in which charts and tables take them.
func (n Numbers) Score() score.Numbers {
	results := func(list []Result) []score.Result {
		out := make([]score.Result, len(list))
		for i, r := range list {
			out[i] = score.Result{Situation: r.Situation.Score(), Effort: r.Effort.Score(), Answered: r.Answered, Applicable: r.Applicable,
				EffortAnswered: r.EffortAnswered, EffortApplicable: r.EffortApplicable}
		}
		return out
	}
	return score.Numbers{Dimensions: results(n.Dimensions), Subcategories: results(n.Subcategories),
		Situation: n.Overall.Situation.Score(), Effort: n.Overall.Effort.Score(), Advocacy: n.Overall.Advocacy.Score()}
}

func interval(x score.Interval) (out Interval) {
	if x.Known {
		out.Central = &x.Central
	}
	if x.Banded {
		out.Low, out.High = &x.Low, &x.High
	}
	return out
}

// Score gives an interval back.
func (x Interval) Score() (out score.Interval) {
	if x.Central != nil {
		out.Central, out.Known = *x.Central, true
	}
	if x.Low != nil && x.High != nil {
		out.Low, out.High, out.Banded = *x.Low, *x.High, true
	}
	return out
}

// Sheet gives answers and holders back as scoring takes them.
func (d Document) Sheet() (map[string]survey.Answer, map[string]survey.Holder) {
	answers, holders := make(map[string]survey.Answer, len(d.Answers)), make(map[string]survey.Holder, len(d.Powers))
	for _, a := range d.Answers {
		answers[a.Indicator] = survey.Answer{Value: a.Value, NonAnswer: survey.NonAnswer(a.NonAnswer), Explanation: a.Explanation, Evidence: a.Evidence, Confidence: survey.Confidence(a.Confidence)}
	}
	for _, p := range d.Powers {
		holders[p.Indicator] = survey.Holder(p.Holder)
	}
	return answers, holders
}

// Encode writes the document in the one way, and its SHA-256 in hex: no spaces, lists in the order above, texts as they are
// but for the escapes that JSON asks for.
func (d Document) Encode() (content []byte, hash string, err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		return nil, "", fmt.Errorf("snapshot: %w", err)
	}
	content = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return content, Hash(content), nil
}

// Hash is the SHA-256 of the bytes of a document, in hex.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// The ways in which a document is not what it should be.
var (
	ErrHash    = errors.New("the SHA-256 is another one")
	ErrForm    = errors.New("this is no snapshot")
	ErrRewrite = errors.New("it was written anew by another program")
	ErrUnknown = errors.New("the numbers cannot be computed here")
	ErrNumbers = errors.New("the answers amount to other numbers")
)

// Decode reads a document, and refuses one that is not exactly what Encode writes.
func Decode(content []byte) (d Document, err error) {
	in := json.NewDecoder(bytes.NewReader(content))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return d, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if d.Format != Format {
		return d, fmt.Errorf("%w: its format is %q", ErrForm, d.Format)
	}
	again, _, err := d.Encode()
	if err == nil && !bytes.Equal(again, content) {
		err = ErrRewrite
	}
	return d, err
}

// Check tells whether the bytes of a document have a hash, and whether they are what Encode writes.
func Check(content []byte, hash string) (Document, error) {
	if got := Hash(content); got != strings.ToLower(strings.TrimSpace(hash)) {
		return Document{}, fmt.Errorf("%w: it is %s", ErrHash, got)
	}
	return Decode(content)
}

// Recompute computes the numbers from the answers with the method of this program. It is ErrUnknown where the document was
// made with another method or another instrument, and ErrNumbers, with the place, where a single digit differs.
func (d Document) Recompute(scheme *score.Scheme) error {
	in := scheme.Instrument()
	switch {
	case d.Method != score.MethodVersion:
		return fmt.Errorf("%w: the document is of method %s, this program computes %s", ErrUnknown, d.Method, score.MethodVersion)
	case d.Instrument != Instrument{in.Name(), in.Hash}:
		return fmt.Errorf("%w: the document is of %s with hash %s, the questionnaire at hand is %s with hash %s", ErrUnknown, d.Instrument.Name, d.Instrument.Hash, in.Name(), in.Hash)
	}
	var n score.Numbers
	scheme.Numbers(scheme.Marks(d.Sheet()), &n)
	got := NumbersOf(scheme, n)
	if reflect.DeepEqual(got, d.Numbers) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNumbers, strings.Join(differ(d.Numbers, got), ", "))
}

// differ names the parts in which numbers differ.
func differ(a, b Numbers) (out []string) {
	lists := func(a, b []Result) {
		for i := range max(len(a), len(b)) {
			switch {
			case i >= len(b):
				out = append(out, a[i].ID)
			case i >= len(a) || !reflect.DeepEqual(a[i], b[i]):
				out = append(out, b[i].ID)
			}
		}
	}
	lists(a.Dimensions, b.Dimensions)
	lists(a.Subcategories, b.Subcategories)
	if !reflect.DeepEqual(a.Overall, b.Overall) {
		out = append(out, score.OverallID)
	}
	return out
}
