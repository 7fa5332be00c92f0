# hypertalk as one small image: everything is built in, nothing secret is, and it runs on a root file system that is read-only.
FROM python:3.13-slim AS build

WORKDIR /srv
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements/base.txt

COPY manage.py ./
COPY hypertalk hypertalk
COPY chat chat
COPY templates templates
COPY static static
# The settings want a key and a host also to collect static files; these are used for nothing else, and stay in this stage.
RUN SECRET_KEY=to-collect-static-files-and-nothing-else ALLOWED_HOSTS=none DATABASE_URL=sqlite:///none \
    /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /opt/venv/bin/python -m compileall -q hypertalk chat manage.py

FROM python:3.13-slim

RUN useradd --system --uid 10001 --no-create-home --home-dir /data hypertalk \
    && install -d -o hypertalk -g hypertalk /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv /srv

WORKDIR /srv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATABASE_URL=sqlite:////data/db.sqlite3
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz/', timeout=2)"]
CMD ["python", "manage.py", "serve", "--bind", "0.0.0.0", "--port", "8000"]
