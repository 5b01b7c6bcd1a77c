package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"migov/assessment/score"
	"migov/assessment/survey"
	"migov/frontend"
	"migov/frontend/chart"
)

// read measures pages: how many in a second, and what they weigh on the wire.
func (b *bench) read() error {
	w, err := fill(filepath.Join(b.folder, "read.db"), compared)
	if err != nil {
		return err
	}
	s, err := b.serve(w.database)
	if err != nil {
		return err
	}
	defer func() { s.stop() }()
	section := "/assessments/" + w.ids[0] + "/" + w.in.Dimensions[0].Subcategories[0].ID
	cookie, err := s.signIn("city-0000@example.org")
	if err != nil {
		return err
	}
	var rates, p99, cpu []float64
	for range b.rounds {
		before := s.cpu()
		m, err := load(8, b.seconds, func(int) (func() error, error) {
			c, err := dial(s.address)
			if err != nil {
				return nil, err
			}
			request := c.request("GET", section, cookie, "Accept: text/html\r\n", "")
			return func() error {
				a, err := c.ask(request, false)
				if err == nil && a.status != 200 {
					err = fmt.Errorf("section page: status %d", a.status)
				}
				return err
			}, nil
		})
		if err != nil {
			return err
		}
		rates, p99 = append(rates, m.rate), append(p99, m.p99)
		cpu = append(cpu, (s.cpu()-before).Seconds()*1000/(m.rate*b.seconds.Seconds()))
	}
	b.atLeast("W3", "section pages, 8 clients", median(rates), "per s", 1000)
	b.note("W3", "p99, 8 clients", median(p99), "ms")
	b.note("W3", "processor time of the server", median(cpu), "ms per page")
	first, err := s.visit(section, cookie)
	if err != nil {
		return err
	}
	b.atMost("W3", "section, first visit", first.all/1000, "kB on the wire", 50)
	b.atMost("W3", "section, first visit", float64(first.requests), "requests", 5)
	b.atMost("W3", "section, next page", first.page/1000, "kB on the wire", 15)
	results, err := s.visit("/assessments/"+w.ids[0]+"/results", cookie)
	if err != nil {
		return err
	}
	b.atMost("W3", "results, first visit", results.all/1000, "kB on the wire", 60)
	b.atMost("W3", "results, first visit without scripts", (results.all-results.scripts)/1000, "kB on the wire", 40)
	b.note("W3", "results, first visit", float64(results.requests), "requests")
	s.stop()
	return b.comparison(w, &s)
}

// comparison is the page of a round of 1,000 cities, right after the start.
func (b *bench) comparison(w world, to **served) error {
	var times, monitors []float64
	for range 3 {
		s, err := b.serve(w.database)
		if err != nil {
			return err
		}
		*to = s
		cookie, err := s.signIn("analyst@example.org")
		if err != nil {
			return err
		}
		c, err := dial(s.address)
		if err != nil {
			return err
		}
		began := time.Now()
		a, err := c.ask(c.request("GET", "/rounds/complete/compare", cookie, "Accept: text/html\r\n", ""), true)
		if err != nil || a.status != 200 {
			return fmt.Errorf("comparison: status %d, %v", a.status, err)
		}
		times = append(times, time.Since(began).Seconds()*1000)
		for range 5 {
			began := time.Now()
			a, err := c.ask(c.request("GET", "/rounds/complete", cookie, "Accept: text/html\r\n", ""), true)
			if err != nil || a.status != 200 {
				return fmt.Errorf("monitor: status %d, %v", a.status, err)
			}
			monitors = append(monitors, time.Since(began).Seconds()*1000)
		}
		s.stop()
	}
	b.atMost("compare", fmt.Sprintf("round monitor of %d cities", compared), median(monitors), "ms", 300)
	b.atMost("compare", fmt.Sprintf("page of %d cities, cold", compared), median(times), "ms", 300)
	return nil
}

// weight is what a visit costs on the wire, answers with their headers, in bytes.
type weight struct {
	page, all, scripts float64
	requests           int
}

var (
	linked   = regexp.MustCompile(`<(?:script|link|img)\b[^>]*?\b(?:src|href)="(/[^"]*)"`)
	imported = regexp.MustCompile(`(?:from|import)\s*"(\.?/[^"]+)"`)
	styled   = regexp.MustCompile(`url\(["']?(\.?/[^"')]+)`)
)

