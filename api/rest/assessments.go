package rest

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/survey"
)

// Where names an assessment in an address.
type Where struct {
	ID string `path:"id" doc:"id of the assessment"`
}

// Assessment as it is sent.
type Assessment struct {
	ID          string     `json:"id"`
	City        City       `json:"city"`
	Round       string     `json:"round" doc:"code of the round"`
	Instrument  string     `json:"instrument" doc:"code@version"`
	Perspective string     `json:"perspective"`
	State       string     `json:"state" enum:"draft,collecting,internal_check,submitted,in_review,clarification,validated,published,private"`
	Due         *time.Time `json:"due"`
	HandedIn    *time.Time `json:"handed_in"`
	Changed     *time.Time `json:"changed"`
	Answered    int        `json:"answered" doc:"indicators with a value"`
	Settled     int        `json:"settled" doc:"indicators that are complete"`
}

// City as it is sent.
type City struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Country   string `json:"country" doc:"ISO 3166-1 alpha-2"`
	Fictional bool   `json:"fictional"`
}

// Answer as it is sent.
type Answer struct {
	Indicator    string        `json:"indicator"`
	Version      int           `json:"version" doc:"0 when nothing was ever saved"`
	Value        string        `json:"value" doc:"level 0 to 4; yes or no; options joined by |; a number; a text; empty when there is none"`
	NonAnswer    string        `json:"non_answer" enum:"not_ours,not_applicable,dont_know,declined,skipped,"`
	Explanation  string        `json:"explanation"`
	Evidence     string        `json:"evidence"`
	Confidence   string        `json:"confidence" enum:"unsure,fairly_sure,very_sure,"`
	By           string        `json:"by" doc:"role of the person who saved it last"`
	At           *time.Time    `json:"at"`
	Alternatives []Alternative `json:"alternatives" doc:"later texts for the same fields that wait beside this one until somebody chooses"`
}

// BackedAnswer is an answer with what others think of it, which never replaces it.
type BackedAnswer struct {
	Answer
	Standing  string     `json:"standing" enum:"challenged,claimed,evidenced,verified," doc:"how far the answer is backed; empty where it claims nothing"`
	Proposals []Proposal `json:"proposals" doc:"values that people from outside propose, newest first; the newest of each person"`
	CityReply string     `json:"city_reply" doc:"what the city has said last to whoever reviews the answer"`
}

// Proposal as it is sent.
type Proposal struct {
	Value   string    `json:"value"`
	Version int       `json:"version" doc:"of the answer for which it was proposed; one for an earlier version is no longer shown beside the answer"`
	Reason  string    `json:"reason"`
	By      string    `json:"by" doc:"role of the person"`
	At      time.Time `json:"at"`
}

// Alternative as it is sent.
type Alternative struct {
	ID          string    `json:"id"`
	Fields      []string  `json:"fields"`
	Value       string    `json:"value"`
	NonAnswer   string    `json:"non_answer"`
	Explanation string    `json:"explanation"`
	Evidence    string    `json:"evidence"`
	Confidence  string    `json:"confidence"`
	By          string    `json:"by"`
	At          time.Time `json:"at"`
}

// Power as it is sent.
type Power struct {
	Indicator string `json:"indicator"`
	Holder    string `json:"holder" doc:"municipal, shared, regional, national, nobody or contested"`
	Default   bool   `json:"default" doc:"the instrument's default holds; nobody changed it"`
	Reason    string `json:"reason"`
	Version   int    `json:"version"`
}

