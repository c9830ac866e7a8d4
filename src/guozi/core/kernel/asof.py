"""Two dates on everything that can change: when it holds in the world, and when we knew it; and rows dated by both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from guozi.core.kernel.citation import Citation


@dataclass(frozen=True, slots=True)
class AsOf:
    """A point of view: the date that rules must govern (a period's end) and the date up to which things were known."""

    effective: date
    known: date


class Status(StrEnum):
    """How certain a row of law is. Weakest last."""

    ENACTED = "enacted"
    UNVERIFIED = "unverified"  # the text has not been seen
    DRAFT = "draft"  # counts only in the laboratory
    REPEALED = "repealed"  # from its effective date on nothing holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The head of every dated row of a pack: first period governed, from when it could be known, how certain, which text."""

    effective: date
    issued: date
    status: Status
    cite: Citation


class _IsDated(Protocol):
    @property
    def effective(self) -> date: ...
    @property
    def issued(self) -> date: ...
    @property
    def status(self) -> Status: ...


Row = TypeVar("Row", bound=_IsDated)


def in_force(rows: Iterable[Row], at: AsOf) -> Row | None:
    """The row with the greatest (effective, issued) among those effective by `at.effective` and issued by `at.known`, drafts left out.

    None where nothing was in force: before the first row, or after a repeal. Never the oldest row by default.
    """
    candidates = [
        row
        for row in rows
        if row.effective <= at.effective and row.issued <= at.known and row.status is not Status.DRAFT
    ]
    if not candidates:
        return None
    best = max(candidates, key=lambda row: (row.effective, row.issued))
    return None if best.status is Status.REPEALED else best
