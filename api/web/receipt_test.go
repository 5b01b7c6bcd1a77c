package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

var (
	receiptReference = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}`)
	receiptHash      = regexp.MustCompile(`[0-9a-f]{64}`)
)

func TestTheReceiptSaysWhatWasHandedInAndItsCopyIsCheckedByAnybody(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID
	coordinator, contributor, analyst, visitor := w.Client(apitest.CoordinatorA), w.Client(apitest.ContributorA), w.Client(apitest.Analyst), w.Client("")
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, middle)
	contains(t, words(coordinator.Get(home+"/receipt").Body), "Nothing was handed in yet.")
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	page := coordinator.Get(home + "/receipt")
	reference, hash := receiptReference.FindString(page.Body), receiptHash.FindString(page.Body)
	if reference == "" || hash == "" {
		t.Fatalf("%d %s", page.Status, page.Body)
	}
	contains(t, words(page.Body), "Revision 1", "UTC", "Handed in by Coordinator", "Answered", "Indicators 90", "1.0.0")
	contains(t, page.Body, "/verify/"+reference, home+"/snapshots/1")
	if strings.Contains(page.Body, "Name of") {
		t.Error("the receipt names a person")
	}
	for name, c := range map[string]*apitest.Client{"contributor": contributor, "analyst": analyst} {
		if got := c.Get(home + "/receipt"); got.Status != http.StatusOK || !strings.Contains(got.Body, hash) {
			t.Errorf("the %s gets %d", name, got.Status)
		}
	}
	for _, path := range []string{"/receipt", "/snapshots/1"} {
		if got := w.Client(apitest.CoordinatorB).Get(home + path); got.Status != http.StatusNotFound {
			t.Errorf("another city gets %s with %d", path, got.Status)
		}
	}
	file := coordinator.Get(home + "/snapshots/1")
	sum := sha256.Sum256([]byte(file.Body))
	if file.Status != http.StatusOK || hex.EncodeToString(sum[:]) != hash || !strings.Contains(file.Header.Get("Content-Disposition"), "snapshot-"+reference+".json") {
		t.Fatalf("the file is %d, %v", file.Status, file.Header)
	}
	if _, err := snapshot.Check([]byte(file.Body), hash); err != nil {
		t.Error(err)
	}
	for _, missing := range []string{"2", "0", "x", "-1"} {
		if got := coordinator.Get(home + "/snapshots/" + missing); got.Status != http.StatusNotFound {
			t.Errorf("revision %s: %d", missing, got.Status)
		}
	}
	// Anybody, and nothing but whether it is the same.
	changed := strings.Replace(file.Body, `"value":"2"`, `"value":"3"`, 1)
	if changed == file.Body {
		t.Fatal("nothing was changed")
	}
	for _, c := range []struct {
		says, path string
		page       apitest.Page
		found      bool
	}{
		{"the hash", "/verify", visitor.Post("/verify", url.Values{"hash": {" " + strings.ToUpper(hash) + "\n"}}), true},
		{"the hash with its reference", "", visitor.Post("/verify/"+strings.ToLower(reference), url.Values{"hash": {hash}}), true},
		{"the hash with another reference", "", visitor.Post("/verify/0000-0000-0000", url.Values{"hash": {hash}}), false},
		{"another hash", "", visitor.Post("/verify", url.Values{"hash": {strings.Repeat("0", 64)}}), false},
		{"the file", "", checked(t, visitor, "/verify", file.Body), true},
		{"the file with one byte changed", "", checked(t, visitor, "/verify/"+reference, changed), false},
	} {
		if c.page.Status != http.StatusOK || strings.Contains(c.page.Body, "exactly what was handed in.") != c.found || strings.Contains(c.page.Body, "No match") == c.found {
			t.Errorf("%s: %d %s", c.says, c.page.Status, words(c.page.Body))
		}
		for _, secret := range []string{w.Cities[0].Name, w.A.ID, "Coordinator"} {
			if strings.Contains(c.page.Body, secret) {
				t.Errorf("%s: the page tells %q", c.says, secret)
			}
		}
	}
	for _, bad := range []string{"", "abc", strings.Repeat("g", 64)} {
		if got := visitor.Post("/verify", url.Values{"hash": {bad}}); got.Status != http.StatusUnprocessableEntity || !strings.Contains(got.Body, "64 characters") {
			t.Errorf("%q: %d", bad, got.Status)
		}
	}
	if a, b := visitor.Get("/verify/"+reference), visitor.Get("/verify/0000-0000-0000"); a.Status != 200 || strings.ReplaceAll(a.Body, reference, "") != strings.ReplaceAll(b.Body, "0000-0000-0000", "") {
		t.Error("the page tells which references there are")
	}
	// Reopened and handed in again: both revisions stand, with the reason between them.
	if got := analyst.Post(home+"/reopen", url.Values{"reason": {"The level of MR-01 seems too low."}}); got.Status != http.StatusSeeOther {
		t.Fatal(got.Status, got.Body)
	}
	contains(t, words(coordinator.Get(home+"/receipt").Body), "The assessment is open again.", "The level of MR-01 seems too low.", "Analyst")
	fill(t, w, w.Actor(apitest.CoordinatorA), w.A.ID, func(q *survey.Indicator) string { return "" })
	handIn(t, w, w.Actor(apitest.CoordinatorA), w.A.ID)
	again := coordinator.Get(home + "/receipt")
	contains(t, words(again.Body), "Revision 2", "Revision 1", "The level of MR-01 seems too low.")
	if other := receiptHash.FindString(again.Body); other == hash || receiptHash.FindString(coordinator.Get(home+"/receipt?revision=1").Body) != hash {
		t.Errorf("the first was %s, the second is %s", hash, other)
	}
	if old := coordinator.Get(home + "/snapshots/1"); old.Body != file.Body {
		t.Error("the first copy has changed")
	}
	// Both go out with the data of the city.
	packed := unzip(t, coordinator.Get("/people/data.zip").Body)
	contains(t, packed["2026/snapshots.json"], hash, reference, "The level of MR-01 seems too low.")
	if packed["2026/snapshots/"+reference+".json"] != file.Body {
		t.Error("the data of the city hold another copy")
	}
}

// checked sends a file to be checked.
func checked(t *testing.T, c *apitest.Client, path, content string) apitest.Page {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", "copy.json")
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = form.WriteField("hash", "")
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.Send(http.MethodPost, path, bytes.NewReader(b.Bytes()), http.Header{"Content-Type": {form.FormDataContentType()}})
}

func TestAnApproverWhoHasWrittenIsToldBeforeConsenting(t *testing.T) {
	w := apitest.New(t)
	home := "/assessments/" + w.A.ID
	value := "2"
	if _, rejected, err := w.Pages.Drafts.Save(t.Context(), w.Actor(apitest.ContributorA), w.A.ID, assessment.Given{Mutation: uuid.NewString(), Indicator: "MR-01", Value: &value}); err != nil || len(rejected) > 0 {
		t.Fatal(err, rejected)
	}
	person := w.Accounts[apitest.ContributorA]
	person.Role = account.Approver
	if err := w.Store.ChangePerson(t.Context(), person, assessment.Author{Role: account.Operator}, time.Now()); err != nil {
		t.Fatal(err)
	}
	c := w.Client(apitest.ContributorA)
	page := c.Get(home + "/sign-off")
	contains(t, words(page.Body), "You have written answers in this assessment.", "Send it back")
	if strings.Contains(page.Body, `action="`+home+`/sign-off"`) {
		t.Error("the page offers to consent")
	}
	got := c.Post(home+"/sign-off", url.Values{"seq": {"1"}})
	if got.Status != http.StatusConflict {
		t.Errorf("consenting is %d", got.Status)
	}
	contains(t, words(got.Body), "Somebody else of your city who approves has to consent.")
}
