"""The register in the API."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from guozi.app import gate
from guozi.app.entities import queries
from guozi.app.entities.models import Entity

router = Router()


class EntityOut(Schema):
    """An enterprise; `uid` is its name for ever."""

    uid: UUID
    name: str
    uscc: str
    code: str


class EntityFull(EntityOut):
    """With its attributes and its place in a tree on a day, the nearest above first."""

    facts: dict[str, str]
    ancestors: list[EntityOut]


@router.get("", response=list[EntityOut], summary="Search the register")
def search(request: HttpRequest, q: str, limit: int = Query(20, ge=1, le=100)) -> list[Entity]:
    """By a part of a name (also former ones), pinyin, or the beginning of a code."""
    gate.require("entities.read")
    return queries.search(q, limit)


@router.get("{uuid:uid}", response=EntityFull, summary="One enterprise")
def show(request: HttpRequest, uid: UUID, on: date | None = None, tree: str = "reporting") -> dict[str, object]:
    """As of a day, today unless given."""
    entity, day = queries.by_uid(uid), on or timezone.localdate()
    gate.require("entities.read", entity)
    return {
        "uid": entity.uid,
        "name": entity.name,
        "uscc": entity.uscc,
        "code": entity.code,
        "facts": queries.facts([entity.pk], day)[entity.pk],
        "ancestors": queries.ancestors(queries.tree(tree), entity.pk, day),
    }
