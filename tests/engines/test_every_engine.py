"""One suite for every engine: each function of the functions table, over the same Parquet facts, and generated formulas over generated filings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from guozi.core.formula.engine import Engine, Parameters, Rule
from guozi.core.formula.functions import FUNCTIONS
from guozi.core.formula.tree import Attribute, Call, Cell, Constant, Formula, Node, Parameter
from guozi.core.kernel.money import LARGEST, Type
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines import sql
from guozi.engines.compare import alike, compare
from guozi.engines.duckdb import DuckDBEngine
from guozi.engines.parts import CellValue
from guozi.engines.reference import ReferenceEngine
from tests.engines.ledgers import COLUMNS, ITEMS, YEAR, Ledger, rule

DUCKDB, JUDGE = DuckDBEngine(threads=1), ReferenceEngine()
ENGINES: dict[str, Engine] = {"reference": JUDGE, "duckdb": DUCKDB}
PARAMETERS = Parameters(
    {
        ("line.debt", "industrial"): Fraction(7, 10),
        ("line.debt", "research"): Fraction(65, 100),
        ("line.single", ""): Fraction(1, 10),
        ("line.third", ""): Fraction(1, 3),
    }
)
BLANK = Unknown(Why.BLANK, "cash")
A_MONEY, A_THIRD = Decimal("200000000.00"), Decimal("66666666.67")
NOT_MEANINGFUL = Unknown(Why.NOT_MEANINGFUL, "stores")

CASES: dict[str, list[tuple[str, object]]] = {
    "add": [("assets + debts", Decimal("340000000.00")), ("assets + cash", BLANK)],
    "subtract": [("assets - debts", Decimal("60000000.00")), ("cash - assets", BLANK)],
    "multiply": [
        ("assets * 25%", Decimal("50000000.00")),
        ("assets * param('line.third')", A_THIRD),
        ("share * share", Decimal("0.25")),
    ],
    "divide": [
        ("debts / assets", Decimal("0.7")),
        ("assets / stores", NOT_MEANINGFUL),
        ("assets / cash", BLANK),
        ("cash / stores", BLANK),
        ("assets / 3", A_THIRD),
        ("revenue / staff", Decimal("73333333.0")),
    ],
    "negate": [("-debts", Decimal("-140000000.00")), ("-cash", BLANK)],
    "equal": [
        ("assets = debts", False),
        ("auditor = '立信'", True),
        ("audited_on = '2026-03-01'", True),
        ("cash = 0", BLANK),
    ],
    "not_equal": [("assets <> debts", True), ("auditor <> '立信'", False), ("cash <> 0", BLANK)],
    "less": [("debts < assets", True), ("debts / assets < 0.7", False), ("audited_on < '2026-03-01'", False)],
    "less_or_equal": [("debts / assets <= 0.7", True), ("cash <= 0", BLANK)],
    "greater": [("debts / assets > 0.7", False), ("assets / stores > 0", NOT_MEANINGFUL)],
    "greater_or_equal": [
        (
            "revenue / assets - 1 >= 0.1",
            False,
        ),  # 219,999,999 / 200,000,000 - 1: true in doubles' neighbourhood, false in fact
        ("(revenue + 1元) / assets - 1 >= 0.1", True),
        ("debts / assets >= param('line.debt', enterprise.debt_class)", True),
        ("-debts / -assets >= 70%", True),
    ],
    "and": [("debts > assets and cash > 0", False), ("cash > 0 and debts < assets", BLANK)],
    "or": [("debts < assets or cash > 0", True), ("cash > 0 or debts > assets", BLANK)],
    "not": [("not debts > assets", True), ("not cash > 0", BLANK)],
    "case": [
        ("case when debts > assets then cash else debts end", Decimal("140000000.00")),
        ("case when cash > 0 then debts else assets end", BLANK),
        ("case when debts < assets then debts / assets when cash > 0 then 1 else 2 end", Decimal("0.7")),
    ],
    "coalesce": [
        ("coalesce(cash, 0)", Decimal("0.00")),
        ("coalesce(cash, assets / stores * assets)", BLANK),
        ("coalesce(cash, debts)", Decimal("140000000.00")),
    ],
    "mean": [
        ("mean(assets, debts)", Decimal("170000000.00")),
        ("mean(assets, debts, stores)", Decimal("113333333.33")),
        ("mean(assets, cash)", BLANK),
    ],
    "abs": [("abs(debts - assets)", Decimal("60000000.00")), ("abs(cash)", BLANK)],
    "min": [
        ("min(assets, debts, stores)", Decimal("0.00")),
        ("min(assets, cash)", BLANK),
        ("min(debts / assets, 1)", Decimal("0.7")),
    ],
    "max": [("max(stores, debts)", Decimal("140000000.00")), ("max(cash, assets)", BLANK)],
    "round": [
        ("round(debts / assets, 0)", Decimal("1.0")),
        ("round(-debts / assets / 14 * 5, 1)", Decimal("-0.3")),  # -0.25: halves away from zero
        ("round(revenue, -4)", Decimal("220000000.00")),
        ("round(cash)", BLANK),
        ("round(case when cash > 0 then 1 else 2 end, -2)", BLANK),  # DuckDB's own round(NULL::DECIMAL(1,0), -2) is 0
    ],
}
"""Function → formulas over `one_filer`, and what they must be on every engine."""


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.param
    return found


@pytest.fixture(scope="module")
def one_filer(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """An enterprise with a blank cash cell, no stores, and a debt ratio on the line."""
    ledger = Ledger(tmp_path_factory.mktemp("facts"))
    money = {"assets": "200000000", "debts": "140000000", "equity": "60000000", "stores": "0"}
    ledger.file(1, "balance", {code: Decimal(amount) for code, amount in money.items()} | {"cash": BLANK})
    income = {"revenue": Decimal("219999999"), "profit": Decimal(5), "staff": Decimal(3), "share": Decimal("0.5")}
    ledger.file(1, "income", income | {"auditor": "立信", "audited_on": date(2026, 3, 1)})
    ledger.register = {1: {"debt_class": "industrial"}}
    ledger.facts()
    return ledger


def test_no_engine_lacks_a_function_silently() -> None:
    assert FUNCTIONS.keys() == sql.FUNCTIONS


def test_every_function_has_its_cases() -> None:
    assert CASES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gives_what_it_should(function: str, engine: Engine, one_filer: Ledger) -> None:
    rules = [rule(text) for text, _ in CASES[function]]
    table = engine.values(one_filer.scope(), YEAR, rules, one_filer.facts(), one_filer.selection(), PARAMETERS)
    for text, expected in CASES[function]:
        found = table.get(text, 1, "0")
        assert alike(expected, found, rule(text).formula.type), f"{text}: {found!r}, not {expected!r}"


# generated formulas over generated filings

MONEY_EDGES = [
    "0",
    "0.01",
    "-0.01",
    "1",
    "0.05",
    "-3.5",
    "100",
    "33.33",
    "66.67",
    "1e8",
    "123456789.12",
    "1e13",
    "-1e13",
]
MONEY = st.one_of(
    st.sampled_from([Decimal(text) for text in MONEY_EDGES] + [LARGEST, -LARGEST]),
    st.integers(-20000, 20000).map(lambda cents: Decimal(cents) / 100),
    st.integers(-(10**15), 10**15).map(lambda cents: Decimal(cents) / 100),
)
NUMBER = st.one_of(
    st.sampled_from([Decimal(text) for text in ("0", "0.7", "1", "-1", "0.00000001", "0.33333333", "1e9")]),
    st.integers(-300, 300).map(Decimal),
)
WORD = st.sampled_from(["industrial", "research", "other"])
DAY = st.dates(date(2025, 1, 1), date(2025, 1, 4))
VALUES = {Type.MONEY: MONEY, Type.RATIO: NUMBER, Type.COUNT: NUMBER, Type.TEXT: WORD, Type.DATE: DAY}


def filled(column: str, type_: Type) -> st.SearchStrategy[CellValue]:
    """A cell: mostly filled, now and then unknown for each kind of reason."""
    item = column.partition("__")[0]
    reasons = [
        Unknown(Why.BLANK, item),
        Unknown(Why.NOT_APPLICABLE, "no such business"),
        Unknown(Why.NOT_OFFERED, item),
    ]
    return st.one_of(VALUES[type_], VALUES[type_], VALUES[type_], st.sampled_from(reasons))


def filings(form: str) -> st.SearchStrategy[dict[str, CellValue]]:
    """The cells of one filing."""
    return st.fixed_dictionaries({name: filled(name, type_) for name, type_ in COLUMNS[form].items()})


@cache
def cells(type_: Type) -> st.SearchStrategy[Node]:
    """Cells of a type, also of last year, and of the opening column with its stand-in."""
    codes = [code for code, item in ITEMS.items() if item.type is type_]

    def cell(code: str, years: int, column: int, stand_in: bool) -> Cell:
        item = ITEMS[code]
        chosen = item.columns[column]
        otherwise = (
            Cell(type_, item.form, code, item.columns[0].code, years + 1, None, True) if stand_in and column else None
        )
        return Cell(type_, item.form, code, chosen.code, years, otherwise, column == 0)

    years, column, stand_in = st.sampled_from([0, 0, 0, 1]), st.sampled_from([0, 0, 1]), st.booleans()
    return st.builds(cell, st.sampled_from(codes), years, column, stand_in)


@cache
def constants(type_: Type) -> st.SearchStrategy[Node]:
    """Constants of a type."""
    values = VALUES[type_].map(lambda value: Fraction(value) if isinstance(value, Decimal) else value)
    return values.map(lambda value: Constant(type_, value))


def call(function: str, type_: Type, *args: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """A call of these arguments."""
    return st.tuples(*args).map(lambda nodes: Call(type_, function, nodes))


@cache
def numbers(type_: Type, depth: int) -> st.SearchStrategy[Node]:
    """Trees that give a number of a type."""
    leaves = st.one_of(cells(type_), cells(type_), cells(type_), constants(type_))
    if type_ is Type.RATIO:
        key = Attribute(Type.TEXT, "enterprise", "debt_class")
        leaves |= st.sampled_from(
            [Parameter(type_, "line.debt", key), Parameter(type_, "line.third"), Parameter(type_, "line.none")]
        )
    if depth == 0:
        return leaves
    same = st.deferred(lambda: numbers(type_, depth - 1))
    ratio = st.deferred(lambda: numbers(Type.RATIO, depth - 1))
    condition = st.deferred(lambda: truths(depth - 1))
    trees = [call(name, type_, same, same) for name in ("add", "subtract", "mean", "min", "max", "coalesce")]
    trees += [call(name, type_, same, same, same) for name in ("mean", "min", "coalesce")]
    trees += [call(name, type_, same) for name in ("negate", "abs", "round")]
    trees += [call("case", type_, condition, same, same), call("case", type_, condition, same, condition, same, same)]
    trees += [call("multiply", type_, same, ratio), call("divide", type_, same, ratio)]
    places = st.sampled_from([2, 0, -2, 4]).map(lambda count: Constant(Type.RATIO, Fraction(count)))
    trees.append(call("round", type_, same, places))
    if type_ is Type.RATIO:
        money, count = (st.deferred(lambda kind=kind: numbers(kind, depth - 1)) for kind in (Type.MONEY, Type.COUNT))
        trees += [call("divide", type_, money, money)] * 4 + [call("divide", type_, count, count)]
    return st.one_of(leaves, *trees)


SIGNS = ("equal", "not_equal", "less", "less_or_equal", "greater", "greater_or_equal")


@cache
def comparisons(depth: int) -> st.SearchStrategy[Node]:
    """Comparisons of numbers."""
    kinds = (Type.MONEY, Type.RATIO, Type.RATIO, Type.COUNT)
    return st.one_of(
        *(call(sign, Type.TRUTH, numbers(kind, depth), numbers(kind, depth)) for kind in kinds for sign in SIGNS)
    )


@cache
def truths(depth: int) -> st.SearchStrategy[Node]:
    """Trees that give a truth."""
    leaves = st.one_of(
        comparisons(max(depth, 0)),
        call("equal", Type.TRUTH, cells(Type.TEXT), constants(Type.TEXT)),
        call("not_equal", Type.TRUTH, cells(Type.TEXT), st.just(Attribute(Type.TEXT, "enterprise", "industry"))),
        call("greater_or_equal", Type.TRUTH, cells(Type.DATE), constants(Type.DATE)),
    )
    if depth == 0:
        return leaves
    inner = st.deferred(lambda: truths(depth - 1))
    joined = [call(name, Type.TRUTH, inner, inner) for name in ("and", "or")] + [call("not", Type.TRUTH, inner)]
    return st.one_of(leaves, *joined)


def values(depth: int) -> st.SearchStrategy[Node]:
    """Trees of any type."""
    kinds = [numbers(kind, depth) for kind in (Type.MONEY, Type.RATIO, Type.COUNT)]
    return st.one_of(*kinds, truths(depth), cells(Type.TEXT), cells(Type.DATE))


def as_rules(nodes: list[Node], when: list[Node | None] | None = None) -> list[Rule]:
    """Rules r0, r1 … of trees."""
    conditions = when or [None] * len(nodes)
    return [
        Rule(f"r{index}", Formula("", node), None if condition is None else Formula("", condition))
        for index, (node, condition) in enumerate(zip(nodes, conditions, strict=False))
    ]


WORLDS = st.fixed_dictionaries(
    {
        "now": st.lists(
            st.tuples(st.none() | filings("balance"), st.none() | filings("income")), min_size=3, max_size=6
        ),
        "then": st.lists(st.none() | filings("balance"), min_size=3, max_size=3),
        "words": st.lists(
            st.fixed_dictionaries({}, optional={"debt_class": WORD, "industry": WORD}), min_size=3, max_size=3
        ),
        "step": st.sampled_from(["0.01", "1.00", "10000.00"]),
    }
)


def world(folder: Path, drawn: dict) -> Ledger:  # type: ignore[type-arg]
    """Facts of a few enterprises this year and last."""
    ledger = Ledger(folder)
    for org, (balance, income) in enumerate(drawn["now"]):
        if balance is not None:
            ledger.file(org, "balance", balance, step=drawn["step"])
        if income is not None:
            ledger.file(org, "income", income)
    for org, balance in enumerate(drawn["then"]):
        if balance is not None:
            ledger.file(org, "balance", balance, period=YEAR.years_back(1))
    ledger.register = dict(enumerate(drawn["words"]))
    return ledger


GENERATED = settings(
    max_examples=60,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


@GENERATED
@given(
    WORLDS,
    st.lists(values(2), min_size=8, max_size=8),
    st.lists(comparisons(2) | truths(2), min_size=8, max_size=8),
    st.lists(st.none() | truths(1), min_size=8, max_size=8),
)
def test_engines_agree_on_generated_formulas(tmp_path_factory, drawn, value_nodes, check_nodes, conditions) -> None:  # type: ignore[no-untyped-def]
    ledger = world(tmp_path_factory.mktemp("facts"), drawn)
    _, differences = compare(
        [JUDGE, DUCKDB],
        ledger.scope(),
        YEAR,
        as_rules(value_nodes),
        as_rules(check_nodes, conditions),
        ledger.facts(2),
        ledger.selection(),
        PARAMETERS,
    )
    assert differences == ()
