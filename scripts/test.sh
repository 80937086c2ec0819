#!/usr/bin/env bash
# Everything that continuous integration runs. Each step says how long it took;
# a step's output is shown when it fails, and always for the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/steps.sh

# A package with -race on two busy cores is some ten times slower than without; forty minutes are
# what a stuck test may cost before its goroutines are printed.
timeout=${GEZHI_TEST_TIMEOUT:-40m}

# -shuffle=on also keeps go test from answering out of its cache. go vet has run already.
# SQLite as translated from C is most of what runs, holds its memory apart from Go's and converts a pointer at nearly every
# step: in its own package neither races nor pointer conversions are looked for. In ours, which share what Go shares, both are,
# and races in the packages around SQLite too: left without the detector, their copies of sync.Map's generic code may be the ones
# the linker takes for everybody's, and what one goroutine hands another by a map would look like a race.
all_tests() {
	scripts/with-postgres.sh go test -race -shuffle=on -vet=off -timeout "$timeout" \
		-gcflags='modernc.org/...=-d=checkptr=0' -gcflags='modernc.org/sqlite/lib=-d=checkptr=0 -race=false' ./...
}

step 'set-up (compiler, PostgreSQL, Chromium, font)' scripts/setup.sh
step 'download modules' retry go mod download
step 'gofmt' formatting
step 'generated pages are current' generated
step 'go vet' go vet ./...
step "staticcheck $staticcheck_version" static_analysis
# GEZHI_REQUIRE turns what would be skipped for want of PostgreSQL or a browser into a failure.
export GEZHI_REQUIRE=postgresql,browser
loud_step 'go test -race -shuffle=on, SQLite, PostgreSQL, browser' all_tests
if [ "${GEZHI_TIDY:-1}" = 1 ]; then
	step 'go mod tidy would change nothing' go mod tidy -diff
fi
