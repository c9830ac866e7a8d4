"""The engine made of the judge, over Parquet parts: who is asked, what is read, how nodes are added up, and who may not see."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guozi.core.formula.engine import Engine, Facts, Members, Outcome, Parameters, Selection, Versions
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.parts import FactRow, entities_path, form_path, write_entities, write_part
from guozi.engines.reference import ReferenceEngine
from tests.engines.books import rule

NOW, BEFORE = Period(2025), Period(2024)
BALANCE = {"cash": Type.MONEY, "cash__opening": Type.MONEY, "total_assets": Type.MONEY, "total_liabilities": Type.MONEY}
INCOME = {"revenue": Type.MONEY}
ENGINE: Engine = ReferenceEngine()


def yuan(**cells: str | int | Unknown) -> dict[str, Decimal | Unknown]:
    return {name: value if isinstance(value, Unknown) else Decimal(value) for name, value in cells.items()}


@pytest.fixture
def world(tmp_path: Path) -> tuple[Facts, Selection]:
    """Four enterprises: 1 and 2 file all, 3 files only its income, 4 files nothing but is a member; version 9 was replaced by 10."""

    def row(version: int, org: int, cells: Mapping[str, Decimal | Unknown], step: str = "0.01") -> FactRow:
        return FactRow(version, org, "0", Decimal(step), cells)

    balance = [
        row(9, 1, yuan(cash=999, total_assets=999, total_liabilities=999)),
        row(10, 1, yuan(cash=60, total_assets=100, total_liabilities=70)),
        row(20, 2, yuan(cash=Unknown(Why.BLANK, "cash"), total_assets=300, total_liabilities=30), "10000"),
    ]
    earlier = [row(11, 1, yuan(cash=50, total_assets=80, total_liabilities=10))]
    income = [row(12, 1, yuan(revenue=5)), row(22, 2, yuan(revenue=7)), row(32, 3, yuan(revenue=9))]
    files = {
        ("balance", NOW): str(write_part(form_path(tmp_path, "balance", NOW, 0), BALANCE, balance).path),
        ("balance", BEFORE): str(write_part(form_path(tmp_path, "balance", BEFORE, 0), BALANCE, earlier).path),
        ("income", NOW): str(write_part(form_path(tmp_path, "income", NOW, 0), INCOME, income).path),
    }
    entities = write_entities(entities_path(tmp_path, NOW, 0), ["debt_class"], {1: {"debt_class": "industrial"}, 2: {}})
    versions = {
        ("balance", NOW): Versions([1, 2], ["0", "0"], [10, 20]),
        ("balance", BEFORE): Versions([1], ["0"], [11]),
        ("income", NOW): Versions([1, 2, 3], ["0", "0", "0"], [12, 22, 32]),
    }
    facts = Facts({key: (path,) for key, path in files.items()}, {NOW: (str(entities.path),)})
    return facts, Selection("all", versions)


def scope(*orgs: int, since: date | None = None) -> Scope:
    return Scope(1, dict.fromkeys(orgs, ((since, None),)), frozenset())


ALL = scope(1, 2, 3, 4)
LINES = Parameters({("debt_ratio.warning_line", "industrial"): rule("65%").formula.root.value})  # type: ignore[attr-defined]


def test_each_filer_of_any_form_read_has_its_values(world: tuple[Facts, Selection]) -> None:
    rules = [rule("debt_ratio", code="debt"), rule("revenue", code="revenue")]
    table = ENGINE.values(ALL, NOW, rules, *world, Parameters())
    assert table.subjects == ((1, "0"), (2, "0"), (3, "0"))
    assert table.columns["debt"] == (
        Decimal("0.70000000"),
        Decimal("0.10000000"),
        Unknown(Why.NOT_FILED, "balance 2025"),
    )
    assert table.columns["revenue"] == (5, 7, 9)


def test_lags_read_the_selected_version_of_that_year(world: tuple[Facts, Selection]) -> None:
    table = ENGINE.values(
        ALL, NOW, [rule("cash - year_ago(cash)"), rule("opening(cash)", code="O")], *world, Parameters()
    )
    assert table.get("R", 1, "0") == 10
    assert table.get("R", 2, "0") == Unknown(Why.BLANK, "cash")
    assert table.get("O", 1, "0") == 50
    assert table.get("O", 2, "0") == Unknown(Why.NOT_FILED, "balance 2024")


def test_a_year_in_which_an_enterprise_was_not_in_scope_is_not_read(world: tuple[Facts, Selection]) -> None:
    table = ENGINE.values(scope(1, since=date(2025, 1, 1)), NOW, [rule("year_ago(cash) - cash")], *world, Parameters())
    assert table.columns["R"] == (Unknown(Why.NOT_FILED, "balance 2024"),)


def test_parameters_go_by_the_register(world: tuple[Facts, Selection]) -> None:
    table = ENGINE.values(ALL, NOW, [rule("debt_ratio > line"), rule("cover.report_type", code="T")], *world, LINES)
    assert table.get("R", 1, "0") is True
    assert table.get("R", 2, "0") == Unknown(Why.NO_ATTRIBUTE, "enterprise.debt_class")
    assert table.get("T", 1, "0") == "0"


def test_checks_count_every_outcome_and_detail_what_does_not_hold(world: tuple[Facts, Selection]) -> None:
    rules = [rule("total_liabilities <= cash", code="A"), rule("total_assets = 100元", when="cash > 0", code="B")]
    table = ENGINE.checks(ALL, NOW, rules, *world, Parameters())
    assert table.counts["A"] == {Outcome.HOLDS: 0, Outcome.FAILS: 1, Outcome.UNKNOWN: 1, Outcome.SKIPPED: 0}
    assert table.counts["B"] == {Outcome.HOLDS: 1, Outcome.FAILS: 0, Outcome.UNKNOWN: 0, Outcome.SKIPPED: 1}
    assert [(result.code, result.org_id, result.outcome) for result in table.results] == [
        ("A", 1, Outcome.FAILS),
        ("A", 2, Outcome.UNKNOWN),
    ]
    assert table.results[0].difference == 10


def test_the_tolerance_follows_each_filings_rounding_step(world: tuple[Facts, Selection]) -> None:
    table = ENGINE.checks(ALL, NOW, [rule("total_assets = total_liabilities")], *world, Parameters())
    assert [result.org_id for result in table.results] == [1]  # 270 yuan are within a step of 10 000 for enterprise 2


def test_a_node_is_the_formula_over_the_sums_of_those_that_are_known(world: tuple[Facts, Selection]) -> None:
    members = Members([7, 7, 7, 8, 8, 9], [1, 2, 4, 3, 4, 99], ["0"] * 6)
    rules = [
        rule("debt_ratio", code="debt"),
        rule("cash", code="cash"),
        rule("revenue / total_assets", code="turnover"),
    ]
    table = ENGINE.node_values(ALL, NOW, rules, members, *world, Parameters())
    assert table.subjects == ((7, ""), (8, ""))  # of node 9 nobody is in scope
    assert table.columns["debt"] == (Decimal("0.25000000"), Unknown(Why.NO_DATA, "debt_ratio"))
    assert table.coverage["debt"] == ((2, 3), (0, 2))
    assert table.columns["cash"][0] == 60
    assert table.coverage["cash"] == ((1, 3), (0, 2))
    assert table.columns["turnover"][0] == Decimal("0.03000000")


def test_a_node_has_no_attributes_of_its_own(world: tuple[Facts, Selection]) -> None:
    table = ENGINE.node_values(ALL, NOW, [rule("debt_ratio > line")], Members([7], [1], ["0"]), *world, LINES)
    assert table.columns["R"] == (Unknown(Why.NO_ATTRIBUTE, "enterprise.debt_class"),)


def test_a_nodes_sum_is_the_sum_of_its_contributions(world: tuple[Facts, Selection]) -> None:
    members = Members([7, 7, 7], [1, 2, 4], ["0"] * 3)
    node = ENGINE.node_values(ALL, NOW, [rule("total_assets")], members, *world, Parameters())
    parts = ENGINE.contributions(ALL, NOW, [rule("total_assets")], members, *world, Parameters())
    assert parts.subjects == ((1, "0"), (2, "0"), (4, "0"))
    assert parts.columns["R"] == (100, 300, Unknown(Why.NOT_FILED, "balance 2025"))
    assert node.columns["R"] == (400,)


def test_a_stranger_sees_nothing_though_the_files_hold_the_rows(world: tuple[Facts, Selection]) -> None:
    stranger, members = Scope(2, {}, frozenset()), Members([7], [1], ["0"])
    rules = [rule("total_assets = 0"), rule("cash", code="C")]
    assert ENGINE.values(stranger, NOW, rules[1:], *world, Parameters()).subjects == ()
    assert ENGINE.node_values(stranger, NOW, rules[1:], members, *world, Parameters()).subjects == ()
    assert ENGINE.contributions(stranger, NOW, rules[1:], members, *world, Parameters()).subjects == ()
    checks = ENGINE.checks(stranger, NOW, rules[:1], *world, Parameters())
    assert checks.results == ()
    assert set(checks.counts["R"].values()) == {0}
