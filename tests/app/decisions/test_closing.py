"""A close goes on where it was interrupted, may be run twice, and freezes what it saw."""

from __future__ import annotations

import pytest

from guozi.app import gate
from guozi.app.audit.queries import entries
from guozi.app.decisions import close as closing
from guozi.app.decisions.close import STAGES, close
from guozi.app.facts.models import CalcRun, FactPart
from guozi.app.facts.queries import official_run
from guozi.app.indicators.figures import figures
from guozi.app.reporting.models import CheckFinding
from guozi.app.warning.models import Signal
from guozi.core.kernel.period import Period
from tests.app.decisions.town import WATER, YEAST, Town

PERIOD = Period(2018)


def _close(town: Town, **more) -> CalcRun:
    with gate.as_person(town.console):
        return close(town.tree, PERIOD, **more)


def test_a_close_does_its_four_stages_in_order_and_says_how_far_it_is(town: Town) -> None:
    told: list[tuple[str, int, int]] = []
    run = _close(town, progress=lambda *step: told.append(step))
    assert [stage["name"] for stage in run.stages] == list(STAGES)
    assert told == [*((stage, index, 4) for index, stage in enumerate(STAGES)), ("done", 4, 4)]
    assert run.state == CalcRun.State.DONE


def test_an_interrupted_close_is_taken_up_where_it_stood(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise RuntimeError("the machine went away")

    monkeypatch.setattr(closing, "_indicators", broken)
    with pytest.raises(RuntimeError):
        _close(town)
    monkeypatch.undo()
    with gate.acting_as(town.console):
        half = CalcRun.objects.get(period=str(PERIOD))
        assert (half.state, [stage["name"] for stage in half.stages]) == (CalcRun.State.RUNNING, ["facts", "checks"])
        assert official_run(town.tree.pk, str(PERIOD)) is None
    run = _close(town)
    assert run.pk == half.pk
    assert [stage["name"] for stage in run.stages] == list(STAGES)


def test_closing_twice_gives_the_same_and_the_first_is_superseded(town: Town) -> None:
    first, second = _close(town), _close(town)
    with gate.acting_as(town.console):
        first.refresh_from_db()
        assert first.superseded_by_id == second.pk
        assert official_run(town.tree.pk, str(PERIOD)) == second
        signals = [
            sorted(Signal.objects.filter(run=run).values_list("org_id", "rule_code", "level"))
            for run in (first, second)
        ]
        assert signals[0] == signals[1]
        checks = [CheckFinding.objects.filter(run=run).count() for run in (first, second)]
        assert checks[0] == checks[1]
        parts = FactPart.objects.filter(dataset="indicators", period=str(PERIOD))
        assert len({part.sha256 for part in parts}) == 1


def test_the_close_of_a_part_leaves_the_official_figures_of_the_whole_as_they_are(town: Town) -> None:
    part = _close(town, node=town.by[YEAST])
    with gate.acting_as(town.console):
        assert official_run(town.tree.pk, str(PERIOD)) is None
    whole = _close(town)
    again = _close(town, node=town.by[YEAST])
    with gate.acting_as(town.console):
        assert official_run(town.tree.pk, str(PERIOD)) == whole
        part.refresh_from_db()
        assert part.superseded_by_id == again.pk


def test_the_closed_figures_are_those_that_were_accepted_then(town: Town) -> None:
    town.file("002677", 2018, accept=False)
    run = _close(town)
    with gate.acting_as(town.leader.pk):
        official = figures(PERIOD, tree_id=town.tree.pk, official=True)
        assert official.run == run
        seen = {org for org, _ in official.own(["total_profit"]).subjects}
    assert seen == {town.by[YEAST].pk, town.by[WATER].pk}


def test_closing_a_period_leaves_an_audit_entry(town: Town) -> None:
    with gate.acting_as(town.console):
        before = len(entries(action="decisions.closed"))
    _close(town)
    with gate.acting_as(town.console):
        assert len(entries(action="decisions.closed")) == before + 1
