# Broadsheet. `make` alone prints what there is to make.
#
# What needs more than one line lives in scripts/, in POSIX sh.

GO      ?= go
LISTEN  ?= localhost:8080
DATA    ?= var
FUZZ    ?= 10s
WHAT    ?= all
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS  = -s -w -X broadsheet/internal/cli.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help run build test unit browser lint bench doc fuzz cover screenshot clean

help: ## say what there is to make
	@printf 'make what:\n\n'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "  %-12s %s\n", $$1, $$2 }'
	@printf '\nSettings: LISTEN=%s DATA=%s FUZZ=%s\n' '$(LISTEN)' '$(DATA)' '$(FUZZ)'

run: build ## build and serve the site on http://localhost:8080
	bin/broadsheet serve --listen $(LISTEN) --data-dir $(DATA)

build: ## build bin/broadsheet
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/broadsheet ./cmd/broadsheet

test: ## set up what the tests need and run them all
	@sh scripts/test.sh all

unit: ## run the Go tests alone, on SQLite and a PostgreSQL of their own
	@sh scripts/test.sh unit

browser: build ## run the browser tests alone
	@sh scripts/test.sh browser

lint: ## run vet, gofmt, staticcheck, gosec, govulncheck and shellcheck
	@sh scripts/lint.sh

bench: build ## measure (WHAT=site, search, delivery or community); write bench/results/
	@sh scripts/bench.sh $(WHAT)

doc: ## write the generated documents anew
	@sh scripts/doc.sh

fuzz: ## run each fuzz target for FUZZ
	@FUZZ=$(FUZZ) sh scripts/fuzz.sh

cover: ## measure what the Go tests reach; writes bin/cover.html
	@sh scripts/test.sh cover

screenshot: build ## take the README's picture anew
	@sh scripts/test.sh screenshot

clean: ## remove what was built; data stays
	rm -rf bin e2e/browser/node_modules e2e/mcp/node_modules
