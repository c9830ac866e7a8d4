"""`guozi demo, serve, worker, migrate, doctor`: the care of an instance."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from guozi.app import gate, wiring
from guozi.app.audit.queries import entries
from guozi.app.facts.queries import live_paths, waiting
from guozi.app.identity.queries import console
from guozi.app.jobs import queries as jobs
from guozi.app.jobs.worker import run_pending, run_worker
from guozi.app.regulation.queries import active_release
from guozi.app.site.setup import migrate as migrate_tables
from guozi.cli.base import FAILED, FOUND, LATE, NO_INSTANCE, database, ends_well, json_option, say, show, tell
from guozi.cli.demo import make_demo
from guozi.core.kernel.errors import GuoziError, UsageError
from guozi.core.kernel.findings import mark
from guozi.instance.errors import InstanceError
from guozi.instance.home import Home
from guozi.instance.postgres import Server

FIRST_PORT = 8000
LOOK_SECONDS = 1.0
"""How often it is looked whether everything still runs."""
QUICK_SECONDS = 5.0
QUICK_ENDS = 3
"""After so many ends within so many seconds of their beginning nothing is started again."""
LEAST_FREE = 1024**3
"""Bytes of free disk below which the doctor warns."""


def free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one from 8000 on."""
    for port in (wanted,) if wanted else range(FIRST_PORT, FIRST_PORT + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UsageError(mark("port {port} is taken"), port=wanted or FIRST_PORT)


def run_server(server: Server, port: int, *, host: str = "127.0.0.1", with_worker: bool = True) -> int:
    """Serves the pages (granian) and runs jobs beside them until a signal ends both. The database must be running.

    What dies is started again, the database included; what dies at once again and again ends all.
    """
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "guozi.app.site.wsgi:application"]
    commands = {"web": web} | ({"worker": [sys.executable, "-m", "guozi", "worker"]} if with_worker else {})
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: over.set())
    children = {name: subprocess.Popen(command) for name, command in commands.items()}
    started = dict.fromkeys(commands, time.monotonic())
    quick = dict.fromkeys(commands, 0)
    code = 0
    while not code and not over.wait(LOOK_SECONDS):
        try:
            if not server.external and not server.running():
                say(_("The database has ended; it is started again."))
                server.start()
        except InstanceError as error:
            say(str(error))
        for name, child in children.items():
            if child.poll() is None:
                continue
            quick[name] = quick[name] + 1 if time.monotonic() - started[name] < QUICK_SECONDS else 0
            if quick[name] > QUICK_ENDS:
                code = child.returncode or FAILED
                break
            say(_("{name} has ended ({code}); it is started again.").format(name=name, code=child.returncode))
            children[name], started[name] = subprocess.Popen(commands[name]), time.monotonic()
    for child in children.values():
        child.terminate()
    for child in children.values():
        child.wait()
    return code


@click.command(
    help=_("An instance with real companies in a made-up municipality, served. Run again, it goes on where it was.")
)
@click.option(
    "--size",
    type=click.Choice(["small", "city", "large"]),
    default="small",
    help=_("small: ten real companies; city: 200 made-up ones beside them; large: 2,000."),
)
@click.option("--no-serve", is_flag=True, help=_("Make it, do not serve it."))
@click.option("--port", type=int, help=_("Port to serve on (default: the first free one from 8000)."))
@json_option
@ends_well
def demo(size: str, no_serve: bool, port: int | None, as_json: bool) -> int:
    os.environ.setdefault("GUOZI_DEMO", "1")
    with database(make=True):
        migrate_tables()
        document = make_demo(size)
        number = free_port(port)
        document["url"] = f"http://127.0.0.1:{number}/"
        accounts = [f"  {one['login']:<12} {one['password']:<18} {one['role']}" for one in document["accounts"]]
        show(
            document, as_json, [_("{entities} enterprises, {filings} filings in {home}").format(**document), *accounts]
        )
        if no_serve:
            return 0
        say(_("Open {url} (Ctrl-C ends it; the same command goes on where it was).").format(url=document["url"]))
        return run_server(Server(Home.from_environment().root), number)


