package frontend

// API is the readable page of the JSON API.
type API struct {
	Frame
	BaseURL    string
	Operations []Operation
}

// Operation is one thing a program can do.
type Operation struct {
	Method, Path, Summary, Description string
	Roles                              []string // that may; empty when anybody may
}
