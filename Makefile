# Every target is one line of intent; the work is in scripts/. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help test check demo bench generate pg setup

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## everything CI runs: set-up, checks, all tests with -race on SQLite and PostgreSQL, the browser tests
	@scripts/test.sh

check: ## the quick round before a commit: formatting, vet, staticcheck, go test ./...
	@scripts/check.sh

demo: ## start the demonstration on http://127.0.0.1:8080
	go run ./cmd/gezhi demo

bench: ## print measured against budget (minutes; the large database is built once and kept in bench/cache)
	go run ./bench
	go run -C bench/peers .

generate: ## write the Go code of the .templ pages
	@scripts/generate.sh

pg: ## start a throw-away PostgreSQL, print its URL, stop it on Ctrl-C
	@scripts/with-postgres.sh sh -c 'echo "export GEZHI_TEST_POSTGRES=$$GEZHI_TEST_POSTGRES"; echo "Ctrl-C stops it and deletes its data." >&2; exec sleep infinity'

setup: ## install what the tests need (Debian, as root), or say what is missing
	@scripts/setup.sh
