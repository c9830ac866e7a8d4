"""The only writes of the projection: events with their versions, parts with their rows, runs with their stages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.audit.actions import record
from guozi.app.entities.models import Tree
from guozi.app.entities.queries import roots
from guozi.app.facts.models import CalcRun, FactEvent, FactPart
from guozi.app.facts.queries import last_seq
from guozi.app.regulation.queries import active_release
from guozi.core.kernel.errors import ConflictError, DeniedError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period

BATCH = 2000
"""Versions taken by one step of the projection: a step is one transaction and at most one part a form and period."""


def note_version(version_id: int, form: str, period: str) -> None:
    """Called in the transaction that submits a version, so that none can be forgotten."""
    FactEvent.objects.create(version_id=version_id, form=form, period=period)


def take() -> dict[tuple[str, str], list[FactEvent]]:
    """The next waiting events, locked, by form and period; events that another worker holds are left to it."""
    taken: dict[tuple[str, str], list[FactEvent]] = {}
    events = FactEvent.objects.select_for_update(skip_locked=True).filter(part=None).order_by("seq")[:BATCH]
    for event in events:
        taken.setdefault((event.form, event.period), []).append(event)
    return taken


def append_part(
    dataset: str, period: str, write: Callable[[Path], tuple[str, int]], events: Iterable[FactEvent] = ()
) -> FactPart:
    """Writes a part with `write(path) -> (sha256, rows)` and ties the events to it, in the caller's transaction.

    The file is whole before its row exists; a transaction that fails leaves a file that no row names, which `sweep` removes.
    """
    path = part_path(dataset, period)
    sha256, rows = write(path)
    part = FactPart.objects.create(dataset=dataset, period=period, path=str(path), sha256=sha256, rows=rows)
    FactEvent.objects.filter(seq__in=[event.seq for event in events]).update(part=part)
    return part


def part_path(dataset: str, period: str, run: int | None = None) -> Path:
    """Where a new part of a dataset goes."""
    folder = Path(settings.FACTS_ROOT) / dataset / f"period={period}"
    if run is not None:
        folder /= f"run={run}"
    return folder / f"part-{uuid.uuid4().hex}.parquet"


def supersede(parts: Sequence[FactPart]) -> None:
    """Marks parts as replaced; readers that listed them go on reading them until the sweep."""
    FactPart.objects.filter(pk__in=[part.pk for part in parts]).update(superseded_at=timezone.now())


def sweep(older_than: datetime) -> int:
    """Removes files that no row names, and parts superseded before `older_than`. Gives the number of files removed."""
    removed = 0
    for part in FactPart.objects.filter(superseded_at__lt=older_than):
        Path(part.path).unlink(missing_ok=True)
        part.delete()
        removed += 1
    named = set(FactPart.objects.values_list("path", flat=True))
    for path in Path(settings.FACTS_ROOT).glob(
        "*/period=*/**/*.parquet*"
    ):  # those of a writer that was killed have a tail
        if str(path) not in named and path.stat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    return removed


@gate.action("facts.rebuild")
def forget_all(_subject: None = None) -> int:
    """Drops the whole projection of filings, to be made anew; returns the number of events that wait again."""
    supersede(list(FactPart.objects.filter(superseded_at=None).exclude(dataset="indicators")))
    count = FactEvent.objects.update(part=None)
    record("facts.rebuild", "facts", events=count)
    return count


def closed_node(tree: Tree, period: str, *, kind: str = "", node_id: int | None = None) -> int:
    """What a close is about: the node, or the root of the whole tree; DeniedError where the person does not see it."""
    if node_id is not None:
        return node_id
    top = roots(tree, Period.parse(period).end)
    if not top:
        raise DeniedError(mark("You may not close {period} for the whole tree."), period=period)
    return top[0].pk


@gate.action("decisions.close", about=closed_node)
def begin_run(tree: Tree, period: str, *, kind: str = CalcRun.Kind.CLOSE, node_id: int | None = None) -> CalcRun:
    """Begins a close or takes up one that was interrupted; ConflictError while another is being finished by someone else."""
    running = CalcRun.objects.select_for_update().filter(tree=tree, period=period, state=CalcRun.State.RUNNING).first()
    if running is not None:
        if running.scope_node_id != node_id:
            raise ConflictError(mark("a close of {period} is running for another node"), period=period)
        record("decisions.close", f"close {period}", resumed=running.pk)
        return running
    run = CalcRun.objects.create(
        kind=kind,
        period=period,
        tree=tree,
        scope_node_id=node_id,
        pack_release=active_release(),
        known_at=timezone.now(),
        last_event_seq=last_seq(),
        by_id=gate.current(),
    )
    record("decisions.close", f"close {period}", run=run.pk, kind=kind)
    return run


def end_stage(run: CalcRun, name: str, seconds: float, rows: int) -> None:
    """Notes a stage as done; a resumed close does not repeat it."""
    run.stages = [*run.stages, {"name": name, "seconds": round(seconds, 3), "rows": rows}]
    run.save(update_fields=["stages"])


def stage_done(run: CalcRun, name: str) -> bool:
    """True where an interrupted run had finished that stage."""
    return any(stage["name"] == name for stage in run.stages)


def finish_run(run: CalcRun) -> None:
    """Freezes the run as the official one of its period (or part of the tree); the former one stays, superseded."""
    run.state = CalcRun.State.DONE
    run.finished_at = timezone.now()
    run.save(update_fields=["state", "finished_at"])
    former = CalcRun.objects.filter(tree=run.tree, period=run.period, scope_node_id=run.scope_node_id)
    former.filter(state=CalcRun.State.DONE, superseded_by=None).exclude(pk=run.pk).update(superseded_by=run)


def write_entities(period: str, rows: Mapping[int, Mapping[str, str]]) -> FactPart | None:
    """The attributes of the register as of a period's end (org id → attribute → word); None where they are as the live part has them."""
    live = list(FactPart.objects.select_for_update().filter(dataset="entities", period=period, superseded_at=None))
    path = part_path("entities", period)
    part = wiring.write_entities(path, sorted({attribute for row in rows.values() for attribute in row}), rows)
    if len(live) == 1 and live[0].sha256 == part.sha256:
        path.unlink(missing_ok=True)
        return None
    supersede(live)
    return FactPart.objects.create(
        dataset="entities", period=period, path=str(path), sha256=part.sha256, rows=part.rows
    )
