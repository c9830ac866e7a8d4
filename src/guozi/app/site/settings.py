"""Django's settings, read from the environment alone; nothing is started and nothing is written but the secret key, once."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from guozi.app.ui.policy import CONTENT_SECURITY_POLICY as POLICY, SECURE_REFERRER_POLICY as REFERRER
from guozi.instance.home import Home
from guozi.instance.postgres import APP, Server

HOME = Home.from_environment()
PACKAGE = Path(__file__).resolve().parents[2]

DEBUG = os.environ.get("GUOZI_DEBUG") == "1"
SECRET_KEY = HOME.secret_key()
ALLOWED_HOSTS = os.environ.get("GUOZI_HOSTS", "localhost 127.0.0.1 [::1] testserver").split()
HTTPS = os.environ.get("GUOZI_HTTPS") == "1"
"""Set where browsers come by https (a proxy in front): cookies then travel no other way."""

GUOZI_PLACE = os.environ.get("GUOZI_PLACE", "")
GUOZI_DEMO = os.environ.get("GUOZI_DEMO") == "1"
FILES_ROOT = HOME.files
FACTS_ROOT = HOME.facts
ENGINE_MEMORY = os.environ.get("GUOZI_ENGINE_MEMORY", "2GB")
ENGINE_THREADS = int(os.environ.get("GUOZI_ENGINE_THREADS", "2"))
UPLOAD_LIMIT = 50 * 1024 * 1024
"""Bytes of one upload."""

_POSSIBLE = ("decisions", "warning", "indicators", "reporting", "facts")
"""Shelves that are mounted when they are there, in the order of the house."""

SHELVES = tuple(name for name in _POSSIBLE if importlib.util.find_spec(f"guozi.app.{name}.apps"))

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "guozi.app.site",
    *(f"guozi.app.{name}" for name in SHELVES),
    "guozi.app.regulation",
    "guozi.app.identity",
    "guozi.app.entities",
    "guozi.app.jobs",
    "guozi.app.files",
    "guozi.app.audit",
    "guozi.app.ui",
    "guozi.app.gate",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guozi.app.ui.middleware.Frame",
    "guozi.app.gate.middleware.Acting",
    "guozi.app.site.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "guozi.app.site.urls"
WSGI_APPLICATION = "guozi.app.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "django.contrib.auth.context_processors.auth",
                "guozi.app.ui.context.frame",
            ],
        },
    },
]


def _database(address: str) -> dict[str, Any]:
    parts = conninfo_to_dict(address)
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "guozi.app.gate.postgresql",
        **{ours: str(parts.pop(theirs, "") or "") for ours, theirs in known.items()},
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(Server(HOME.root).url(APP))}

AUTH_USER_MODEL = "identity.Person"
AUTHENTICATION_BACKENDS = ["guozi.app.identity.backend.Password"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "identity:signin"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "identity:signin"

SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "guozi.app.ui.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = os.environ.get("GUOZI_ORIGINS", "").split()
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = REFERRER
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = POLICY
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "Simplified Chinese"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
"""Files are served from where they lie in the package; nothing has to be collected first."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GUOZI_LOG", "WARNING")},
}
