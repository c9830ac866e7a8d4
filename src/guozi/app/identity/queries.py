"""Who people are and what they may."""

from __future__ import annotations

from collections.abc import Iterable

from guozi.app.identity.granted import Granted
from guozi.app.identity.models import Grant, Person
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.scope import Scope

CONSOLE = "console"
"""The login of the service person that commands run as."""


def scope_of(person_id: int, shelf: str) -> Scope:
    """The enterprises in the person's part of the trees today, for one shelf."""
    return Granted().scope(person_id, shelf)


def person(login: str) -> Person:
    """NotFoundError where nobody has that login."""
    try:
        return Person.objects.get_by_natural_key(login)
    except Person.DoesNotExist:
        raise NotFoundError(mark("There is nobody with the login {login}."), login=login) from None


def console() -> Person:
    """The service person that commands run as; it holds every permission everywhere, and what it does is audited."""
    return person(CONSOLE)


def grants_of(person_id: int) -> list[Grant]:
    """All grants of a person, those that have ended included, newest first."""
    return list(Grant.objects.filter(person_id=person_id).select_related("role", "tree").order_by("-id"))


def names(person_ids: Iterable[int]) -> dict[int, str]:
    """Person id → name."""
    return dict(Person.objects.filter(pk__in=set(person_ids)).values_list("pk", "name"))
