"""The register of permissions, and the one question that every view, API and action asks: may they?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from django.conf import settings
from django.utils.translation import get_language

from guozi.app.gate.person import current
from guozi.core.kernel.citation import Label
from guozi.core.kernel.errors import DeniedError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that a role may allow: `<shelf>.<verb>` and its words for people."""

    name: str
    label: Label


class Answers(Protocol):
    """What `identity` knows; installed at start-up."""

    def may(self, person: int, permission: str, org_id: int | None) -> bool:
        """Whether a grant in force today gives it: on that enterprise, or anywhere when None."""
        ...

    def scope(self, person: int, shelf: str) -> Scope:
        """The enterprises whose rows of that shelf the person may read."""
        ...


class _Nobody:
    """Before anyone has installed an answer nothing is allowed."""

    def may(self, person: int, permission: str, org_id: int | None) -> bool:
        return False

    def scope(self, person: int, shelf: str) -> Scope:
        return Scope(person, {}, frozenset())


_permissions: dict[str, Permission] = {}
_answers: Answers = _Nobody()


def declare(name: str, *, zh: str, en: str) -> str:
    """Makes a permission known and returns its name; ValueError for a name without a shelf, or one declared otherwise before."""
    permission = Permission(name, Label(zh, en))
    if name.count(".") != 1 or _permissions.setdefault(name, permission) != permission:
        raise ValueError(f"permission {name!r}: write <shelf>.<verb>, and declare it once")
    return name


def permissions() -> Mapping[str, Permission]:
    """All that have been declared, by name."""
    return MappingProxyType(_permissions)


def install(answers: Answers) -> None:
    """Called once, by `identity`."""
    global _answers
    _answers = answers


def may(person: int | None, permission: str, subject: object = None) -> bool:
    """Whether the person may do that, to the enterprise of `subject` (an org id, or something with `org_id`) or, without one, anywhere.

    LookupError for a permission that nobody declared: a slip of the pen must not read as a refusal.
    """
    if permission not in _permissions:
        raise LookupError(f"permission {permission!r} is not declared")
    return person is not None and _answers.may(person, permission, org_of(subject))


def require(permission: str, subject: object = None) -> None:
    """DeniedError unless the current person may."""
    if not may(current(), permission, subject):
        words = _permissions[permission].label.in_language(get_language() or settings.LANGUAGE_CODE)
        raise DeniedError(mark("You may not do this here: {permission}"), permission=words)


def scope(person: int, shelf: str) -> Scope:
    """The enterprises whose rows of that shelf the person may read today: what every engine call demands."""
    return _answers.scope(person, shelf)


def org_of(subject: object) -> int | None:
    """The enterprise that a subject belongs to; TypeError for a subject that cannot say."""
    if subject is None or isinstance(subject, int):
        return subject
    org_id = getattr(subject, "org_id", None)
    if not isinstance(org_id, int):
        raise TypeError(f"{subject!r} does not say to which enterprise it belongs (org_id)")
    return org_id
