"""Arbitrary, huge and deeply nested texts end as findings or as formulas, never in an exception."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from guozi.core.formula.compile import Compiler, compile_formula
from guozi.core.formula.tree import Formula, ItemName, Names
from guozi.core.kernel.money import Type
from tests.engines.books import COMPILER, FACTS, NAMES

PIECES = (  # noqa: SIM905 -- one a line would be longer and say no more
    "cash revenue rate headcount remark debt_ratio chicken year_ago opening comparative param mean round coalesce "
    "and or not case when then else end in between true false ( ) , + - * / = <> < <= > >= 1 0.5 70% 5元 'a' '2026-01-01' "
    "enterprise.debt_class . % ; -- /* ' \" select from null is as x 资产总计 （ ） ＋"
).split()


@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=60))
@settings(max_examples=600, deadline=None)
def test_any_text_gives_a_formula_or_findings_in_its_bounds(text: str) -> None:
    compiled = COMPILER.compile(text)
    if isinstance(compiled, Formula):
        return
    assert compiled
    for finding in compiled:
        assert finding.text()
        assert finding.hint_text() is not None
        assert finding.place.line is not None
        assert finding.place.column is not None
        assert finding.place.end_column is not None
        assert 1 <= finding.place.column < finding.place.end_column <= len(finding.source_line) + 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "cash" + ")" * 3000,
        "(" * 900 + "cash" + ")" * 900,
        "not " * 1500 + "cash > 0",
        "- " * 1500 + "cash",
        "case when " * 300 + "cash > 0",
        "abs(" * 600 + "cash" + ")" * 600,
        "(not " * 300 + "true" + ")" * 300,
        "abs(" * 21 + "cash" + ")" * 21,
        " / ".join(["cash"] * 900),
        " - ".join(["cash"] * 900),
        "cash " * 10_000,
        "9" * 10_000,
        "x" * 1_000_000,
        "@" * 19_000,
    ],
)
def test_huge_and_deeply_nested_texts_are_refused_at_once(text: str) -> None:
    began = time.perf_counter()
    findings = COMPILER.compile(text)
    assert not isinstance(findings, Formula)
    assert len(findings) <= 20
    assert time.perf_counter() - began < 2


def test_indicators_that_double_at_every_step_are_refused() -> None:
    item = {"cash": (ItemName("balance", "cash", Type.MONEY, "stock", FACTS),)}
    doubling = {f"i{number}": f"i{number + 1} + i{number + 1}" for number in range(18)} | {"i18": "cash"}
    findings = compile_formula("i0", Names(item, indicators=doubling))
    assert not isinstance(findings, Formula)


@pytest.mark.parametrize("depth", [1, 19, 50])
def test_a_long_chain_of_deep_indicators_is_refused(depth: int) -> None:
    item = {"cash": (ItemName("balance", "cash", Type.MONEY, "stock", FACTS),)}
    chain = {f"i{number}": "abs(" * depth + f"i{number + 1}" + ")" * depth for number in range(500)} | {"i500": "cash"}
    findings = compile_formula("i0 + i0", Names(item, indicators=chain))
    assert not isinstance(findings, Formula)


def test_an_indicator_that_is_too_deep_under_others_is_sound_by_itself() -> None:
    item = {"cash": (ItemName("balance", "cash", Type.MONEY, "stock", FACTS),)}
    chain = {f"i{number}": "abs(" * 20 + f"i{number + 1}" + ")" * 20 for number in range(6)} | {"i6": "cash"}
    compiler = Compiler(Names(item, indicators=chain))
    deep = compiler.compile("i0")
    assert not isinstance(deep, Formula)
    assert [finding.text() for finding in deep] == ["nested deeper than 100 levels"]
    assert isinstance(compiler.compile("i3"), Formula)


def test_a_tight_knot_of_indicators_is_found_without_trying_every_way() -> None:
    count = 40
    everyone = " + ".join(f"i{number}" for number in range(count))
    knot = Names({}, indicators={f"i{number}": everyone for number in range(count)})
    began = time.perf_counter()
    findings = compile_formula("i0", knot)
    assert not isinstance(findings, Formula)
    assert findings[0].code == "formula.cycle"
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "text",
    [
        "select",
        "cash from x",
        "(select 1)",
        "cash as money",
        "cash; drop table x",
        "cash is null",
        "exists(cash)",
        "*",
        "count(*)",
    ],
)
def test_the_rest_of_sql_is_not_understood(text: str) -> None:
    assert not isinstance(COMPILER.compile(text), Formula)


def test_sql_words_may_be_item_codes() -> None:
    words = ("select", "date", "interval", "order", "group", "table", "month", "null", "cast", "current_date")
    items = {word: (ItemName("f", word, Type.MONEY, "stock", FACTS),) for word in words}
    compiled = compile_formula(" + ".join(words), Names(items))
    assert isinstance(compiled, Formula)
    assert {cell.item for cell in compiled.cells()} == set(words)


def test_names_are_never_changed_by_compiling() -> None:
    before = repr(NAMES)
    COMPILER.compile("debt_ratio + nothing")
    assert repr(NAMES) == before


@pytest.mark.parametrize(
    "text",
    [
        "abs(" * 20 + "cash" + ")" * 20,
        "(" * 20 + "cash" + ")" * 20,
        "case when cash > 0 then " * 20 + "cash" + " else cost end" * 20,
        " - ".join(["cash"] * 60),
    ],
)
def test_what_is_just_deep_enough_compiles_under_the_usual_stack(text: str) -> None:
    def at_depth(frames: int) -> object:
        return COMPILER.compile(text) if frames == 0 else at_depth(frames - 1)

    assert isinstance(at_depth(300), Formula)  # as deep as a web framework calls
    assert at_depth(850)  # deeper than there is room for: findings
