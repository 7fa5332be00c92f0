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
echo "Installing $wanted into .venv"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
cp "$wanted" "$stamp"
