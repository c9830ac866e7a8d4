"""Sets Django up before any module of the application is imported; imported first by `guozi.cli`, and for nothing else."""

from __future__ import annotations

import gettext
import os
import sys

import django
from django.conf import settings
from django.utils import translation

from guozi.instance.errors import InstanceError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guozi.app.site.settings")


def language() -> str:
    """The language of people at this terminal: `GUOZI_LANGUAGE`, else the locale's; English unless it is Chinese."""
    for name in ("GUOZI_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh-hans" if value.lower().startswith("zh") else "en"
    return "en"


def set_up() -> None:
    """Django, and one language for our words and click's, which come from the same catalogue (`words.py`); ends with 3 where the home is no home."""
    try:
        django.setup()
    except InstanceError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    chosen = language()
    translation.activate(chosen)
    os.environ["LANGUAGE"] = translation.to_locale(chosen)
    gettext.bindtextdomain("django", str(settings.LOCALE_PATHS[0]))
    gettext.textdomain("django")


set_up()
