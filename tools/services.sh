#!/bin/sh
# See that the programs the tests start are there: a Redis server and a Chromium; with "faults", what sets clocks wrong too.
# Of the two Chromiums of Debian the one without windows does the same with a third of the work.
# PostgreSQL comes with a Python package.
set -eu
missing=""
command -v redis-server >/dev/null 2>&1 || missing="redis-server"
shell=chromium-headless-shell
found=""
for name in $shell chromium chromium-browser google-chrome; do command -v $name >/dev/null 2>&1 && found=$name; done
[ -n "$found" ] || missing="$missing chromium"
# Only the whole fault suite sets clocks wrong; without it those tests are skipped.
if [ "${1:-}" = faults ] && ! ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then missing="$missing libfaketime"; fi
apt=""
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then apt=yes; fi
# policy-rc.d would keep a package from starting a server of its own; it is stopped instead where it did.
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null; }
if [ -n "$apt" ]; then
    if [ -n "$missing" ]; then apt-get update -qq; fi
    if ! command -v $shell >/dev/null 2>&1 && apt-cache show $shell >/dev/null 2>&1 && install $shell fonts-noto-core; then
        missing=$(echo "$missing" | sed s/chromium//)
    fi
    if [ -n "$(echo $missing)" ]; then
        echo "Installing$(printf ' %s' $missing) fonts-noto-core"
        install $missing fonts-noto-core
    fi
    exit 0
fi
case "$missing" in
    *chromium*) .venv/bin/python -m playwright install chromium && missing="${missing%chromium}" ;;
esac
case "$missing" in
    *redis*) echo "The tests need a Redis server: install redis-server and try again." >&2; exit 1 ;;
esac
