package frontend

import "strings"

// API is the readable page of the JSON API.
type API struct {
	Frame
	BaseURL         string
	Operations      []Operation
	Scopes          []string // of tokens
	Python, R, Curl string   // examples that run as they stand; see Examples
}

// Operation is one thing a program can do.
type Operation struct {
	Method, Path, Summary, Description string
	Roles                              []string // that may; empty when anybody may
	Scopes                             []string // of tokens that may
}

// pythonExample, rExample and curlExample draw a round. ADDRESS stands for the address of the instance; the reader puts in TOKEN
// and the code of the round. A test runs what can be run.
const (
	pythonExample = `import collections, csv, io, urllib.request

address, token, round_code = "ADDRESS", "TOKEN", "ROUND"
request = urllib.request.Request(
    f"{address}/api/v1/rounds/{round_code}/export?format=raw&subject=answers",
    headers={"Authorization": f"Bearer {token}"})
with urllib.request.urlopen(request) as reply:
    rows = csv.DictReader(io.TextIOWrapper(reply, encoding="utf-8", newline=""))
    levels = collections.Counter(row["value"] or row["non_answer"] or "blank"
                                 for row in rows if row["indicator"] == "MR-01")
for level, cities in sorted(levels.items()):
    print(level, cities)`
	rExample = `address <- "ADDRESS"; token <- "TOKEN"; round <- "ROUND"
file <- tempfile(fileext = ".csv")
download.file(paste0(address, "/api/v1/rounds/", round, "/export?format=raw&subject=answers&shape=wide"),
              file, headers = c(Authorization = paste("Bearer", token)))
answers <- read.csv(file, check.names = FALSE, na.strings = "", encoding = "UTF-8")
print(table(answers[["MR-01"]], useNA = "ifany"))`
	curlExample = `curl --fail --output round.xlsx -H "Authorization: Bearer TOKEN" \
  "ADDRESS/api/v1/rounds/ROUND/export?format=xlsx&language=ar"`
)

// Examples puts the address of the instance into the examples.
func (a *API) Examples() {
	at := func(text string) string {
		return strings.ReplaceAll(text, "ADDRESS", strings.TrimSuffix(a.BaseURL, "/"))
	}
	a.Python, a.R, a.Curl = at(pythonExample), at(rExample), at(curlExample)
}
