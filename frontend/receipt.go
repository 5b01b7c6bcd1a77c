package frontend

import (
	"strconv"
	"time"

	"migov/assessment"
	"migov/assessment/snapshot"
	"migov/assessment/survey"
)

// Receipt says what was handed in, when and by whom, so that it can be checked later.
type Receipt struct {
	Frame
	Home, City, Round string
	HandedIn          time.Time // zero while the city works on it
	Head              *ReceiptHead
	Counts            []ReceiptCount
	Total             int // indicators, context not counted; 0 where the instrument is not known here
	Rows              []ReceiptRow
	MaySave           bool
	Verify            string // address of the page on which anybody checks a copy
}

// ReceiptHead is a snapshot without its content.
type ReceiptHead struct {
	Revision                int
	Reference, Hash         string
	Instrument, Method      string
	Role                    string // of whoever handed in
	At                      time.Time
	Citations, Explanations int
}

// ReceiptCount is how many indicators have an answer of a kind: value, one of the non-answers, or blank.
type ReceiptCount struct {
	Kind  string
	Count int
}

// ReceiptRow is a revision, or a reopening after it.
type ReceiptRow struct {
	Revision  int // of a snapshot; 0 for a reopening
	Reference string
	Href      string
	Current   bool // the page shows this one
	Role      string
	At        time.Time
	Reason    string // of a reopening
}

// receiptKinds are the kinds of answers in the order in which a receipt counts them.
var receiptKinds = []string{"value", string(survey.NotOurs), string(survey.NotApplicable), string(survey.DontKnow), string(survey.Declined), string(survey.Skipped), "blank"}

// NewReceipt lays out the list of revisions and reopenings, the newest first.
func NewReceipt(f Frame, a assessment.Assessment, heads []assessment.SnapshotHead, reopenings []assessment.Reopening, base string) Receipt {
	r := Receipt{Frame: f, Home: "/assessments/" + a.ID, City: a.City.Name, Round: a.Round.Title, HandedIn: a.HandedIn, Verify: base + "/verify"}
	for len(heads) > 0 || len(reopenings) > 0 {
		if len(heads) == 0 || len(reopenings) > 0 && reopenings[0].At.After(heads[0].At) {
			x := reopenings[0]
			r.Rows, reopenings = append(r.Rows, ReceiptRow{Role: string(x.By.Role), At: x.At, Reason: x.Reason}), reopenings[1:]
			continue
		}
		h := heads[0]
		r.Rows, heads = append(r.Rows, ReceiptRow{Revision: h.Revision, Reference: h.Reference, Role: string(h.By.Role), At: h.At}), heads[1:]
	}
	return r
}

// Fill adds the receipt of one snapshot. Without the instrument it is not known how many indicators were left blank.
func (r *Receipt) Fill(h assessment.SnapshotHead, d snapshot.Document, in *survey.Instrument) {
	r.Head = &ReceiptHead{Revision: h.Revision, Reference: h.Reference, Hash: h.Hash, Instrument: h.Instrument, Method: h.Method, Role: string(h.By.Role), At: h.At,
		Citations: len(d.Citations)}
	r.Verify += "/" + h.Reference
	count := map[string]int{}
	settled := 0
	for _, a := range d.Answers {
		if in != nil && (in.Indicator(a.Indicator) == nil || in.IsContext(in.Indicator(a.Indicator))) {
			continue
		}
		if a.Explanation != "" {
			r.Head.Explanations++
		}
		switch {
		case a.Value != "":
			count["value"]++
		case a.NonAnswer != "":
			count[a.NonAnswer]++
		default:
			continue
		}
		settled++
	}
	if in != nil {
		r.Total = len(in.Indicators())
		count["blank"] = r.Total - settled
	}
	for _, k := range receiptKinds {
		if count[k] > 0 || k == "value" {
			r.Counts = append(r.Counts, ReceiptCount{k, count[k]})
		}
	}
	for i, row := range r.Rows {
		if row.Revision > 0 {
			r.Rows[i].Current, r.Rows[i].Href = row.Revision == h.Revision, r.Home+"/receipt?revision="+strconv.Itoa(row.Revision)
		}
	}
}

// Reopen is the form with which an analyst gives an assessment back to the city.
type Reopen struct {
	Frame
	Home, By, City, Round string
	State                 string
	NotNow                string // why it cannot be reopened now, already said; empty when it can
	Reason, Msg           string
	Long                  int // characters of a reason
}

// Verify is where anybody checks a copy of a snapshot.
type Verify struct {
	Frame
	Reference string // that the address names; empty for none
	Hash      string // that was typed
	Msg       string
	Tried     string        // the SHA-256 that was looked for; empty before that
	Found     *VerifiedHead // nil when nothing was found
}

// VerifiedHead is what anybody may know of a snapshot whose SHA-256 he holds.
type VerifiedHead struct {
	Reference string
	Revision  int
	At        time.Time
}
