package mail_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"migov/assessment"
	"migov/assessment/account"
	"migov/assessment/survey"
)

// certificate makes a certificate for this machine; trusted makes the program trust it.
func certificate(t *testing.T, trusted bool) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "mail"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	if trusted {
		file := filepath.Join(t.TempDir(), "roots.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("SSL_CERT_FILE", file) // read once, when the first certificate is checked: by this test
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestALineThatIsSealedFromTheFirstByte(t *testing.T) {
	trusted, stranger := certificate(t, true), certificate(t, false)
	for _, test := range []struct {
		name string
		with tls.Certificate
		want string // part of the error; empty when the letter is taken
	}{{"a certificate that is known", trusted, ""}, {"one that nobody knows", stranger, "certificate"}} {
		o := &office{password: "secret"}
		s := smtp.NewServer(o)
		s.Domain = "localhost"
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{test.with}})
		if err != nil {
			t.Fatal(err)
		}
		go s.Serve(l)
		p := post(t, "smtps://migov:secret@"+l.Addr().String())
		err = carry(p, context.Background(), account.Account{ID: "p", Name: "A", Email: "a@city.example", Language: survey.English}, assessment.Letter{ID: "x", Kind: "invite"}, nil)
		s.Close()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) || len(o.take()) == 1 != (test.want == "") {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
