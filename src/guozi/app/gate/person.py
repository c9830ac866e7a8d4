"""The person on whose behalf the present code runs; the database is told by `guozi.app.gate.postgresql`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from guozi.core.kernel.errors import DeniedError
from guozi.core.kernel.findings import mark

_person: ContextVar[int | None] = ContextVar("guozi_person", default=None)


def somebody() -> int | None:
    """The acting person's id, None when nobody is signed in."""
    return _person.get()


def current() -> int:
    """The acting person's id; DeniedError when nobody is signed in."""
    person = _person.get()
    if person is None:
        raise DeniedError(mark("Please sign in first."))
    return person


@contextmanager
def acting_as(person: int | None) -> Iterator[None]:
    """Runs the block as that person in a transaction of its own (a savepoint inside another); afterwards the former person is back.

    The one way to reach guarded rows: requests, jobs, commands and tests all come through here.
    """
    token = _person.set(person)
    try:
        with transaction.atomic():
            yield
    finally:
        _person.reset(token)


@contextmanager
def as_person(person: int | None) -> Iterator[None]:
    """Runs the block as that person without a transaction: for work in several steps that each open `acting_as`."""
    token = _person.set(person)
    try:
        yield
    finally:
        _person.reset(token)
