"""Signals stand on the figures that are shown, official ones stay as the close kept them."""

from __future__ import annotations

from guozi.app import gate
from guozi.app.decisions.close import close
from guozi.app.indicators.figures import figures
from guozi.app.regulation.queries import pack_object
from guozi.app.warning.models import Signal
from guozi.app.warning.queries import shown
from guozi.core.kernel.period import Period
from tests.app.decisions.town import WATER, YEAST, Town


def _signals(town: Town, official: bool | None = None) -> list[tuple[int, str]]:
    with gate.acting_as(town.leader.pk):
        lens = figures(Period(2018), tree_id=town.tree.pk, official=official)
        return [(one.org_id, one.level) for one in shown(lens, town.tree.pk)]


def test_who_is_below_every_line_has_no_signal(town: Town) -> None:
    assert _signals(town) == []


def test_official_signals_are_those_that_the_close_kept(town: Town) -> None:
    with gate.as_person(town.console):
        run = close(town.tree, Period(2018))
    with gate.acting_as(town.console):
        assert Signal.objects.filter(run=run).count() == len(_signals(town, official=True))


def test_a_kept_signal_is_told_though_it_would_not_be_raised_again(town: Town) -> None:
    with gate.as_person(town.console):
        run = close(town.tree, Period(2018))
    with gate.acting_as(town.console):
        Signal.objects.create(
            run=run,
            rule_object=pack_object(run.pack_release, "warning", "debt_line"),
            rule_code="debt_line",
            org=town.by[YEAST],
            report_type="consolidated",
            period="2018",
            level="orange",
            evidence={"debt_ratio": "0.66000000"},
        )
    assert _signals(town, official=True) == [(town.by[YEAST].pk, "orange")]
    page = town.client(town.leader).get("/warning/?period=2018&view=official").content.decode()
    assert town.by[YEAST].name in page
    assert "66.00" in page
    assert _signals(town, official=False) == []
    assert town.by[WATER].name not in page
