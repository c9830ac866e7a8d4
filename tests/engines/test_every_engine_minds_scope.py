"""Every engine: whom it sees, whose versions it reads, how it adds up; no sum is too large to be exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from guozi.core.formula.engine import CheckResult, Engine, Members, Outcome, Selection, Versions
from guozi.core.kernel.money import LARGEST, Type
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.compare import alike, compare
from guozi.engines.duckdb import DuckDBEngine
from guozi.engines.reference import ReferenceEngine
from tests.engines.ledgers import NO_PARAMETERS, YEAR, Ledger, rule, scope_of
from tests.engines.test_every_engine import PARAMETERS, WORLDS, world

LAST = YEAR.years_back(1)
RATIO = rule("debts / assets")
GROWTH = rule("assets / year_ago(assets) - 1")
SUMS = rule("assets = debts + equity")
NO_ONE = Unknown(Why.NOT_FILED, f"balance {LAST}")
ENGINES = {"reference": ReferenceEngine, "duckdb": DuckDBEngine}


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn."""
    found: Engine = request.param()
    yield found
    if isinstance(found, DuckDBEngine):
        found.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Three enterprises this year and last."""
    ledger = Ledger(tmp_path)
    for org in (1, 2, 3):
        amount = Decimal(100 * org)
        ledger.file(org, "balance", {"assets": amount, "debts": amount / 2, "equity": amount / 2, "cash": Decimal(1)})
        ledger.file(org, "balance", {"assets": amount / 4}, period=LAST)
    return ledger


def test_an_empty_scope_sees_nothing(engine: Engine, ledger: Ledger) -> None:
    nobody, everybody = scope_of(set()), Members([1, 1], [1, 2], ["0", "0"])
    arguments = (ledger.facts(), ledger.selection(), PARAMETERS)
    assert engine.values(nobody, YEAR, [RATIO], *arguments).subjects == ()
    assert engine.checks(nobody, YEAR, [SUMS], *arguments).results == ()
    assert sum(engine.checks(nobody, YEAR, [SUMS], *arguments).counts[SUMS.code].values()) == 0
    assert engine.node_values(nobody, YEAR, [RATIO], everybody, *arguments).subjects == ()
    assert engine.contributions(nobody, YEAR, [RATIO], everybody, *arguments).subjects == ()


def test_only_enterprises_in_scope_at_the_periods_end_are_there(engine: Engine, ledger: Ledger) -> None:
    scope = scope_of(
        {1: ((None, None),), 2: ((None, YEAR.end),), 3: ((date(2020, 1, 1), date(2021, 1, 1)), (YEAR.end, None))}
    )
    table = engine.values(scope, YEAR, [RATIO], ledger.facts(), ledger.selection(), PARAMETERS)
    assert table.subjects == ((1, "0"), (3, "0"))


def test_last_years_row_is_not_there_for_whom_the_enterprise_was_not_in_scope_then(
    engine: Engine, ledger: Ledger
) -> None:
    scope = scope_of({1: ((None, None),), 2: ((YEAR.start, None),)})
    table = engine.values(scope, YEAR, [GROWTH], ledger.facts(), ledger.selection(), PARAMETERS)
    assert table.columns[GROWTH.code] == (Decimal(3), NO_ONE)


def test_a_stranger_adds_up_only_members_in_scope(engine: Engine, ledger: Ledger) -> None:
    members = Members([7, 7, 7, 7], [1, 2, 3, 4], ["0"] * 4)
    arguments = (YEAR, [rule("assets", code="assets")], members, ledger.facts(), ledger.selection(), PARAMETERS)
    table = engine.node_values(scope_of({1, 3, 4}), *arguments)
    assert table.columns["assets"] == (Decimal(400),)
    assert table.coverage["assets"] == ((2, 3),)
    assert all(type(count) is int for counts in table.coverage["assets"] for count in counts)


def test_a_version_is_not_read_under_another_enterprises_name(engine: Engine, ledger: Ledger) -> None:
    versions = ledger.selection().versions["balance", YEAR]
    stolen = Versions([1], ["0"], [versions.version_ids[2]])
    selection = Selection("wrong", {("balance", YEAR): stolen})
    table = engine.values(scope_of({1}), YEAR, [RATIO], ledger.facts(), selection, PARAMETERS)
    assert table.subjects == ()


def test_of_two_versions_the_selected_one_counts(engine: Engine, ledger: Ledger) -> None:
    ledger.file(1, "balance", {"assets": Decimal(1000), "debts": Decimal(100)})
    chosen = [Selection(str(version), {("balance", YEAR): Versions([1], ["0"], [version])}) for version in (1, 7)]
    values = [
        engine.values(scope_of({1}), YEAR, [RATIO], ledger.facts(2), selection, PARAMETERS).columns[RATIO.code]
        for selection in chosen
    ]
    assert values == [(Decimal("0.5"),), (Decimal("0.1"),)]


def test_sums_of_the_largest_amounts_are_exact(engine: Engine, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.file(1, "balance", {"assets": LARGEST, "debts": LARGEST, "equity": Decimal("0.02"), "cash": LARGEST})
    ledger.file(2, "balance", {"assets": Decimal(5), "debts": Decimal(3), "equity": Decimal(2), "cash": Decimal(1)})
    rules = [
        rule("assets = debts + equity", tolerance=Decimal("0.01"), code="sum"),
        rule("debts + cash + assets >= 3 * assets", tolerance=Decimal(0), code="three"),
    ]
    table = engine.checks(ledger.scope(), YEAR, rules, ledger.facts(), ledger.selection(), NO_PARAMETERS)
    assert table.results == (
        CheckResult(
            "sum", 1, "0", Outcome.FAILS, LARGEST, LARGEST + Decimal("0.02"), Decimal("-0.02"), Decimal("0.01")
        ),
        CheckResult("three", 2, "0", Outcome.FAILS, Decimal(9), Decimal(15), Decimal(-6), Decimal(0)),
    )
    total = engine.values(
        ledger.scope(), YEAR, [rule("assets + cash", code="total")], ledger.facts(), ledger.selection(), NO_PARAMETERS
    )
    assert total.columns["total"] == (Unknown(Why.TOO_LARGE, "assets, cash"), Decimal(6))


def test_one_huge_amount_among_thousands_does_not_stop_the_run(engine: Engine, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, offered={"balance": dict.fromkeys(("assets", "debts", "equity"), Type.MONEY)})
    for org in range(6000):
        ledger.file(org, "balance", {"assets": Decimal(3), "debts": Decimal(2), "equity": Decimal(1)})
    ledger.file(6000, "balance", {"assets": LARGEST, "debts": LARGEST, "equity": LARGEST})
    table = engine.checks(ledger.scope(), YEAR, [SUMS], ledger.facts(), ledger.selection(), NO_PARAMETERS)
    assert table.counts[SUMS.code][Outcome.HOLDS] == 6000
    assert [(found.org_id, found.right) for found in table.results] == [(6000, 2 * LARGEST)]


@pytest.mark.parametrize(("off", "outcome"), [("1.50", Outcome.HOLDS), ("1.51", Outcome.FAILS)])
def test_a_sum_may_miss_by_half_a_step_for_each_rounded_amount(
    engine: Engine, tmp_path: Path, off: str, outcome: Outcome
) -> None:
    ledger = Ledger(tmp_path)
    ledger.file(
        1, "balance", {"assets": Decimal(10) + Decimal(off), "debts": Decimal(4), "equity": Decimal(6)}, step="1.00"
    )
    table = engine.checks(ledger.scope(), YEAR, [SUMS], ledger.facts(), ledger.selection(), NO_PARAMETERS)
    assert table.counts[SUMS.code][outcome] == 1
    assert all(type(count) is int for count in table.counts[SUMS.code].values())
    assert [result.tolerance for result in table.results] == [Decimal("1.500")] * (outcome is Outcome.FAILS)


def test_who_filed_one_form_only_has_unknown_checks_of_the_other(engine: Engine, ledger: Ledger) -> None:
    ledger.file(9, "income", {"revenue": Decimal(1), "profit": Decimal(2)})
    rules = [SUMS, rule("profit <= revenue", code="profit")]
    table = engine.checks(ledger.scope(), YEAR, rules, ledger.facts(), ledger.selection(), NO_PARAMETERS)
    assert [(result.org_id, result.code, result.reason) for result in table.results] == [
        *((org, "profit", Unknown(Why.NOT_FILED, "income 2025")) for org in (1, 2, 3)),
        (9, SUMS.code, Unknown(Why.NOT_FILED, "balance 2025")),
        (9, "profit", None),
    ]


def test_parts_of_an_older_layout_lack_columns_and_the_stand_in_counts(engine: Engine, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, offered={"balance": {"assets": Type.MONEY, "debts": Type.MONEY}})
    ledger.file(1, "balance", {"assets": Decimal(8), "debts": Decimal(2)})
    ledger.file(1, "balance", {"assets": Decimal(6)}, period=LAST)
    ledger.file(2, "balance", {"assets": Decimal(8), "debts": Decimal(2)})
    rules = [
        rule("opening(assets)", code="opening"),
        rule("equity", code="equity"),
        rule("mean(opening(assets), assets)", code="mean"),
    ]
    table = engine.values(ledger.scope(), YEAR, rules, ledger.facts(), ledger.selection(), NO_PARAMETERS)
    assert table.columns["opening"] == (Decimal(6), NO_ONE)
    assert table.columns["equity"] == (Unknown(Why.NOT_OFFERED, "equity"),) * 2
    assert table.columns["mean"] == (Decimal(7), NO_ONE)


NODE_RULES = [
    rule(text, code=text)
    for text in (
        "assets",
        "debts / assets",
        "profit / mean(opening(equity), equity)",
        "revenue / year_ago(assets) - 1",
        "profit / staff",
        "share",
        "debts / assets >= param('line.single')",
        "debts / assets >= param('line.debt', enterprise.debt_class)",
        "coalesce(cash, 0) + stores",
    )
]


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    WORLDS, st.lists(st.tuples(st.integers(100, 102), st.integers(0, 7), st.sampled_from(["0", "0", "9"])), max_size=12)
)
def test_engines_agree_on_sums_of_nodes_and_their_parts(tmp_path_factory, drawn, members) -> None:  # type: ignore[no-untyped-def]
    ledger = world(tmp_path_factory.mktemp("facts"), drawn)
    columns = Members(*zip(*members, strict=True)) if members else Members([], [], [])
    everyone = scope_of(set(range(7)))
    arguments = (everyone, YEAR, NODE_RULES, columns, ledger.facts(), ledger.selection(), PARAMETERS)
    judge, duck = ReferenceEngine(), DuckDBEngine(threads=1)
    for method in ("node_values", "contributions"):
        expected, found = getattr(judge, method)(*arguments), getattr(duck, method)(*arguments)
        assert expected.subjects == found.subjects
        assert expected.coverage == found.coverage
        for each in NODE_RULES:
            for left, right in zip(expected.columns[each.code], found.columns[each.code], strict=True):
                assert alike(left, right, each.formula.type), (each.code, left, right)
    duck.close()


def test_a_comparison_of_engines_tells_what_differs(ledger: Ledger) -> None:
    class Optimist(ReferenceEngine):
        """Sees every ratio halved, and no check fail."""

        name = "optimist"

        def values(self, *arguments):  # type: ignore[no-untyped-def]
            table = super().values(*arguments)
            return replace(
                table, columns={code: tuple(value / 2 for value in column) for code, column in table.columns.items()}
            )

    rows = (ledger.scope(), YEAR, [RATIO], [SUMS], ledger.facts(), ledger.selection(), PARAMETERS)
    cells, differences = compare([ReferenceEngine(), DuckDBEngine(threads=1), Optimist()], *rows)
    assert cells == 2 * (3 + 3)
    assert [(found.engine, found.org_id, found.expected, found.found) for found in differences] == [
        ("optimist", org, Decimal("0.5"), Decimal("0.25")) for org in (1, 2, 3)
    ]
