// Package review is the way of an assessment from a draft to a published profile, or to one that is kept private: a state
// machine that says which step is possible where, and for whom. The store asks it inside the transaction of every step.
package review

import (
	"slices"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// State is where an assessment stands.
type State string

// The states, in the order in which an assessment passes through them.
const (
	Draft         State = "draft"          // nothing was saved yet
	Collecting    State = "collecting"     // the city answers
	InternalCheck State = "internal_check" // an approver of the city was asked to look
	Submitted     State = "submitted"      // handed in; a snapshot holds what was said
	InReview      State = "in_review"      // somebody from outside has begun to look
	Clarification State = "clarification"  // the city was asked about some indicators, which are open again
	Validated     State = "validated"      // the review is complete
	Published     State = "published"      // shown, as far as the city has consented
	Private       State = "private"        // complete, and shown to nobody
)

// States lists the states.
var States = []State{Draft, Collecting, InternalCheck, Submitted, InReview, Clarification, Validated, Published, Private}

// HandedIn tells whether the city has given the assessment away: it is within reach of those who review.
func (s State) HandedIn() bool { return slices.Index(States, s) >= slices.Index(States, Submitted) }

// Open tells whether the city may change every answer.
func (s State) Open() bool { return s == Draft || s == Collecting || s == InternalCheck }

// Step is an act that moves an assessment, or that is possible in some states only.
type Step string

// The steps.
const (
	Write       Step = "write"        // save an answer, a power or what supports them; under a clarification only what was asked
	AskSignOff  Step = "ask_sign_off" // ask the approvers to look
	Consent     Step = "consent"      // an approver signs what stands
	SendBack    Step = "send_back"    // an approver sends it back with a reason
	Submit      Step = "submit"       // hand in; makes a snapshot
	Reopen      Step = "reopen"       // give the whole back to the city, with a reason; what is submitted next is a new revision
	Look        Step = "look"         // somebody from outside begins the review
	Judge       Step = "judge"        // verify or challenge an answer
	Ask         Step = "ask"          // ask the city about an answer
	Reply       Step = "reply"        // the city answers what it was asked
	GiveBack    Step = "give_back"    // the city has answered everything; makes a new revision where answers have changed
	Settle      Step = "settle"       // whoever asked says that the question is settled, or takes it back
	Resume      Step = "resume"       // the last open question was taken back
	Validate    Step = "validate"     // the review is complete
	Publish     Step = "publish"      // show what the city consents to
	KeepPrivate Step = "keep_private" // show it to nobody
	Withdraw    Step = "withdraw"     // take a publication back
)

// Steps lists the steps.
var Steps = []Step{Write, AskSignOff, Consent, SendBack, Submit, Reopen, Look, Judge, Ask, Reply, GiveBack, Settle, Resume, Validate, Publish, KeepPrivate, Withdraw}

// rule says who may take a step, and where it leads from each state in which it is possible.
type rule struct {
	roles []account.Role
	moves map[State]State
}

func stay(states ...State) map[State]State {
	moves := map[State]State{}
	for _, s := range states {
		moves[s] = s
	}
	return moves
}

func lead(to State, from ...State) map[State]State {
	moves := map[State]State{}
	for _, s := range from {
		moves[s] = to
	}
	return moves
}

var rules = map[Step]rule{
	Write: {[]account.Role{account.Coordinator, account.Contributor, account.Operator},
		map[State]State{Draft: Collecting, Collecting: Collecting, InternalCheck: InternalCheck, Clarification: Clarification}},
	AskSignOff: {[]account.Role{account.Coordinator, account.Operator},
		map[State]State{Draft: InternalCheck, Collecting: InternalCheck, InternalCheck: InternalCheck, Clarification: Clarification}},
	Consent:     {[]account.Role{account.Approver}, map[State]State{Draft: InternalCheck, Collecting: InternalCheck, InternalCheck: InternalCheck, Clarification: Clarification}},
	SendBack:    {[]account.Role{account.Approver}, map[State]State{Draft: Draft, Collecting: Collecting, InternalCheck: Collecting, Clarification: Clarification}},
	Submit:      {[]account.Role{account.Coordinator, account.Operator}, lead(Submitted, Draft, Collecting, InternalCheck)},
	Reopen:      {[]account.Role{account.Analyst, account.Operator}, lead(Collecting, Submitted, InReview, Clarification, Validated, Private)},
	Look:        {[]account.Role{account.Reviewer, account.Analyst, account.Operator}, map[State]State{Submitted: InReview, InReview: InReview, Clarification: Clarification}},
	Judge:       {[]account.Role{account.Reviewer, account.Analyst, account.Operator}, map[State]State{Submitted: InReview, InReview: InReview, Clarification: Clarification}},
	Ask:         {[]account.Role{account.Reviewer, account.Analyst}, lead(Clarification, Submitted, InReview, Clarification)},
	Reply:       {[]account.Role{account.Coordinator, account.Contributor}, stay(Clarification)},
	GiveBack:    {[]account.Role{account.Coordinator, account.Operator}, lead(InReview, Clarification)},
	Settle:      {[]account.Role{account.Reviewer, account.Analyst}, stay(InReview, Clarification)},
	Resume:      {[]account.Role{account.Reviewer, account.Analyst}, lead(InReview, Clarification)},
	Validate:    {[]account.Role{account.Analyst, account.Operator}, lead(Validated, InReview)},
	Publish:     {[]account.Role{account.Approver}, lead(Published, Validated, Private, Published)},
	KeepPrivate: {[]account.Role{account.Approver}, lead(Private, Validated)},
	Withdraw:    {[]account.Role{account.Approver, account.Operator}, lead(Private, Published)},
}

// May tells whether a role takes a step at all, whatever the state.
func May(role account.Role, step Step) bool { return slices.Contains(rules[step].roles, role) }

// Next returns the state after a step. A role that never takes the step is a fault of kind Forbidden; a state in which it
// is not possible one of kind Conflict, or Closed where somebody wants to write, with a sentence about the state.
func Next(now State, step Step, role account.Role) (State, error) {
	if !May(role, step) {
		return now, fault.New(fault.Forbidden, "fault.forbidden", nil)
	}
	to, possible := rules[step].moves[now]
	if !possible {
		kind := fault.Conflict
		if step == Write {
			kind = fault.Closed
		}
		return now, fault.New(kind, "review.not_now_"+string(step), fault.Args{"State": string(now)})
	}
	return to, nil
}

// Possible lists the steps that a role may take in a state, in the order of Steps.
func Possible(now State, role account.Role) (steps []Step) {
	for _, s := range Steps {
		if _, err := Next(now, s, role); err == nil {
			steps = append(steps, s)
		}
	}
	return steps
}
