//go:build browser

package browser

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"migov/api/apitest"
	"migov/assessment"
	"migov/assessment/evidence"
)

const uploadStatus = `document.querySelector("[data-module=upload] [role=status]")?.textContent ?? ""`

// badLine lets the first chunk through, breaks the line under the second, loses the reply to the third, and from the fifth on
// nothing comes back. Everything the page says is kept for the pages after it.
const badLine = `(() => {
	const real = window.fetch;
	let chunks = 0;
	window.fetch = async (url, init) => {
		if (init?.method !== "PUT") return real(url, init);
		const n = ++chunks;
		if (n === 2) throw new TypeError("Failed to fetch");
		if (n >= 5) return new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
		const answer = await real(url, init);
		if (n === 3) throw new TypeError("Failed to fetch");
		return answer;
	};
	return "";
})()`

// listens keeps what the page says about an upload.
const listens = `(() => {
	const status = document.querySelector("[data-module=upload] [role=status]");
	new MutationObserver(() => sessionStorage.setItem("said", (sessionStorage.getItem("said") ?? "") + status.textContent + "\n")).observe(status, { childList: true, characterData: true, subtree: true });
	return "";
})()`

// written writes a file for the browser to choose.
func written(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ready waits for the script of the form, and chooses a file.
func (x *tab) ready(path string) {
	x.t.Helper()
	x.waitFor(`String(document.querySelector("[data-smaller]")?.hidden)`, "false", 20*time.Second)
	x.ask(listens)
	x.do(chromedp.SetUploadFiles(chromedp.CSS("#add-file"), []string{path}))
}

// only is the one piece of the library, with its content.
func only(t *testing.T, w *apitest.World) (assessment.Piece, []byte) {
	t.Helper()
	ctx, who := context.Background(), w.Actor(apitest.CoordinatorA)
	_, pieces, err := w.Pages.Proofs.Shelf(ctx, who, w.A.ID)
	if err != nil || len(pieces) != 1 {
		t.Fatal(len(pieces), err)
	}
	_, body, err := w.Pages.Proofs.Content(ctx, who, pieces[0].ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return pieces[0], content
}

// TestBrowserSendsAFileOverALineThatBreaks breaks the line in the middle of a file, pauses, closes the page, and goes on.
func TestBrowserSendsAFileOverALineThatBreaks(t *testing.T) {
	w, chrome, source := apitest.New(t), chromium(t), axe(t)
	content := bytes.Repeat([]byte("A note. "), 5*evidence.ChunkSize/8)
	path := written(t, "note.txt", content)
	page := "/assessments/" + w.A.ID + "/indicators/MR-07/evidence"
	x := open(t, chrome, w, apitest.ContributorA)
	x.visit(page + "?lang=en")
	x.ready(path)
	x.ask(badLine)
	x.do(typed("#add-title", "A title that stays"), click(send))
	x.waitFor(`sessionStorage.getItem("said") ?? ""`, "The line is broken. 20 %", 20*time.Second)
	x.waitFor(uploadStatus, "40 % has arrived", 20*time.Second)
	if off := x.ask(`String(document.querySelector("aside button[value=add]").disabled)`); off != "true" {
		t.Error("the file can be sent twice at once")
	}
	x.do(click("[data-pause]"))
	x.waitFor(uploadStatus, "Paused: 40 % of \u2068note.txt\u2069 has arrived", 20*time.Second)
	if focus := x.ask("document.activeElement.textContent"); focus != "Go on" {
		t.Errorf("the focus is on %q", focus)
	}
	x.accessible(source)
	x.do(click("[data-resume]"))
	x.waitFor(uploadStatus, "40 % of \u2068note.txt\u2069 had arrived before", 20*time.Second)
	if title := x.ask(title); title != "A title that stays" {
		t.Errorf("the title is %q", title)
	}

	// The page is closed while it sends. The next one goes on with the same file.
	x.visit("/help")
	x.ask(`sessionStorage.removeItem("said"), ""`)
	x.visit(page)
	x.ready(path)
	x.do(typed("#add-title", "After a break"), click(send))
	x.waitFor(body, "“After a break” is in the library and cited for MR-07.", 20*time.Second)
	said := x.ask(`sessionStorage.getItem("said") ?? ""`)
	for _, want := range []string{"40 % of \u2068note.txt\u2069 had arrived before. Sending goes on from there.", "Sending \u2068note.txt\u2069: 80 % has arrived.", "It is being checked."} {
		if !strings.Contains(said, want) {
			t.Errorf("%q was not said, but %q", want, said)
		}
	}
	piece, got := only(t, w)
	sum := sha256.Sum256(content)
	if !bytes.Equal(got, content) || piece.SHA256 != hex.EncodeToString(sum[:]) || len(piece.Uses) != 1 {
		t.Errorf("%d bytes, %+v", len(got), piece)
	}
}

// photograph is a picture as a camera makes it, with a note of the place.
func photograph(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 8)
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	note := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00 at the secret place"
	segment := append([]byte{0xff, 0xe1, 0, byte(len(note) + 2)}, note...)
	return append(append(bytes.Clone(b.Bytes()[:2]), segment...), b.Bytes()[2:]...)
}

// TestBrowserMakesAPictureSmallerWhenAsked sends a picture as it is, and another made smaller and without the camera's notes.
func TestBrowserMakesAPictureSmallerWhenAsked(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	photo := photograph(t, 2400, 1200)
	if !bytes.Contains(photo, []byte("secret place")) {
		t.Fatal("the camera has noted nothing")
	}
	x := open(t, chrome, w, apitest.ContributorA)
	x.visit("/assessments/" + w.A.ID + "/indicators/MR-07/evidence?lang=en")
	x.ready(written(t, "photo.jpg", photo))
	x.ask(`Object.defineProperty(crypto, "subtle", { value: undefined }), ""`) // as over plain HTTP in an office without internet
	x.do(click("#add-smaller"), click(send))
	x.waitFor(body, "“photo” is in the library and cited for MR-07.", 20*time.Second)
	piece, small := only(t, w)
	size, err := jpeg.DecodeConfig(bytes.NewReader(small))
	if err != nil || size.Width != 2000 || size.Height != 1000 || bytes.Contains(small, []byte("secret place")) || bytes.Contains(small, []byte("Exif")) || piece.Name != "photo.jpg" {
		t.Errorf("%dx%d, %d bytes, %+v, %v", size.Width, size.Height, len(small), piece, err)
	}
	// What is no picture, although it is called one, is not sent as it is behind somebody's back.
	x.ready(written(t, "other.jpg", append([]byte{0xff, 0xd8, 0xff}, "at the secret place"...)))
	x.do(click("#add-smaller"), click(send))
	x.waitFor(wrong, "This browser cannot make this picture smaller.", 20*time.Second)
	x.do(click("#add-smaller"))
	x.waitFor(`String(document.getElementById("add-file-msg"))`, "null", 20*time.Second)
	only(t, w)
}

// TestBrowserKeepsTheTextOfAFileThatIsSentAfterTheEnd ends the session before a file is sent: the text comes back after
// signing in, and the file is chosen once more.
func TestBrowserKeepsTheTextOfAFileThatIsSentAfterTheEnd(t *testing.T) {
	w, chrome := apitest.New(t), chromium(t)
	path := written(t, "note.txt", []byte("A note."))
	x := open(t, chrome, w, apitest.ContributorA)
	x.visit("/assessments/" + w.A.ID + "/indicators/MR-07/evidence?lang=en")
	x.ready(path)
	x.do(typed("#add-title", "A title that stays"))
	x.signOut()
	x.do(click(send))
	x.waitFor(`String(!!document.querySelector("[name=resume]"))`, "true", 20*time.Second)
	x.do(typed("[name=email]", apitest.ContributorA+"@example.org"), typed("[name=password]", apitest.Password), click("#main form button"))
	x.waitFor(body, "Send them now.", 20*time.Second)
	x.do(click("#main form button"))
	x.waitFor(body, "Choose a file or give a link.", 20*time.Second)
	if title := x.ask(title); title != "A title that stays" {
		t.Errorf("the title is %q", title)
	}
	x.ready(path)
	x.do(click(send))
	x.waitFor(body, "“A title that stays” is in the library and cited for MR-07.", 20*time.Second)
	only(t, w)
}