func (a *API) assessments() {
	type none struct{}
	type list struct {
		Body struct {
			Assessments []Assessment `json:"assessments"`
		}
	}
	add(a, huma.Operation{OperationID: "list-assessments", Method: http.MethodGet, Path: "/assessments", Summary: "Assessments within reach"},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, _ *none) (*list, error) {
			all, err := a.Drafts.Mine(ctx, who.Actor)
			out := &list{}
			out.Body.Assessments = make([]Assessment, 0, len(all))
			for _, x := range all {
				out.Body.Assessments = append(out.Body.Assessments, sentAssessment(x))
			}
			return out, err
		})
	type whole struct {
		Body struct {
			Assessment
			Answers []BackedAnswer `json:"answers"`
			Powers  []Power        `json:"powers"`
		}
	}
	add(a, huma.Operation{OperationID: "get-assessment", Method: http.MethodGet, Path: "/assessments/{id}", Summary: "An assessment with its answers and powers"},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *Where) (*whole, error) {
			d, err := a.Drafts.Open(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			out := &whole{}
			out.Body.Assessment = sentAssessment(d.Assessment)
			b, err := a.Besides.Of(ctx, who.Actor, d.Assessment)
			if err != nil {
				return nil, err
			}
			out.Body.Answers, out.Body.Powers = []BackedAnswer{}, []Power{}
			for _, q := range d.Instrument.All() {
				out.Body.Answers = append(out.Body.Answers, a.sentBacked(q.ID, d.Sheet, b))
				if !d.Instrument.IsContext(q) {
					out.Body.Powers = append(out.Body.Powers, sentPower(q, d.Sheet))
				}
			}
			return out, nil
		})
	a.answers()
	a.powers()
	a.transfers()
	a.snapshots()
}

// Change is what a client sends to save an answer: only the fields that changed.
type Change struct {
	ID         string `path:"id"`
	Indicator  string `path:"indicator" doc:"such as MR-01"`
	Mutation   string `header:"Idempotency-Key" doc:"a UUID made by the client; the same key with the same content is the same save"`
	Version    string `header:"If-Match" doc:"the version of the answer that the person saw, such as \"3\"; \"0\" when there was none"`
	Body       Changed
	Resolution []string `query:"choose" doc:"ids of alternatives that this save settles"`
}

// Changed holds the fields of an answer that changed.
type Changed struct {
	Value       *string `json:"value,omitempty" doc:"as a person types it; empty clears it"`
	NonAnswer   *string `json:"non_answer,omitempty"`
	Explanation *string `json:"explanation,omitempty"`
	Evidence    *string `json:"evidence,omitempty"`
	Confidence  *string `json:"confidence,omitempty"`
	Holder      string  `json:"holder,omitempty" doc:"with non_answer not_ours: who holds the power"`
}

// SavedBody says what became of a change. Saved is true only when all of it stands and is on disk; Kept is true when
// it is on disk beside somebody else's version.
type SavedBody struct {
	Saved         bool      `json:"saved"`
	Kept          bool      `json:"kept"`
	Mutation      string    `json:"mutation"`
	Version       int       `json:"version"`
	At            time.Time `json:"at"`
	SHA256        string    `json:"sha256" doc:"of the content of the mutation"`
	Conflict      []string  `json:"conflict" doc:"fields that somebody else changed meanwhile"`
	AlternativeID string    `json:"alternative_id,omitempty"`
	Theirs        *Answer   `json:"theirs,omitempty" doc:"what stands now"`
	TheirsBy      string    `json:"theirs_by_role,omitempty"`

	Personal map[string]string `json:"personal,omitempty" doc:"fields whose text seems to hold data of a person, with a sentence in the reader's language"`
}

type savedReply struct {
	Status int
	ETag   string `header:"ETag"`
	Body   SavedBody
}

