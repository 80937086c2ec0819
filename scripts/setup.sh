#!/usr/bin/env bash
# Makes sure that what the tests need is on this machine: a C compiler (for -race), PostgreSQL's
# server programs, Chromium and a font with Chinese characters. As root on Debian it installs
# what is missing; otherwise it lists what is missing, how to install it, and fails.
#
#   scripts/setup.sh            install if it can
#   scripts/setup.sh --dry-run  only say what is missing and what would be run
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/find.sh

dry_run=
[ "${1:-}" = --dry-run ] && dry_run=1

missing=()  # for people
packages=() # for apt

need() { # need WHAT PACKAGES... : called when WHAT was not found
	missing+=("$1 (Debian: ${*:2})")
	packages+=("${@:2}")
}

look() {
	missing=() packages=()
	has_compiler || need 'a C compiler, which go test -race needs' gcc libc6-dev
	command -v git >/dev/null || need 'git' git
	postgres_bin >/dev/null || need 'PostgreSQL server programs (initdb, pg_ctl)' postgresql
	chromium_bin >/dev/null || need 'Chromium' chromium
	has_chinese_font || need 'a font with Chinese characters' fontconfig fonts-droid-fallback
}

install() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
}

if ! command -v go >/dev/null; then
	say 'missing: Go 1.26 or newer; see https://go.dev/dl/'
	exit 1
fi

look
if [ ${#missing[@]} = 0 ]; then
	exit 0
fi
say 'missing:'
printf '  - %s\n' "${missing[@]}" >&2
how="apt-get update && apt-get install -y --no-install-recommends ${packages[*]}"
if [ -n "$dry_run" ]; then
	say "would run: $how"
	exit 1
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	say "install them, on Debian or Ubuntu with:  sudo sh -c '$how'"
	say 'or run the part that needs none of them:  go test ./...'
	exit 1
fi

say "installing: ${packages[*]}"
log=$(mktemp)
if ! retry install "${packages[@]}" >"$log" 2>&1; then
	cat "$log" >&2
	rm -f "$log"
	say 'installing failed; the output of apt-get is above'
	exit 1
fi
rm -f "$log"
look
if [ ${#missing[@]} != 0 ]; then
	say 'still missing after installing:'
	printf '  - %s\n' "${missing[@]}" >&2
	exit 1
fi
