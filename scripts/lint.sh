#!/bin/sh
# Runs every linter and closes with what each said.
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/setup.sh

failed=
summary=

check() { # check NAME COMMAND...
	label=$1
	shift
	say "== $label"
	if "$@"; then word=ok; else word=FAILED failed=yes; fi
	summary="$summary
  $word  $label"
}

unformatted() {
	out=$(find . \( -name node_modules -o -name '.?*' -o -name '_*' \) -prune -o -name '*.go' -exec gofmt -l {} +)
	[ -z "$out" ] || { say "gofmt would change:" "$out"; return 1; }
}

# gosec: medium and up. G304 (a file named by a variable) is what a command
# with FILE arguments does.
secure() {
	bin/tools/gosec -quiet -severity medium -confidence medium -exclude G304 -exclude-dir bench -exclude-dir e2e ./...
}

# govulncheck asks a database on the network. Without it there is no answer,
# neither good nor bad.
vulnerable() {
	out=$(bin/tools/govulncheck ./... 2>&1)
	status=$?
	case $out in
	*'fetching vulnerabilities'*)
		say "not checked: the vulnerability database (vuln.go.dev) cannot be reached from here"
		label='govulncheck: NOT CHECKED, its database cannot be reached from here'
		return 0
		;;
	esac
	printf '%s\n' "$out"
	return $status
}

shells() {
	need shellcheck
	if lacks shellcheck; then label='shellcheck: NOT CHECKED, it is not here'; return 0; fi
	shellcheck -x scripts/*.sh .ci/run
}

mkdir -p bin/tools
go build -C tools -o ../bin/tools/ tool || exit 1
check 'gofmt' unformatted
check 'go vet' go vet ./...
check 'staticcheck' bin/tools/staticcheck ./...
check 'gosec' secure
check 'govulncheck' vulnerable
check 'shellcheck' shells
say ''
say "summary:$summary"
[ -z "$failed" ]
