# Where the programs are that tests use; sourced, never run.
# shellcheck shell=bash

has_compiler() {
	local cc=${CC:-gcc}
	command -v "${cc%% *}" >/dev/null && echo '#include <stdlib.h>' | $cc -E - >/dev/null 2>&1
}

# postgres_bin prints the folder of initdb and pg_ctl. Debian keeps them off PATH, one folder
# a major version; the newest is taken. GEZHI_PG_BIN overrides.
postgres_bin() {
	local dir
	if [ -n "${GEZHI_PG_BIN:-}" ]; then
		[ -x "$GEZHI_PG_BIN/initdb" ] && printf '%s\n' "$GEZHI_PG_BIN"
		return
	fi
	for dir in $(printf '%s\n' "${GEZHI_PG_ROOT:-/usr/lib/postgresql}"/*/bin | sort -Vr); do
		if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then
			printf '%s\n' "$dir"
			return
		fi
	done
	dir=$(command -v initdb) && dirname "$(readlink -f "$dir")"
}

# chromium_bin prints the browser; GEZHI_CHROMIUM overrides. internal/browser looks in the same order.
chromium_bin() {
	if [ -n "${GEZHI_CHROMIUM:-}" ]; then
		[ -x "$GEZHI_CHROMIUM" ] && printf '%s\n' "$GEZHI_CHROMIUM"
		return
	fi
	command -v chromium || command -v chromium-browser || command -v google-chrome
}

has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh file)" ]; }
