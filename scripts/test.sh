#!/bin/sh
# Runs the tests and closes with what ran and what was left out.
#
#   test.sh all|unit|browser|cover|screenshot
#
# A check that fails does not stop the others; the exit status tells.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/setup.sh
. scripts/postgres.sh

ran=
failed=
left=

step() { # step NAME COMMAND...
	label=$1
	shift
	say "== $label"
	began=$(date +%s)
	if "$@"; then
		ran="$ran
  ok      $label ($(($(date +%s) - began)) s)"
	else
		failed=yes
		ran="$ran
  FAILED  $label ($(($(date +%s) - began)) s)"
	fi
}

leave() { # leave WHAT WHY
	left="$left
  left out: $1: $2"
}

close() {
	postgres_stop
	say ''
	say "summary:$ran$left"
	[ -n "$ran" ] && [ -z "$failed" ] || exit 1
}

trap 'postgres_stop; exit 130' INT TERM
trap 'postgres_stop' EXIT

formatted() {
	out=$(find . \( -name node_modules -o -name '.?*' -o -name '_*' \) -prune -o -name '*.go' -exec gofmt -l {} +)
	[ -z "$out" ] || { say "gofmt would change:" "$out"; return 1; }
}

static() {
	go build -C tools -o ../bin/tools/ honnef.co/go/tools/cmd/staticcheck && bin/tools/staticcheck ./...
}

build() {
	make -s build
}

world() { # what the Go tests need
	need postgres cc bibtool bibutils cmark-gfm dkimpy postfix swaks
	if lacks postgres; then
		leave 'everything on PostgreSQL' 'no PostgreSQL server here'
	elif [ -n "${BROADSHEET_TEST_POSTGRES:-}" ]; then
		say "using the server of BROADSHEET_TEST_POSTGRES"
	elif ! postgres_start; then
		failed=yes
		leave 'everything on PostgreSQL' 'the server did not start'
	fi
	# SQLite's own code, which came out of C, is not watched: that took most of the
	# processor's time, and nothing of ours is in it. No more than this one package,
	# which has no generics: instances of sync's and atomic's are shared by all
	# packages, and unwatched ones report races that are none.
	race='-race -gcflags=modernc.org/sqlite/lib=-race=false'
	if lacks cc; then
		race=
		leave 'the race detector' 'no C compiler here'
	fi
	for what in bibtool bibutils cmark-gfm; do
		lacks "$what" && leave 'how other programs read citations and Markdown' "no $what here"
	done
	lacks dkimpy && leave 'what dkimpy says of signatures' 'no python3-dkim here'
	have spamassassin || leave 'how SpamAssassin scores mails' 'it is large and not installed (Debian: apt-get install spamassassin)'
	lacks postfix && leave 'mail through a real mail server' 'no postfix here'
	lacks swaks && leave 'the bounce server as another mail program sees it' 'no swaks here'
	if [ -z "${TESTDATA_DIR:-}" ] && [ -d ../shared/data ]; then
		TESTDATA_DIR=$(cd ../shared/data && pwd)
		export TESTDATA_DIR
	fi
	[ -n "${TESTDATA_DIR:-}" ] || leave 'tests on recorded data' 'TESTDATA_DIR is not set'
}

# What starts the real program or goes through whole recordings runs without
# the race detector, see internal/testkit.
plain='./e2e/... ./bench/... ./internal/transfer ./internal/lib/hfwire ./internal/search ./internal/serve/hf ./internal/serve/feeds'

unit() {
	if [ -z "$race" ]; then
		go test -shuffle=on -timeout 20m ./...
		return
	fi
	# shellcheck disable=SC2046,SC2086 # one argument a package, a flag
	go test $race -shuffle=on -timeout 20m $(go list ./... | grep -v '^broadsheet/\(e2e\|bench\)\(/\|$\)')
}

recorded() {
	# shellcheck disable=SC2086 # one argument a package
	go test -shuffle=on -timeout 20m $plain
}

cover() {
	mkdir -p bin
	go test -coverpkg=./... -coverprofile=bin/cover.out -timeout 20m ./... &&
		go tool cover -html=bin/cover.out -o bin/cover.html && go tool cover -func=bin/cover.out | tail -n 1
}

modules() ( # the npm side of a folder of e2e, as package-lock.json has it
	cd "e2e/$1" || return 1
	cmp -s package-lock.json node_modules/installed-lock ||
		{ npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/installed-lock; }
)

browser_world() {
	need chromium node java
	for what in chromium node; do
		if lacks "$what"; then
			leave 'the browser tests' "no $what here"
			return 1
		fi
	done
	CHROMIUM=$(chromium_bin)
	export CHROMIUM
	if lacks java; then
		leave 'the check of the HTML' 'no Java here'
		NO_JAVA=1
		export NO_JAVA
	fi
}

mcp_world() {
	need node
	if lacks node || [ "$(node -p 'const [a, b] = process.versions.node.split(".").map(Number); a * 100 + b')" -lt 2018 ]; then
		leave 'the conformance tests of MCP' 'they need Node 20.18 or newer'
		return 1
	fi
}

mcp() {
	(cd e2e/mcp && node --test)
}

# The files wait for mails and pages more than they work: three at once even on
# two processors, where Node would take one. Lighthouse measures time, and has
# the machine to itself.
browser() (
	cd e2e/browser || return 1
	for file in *.test.mjs; do
		[ "$file" = lighthouse.test.mjs ] || set -- "$@" "$file"
	done
	bad=0
	node run.mjs 1 lighthouse.test.mjs || bad=1
	node run.mjs "$(node -p 'Math.max(3, require("os").cpus().length - 1)')" "$@" || bad=1
	return $bad
)

case ${1:-all} in
all)
	step 'gofmt' formatted
	step 'go vet' go vet ./...
	step 'staticcheck' static
	step 'build' build
	world
	step "go test${race:+ -race}" unit
	[ -z "$race" ] || step 'go test of the program and of recordings' recorded
	postgres_stop
	if browser_world; then
		step 'npm packages' modules browser
		step 'browser tests' browser
	fi
	if mcp_world; then
		step 'npm packages of e2e/mcp' modules mcp
		step 'conformance tests of MCP' mcp
	fi
	;;
unit)
	world
	step "go test${race:+ -race}" unit
	[ -z "$race" ] || step 'go test of the program and of recordings' recorded
	;;
cover)
	world
	step 'coverage' cover
	;;
browser)
	if browser_world; then
		step 'npm packages' modules browser
		step 'browser tests' browser
	fi
	;;
screenshot)
	browser_world && step 'npm packages' modules browser && step 'screenshot' node e2e/browser/screenshot.mjs
	;;
*)
	say "test.sh: what is $1? all, unit, browser, cover or screenshot"
	exit 2
	;;
esac
close
