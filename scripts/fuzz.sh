#!/bin/sh
# Runs each fuzz target for a while: FUZZ=10s fuzz.sh
set -eu
cd "$(dirname "$0")/.."
: "${FUZZ:=10s}"
grep -rlE --include='*_test.go' --exclude-dir=node_modules '^func Fuzz[A-Z]' . | sort | while read -r file; do
	sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file" | while read -r target; do
		echo "== $(dirname "$file") $target for $FUZZ"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$FUZZ" "$(dirname "$file")"
	done
done
