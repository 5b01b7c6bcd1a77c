package store_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/survey"
	"migov/data/store"
	"migov/data/store/storetest"
)

// backed is a city of which AA-01 is challenged with a proposal, AA-02 verified, AA-03 evidenced, BB-01 claimed, BB-02 open, and
// BB-03 "not our responsibility" on evidence that was removed; and another of which AA-01 alone is claimed.
func backed(t *testing.T, s *store.Store) *storetest.World {
	t.Helper()
	w := storetest.Populate(t, s)
	p := proofs(w)
	did := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Save(ctx, w.Coordinator, w.Order(w.Coordinator, storetest.Value("AA-01", 0, "3"), storetest.Value("AA-02", 0, "yes"), storetest.Value("AA-03", 0, "women|children"),
		storetest.Value("BB-01", 0, "1"), storetest.NotAnswered("BB-03", 0, survey.NotOurs, "")))
	did(err)
	order := w.Order(w.Foreign, storetest.Value("AA-01", 0, "4"))
	order.Assessment = w.Theirs.ID
	_, err = s.Save(ctx, w.Foreign, order)
	did(err)
	holds, gone := added(t, w, w.Coordinator, fileOf("plan.txt", text(1, 10))), added(t, w, w.Coordinator, fileOf("old.txt", text(2, 10)))
	did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-01", holds.ID, ""))
	did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "AA-03", holds.ID, ""))
	did(p.Cite(ctx, w.Coordinator, w.Mine.ID, "BB-03", gone.ID, ""))
	did(p.Remove(ctx, w.Coordinator, gone.ID, true))
	_, err = w.Drafts.HandIn(ctx, w.Coordinator, w.Mine.ID)
	did(err)
	say := func(indicator string, kind assessment.VerdictKind, proposed, reason string) {
		t.Helper()
		did(s.Judge(ctx, w.Operator, w.Mine.ID, assessment.Verdict{Indicator: indicator, Kind: kind, Version: 1, Proposed: proposed, Reason: reason,
			By: assessment.Author{Account: w.Analyst.Account, Name: "A name", Role: account.Analyst}, At: storetest.Now}))
	}
	say("AA-01", assessment.VerdictVerified, "", "")
	say("AA-01", assessment.VerdictChallenged, "1", "=the plan, of 2019")
	say("AA-02", assessment.VerdictVerified, "", "")
	say("BB-01", assessment.VerdictChallenged, "4", "it is taken back")
	say("BB-01", assessment.VerdictWithdrawn, "", "")
	did(s.Judge(ctx, w.Operator, w.Mine.ID, assessment.Verdict{Indicator: "AA-01", Kind: assessment.VerdictVerified, Version: 1, // another person, later; the challenge stands
		By: assessment.Author{Account: w.Stray.Account, Role: account.Analyst}, At: storetest.Now.Add(time.Minute)}))
	for i, reply := range []string{"'An earlier reply'", "'There is a plan of 2026'", "''"} {
		outcome, at := "'stands'", fmt.Sprintf("'2026-11-24 15:0%d:00'", i)
		if reply == "''" {
			outcome, at = "''", "NULL"
		}
		storetest.Exec(t, s, fmt.Sprintf(`INSERT INTO clarification (city_id, assessment_id, id, indicator, question, version, by_account, by_role, at, reply, outcome, replied_by, replied_role, replied, settled_by, settled_role)
			VALUES ('%s', '%s', 'c%d', 'AA-01', 'Of which year is the plan?', 1, '', 'operator', '2026-11-24 14:00:00', %s, %s, '', 'coordinator', %s, '', '')`, w.Accra.ID, w.Mine.ID, i, reply, outcome, at))
	}
	storetest.Exec(t, s, fmt.Sprintf("UPDATE assessment SET beside = beside + 1 WHERE id = '%s'", w.Mine.ID))
	return w
}

