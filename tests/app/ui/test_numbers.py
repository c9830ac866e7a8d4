"""How numbers are written."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given, strategies as st

from guozi.app.ui.numbers import (
    MINUS,
    MoneyUnit,
    Sense,
    Tone,
    change,
    grouped,
    money,
    percent,
    plain,
    points,
    unknown_reason,
    unknown_word,
)
from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.unknown import Unknown, Why

HIGHER, LOWER, NEITHER = Direction.HIGHER, Direction.LOWER, Direction.NEITHER


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("231847000000", MoneyUnit.YI, "2,318.47"),
        ("231847000000", MoneyUnit.WAN, "23,184,700.00"),
        ("231847000000.5", MoneyUnit.YUAN, "231,847,000,000.50"),
        ("-124000000", MoneyUnit.YI, f"{MINUS}1.24"),
        ("0", MoneyUnit.YI, "0.00"),
        ("500000", MoneyUnit.YI, "0.01"),
        ("499999.99", MoneyUnit.YI, "0.00"),
    ],
)
def test_money_has_thousands_two_places_and_a_true_minus(value: str, unit: MoneyUnit, shown: str) -> None:
    assert money(Decimal(value), unit) == shown


def test_a_negative_amount_that_rounds_to_zero_carries_no_minus() -> None:
    assert money(Decimal("-1"), MoneyUnit.YI) == "0.00"


def test_a_half_is_rounded_away_from_zero_on_both_sides() -> None:
    assert (grouped(Decimal("1.005")), grouped(Decimal("-1.005"))) == ("1.01", f"{MINUS}1.01")


def test_a_fraction_without_an_end_is_shown_like_any_number() -> None:
    assert percent(Fraction(1, 3)) == "33.33"
    assert plain(Fraction(1, 3)) == "0.33333333333333333333"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_the_machine_form_of_a_number_reads_back_as_the_same_number(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)


@pytest.mark.parametrize(
    ("why", "en", "zh"),
    [
        (Why.NOT_FILED, "\u2014", "\u2014"),
        (Why.BLANK, "\u2014", "\u2014"),
        (Why.NOT_APPLICABLE, "N/A", "不适用"),
        (Why.NOT_MEANINGFUL, "n.m.", "无意义"),
    ],
)
def test_zero_not_filed_and_not_applicable_are_three_different_things(why: Why, en: str, zh: str) -> None:
    with translation.override("en"):
        assert unknown_word(Unknown(why)) == en
    with translation.override("zh-hans"):
        assert unknown_word(Unknown(why)) == zh


def test_every_reason_of_an_unknown_is_said_in_both_languages() -> None:
    for why in Why:
        with translation.override("en"):
            english = unknown_reason(Unknown(why, "x"))
        with translation.override("zh-hans"):
            chinese = unknown_reason(Unknown(why, "x"))
        assert english.endswith("x")
        assert chinese.endswith("x")
        assert english != chinese


@pytest.mark.parametrize(
    ("now", "before", "direction", "text", "arrow", "tone"),
    [
        ("105", "100", HIGHER, "5.0%", "up", Tone.FAVOURABLE),
        ("96.7", "100", HIGHER, "3.3%", "down", Tone.UNFAVOURABLE),
        ("105", "100", LOWER, "5.0%", "up", Tone.UNFAVOURABLE),
        ("95", "100", LOWER, "5.0%", "down", Tone.FAVOURABLE),
        ("105", "100", NEITHER, "5.0%", "up", Tone.NEUTRAL),
        ("0", "100", HIGHER, "100.0%", "down", Tone.UNFAVOURABLE),
        ("100.04", "100", HIGHER, "Unchanged", "", Tone.NEUTRAL),
        ("0", "0", HIGHER, "Unchanged", "", Tone.NEUTRAL),
        ("5", "0", HIGHER, "New", "", Tone.NEUTRAL),
    ],
)
def test_a_change_has_an_arrow_one_place_and_the_tone_of_its_direction(
    now: str, before: str, direction: Direction, text: str, arrow: str, tone: Tone
) -> None:
    with translation.override("en"):
        found = change(Decimal(now), Decimal(before), direction)
    assert (found.text, found.arrow, found.tone) == (text, arrow, tone)


@pytest.mark.parametrize(
    ("now", "before", "words", "tone"),
    [
        ("-3", "100", "由盈转亏", Tone.UNFAVOURABLE),
        ("100", "-3", "扭亏为盈", Tone.FAVOURABLE),
        ("-5", "-3", "增亏", Tone.UNFAVOURABLE),
        ("-1", "-3", "减亏", Tone.FAVOURABLE),
        ("0", "-3", "减亏", Tone.FAVOURABLE),
    ],
)
def test_a_base_of_loss_or_a_turned_sign_gives_words_and_no_percentage(
    now: str, before: str, words: str, tone: Tone
) -> None:
    with translation.override("zh-hans"):
        found = change(Decimal(now), Decimal(before), HIGHER, Sense.PROFIT)
    assert (found.text, found.arrow, found.tone) == (words, "", tone)


def test_a_flow_that_turns_negative_is_not_called_a_loss() -> None:
    with translation.override("zh-hans"):
        assert change(Decimal(-3), Decimal(100), HIGHER).text == "由正转负"


def test_a_difference_of_ratios_is_in_percentage_points() -> None:
    with translation.override("zh-hans"):
        found = points(Decimal("0.6184"), Decimal("0.6152"), LOWER)
    assert (found.text, found.unit, found.arrow, found.tone) == ("0.32", "个百分点", "up", Tone.UNFAVOURABLE)
    assert found.spoken == "上升（不利）"


def test_a_difference_too_small_to_show_is_no_change() -> None:
    with translation.override("en"):
        assert points(Decimal("0.61840"), Decimal("0.61836"), LOWER).text == "Unchanged"
