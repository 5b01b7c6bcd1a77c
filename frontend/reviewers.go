package frontend

import "time"

// Reviewers is the page on which an analyst says who reviews an assessment.
type Reviewers struct {
	Frame
	By, Home, City   string
	Assigned, Others []ReviewerLine
	Chosen           string // id of who was chosen before something was refused
}

// ReviewerLine is one of those who review, or could.
type ReviewerLine struct {
	ID, Name, Organisation string
	At                     time.Time // when they were asked
}
