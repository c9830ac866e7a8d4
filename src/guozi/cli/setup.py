"""Sets Django up before any module of the application is imported; imported first by `guozi.cli`, and for nothing else."""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guozi.app.site.settings")


def language() -> str:
    """The language of people at this terminal: `GUOZI_LANGUAGE`, else the locale's; English unless it is Chinese."""
    for name in ("GUOZI_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


django.setup()
translation.activate(language() if settings.USE_I18N else "en")
