package web_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"migov/api/apitest"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
)

// issuer is an OpenID Connect issuer: description, keys, and a token end point that checks client, code and PKCE.
type issuer struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey
	signs  *rsa.PrivateKey // what tokens are signed with; key unless a test says otherwise
	codes  map[string]url.Values
	claims map[string]any // of the next token, over the right ones
	down   bool
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, signs: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(rw http.ResponseWriter, r *http.Request) {
		if i.down {
			http.Error(rw, "down", http.StatusServiceUnavailable)
			return
		}
		i.say(rw, map[string]any{"issuer": i.server.URL, "authorization_endpoint": i.server.URL + "/authorize", "token_endpoint": i.server.URL + "/token",
			"jwks_uri": i.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(rw http.ResponseWriter, r *http.Request) {
		i.say(rw, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", i.token)
	i.server = httptest.NewServer(mux)
	t.Cleanup(i.server.Close)
	return i
}

func (i *issuer) say(rw http.ResponseWriter, v any) {
	rw.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(rw).Encode(v); err != nil {
		i.t.Error(err)
	}
}

func (i *issuer) token(rw http.ResponseWriter, r *http.Request) {
	asked, ok := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || asked.Get("code_challenge_method") != "S256" ||
		id != "migov" || secret != "client secret" && secret != "client+secret" || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		rw.WriteHeader(http.StatusBadRequest)
		i.say(rw, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	claims := map[string]any{"iss": i.server.URL, "aud": "migov", "sub": "subject-1", "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
	for k, v := range i.claims {
		claims[k] = v
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: i.signs, KeyID: "k"}}, nil)
	if err != nil {
		i.t.Error(err)
		return
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		i.t.Error(err)
		return
	}
	i.say(rw, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": raw})
}

// grant is what the issuer's sign-in page does: it makes a code for what was asked.
func (i *issuer) grant(address string) url.Values {
	i.t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, i.server.URL+"/authorize?") {
		i.t.Fatalf("the way leads to %q", address)
	}
	asked := u.Query()
	if asked.Get("state") == "" || asked.Get("nonce") == "" || asked.Get("response_type") != "code" || asked.Get("scope") != "openid" || asked.Get("client_id") != "migov" {
		i.t.Errorf("asked for %v", asked)
	}
	code := rand.Text()
	i.codes[code] = asked
	return url.Values{"state": {asked.Get("state")}, "code": {code}}
}

// away sends a form that leads to the issuer and returns its answer.
func (i *issuer) away(client *apitest.Client, form url.Values) url.Values {
	i.t.Helper()
	page := client.Post("/sign-in/organisation", form)
	_, address, _ := strings.Cut(page.Header.Get("Refresh"), "url=")
	if page.Status != http.StatusOK || address == "" {
		i.t.Fatalf("%d, %v", page.Status, page.Header)
	}
	return i.grant(address)
}

func back(client *apitest.Client, answer url.Values) apitest.Page {
	return client.Get("/sign-in/organisation/return?" + answer.Encode())
}

// organisations is a world whose people may sign in with an issuer.
func organisations(t *testing.T, o apitest.Options) (*apitest.World, *issuer) {
	t.Helper()
	i := newIssuer(t)
	o.Organisation = func(address string) *session.Organisation {
		return &session.Organisation{Name: "Ministry", Issuer: i.server.URL, ClientID: "migov", ClientSecret: "client secret", Return: address + "/sign-in/organisation/return", Now: time.Now}
	}
	return apitest.With(t, o), i
}

func TestSigningInWithAnOrganisation(t *testing.T) {
	w, i := organisations(t, apitest.Options{})
	client := w.Client("")
	contains(t, client.Get("/sign-in").Body, "Sign in with Ministry")
	t.Run("an identity that nobody has bound gets nobody in, whatever address it names", func(t *testing.T) {
		for _, verified := range []bool{false, true} {
			i.claims = map[string]any{"email": "coordinator-a@example.org", "email_verified": verified, "preferred_username": "coordinator-a@example.org"}
			client := w.Client("")
			page := back(client, i.away(client, nil))
			if page.Status != http.StatusForbidden {
				t.Errorf("verified %v: %d to %q", verified, page.Status, page.To())
			}
			contains(t, page.Body, "not bound to an account here")
			if !signedOut(client.Get("/account")) {
				t.Error("somebody is signed in")
			}
		}
		i.claims = nil
	})
	mine := w.Client(apitest.CoordinatorA)
	contains(t, mine.Get("/account/sessions").Body, "Account of Ministry", "Bind it")
	if page := back(mine, i.away(mine, nil)); page.To() != "/account/sessions" {
		t.Fatalf("binding: %d to %q\n%s", page.Status, page.To(), page.Body)
	}
	contains(t, mine.Get("/account/sessions").Body, "You can sign in with it")
	t.Run("once bound it signs in, on to where the person wanted to go", func(t *testing.T) {
		client := w.Client("")
		if page := back(client, i.away(client, url.Values{"to": {"/account?x=1"}})); page.To() != "/account?x=1" {
			t.Fatalf("%d to %q\n%s", page.Status, page.To(), page.Body)
		}
		contains(t, client.Get("/account").Body, "coordinator-a@example.org")
	})
	t.Run("a sealed text survives it", func(t *testing.T) {
		page := w.Client("").Post("/account/language", url.Values{"by": {w.Accounts[apitest.CoordinatorA].ID}, "language": {"fr"}, "text": {"what I wrote"}})
		_, after, _ := strings.Cut(page.Body, `name="resume" value="`)
		sealed, _, _ := strings.Cut(after, `"`)
		client := w.Client("")
		contains(t, back(client, i.away(client, url.Values{"resume": {sealed}})).Body, `value="what I wrote"`)
	})
	t.Run("it cannot be bound to somebody else", func(t *testing.T) {
		other := w.Client(apitest.CoordinatorB)
		if page := back(other, i.away(other, nil)); page.Status != http.StatusConflict {
			t.Errorf("%d to %q", page.Status, page.To())
		}
	})
	good := func(client *apitest.Client) url.Values { return i.away(client, nil) }
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for says, answer := range map[string]func(client *apitest.Client) url.Values{
		"another audience": func(c *apitest.Client) url.Values { i.claims = map[string]any{"aud": "other"}; return good(c) },
		"another nonce":    func(c *apitest.Client) url.Values { i.claims = map[string]any{"nonce": "other"}; return good(c) },
		"no nonce":         func(c *apitest.Client) url.Values { i.claims = map[string]any{"nonce": ""}; return good(c) },
		"an expired token": func(c *apitest.Client) url.Values {
			i.claims = map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}
			return good(c)
		},
		"another issuer in the token": func(c *apitest.Client) url.Values {
			i.claims = map[string]any{"iss": "https://evil.example"}
			return good(c)
		},
		"another issuer in the answer":    func(c *apitest.Client) url.Values { a := good(c); a.Set("iss", "https://evil.example"); return a },
		"an unknown subject":              func(c *apitest.Client) url.Values { i.claims = map[string]any{"sub": "subject-2"}; return good(c) },
		"no subject":                      func(c *apitest.Client) url.Values { i.claims = map[string]any{"sub": ""}; return good(c) },
		"another key":                     func(c *apitest.Client) url.Values { i.signs = stranger; return good(c) },
		"another state":                   func(c *apitest.Client) url.Values { a := good(c); a.Set("state", "other"); return a },
		"no state":                        func(c *apitest.Client) url.Values { a := good(c); a.Del("state"); return a },
		"a made-up code":                  func(c *apitest.Client) url.Values { a := good(c); a.Set("code", "made-up"); return a },
		"the code of another browser":     func(c *apitest.Client) url.Values { a := good(w.Client("")); return a },
		"a refusal":                       func(c *apitest.Client) url.Values { a := good(c); a.Set("error", "access_denied"); return a },
		"an answer that nobody asked for": func(*apitest.Client) url.Values { return url.Values{"state": {""}, "code": {"x"}} },
	} {
		t.Run(says, func(t *testing.T) {
			defer func() { i.claims, i.signs = nil, i.key }()
			client := w.Client("")
			page := back(client, answer(client))
			if page.Status != http.StatusForbidden || !strings.Contains(page.Body, `name="password"`) {
				t.Errorf("%d to %q", page.Status, page.To())
			}
			if stopped := strings.Contains(page.Body, "it was stopped there"); stopped != (says == "a refusal") {
				t.Errorf("somebody who stopped there, and nobody else, reads so: %v", stopped)
			}
			if !signedOut(client.Get("/account")) {
				t.Error("somebody is signed in")
			}
		})
	}
	t.Run("an answer counts once", func(t *testing.T) {
		client := w.Client("")
		answer := i.away(client, nil)
		back(client, answer)
		client.Post("/sign-out", nil)
		if page := back(client, answer); page.Status != http.StatusForbidden {
			t.Errorf("%d to %q", page.Status, page.To())
		}
	})
	t.Run("somebody signed in as another meanwhile binds nothing", func(t *testing.T) {
		i.claims = map[string]any{"sub": "subject-3"}
		defer func() { i.claims = nil }()
		client := w.Client("")
		answer := i.away(client, nil)
		client.Post("/sign-in", credentials("coordinator-b@example.org", apitest.Password))
		back(client, answer)
		if n, err := w.Store.Identities(context.Background(), w.Accounts[apitest.CoordinatorB].ID); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
	t.Run("taken away it opens nothing", func(t *testing.T) {
		if page := mine.Post("/account/organisation/remove", nil); page.To() != "/account/sessions" {
			t.Fatalf("%d", page.Status)
		}
		client := w.Client("")
		if page := back(client, i.away(client, nil)); page.Status != http.StatusForbidden {
			t.Errorf("%d", page.Status)
		}
	})
}

func TestTheSecondFactorOfAnOrganisationCounts(t *testing.T) {
	w, i := organisations(t, apitest.Options{SecondFactor: true})
	ctx, of := context.Background(), assessment.Identity{Issuer: i.server.URL, Subject: "subject-1"}
	if err := w.Store.LinkIdentity(ctx, w.Accounts[apitest.Analyst].ID, of, assessment.Author{}, time.Now()); err != nil {
		t.Fatal(err)
	}
	i.claims = map[string]any{"amr": []string{"pwd"}}
	client := w.Client("")
	back(client, i.away(client, nil))
	if page := client.Get("/rounds"); page.To() != "/account/second-factor" {
		t.Errorf("with a password only: %d to %q", page.Status, page.To())
	}
	i.claims = map[string]any{"amr": []string{"pwd", "mfa"}}
	client = w.Client("")
	back(client, i.away(client, nil))
	if page := client.Get("/rounds"); page.Status != http.StatusOK {
		t.Errorf("with two: %d to %q", page.Status, page.To())
	}
	setUp(t, client, time.Now())
	client = w.Client("")
	if page := back(client, i.away(client, nil)); page.To() != "/rounds" {
		t.Errorf("two at the organisation, one here: %d to %q", page.Status, page.To())
	}
	i.claims = nil
	client = w.Client("")
	if page := back(client, i.away(client, nil)); page.To() != "/sign-in/code" {
		t.Errorf("nothing said: %d to %q", page.Status, page.To())
	}
}

func TestAnInvitationIsAcceptedWithAnOrganisation(t *testing.T) {
	w, i := organisations(t, apitest.Options{})
	ctx := context.Background()
	invite := func(email string) string {
		_, secret, err := w.Pages.Crowd.Invite(ctx, account.Account{Email: email, Name: "New", Role: account.Contributor, City: w.Cities[0].ID, Language: "en"}, assessment.Author{Role: account.Operator})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	secret := invite("new@example.org")
	client := w.Client("")
	contains(t, client.Get("/links/"+secret).Body, "Accept with Ministry")
	if page := back(client, i.away(client, url.Values{"link": {secret}})); page.To() != "/assessments" {
		t.Fatalf("%d to %q\n%s", page.Status, page.To(), page.Body)
	}
	contains(t, client.Get("/account").Body, "new@example.org")
	again := w.Client("")
	if page := back(again, i.away(again, nil)); page.To() != "/assessments" {
		t.Errorf("the next time: %d to %q", page.Status, page.To())
	}
	i.claims = map[string]any{"sub": "subject-2"}
	other := w.Client("")
	if page := back(other, i.away(other, url.Values{"link": {secret}})); page.Status != http.StatusGone {
		t.Errorf("the link again: %d", page.Status)
	}
	i.claims = nil
	if page := back(other, i.away(other, url.Values{"link": {invite("second@example.org")}})); page.Status != http.StatusConflict {
		t.Errorf("an identity that is somebody's: %d", page.Status)
	}
	elsewhere := account.Account{Email: "Coordinator-B@example.org", Name: "New", Role: account.Contributor, Language: "en"}
	_, taken, err := w.Pages.Crowd.Ask(ctx, w.Accounts[apitest.CoordinatorA].Actor(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	i.claims = map[string]any{"sub": "subject-8"}
	for range 2 { // nothing is used up
		page := back(other, i.away(other, url.Values{"link": {taken}}))
		if page.Status != http.StatusConflict || !strings.Contains(page.Body, "Ask for an invitation to another address") || !signedOut(other.Get("/account")) {
			t.Errorf("an address that has an account elsewhere: %d", page.Status)
		}
	}
	reset, err := w.Pages.Crowd.Reset(ctx, w.Accounts[apitest.CoordinatorA], assessment.Author{Role: account.Operator})
	if err != nil {
		t.Fatal(err)
	}
	i.claims = map[string]any{"sub": "subject-9"}
	if page := back(other, i.away(other, url.Values{"link": {reset}})); page.Status != http.StatusGone {
		t.Errorf("a link for a password: %d", page.Status)
	}
	if page := client.Post("/account/organisation/remove", nil); page.Status != http.StatusUnprocessableEntity {
		t.Errorf("taking the only way in away: %d", page.Status)
	}
}

// saysOnce tells that a sign-in page says a refusal of the organisation in its summary only, and that the address is not marked.
func saysOnce(t *testing.T, page apitest.Page, sentence string) {
	t.Helper()
	if n := strings.Count(page.Body, sentence); n != 1 {
		t.Errorf("%q stands %d times", sentence, n)
	}
	if strings.Contains(page.Body, "aria-invalid") || strings.Contains(page.Body, "email-msg") {
		t.Error("the address is marked as wrong")
	}
	contains(t, page.Body, `id="faults"`, `name="password"`)
}

func TestARefusalOfTheOrganisationIsSaidOnce(t *testing.T) {
	w, i := organisations(t, apitest.Options{})
	for said, sentence := range map[string]string{
		"access_denied": "You were not signed in at the organisation: it was stopped there.",
		"server_error":  "The answer of the organisation could not be accepted",
	} {
		client := w.Client("")
		answer := i.away(client, url.Values{"to": {"/account?x=1"}, "link": {"secret"}})
		answer.Set("error", said)
		page := back(client, answer)
		if page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", said, page.Status)
		}
		saysOnce(t, page, sentence)
		contains(t, page.Body, `name="to" value="/account?x=1"`, `name="link" value="secret"`)
	}
	t.Run("a wrong password is said at the address too", func(t *testing.T) {
		page := w.Client("").Post("/sign-in", credentials("coordinator-a@example.org", "wrong"))
		contains(t, page.Body, `aria-invalid="true"`, `id="email-msg"`)
	})
}

func TestAnOrganisationThatDoesNotAnswer(t *testing.T) {
	var log strings.Builder
	w, i := organisations(t, apitest.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	page := w.Client("").Post("/account/language", url.Values{"by": {w.Accounts[apitest.CoordinatorA].ID}, "language": {"fr"}, "text": {"what I wrote"}})
	_, after, _ := strings.Cut(page.Body, `name="resume" value="`)
	sealed, _, _ := strings.Cut(after, `"`)
	i.down = true
	away := func(client *apitest.Client, form url.Values) apitest.Page {
		t.Helper()
		page := client.Post("/sign-in/organisation", form)
		if page.Status != http.StatusServiceUnavailable || page.Header.Get("Retry-After") == "" {
			t.Errorf("%d", page.Status)
		}
		contains(t, page.Body, "does not answer")
		return page
	}
	client := w.Client("")
	page = away(client, url.Values{"to": {"/account?x=1"}, "link": {"secret"}, "own": {"1"}, "resume": {sealed}})
	saysOnce(t, page, "does not answer")
	contains(t, page.Body, `name="to" value="/account?x=1"`, `name="link" value="secret"`, `name="own" value="1" checked`, `name="resume" value="`+sealed+`"`)
	if page := away(client, url.Values{"to": {"https://evil.example"}, "resume": {"made up"}}); strings.Contains(page.Body, "evil.example") || strings.Contains(page.Body, "made up") {
		t.Error("the page repeats what is not ours")
	}
	t.Run("what was sealed comes back with the password", func(t *testing.T) {
		form := credentials("coordinator-a@example.org", apitest.Password)
		form.Set("resume", sealed)
		contains(t, client.Post("/sign-in", form).Body, `value="what I wrote"`)
	})
	t.Run("somebody who is signed in reads it on a page of its own", func(t *testing.T) {
		if page := away(w.Client(apitest.CoordinatorB), nil); strings.Contains(page.Body, `name="password"`) {
			t.Error("it asks for a password")
		}
	})
	t.Run("it is no error of ours", func(t *testing.T) {
		said := log.String()
		if strings.Contains(said, "level=ERROR") || strings.Count(said, "level=WARN") < 3 {
			t.Error(said)
		}
		contains(t, said, `level=WARN msg="the organisation let nobody in"`, `level=WARN msg="request failed"`)
	})
	if page := w.Client("").Post("/sign-in", credentials("admin@example.org", apitest.Password)); page.Status != http.StatusSeeOther {
		t.Errorf("a password meanwhile: %d", page.Status)
	}
	none := apitest.New(t)
	if page := none.Client("").Post("/sign-in/organisation", nil); page.Status != http.StatusNotFound {
		t.Errorf("where there is no organisation: %d", page.Status)
	}
}
