"""Rounding: exact, halves away from zero, zero without a sign, decimals and fractions alike."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from guozi.core.kernel.money import LARGEST, round_half_away, to_cents, to_ratio


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.015", "0.02"),
        ("0.0049999", "0.00"),
        ("-1.005", "-1.01"),
        ("2", "2.00"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: str, cents: str) -> None:
    assert str(to_cents(Decimal(value))) == cents


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert str(to_cents(Decimal("-0.001"))) == "0.00"
    assert str(to_ratio(Fraction(-1, 10**10))) == "0E-8"


@given(
    st.decimals(-LARGEST, LARGEST, allow_nan=False, allow_infinity=False, places=10),
    st.sampled_from([Decimal("0.01"), Decimal("0.00000001"), Decimal(1)]),
)
def test_a_decimal_and_the_equal_fraction_round_alike(value: Decimal, step: Decimal) -> None:
    rounded = round_half_away(value, step)
    assert rounded == round_half_away(Fraction(value), step)
    assert abs(Fraction(rounded) - Fraction(value)) <= Fraction(step) / 2


def test_a_step_of_ten_thousand_rounds_to_whole_ten_thousands() -> None:
    assert round_half_away(Decimal("15000"), Decimal(10000)) == Decimal(20000)
