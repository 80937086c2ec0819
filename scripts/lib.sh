# Shared by the scripts beside it; sourced, never run.
# shellcheck shell=bash

# Stamping a binary with its commit fails in a clone owned by somebody else ("dubious ownership"),
# and nothing here reads the stamp.
case " ${GOFLAGS:-} " in
*" -buildvcs="*) ;;
*) export GOFLAGS="${GOFLAGS:+$GOFLAGS }-buildvcs=false" ;;
esac

say() { printf '%s\n' "$*" >&2; }

# retry CMD...: once more after three seconds, for commands that use the network.
retry() {
	"$@" && return
	say "retrying: $*"
	sleep 3
	"$@"
}

# step NAME CMD...: runs CMD silently; its output is shown only if it fails, which ends the script.
step() {
	local name=$1 began=$SECONDS log
	shift
	log=$(mktemp)
	printf '%-44s' "$name"
	if "$@" >"$log" 2>&1; then
		printf ' ok %4ds\n' $((SECONDS - began))
		rm -f "$log"
		return
	fi
	printf ' FAILED %ds\n' $((SECONDS - began))
	cat "$log"
	rm -f "$log"
	exit 1
}

# loud_step NAME CMD...: the same, with the command's output shown as it comes.
loud_step() {
	local name=$1 began=$SECONDS
	shift
	printf '%s\n' "$name ..."
	if "$@"; then
		printf '%-44s ok %4ds\n' "$name" $((SECONDS - began))
		return
	fi
	printf '%-44s FAILED %ds\n' "$name" $((SECONDS - began))
	exit 1
}

# Tools live in ./bin, one folder a version: they must not appear in go.mod,
# where they would become dependencies of the product.
# tool NAME MODULE/PATH VERSION: prints the path of the built tool.
tool() {
	local dir=$PWD/bin/$1-$3
	if [ ! -x "$dir/$1" ]; then
		GOBIN=$dir retry go install "$2@$3" >&2 || return
	fi
	printf '%s\n' "$dir/$1"
}
