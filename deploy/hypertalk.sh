#!/bin/sh
# manage.py as the service has it, with its settings and as its user. As root: hypertalk doctor
set -eu
set -a
. /etc/hypertalk.env
set +a
cd /opt/hypertalk
exec setpriv --reuid=hypertalk --regid=hypertalk --clear-groups .venv/bin/python manage.py "$@"
