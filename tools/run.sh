#!/bin/sh
# The development server: SQLite, the in-memory channel layer, one Daphne on this machine only, demo data.
set -eu
port="${PORT:-8000}"
export DEBUG=1
python=.venv/bin/python
if ! $python -c "import socket; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('127.0.0.1', $port))" 2>/dev/null; then
    echo "Port $port is taken: stop what uses it, or choose another one: make run PORT=8001" >&2
    exit 1
fi
echo "Preparing the database and the demo"
$python manage.py migrate --verbosity 0
$python manage.py demo
cat <<END

  hypertalk is at  http://localhost:$port/

  Sign in as alice@example.com, bob@example.com, charlie@example.com or admin@example.com,
  each with the password  talk-to-me

  Ctrl-C ends it. Data is kept in var/.

END
exec $python manage.py serve --verbosity 0 --bind 127.0.0.1 --port "$port"
