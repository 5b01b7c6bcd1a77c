package frontend

import "strings"

// Frame is what stands around every page. The handler's side fills it once for each request.
type Frame struct {
	Lang, Dir string
	Path      string // of this page with its query, for the links that change the language
	Signed    bool
	Idle      int    // seconds after which the sign-in session ends without a request; 0 when there is none
	Who       string // name of the person signed in, else the role
	Unread    int    // notices in the inbox
	Nav       []Link
	Demo      bool   // the database holds demonstration data
	Wide      bool   // pages of analysts use more of the screen
	Saves     bool   // the page has a save bar at its end; focus must stay clear of it
	Done      string // what the last action did, already said in the reader's language
	Faults    []Fault
	Contact   string // address for help, of whoever runs this instance; may be empty
	Method    string // version of the method
	Profiles  bool   // there are profiles that everybody may read
}

// Link is a link of the navigation.
type Link struct {
	Href, Text string
	Current    bool
}

// Fault is a line of the error summary; Href leads to the input it is about, and is empty when there is none.
type Fault struct {
	Href, Text string
}

// LangHref is the address of the same page in another language.
func (f Frame) LangHref(lang string) string {
	join := "?"
	if strings.Contains(f.Path, "?") {
		join = "&"
	}
	return f.Path + join + "lang=" + lang
}
