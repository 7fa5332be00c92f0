#!/bin/sh
# A new .env on standard output, with three fresh secrets: sh deploy/secrets.sh talk.example.com > .env
set -eu
[ $# = 1 ] || { echo "usage: sh deploy/secrets.sh HOSTNAME" >&2; exit 2; }
random() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
cat <<END
DOMAIN=$1
SECRET_KEY=$(random 32)
POSTGRES_PASSWORD=$(random 24)
REDIS_PASSWORD=$(random 24)
# Without a mail server nobody confirms an address, and a forgotten password is lost.
#EMAIL_URL=smtp://user:password@mail.example.com:587
#EMAIL_FROM="hypertalk <talk@$1>"
END