@click.command(help=_("Serves the pages, and runs jobs beside them unless told not to."))
@click.option("--host", default="127.0.0.1", help=_("Address to listen on."))
@click.option("--port", type=int, help=_("Port to serve on (default: the first free one from 8000)."))
@click.option("--no-worker", is_flag=True, help=_("Run no jobs here."))
@ends_well
def serve(host: str, port: int | None, no_worker: bool) -> int:
    with database(make=True):
        migrate_tables()
        number = free_port(port)
        say(f"http://{host}:{number}/")
        return run_server(Server(Home.from_environment().root), number, host=host, with_worker=not no_worker)


@click.command(help=_("Runs jobs until it is ended."))
@click.option("--once", is_flag=True, help=_("Run what waits, then end."))
@ends_well
def worker(once: bool) -> None:
    with database():
        if once:
            run_pending()
        else:
            run_worker()


@click.command(help=_("Brings the tables up to date."))
@ends_well
def migrate() -> None:
    with database(make=True):
        migrate_tables()


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _tables() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise UsageError(mark("{count} migrations are missing; run: guozi migrate"), count=len(missing))
    return _("up to date")


def _packs() -> str:
    library = wiring.library()
    if library.findings:
        raise UsageError(mark("{count} faults; run: guozi pack check"), count=len(library.findings))
    release = active_release()
    return f"{release.name} {release.version}"


def _facts() -> str:
    lost = sum(not Path(path).is_file() for path in live_paths())
    if lost:
        raise UsageError(mark("{count} files of the facts are gone; run: guozi facts rebuild"), count=lost)
    late = waiting()
    if late:
        raise UsageError(LATE, count=late)
    return _("as new as the filings")


def _jobs() -> str:
    failed = jobs.failed()
    if failed:
        raise UsageError(mark("{count} jobs failed, the last: {what}"), count=len(failed), what=failed[0].task)
    return _("none failed, {count} waiting").format(count=jobs.waiting())


def _disk() -> str:
    free = shutil.disk_usage(Home.from_environment().root).free
    if free < LEAST_FREE:
        raise UsageError(mark("only {count} MB free"), count=free // 1024**2)
    return _("{count} MB free").format(count=free // 1024**2)


def _audit() -> str:
    last = entries(limit=1)
    return (
        _("last entry {at}").format(at=timezone.localtime(last[0].at).isoformat(" ", "seconds")) if last else _("empty")
    )


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("database", _database),
    ("tables", _tables),
    ("packs", _packs),
    ("facts", _facts),
    ("jobs", _jobs),
    ("disk", _disk),
    ("audit", _audit),
)


def _examined(check: Callable[[], str], person: int | None) -> tuple[bool, str]:
    """(well or not, what there is to say): a check that cannot be made is one that failed."""
    try:
        with gate.acting_as(person):
            return True, check()
    except GuoziError as error:
        return False, tell(error.message, error.args_)
    except (DatabaseError, InterfaceError, OSError) as error:
        return False, (str(error).strip().splitlines() or [type(error).__name__])[0]


def _person() -> int | None:
    try:
        return console().pk
    except (GuoziError, DatabaseError, InterfaceError):
        return None


def _examine() -> list[dict[str, Any]]:
    """Every check, in order; what needs the tables is not looked at where they are missing."""
    try:
        with database():
            person = _person()
            rows = []
            for name, check in CHECKS:
                well, detail = _examined(check, person)
                rows.append({"name": name, "ok": well, "detail": detail})
            return rows
    except InstanceError as error:
        return [{"name": "database", "ok": False, "detail": str(error).strip().splitlines()[0]}]


@click.command(
    help=_("What is there, what is missing, what is late: database, tables, packs, facts, jobs, disk, audit.")
)
@json_option
@ends_well
def doctor(as_json: bool) -> int:
    home = Home.from_environment()
    if not Server(home.root).external and not Server(home.root).data.is_dir():
        checks = [{"name": "instance", "ok": False, "detail": tell(NO_INSTANCE, {"home": home.root})}]
    else:
        checks = _examine()
    show(
        {"checks": checks},
        as_json,
        [f"{'✓' if one['ok'] else '✗'} {one['name']:<10} {one['detail']}" for one in checks],
    )
    if checks[0]["name"] == "instance":
        return FAILED
    return 0 if all(one["ok"] for one in checks) else FOUND
