package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/score"
	"migov/assessment/survey"
)

// fill answers indicators of an assessment; what it returns for one is a value, a non-answer, or nothing.
func fill(t *testing.T, w *apitest.World, who account.Actor, id string, say func(q *survey.Indicator) string) {
	t.Helper()
	var given []assessment.Given
	for _, q := range w.Instrument.Indicators() {
		said := say(q)
		if said == "" {
			continue
		}
		g := assessment.Given{Mutation: uuid.NewString(), Indicator: q.ID, Value: &said}
		if survey.NonAnswer(said).Known() {
			g.Value, g.NonAnswer = nil, &said
		}
		given = append(given, g)
	}
	if _, rejected, err := w.Pages.Drafts.Save(context.Background(), who, id, given...); err != nil || len(rejected) > 0 {
		t.Fatalf("the answers were not taken: %v %v", err, rejected)
	}
}

// middle answers with level 2, yes, half of the options and the least number.
func middle(q *survey.Indicator) string {
	switch q.Kind {
	case survey.Level:
		return "2"
	case survey.YesNo:
		return "yes"
	case survey.Multiple:
		return q.Options[0].ID
	case survey.Number:
		return strconv.FormatFloat(q.Number.Min, 'f', -1, 64)
	}
	return "A text"
}

func handIn(t *testing.T, w *apitest.World, who account.Actor, id string) {
	t.Helper()
	if _, err := w.Pages.Drafts.HandIn(context.Background(), who, id); err != nil {
		t.Fatal(err)
	}
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)

// words is what a page says, without its mark-up.
func words(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, s := range wanted {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
}

func TestAnAssessmentWithoutAnswersHasWordsAndNoFigures(t *testing.T) {
	w := apitest.New(t)
	page := w.Client(apitest.CoordinatorA).Get("/assessments/" + w.A.ID + "/results")
	if page.Status != http.StatusOK {
		t.Fatalf("status %d", page.Status)
	}
	text := words(page.Body)
	contains(t, text, "No figure yet", "There is no single figure for the whole city yet.", "No dimension has enough answers for a value yet.",
		"There is a figure when every dimension has a value.", "There is a figure when at least four dimensions have an effort.",
		"Fewer than five indicators in the hands of others are answered.", "There is no shape yet", "not enough answers")
	if strings.Contains(page.Body, `<p class="big">`) {
		t.Error("a figure is shown although nothing is answered")
	}
	if strings.Contains(page.Body, "NaN") || strings.Contains(page.Body, "+Inf") {
		t.Error("something that is no number is shown")
	}
	for _, row := range regexp.MustCompile(`(?s)data-l="Situation"><span>(.*?)</span></td>`).FindAllStringSubmatch(page.Body, -1) {
		if strings.Contains(row[1], "<b>") {
			t.Errorf("a situation is shown although nothing is answered: %s", row[1])
		}
	}
}

// In MR.2 one indicator is level 3, one level 1, one open, and the rest does not apply.
func TestTheMathsCanBeDoneByHand(t *testing.T) {
	w := apitest.New(t)
	sub := w.Instrument.Subcategory("MR.2")
	var levels []string
	for _, q := range sub.Indicators {
		if q.Kind == survey.Level {
			levels = append(levels, q.ID)
		}
	}
	if len(levels) < 3 {
		t.Fatalf("MR.2 has %d level indicators", len(levels))
	}
	said := map[string]string{levels[0]: "3", levels[1]: "1", levels[2]: "dont_know"}
	who := w.Actor(apitest.CoordinatorA)
	fill(t, w, who, w.A.ID, func(q *survey.Indicator) string {
		if s := said[q.ID]; s != "" {
			return s
		}
		if q.Subcategory == sub.ID {
			return "not_applicable"
		}
		return middle(q)
	})
	page := w.Client(apitest.CoordinatorA).Get("/assessments/" + w.A.ID + "/results/MR.2")
	if page.Status != http.StatusOK {
		t.Fatalf("status %d", page.Status)
	}
	// (75 + 25) ÷ 2; low (75 + 25 + 0) ÷ 3; high (75 + 25 + 100) ÷ 3.
	contains(t, words(page.Body), "100 ÷ 2 50 50", "100 ÷ 3 33.33 33", "200 ÷ 3 66.67 67", "We do not know yet", "Does not apply here",
		"Method 1.0.0, questionnaire "+w.Instrument.Name())
	for _, q := range sub.Indicators {
		contains(t, page.Body, q.ID)
	}
}

func TestEveryNumberHasItsMaths(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, middle)
	scheme := w.Library.Scheme(w.Instrument)
	c := w.Client(apitest.CoordinatorA)
	ids := append(append([]string{score.OverallID, score.AdvocacyID}, scheme.DimensionIDs()...), scheme.SubcategoryIDs()...)
	for _, id := range ids {
		page := c.Get("/assessments/" + w.A.ID + "/results/" + id)
		if page.Status != http.StatusOK || strings.Contains(page.Body, "⟨") || strings.Contains(page.Body, "NaN") {
			t.Errorf("%s: status %d, or a message or number is missing", id, page.Status)
		}
	}
	if page := c.Get("/assessments/" + w.A.ID + "/results/XX.9"); page.Status != http.StatusNotFound {
		t.Errorf("a part that does not exist: status %d", page.Status)
	}
}

