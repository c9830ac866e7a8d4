"""The shape of every write: one transaction, the right checked on the subject, an audit entry before it ends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from django.db import transaction

from guozi.app.gate.rights import require

P = ParamSpec("P")
R = TypeVar("R")

_entries: ContextVar[int] = ContextVar("guozi_audit_entries", default=0)


class NotAuditedError(Exception):
    """A bug: an action came to its end without an audit entry, and was rolled back."""


def audited() -> None:
    """Called by `audit.record`."""
    _entries.set(_entries.get() + 1)


def _first(*args: object, **kwargs: object) -> object:
    return args[0]


def action(
    permission: str, *, about: Callable[..., object] | None = _first
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a function of `actions.py` the one door for a write.

    `about` picks the subject of the right from the arguments: the first one unless told otherwise, None for a right that
    belongs to no enterprise. Raises DeniedError before anything is changed, NotAuditedError (and undoes all) at the end.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic():
                require(permission, about(*args, **kwargs) if about else None)
                before = _entries.get()
                result = function(*args, **kwargs)
                if _entries.get() == before:
                    raise NotAuditedError(f"{function.__qualname__} wrote no audit entry")
            return result

        act.permission = permission  # type: ignore[attr-defined]
        return act

    return wrap
