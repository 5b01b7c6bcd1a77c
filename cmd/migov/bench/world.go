package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
	"migov/data"
	"migov/data/store"
)

const (
	password = "quiet river 42 stones"
	writers  = 32   // cities that are being filled in, each with a coordinator
	compared = 1000 // cities of a second round, complete and handed in
)

// world is a database with people and answers in it.
type world struct {
	database string
	in       *survey.Instrument
	ids      []string // of the assessments being filled in
	done     string   // one that was handed in
}

// questionnaire is urban-migof as it is built in.
func questionnaire() (*survey.Instrument, error) {
	sources, err := data.InstrumentSources()
	if err != nil {
		return nil, err
	}
	for _, source := range sources {
		if in, _ := survey.Decode(source); in != nil && in.Code == "urban-migof" {
			return in, nil
		}
	}
	return nil, fmt.Errorf("urban-migof is not built in")
}

// fill makes a database. The same answers come out every time. Complete says how many cities the second round has.
func fill(database string, complete int) (w world, err error) {
	ctx, now := context.Background(), time.Now()
	w.database = database
	if w.in, err = questionnaire(); err != nil {
		return w, err
	}
	library, err := assessment.NewLibrary(w.in)
	if err != nil {
		return w, err
	}
	s, err := store.Open(ctx, database, store.Options{})
	if err != nil {
		return w, err
	}
	defer s.Close()
	by, operator := assessment.Author{Name: "bench", Role: account.Operator}, account.Actor{Role: account.Operator, Name: "bench"}
	if err := s.AddInstrument(ctx, w.in, by); err != nil {
		return w, err
	}
	hash, err := account.HashPassword(ctx, password)
	if err != nil {
		return w, err
	}
	person := account.Account{Name: "Bench", Language: survey.English, Password: hash, Noticed: account.NoticeVersion, Created: now}
	codes := map[string][]string{}
	for i := range writers + complete {
		round := "open"
		if i >= writers {
			round = "complete"
		}
		c := assessment.City{Code: fmt.Sprintf("city-%04d", i), Name: fmt.Sprintf("City %04d", i), Country: "FR", Fictional: true}
		if c, err = s.AddCity(ctx, c, by); err != nil {
			return w, err
		}
		codes[round] = append(codes[round], c.Code)
		if i < writers {
			person.Email, person.Role, person.City = c.Code+"@example.org", account.Coordinator, c.ID
			if _, err := s.AddAccount(ctx, person, by); err != nil {
				return w, err
			}
		}
	}
	var rounds []string
	for _, code := range []string{"open", "complete"} {
		r, err := s.AddRound(ctx, assessment.Round{Code: code, Title: code}, w.in, library.Scheme(w.in), codes[code], by)
		if err != nil {
			return w, err
		}
		rounds = append(rounds, r.ID)
	}
	person.Email, person.Role, person.City, person.Rounds = "analyst@example.org", account.Analyst, "", rounds
	if _, err := s.AddAccount(ctx, person, by); err != nil {
		return w, err
	}
	drafts := assessment.Drafts{Store: s, Questionnaires: library, Now: time.Now}
	random := rand.New(rand.NewPCG(2026, 11))
	all, err := s.Assessments(ctx, operator, "")
	if err != nil {
		return w, err
	}
	for _, a := range all {
		if _, rejected, err := drafts.Save(ctx, operator, a.ID, answers(w.in, random)...); err != nil || len(rejected) > 0 {
			return w, fmt.Errorf("filling in: %v %v", err, rejected)
		}
		if a.Round.Code == "open" {
			w.ids = append(w.ids, a.ID)
			continue
		}
		if _, err := drafts.HandIn(ctx, operator, a.ID); err != nil {
			return w, err
		}
		w.done = a.ID
	}
	return w, nil
}

// answers answers every scored indicator.
func answers(in *survey.Instrument, random *rand.Rand) (out []assessment.Given) {
	for _, q := range in.Indicators() {
		value := ""
		switch q.Kind {
		case "level":
			value = strconv.Itoa(random.IntN(5))
		case "yes_no":
			value = []string{"yes", "no"}[random.IntN(2)]
		case "multiple":
			value = q.Options[0].ID
		default:
			continue
		}
		text := "What the city does about this, in a sentence or two, as people write it."
		out = append(out, assessment.Given{Mutation: uuid.NewString(), Indicator: q.ID, Value: &value, Explanation: &text, Source: "bench"})
	}
	return out
}

// levels are the ids of the level indicators.
func levels(in *survey.Instrument) (ids []string) {
	for _, q := range in.Indicators() {
		if q.Kind == "level" {
			ids = append(ids, q.ID)
		}
	}
	return ids
}

// served is the program serving a database.
type served struct {
	cmd     *exec.Cmd
	address string
	log     bytes.Buffer
}

var serves = regexp.MustCompile(`migov serves http://localhost:(\d+)`)

func (b *bench) serve(database string) (*served, error) {
	s := &served{cmd: exec.Command(b.program, "serve", "--database", database, "--listen", "127.0.0.1:0", "--second-factor", "optional")}
	s.cmd.Env = []string{"HOME=" + b.folder, "TMPDIR=" + b.folder}
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if m := serves.FindStringSubmatch(lines.Text()); m != nil {
			s.address = "127.0.0.1:" + m[1]
			go io.Copy(io.Discard, out)
			return s, nil
		}
	}
	s.stop()
	return nil, fmt.Errorf("the program does not serve:\n%s", s.log.String())
}

func (s *served) stop() {
	s.cmd.Process.Signal(os.Interrupt)
	s.cmd.Wait()
}

// signIn signs somebody in through the sign-in page and returns the cookie.
func (s *served) signIn(email string) (string, error) {
	w, err := dial(s.address)
	if err != nil {
		return "", err
	}
	defer w.conn.Close()
	form := url.Values{"email": {email}, "password": {password}}.Encode()
	a, err := w.ask(w.request("POST", "/sign-in", "", "Content-Type: application/x-www-form-urlencoded\r\n", form), true)
	if err != nil {
		return "", err
	}
	cookie, _, _ := strings.Cut(a.get("Set-Cookie"), ";")
	if a.status != 303 || cookie == "" {
		return "", fmt.Errorf("signing in: status %d", a.status)
	}
	return cookie, nil
}

// memory is the resident memory of the process in MB.
func (s *served) memory() float64 {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return kb * 1024 / 1e6
}

// cpu is the processor time the process has used.
func (s *served) cpu() time.Duration {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks of 1/100 s on Linux
}
