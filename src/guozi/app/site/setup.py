"""Bringing the tables up to date, as the role that owns them; does not need Django in this process."""

from __future__ import annotations

import os
import subprocess
import sys

from guozi.core.kernel.errors import UnavailableError
from guozi.core.kernel.findings import mark
from guozi.instance.home import Home
from guozi.instance.postgres import OWNER, Server

SETTINGS = "guozi.app.site.settings"


def migrate(server: Server | None = None) -> None:
    """Runs all migrations that are missing, as the owner. UnavailableError, with what was said, where one fails."""
    server = server or Server(Home.from_environment().root)
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        env=os.environ | {"DATABASE_URL": server.url(OWNER), "DJANGO_SETTINGS_MODULE": SETTINGS},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise UnavailableError(mark("The tables could not be brought up to date: {text}"), text=done.stderr[-2000:])