func TestChartTableAndCardSayTheSameFigures(t *testing.T) {
	w := apitest.New(t)
	levels := 0
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, func(q *survey.Indicator) string {
		if q.Kind != survey.Level {
			return middle(q)
		}
		levels++
		return strconv.Itoa(levels % 5)
	})
	d, err := w.Pages.Drafts.Open(context.Background(), w.Actor(apitest.CoordinatorA), w.A.ID)
	if err != nil {
		t.Fatal(err)
	}
	scheme := w.Library.Scheme(w.Instrument)
	card := scheme.Card("city-a", scheme.Marks(d.Sheet.Plain(), d.Sheet.Holders()))
	body := w.Client(apitest.CoordinatorA).Get("/assessments/" + w.A.ID + "/results").Body
	contains(t, body, fmt.Sprintf(`<p class="big">%d</p>`, score.Round(card.Overall.Situation.Central)))
	rows := regexp.MustCompile(`data-l="Situation"><span><b>(\d+)</b> <span class="muted nowrap">(\d+)–(\d+)`).FindAllStringSubmatch(body, -1)
	if len(rows) != len(card.Dimensions)+len(card.Subcategories) {
		t.Fatalf("the tables have %d situations, the card %d", len(rows), len(card.Dimensions)+len(card.Subcategories))
	}
	drawn := 0
	for i, s := range append(card.Dimensions[:len(card.Dimensions):len(card.Dimensions)], card.Subcategories...) {
		want := []int{score.Round(s.Situation.Central), score.Round(s.Situation.Low), score.Round(s.Situation.High)}
		for k, v := range want {
			if rows[i][k+1] != strconv.Itoa(v) {
				t.Errorf("%s: the table says %v, the card %v", s.ID, rows[i][1:], want)
				break
			}
		}
		if i < len(card.Dimensions) && s.Effort.Known {
			drawn += strings.Count(body, fmt.Sprintf(">%d and %d<", want[0], score.Round(s.Effort.Central)))
		}
	}
	if drawn < len(card.Dimensions)-1 {
		t.Errorf("only %d rows of the charts say the figures of the card", drawn)
	}
}

