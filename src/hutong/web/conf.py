"""Django's settings, from what the doors and `hutong upgrade` put into the environment."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hutong import settings
from hutong.db import logins
from hutong.db.database import conninfo_as
from hutong.installation import address, identity, keys, protection, watching
from hutong.web.front import catalogues

PAGE_SECONDS = 30.0
"""Longest one statement of a page may take; what is longer is given up, and that is told."""


def database(url: str, *, role: str, statement_seconds: float | None = None) -> dict[str, object]:
    """Return Django's description of the database at `url`, a libpq address, acting as `role`."""
    parts = conninfo_to_dict(conninfo_as(url, role=role, statement_seconds=statement_seconds))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{theirs: parts.pop(ours, "") for theirs, ours in named.items()},
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


_given = settings.read()
_role = os.environ.get("HUTONG_WEB_ROLE", "control")
HERE = Path(__file__).parent

COUNTY = _given.county
PLATFORM = _given.platform
CONTACT = _given.contact
FACTOR_ROLES = _given.factor_roles
GATEWAY_PORT = _given.gateway_port
LOG_NAME = _given.log_name
LOG_VKEY = os.environ.get("HUTONG_LOG_VKEY", "")
CLOCK_SHIFT = timedelta(seconds=float(os.environ.get("HUTONG_CLOCK_SHIFT", "0")))
CLOCK = settings.clock(shift=CLOCK_SHIFT)
DATABASE_URL = _given.database_url or ""
KEYRING = _given.keys / keys.KEYRING
SPOOL = _given.spool
# What is wanting of the protection of evidence from our own processes, told at the desk of those who look after it.
UNPROTECTED = protection.wanting(_given, door=logins.WEB)
_identity = identity.read(_given.data)
# Which running copy of the county this is: two of them are told apart by it.
INSTANCE = str(_identity.instance) if _identity else ""
# What the pages stand on: disks, and the certificate they show.
WATCHED = watching.watched(_given)

# A migration takes as long as it takes; commands and the worker say for themselves how long one statement may.
STATEMENT_SECONDS = None if _role == "owner" else float(os.environ.get("HUTONG_STATEMENT_SECONDS") or PAGE_SECONDS)
DATABASES = {"default": database(DATABASE_URL, role=_role, statement_seconds=STATEMENT_SECONDS)}
# Migrating signs nothing, so it needs no secret that outlives it.
SECRET_KEY = secrets.token_urlsafe(48) if _role == "owner" else os.environ["HUTONG_WEB_SECRET"]
ALLOWED_HOSTS = address.names(_given)
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "hutong.control.calendars",
    "hutong.control.rulebook",
    "hutong.control.releases",
    "hutong.control.procedures",
    "hutong.control.units",
    "hutong.control.signon",
    "hutong.control.registration",
    "hutong.control.catalog",
    "hutong.control.sharing",
    "hutong.control.security",
    "hutong.control.notices",
    "hutong.control.handovers",
    "hutong.control.nodes",
]
ROOT_URLCONF = "hutong.web.urls"
MIDDLEWARE = [
    "hutong.web.front.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "hutong.web.front.admission.characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hutong.web.front.refused.entered",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hutong.web.front.admission.bodies",  # its page knows the officer; nothing above reads a body
    "hutong.web.front.middleware.Problems",
    "hutong.web.front.away.Away",
    "hutong.web.desk.examining.Gate",
    "hutong.web.front.rules_asked.asked",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django.contrib.humanize.templatetags.humanize",
                "hutong.web.wording.filters",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "hutong.web.front.context.page",
                "hutong.web.desk.menu.menu",
            ],
        },
    }
]

LANGUAGE_CODE = "zh"
LANGUAGES = [("zh", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "hutong_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
catalogues.compile_all(LOCALE_PATHS[0])

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hutong.web.front.errors.forbidden"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8000  # thirteen for each item of an entry
# A folder of the web process in the spool: people's rows lie in it, and the sweep takes what a killed one left.
FILE_UPLOAD_TEMP_DIR = os.environ.get("HUTONG_WEB_UPLOADS") or str(SPOOL)
FILE_UPLOAD_PERMISSIONS = 0o600
STATIC_URL = "/static/"
STATIC_FOLDER = HERE / "static"
STATICFILES_DIRS = [STATIC_FOLDER]

_validation = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": _validation + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": _validation + "CommonPasswordValidator"},
    {"NAME": _validation + "UserAttributeSimilarityValidator"},
    {"NAME": _validation + "NumericPasswordValidator"},
]
# Only to who asked by HTTPS: the front middleware makes the cookies of such an answer Secure, too.
SECURE_HSTS_SECONDS = 365 * 24 * 3600
