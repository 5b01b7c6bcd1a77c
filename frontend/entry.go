package frontend

// Problem is the page that says what went wrong and keeps the texts that were sent.
type Problem struct {
	Frame
	Status   int
	Sentence string
	Details  []string
	Texts    []string
}

// Start is the first page.
type Start struct {
	Frame
	Home  string
	Roles []TryRole // demonstration only
}

// TryRole is a demonstration account to try by one click.
type TryRole struct{ Email, Role, Place string }

// SignIn is the sign-in page.
type SignIn struct {
	Frame
	Email, To string
	Expired   bool   // a form was sent after the session had ended
	Resume    string // that form, sealed
}

// Resume gives a sealed form back to the person who wrote it.
type Resume struct {
	Frame
	Action string
	Values []Pair
}

// Pair is a hidden input.
type Pair struct{ Name, Value string }

// Notice says who sees what, before the first use.
type Notice struct {
	Frame
	To     string
	OfCity bool
}
