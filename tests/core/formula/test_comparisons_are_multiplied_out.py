"""N / D against a line or against another quotient: the multiplied-out form decides as exact fractions do."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from guozi.core.formula.normal import Linear, Multiplied, multiplied
from guozi.core.formula.tree import Value
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.reference import Judge
from tests.engines.books import DictBook, book, formula

_TURNED = {
    "less": "greater",
    "less_or_equal": "greater_or_equal",
    "greater": "less",
    "greater_or_equal": "less_or_equal",
}

FORMS = [
    "cash / revenue >= 0.7",
    "revenue / year_ago(revenue) - 1 >= 0.1",
    "growth > debt_ratio",
    "cash / revenue < inventories / cost",
    "cash / revenue = 1 / 3",
    "(cash - 2 * cost) / (revenue - cost) <> 1",
    "debt_ratio >= param('debt_ratio.warning_line', enterprise.debt_class)",
    "cash / mean(inventories, cost) <= 2 / 3",
    "-(cash / revenue) / 2 > -70%",
    "cash / revenue + cost / revenue >= 1",
    "1 - cash / revenue < 0.25",
    "cash / (0 - revenue) >= 0.5",
    "(cash + cost) * 0.7 >= inventories",
    "cash - cash >= 0",
    "coalesce(cash, 0) / max(revenue, cost) >= 0.5",
    "abs(cash - cost) / revenue > 1 / 7",
]
NOT_LINEAR = [
    "cash / revenue * (cost / inventories) > 1",
    "cash / revenue + cost / inventories > 1",
    "round(cash / revenue, 2) > 1",
    "cash * rate > cost",
    "case when cash > 0 then cash else cost end / revenue > 1",
    "cash / (cost / revenue) > 1元",
    "cash / revenue - param('debt_ratio.warning_line', 'industrial') > 0",
    "cash / 0 > 1元",
]


def evaluated(linear: Linear, judge: Judge) -> Value:
    total = Fraction(linear.constant)
    for atom, coefficient in linear.terms:
        value = judge.value(atom)
        if not isinstance(value, Fraction):
            return value
        total += coefficient * value
    return total


def decided(form: Multiplied, judge: Judge) -> bool | None:
    """The truth as an engine finds it from the multiplied-out form; None where it is unknown."""
    parts = [evaluated(part, judge) for side in (form.left, form.right) for part in (side.numerator, side.denominator)]
    known = [part for part in parts if isinstance(part, Fraction)]
    if len(known) < 4 or known[1] * known[3] == 0:
        return None
    function = form.function if known[1] * known[3] > 0 else _TURNED.get(form.function, form.function)
    left, right = known[0] * known[3], known[2] * known[1]
    return {
        "equal": left == right,
        "not_equal": left != right,
        "less": left < right,
        "less_or_equal": left <= right,
        "greater": left > right,
        "greater_or_equal": left >= right,
    }[function]


amounts = st.sampled_from(
    [
        Decimal(0),
        Decimal("0.01"),
        Decimal(1),
        Decimal(2),
        Decimal(3),
        Decimal(-3),
        Decimal(7),
        Decimal(10),
        Decimal("-0.07"),
    ]
)
cells = st.one_of(amounts, st.decimals("-9999999", "9999999", places=2), st.just(Unknown(Why.BLANK, "x")))
CELLS = ("cash", "revenue", "year_ago(revenue)", "inventories", "cost", "total_liabilities", "total_assets")


@st.composite
def books(draw: st.DrawFn) -> DictBook:
    given_cells = {name: draw(cells) for name in CELLS}
    return book(
        given_cells, {"enterprise.debt_class": "industrial"}, {("debt_ratio.warning_line", "industrial"): "0.65"}
    )


@given(books(), st.sampled_from(FORMS))
@settings(max_examples=600, deadline=None)
def test_it_decides_as_the_judge_does(known: DictBook, text: str) -> None:
    root = formula(text).root
    form = multiplied(root)
    assert form is not None
    judge = Judge(known)
    truth = judge.value(root)
    assert decided(form, judge) == (None if isinstance(truth, Unknown) else truth)


@pytest.mark.parametrize("text", NOT_LINEAR)
def test_what_is_not_linear_is_left_to_others(text: str) -> None:
    assert multiplied(formula(text).root) is None


def test_coefficients_are_whole() -> None:
    form = multiplied(formula("revenue / year_ago(revenue) - 1 >= 0.1").root)
    assert form is not None
    assert [coefficient for _, coefficient in form.left.numerator.terms] == [1, -1]
    assert (form.right.numerator.constant, form.right.denominator.constant) == (1, 10)


def test_an_atom_that_cancels_stays_so_that_its_unknown_is_seen() -> None:
    form = multiplied(formula("cash - cash >= 0").root)
    assert form is not None
    assert [coefficient for _, coefficient in form.left.numerator.terms] == [0]


def test_a_growth_on_the_line_is_on_the_line() -> None:
    known = book({"revenue": 220_000_000, "year_ago(revenue)": 200_000_000})
    below = book({"revenue": "219999999.99", "year_ago(revenue)": 200_000_000})
    form = multiplied(formula("growth >= 0.1").root)
    assert form is not None
    assert decided(form, Judge(known)) is True
    assert decided(form, Judge(below)) is False
