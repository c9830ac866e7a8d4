"""Figures in the API: the indicators, their values by enterprise and by node; unknown values carry their reason.

Values are decimals as text in base units (yuan; 0.6184 for 61.84%). Lists are paged by cursor.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from guozi.app import gate, wiring
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.indicators.lens import Lens, lens_of
from guozi.app.indicators.queries import indicator
from guozi.app.reporting.words import cite_words
from guozi.core.formula.engine import ValueTable
from guozi.core.indicators.indicator import Indicator
from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.unknown import Unknown

router = Router()

Limit = Annotated[int, Field(ge=1, le=500)]
Cursor = Annotated[int, Field(ge=0, lt=2**31)]
Code = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
View = Annotated[str, Field(pattern="^(official|live)?$")]
Text = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]


class VersionOut(Schema):
    """A dated definition."""

    effective: date
    issued: date
    status: str
    formula: str
    cite: str


class IndicatorOut(Schema):
    """An indicator with its definitions, the newest first."""

    code: str
    name_zh: str
    name_en: str
    unit: str
    direction: str
    versions: list[VersionOut]


class ValueOut(Schema):
    """A value of an enterprise's sheet, or null with the reason."""

    entity: UUID
    entity_name: str
    report_type: str
    value: str | None
    unknown: str | None


class NodeValueOut(Schema):
    """A node's value: over the sums of those for which all that it needs is known, and of how many."""

    entity: UUID
    entity_name: str
    value: str | None
    unknown: str | None
    known: int
    members: int


class ValuesOut(Schema):
    """A page of values. `official` and `as_of` say which figures they are; `next` is the cursor of the following page."""

    code: str
    period: str
    official: bool
    as_of: str | None
    values: list[ValueOut]
    next: int | None


def said(value: object) -> dict[str, str | None]:
    """A value and its reason, as documents carry them."""
    if isinstance(value, Unknown):
        return {"value": None, "unknown": str(value)}
    return {"value": None if value is None else str(value), "unknown": None}


def as_of(lens: Lens) -> str | None:
    """When the official figures were frozen."""
    return lens.as_of.isoformat() if lens.as_of else None


def _indicator(one: Indicator) -> dict[str, object]:
    versions = [
        {
            "effective": version.effective,
            "issued": version.issued,
            "status": version.status.value,
            "formula": version.formula,
            "cite": cite_words(version.cite),
        }
        for version in one.versions
    ]
    return {
        "code": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "unit": one.unit.code,
        "direction": one.direction.value,
        "versions": versions,
    }


@router.get("", response=list[IndicatorOut], summary="All indicators")
def all_indicators(request: HttpRequest) -> list[dict[str, object]]:
    """Those of the packs in use."""
    gate.require("indicators.read")
    return [_indicator(one) for one in wiring.library().indicators.values()]


@router.get("{slug:code}", response=IndicatorOut, summary="One indicator")
def one_indicator(request: HttpRequest, code: str) -> dict[str, object]:
    """With every dated definition."""
    gate.require("indicators.read")
    return _indicator(indicator(code))


@router.get("values/", response=ValuesOut, summary="Values by enterprise")
def values(
    request: HttpRequest, code: Code, period: Text = "", view: View = "", cursor: Cursor = 0, limit: Limit = 100
) -> dict[str, object]:
    """Of an indicator, an item or a formula, for each sheet that was filed; without a period: of the newest that is mostly filed."""
    gate.require("indicators.read")
    lens = lens_of(request)
    table = lens.figures.own([code])
    known = {one.pk: one for one in Entity.objects.filter(pk__in=[org for org, _ in table.subjects])}
    rows = [
        {"entity": known[org].uid, "entity_name": known[org].name, "report_type": kind}
        | said(table.columns[code][index])
        for index, (org, kind) in enumerate(table.subjects)
        if org in known
    ]
    page = rows[cursor : cursor + limit]
    return {
        "code": code,
        "period": str(lens.period),
        "official": lens.official,
        "as_of": as_of(lens),
        "values": page,
        "next": cursor + limit if cursor + limit < len(rows) else None,
    }


@router.get("nodes/", response=list[NodeValueOut], summary="Values of nodes")
def node_values(
    request: HttpRequest, code: Code, node: UUID, period: Text = "", view: View = ""
) -> list[dict[str, object]]:
    """Of a node and of each of its children: the formula over sums, with how many enterprises are in them."""
    gate.require("indicators.read")
    lens, top = lens_of(request), entities.by_uid(node)
    gate.require("indicators.read", top)
    day = lens.period.end
    nodes = {one.pk: one for one in (top, *entities.children(lens.tree, top.pk, day))}
    members = entities.members_of(lens.tree, nodes, day)
    if not any(members.values()):
        raise UsageError(mark("There is nobody under {entity} in this period."), entity=top.name)
    table: ValueTable = lens.figures.nodes([code], members)
    return [
        {
            "entity": nodes[org].uid,
            "entity_name": nodes[org].name,
            "known": table.coverage[code][index][0],
            "members": table.coverage[code][index][1],
        }
        | said(table.columns[code][index])
        for index, (org, _kind) in enumerate(table.subjects)
    ]
