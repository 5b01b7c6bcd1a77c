package assessment

import (
	"maps"
	"slices"
	"time"
)

// NoticeKind says what a notice tells. Its words are the messages inbox.kind_KIND, with the notice's arguments.
type NoticeKind string

// The kinds of notices.
const (
	NoticeAssigned   NoticeKind = "assigned"    // a part was given to the person; City, Part, By, Due
	NoticeTakenBack  NoticeKind = "taken_back"  // a part is somebody else's now; City, Part, By
	NoticeHandedOver NoticeKind = "handed_over" // the parts of a colleague were handed over; City, From, By
	NoticeMentioned  NoticeKind = "mentioned"   // named in a conversation; City, Indicator, By
	NoticeReplied    NoticeKind = "replied"     // a reply in a conversation one took part in; City, Indicator, By
	NoticeShared     NoticeKind = "shared"      // a conversation that the people of a round may read; City, Indicator, By
	NoticeDue        NoticeKind = "due"         // a part is due soon, or overdue; City, Part, Due
	NoticeExpiring   NoticeKind = "expiring"    // evidence that is cited ends soon, or has ended; City, Evidence, Due
	NoticeVerified   NoticeKind = "verified"    // a reviewer found an answer proved; City, Indicator, By
	NoticeChallenged NoticeKind = "challenged"  // an answer was challenged; City, Indicator, By
	NoticeProposed   NoticeKind = "proposed"    // a reviewer proposes another level beside the city's; City, Indicator, By
	NoticeSignOff    NoticeKind = "sign_off"    // an approver is asked to look; City, By
	NoticeSigned     NoticeKind = "signed"      // an approver has consented; City, By
	NoticeHandedIn   NoticeKind = "handed_in"   // the assessment was handed in; City, By
	NoticeGivenBack  NoticeKind = "given_back"  // it was given back; City, By
	NoticeLeftText   NoticeKind = "left_text"   // a colleague who has left had unsaved text; City, Indicator
	NoticeRemoval    NoticeKind = "removal"     // an assessment that was not handed in will be deleted; City, Due
	NoticeSecurity   NoticeKind = "security"    // something changed about the own account; What (a message key)
	NoticeUnsent     NoticeKind = "unsent"      // to administrators: a letter was given up
)

// The kinds of notices about a review. What a state is called stands in NoticeStates.
const (
	NoticeAsked    NoticeKind = "asked"    // a clarification is asked for; City, Indicator, By, Due
	NoticeAnswered NoticeKind = "answered" // a clarification was answered; City, Indicator, By
	NoticeSettled  NoticeKind = "settled"  // a clarification was closed; City, Indicator, By
	NoticeReviewer NoticeKind = "reviewer" // somebody shall review the assessment; City, By, Due
	NoticeReviewed NoticeKind = "reviewed" // to the city: a reviewer was assigned; City, By (the reviewer)
)

// NoticeStates are the kinds that tell of a change of state of an assessment, by the state that it has now; City, By.
var NoticeStates = map[string]NoticeKind{
	"submitted": "state_submitted", "sent_back": "state_sent_back", "reopened": "state_reopened", "in_review": "state_in_review",
	"validated": "state_validated", "published": "state_published", "withdrawn": "state_withdrawn",
}

// NoticeKinds lists the kinds.
var NoticeKinds = append([]NoticeKind{NoticeAssigned, NoticeTakenBack, NoticeHandedOver, NoticeMentioned, NoticeReplied, NoticeShared, NoticeDue, NoticeExpiring, NoticeRemoval,
	NoticeVerified, NoticeChallenged, NoticeProposed, NoticeAsked, NoticeAnswered, NoticeSettled, NoticeReviewer, NoticeReviewed,
	NoticeSignOff, NoticeSigned, NoticeHandedIn, NoticeGivenBack, NoticeLeftText, NoticeSecurity, NoticeUnsent},
	slices.Sorted(maps.Values(NoticeStates))...)

// Notice is something that a person should know. It stands in the inbox and, as the person wishes, in a letter. It holds
// names and places but no answer and no text of a conversation.
type Notice struct {
	ID      string
	Account string // who should know
	City    string // id; empty when no city is concerned
	Kind    NoticeKind
	Args    map[string]string // names, dates as 2006-01-02, ids of parts and indicators with their Questionnaire, code@version
	Href    string            // where to go on, a path of this site
	At      time.Time
	Seen    time.Time // zero while it is unread
}
