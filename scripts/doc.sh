#!/bin/sh
# Writes the generated documents anew: doc/config.md, doc/cli.md and doc/openapi.json.
set -eu
cd "$(dirname "$0")/.."
go run ./cmd/broadsheet config doc --out doc/config.md
go test ./internal/cli -run '^TestDocIsCurrent$' -count=1 -update
go test ./internal/serve/api -run '^TestDocumentIsCurrent$' -count=1 -update
