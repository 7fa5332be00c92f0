#!/bin/sh
# Everything that can be said about the code without running it. Ends at the first thing that is wrong.
set -eu
bin=.venv/bin
$bin/ruff format --check --quiet .
$bin/ruff check --quiet .
DEBUG=1 $bin/mypy --no-error-summary hypertalk chat
$bin/djlint --lint --quiet templates
# As production has it; the values are of this check alone.
SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" ALLOWED_HOSTS=talk.example.com EMAIL_URL=smtp://localhost \
    $bin/python manage.py check --deploy --fail-level WARNING
DEBUG=1 $bin/python manage.py makemigrations --check --dry-run
