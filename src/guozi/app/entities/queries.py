"""Finding enterprises and their places in the trees; only what the current person may see is found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from guozi.app.entities.models import CodeKind, Entity, EntityCode, EntityFact, EntityName, Tree, TreeNode, TreePath
from guozi.core.kernel.errors import NotFoundError, UsageError
from guozi.core.kernel.findings import mark


def by_id(entity_id: int) -> Entity:
    """NotFoundError where there is none, or none that this person may know of."""
    try:
        return Entity.objects.get(pk=entity_id)
    except Entity.DoesNotExist:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=entity_id) from None


def by_uid(uid: UUID) -> Entity:
    """By the name that addresses and interfaces use."""
    try:
        return Entity.objects.get(uid=uid)
    except Entity.DoesNotExist:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=uid) from None


def find(text: str) -> Entity:
    """By social credit code, our code, exact name, or a former code, in this order; UsageError where a name fits several."""
    text = text.strip()
    former = EntityCode.objects.filter(kind=CodeKind.FORMER, value=text).values("org_id")
    for wanted in (Q(uscc=text.upper()), Q(code=text), Q(name=text), Q(pk__in=former)):
        found = list(Entity.objects.filter(wanted)[:2]) if text else []
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(mark("Several enterprises are called {text}: give a code."), text=text)
    raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=text)


def search(text: str, limit: int = 20) -> list[Entity]:
    """By a part of any name it ever had, of its pinyin or their initials, or the beginning of a code."""
    text = text.strip()
    if not text:
        return []
    named = Q(names__name__icontains=text) | Q(names__pinyin__contains=text.lower().replace(" ", ""))
    coded = Q(codes__value__istartswith=text)
    return list(Entity.objects.filter(named | coded).distinct().order_by("name")[:limit])


def tree(code: str = "reporting") -> Tree:
    """NotFoundError where there is none of that code."""
    try:
        return Tree.objects.get(code=code)
    except Tree.DoesNotExist:
        raise NotFoundError(mark("There is no tree {code}."), code=code) from None


def ancestors(tree: Tree, entity_id: int, on: date) -> list[Entity]:
    """Those above it on that day, the nearest first, without itself."""
    above = TreePath.objects.filter(tree=tree, descendant_id=entity_id, valid__contains=on, depth__gt=0)
    depth = dict(above.values_list("ancestor_id", "depth"))
    return sorted(Entity.objects.filter(pk__in=depth), key=lambda entity: depth[entity.pk])


def _below(tree: Tree, node_id: int, on: date) -> QuerySet[Entity]:
    below = TreePath.objects.filter(tree=tree, ancestor_id=node_id, valid__contains=on)
    return Entity.objects.filter(pk__in=below.values("descendant_id"))


def descendants(tree: Tree, entity_id: int, on: date, *, self_too: bool = True) -> list[Entity]:
    """Those below it on that day, by id."""
    below = _below(tree, entity_id, on)
    return list((below if self_too else below.exclude(pk=entity_id)).order_by("pk"))


def members(tree: Tree, node_id: int, on: date) -> list[int]:
    """The org ids of a node on that day: its own and all below."""
    return list(_below(tree, node_id, on).order_by("pk").values_list("pk", flat=True))


def members_of(tree: Tree, node_ids: Iterable[int], on: date) -> dict[int, list[int]]:
    """The same for several nodes at once: node → org ids."""
    found: dict[int, list[int]] = {node_id: [] for node_id in node_ids}
    paths = TreePath.objects.filter(tree=tree, ancestor__in=found, descendant__in=Entity.objects.values("pk"))
    paths = paths.filter(valid__contains=on).order_by("descendant_id")
    for node_id, org_id in paths.values_list("ancestor_id", "descendant_id"):
        found[node_id].append(org_id)
    return found


def nodes(tree: Tree, on: date) -> list[TreeNode]:
    """The places of all enterprises on that day, each with its enterprise."""
    seen = Entity.objects.values("pk")
    places = TreeNode.objects.filter(tree=tree, valid__contains=on, entity__in=seen)
    return list(places.select_related("entity").order_by("entity_id"))


def children(tree: Tree, entity_id: int, on: date) -> list[Entity]:
    """Those directly below, by id."""
    places = TreeNode.objects.filter(tree=tree, valid__contains=on, parent_id=entity_id)
    return list(Entity.objects.filter(pk__in=places.values("entity_id")).order_by("pk"))


def roots(tree: Tree, on: date) -> list[Entity]:
    """Those without a parent on that day."""
    places = TreeNode.objects.filter(tree=tree, valid__contains=on, parent=None)
    return list(Entity.objects.filter(pk__in=places.values("entity_id")).order_by("pk"))


def facts(entity_ids: Iterable[int], on: date, known: datetime | None = None) -> dict[int, dict[str, str]]:
    """Attribute → value of each enterprise, as of that day and as known then (now by default)."""
    said: dict[int, dict[str, str]] = {entity_id: {} for entity_id in entity_ids}
    rows = EntityFact.objects.filter(
        org__in=said, valid__contains=on, recorded__contains=known or timezone.now()
    ).values_list("org_id", "attribute", "value")
    for org_id, attribute, value in rows:
        said[org_id][attribute] = value
    return said


def names_of(entity_id: int) -> list[str]:
    """Every name that an enterprise has borne, the present one first."""
    rows = EntityName.objects.filter(org_id=entity_id).order_by("-valid")
    return list(dict.fromkeys(rows.values_list("name", flat=True)))


def names(entity_ids: Iterable[int]) -> dict[int, str]:
    """The present names of enterprises, of those that the person may see."""
    return dict(Entity.objects.filter(pk__in=list(entity_ids)).values_list("pk", "name"))
