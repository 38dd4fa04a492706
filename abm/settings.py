"""Settings, all from the environment: DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS, ABM_* (see README)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from abm.local.secrets import local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("ABM_VAR", BASE_DIR / "var"))


def _list(name: str, default: str = "") -> list[str]:
    return [item for item in os.environ.get(name, default).split(",") if item]


DEBUG = os.environ.get("ABM_DEBUG") == "1"
HTTPS = os.environ.get("ABM_HTTPS") == "1"
DEMO = os.environ.get("ABM_DEMO") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY") or local_secret_key(VAR_DIR)
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "abm.web",
    "abm.api",
    "abm.demo",
    "abm.local",
    "imports",
    "scoring",
    "surface",
    "funnel",
    "targets",
    "engagement",
    "accounts",
    "users",
    "audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "pgtrigger",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "abm.web.middleware.language_of_user",
    "abm.web.middleware.door",
    "abm.web.middleware.nothing_kept",
    "abm.web.middleware.screens_of_role",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "abm.urls"
WSGI_APPLICATION = "abm.wsgi.application"
FORM_RENDERER = "abm.web.look.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "abm.web.frame.frame",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgresql:///abm"), conn_max_age=60, conn_health_checks=True
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

OUTWARD_HOSTS = _list("ABM_OUTWARD_HOSTS")
"""Hosts inside our network that webhooks and chats may be sent to all the same; others must be public."""

AUTH_USER_MODEL = "users.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

LANGUAGE_CODE = "en"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("ABM_TIME_ZONE", "Asia/Tokyo")
USE_TZ = True
FISCAL_YEAR_START_MONTH = int(os.environ.get("ABM_FISCAL_YEAR_START_MONTH", "4"))
DEFAULT_CURRENCY = os.environ.get("ABM_CURRENCY", "JPY")
STALE_MONTHS = int(os.environ.get("ABM_STALE_MONTHS", "24"))
"""A person nothing has told of for so long counts as out of date on the data-quality page."""
DORMANT_MONTHS = int(os.environ.get("ABM_DORMANT_MONTHS", "24"))
"""A wanted person nobody has touched for so long is an asset we own and do not use."""

BASE_URL = os.environ.get("ABM_BASE_URL", "http://localhost:8000").rstrip("/")
"""Where people reach us: links in mails, chats and webhooks begin with it."""
HOUSE_LANGUAGE = os.environ.get("ABM_LANGUAGE", "ja")
"""Of letters to those who have chosen no language, and to a team's channel."""


def _mail_server(url: str) -> dict[str, Any]:
    """Django's mail settings. `smtp://` is plain, `smtp+tls://` asks for STARTTLS, `smtps://` is TLS from the start."""
    parts, usual = urlsplit(url), {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in usual or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@mail.example.com:587")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or usual[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


EMAIL_URL = os.environ.get("EMAIL_URL", "")
MAIL_ON = bool(EMAIL_URL) or DEMO
"""Without a server no mail is written; the demo keeps in files what it would have sent."""
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'filebased' if DEMO else 'dummy'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mails"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ABM_MAIL_FROM", "ABM <abm@localhost>")
if EMAIL_URL:
    globals().update(_mail_server(EMAIL_URL))

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("ABM_STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(os.environ.get("ABM_MEDIA_ROOT", VAR_DIR / "media"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "abm.api.auth.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "abm.api.auth.InScope"],
    "DEFAULT_PAGINATION_CLASS": "abm.api.paging.CursorPaging",
    "DEFAULT_FILTER_BACKENDS": ["abm.api.filters.Filters"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is 405: /api/schema/ says more
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "abm.api.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
KNOX_TOKEN_MODEL = "api.Token"  # noqa: S105 - a model, no secret
MIGRATION_MODULES = {"knox": None}  # its own table would stand empty beside ours
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "abm_", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "ABM API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Everything a page can do. Errors are RFC 9457 problems; see docs/api.md.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "Stage": "funnel.enums.Stage",
        "Outcome": "funnel.enums.Outcome",
        "AccountKind": "accounts.enums.AccountKind",
        "NameKind": "accounts.enums.NameKind",
        "DoubtKind": "accounts.enums.DoubtKind",
        "DoubtState": "accounts.enums.DoubtState",
        "MergeKind": "accounts.enums.MergeKind",
        "TouchKind": "engagement.enums.TouchKind",
        "ImportKind": "abm.api.imports.KINDS",
        "ImportState": "imports.enums.JobState",
        "VersionState": "targets.enums.VersionState",
        "SendState": "audit.enums.SendState",
        "AccessKind": "audit.enums.AccessKind",
        "SourceKind": "accounts.enums.SourceKind",
        "CostKind": "accounts.enums.CostKind",
        "Basis": "accounts.enums.Basis",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "abm.api.schema.complete"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "abm.web.masking.Formatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ABM_LOG_LEVEL", "INFO")},
}
# auth.E003 does not see our UniqueConstraint on Lower("username"), which is stricter than what it asks for.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
if not HTTPS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