func (a *API) answers() {
	type one struct {
		ETag string `header:"ETag"`
		Body BackedAnswer
	}
	type place struct {
		ID        string `path:"id"`
		Indicator string `path:"indicator"`
	}
	add(a, huma.Operation{OperationID: "get-answer", Method: http.MethodGet, Path: "/assessments/{id}/answers/{indicator}", Summary: "One answer"},
		account.ReadAssessment, func(ctx context.Context, who session.Asker, in *place) (*one, error) {
			d, err := a.Drafts.Open(ctx, who.Actor, in.ID, in.Indicator)
			if err != nil {
				return nil, err
			}
			if d.Instrument.Indicator(in.Indicator) == nil {
				return nil, missing()
			}
			b, err := a.Besides.Of(ctx, who.Actor, d.Assessment)
			if err != nil {
				return nil, err
			}
			sent := a.sentBacked(in.Indicator, d.Sheet, b)
			return &one{quoted(sent.Version), sent}, nil
		})
	body := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[SavedBody](), true, "SavedBody")
	as := func(says string) *huma.Response {
		return &huma.Response{Description: says, Content: map[string]*huma.MediaType{"application/json": {Schema: body}}}
	}
	add(a, huma.Operation{OperationID: "save-answer", Method: http.MethodPut, Path: "/assessments/{id}/answers/{indicator}", Summary: "Save an answer",
		Description: "201: new and on disk. 200: the same save again, same reply. 409: somebody changed the same field; both texts are kept (kept: true) until somebody chooses. " +
			"422: cannot be accepted, or the same key came with other content. 423: handed in. 428: key or version is missing. 503, 507: not saved, try again.",
		DefaultStatus: http.StatusCreated,
		Responses:     map[string]*huma.Response{"200": as("The same save again."), "409": as("Kept beside what somebody else wrote meanwhile.")},
		Errors: []int{http.StatusUnprocessableEntity, http.StatusLocked, http.StatusPreconditionRequired,
			http.StatusServiceUnavailable, http.StatusInsufficientStorage}},
		account.WriteAnswer, a.saveAnswer)
}

func (a *API) saveAnswer(ctx context.Context, who session.Asker, in *Change) (*savedReply, error) {
	base, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(in.Version, "W/"), `"`))
	if in.Mutation == "" || err != nil || base < 0 {
		return nil, fault.New(fault.Precondition, "fault.precondition", nil)
	}
	b := in.Body
	given := assessment.Given{Mutation: in.Mutation, Indicator: in.Indicator, Base: base, Value: b.Value, NonAnswer: b.NonAnswer,
		Explanation: b.Explanation, Evidence: b.Evidence, Confidence: b.Confidence, Holder: b.Holder, Source: "api"}
	if gone, left := hasLeft(ctx); left {
		return nil, a.Drafts.SaveLeft(ctx, a.Store, gone, in.ID, given)
	}
	var saved assessment.Saved
	var rejected []assessment.Rejected
	if len(in.Resolution) > 0 {
		saved, rejected, err = a.Drafts.Choose(ctx, who.Actor, in.ID, given, in.Resolution)
	} else {
		var all []assessment.Saved
		if all, rejected, err = a.Drafts.Save(ctx, who.Actor, in.ID, given); len(all) > 0 {
			saved = all[0]
		}
	}
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		f := fault.New(fault.Invalid, "fault.answer", nil)
		return nil, f.WithFields(rejected[0].Faults...)
	}
	if saved.Mutation == "" {
		return nil, fault.New(fault.Invalid, "fault.nothing_given", nil)
	}
	reply := replyTo(saved)
	reply.Body.Personal = a.personal(who, in.Body)
	return reply, nil
}

func replyTo(s assessment.Saved) *savedReply {
	out := &savedReply{Status: http.StatusCreated, ETag: quoted(s.Version)}
	out.Body = SavedBody{Saved: s.Conflict == 0, Kept: s.Conflict != 0, Mutation: s.Mutation, Version: s.Version, At: s.At, SHA256: s.Hash, Conflict: s.Conflict.Names()}
	if out.Body.Conflict == nil {
		out.Body.Conflict = []string{}
	}
	switch {
	case s.Conflict != 0:
		out.Status = http.StatusConflict
		if s.Alternative != nil {
			out.Body.AlternativeID = s.Alternative.ID
		}
		if s.Theirs != nil {
			theirs := sentKept(*s.Theirs)
			out.Body.Theirs, out.Body.TheirsBy = &theirs, string(s.Theirs.By.Role)
		}
	case s.Replay:
		out.Status = http.StatusOK
	}
	return out
}

func quoted(version int) string { return strconv.Quote(strconv.Itoa(version)) }

