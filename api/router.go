// Package api serves pages and the JSON API over HTTP.
package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"

	"migov/api/problem"
	"migov/api/rest"
	"migov/api/session"
	"migov/api/web"
	"migov/assessment/account"
	"migov/assessment/fault"
	"migov/data/locale"
	"migov/frontend"
)

// maxBody is the largest request body, in bytes: a whole section with eight explanations of 64 KB, or an import file.
const maxBody = 64 << 20

// Health is what the health checks ask.
type Health interface {
	Ping(ctx context.Context) error
}

// Config is what the router is made of.
type Config struct {
	Pages    *web.Pages
	REST     *rest.API
	Version  string // of the program, for the description of the API
	Sessions *session.Sessions
	Health   Health
	Log      *slog.Logger
	// Proxies are the addresses of proxies whose X-Forwarded-For is believed; none by default.
	Proxies []string
	// Draining tells that the server is about to stop: /readyz answers 503.
	Draining func() bool
}

// policy is the content security policy: nothing from elsewhere, no inline script, no inline style (trust.md 3.2).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// New makes the handler of everything. It fails when a route lacks its action.
func New(cfg Config) (http.Handler, error) {
	r, err := cfg.engine()
	if err != nil {
		return nil, err
	}
	return cfg.around(r)
}

// engine registers every route.
func (cfg Config) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	r.MaxMultipartMemory = 1 << 20 // of a form with files; the rest goes to the disk
	if err := r.SetTrustedProxies(cfg.Proxies); err != nil {
		return nil, err
	}
	r.Use(cfg.logged, cfg.headers, cfg.ownSite(http.NewCrossOriginProtection()))
	cfg.health(r)
	static := gin.WrapH(cfg.Pages.Site.Static)
	r.GET("/static/*file", static)
	r.HEAD("/static/*file", static)
	for _, route := range cfg.Pages.Routes() {
		if route.Action == "" {
			return nil, fmt.Errorf("the route %s %s has no action in the policy", route.Method, route.Path)
		}
		serve := cfg.Pages.Serve(route)
		r.Handle(route.Method, route.Path, serve)
		if route.Method == http.MethodGet {
			r.HEAD(route.Path, serve)
		}
	}
	cfg.REST.Register(r, cfg.Version)
	for _, line := range cfg.REST.Lines() {
		if line.Action == "" {
			return nil, fmt.Errorf("the operation %s %s has no action in the policy", line.Method, line.Path)
		}
	}
	operations := cfg.operations()
	cfg.Pages.Operations = func() []frontend.Operation { return operations }
	r.NoRoute(cfg.refuse(fault.New(fault.NotFound, "fault.not_found", nil)))
	r.NoMethod(cfg.refuse(problem.Refusal{Fault: fault.New("method", "fault.method", nil), Status: http.StatusMethodNotAllowed}))
	return r, nil
}

// operations lists the operations of the API with the roles that may use them, for its readable page.
func (cfg Config) operations() (out []frontend.Operation) {
	for _, l := range cfg.REST.Lines() {
		o := frontend.Operation{Method: l.Method, Path: l.Path, Summary: l.Summary, Description: l.Description}
		for _, role := range account.Roles {
			if !account.Allowed(account.Anonymous, l.Action) && account.Allowed(role, l.Action) {
				o.Roles = append(o.Roles, string(role))
			}
		}
		for _, s := range account.Scopes {
			if s.Allows(l.Action, l.Method == http.MethodGet) {
				o.Scopes = append(o.Scopes, string(s))
			}
		}
		out = append(out, o)
	}
	return out
}

// around puts what concerns every request around the router: the session, compression and limits.
func (cfg Config) around(r http.Handler) (http.Handler, error) {
	sessions := cfg.Sessions.Wrap(r, cfg.lost)
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(600), gzhttp.CompressionLevel(3))
	if err != nil {
		return nil, err
	}
	plain := http.Handler(compress(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		sessions.ServeHTTP(&answer{ResponseWriter: rw, outside: req.Context()}, req)
	})))
	// MaxBytesHandler limits a copy of the request. A limit put into the request itself hides from net/http that a body was
	// not read to its end, and the rest of it would be taken for the next request on the connection.
	return http.MaxBytesHandler(http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		open := strings.HasPrefix(req.URL.Path, "/static/") || req.URL.Path == "/livez" || req.URL.Path == "/readyz"
		if open && (req.Method == http.MethodGet || req.Method == http.MethodHead) {
			r.ServeHTTP(rw, req)
			return
		}
		plain.ServeHTTP(rw, req)
	}), maxBody), nil
}