func TestTheBackingOfManyIsWhatIsReadOfEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		all, err := s.Assessments(ctx, w.Operator, "")
		if err != nil {
			t.Fatal(err)
		}
		many, err := s.Backings(ctx, w.Operator, all)
		if err != nil || len(many) != 2 {
			t.Fatalf("%d, %v", len(many), err)
		}
		want := map[string]map[string]evidence.Standing{
			w.Mine.ID:   {"AA-01": evidence.Challenged, "AA-02": evidence.Verified, "AA-03": evidence.Evidenced, "BB-01": evidence.Claimed, "BB-03": evidence.Claimed},
			w.Theirs.ID: {"AA-01": evidence.Claimed},
		}
		for i, a := range all {
			sheet, err := s.Sheet(ctx, w.Operator, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			one, err := s.Beside(ctx, w.Operator, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			x, y := assessment.BackingOf(w.Scheme, sheet, many[i], storetest.Now), assessment.BackingOf(w.Scheme, sheet, one, storetest.Now)
			for id, is := range want[a.ID] {
				if x.Standings[id] != is || y.Standings[id] != is {
					t.Errorf("%s: %q of many, %q of one, not %q", id, x.Standings[id], y.Standings[id], is)
				}
			}
			if len(x.Standings) != len(want[a.ID]) || !bytes.Equal(x.Evidenced, y.Evidenced) || !bytes.Equal(x.Verified, y.Verified) {
				t.Errorf("%v of many, %v of one", x, y)
			}
			for _, v := range many[i].Verdicts {
				if v.By.Name != "" {
					t.Errorf("the name %q is read", v.By.Name)
				}
			}
		}
		if _, err := s.Backings(ctx, w.Coordinator, all); !fault.Is(err, fault.NotFound) {
			t.Errorf("a foreign city: %v", err)
		}
		if none, err := s.Backings(ctx, w.Operator, nil); err != nil || len(none) != 0 {
			t.Errorf("of none: %v, %v", none, err)
		}
	})
}

func TestWhatIsExportedCarriesTheCitysAnswerAndWhatOthersThinkOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		storetest.Exec(t, s, "UPDATE assessment SET handed_in = NULL, state = ''") // as after a reopening, so that the file can come in again
		for _, raw := range []bool{true, false} {
			var out bytes.Buffer
			if err := w.Transfer.Export(ctx, w.Coordinator, "2026", "accra", &out, raw); err != nil {
				t.Fatal(err)
			}
			file := out.String()
			rows, faults := longform.Read(strings.NewReader(file), raw)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			said := map[string]longform.Row{}
			for _, r := range rows {
				said[r.Indicator] = r
			}
			if r := said["AA-01"]; r.Value != "3" || r.Standing != "challenged" || r.Proposed != "1" || r.ProposedBy != "analyst" || r.ProposalReason != "=the plan, of 2019" || r.Reply != "There is a plan of 2026" {
				t.Errorf("raw %v: %+v", raw, r)
			}
			if r := said["BB-01"]; r.Standing != "claimed" || r.Proposed != "" || r.ProposedBy != "" || r.ProposalReason != "" {
				t.Errorf("a proposal that was taken back: %+v", r)
			}
			if r := said["BB-02"]; r.Standing != "" {
				t.Errorf("nothing is claimed: %+v", r)
			}
			plan, err := w.Transfer.Plan(ctx, w.Coordinator, "2026", "accra", strings.NewReader(file), raw)
			if err != nil || len(plan.Refused) > 0 || plan.Count(assessment.Same) != len(w.Instrument.All()) {
				t.Errorf("raw %v: the file comes back as %+v, %v", raw, plan, err)
			}
		}
	})
}

func TestTheDataOfACityCarryWhatOthersThinkOfItsAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := backed(t, s)
		var out bytes.Buffer
		leave := assessment.Leave{Store: s, Crowd: w.Crowd, Questionnaires: w.Library, Now: storetest.Clock}
		if err := leave.City(ctx, w.Coordinator, &out, func(assessment.City) {}); err != nil {
			t.Fatal(err)
		}
		files := unzipped(t, out.Bytes())
		cells := ""
		for name, part := range unzipped(t, []byte(files["answers.xlsx"])) {
			if strings.HasPrefix(name, "xl/worksheets/") {
				cells += part
			}
		}
		for file, wanted := range map[string][]string{
			files["2026/answers.json"]: {`"standing": "challenged"`, `"standing": "verified"`, `"standing": "evidenced"`, `"value": "3"`},
			files["2026/beside.json"]:  {"=the plan, of 2019", "Of which year is the plan?", "There is a plan of 2026", `"outcome": "stands"`},
			cells:                      {"standing", "proposal_reason", "challenged", "=the plan, of 2019", "There is a plan of 2026"},
		} {
			for _, text := range wanted {
				if !strings.Contains(file, text) {
					t.Errorf("%q is not in %.2000s", text, file)
				}
			}
		}
		if strings.Contains(cells, "<f>") {
			t.Error("a text became a formula")
		}
	})
}

func unzipped(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out
}