func TestWhoMaySeeResults(t *testing.T) {
	w := apitest.New(t)
	path := "/assessments/" + w.A.ID + "/results"
	see := func(name string) int { return w.Client(name).Get(path).Status }
	for _, c := range []struct {
		name string
		want int
	}{{"", http.StatusSeeOther}, {apitest.CoordinatorA, 200}, {apitest.ContributorA, 200}, {apitest.CoordinatorB, 404}, {apitest.Admin, 403}, {apitest.Analyst, 404}} {
		if got := see(c.name); got != c.want {
			t.Errorf("before handing in, %q gets %d, want %d", c.name, got, c.want)
		}
	}
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	if got := see(apitest.Analyst); got != 200 {
		t.Errorf("after handing in, the analyst gets %d", got)
	}
}

func TestResultsAreSaidInFourLanguages(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, middle)
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	c := w.Client(apitest.Analyst)
	for lang, heading := range map[string]string{"en": "Well-developed areas", "fr": "Domaines bien développés", "es": "Ámbitos bien desarrollados", "ar": "مجالات متقدمة"} {
		c.Get("/rounds?lang=" + lang)
		body := c.Get("/assessments/" + w.A.ID + "/results").Body
		contains(t, body, heading, `<html lang="`+lang+`"`)
		for _, path := range []string{"/assessments/" + w.A.ID + "/results", "/assessments/" + w.A.ID + "/results/MR", "/assessments/" + w.A.ID + "/results/overall",
			"/assessments/" + w.A.ID + "/results/advocacy", "/rounds", "/rounds/2026", "/rounds/2026/compare", "/rounds/2026/compare?level=subcategories&measure=effort&city=city-a"} {
			page := c.Get(path)
			if page.Status != http.StatusOK {
				t.Errorf("%s in %s: status %d", path, lang, page.Status)
			}
			if i := strings.Index(page.Body, "⟨"); i >= 0 {
				t.Errorf("%s in %s: a message is missing: %s", path, lang, page.Body[i:min(i+60, len(page.Body))])
			}
		}
	}
}

// The words of rank and verdict that DESIGN.md 8 rules out.
var verdicts = regexp.MustCompile(`(?i)\b(best|worst|weak\w*|poor\w*|failing|leaders?|scores?|league|winners?|meilleure?s?|pires?|faibles?|mejor|mejores|peor|peores|débil\w*)\b|الأفضل|الأسوأ|ضعيف`)

