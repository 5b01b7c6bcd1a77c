package frontend

// Account is the page of one's own account.
type Account struct {
	Frame
	By          string // id of the account
	Name, Email string
	Role        string
	Department  string
	Places      []string // name of the city, or titles of the rounds
	Exports     bool     // may download everything that is kept of the own city
	Marks       Marks
}

// Marks tells the inputs that a form sent back names as faulty, by name, with what is wrong about each.
type Marks map[string]string
