"""Decisions in the API: periods and their closes, the figures of an enterprise over the years, and why a number is what it is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from guozi.app import gate
from guozi.app.decisions.actions import start_close
from guozi.app.decisions.panorama import MAIN
from guozi.app.decisions.why import Answer, explain
from guozi.app.entities import queries as entities
from guozi.app.facts.models import CalcRun
from guozi.app.facts.queries import official_run
from guozi.app.indicators.api import as_of, said
from guozi.app.indicators.history import trend, years
from guozi.app.indicators.lens import lens_of
from guozi.app.reporting.queries import periods_with_filings
from guozi.app.reporting.words import period_words
from guozi.core.formula.engine import Explanation
from guozi.core.formula.tree import Cell
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown

router = Router()

Code = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]
View = Annotated[str, Field(pattern="^(official|live)?$")]


class PeriodOut(Schema):
    """A period in which something was filed; `closed` is when its official figures were frozen."""

    period: str
    closed: datetime | None


class RunOut(Schema):
    """A close."""

    id: int
    period: str
    state: str
    known_at: datetime
    official: bool
    stages: list[dict[str, Any]]


class JobOut(Schema):
    """A job that was queued; its progress is at /api/v1/jobs/{uid}."""

    uid: UUID
    subject: str
    state: str


class FiguresOut(Schema):
    """Code → period → value and reason."""

    entity: UUID
    official: bool
    as_of: str | None
    figures: dict[str, dict[str, dict[str, str | None]]]


class WhyOut(Schema):
    """A number explained: the formula's tree with its values, the cells with their filings and places."""

    code: str
    entity: UUID
    period: str
    value: str | None
    unknown: str | None
    formula: str
    coverage: list[int] | None
    tree: dict[str, Any]
    cells: list[dict[str, Any]]


@router.get("periods", response=list[PeriodOut], summary="Periods")
def periods(request: HttpRequest) -> list[dict[str, Any]]:
    """Newest first."""
    gate.require("decisions.read")
    tree = entities.tree()
    found = ((one, official_run(tree.pk, str(one))) for one in periods_with_filings())
    return [{"period": str(one), "closed": run.known_at if run else None} for one, run in found]


@router.get("enterprises/{uuid:uid}/figures", response=FiguresOut, summary="Figures over the years")
def figures_of(
    request: HttpRequest,
    uid: UUID,
    period: Text = "",
    view: View = "",
    code: Annotated[str, Field(max_length=500)] = "",
) -> dict[str, Any]:
    """The main indicators, or the one that is named: sums for a group, its own sheet for an enterprise."""
    entity = entities.by_uid(uid)
    gate.require("decisions.read", entity)
    lens = lens_of(request)
    codes = [code] if code else [one for one in MAIN if lens.figures.in_force(one)]
    for one in codes:
        lens.figures.rule(one)  # says what is wrong with a code that names nothing
    group = len(entities.members(lens.tree, entity.pk, lens.period.end)) > 1
    history = trend(lens.figures, lens.tree, entity.pk, codes, years(lens.figures, lens.periods), total=group)
    table = {one: {str(when): said(row.get(one)) for when, row in history.items()} for one in codes}
    return {"entity": entity.uid, "official": lens.official, "as_of": as_of(lens), "figures": table}


@router.get("enterprises/{uuid:uid}/why", response=WhyOut, summary="Why a number is what it is")
def why(
    request: HttpRequest, uid: UUID, code: Code, period: Text = "", view: View = "", total: bool = False
) -> dict[str, Any]:
    """Of the enterprise's own sheet, or (`total`) of the sum of all under it."""
    entity = entities.by_uid(uid)
    gate.require("decisions.read", entity)
    lens = lens_of(request)
    answer = explain(lens.figures, code, entity, lens.tree, aggregate=total)
    values = {node.cell: node.value for node in answer.explanation.walk() if node.cell is not None}
    return {
        "code": code,
        "entity": entity.uid,
        "period": str(lens.period),
        "formula": answer.rule.formula.text,
        "coverage": list(answer.coverage) if answer.coverage else None,
        "tree": _tree(answer.explanation),
        "cells": [_cell(answer, cell, values.get(cell)) for cell in answer.cells],
    } | said(answer.value)


def _tree(node: Explanation) -> dict[str, Any]:
    return (
        {"kind": node.kind, "label": node.label, "formula": node.text}
        | _exact(node.value)
        | {"parts": [_tree(part) for part in node.parts]}
    )


def _exact(value: object) -> dict[str, str | None]:
    """Inside a tree values are exact: a fraction that has no end is written as one."""
    return said(value) if isinstance(value, Unknown) or value is None else {"value": str(value), "unknown": None}


def _cell(answer: Answer, cell: Cell, value: object) -> dict[str, Any]:
    found = answer.source(cell)
    return {
        "form": cell.form,
        "item": cell.item,
        "column": cell.column,
        "years_back": cell.years_back,
        **_exact(value),
        "filing": found.filing.pk if found else None,
        "version": found.version.number if found else None,
        "receipt": found.version.receipt if found else None,
        "place": found.origin if found else None,
    }


@router.get("closes", response=list[RunOut], summary="Closes")
def closes(request: HttpRequest, period: Text = "") -> list[dict[str, Any]]:
    """The newest first, two hundred at most."""
    gate.require("decisions.close")
    runs = CalcRun.objects.order_by("-id")
    runs = runs.filter(period=period) if period else runs
    return [
        {
            "id": run.pk,
            "period": run.period,
            "state": run.state,
            "known_at": run.known_at,
            "official": run.state == CalcRun.State.DONE and run.superseded_by_id is None and run.scope_node_id is None,
            "stages": run.stages,
        }
        for run in runs[:200]
    ]


@router.post("closes", response={202: JobOut}, summary="Close a period")
def start(request: HttpRequest, period: Text) -> Status[Any]:
    """Queues it. Asked twice, it is done twice, with the same result."""
    one = Period.parse(period)
    return Status(202, start_close(entities.tree(), one, period_words(one)))
