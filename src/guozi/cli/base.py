"""What every command shares: output as text or one JSON document, exit codes, the instance, the acting person, naming of things."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import click
from django.db import connection
from django.db.utils import DatabaseError, InterfaceError
from django.utils.translation import gettext as _

from guozi.app import gate
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.identity.queries import console, person
from guozi.core.kernel.errors import DeniedError, GuoziError, RefusedError, UsageError
from guozi.core.kernel.findings import Finding
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
    """Turns the errors of the tree into words on stderr and exit codes."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            code = command(*args, **kwargs)
        except RefusedError as error:
            say(tell(error.message, error.args_))
            for finding in error.findings:
                say("  " + tell_finding(finding))
            if kwargs.get("as_json"):
                show({"error": error.code, "findings": [finding_json(finding) for finding in error.findings]}, True)
            sys.exit(FOUND)
        except (UsageError, DeniedError) as error:
            say(tell(error.message, error.args_))
            sys.exit(WRONG)
        except GuoziError as error:
            say(tell(error.message, error.args_))
            sys.exit(FAILED)
        except InstanceError as error:
            say(str(error))
            sys.exit(FAILED)
        except (InterfaceError, DatabaseError) as error:
            say(
                _("The database did not answer; nothing was changed. {reason}").format(
                    reason=str(error).strip().splitlines()[0]
                )
            )
            sys.exit(FAILED)
        sys.exit(code or DONE)

    return wrapped  # type: ignore[return-value]


@contextmanager
def database() -> Iterator[None]:
    """The instance's database: started where it is not running, and stopped again by whom it was started."""
    server = Server(Home.from_environment().root)
    ours = not server.external and not server.running()
    if ours:
        server.start()
    try:
        yield
    finally:
        connection.close()
        if ours:
            server.stop()


@contextmanager
def acting(login: str | None = None) -> Iterator[None]:
    """The database, a transaction, and a person: the console's, or the one named."""
    with database(), gate.acting_as(who(login)):
        yield


def who(login: str | None) -> int:
    """The id of the acting person."""
    return person(login).pk if login else console().pk


def the_tree() -> Tree:
    """The reporting tree."""
    return entities.tree()


def the_entity(text: str) -> Entity:
    """An entity by USCC, our code or exact name."""
    return entities.find(text)


def the_period(text: str) -> Period:
    """A period as written on the command line."""
    return Period.parse(text)
