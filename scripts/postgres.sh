# shellcheck shell=sh
# A PostgreSQL server of our own for the tests: a temporary folder, a socket in
# it, no network, no waiting for the disk. Sourced after setup.sh.
#
#   postgres_start   sets BROADSHEET_TEST_POSTGRES
#   postgres_stop    ends the server and removes the folder

postgres_dir=

# as_postgres runs a command as somebody whom the server accepts: not root.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

postgres_start() {
	bin=$(postgres_bin)
	postgres_dir=$(mktemp -d /tmp/broadsheet-postgres.XXXXXX)
	if [ "$(id -u)" = 0 ]; then chown postgres "$postgres_dir"; fi
	as_postgres "$bin/initdb" -D "$postgres_dir/data" -U broadsheet -A trust -E UTF8 --no-locale --no-sync \
		>"$postgres_dir.log" 2>&1 || { cat "$postgres_dir.log"; return 1; }
	as_postgres "$bin/pg_ctl" -D "$postgres_dir/data" -w -t 60 -l "$postgres_dir/server.log" -o "-k $postgres_dir \
		-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
		-c max_connections=300 -c shared_buffers=128MB" start >>"$postgres_dir.log" 2>&1 ||
		{ cat "$postgres_dir.log" "$postgres_dir/server.log"; return 1; }
	BROADSHEET_TEST_POSTGRES="postgres://broadsheet@/postgres?host=$postgres_dir"
	export BROADSHEET_TEST_POSTGRES
}

postgres_stop() {
	[ -n "$postgres_dir" ] || return 0
	as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_dir/data" -m immediate stop >/dev/null 2>&1 || :
	rm -rf "$postgres_dir" "$postgres_dir.log"
	postgres_dir=
}
