"""Django over a PostgreSQL of this test process's own. Imported first by the conftest of each suite that needs Django.

Importing it sets the environment and Django up, and starts nothing: the address of a socket is known before its server
runs. The server starts with the first test that asks for the database; migrations run as the owner, tests as the
application's role. Under pytest-xdist each worker is a process, and has its own.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import psycopg
from django.conf import settings

from guozi.instance.postgres import ADMIN, APP, DATABASE, OWNER, Server

PRISTINE = "pristine"
"""A copy of the database as the migrations leave it."""

if settings.configured:  # never the database of somebody's instance
    raise RuntimeError("Django is set up already: unset DJANGO_SETTINGS_MODULE and run the tests again")

HOME = Path(tempfile.mkdtemp(prefix="guozi-tests-", dir="/tmp"))
HOME.chmod(0o711)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

SERVER = Server(HOME, durable=False, environ={})

os.environ["DJANGO_SETTINGS_MODULE"] = "guozi.app.site.settings"
os.environ["GUOZI_HOME"] = str(HOME)
os.environ["DATABASE_URL"] = SERVER.url(APP)
os.environ["DATABASE_OWNER_URL"] = SERVER.url(OWNER)
django.setup()


def migrate() -> None:
    """Starts the server and migrates as the owner; raises AssertionError with what the migration said."""
    SERVER.start()
    atexit.register(SERVER.stop)
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", "-m", "django", "migrate", "--verbosity", "0"],
        env=os.environ | {"DATABASE_URL": SERVER.url(OWNER)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"the migrations failed:\n{done.stdout}{done.stderr}"
    _copy(DATABASE, PRISTINE)


def renew() -> None:
    """The database again as the migrations left it, in a tenth of a second; ends every session that is open in it."""
    _copy(PRISTINE, DATABASE)


def _copy(source: str, target: str) -> None:
    address = SERVER.url(ADMIN).replace(f"@/{DATABASE}?", "@/postgres?")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"drop database if exists {target} with (force)")  # type: ignore[arg-type]
        connection.execute(f"create database {target} template {source} owner {OWNER}")  # type: ignore[arg-type]
