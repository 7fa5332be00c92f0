#!/bin/sh
# See that the programs the tests start are there: a Redis server and a Chromium; with "faults", what sets clocks wrong too.
# PostgreSQL comes with a Python package.
set -eu
missing=""
command -v redis-server >/dev/null 2>&1 || missing="redis-server"
if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1 \
    && ! command -v google-chrome >/dev/null 2>&1; then missing="$missing chromium"; fi
# Only the whole fault suite sets clocks wrong; without it those tests are skipped.
if [ "${1:-}" = faults ] && ! ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then missing="$missing libfaketime"; fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing$(printf ' %s' $missing) fonts-noto-core"
    apt-get update -qq
    # policy-rc.d would keep the package from starting a server of its own; it is stopped instead where it did.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing fonts-noto-core >/dev/null
    exit 0
fi
case "$missing" in
    *chromium*) .venv/bin/python -m playwright install chromium && missing="${missing%chromium}" ;;
esac
case "$missing" in
    *redis*) echo "The tests need a Redis server: install redis-server and try again." >&2; exit 1 ;;
esac