func (a *API) powers() {
	type change struct {
		ID        string `path:"id"`
		Indicator string `path:"indicator"`
		Version   string `header:"If-Match" doc:"the version of the power that the person saw; \"0\" while the default holds"`
		Body      struct {
			Holder string `json:"holder" doc:"empty: back to the instrument's default"`
			Reason string `json:"reason,omitempty"`
		}
	}
	type powerReply struct {
		ETag string `header:"ETag"`
		Body struct {
			Saved bool `json:"saved"`
			Power
		}
	}
	add(a, huma.Operation{OperationID: "set-power", Method: http.MethodPut, Path: "/assessments/{id}/powers/{indicator}", Summary: "Say who holds a power",
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusLocked, http.StatusPreconditionRequired}},
		account.SetPower, func(ctx context.Context, who session.Asker, in *change) (*powerReply, error) {
			base, err := strconv.Atoi(strings.Trim(in.Version, `"`))
			if err != nil || base < 0 {
				return nil, fault.New(fault.Precondition, "fault.precondition", nil)
			}
			set, err := a.Drafts.SetPowers(ctx, who.Actor, in.ID, assessment.PowerGiven{Indicator: in.Indicator, Base: base, Holder: in.Body.Holder, Reason: in.Body.Reason})
			if err != nil {
				return nil, err
			}
			d, err := a.Drafts.Open(ctx, who.Actor, in.ID, in.Indicator) // for the instrument's default
			if err != nil {
				return nil, err
			}
			out := &powerReply{ETag: quoted(set[0].Version)}
			out.Body.Saved = true
			out.Body.Power = sentPower(d.Instrument.Indicator(in.Indicator), assessment.Sheet{Powers: map[string]assessment.Power{in.Indicator: set[0]}})
			return out, nil
		})
}

