"""Closing a period: facts, checks, indicators, signals, in stages that an interrupted close takes up again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.entities.models import Entity, Tree
from guozi.app.entities.queries import members as tree_members
from guozi.app.facts import actions as facts
from guozi.app.facts.models import CalcRun
from guozi.app.indicators.actions import keep_values
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.actions import keep_check_results
from guozi.app.reporting.tasks import project_all, write_register
from guozi.app.warning.actions import keep
from guozi.app.warning.queries import before_of, live
from guozi.core.kernel.period import Period

Progress = Callable[[str, int, int], None]
KEPT = timedelta(hours=1)
"""Files of the facts that no part names any more stay so long, for who is reading them."""
STAGES = ("facts", "checks", "indicators", "signals")


def close(
    tree: Tree, period: Period, *, node: Entity | None = None, progress: Progress = lambda stage, done, total: None
) -> CalcRun:
    """Closes a period over a tree (or the part under `node`). Safe to run again: a finished close is superseded by a new one."""
    person = gate.current()
    with gate.acting_as(person):
        run = facts.begin_run(tree, str(period), node_id=node.pk if node else None)
    work = {"facts": _facts, "checks": _checks, "indicators": _indicators, "signals": _signals}
    for index, stage in enumerate(STAGES):
        progress(stage, index, len(STAGES))
        if not facts.stage_done(run, stage):
            started = time.monotonic()
            with gate.acting_as(person):
                rows = work[stage](run, period, node)
                facts.end_stage(run, stage, time.monotonic() - started, rows)
    with gate.acting_as(person):
        facts.finish_run(run)
        record("decisions.closed", f"close {period}", run=run.pk, stages=run.stages)
    progress("done", len(STAGES), len(STAGES))
    return run


def _facts(run: CalcRun, period: Period, node: Entity | None) -> int:
    count = project_all()
    write_register(period)
    facts.sweep(timezone.now() - KEPT)
    return count


def _figures(run: CalcRun, period: Period) -> Figures:
    return Figures(period, run.known_at, run)


def _within(run: CalcRun, period: Period, node: Entity | None) -> frozenset[int] | None:
    """The entities that the close is about; None: all."""
    return None if node is None else frozenset(tree_members(run.tree, node.pk, period.end))


def _checks(run: CalcRun, period: Period, node: Entity | None) -> int:
    figures = _figures(run, period)
    bound = [one for form in figures.rulebook.forms for one in figures.rulebook.checks(form)]
    table = figures.checks([one.rule for one in bound])
    return keep_check_results(run, {one.rule.code: one for one in bound}, table, _within(run, period, node))


def _indicators(run: CalcRun, period: Period, node: Entity | None) -> int:
    figures = _figures(run, period)
    return keep_values(run, figures.own(list(figures.rulebook.indicators)), _within(run, period, node))


def _signals(run: CalcRun, period: Period, node: Entity | None) -> int:
    orgs, figures = _within(run, period, node), _figures(run, period)
    return keep(
        run, [one for one in live(figures, before_of(figures, run.tree_id)) if orgs is None or one.org_id in orgs]
    )
