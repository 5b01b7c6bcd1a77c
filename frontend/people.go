package frontend

// People is the page on which an administrator gives people their accounts.
type People struct {
	Frame
	By     string // id of the administrator
	People []Person
	Form   PersonForm
	Cities []Spot
	Rounds []Spot
	Link   OneTimeLink
	Marks  Marks
}

// Person is a line of the list.
type Person struct {
	ID, Name, Email, Role, Language string
	Places                          []string // name of the city, or titles of the rounds
	State                           string   // active, waiting (no password yet) or disabled
	Self                            bool     // the administrator who reads
}

// PersonForm is what was typed into the form for a new account.
type PersonForm struct {
	Name, Email, Role, Language, City string
	Rounds                            []string
}

// Spot is a city or a round to choose.
type Spot struct {
	ID, Name string
	Chosen   bool
}

// OneTimeLink is shown once, to be copied.
type OneTimeLink struct {
	Address, Name string
	Days          int // how long it can be used
}
