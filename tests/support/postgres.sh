#!/usr/bin/env bash
# A throw-away PostgreSQL for the tests.
#   postgres.sh start DIR   starts a server whose data and socket live in DIR, prints its URL
#   postgres.sh stop DIR    stops it
# PostgreSQL refuses to run as root, so as root it runs as the user postgres, or nobody.
set -euo pipefail
what=${1:?start or stop}; dir=${2:?a folder}
bin=$(dirname "$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1 || true)")
[ -x "$bin/initdb" ] || { echo "PostgreSQL is not installed (Debian: apt-get install postgresql)" >&2; exit 1; }
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
  user=postgres; id "$user" >/dev/null 2>&1 || user=nobody
  as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- "$@"; }
fi
case $what in
  start)
    mkdir -p "$dir"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    [ "$(id -u)" != 0 ] || chown "$user" "$dir"
    if [ ! -d "$dir/data" ]; then
      as "$bin/initdb" -D "$dir/data" -U concord -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir.log" 2>&1
    fi
    # Durability is not what these tests are about, and the machine's disk is not theirs.
    as "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/data/server.log" -o "-h 127.0.0.1 -p $port -k $dir -F -c max_connections=400" start >&2
    echo "postgres://concord@127.0.0.1:$port/postgres"
    ;;
  stop)
    as "$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >&2 || true
    ;;
esac
