"""All settings. Those that differ between deployments come from the environment, see docs/settings.md."""

from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from hypertalk import env
from hypertalk.accounts.conf import *  # noqa: F403 - the settings of allauth are beside the accounts
from hypertalk.database import database
from hypertalk.logs.conf import LOGGING  # noqa: F401 - a setting

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", "only-for-development" if DEBUG else None)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else None)
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
REDIS_URL = env.url(
    "REDIS_URL", "redis:" if not env.text("REDIS_URL", "") else None, {"redis", "rediss", "unix"}
)
REDIS_PREFIX = env.text("REDIS_PREFIX", "hypertalk")
METRICS_TOKEN = env.secret("METRICS_TOKEN", "")

INSTALLED_APPS = [
    "chat",
    "hypertalk",
    "hypertalk.accounts",
    "django_tasks_db",
    "hypertalk.jobs",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "django_htmx",
]

MIDDLEWARE = [
    "hypertalk.probes.middleware.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hypertalk.server.bodies.BodyMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hypertalk.accounts.devices.DevicesMiddleware",
    "hypertalk.accounts.first_run.FirstRunMiddleware",
    "chat.middleware.NoSharedCacheMiddleware",
    "chat.middleware.PersonLocaleMiddleware",
]

ROOT_URLCONF = "hypertalk.urls"
ASGI_APPLICATION = "hypertalk.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data

DATABASES = {"default": database(BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL.netloc or REDIS_URL.path:
    _REDIS = REDIS_URL.geturl()
    _CACHE: dict[str, Any] = {
        "LOCATION": _REDIS,
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_connections": 64},
    }
    CACHES: dict[str, dict[str, Any]] = {
        "default": _CACHE | {"BACKEND": "hypertalk.caching.cache.FallbackCache"},
        "strict": _CACHE | {"BACKEND": "hypertalk.caching.cache.RedisCache"},
    }
    CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "prefix": REDIS_PREFIX,
                # redis-py 8's defaults (five seconds, a hundred connections) lose sockets under load.
                "hosts": [
                    {
                        "address": _REDIS,
                        "socket_timeout": 10,
                        "socket_connect_timeout": 2,
                        "health_check_interval": 10,
                        "max_connections": 1000,
                    },
                ],
            },
        },
    }
else:
    _CACHE = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
    CACHES = {"default": _CACHE, "strict": _CACHE}
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10000}}
    }

ROW_CACHE_SECONDS = 30 if REDIS_URL.netloc or REDIS_URL.path else 0  # see hypertalk/caching/row_cache.py
SESSION_ENGINE = "hypertalk.caching.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# Jobs

JOBS = env.choice("JOBS", "inline", ("inline", "workers"))
TASKS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": [],
        "OPTIONS": {"transactional": True},
    }
}

# Chat

CHAT_LIMITS = env.rates("_LIMIT")  # checked by hypertalk/apps.py, once the features have registered theirs
CHAT_KEEP_DAYS = env.number("KEEP_DAYS", 0, most=36_500)
CHAT_SERVICE_WORKER = env.flag("SERVICE_WORKER", default=True)
CHAT_AWAITED = "hypertalk.accounts.addresses.awaited"
CHAT_ACCOUNT_PAGES = {
    "signup": "account_signup",
    "logout": "account_logout",
    "security": "mfa_index",
    "delete": "account_delete",
    "workspace": "workspace",
}
CHAT_BRANDING = "hypertalk.accounts.branding.workspace_branding"

# Accounts

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "chat:home"
MAILERS = {"default": env.mailer("EMAIL_URL", "console:")}
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "hypertalk <hypertalk@localhost>")

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("th", "ไทย"), ("bg", "Български")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [("chat", BASE_DIR / "static")]  # as in the wheel: chat/css/..., chat/js/...
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "hypertalk.static.HashedStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Security. The defaults are for production; DEBUG relaxes only what plain HTTP on localhost can't do.

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
}
SECURE_SSL_REDIRECT = not DEBUG and env.flag("HTTPS_ONLY", default=True)
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
