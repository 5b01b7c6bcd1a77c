package assessment

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/assessment/longform"
	"migov/assessment/survey"
)

// Transfer moves answers in and out as files.
type Transfer struct {
	Store interface {
		Finder
		Saver
		Recorder
		BesideReader
		BackingReader
	}
	Questionnaires Questionnaires
	Now            func() time.Time
}

// atATime is how many cities are read at a time: what a round has kept is never in memory as a whole.
const atATime = 100

// ImportLine says what an import would do with one row.
type ImportLine struct {
	Line      int
	City      string
	Indicator string
	Effect    Effect
	Before    survey.Answer
	After     survey.Answer
	Power     survey.Holder // what the row sets; empty when it leaves the power alone
}

// Effect is what an import does with one row.
type Effect string

// The effects.
const (
	Adds    Effect = "adds"    // nothing was kept for the indicator
	Changes Effect = "changes" // something else was kept
	Same    Effect = "same"    // exactly this was kept
)

// Plan is a dry run: what an import would do, row by row, and every reason to refuse it. It can be applied only when nothing is refused.
type Plan struct {
	Round   string
	Lines   []ImportLine
	Refused []fault.Field  // Name is "row N"
	Seen    map[string]int // "city/indicator" -> version of the answer; "city/indicator/power" -> version of the power
	orders  []ImportOrder
}

// Count returns how many lines have an effect.
func (p Plan) Count(e Effect) (n int) {
	for _, l := range p.Lines {
		if l.Effect == e {
			n++
		}
	}
	return n
}

// Plan reads a file against a round. With only, all rows must be of that city (by code): a city imports its own answers, nobody else's.
// Rows that are absent from the file stay as they are. A row with neither value nor non-answer leaves the answer alone
// but may set a power, an explanation or an evidence text.
func (t Transfer) Plan(ctx context.Context, who account.Actor, round, only string, file io.Reader, raw bool) (Plan, error) {
	plan := Plan{Round: round, Seen: map[string]int{}}
	if !account.Allowed(who.Role, account.ImportAnswers) {
		return plan, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	places, in, err := t.places(ctx, who, round)
	if err != nil {
		return plan, err
	}
	rows, faults := longform.Read(file, raw)
	cities, more := longform.Understand(in, rows)
	plan.Refused = append(faults, more...)
	var open []Assessment
	for _, code := range cities.Order {
		a, ok := places[code]
		entries := cities.Entries[code]
		switch {
		case !ok || (only != "" && code != only):
			plan.refuseAll(entries, "fault.city_unknown", fault.Args{"City": code})
		case !a.TakesChanges():
			plan.refuseAll(entries, "fault.city_handed_in", fault.Args{"City": code})
		default:
			open = append(open, a)
		}
	}
	for some := range slices.Chunk(open, atATime) {
		sheets, err := t.Store.Sheets(ctx, who, ids(some))
		if err != nil {
			return plan, err
		}
		for i, a := range some {
			var b Beside // it matters during a clarification only
			if !a.Open() {
				if b, err = t.Store.BesideOf(ctx, who, a); err != nil {
					return plan, err
				}
			}
			t.planCity(who, &plan, a, b, in, cities.Entries[a.City.Code], sheets[i])
		}
	}
	return plan, nil
}

func (p *Plan) refuseAll(entries []longform.Entry, key string, args fault.Args) {
	for _, e := range entries {
		p.Refused = append(p.Refused, fault.Field{Name: e.Row.Place(), Key: key, Args: args})
	}
}

func (t Transfer) places(ctx context.Context, who account.Actor, round string) (map[string]Assessment, *survey.Instrument, error) {
	all, err := t.Store.Assessments(ctx, who, round)
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 {
		return nil, nil, fault.New(fault.NotFound, "fault.not_found", nil)
	}
	code, version, _ := survey.ParseName(all[0].Round.Instrument)
	in, ok := t.Questionnaires.Find(code, version)
	if !ok {
		return nil, nil, fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": all[0].Round.Instrument})
	}
	places := map[string]Assessment{}
	for _, a := range all {
		if a.Perspective == Officials {
			places[a.City.Code] = a
		}
	}
	return places, in, nil
}

func ids(all []Assessment) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = a.ID
	}
	return out
}

func (t Transfer) planCity(who account.Actor, plan *Plan, a Assessment, b Beside, in *survey.Instrument, entries []longform.Entry, sheet Sheet) {
	order := ImportOrder{City: a.City.Code, SaveOrder: SaveOrder{Assessment: a.ID, Instrument: in, Scheme: t.Questionnaires.Scheme(in), By: author(who), At: t.Now()}}
	for _, e := range entries {
		q := in.Indicator(e.Row.Indicator)
		kept := sheet.Answers[q.ID]
		line := ImportLine{Line: e.Row.Line, City: a.City.Code, Indicator: q.ID, Before: kept.Answer}
		m := importMutation(e, kept)
		line.After = kept.Answer
		for f := Field(0); f < FieldCount; f++ {
			if m.Fields.Has(f) {
				k := Kept{Answer: line.After}
				put(&k, m.Answer, f)
				line.After = k.Answer
			}
		}
		if m.Fields != 0 {
			order.Mutations = append(order.Mutations, m)
		}
		power := sheet.Powers[q.ID]
		setsPower := e.Power != "" && e.Power != sheet.Holder(q) && !in.IsContext(q)
		if setsPower {
			line.Power = e.Power
			order.Powers = append(order.Powers, PowerOrder{Assessment: a.ID, Scheme: order.Scheme, Indicator: q.ID, Base: power.Version,
				Holder: e.Power, Reason: power.Reason, By: order.By, At: order.At})
		}
		switch {
		case m.Fields == 0 && !setsPower:
			line.Effect = Same
		case kept.Version == 0 && power.Version == 0:
			line.Effect = Adds
		default:
			line.Effect = Changes
		}
		if line.Effect != Same && !b.Writable(a, q.ID) {
			plan.Refused = append(plan.Refused, fault.Field{Name: e.Row.Place(), Key: "clarify.not_asked", Args: fault.Args{"Indicator": q.ID}})
		}
		plan.Seen[a.City.Code+"/"+q.ID] = kept.Version
		plan.Seen[a.City.Code+"/"+q.ID+"/power"] = power.Version
		plan.Lines = append(plan.Lines, line)
	}
	plan.orders = append(plan.orders, order)
}

