package session

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"migov/assessment/account"
	"migov/assessment/fault"
)

// drawer keeps properties in memory.
type drawer map[string]string

func (d drawer) Property(_ context.Context, name string) (string, error) {
	if v, ok := d[name]; ok {
		return v, nil
	}
	return "", fault.New(fault.NotFound, "fault.not_found", nil)
}

func (d drawer) SetProperty(_ context.Context, name, value string) error {
	d[name] = value
	return nil
}

type crowd map[string]account.Account

func (c crowd) Account(_ context.Context, id string) (account.Account, error) {
	if a, ok := c[id]; ok {
		return a, nil
	}
	return account.Account{}, fault.New(fault.NotFound, "fault.not_found", nil)
}

// sealed does what a browser does.
func sealed(t *testing.T, public string, letter any) string {
	t.Helper()
	plain, err := json.Marshal(letter)
	if err != nil {
		t.Fatal(err)
	}
	point, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		t.Fatal(err)
	}
	to, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := own.ECDH(to)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := letterCipher(secret)
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, nonceBytes)
	rand.Read(nonce)
	raw := append([]byte{outboxVersion}, own.PublicKey().Bytes()...)
	raw = append(raw, nonce...)
	return base64.RawURLEncoding.EncodeToString(aead.Seal(raw, nonce, plain, nil))
}

func TestALetterIsOpenedInTheNameOfItsAuthor(t *testing.T) {
	ctx, now := context.Background(), time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	kept := drawer{}
	box, err := newOutbox(ctx, kept)
	if err != nil {
		t.Fatal(err)
	}
	again, err := newOutbox(ctx, kept)
	if err != nil || again.public != box.public {
		t.Fatalf("the key changed: %v", err)
	}
	seal, err := newSealer(ctx, kept)
	if err != nil {
		t.Fatal(err)
	}
	people := crowd{"a": {ID: "a", Password: "hash", Role: account.Contributor}, "b": {ID: "b", Password: "other"}}
	s := &Sessions{seal: seal, outbox: box, people: people}
	passOf := func(p pass) string {
		plain, _ := json.Marshal(p)
		nonce := make([]byte, seal.aead.NonceSize())
		rand.Read(nonce)
		return base64.RawURLEncoding.EncodeToString(seal.aead.Seal(nonce, nonce, plain, []byte(outboxInfo)))
	}
	good := passOf(pass{"a", stamp(people["a"]), now})
	letter := func(pass string) Letter {
		return Letter{Pass: pass, Assessment: "x", Indicator: "MR-01", Mutation: "m-0000001", Base: 3, After: "m-0000000", Body: map[string]string{"explanation": "نص"}}
	}
	form, err := s.Seal(Form{Account: "a"})
	if err != nil {
		t.Fatal(err)
	}
	tampered := []byte(sealed(t, box.public, letter(good)))
	tampered[len(tampered)-2] ^= 1
	other, err := newOutbox(ctx, drawer{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		box   string
		asker string
		later time.Duration
		want  error
	}{
		{"brought by nobody", sealed(t, box.public, letter(good)), "", 0, nil},
		{"brought by somebody else", sealed(t, box.public, letter(good)), "b", 0, nil},
		{"nearly too old", sealed(t, box.public, letter(good)), "", OutboxLife, nil},
		{"too old", sealed(t, box.public, letter(good)), "", OutboxLife + time.Second, errNoLetter},
		{"of a password that was changed", sealed(t, box.public, letter(passOf(pass{"a", "old", now}))), "", 0, ErrLetterWaits},
		{"of a password that was changed, brought by its author", sealed(t, box.public, letter(passOf(pass{"a", "old", now}))), "a", 0, nil},
		{"of a password that was changed, brought by somebody else", sealed(t, box.public, letter(passOf(pass{"a", "old", now}))), "b", 0, ErrLetterWaits},
		{"of nobody we know", sealed(t, box.public, letter(passOf(pass{"c", "", now}))), "", 0, errNoLetter},
		{"with another seal of ours for a pass", sealed(t, box.public, letter(form)), "", 0, errNoLetter},
		{"without a pass", sealed(t, box.public, letter("")), "", 0, errNoLetter},
		{"tampered with", string(tampered), "", 0, errNoLetter},
		{"sealed to another key", sealed(t, other.public, letter(good)), "", 0, errNoLetter},
		{"no letter at all", "AQ", "", 0, errNoLetter},
		{"not JSON", sealed(t, box.public, 7), "", 0, errNoLetter},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			asker := Asker{Actor: account.Actor{Account: c.asker}}
			l, author, err := s.OpenLetter(ctx, asker, c.box, now.Add(c.later))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && (author.ID != "a" || l.Body["explanation"] != "نص" || l.Base != 3 || l.After != "m-0000000") {
				t.Errorf("opened as %+v of %s", l, author.ID)
			}
		})
	}
	people["a"] = account.Account{ID: "a", Password: "hash", Disabled: true}
	if _, _, err := s.OpenLetter(ctx, Asker{}, sealed(t, box.public, letter(good)), now); !errors.Is(err, ErrLetterWaits) {
		t.Errorf("of somebody who has left: %v", err)
	}
}
