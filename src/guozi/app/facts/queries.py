"""What the projection holds: lists of parts for the engines, and how far it has come."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max

from guozi.app.facts.models import CalcRun, FactEvent, FactPart
from guozi.core.formula.engine import Facts
from guozi.core.kernel.period import Period

ENTITIES = "entities"
INDICATORS = "indicators"


def facts(forms: Iterable[str], periods: Iterable[Period]) -> Facts:
    """The live parts of these forms and periods, and of the entities' attributes in those periods."""
    wanted = {str(period): period for period in periods}
    parts: dict[tuple[str, Period], list[str]] = {}
    entities: dict[Period, list[str]] = {}
    rows = FactPart.objects.filter(dataset__in=[*forms, ENTITIES], period__in=wanted, superseded_at=None).order_by("id")
    for dataset, period, path in rows.values_list("dataset", "period", "path"):
        if dataset == ENTITIES:
            entities.setdefault(wanted[period], []).append(path)
        else:
            parts.setdefault((dataset, wanted[period]), []).append(path)
    return Facts(
        {key: tuple(paths) for key, paths in parts.items()},
        {period: tuple(paths) for period, paths in entities.items()},
    )


def live_paths() -> list[str]:
    """The files of every live part."""
    return list(FactPart.objects.filter(superseded_at=None).values_list("path", flat=True))


def last_seq() -> int:
    """The number of the last event written: facts and caches that name it are as new as the filings."""
    return FactEvent.objects.aggregate(last=Max("seq"))["last"] or 0


def waiting() -> int:
    """How many submitted versions the projection has not taken yet."""
    return FactEvent.objects.filter(part=None).count()


def official_run(tree_id: int, period: str) -> CalcRun | None:
    """The close (or its last rerun) whose figures are the official ones of a period; the close of a part says nothing of the whole."""
    return (
        CalcRun.objects.filter(
            tree_id=tree_id, period=period, scope_node_id=None, state=CalcRun.State.DONE, superseded_by=None
        )
        .order_by("-id")
        .first()
    )
