#!/bin/sh
# Print a new .env with three new secrets: sh deploy/secrets.sh talk.example.com > .env
set -eu
[ $# = 1 ] || { echo "usage: sh deploy/secrets.sh HOSTNAME" >&2; exit 2; }
random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
cat <<END
DOMAIN=$1
SECRET_KEY=$(random 32)
POSTGRES_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
# Without a mail server addresses are not confirmed, and a forgotten password can't be reset.
#EMAIL_URL=smtp://user:password@mail.example.com:587
#EMAIL_FROM="hypertalk <talk@$1>"
END
