"""Amounts are read exactly in every way that a person writes them, and nothing else is."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from guozi.packs.vocabulary import AmountError, Vocabulary, read_amount, suggest_number
from tests.packs.small import load_small

WORDS: Vocabulary = load_small().vocabulary


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("70%", "percent", Fraction(7, 10)),
        ("0.70", "percent", Fraction(7, 10)),
        ("-3.5%", "percent", Fraction(-35, 1000)),
        ("3000万元", "yuan", Fraction(30_000_000)),
        ("3000 万元", "yuan", Fraction(30_000_000)),
        ("1亿元", "yuan", Fraction(100_000_000)),
        ("12", "wan_yuan", Fraction(120_000)),
        ("0.1元", "wan_yuan", Fraction(1, 10)),
    ],
)
def test_a_written_amount_has_one_exact_value(text: str, unit: str, value: Fraction) -> None:
    assert read_amount(text, WORDS.units[unit], WORDS) == value


@pytest.mark.parametrize(
    "text", ["", "%", "元", "1e3", "07", "1,000", "--1", "1.", ".5", "\uff11", "NaN", "1%%", "1元元"]
)
def test_nothing_else_is_an_amount(text: str) -> None:
    with pytest.raises(AmountError):
        read_amount(text, WORDS.units["yuan"], WORDS)


@pytest.mark.parametrize(
    ("text", "right"),
    [("07", "7"), ("3.4e1", "34"), ("1,000", "1000"), ("1_000", "1000"), ("+5", "5"), ("\uff16\uff15", "65"), ("-0.50", "-0.50"), ("1e-2", "0.01")],
)  # fmt: skip
def test_the_right_way_to_write_a_number_is_shown(text: str, right: str) -> None:
    assert suggest_number(text) == right


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_keeps_every_digit(number: object) -> None:
    assert read_amount(str(number), WORDS.units["percent"], WORDS) == Fraction(str(number))
    assert read_amount(f"{number}%", WORDS.units["percent"], WORDS) == Fraction(str(number)) / 100
