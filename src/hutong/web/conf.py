"""Django's settings, from what the doors and `hutong migrate` put into the environment.

There are no accounts yet and so no `django.contrib.auth`: the desk brings its own user model, and a table of
Django's own users would be in its way.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from hutong import settings
from hutong.db.database import conninfo_as
from hutong.web import catalogue


def database(url: str, *, role: str) -> dict[str, object]:
    """Return Django's description of the database at `url`, a libpq address, acting as `role`."""
    parts = conninfo_to_dict(conninfo_as(url, role=role))
    named = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{theirs: parts.pop(ours, "") for theirs, ours in named.items()},
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def hosts(*, listening: str, names: str) -> list[str]:
    """Return the names the pages answer to: those given, else this machine's where it listens to itself only."""
    if names:
        return [*names.split(","), "localhost", "127.0.0.1"]
    return ["*"] if listening in ("0.0.0.0", "::") else [listening, "localhost", "127.0.0.1"]  # noqa: S104


_given = settings.read()
_role = os.environ.get("HUTONG_WEB_ROLE", "control")
_here = Path(__file__).parent

COUNTY = _given.county
GATEWAY_PORT = _given.gateway_port
LOG_NAME = _given.log_name
LOG_VKEY = os.environ.get("HUTONG_LOG_VKEY", "")
CLOCK_SHIFT = timedelta(seconds=float(os.environ.get("HUTONG_CLOCK_SHIFT", "0")))
CLOCK = settings.clock(shift=CLOCK_SHIFT)

DATABASES = {"default": database(_given.database_url or "", role=_role)}
# Migrating signs nothing, so it needs no secret that outlives it.
SECRET_KEY = secrets.token_urlsafe(48) if _role == "owner" else os.environ["HUTONG_WEB_SECRET"]
ALLOWED_HOSTS = hosts(listening=_given.host, names=os.environ.get("HUTONG_WEB_NAMES", ""))
DEBUG = False

INSTALLED_APPS: list[str] = []
ROOT_URLCONF = "hutong.web.urls"
MIDDLEWARE = [
    "hutong.web.headers.ContentPolicy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "hutong.web.refusals.Refusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_here / "templates"],
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "hutong.web.words"],
            "context_processors": ["django.template.context_processors.request", "hutong.web.frame.frame"],
        },
    }
]

LANGUAGE_CODE = "zh"
LANGUAGES = [("zh", "中文"), ("en", "English")]
LOCALE_PATHS = [_here / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
catalogue.compile_all(LOCALE_PATHS[0])

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
STATIC_URL = "/static/"
STATIC_FOLDER = _here / "static"
