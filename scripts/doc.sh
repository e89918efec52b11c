#!/bin/sh
# Writes the generated documents anew.
set -eu
cd "$(dirname "$0")/.."
go test -run "^TestDoc" ./internal/config/... ./internal/cli/... -args -update
