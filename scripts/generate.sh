#!/usr/bin/env bash
# Writes the Go code of every .templ page with the templ that go.mod names, and removes
# generated files whose page is gone.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

find . -name '*_templ.go' -not -path './bin/*' | while read -r f; do
	[ -e "${f%_templ.go}.templ" ] || rm -v "$f"
done
if [ -z "$(find . -name '*.templ' -not -path './bin/*' -print -quit)" ]; then
	say "no .templ files"
	exit 0
fi
version=$(go list -m -f '{{.Version}}' github.com/a-h/templ)
templ=$(tool templ github.com/a-h/templ/cmd/templ "$version")
"$templ" generate -log-level warn
