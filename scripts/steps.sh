# The checks that `make check` and `make test` share; sourced, never run.
# shellcheck shell=bash

staticcheck_version=v0.8.2

formatting() {
	local files
	files=$(gofmt -l .) || return
	[ -z "$files" ] && return
	echo "not gofmt'd; run: gofmt -w ."
	echo "$files"
	return 1
}

static_analysis() {
	local bin
	bin=$(tool staticcheck honnef.co/go/tools/cmd/staticcheck "$staticcheck_version") || return
	"$bin" ./...
}

# Generated pages must be what templ makes of their sources today. Sums of the files before and
# after are compared, not git's view, so that work in progress passes if it is current.
generated() {
	local before after
	before=$(generated_sums)
	scripts/generate.sh || return
	after=$(generated_sums)
	[ "$before" = "$after" ] && return
	echo "generated pages were stale and have been rewritten; commit them:"
	diff <(echo "$before") <(echo "$after") | sed -n 's/^[<>] [0-9a-f]*  //p' | sort -u
	return 1
}

# The path that templ writes into error positions depends on the folder it was started in; that alone is not stale.
generated_sums() {
	find . -name '*_templ.go' -not -path './bin/*' | sort | while read -r f; do
		printf '%s  %s\n' "$(sed -E 's/FileName: `[^`]*\/([^`]*)`/FileName: `\1`/' "$f" | sha256sum | cut -d' ' -f1)" "$f"
	done
}
