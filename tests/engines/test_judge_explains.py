"""An explanation is the same tree with its values; its top is the value itself."""

from fractions import Fraction

from hypothesis import given, strategies as st

from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.reference import Judge
from tests.engines.books import book, formula

TEXTS = [
    "growth >= debt_ratio",
    "return_on_equity",
    "coalesce(cash, 0) / max(cost, revenue)",
    "case when cash > cost then cash else abs(cost) end",
    "debt_ratio > line and cash > 0",
]


def test_every_part_shows_its_text_and_value() -> None:
    known = book({"net_profit": 3, "opening(total_equity)": 10, "total_equity": 20})
    text = "1 - return_on_equity"
    top = Judge(known).explain(formula(text).root, text)
    assert [(part.kind, part.label, part.text, part.value) for part in top.walk()] == [
        ("call", "subtract", "1 - return_on_equity", Fraction(4, 5)),
        ("constant", "1", "1", 1),
        ("named", "return_on_equity", "return_on_equity", Fraction(1, 5)),
        ("call", "divide", "net_profit / mean(opening(total_equity), total_equity)", Fraction(1, 5)),
        ("cell", "net_profit", "net_profit", 3),
        ("call", "mean", "mean(opening(total_equity), total_equity)", 15),
        ("cell", "total_equity", "opening(total_equity)", 10),
        ("cell", "total_equity", "total_equity", 20),
    ]


def test_a_cell_that_was_replaced_says_so_and_shows_what_replaced_it() -> None:
    known = book({"opening(cash)": Unknown(Why.NOT_OFFERED, "cash"), "year_ago(cash)": 8})
    top = Judge(known).explain(formula("opening(cash)").root, "opening(cash)")
    assert (top.value, top.used_otherwise) == (8, True)
    assert [(part.cell.column, part.cell.years_back) for part in top.parts if part.cell] == [("closing", 1)]


def test_a_parameter_shows_its_key() -> None:
    known = book({}, {"enterprise.debt_class": "industrial"}, {("debt_ratio.warning_line", "industrial"): "0.65"})
    top = Judge(known).explain(formula("line").root, "line")
    assert [(part.kind, part.label, part.value) for part in top.walk()] == [
        ("named", "line", Fraction(13, 20)),
        ("parameter", "debt_ratio.warning_line", Fraction(13, 20)),
        ("attribute", "enterprise.debt_class", "industrial"),
    ]


@given(
    st.sampled_from(TEXTS),
    st.lists(st.one_of(st.integers(-3, 3), st.just(Unknown(Why.BLANK, "x"))), min_size=9, max_size=9),
)
def test_its_top_is_the_number_that_is_shown(text: str, values: list[int | Unknown]) -> None:
    names = (
        "revenue",
        "year_ago(revenue)",
        "total_assets",
        "total_liabilities",
        "net_profit",
        "opening(total_equity)",
        "total_equity",
        "cash",
        "cost",
    )
    judge = Judge(book(dict(zip(names, values, strict=True))))
    root = formula(text).root
    assert judge.explain(root, text).value == judge.value(root)
