"""How far the projection has come, in the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from guozi.app import gate
from guozi.app.facts import queries

router = Router()


class StandOut(Schema):
    """`waiting` submitted versions are not yet among the facts; `last` is the number of the last one submitted."""

    last: int
    waiting: int


@router.get("", response=StandOut, summary="How far the facts are")
def stand(request: HttpRequest) -> dict[str, int]:
    """Zero waiting: every page shows everything that was submitted."""
    gate.require("facts.read")
    return {"last": queries.last_seq(), "waiting": queries.waiting()}