// importMutation takes from a row what differs from what is kept; empty cells leave what is there.
func importMutation(e longform.Entry, kept Kept) Mutation {
	m := Mutation{ID: uuid.NewString(), Indicator: e.Row.Indicator, Base: kept.Version, Answer: e.Answer, Source: "import"}
	if !e.Answer.Blank() && !same(e.Answer, kept.Answer, ValueField) {
		m.Fields = m.Fields.With(ValueField)
	}
	if e.Answer.Explanation != "" && e.Answer.Explanation != kept.Explanation {
		m.Fields = m.Fields.With(ExplanationField)
	}
	if e.Answer.Evidence != "" && e.Answer.Evidence != kept.Evidence {
		m.Fields = m.Fields.With(EvidenceField)
	}
	return m
}

// Apply carries out a plan, all or nothing. With seen (the Seen of an earlier dry run of the same file), every row that was
// changed since that dry run refuses the whole import and is named.
func (t Transfer) Apply(ctx context.Context, who account.Actor, plan Plan, seen map[string]int) error {
	if len(plan.Refused) > 0 {
		return fault.New(fault.Invalid, "fault.import_refused", fault.Args{"Count": len(plan.Refused)}).WithFields(plan.Refused...)
	}
	var moved []fault.Field
	for _, l := range plan.Lines {
		key := l.City + "/" + l.Indicator
		if seen != nil && (seen[key] != plan.Seen[key] || seen[key+"/power"] != plan.Seen[key+"/power"]) {
			moved = append(moved, fault.Field{Name: longform.Row{Line: l.Line}.Place(), Key: "fault.row_moved", Args: fault.Args{"City": l.City, "Indicator": l.Indicator}})
		}
	}
	if len(moved) > 0 {
		return fault.New(fault.Conflict, "fault.import_moved", nil).WithFields(moved...)
	}
	return plan.named(t.Store.Import(ctx, who, plan.orders, author(who), t.Now()))
}

// named turns the places of a Conflict ("city/indicator") into the rows of the file.
func (p Plan) named(err error) error {
	f, ok := fault.As(err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	rows := map[string]string{}
	for _, l := range p.Lines {
		rows[l.City+"/"+l.Indicator] = longform.Row{Line: l.Line}.Place()
	}
	fields := slices.Clone(f.Fields)
	for i := range fields {
		if row, known := rows[fields[i].Name]; known {
			fields[i].Name = row
		}
	}
	return fault.Wrap(err, f.Kind, f.Key, f.Args).WithFields(fields...)
}

// Export writes the answers of the assessments of a round within the actor's reach; with only, of that city alone. Every
// indicator has a row, so that what is open can be seen and filled in, and beside each answer stands what others think of it
// (see longform.Beside); the reading is noted in the audit log. The rows are
// written while they are read; before the first of them is written, w is not touched. After an error the file is not whole.
func (t Transfer) Export(ctx context.Context, who account.Actor, round, only string, w io.Writer, raw bool) error {
	if !account.Allowed(who.Role, account.ExportAnswers) {
		return fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	all, err := t.Store.Assessments(ctx, who, round)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(a Assessment) bool { return a.Perspective != Officials || (only != "" && a.City.Code != only) })
	if len(all) == 0 {
		return fault.New(fault.NotFound, "fault.not_found", nil)
	}
	out, err := longform.NewWriter(w, raw)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(all, atATime) {
		if err := t.exportSome(ctx, who, some, out); err != nil {
			return err
		}
	}
	return out.Close()
}

func (t Transfer) exportSome(ctx context.Context, who account.Actor, some []Assessment, out *longform.Writer) error {
	sheets, err := t.Store.Sheets(ctx, who, ids(some))
	if err != nil {
		return err
	}
	backed, err := t.Store.Backings(ctx, who, some)
	if err != nil {
		return err
	}
	var events []Event
	for _, a := range some {
		events = append(events, Event{At: t.Now(), Actor: author(who), City: a.City.ID, Action: "export", Subject: a.ID, Detail: "csv"})
	}
	if err := t.Store.Record(ctx, events...); err != nil {
		return err
	}
	for i, a := range some {
		if err := t.exportOne(a, sheets[i], backed[i], out); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (t Transfer) exportOne(a Assessment, sheet Sheet, b Beside, out *longform.Writer) error {
	code, version, _ := survey.ParseName(a.Round.Instrument)
	in, ok := t.Questionnaires.Find(code, version)
	if !ok {
		return fault.New(fault.Unavailable, "fault.instrument_missing", fault.Args{"Instrument": a.Round.Instrument})
	}
	now := t.Now()
	for _, q := range in.All() {
		if err := out.Write(b.row(a, in, q, sheet, now)); err != nil {
			return err
		}
	}
	return nil
}
