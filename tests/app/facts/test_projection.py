"""The projection can be dropped and made anew: the same facts, the same figures."""

from __future__ import annotations

from guozi.app import gate
from guozi.app.facts.queries import waiting
from guozi.app.indicators.figures import figures
from guozi.app.reporting.rebuild import rebuild, verify
from guozi.core.kernel.period import Period
from tests.app.decisions.town import Town


def _figures(town: Town) -> object:
    with gate.acting_as(town.leader.pk):
        lens = figures(Period(2017), tree_id=town.tree.pk)
        table = lens.own(list(lens.rulebook.indicators))
        return table.subjects, dict(table.columns)


def test_rebuilding_gives_the_same_facts_and_the_same_figures(town: Town) -> None:
    before = _figures(town)
    with gate.as_person(town.console):
        proof = rebuild()
    assert proof["equal"]
    assert proof["rows"] == 8 * 3
    assert _figures(town) == before


def test_verifying_reads_the_filings_afresh_and_changes_nothing(town: Town) -> None:
    with gate.as_person(town.console):
        assert verify()["equal"]


def test_a_submitted_version_waits_until_it_is_projected(town: Town) -> None:
    with gate.acting_as(town.console):
        assert waiting() == 0
    town.file("002677", 2018, project=False)
    with gate.acting_as(town.console):
        assert waiting() == 3
    answer = town.client(town.leader).get("/api/v1/facts/")
    assert answer.json()["waiting"] == 3
