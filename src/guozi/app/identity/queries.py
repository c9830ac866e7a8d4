"""Who people are and what they may."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

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


_COVERS = """
select exists (
    select from app.granted(%(who)s, %(permission)s) g
    where (g.tree_id is null or g.tree_id = %(tree)s) and (g.node_id is null or exists (
        select from entities_treepath path
        where path.ancestor_id = g.node_id and path.descendant_id = %(node)s and path.valid @> app.today()
          and (g.tree_id is null or path.tree_id = g.tree_id))))
"""


def covers(person_id: int, permission: str, tree_id: int | None, node_id: int | None) -> bool:
    """Whether one of the person's own grants of that permission reaches over all of the part: no tree is every tree, no node the whole of it."""
    with connection.cursor() as cursor:
        cursor.execute(_COVERS, {"who": person_id, "permission": permission, "tree": tree_id, "node": node_id})
        return bool(cursor.fetchone()[0])


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
