"""Warnings in the API."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from guozi.app import gate
from guozi.app.indicators.lens import lens_of
from guozi.app.warning.words import found

router = Router()

Limit = Annotated[int, Field(ge=1, le=500)]
Cursor = Annotated[int, Field(ge=0, lt=2**31)]
Text = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]
View = Annotated[str, Field(pattern="^(official|live)?$")]


class EvidenceOut(Schema):
    """What the signal rests on: a figure, its value, the page that says why."""

    code: str
    value: str | None
    why: str


class WarningOut(Schema):
    """A signal; level 1 is the gravest."""

    level: int
    rule: str
    entity: UUID
    entity_name: str
    sentence: str
    new: bool
    evidence: list[EvidenceOut]


class WarningsOut(Schema):
    """A page of signals, the gravest first."""

    period: str
    official: bool
    warnings: list[WarningOut]
    next: int | None


@router.get("", response=WarningsOut, summary="Warnings of a period")
def warnings(
    request: HttpRequest, period: Text = "", view: View = "", cursor: Cursor = 0, limit: Limit = 100
) -> dict[str, object]:
    """Official ones where the period is closed, unless the live view is asked for."""
    gate.require("warning.read")
    lens = lens_of(request)
    every = found(lens)
    rows = [
        {
            "level": one.level,
            "rule": one.rule_code,
            "entity": one.entity.uid,
            "entity_name": one.entity.name,
            "sentence": one.sentence,
            "new": one.new,
            "evidence": [
                {"code": each.naming.code, "value": None if each.value is None else str(each.value), "why": each.url}
                for each in one.evidence
            ],
        }
        for one in every[cursor : cursor + limit]
    ]
    following = cursor + limit if cursor + limit < len(every) else None
    return {"period": str(lens.period), "official": lens.official, "warnings": rows, "next": following}
