package assessment

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/survey"
)

// archive writes files into a ZIP as they come.
type archive struct {
	zip *zip.Writer
	at  time.Time
}

func (z archive) file(name string) (io.Writer, error) {
	return z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.at})
}

func (z archive) json(name string, v any) error {
	w, err := z.file(name)
	if err != nil {
		return err
	}
	return writeJSON(w, v)
}

// City writes everything that is kept of the actor's city as a ZIP: for each assessment answers, powers, revisions,
// conversations and what else stands beside it, as JSON; the answers as XLSX; the people, the evidence library with its files
// (named by their SHA-256), and the audit log. It is written as it is read; after an error the file is not whole. begin is
// called when nothing can be refused any more.
func (l Leave) City(ctx context.Context, who account.Actor, w io.Writer, begin func(city City)) error {
	if !account.Allowed(who.Role, account.ExportCity) || !who.Role.OfCity() {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := l.Store.Assessments(ctx, who, "")
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	people, err := l.Crowd.Store.People(ctx, who)
	if err != nil {
		return err
	}
	now, city := l.Now(), all[0].City
	if err := l.Store.Record(ctx, Event{At: now, Actor: author(who), City: city.ID, Action: "export.city", Subject: city.ID}); err != nil {
		return err
	}
	begin(city)
	z := archive{zip.NewWriter(w), now}
	if err := z.json("about.json", map[string]any{"city": city.Name, "code": city.Code, "country": city.Country, "made": now, "assessments": len(all)}); err != nil {
		return err
	}
	team := []wireAccount{}
	for _, a := range people {
		team = append(team, wireAccount{ID: a.ID, Email: a.Email, Name: plainName(a.Name), Role: string(a.Role), Department: a.Department, Language: string(a.Language),
			Letters: string(a.Mail), Notice: a.Noticed, Factor: a.Factor, Created: a.Created})
	}
	if err := z.json("people.json", team); err != nil {
		return err
	}
	var book longform.Book
	for _, a := range all {
		if err := l.packAssessment(ctx, who, z, a, &book); err != nil {
			return err
		}
	}
	sheet, err := z.file("answers.xlsx")
	if err != nil {
		return err
	}
	if err := book.Write(sheet); err != nil {
		return err
	}
	if err := l.packEvidence(ctx, who, z); err != nil {
		return err
	}
	if err := l.packAudit(ctx, who, z); err != nil {
		return err
	}
	return z.zip.Close()
}

type (
	wireSnapshot struct {
		Revision   int       `json:"revision"`
		Reference  string    `json:"reference"`
		Instrument string    `json:"instrument"`
		Method     string    `json:"method"`
		SHA256     string    `json:"sha256"`
		File       string    `json:"file"`
		By         *wireBy   `json:"by"`
		At         time.Time `json:"at"`
	}
	wireReopening struct {
		Revision int       `json:"revision"`
		Reason   string    `json:"reason"`
		By       *wireBy   `json:"by"`
		At       time.Time `json:"at"`
	}
	wireAnswer struct {
		Indicator   string    `json:"indicator"`
		Question    string    `json:"question"`
		Version     int       `json:"version"`
		Value       string    `json:"value"`
		NonAnswer   string    `json:"non_answer"`
		Explanation string    `json:"explanation"`
		Evidence    string    `json:"evidence"`
		Confidence  string    `json:"confidence"`
		Standing    string    `json:"standing"` // see evidence.Standing; empty where nothing is claimed
		By          *wireBy   `json:"by"`
		At          time.Time `json:"at"`
	}
	wirePower struct {
		Indicator string     `json:"indicator"`
		Holder    string     `json:"power"`
		Default   bool       `json:"default"`
		Reason    string     `json:"reason,omitempty"`
		Version   int        `json:"version"`
		By        *wireBy    `json:"by,omitempty"`
		At        *time.Time `json:"at,omitempty"`
	}
	wireThread struct {
		ID        string     `json:"id"`
		Indicator string     `json:"indicator"`
		Shared    bool       `json:"shared"`
		Resolved  *time.Time `json:"resolved,omitempty"`
		By        *wireBy    `json:"by"`
		At        time.Time  `json:"at"`
		Posts     []wirePost `json:"posts"`
	}
	wirePart struct {
		Ref        string     `json:"part"`
		Account    string     `json:"account,omitempty"`
		Department string     `json:"department,omitempty"`
		Due        *time.Time `json:"due,omitempty"`
		Opened     *time.Time `json:"opened,omitempty"`
		Note       string     `json:"note,omitempty"`
		By         *wireBy    `json:"by"`
		At         time.Time  `json:"at"`
	}
	wireCarried struct {
		Indicator   string         `json:"indicator"`
		From        string         `json:"from"` // id of the assessment of the earlier round
		Round       string         `json:"round"`
		Value       string         `json:"value,omitempty"`
		NonAnswer   string         `json:"non_answer,omitempty"`
		Explanation string         `json:"explanation,omitempty"`
		Evidence    string         `json:"evidence,omitempty"`
		Confidence  string         `json:"confidence,omitempty"`
		Holder      string         `json:"power,omitempty"`
		Reason      string         `json:"reason,omitempty"` // of the power
		Citations   []wireCitation `json:"citations,omitempty"`
		Changed     []string       `json:"changed,omitempty"` // in the question
		By          *wireBy        `json:"by"`
		At          time.Time      `json:"at"`
		Settled     *time.Time     `json:"settled"`
		Confirmed   bool           `json:"confirmed"`
	}
	wireCitation struct {
		Indicator string    `json:"indicator"`
		Evidence  string    `json:"evidence"`
		Passage   string    `json:"passage,omitempty"`
		By        *wireBy   `json:"by"`
		At        time.Time `json:"at"`
	}
	wireVerdict struct {
		Indicator string    `json:"indicator"`
		Verdict   string    `json:"verdict"`
		Version   int       `json:"answer_version"`
		Proposed  string    `json:"proposed,omitempty"`
		Reason    string    `json:"reason,omitempty"`
		By        *wireBy   `json:"by"`
		At        time.Time `json:"at"`
	}
	wireClarification struct {
		ID        string     `json:"id"`
		Indicator string     `json:"indicator"`
		Question  string     `json:"question"`
		Due       *time.Time `json:"due,omitempty"`
		Version   int        `json:"answer_version"`
		By        *wireBy    `json:"by"`
		At        time.Time  `json:"at"`
		Reply     string     `json:"reply,omitempty"`
		Outcome   string     `json:"outcome,omitempty"`
		RepliedBy *wireBy    `json:"replied_by,omitempty"`
		Replied   *time.Time `json:"replied,omitempty"`
		Settled   *time.Time `json:"settled,omitempty"`
	}
	wireSignOff struct {
		Seq int64     `json:"revision"`
		By  *wireBy   `json:"by"`
		At  time.Time `json:"at"`
	}
	wireConsent struct {
		Scope     []string   `json:"scope"`
		Audience  string     `json:"audience"`
		Terms     string     `json:"terms"`
		Revision  int        `json:"revision"`
		Hash      string     `json:"sha256"`
		By        *wireBy    `json:"by"`
		At        time.Time  `json:"at"`
		Withdrawn *time.Time `json:"withdrawn,omitempty"`
	}
	wirePiece struct {
		ID        string        `json:"id"`
		Kind      string        `json:"kind"`
		Title     string        `json:"title"`
		Note      string        `json:"note,omitempty"`
		Expires   *time.Time    `json:"expires,omitempty"`
		Removed   *time.Time    `json:"removed,omitempty"`
		Revisions []wirePieceOf `json:"revisions"`
	}
	wirePieceOf struct {
		Revision int       `json:"revision"`
		URL      string    `json:"url,omitempty"`
		Name     string    `json:"name,omitempty"`
		Media    string    `json:"media,omitempty"`
		Size     int64     `json:"bytes,omitempty"`
		SHA256   string    `json:"sha256,omitempty"`
		File     string    `json:"file,omitempty"`
		By       *wireBy   `json:"by"`
		At       time.Time `json:"at"`
	}
)

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// packAssessment writes the folder of one assessment and a sheet of its answers.
func (l Leave) packAssessment(ctx context.Context, who account.Actor, z archive, a Assessment, book *longform.Book) error {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := l.Questionnaires.Find(code, version)
	if !ok {
		return fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	sheet, err := l.Store.Sheet(ctx, who, a.ID)
	if err != nil {
		return err
	}
	revisions, err := l.Store.History(ctx, who, a.ID, "")
	if err != nil {
		return err
	}
	beside, err := l.Store.Beside(ctx, who, a.ID)
	if err != nil {
		return err
	}
	folder := a.Round.Code
	if a.Perspective != Officials {
		folder += "-" + string(a.Perspective)
	}
	answers, powers, rows := []wireAnswer{}, []wirePower{}, []longform.Row{}
	for _, q := range in.All() {
		k := sheet.Answers[q.ID]
		row := beside.row(a, in, q, sheet, l.Now())
		if !in.IsContext(q) {
			p := sheet.Powers[q.ID]
			w := wirePower{Indicator: q.ID, Holder: row.Power, Default: p.Holder == "", Reason: p.Reason, Version: p.Version, At: instant(p.At)}
			if p.Version > 0 {
				w.By = wiredBy(p.By)
			}
			powers = append(powers, w)
		}
		rows = append(rows, row)
		if k.Version > 0 {
			answers = append(answers, wireAnswer{q.ID, q.Title.String(), k.Version, k.Value, string(k.NonAnswer), k.Explanation, k.Evidence, string(k.Confidence), row.Standing, wiredBy(k.By), k.At})
		}
	}
	book.Add(a.Round.Code, rows)
	written := make([]wireRevision, len(revisions))
	for i, r := range revisions {
		written[i] = wiredRevision(r)
	}
	about := map[string]any{"round": a.Round.Code, "title": a.Round.Title, "instrument": a.Round.Instrument, "perspective": a.Perspective, "handed_in": instant(a.HandedIn)}
	for _, f := range []struct {
		name string
		is   any
	}{{"assessment", about}, {"answers", answers}, {"powers", powers}, {"revisions", written}, {"conversations", wiredThreads(beside.Threads)}, {"beside", wiredBeside(beside)}} {
		if err := z.json(path.Join(folder, f.name+".json"), f.is); err != nil {
			return err
		}
	}
	return l.packSnapshots(ctx, who, z, a, folder, beside)
}

// packSnapshots writes what was handed in, each document byte for byte, and why it was reopened.
func (l Leave) packSnapshots(ctx context.Context, who account.Actor, z archive, a Assessment, folder string, beside Beside) error {
	out := struct {
		Snapshots  []wireSnapshot  `json:"snapshots"`
		Reopenings []wireReopening `json:"reopenings"`
	}{[]wireSnapshot{}, []wireReopening{}}
	for _, h := range beside.Snapshots {
		x := wireSnapshot{h.Revision, h.Reference, h.Instrument, h.Method, h.Hash, "snapshots/" + h.Reference + ".json", wiredBy(h.By), h.At}
		out.Snapshots = append(out.Snapshots, x)
		_, content, err := l.Store.Snapshot(ctx, who, a.ID, h.Revision)
		if err != nil {
			return err
		}
		w, err := z.file(path.Join(folder, x.File))
		if err != nil {
			return err
		}
		if _, err := w.Write(content); err != nil {
			return err
		}
	}
	for _, r := range beside.Reopenings {
		out.Reopenings = append(out.Reopenings, wireReopening{r.Revision, r.Reason, wiredBy(r.By), r.At})
	}
	return z.json(path.Join(folder, "snapshots.json"), out)
}

func wiredThreads(threads []Thread) []wireThread {
	out := []wireThread{}
	for _, t := range threads {
		w := wireThread{ID: t.ID, Indicator: t.Indicator, Shared: t.Shared, Resolved: instant(t.Resolved), By: wiredBy(t.By), At: t.At}
		for _, p := range t.Posts {
			w.Posts = append(w.Posts, wirePost{ID: p.ID, Text: p.Body, Mentions: p.Mentions, By: wiredBy(p.By), At: p.At})
		}
		out = append(out, w)
	}
	return out
}

func wiredBeside(b Beside) any {
	out := struct {
		Parts          []wirePart          `json:"parts"`
		Citations      []wireCitation      `json:"citations"`
		Verdicts       []wireVerdict       `json:"verdicts"`
		Clarifications []wireClarification `json:"clarifications"`
		SignOffs       []wireSignOff       `json:"sign_offs"`
		Consents       []wireConsent       `json:"consents"` // to show a profile
		Carried        []wireCarried       `json:"carried"`  // what the last round has left
	}{[]wirePart{}, []wireCitation{}, []wireVerdict{}, []wireClarification{}, []wireSignOff{}, []wireConsent{}, []wireCarried{}}
	for _, p := range b.Parts {
		out.Parts = append(out.Parts, wirePart{p.Ref, p.Account, p.Department, instant(p.Due), instant(p.Opened), p.Note, wiredBy(p.By), p.At})
	}
	for _, c := range b.Citations {
		out.Citations = append(out.Citations, wireCitation{c.Indicator, c.Evidence, c.Passage, wiredBy(c.By), c.At})
	}
	for _, v := range b.Verdicts {
		out.Verdicts = append(out.Verdicts, wireVerdict{v.Indicator, string(v.Kind), v.Version, v.Proposed, v.Reason, wiredBy(v.By), v.At})
	}
	for _, c := range b.Clarifications {
		w := wireClarification{ID: c.ID, Indicator: c.Indicator, Question: c.Question, Due: instant(c.Due), Version: c.Version, By: wiredBy(c.By), At: c.At,
			Reply: c.Reply, Outcome: string(c.Outcome), Replied: instant(c.Replied), Settled: instant(c.Settled)}
		if c.Outcome != "" {
			w.RepliedBy = wiredBy(c.RepliedBy)
		}
		out.Clarifications = append(out.Clarifications, w)
	}
	for _, s := range b.SignOffs {
		out.SignOffs = append(out.SignOffs, wireSignOff{s.Seq, wiredBy(s.By), s.At})
	}
	for _, p := range b.Publications {
		out.Consents = append(out.Consents, wireConsent{p.Scope, p.Audience, p.Terms, p.Revision, p.Hash, wiredBy(p.By), p.At, instant(p.Withdrawn)})
	}
	for _, c := range b.Carried {
		a := c.Answer
		w := wireCarried{Indicator: c.Indicator, From: c.From, Round: c.Round, Value: a.Value, NonAnswer: string(a.NonAnswer), Explanation: a.Explanation, Evidence: a.Evidence,
			Confidence: string(a.Confidence), Holder: string(c.Holder), Reason: c.Reason, Changed: c.Changed, By: wiredBy(c.By), At: c.At, Settled: instant(c.Settled), Confirmed: c.Confirmed}
		for _, x := range c.Citations {
			w.Citations = append(w.Citations, wireCitation{Indicator: x.Indicator, Evidence: x.Evidence, Passage: x.Passage, By: w.By, At: c.At})
		}
		out.Carried = append(out.Carried, w)
	}
	return out
}

// packEvidence writes the list of the library and each content once.
func (l Leave) packEvidence(ctx context.Context, who account.Actor, z archive) error {
	pieces, err := l.Store.Shelf(ctx, who, who.City)
	if err != nil {
		return err
	}
	list, packed := []wirePiece{}, map[string]bool{}
	for _, p := range pieces {
		w := wirePiece{ID: p.ID, Kind: string(p.Kind), Title: p.Title, Note: p.Note, Expires: instant(p.Expires), Removed: instant(p.Removed)}
		for _, r := range p.Revisions {
			x := wirePieceOf{Revision: r.Revision, URL: r.URL, Name: r.Name, Media: r.Media, Size: r.Size, SHA256: r.SHA256, By: wiredBy(r.By), At: r.At}
			if r.SHA256 != "" {
				x.File = "files/" + r.SHA256
			}
			w.Revisions = append(w.Revisions, x)
		}
		list = append(list, w)
	}
	if err := z.json("evidence.json", list); err != nil {
		return err
	}
	for _, p := range pieces {
		for _, r := range p.Revisions {
			if r.SHA256 == "" || packed[r.SHA256] {
				continue
			}
			packed[r.SHA256] = true
			if err := l.packFile(ctx, who, z, p.ID, r); err != nil {
				return fmt.Errorf("evidence %s revision %d: %w", p.ID, r.Revision, err)
			}
		}
	}
	return nil
}

func (l Leave) packFile(ctx context.Context, who account.Actor, z archive, id string, r EvidenceRevision) error {
	_, content, err := l.Store.EvidenceContent(ctx, who, id, r.Revision)
	if err != nil {
		return err
	}
	w, err := z.file("files/" + r.SHA256)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, content)
	return err
}

// packAudit writes the audit log, newest first.
func (l Leave) packAudit(ctx context.Context, who account.Actor, z archive) error {
	lines, err := l.Store.Audit(ctx, who, AuditFilter{})
	if err != nil {
		return err
	}
	out := make([]wireEvent, len(lines))
	for i, x := range lines {
		out[i] = wireEvent{Seq: x.Seq, At: x.At, By: wiredBy(x.Actor), Action: x.Action, Subject: x.Subject, Detail: x.Detail, Hash: x.Hash}
	}
	return z.json("audit.json", out)
}
