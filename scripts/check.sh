#!/usr/bin/env bash
# The quick round before a commit. What needs PostgreSQL or a browser is skipped, and the
# summary names it: gezhi/internal/needs/...  [no tests to run].
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/steps.sh

step 'gofmt' formatting
step 'go vet' go vet ./...
step "staticcheck $staticcheck_version" static_analysis
loud_step 'go test ./...' go test ./...
