package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"migov/api/download"
	"migov/api/problem"
	"migov/api/session"
	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/evidence"
	"migov/assessment/fault"
	"migov/assessment/publish"
	"migov/frontend"
)

const (
	// profileAge is how long others may keep a public profile without asking again, in seconds: half of the minute within
	// which a withdrawn one is gone everywhere (issue 4).
	profileAge = "public, max-age=30"
	// profilesKept is how many publications are kept in memory; when there are more, all are read anew.
	profilesKept = 256
	// profilesAsked is how long it counts that there are public profiles, or none, for the link at the end of pages.
	profilesAsked = 30 * time.Second
)

// profiles keeps publications as they were read, by their id: what was consented to never changes. Whether one still stands
// is asked with every request.
type profiles struct {
	mu    sync.Mutex
	kept  map[string]*keptProfile
	some  atomic.Bool  // somebody has published
	asked atomic.Int64 // when that was asked, in seconds
}

type keptProfile struct {
	content []byte
	profile publish.Profile

	mu    sync.Mutex
	pages map[string]keptPage // for visitors, by language
}

type keptPage struct {
	body []byte
	etag string
}

// of returns a publication from memory, or reads it.
func (k *profiles) of(ctx context.Context, from assessment.Publishing, x assessment.Shown) (*keptProfile, error) {
	k.mu.Lock()
	one := k.kept[x.ID]
	k.mu.Unlock()
	if one != nil {
		return one, nil
	}
	content, err := from.Profile(ctx, x)
	if err != nil {
		return nil, err
	}
	profile, err := publish.Decode(content)
	if err != nil {
		return nil, err
	}
	one = &keptProfile{content: content, profile: profile, pages: map[string]keptPage{}}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil || len(k.kept) >= profilesKept {
		k.kept = map[string]*keptProfile{}
	}
	k.kept[x.ID] = one
	return one, nil
}

// shownProfile finds what the address of a profile names. Of one that everybody could see and that was withdrawn it says so, with 410.
func (p *Pages) shownProfile(c *gin.Context, who session.Asker, round string) (assessment.Shown, *keptProfile, error) {
	x, err := p.Publishing.Shown(c.Request.Context(), who.Actor, c.Param("city"), round)
	if f, ok := fault.As(err); ok && f.Key == assessment.Withdrawn {
		err = problem.Refusal{Fault: f, Status: http.StatusGone}
	}
	if err != nil {
		return x, nil, err
	}
	one, err := p.profiles.of(c.Request.Context(), p.Publishing, x)
	return x, one, err
}

// mayKeep says how long a profile may be kept: one that everybody sees, and a visitor reads, for half a minute.
func mayKeep(c *gin.Context, who session.Asker, x assessment.Shown) {
	age := "private, no-store"
	if x.Audience == publish.Public && !who.Signed() {
		age = profileAge
	}
	c.Header("Cache-Control", age)
}

// unchanged answers 304 when the browser has what the tag names.
func unchanged(c *gin.Context, etag string) bool {
	c.Header("ETag", etag)
	if c.GetHeader("If-None-Match") != etag {
		return false
	}
	c.Status(http.StatusNotModified)
	return true
}

// profile shows a profile as a page, or, with .json after the round, exactly the bytes that were consented to.
func (p *Pages) profile(c *gin.Context, who session.Asker) error {
	round, bytes := strings.CutSuffix(c.Param("round"), ".json")
	x, one, err := p.shownProfile(c, who, round)
	if err != nil {
		return err
	}
	if bytes {
		mayKeep(c, who, x)
		c.Header("Vary", "Cookie")
		c.Header("X-Content-SHA256", x.Hash)
		if !unchanged(c, `W/"`+x.Hash+`"`) {
			c.Data(http.StatusOK, "application/json; charset=utf-8", one.content)
		}
		return nil
	}
	if who.Signed() || x.Audience != publish.Public {
		return p.Show(c, http.StatusOK, "profile", who, p.profilePage(c, who, x, one.profile))
	}
	one.mu.Lock()
	page, ready := one.pages[who.Lang]
	one.mu.Unlock()
	if !ready {
		view := p.profilePage(c, who, x, one.profile)
		view.Done = "" // said to one visitor only
		body, err := p.Site.Render(who.Lang, "profile", view)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		page = keptPage{body, `W/"` + hex.EncodeToString(sum[:16]) + `"`}
		one.mu.Lock()
		one.pages[who.Lang] = page
		one.mu.Unlock()
	}
	h := c.Writer.Header()
	h.Set("Content-Language", who.Lang)
	h.Add("Vary", "Accept-Language, Cookie")
	mayKeep(c, who, x)
	if !unchanged(c, page.etag) {
		c.Data(http.StatusOK, "text/html; charset=utf-8", page.body)
	}
	return nil
}

func (p *Pages) profilePage(c *gin.Context, who session.Asker, x assessment.Shown, profile publish.Profile) frontend.Profile {
	base := "/profiles/" + x.City.Code + "/" + x.Round.Code
	page := frontend.Profile{Frame: p.Frame(c, who), At: x.At,
		View: frontend.NewProfileView(p.Words(who), p.instrumentOf(profile), profile, x.Hash, base, p.draw(c))}
	page.View.Earlier = x.Earlier
	page.Path = base // without a query: the page is kept for everybody
	return page
}

// profileFile sends a file that a profile shows. Its name is the title, if that is shown: the city may have put anything into the name.
func (p *Pages) profileFile(c *gin.Context, who session.Asker) error {
	x, one, err := p.shownProfile(c, who, c.Param("round"))
	if err != nil {
		return err
	}
	e, r, content, err := p.Publishing.File(c.Request.Context(), x, one.profile, c.Param("sha"))
	if err != nil {
		return err
	}
	name := e.Title
	if name == "" {
		name = "evidence-" + e.SHA256[:8]
	}
	name = strings.NewReplacer("/", "-", "\\", "-").Replace(name) + "." + string(evidence.TypeOf(r.Media))
	patient(c)
	download.Attachment(c, name, r.Media, r.Size, content, p.Log)
	return nil
}

// profileList lists the profiles that the asker may see.
func (p *Pages) profileList(c *gin.Context, who session.Asker) error {
	all, err := p.Publishing.List(c.Request.Context(), who.Actor)
	if err != nil {
		return err
	}
	page := frontend.Profiles{Frame: p.Frame(c, who)}
	for _, x := range all {
		page.Rows = append(page.Rows, frontend.NewProfileRow(x))
	}
	return p.Show(c, http.StatusOK, "profiles", who, page)
}

// someProfiles tells whether there is a profile that everybody may read. It asks at most twice a minute; while that fails,
// what was known counts.
func (p *Pages) someProfiles(ctx context.Context) bool {
	k := p.profiles
	if k == nil || p.Publishing.Store == nil {
		return false
	}
	now, last := time.Now().Unix(), k.asked.Load()
	if now-last >= int64(profilesAsked/time.Second) && k.asked.CompareAndSwap(last, now) {
		if all, err := p.Publishing.List(ctx, account.Actor{}); err == nil {
			k.some.Store(len(all) > 0)
		}
	}
	return k.some.Load()
}
