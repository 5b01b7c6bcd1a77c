package frontend

import (
	"encoding/base64"
	"html/template"
	"time"
)

// SignIn is the sign-in page.
type SignIn struct {
	Frame
	Email, To    string
	Link         string // secret of an invitation that an organisation's account was to accept
	Expired      bool   // a form was sent after the session had ended
	Resume       string // that form, sealed
	Own          bool   // the person said that the computer is the own one
	Organisation string // name of the organisation whose accounts may be used; empty for none
	Elsewhere    bool   // what was refused is not about the address or the password
	DemoRoles    bool   // one-click accounts are offered on the start page
}

// SignInCode is the second step of signing in.
type SignInCode struct {
	Frame
	Resume string
}

// Away leads on to the sign-in page of the organisation.
type Away struct {
	Frame
	Organisation, Address string
}

// Factor is the page of the second factor.
type Factor struct {
	Frame
	By, Email string
	Set       bool // there is one
	Required  bool // the role needs one here
	First     bool // and it has to be set up before anything else
	Demo      bool // one-click sign-ins go without
	Left      int  // recovery codes that were not used
	Key       string
	Address   template.URL
	Picture   template.URL
	Marks     Marks
}

// Pictured makes a PNG that the server has drawn the address of an image. It holds no text of anybody.
func Pictured(png []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png))
}

// OTPAuth makes an address that the server has made one that a link may lead to: its scheme opens an authenticator.
func OTPAuth(address string) template.URL { return template.URL(address) }

// Codes shows recovery codes, once.
type Codes struct {
	Frame
	Codes []string
	Home  string
}

// Sessions is the page of the own sign-in sessions.
type Sessions struct {
	Frame
	By         string
	List       []SessionLine
	Others     int
	Identities int    // of the organisation
	Provider   string // name of the organisation; empty for none
	Password   bool   // there is a password beside them
}

// SessionLine is one session.
type SessionLine struct {
	ID, Device  string
	Begun, Seen time.Time
	Own, This   bool
}
