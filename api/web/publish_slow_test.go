package web_test

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// slowly reads an address as somebody on a slow line does: a little of it, then, after something has happened, the rest. It
// returns what has come, and why it ended.
func (x *shown) slowly(path string, meanwhile func()) (int, string, error) {
	x.t.Helper()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(64 << 10) // so that most of a file still waits at the server
		}
		return c, err
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableCompression: true, DisableKeepAlives: true}}
	r, err := client.Get(x.URL + path)
	if err != nil {
		x.t.Fatal(err)
	}
	defer r.Body.Close()
	first := make([]byte, 200)
	if _, err := io.ReadFull(r.Body, first); err != nil {
		x.t.Fatal(err)
	}
	meanwhile()
	rest, err := io.ReadAll(r.Body)
	return r.StatusCode, string(first) + string(rest), err
}

// TestAProfileThatIsWithdrawnWhileSomebodyReadsIt withdraws while an answer is under way on a slow line. What had begun was
// consented to when it began: it comes whole, or is broken off where its content goes meanwhile, so that the reader sees that it is
// not whole. It is never a mix. The next request finds nothing.
func TestAProfileThatIsWithdrawnWhileSomebodyReadsIt(t *testing.T) {
	large := strings.Replace(plainPage, "\n", "\n% "+strings.Repeat("0123456789abcdef", 9<<16)+"\n", 1) // 9 MB: more than the buffers of a connection
	x := toShowFile(t, large)
	x.state("validated")
	profile := "/profiles/city-a/2026"
	file := profile + "/files/" + x.proof.SHA256
	withdraw := func() {
		if page := x.approver.Post(x.base+"/publish/withdraw", nil); page.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", page.Status, page.Body)
		}
	}
	gone := func() { // as when the city removes the file and its time is over
		db, err := sql.Open("sqlite3", "file:"+x.database+"?_busy_timeout=5000")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec("DELETE FROM blob WHERE sha256 = ?", x.proof.SHA256); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		says, path string
		meanwhile  []func()
		whole      bool
	}{
		{"the page", profile, []func(){withdraw}, true},
		{"the bytes", profile + ".json", []func(){withdraw}, true},
		{"a file", file, []func(){withdraw}, true},
		{"a file whose content goes", file, []func(){withdraw, gone}, false},
	} {
		x.consent(everything, "public")
		want := x.Client("").Get(c.path)
		status, got, err := x.slowly(c.path, func() {
			for _, act := range c.meanwhile {
				act()
			}
		})
		if status != http.StatusOK || want.Status != http.StatusOK || !strings.HasPrefix(want.Body, got) {
			t.Errorf("%s: %d, then %d, and what has come is a mix", c.says, want.Status, status)
		}
		if whole := err == nil && got == want.Body; whole != c.whole || !whole && (err == nil || len(got) >= len(want.Body)) {
			t.Errorf("%s: %d of %d bytes, ended by %v", c.says, len(got), len(want.Body), err)
		}
		for _, path := range []string{profile, profile + ".json", file} {
			if page := x.Client("").Get(path); page.Status != http.StatusGone {
				t.Errorf("%s was withdrawn while it was read, and the next request for %s answers %d", c.says, path, page.Status)
			}
		}
	}
}
