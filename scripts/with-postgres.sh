#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own: a new cluster in a temporary folder, on a free
# port of 127.0.0.1, named to the command in GEZHI_TEST_POSTGRES, stopped and deleted afterwards.
# Anyone on this machine may log in to it (trust, loopback only), so put nothing private there.
#
# fsync is off: the cluster does not outlive the command, so a power cut has nothing to lose,
# and creating a database per test is several times faster. GEZHI_PG_FSYNC=on turns it on,
# which measurements need.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh
. scripts/find.sh

if [ $# = 0 ]; then
	say "usage: scripts/with-postgres.sh COMMAND..."
	exit 2
fi
bin=$(postgres_bin) || { say 'no PostgreSQL server programs found; run scripts/setup.sh'; exit 1; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/gezhi-pg.XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
	as=(runuser -u postgres --)
	chown postgres "$dir"
fi

stop() {
	local code=$?
	trap - EXIT INT TERM HUP
	# pg_ctl signals the one process named in this cluster's own pid file.
	if [ -f "$dir/data/postmaster.pid" ]; then
		(cd "$dir" && "${as[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate -w -t 20 stop >/dev/null 2>&1) || true
	fi
	rm -rf "$dir"
	exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cd "$dir" # the postgres user may not be able to enter the folder we came from
"${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 ||
	{ cat "$dir/log" >&2; exit 1; }

start() { # start PORT
	"${as[@]}" "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 start -o "\
-c listen_addresses=127.0.0.1 -p $1 -c unix_socket_directories=$dir -c max_connections=200 \
-c fsync=${GEZHI_PG_FSYNC:-off} -c full_page_writes=${GEZHI_PG_FSYNC:-off} -c max_wal_size=512MB" >>"$dir/log" 2>&1
}
port=
for _ in 1 2 3 4 5 6 7 8; do # a port free when asked may be taken when used: try again with another
	try=$((20000 + RANDOM % 12000))
	if (: </dev/tcp/127.0.0.1/$try) 2>/dev/null; then continue; fi
	if start "$try"; then
		port=$try
		break
	fi
done
if [ -z "$port" ]; then
	cat "$dir/log" "$dir/data/server.log" >&2
	exit 1
fi
cd "$OLDPWD"
export GEZHI_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
"$@"
