"""Rebuilding the projection and proving it: equal in content to what the filings say."""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import TypedDict

from guozi.app import gate, wiring
from guozi.app.facts import actions as facts
from guozi.app.facts.models import FactEvent, FactPart
from guozi.app.facts.queries import ENTITIES, INDICATORS
from guozi.app.reporting.tasks import project_all, write_form_part
from guozi.core.kernel.period import Period


class Proof(TypedDict):
    """How many partitions (form and period) and rows there are, and whether all are equal to what they should be."""

    partitions: int
    rows: int
    equal: bool
    unequal: list[str]


def _live() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    parts = FactPart.objects.filter(superseded_at=None).exclude(dataset__in=[ENTITIES, INDICATORS])
    for dataset, period, path in parts.values_list("dataset", "period", "path"):
        found.setdefault((dataset, period), []).append(path)
    return found


def _hashes() -> dict[tuple[str, str], str]:
    return {key: wiring.content_sha256(paths) for key, paths in _live().items()}


def _rows(partitions: Collection[tuple[str, str]]) -> int:
    parts = FactPart.objects.filter(superseded_at=None).exclude(dataset__in=[ENTITIES, INDICATORS])
    found = parts.values_list("dataset", "period", "rows")
    return sum(rows for dataset, period, rows in found if (dataset, period) in partitions)


def _proof(before: dict[tuple[str, str], str], after: dict[tuple[str, str], str]) -> Proof:
    unequal = sorted(
        f"{form} {period}"
        for form, period in before.keys() | after.keys()
        if before.get((form, period)) != after.get((form, period))
    )
    return {"partitions": len(after), "rows": _rows(after.keys()), "equal": not unequal, "unequal": unequal}


def rebuild() -> Proof:
    """Drops the projection and makes it anew from the filings; compares the content of every partition with what it was."""
    person = gate.current()
    with gate.acting_as(person):
        gate.require("facts.rebuild")
    project_all()
    with gate.acting_as(person):
        before = _hashes()
        facts.forget_all(None)
    project_all()
    with gate.acting_as(person):
        return _proof(before, _hashes())


def verify(periods: Collection[Period] = ()) -> Proof:
    """Compares every partition (of these periods, or all) with its filings read afresh; nothing is changed."""
    with gate.acting_as(gate.current()):
        gate.require("facts.read")
        wanted = {str(period) for period in periods}
        now = {key: value for key, value in _hashes().items() if not wanted or key[1] in wanted}
        events: dict[tuple[str, str], list[FactEvent]] = {}
        for event in FactEvent.objects.exclude(part=None):
            if not wanted or event.period in wanted:
                events.setdefault((event.form, event.period), []).append(event)
        with tempfile.TemporaryDirectory() as folder:
            fresh = {
                (form, text): write_form_part(form, Period.parse(text), rows, Path(folder) / f"{form}-{text}.parquet")[
                    0
                ]
                for (form, text), rows in events.items()
            }
        return _proof(now, fresh)
