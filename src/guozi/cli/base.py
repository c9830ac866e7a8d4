"""What every command shares: output as text or one JSON document, exit codes, the instance, the acting person, naming of things."""

from __future__ import annotations

import functools
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import click
from django.db import connection
from django.db.utils import DatabaseError, InterfaceError
from django.utils import timezone
from django.utils.translation import gettext as _

from guozi.app import gate
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.facts.queries import waiting
from guozi.app.identity.queries import console, person
from guozi.core.kernel.errors import DeniedError, GuoziError, RefusedError, UnavailableError, UsageError
from guozi.core.kernel.findings import Finding, mark
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown
from guozi.instance.errors import InstanceError
from guozi.instance.home import Home
from guozi.instance.postgres import Server

DONE, FOUND, WRONG, FAILED = 0, 1, 2, 3
"""Exit codes: done; done but something was found; used wrongly; could not be done."""

Command = TypeVar("Command", bound=Callable[..., Any])


def plain(value: object) -> Any:
    """A value as JSON has it: amounts, ratios and dates as text, unknown as null (its reason stands beside it)."""
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Fraction):
        return str(Decimal(value.numerator) / Decimal(value.denominator))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset, set)):
        return [plain(item) for item in value]
    return value


def with_reason(value: object) -> dict[str, Any]:
    """`{"value": …}`, and the reason where it is unknown."""
    return {"value": plain(value), "unknown": str(value) if isinstance(value, Unknown) else None}


def show(document: Any, as_json: bool, lines: Sequence[str] = ()) -> None:
    """Prints one JSON document, or lines for people."""
    if as_json:
        click.echo(json.dumps(plain(document), ensure_ascii=False, indent=2))
    else:
        for line in lines:
            click.echo(line)


def say(text: str) -> None:
    """Words for people while a command works: to stderr, so that stdout holds only the answer."""
    click.echo(text, err=True)


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    place = finding.place
    return {
        "file": place.file,
        "line": place.line,
        "place": str(place),
        "code": finding.code,
        "message": tell(finding.message, finding.args),
        "severity": finding.severity.value,
    }


def tell(message: str, args: Mapping[str, object]) -> str:
    """A message in the reader's language, translated first and filled then."""
    return _(message).format(**args) if args else _(message)


def tell_finding(finding: Finding) -> str:
    """A finding as one line (and its source line) for people."""
    text = (
        f"{finding.place}: {tell(finding.message, finding.args)}"
        if str(finding.place)
        else tell(finding.message, finding.args)
    )
    return f"{text} → {tell(finding.hint, finding.args)}" if finding.hint else text


json_option = click.option(
    "--json", "as_json", is_flag=True, help=_("Print one JSON document on stdout and nothing else there.")
)
as_option = click.option(
    "--as", "login", metavar=_("PERSON"), help=_("Act as this person instead of the instance's console.")
)


def ends_well(command: Command) -> Command:
    """Turns every error into words on stderr (with --json also into a document) and an exit code; never into a traceback.

    `GUOZI_DEBUG=1` shows the traceback of what nobody foresaw.
    """

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            code = _told(error, bool(kwargs.get("as_json")))
        sys.exit(code or DONE)

    return wrapped  # type: ignore[return-value]


def _told(error: Exception, as_json: bool) -> int:
    """Says an error; gives the exit code that it means."""
    findings: Sequence[Finding] = ()
    if isinstance(error, GuoziError):
        name, words = error.code, tell(error.message, error.args_)
        code = FOUND if isinstance(error, RefusedError) else WRONG if isinstance(error, _USED_WRONGLY) else FAILED
        findings = error.findings if isinstance(error, RefusedError) else ()
    elif isinstance(error, InstanceError):
        name, words, code = "instance", str(error), FAILED
    elif isinstance(error, (DatabaseError, InterfaceError)):
        reason = (str(error).strip().splitlines() or [""])[0]
        words = _("The database did not do it; nothing was changed. {reason}").format(reason=reason)
        name, code = "database", FAILED
    elif isinstance(error, OSError):
        words = _("{file} cannot be read or written: {reason}").format(
            file=error.filename or "", reason=error.strerror or error
        )
        name, code = "file", FAILED
    else:
        words = _("guozi made a mistake ({kind}: {text}); GUOZI_DEBUG=1 shows where.").format(
            kind=type(error).__name__, text=error
        )
        name, code = "fault", FAILED
        if os.environ.get("GUOZI_DEBUG") == "1":
            traceback.print_exception(error)
    say(words)
    for finding in findings:
        say("  " + tell_finding(finding))
    if as_json:
        show({"error": name, "message": words, "findings": [finding_json(finding) for finding in findings]}, True)
    return code


_USED_WRONGLY = (UsageError, DeniedError)


@contextmanager
def database(*, make: bool = False) -> Iterator[None]:
    """The instance's database: started where it is not running, and stopped again by whom it was started.

    An instance that is not there is made only where `make` says so; else UnavailableError.
    """
    home = Home.from_environment()
    server = Server(home.root)
    if not make and not server.external and not server.data.is_dir():
        raise UnavailableError(NO_INSTANCE, home=home.root)
    ours = not server.external and not server.running()
    if ours:
        server.start()
    try:
        yield
    finally:
        connection.close()
        if ours:
            server.stop()


NO_INSTANCE = mark("There is no instance in {home}. Make one with: guozi demo, or guozi serve")


@contextmanager
def acting(login: str | None = None) -> Iterator[None]:
    """The database, a transaction, and a person: the console's, or the one named."""
    with database(), gate.acting_as(who(login)):
        yield


def who(login: str | None) -> int:
    """The id of the acting person."""
    return person(login).pk if login else console().pk


def say_what_is_late() -> None:
    """To people whose answer comes from the facts: that they are behind the filings, where they are."""
    late = waiting()
    if late:
        say(tell(LATE, {"count": late}))


LATE = mark("{count} submitted versions are not in the facts yet; is a worker running?")


def the_tree() -> Tree:
    """The reporting tree."""
    return entities.tree()


def the_entity(text: str) -> Entity:
    """An entity by USCC, our code or exact name."""
    return entities.find(text)


def the_period(text: str) -> Period:
    """A period as written on the command line."""
    return Period.parse(text)


def the_day(text: str | None) -> date:
    """A date as written on the command line; today in the instance's time zone where none is."""
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(mark("'{text}' is not a date: write 2025-01-01"), text=text) from None
