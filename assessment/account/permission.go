package account

import "slices"

// Action is something a person does. Every route names the action it needs.
type Action string

// The actions.
const (
	ReadPublic      Action = "read_public"      // start, sign-in, questionnaire, help, health
	DeliverSealed   Action = "deliver_sealed"   // bring letters that a browser had sealed; each says itself who wrote it
	UseAccount      Action = "use_account"      // own password, language, notice, sign-out
	ReadAssessment  Action = "read_assessment"  // answers, powers, results of an assessment
	WriteAnswer     Action = "write_answer"     // save answers
	SetPower        Action = "set_power"        // fill in the powers map
	ImportAnswers   Action = "import_answers"   // answers from a file
	ExportAnswers   Action = "export_answers"   // answers to a file
	ExportRound     Action = "export_round"     // what all cities of a round have handed in to a file
	HandIn          Action = "hand_in"          // give the assessment to the analyst
	UndoHandIn      Action = "undo_hand_in"     // give it back to the city
	ReadRound       Action = "read_round"       // overview of a round
	Compare         Action = "compare"          // comparison of the cities of a round that have handed in
	ReadPeers       Action = "read_peers"       // where the own city stands among consenting peers
	DraftPledge     Action = "draft_pledge"     // propose steps of the own city to an international mechanism
	Invite          Action = "invite"           // invite people to a city and help them in again
	ReadTeam        Action = "read_team"        // who of the own city does which part, and consents
	Assign          Action = "assign"           // hand over parts of an assessment
	Talk            Action = "talk"             // take part in conversations beside a question
	ReadEvidence    Action = "read_evidence"    // evidence that supports answers
	WriteEvidence   Action = "write_evidence"   // the evidence library of the own city
	Verify          Action = "verify"           // say from outside that an answer is verified or challenged
	SignOff         Action = "sign_off"         // consent to hand in
	Clarify         Action = "clarify"          // answer what those who review have asked
	AssignReviewer  Action = "assign_reviewer"  // say who reviews which city
	Validate        Action = "validate"         // say that a review is complete
	Publish         Action = "publish"          // consent to what is shown of the own city
	Withdraw        Action = "withdraw"         // take such a consent back
	Carry           Action = "carry"            // confirm what the last round has left
	ReadDifferences Action = "read_differences" // how far reviewers and cities differ in a round
	ReadAudit       Action = "read_audit"       // who did and who looked at what in the own city
	ExportCity      Action = "export_city"      // everything that is kept of the own city
	ErasePerson     Action = "erase_person"     // turn a person into a former contributor
	ManagePacks     Action = "manage_packs"     // what is kept of a country: powers, national statements, words
	ManagePeople    Action = "manage_people"    // accounts
	ManageRounds    Action = "manage_rounds"    // make rounds, change the own ones, and keep what is known of cities
	ManageProgramme Action = "manage_programme" // every round, instruments
)

// Actions lists every action, in the order of the permission table.
var Actions = []Action{ReadPublic, DeliverSealed, UseAccount, ReadAssessment, WriteAnswer, SetPower, ImportAnswers, ExportAnswers, ExportRound, HandIn, UndoHandIn, ReadRound, Compare, ReadPeers, DraftPledge,
	Invite, ReadTeam, Assign, Talk, ReadEvidence, WriteEvidence, Verify, SignOff, Clarify, AssignReviewer, Validate, Publish, Withdraw, Carry, ReadDifferences, ReadAudit, ExportCity, ErasePerson, ManagePacks, ManagePeople, ManageRounds, ManageProgramme}

var permissions = map[Action][]Role{
	ReadPublic:      {Anonymous, Admin, Analyst, Reviewer, Coordinator, Contributor, Approver},
	DeliverSealed:   {Anonymous, Admin, Analyst, Reviewer, Coordinator, Contributor, Approver},
	UseAccount:      {Admin, Analyst, Reviewer, Coordinator, Contributor, Approver},
	ReadAssessment:  {Analyst, Reviewer, Coordinator, Contributor, Approver, Operator},
	WriteAnswer:     {Coordinator, Contributor, Operator},
	SetPower:        {Coordinator, Operator},
	ImportAnswers:   {Coordinator, Operator},
	ExportAnswers:   {Analyst, Coordinator, Contributor, Approver, Operator},
	ExportRound:     {Analyst, Operator},
	HandIn:          {Coordinator, Operator},
	UndoHandIn:      {Analyst, Operator},
	ReadRound:       {Analyst, Operator},
	Compare:         {Analyst, Operator},
	ReadPeers:       {Coordinator, Contributor, Approver, Operator},
	DraftPledge:     {Coordinator, Contributor, Approver, Operator},
	Invite:          {Admin, Analyst, Coordinator, Operator},
	ReadTeam:        {Coordinator, Contributor, Approver, Operator},
	Assign:          {Coordinator, Operator},
	Talk:            {Analyst, Reviewer, Coordinator, Contributor, Approver},
	ReadEvidence:    {Analyst, Reviewer, Coordinator, Contributor, Approver, Operator},
	WriteEvidence:   {Coordinator, Contributor, Operator},
	Verify:          {Analyst, Reviewer, Operator},
	SignOff:         {Approver},
	Clarify:         {Coordinator, Contributor},
	AssignReviewer:  {Analyst, Operator},
	Validate:        {Analyst, Operator},
	Publish:         {Approver},
	Withdraw:        {Approver, Operator},
	Carry:           {Coordinator, Contributor, Operator},
	ReadDifferences: {Analyst, Operator},
	ReadAudit:       {Coordinator, Approver, Operator},
	ExportCity:      {Coordinator, Operator},
	ErasePerson:     {Admin, Coordinator, Operator},
	ManagePacks:     {Admin, Analyst, Operator},
	ManagePeople:    {Admin, Operator},
	ManageRounds:    {Analyst, Admin, Operator},
	ManageProgramme: {Admin, Operator},
}

// Allowed tells whether a role may do an action at all. Whether the person may know of the thing (the own city, an
// assigned round, an assessment that was handed in) is a second question, answered by Reach.
func Allowed(role Role, action Action) bool { return slices.Contains(permissions[action], role) }

// Place is where an assessment stands, as far as access is concerned.
type Place struct {
	City     string // id of the city
	Round    string // id of the round
	ID       string // of the assessment
	HandedIn bool
}

// Reach tells whether the actor may know of an assessment: people of a city reach those of their city; an analyst reaches
// those of the assigned rounds once they were handed in; a reviewer
// reaches those assigned to them once they were handed in, never those of their own city; an operator reaches all; nobody else reaches any. A token that is bound to a round reaches nothing of others. What is out of reach answers "not found".
func Reach(a Actor, p Place) bool {
	if a.Only != "" && a.Only != p.Round {
		return false
	}
	switch a.Role {
	case Coordinator, Contributor, Approver:
		return a.City != "" && a.City == p.City
	case Analyst:
		return p.HandedIn && a.InRound(p.Round)
	case Reviewer:
		return p.HandedIn && p.ID != "" && a.City != p.City && slices.Contains(a.Assigned, p.ID)
	case Operator:
		return true
	}
	return false
}