// visit loads a page with everything that it names, and what that names in turn, as a browser with an empty cache does.
func (s *served) visit(path, cookie string) (v weight, err error) {
	c, err := dial(s.address)
	if err != nil {
		return v, err
	}
	seen := map[string]bool{}
	for queue := []string{path}; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		a, err := c.ask(c.request("GET", queue[0], cookie, "", ""), true)
		if err != nil || a.status != 200 {
			return v, fmt.Errorf("%s: status %d, %v", queue[0], a.status, err)
		}
		text, err := a.text()
		if err != nil {
			return v, err
		}
		v.requests++
		v.all += float64(a.bytes)
		find := linked
		switch kind := a.get("Content-Type"); {
		case v.requests == 1:
			v.page = float64(a.bytes)
		case strings.Contains(kind, "javascript"):
			v.scripts += float64(a.bytes)
			find = imported
		case strings.Contains(kind, "css"):
			find = styled
		default:
			continue
		}
		for _, m := range find.FindAllStringSubmatch(text, -1) {
			to := m[1]
			if rest, ok := strings.CutPrefix(to, "./"); ok {
				to = queue[0][:strings.LastIndex(queue[0], "/")+1] + rest
			}
			if !strings.HasPrefix(to, "/static/") {
				continue
			}
			queue = append(queue, to)
		}
	}
	return v, nil
}

// compute measures charts and scores inside this process.
func (b *bench) compute() error {
	in, err := questionnaire()
	if err != nil {
		return err
	}
	engine, err := chart.New(frontend.Built(), nil)
	if err != nil {
		return err
	}
	began := time.Now()
	svg := string(engine.SVG(context.Background(), radar(in, 0), chart.Wide))
	b.note("radar", "first one, the engine starts", time.Since(began).Seconds()*1000, "ms")
	var fresh, known []float64
	for i := range 20 {
		began = time.Now()
		engine.SVG(context.Background(), radar(in, i+1), chart.Wide)
		fresh = append(fresh, time.Since(began).Seconds()*1000)
		began = time.Now()
		engine.SVG(context.Background(), radar(in, i+1), chart.Wide)
		known = append(known, time.Since(began).Seconds()*1000)
	}
	b.atMost("radar", "not in the cache", median(fresh), "ms", 40)
	b.atMost("radar", "from the cache", median(known), "ms", 1)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprint(z, svg)
	z.Close()
	b.atMost("radar", "compressed", float64(packed.Len())/1000, "kB", 4)
	return b.scores(in)
}

// radar is the radar of a results page, with other values for each number.
func radar(in *survey.Instrument, number int) chart.Radar {
	d := chart.Radar{Label: "Situation by dimension", Dimension: "Dimension", Name: "Situation"}
	for i, x := range in.Dimensions {
		value := float64((number*7+i*17)%90) + 5
		d.Corners = append(d.Corners, chart.Corner{Name: x.Short.String(), Value: chart.Interval{Low: value - 5, Central: value, High: value + 5, Known: true, Banded: true}})
	}
	return d
}

func (b *bench) scores(in *survey.Instrument) error {
	scheme, random := score.NewScheme(in), rand.New(rand.NewPCG(1, 2))
	all := make([]score.Marks, 10000)
	for i := range all {
		all[i] = scheme.Blank()
		for _, g := range answers(in, random) {
			scheme.SetAnswer(all[i], g.Indicator, survey.Answer{Value: *g.Value})
		}
	}
	var numbers, cards []float64
	var n score.Numbers
	for range 5 {
		began := time.Now()
		for _, m := range all {
			scheme.Numbers(m, &n)
		}
		numbers = append(numbers, time.Since(began).Seconds()*1000)
		began = time.Now()
		for _, m := range all {
			scheme.Card("city", m)
		}
		cards = append(cards, time.Since(began).Seconds()*1000)
	}
	b.atMost("score", "numbers of 10,000 assessments, one core", median(numbers), "ms", 50)
	b.atMost("score", "full cards of 10,000 assessments", median(cards), "ms", 250)
	return nil
}