func (a *API) transfers() {
	type order struct {
		Where
		Body struct {
			File  string         `json:"file" doc:"the whole CSV file"`
			Raw   bool           `json:"raw,omitempty" doc:"texts carry no apostrophe against formulas"`
			Apply bool           `json:"apply,omitempty" doc:"false: only say what would happen"`
			Seen  map[string]int `json:"seen,omitempty" doc:"the seen of an earlier dry run: rows changed since are refused"`
		}
	}
	type line struct {
		Row       int    `json:"row"`
		City      string `json:"city"`
		Indicator string `json:"indicator"`
		Effect    string `json:"effect" enum:"adds,changes,same"`
		Before    string `json:"before"`
		After     string `json:"after"`
		Power     string `json:"power,omitempty"`
	}
	type importReply struct {
		Body struct {
			Applied bool           `json:"applied"`
			Lines   []line         `json:"lines"`
			Refused []string       `json:"refused"`
			Seen    map[string]int `json:"seen"`
		}
	}
	add(a, huma.Operation{OperationID: "import-answers", Method: http.MethodPost, Path: "/assessments/{id}/import", Summary: "Import answers from CSV",
		Description: "A dry run unless apply is true. All rows or none; rows that are absent stay as they are.", MaxBodyBytes: 64 << 20,
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity}},
		account.ImportAnswers, func(ctx context.Context, who session.Asker, in *order) (*importReply, error) {
			x, err := a.Store.Assessment(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			plan, err := a.Transfer.Plan(ctx, who.Actor, x.Round.Code, x.City.Code, strings.NewReader(in.Body.File), in.Body.Raw)
			if err != nil {
				return nil, err
			}
			if in.Body.Apply {
				if err := a.Transfer.Apply(ctx, who.Actor, plan, in.Body.Seen); err != nil {
					return nil, err
				}
			}
			out := &importReply{}
			out.Body.Applied, out.Body.Seen, out.Body.Lines, out.Body.Refused = in.Body.Apply, plan.Seen, []line{}, []string{}
			for _, l := range plan.Lines {
				out.Body.Lines = append(out.Body.Lines, line{l.Line, l.City, l.Indicator, string(l.Effect), said(l.Before), said(l.After), string(l.Power)})
			}
			for _, f := range plan.Refused {
				out.Body.Refused = append(out.Body.Refused, f.Name+": "+a.Words.In(who.Lang).With(f.Key, f.Args))
			}
			return out, nil
		})
	type wish struct {
		Where
		Raw bool `query:"raw" doc:"exact texts, without an apostrophe against formulas and without a byte order mark"`
	}
	add(a, huma.Operation{OperationID: "export-answers", Method: http.MethodGet, Path: "/assessments/{id}/answers.csv", Summary: "Export answers as CSV", Responses: csvFile},
		account.ExportAnswers, func(ctx context.Context, who session.Asker, in *wish) (*csvReply, error) {
			x, err := a.Store.Assessment(ctx, who.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return a.export(who, x.Round.Code, x.City.Code, in.Raw)
		})
}

type csvReply struct {
	Body func(huma.Context)
}

// csvFile describes a reply that huma cannot tell from its type.
var csvFile = map[string]*huma.Response{"200": {Description: "The file. It is sent while it is read: a connection that breaks off means that it is not whole.",
	Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}

func (a *API) export(who session.Asker, round, city string, raw bool) (*csvReply, error) {
	name := round
	if city != "" {
		name += "-" + city
	}
	return &csvReply{func(ctx huma.Context) {
		c := humagin.Unwrap(ctx)
		err := download.CSV(c, name+".csv", a.Log, func(w io.Writer) error {
			return a.Transfer.Export(ctx.Context(), who.Actor, round, city, w, raw)
		})
		if err != nil {
			_ = a.fail(ctx.Context(), err, who) // logs what is ours; huma writes nothing more by itself here
			problem.Write(c.Writer, err, a.Words.In(who.Lang))
		}
	}}, nil
}

func said(x survey.Answer) string {
	if x.Answered() {
		return x.Value
	}
	return string(x.NonAnswer)
}

func sentAssessment(x assessment.Assessment) Assessment {
	return Assessment{ID: x.ID, City: sentCity(x.City), Round: x.Round.Code, Instrument: x.Round.Instrument, Perspective: string(x.Perspective), State: string(x.State),
		Due: moment(x.Round.Due), HandedIn: moment(x.HandedIn), Changed: moment(x.Changed), Answered: x.Answered, Settled: x.Settled}
}

func sentCity(c assessment.City) City { return City{c.Code, c.Name, c.Country, c.Fictional} }

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *API) sentBacked(indicator string, s assessment.Sheet, b assessment.Beside) BackedAnswer {
	k := s.Answers[indicator]
	out := BackedAnswer{Answer: sentAnswer(indicator, s), Standing: string(b.StandingOf(k, indicator, a.Now())), Proposals: []Proposal{}, CityReply: b.Reply(indicator)}
	for _, v := range b.Proposals(indicator, 0) {
		out.Proposals = append(out.Proposals, Proposal{v.Proposed, v.Version, v.Reason, string(v.By.Role), v.At})
	}
	return out
}

func sentAnswer(indicator string, s assessment.Sheet) Answer {
	k := s.Answers[indicator]
	k.Indicator = indicator
	out := sentKept(k)
	for _, x := range s.Alternatives[indicator] {
		out.Alternatives = append(out.Alternatives, Alternative{ID: x.ID, Fields: x.Fields.Names(), Value: x.Answer.Value, NonAnswer: string(x.Answer.NonAnswer),
			Explanation: x.Answer.Explanation, Evidence: x.Answer.Evidence, Confidence: string(x.Answer.Confidence), By: string(x.By.Role), At: x.At})
	}
	return out
}

func sentKept(k assessment.Kept) Answer {
	return Answer{Indicator: k.Indicator, Version: k.Version, Value: k.Value, NonAnswer: string(k.NonAnswer), Explanation: k.Explanation,
		Evidence: k.Evidence, Confidence: string(k.Confidence), By: string(k.By.Role), At: moment(k.At), Alternatives: []Alternative{}}
}

func sentPower(q *survey.Indicator, s assessment.Sheet) Power {
	p := s.Powers[q.ID]
	return Power{Indicator: q.ID, Holder: string(s.Holder(q)), Default: p.Holder == "", Reason: p.Reason, Version: p.Version}
}