func TestNoMessageRanksOrJudges(t *testing.T) {
	for _, group := range []string{"results", "rounds", "compare", "publish"} {
		for _, lang := range []string{"en", "fr", "es", "ar"} {
			raw, err := os.ReadFile("../../data/locale/" + group + "." + lang + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var messages map[string]any
			if err := json.Unmarshal(raw, &messages); err != nil {
				t.Fatal(err)
			}
			for key, m := range messages {
				if text := fmt.Sprint(m); verdicts.MatchString(text) {
					t.Errorf("%s in %s ranks or judges: %s", key, lang, text)
				}
			}
		}
	}
}

// backAnswers backs the answers of assessment A, which is handed in: three of four by evidence, and one of four by a verdict too; another level is
// proposed for MR-01. It returns how many answers with a value are evidenced or better, and how many verified.
func backAnswers(t *testing.T, w *apitest.World) (evidenced, verified int) {
	t.Helper()
	who := w.Actor(apitest.CoordinatorA)
	piece, _, err := w.Pages.Proofs.Add(t.Context(), who, w.A.ID, assessment.Proof{Title: "Plan", Link: "https://city.example/plan"})
	if err != nil {
		t.Fatal(err)
	}
	judge := func(v assessment.Verdict) {
		t.Helper()
		v.Version, v.By, v.At = 1, assessment.Author{Role: account.Analyst}, time.Now()
		if err := w.Store.Judge(t.Context(), account.Actor{Role: account.Operator}, w.A.ID, v); err != nil {
			t.Fatal(err)
		}
	}
	for i, q := range w.Instrument.Indicators() {
		if i%4 == 3 {
			continue
		}
		if err := w.Pages.Proofs.Cite(t.Context(), who, w.A.ID, q.ID, piece.ID, ""); err != nil {
			t.Fatal(err)
		}
		if q.Scored && q.ID != "MR-01" {
			evidenced++
		}
	}
	handIn(t, w, who, w.A.ID)
	judge(assessment.Verdict{Indicator: "MR-01", Kind: assessment.VerdictChallenged, Proposed: "1", Reason: "The plan is of 2019."})
	for i, q := range w.Instrument.Indicators() {
		if i%4 == 0 && q.ID != "MR-01" {
			judge(assessment.Verdict{Indicator: q.ID, Kind: assessment.VerdictVerified})
			if q.Scored {
				verified++
			}
		}
	}
	return evidenced, verified
}

func TestResultsStandThreeTimesBesideEachOther(t *testing.T) {
	w := apitest.New(t)
	// Level 1 everywhere, so that MR-01 stands in a list; whatever counts, a mean then is a mean of the same values.
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, func(q *survey.Indicator) string {
		if q.Kind == survey.Level {
			return "1"
		}
		return middle(q)
	})
	c := w.Client(apitest.CoordinatorA)
	contains(t, words(c.Get("/assessments/"+w.A.ID+"/results").Body), "No counted answer is evidenced or verified yet.")
	evidenced, verified := backAnswers(t, w)
	for lang, want := range map[string][]string{
		"en": {fmt.Sprintf("Evidence or verification backs %d of 85 counted answers; verified: %d.", evidenced, verified), "As claimed", "Evidenced or better", "Verified only", "Proposed from outside: 1", "( Analyst )", "The plan is of 2019."},
		"fr": {"Telles que déclarées", "Étayées ou vérifiées", "Vérifiées seulement", "Proposé de l’extérieur : 1"},
		"es": {"Tal como se declaran", "Con evidencia o verificadas", "Solo verificadas", "Propuesto desde fuera: 1"},
		"ar": {"كما صُرِّح بها", "مدعومة بدليل أو أقوى", "المُتحقَّق منها فقط", "مقترح من الخارج: 1"},
	} {
		c.Get("/account?lang=" + lang)
		page := c.Get("/assessments/" + w.A.ID + "/results")
		contains(t, words(page.Body), want...)
		if page.Status != http.StatusOK || strings.Contains(page.Body, "⟨") {
			t.Errorf("%s: status %d, or a message is missing", lang, page.Status)
		}
		contains(t, words(c.Get("/assessments/"+w.A.ID+"/results/MR").Body), want[len(want)-1])
	}
	// What stands beside the answers is in memory: the page asks no more than the assessment and its answers.
	before := w.Store.Statements()
	c.Get("/assessments/" + w.A.ID + "/results")
	results := w.Store.Statements() - before
	before = w.Store.Statements()
	c.Get("/assessments/" + w.A.ID + "/check")
	if check := w.Store.Statements() - before; results > check {
		t.Errorf("the results ask %d times, the check page %d", results, check)
	}
}

// The limits of the issue: everything of a first visit, as it is sent.
func TestTheFirstVisitOfResultsIsLight(t *testing.T) {
	w := apitest.New(t)
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, middle)
	backAnswers(t, w)
	c := w.Client(apitest.CoordinatorA)
	page := c.Get("/assessments/" + w.A.ID + "/results")
	if !strings.Contains(page.Body, "<svg class=\"chart\"") || !strings.Contains(page.Body, "Middle bar") {
		t.Error("the page has no charts")
	}
	style, script := c.Get(w.Pages.Site.Static.URL("app.css")), c.Get(w.Pages.Site.Static.URL("app.js"))
	without, with := page.Wire+style.Wire, page.Wire+style.Wire+script.Wire
	t.Logf("page %d, style %d, script %d bytes", page.Wire, style.Wire, script.Wire)
	if without > 40<<10 || with > 60<<10 {
		t.Errorf("%d bytes without script, %d with", without, with)
	}
}
