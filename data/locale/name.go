package locale

import (
	"strconv"
	"strings"
)

// Name says a name as it is kept next to what people did. "former:3" (account.FormerName) stands for somebody who was erased.
func (w *Words) Name(kept string) string {
	figures, former := strings.CutPrefix(kept, "former:")
	if n, err := strconv.Atoi(figures); former && err == nil {
		return w.T("people.former", "Number", n)
	}
	return kept
}
