#!/bin/sh
# Writes the generated documents anew: doc/config.md and doc/cli.md.
set -eu
cd "$(dirname "$0")/.."
go run ./cmd/broadsheet config doc --out doc/config.md
go test ./internal/cli -run '^TestDocIsCurrent$' -count=1 -update
