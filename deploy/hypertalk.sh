#!/bin/sh
# manage.py with the settings and the user of the service. As root: hypertalk doctor
set -eu
set -a
. /etc/hypertalk.env
set +a
cd /opt/hypertalk
exec setpriv --reuid=hypertalk --regid=hypertalk --clear-groups .venv/bin/python manage.py "$@"
