#!/bin/sh
# Make or refresh .venv from the hashed pins: environment.sh base|dev. Does nothing when they have not changed.
set -eu
wanted="requirements/$1.txt"
stamp=".venv/installed-$1"
if [ -f "$stamp" ] && cmp -s "$wanted" "$stamp"; then exit 0; fi

new_enough() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

if ! new_enough .venv/bin/python; then
    echo "Creating a Python environment in .venv"
    rm -rf .venv
    # pyenv's shims may be there for versions that are not chosen, so each candidate is tried by running it.
    for python in python3.13 python3.14 python3.12 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        if command -v "$python" >/dev/null 2>&1 && new_enough "$python"; then
            "$python" -m venv .venv
            break
        fi
    done
    if [ ! -x .venv/bin/python ] && command -v uv >/dev/null 2>&1; then
        uv venv --quiet --seed --python '>=3.12' .venv || true
    fi
    if [ ! -x .venv/bin/python ]; then
        echo "hypertalk needs Python 3.12 or newer (with venv), or uv: install one of them and try again." >&2
        exit 1
    fi
fi
# pip says nothing for most of a minute, or far too much: say how far it is.
total=$(grep -c == "$wanted")
echo "Installing $total packages into .venv, which takes about a minute"
failed=.venv/failed
rm -f "$failed"
# Not with awk: some read what comes from a pipe in large blocks, and would tell it late.
{ .venv/bin/python -m pip install --progress-bar off --disable-pip-version-check --require-hashes -r "$wanted" || touch "$failed"; } | {
    count=0
    while read -r line; do
        case "$line" in
            "Collecting "*)
                count=$((count + 1))
                [ $((count % 10)) -ne 0 ] || echo "  $count of $total packages are here" ;;
            "Installing collected "*) echo "  unpacking them" ;;
        esac
    done
}
[ ! -e "$failed" ] || exit 1
cp "$wanted" "$stamp"