// answer is a response that can be replaced as long as nothing of it was sent: a session is kept when the answer begins, and
// where that fails the answer is not what became of the request.
type answer struct {
	http.ResponseWriter
	outside  context.Context // of the request, without its session
	replaced bool
}

// lost says, in place of the answer, that a session could not be read or kept: as a page to people, as JSON to programs.
func (cfg Config) lost(rw http.ResponseWriter, req *http.Request, err error) {
	a := rw.(*answer)
	only := gin.New()
	only.Use(cfg.logged, cfg.headers)
	only.NoRoute(cfg.refuse(fault.Wrap(fmt.Errorf("session: %w", err), fault.Unavailable, "fault.store_unavailable", nil)))
	clear(a.Header())
	only.ServeHTTP(a.ResponseWriter, cfg.Sessions.Nobody(a.outside, req))
	a.replaced = true
}

func (a *answer) WriteHeader(status int) {
	if !a.replaced {
		a.ResponseWriter.WriteHeader(status)
	}
}

func (a *answer) Write(b []byte) (int, error) {
	if a.replaced {
		return len(b), nil
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is under it.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// health answers whether the process lives, and whether it may be sent requests.
func (cfg Config) health(r *gin.Engine) {
	r.GET("/livez", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	r.GET("/readyz", func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
		defer cancel()
		if cfg.Draining != nil && cfg.Draining() {
			c.String(http.StatusServiceUnavailable, "stopping\n")
			return
		}
		if err := cfg.Health.Ping(ctx); err != nil {
			c.String(http.StatusServiceUnavailable, "the database does not answer\n")
			return
		}
		c.String(http.StatusOK, "ok\n")
	})
}

// headers tells browsers what pages may do. Over HTTPS they come back over HTTPS for a year.
func (cfg Config) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	if strings.HasPrefix(cfg.Pages.BaseURL, "https://") {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	c.Next()
}

// logged writes one line for each request, without any address, answer or token, and turns a panic into an error page.
func (cfg Config) logged(c *gin.Context) {
	began := time.Now()
	id := uuid.NewString()
	c.Header("X-Request-Id", id)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			cfg.Log.Error("panic", "request", id, "route", c.FullPath(), "panic", fmt.Sprint(p))
			if !c.Writer.Written() {
				cfg.Pages.Fail(c, session.Asker{Lang: locale.Languages[0]}, errors.New("panic"))
			}
		}
		if strings.HasPrefix(c.FullPath(), "/static") {
			return
		}
		cfg.Log.Debug("request", "request", id, "method", c.Request.Method, "route", c.FullPath(), "status", c.Writer.Status(), "milliseconds", time.Since(began).Milliseconds())
	}()
	c.Next()
}

// refuse answers every request with the same refusal, in the reader's language.
func (cfg Config) refuse(refusal error) gin.HandlerFunc {
	return func(c *gin.Context) {
		who, err := cfg.Sessions.Ask(c.Request)
		if err == nil {
			err = refusal
		}
		cfg.Pages.Fail(c, who, err)
	}
}

// anonymousForm tells whether a form comes with somebody's cookie and nothing that says which page sent it. The guard of the
// standard library lets such a request through, because programs send it; a browser too old to say where a form comes from
// would send one for any site. JSON is asked about beforehand by browsers of any age, and programs may use a token.
func anonymousForm(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions || r.Header.Get("Cookie") == "" ||
		r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return false
	}
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) == "application/json" {
		return false
	}
	from, err := url.Parse(r.Referer())
	return err != nil || from.Host != r.Host
}

// ownSite refuses writes that a page of another site sent.
func (cfg Config) ownSite(guard *http.CrossOriginProtection) gin.HandlerFunc {
	refuse := cfg.refuse(fault.New(fault.Forbidden, "fault.other_site", nil))
	return func(c *gin.Context) {
		if guard.Check(c.Request) != nil || anonymousForm(c.Request) {
			refuse(c)
			c.Abort()
			return
		}
		c.Next()
	}
}
