"""The judge's arithmetic: exact to the end, rounded once, half away from zero, never larger than facts can hold."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from guozi.core.kernel.money import LARGEST
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.reference import Judge
from tests.engines.books import book, formula


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cash + cost - revenue", Decimal("-4.00")),
        ("-cash * 2", Decimal("-4.00")),
        ("cash / cost", Decimal("0.66666667")),
        ("-cash / cost", Decimal("-0.66666667")),
        ("cash / 3 * 3", Decimal("2.00")),
        ("mean(cash, cost, revenue)", Decimal("4.67")),
        ("min(cash, cost, revenue)", Decimal("2.00")),
        ("max(cash, cost, revenue)", Decimal("9.00")),
        ("abs(cash - revenue)", Decimal("7.00")),
        ("cash / 400", Decimal("0.01")),
        ("-cash / 400", Decimal("-0.01")),
        ("round(cash / cost, 2)", Decimal("0.67000000")),
        ("round(revenue / cash)", Decimal("5.00000000")),
        ("round(-revenue / cash)", Decimal("-5.00000000")),
        ("round(revenue, -1)", Decimal("10.00")),
        ("revenue / headcount", Decimal("2.25000000")),
        ("case when cash > cost then 1 when cash < cost then 2 else 3 end", Decimal("2.00000000")),
        ("coalesce(cash, cost)", Decimal("2.00")),
        ("remark", "steel"),
        ("remark = 'steel' and listed_on > '2025-12-31'", True),
        ("cash in (1元, 2元) and not cash between 3元 and 9元", True),
    ],
)
def test_a_value_is_rounded_once_at_the_end(text: str, expected: object) -> None:
    known = book({"cash": 2, "cost": 3, "revenue": 9, "headcount": 4, "remark": "steel", "listed_on": date(2026, 1, 1)})
    found = Judge(known).final(formula(text))
    assert found == expected
    assert str(found) == str(expected)


def test_a_growth_of_just_under_a_tenth_is_under_a_tenth() -> None:
    known = book({"revenue": "219999999.99", "year_ago(revenue)": "200000000"})
    assert Judge(known).value(formula("growth >= 0.1").root) is False
    assert Judge(known).value(formula("growth").root) == Fraction(1_999_999_999, 20_000_000_000)


def test_intermediates_may_be_larger_than_any_amount() -> None:
    known = book({"cash": LARGEST, "cost": LARGEST})
    assert Judge(known).final(formula("(cash + cost) / 2")) == LARGEST


@pytest.mark.parametrize("text", ["cash + cost", "-cash - cost"])
def test_an_amount_beyond_what_facts_hold_is_too_large(text: str) -> None:
    known = book({"cash": LARGEST, "cost": "0.01"})
    assert Judge(known).final(formula(text)) == Unknown(Why.TOO_LARGE, "cash, cost")


def test_a_ratio_beyond_what_facts_hold_is_too_large() -> None:
    known = book({"cash": LARGEST, "cost": "0.01", "revenue": "0.0001"})
    assert Judge(known).final(formula("cash / cost")) == Decimal("999999999999999999.00000000")
    assert Judge(known).final(formula("cash / cost * 1000")) == Unknown(Why.TOO_LARGE, "cash, cost")
