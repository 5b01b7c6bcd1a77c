# The house of migov. `make` alone says what there is to do.
# Needs Go, Node and a C compiler; `make test` installs the rest, or prints the line to type.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TAGS    := nomsgpack,sqlite_omit_load_extension
# Inlining pays nothing where the API is described and workbooks are read, and makes the program 0.8 MB larger (cmd/migov/bench has the same).
SMALL   := $(patsubst %,-gcflags=%=-l,github.com/danielgtaylor/huma/v2/... migov/api/rest github.com/xuri/...)
BUILD   := -buildvcs=false -trimpath -tags $(TAGS) $(SMALL) -ldflags "-s -w -X main.version=$(VERSION)"
TEST    := go test -buildvcs=false -timeout 25m
DEMO    := .demo/migov.db
LISTEN  ?= 127.0.0.1:8080

export CGO_ENABLED = 1
# SQLite counts the memory of all connections under one lock unless it is told not to: reading by two connections then gains nothing.
export CGO_CFLAGS = -O2 -g -DSQLITE_DEFAULT_MEMSTATUS=0

MODULES := frontend/node_modules/.package-lock.json
STATIC  := frontend/static/manifest.json
SOURCES := $(shell find frontend/src frontend/style -type f 2>/dev/null) frontend/build.mjs frontend/tsconfig.json

.PHONY: help
help: ## say what there is to do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.PHONY: run
run: build ## build, and serve demonstration data at http://localhost:8080 (kept in .demo)
	@mkdir -p .demo && chmod 700 .demo
	exec bin/migov serve --demo --database $(DEMO) --listen $(LISTEN)

.PHONY: build
build: bin/migov ## make bin/migov

.PHONY: bin/migov
bin/migov: $(STATIC)
	go build $(BUILD) -o $@ ./cmd/migov

# npm ci runs no scripts of packages: none of ours needs one.
$(MODULES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(STATIC): $(MODULES) $(SOURCES)
	cd frontend && npm run --silent build
	@touch $@

.PHONY: test
test: tools vet test-script test-unit test-race test-browser ## everything: front end, Go with -race, both databases, browsers

.PHONY: tools
tools: ## install what the tests need, or print the line to type
	@.ci/tools

.PHONY: test-script
test-script: $(MODULES)
	cd frontend && npm run --silent check

.PHONY: vet
vet: $(STATIC)
	@test -z "$$(gofmt -l cmd api assessment frontend/*.go frontend/chart data)" || { echo "make fmt would change:"; gofmt -l cmd api assessment frontend/*.go frontend/chart data; exit 1; }
	go vet -tags $(TAGS),browser ./...

.PHONY: test-unit
test-unit: $(STATIC)
	$(TEST) -tags $(TAGS) ./cmd/... ./frontend/... ./data

.PHONY: test-race
test-race: $(STATIC)
	$(TEST) -race -tags $(TAGS) ./assessment/... ./data/store/... ./data/locale/... ./api/...

.PHONY: test-browser
test-browser: $(STATIC)
	$(TEST) -tags $(TAGS),browser ./cmd/migov/browser

.PHONY: bench
bench: $(STATIC) ## measure the product against bare anchors in the same run, as a table of ratios
	go run $(BUILD) ./cmd/migov/bench

.PHONY: lint
lint: vet ## formatting, go vet, golangci-lint, types of the scripts
	@if command -v golangci-lint >/dev/null; then golangci-lint run --build-tags $(TAGS),browser ./...; \
	else echo "golangci-lint is not installed; formatting and go vet are in order, the rest was not looked at."; exit 1; fi
	cd frontend && npm run --silent check

.PHONY: fmt
fmt: ## format the Go files
	gofmt -w cmd api assessment frontend/*.go frontend/chart data

.PHONY: docker
docker: ## make the image migov:$(VERSION)
	docker build --build-arg VERSION=$(VERSION) -t migov:$(VERSION) .

.PHONY: demo-reset
demo-reset: ## throw the demonstration database away
	rm -rf .demo

.PHONY: clean
clean: ## remove what was built (not the demonstration database)
	rm -rf bin frontend/node_modules
	find frontend/static -type f ! -name .gitkeep -delete
