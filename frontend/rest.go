package frontend

// Rest is the page on which a coordinator says on which days the city rests.
type Rest struct {
	Frame
	By, City string
	Days     []RestDay // from Monday on
	Msg      string
}

// RestDay is a day of the week, 0 for Sunday.
type RestDay struct {
	Day    int
	Chosen bool
}
