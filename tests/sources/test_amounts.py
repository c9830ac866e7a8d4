"""What people write where a number belongs is read exactly, or not at all."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from guozi.core.kernel.money import Unit
from guozi.sources.amounts import Amount, Bad, Content, Quick, read_amount
from tests.sources.made import HEADS, PERCENT, WAN, YUAN


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("1,234,567.80", "1234567.80"),
        ("１，２３４．５０", "1234.50"),
        ("－１２", "-12"),
        ("−12", "-12"),
        ("–12.5", "-12.5"),
        ("(1,234.50)", "-1234.50"),
        ("（１，２３４．５０）", "-1234.50"),
        ("+7", "7"),
        (" 1 234 567 ", "1234567"),
        ("1\u00a0234", "1234"),
        ("¥1,000", "1000"),
        ("￥1,000", "1000"),
        ("1.5E+08", "150000000"),
        ("1e-2", "0.01"),
        (".5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("-0", "0"),
        ("0.00", "0.00"),
    ],
)
def test_a_number_written_as_text_is_read(content: str, text: str) -> None:
    read = read_amount(content, YUAN, YUAN)
    assert isinstance(read, Amount)
    assert read.text == text
    assert read.note in ("number-as-text", "")


@pytest.mark.parametrize("content", [None, "", "  ", "-", "--", "---", "—", "——", "－", "–", "\u3000"])
def test_nothing_and_dashes_are_blank(content: Content) -> None:
    assert read_amount(content, YUAN, YUAN) == Amount()


@pytest.mark.parametrize("content", ["不适用", "N/A", "n/a", " 不适用 "])
def test_not_applicable_is_neither_blank_nor_zero(content: str) -> None:
    assert read_amount(content, YUAN, YUAN) == Amount(not_applicable=content.strip())


@pytest.mark.parametrize(
    "content",
    ["abc", "12元", "3万", "1,23", "12,34,567", "1.234,56", "1.2.3", "--5", "(-5)", "(5", "5)", "一", "١٢", "²", "3²", "½", "①", "1e", "nan", "inf", "Infinity", "1_000", "0x10", "1/2", "#REF!", "无", "5-", ".", "%", "()", "+", True, False],
)  # fmt: skip
def test_what_could_be_read_two_ways_or_none_is_not_read(content: Content) -> None:
    read = read_amount(content, YUAN, YUAN)
    assert isinstance(read, Bad)
    assert read.kind == "not-a-number"


@pytest.mark.parametrize("content", [date(2018, 1, 2), time(1, 2)])
def test_a_date_in_place_of_an_amount_is_said_to_be_one(content: Content) -> None:
    read = read_amount(content, YUAN, YUAN)
    assert isinstance(read, Bad)
    assert read.kind == "date-for-number"


@pytest.mark.parametrize(
    "content", ["1e30", "99999999999999999999", 1e300, float("inf"), float("nan"), "1e999", "9" * 5000, "1e-999"]
)
def test_an_amount_that_no_fact_can_hold_is_refused(content: Content) -> None:
    assert isinstance(read_amount(content, YUAN, YUAN), Bad)


def test_the_largest_amount_depends_on_the_unit() -> None:
    assert isinstance(read_amount("9999999999999999.99", YUAN, YUAN), Amount)
    assert isinstance(read_amount("9999999999999999.99", YUAN, WAN), Bad)


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        (215400.0, "215400", ""),
        (1234.5, "1234.5", ""),
        (0.1 + 0.2, "0.3", "float-noise"),
        (1234567.1 + 0.2, "1234567.3", ""),
        (33.3 * 3, "99.9", "float-noise"),
        (4.35 * 100, "435", "float-noise"),
        (-1.1 - 2.2, "-3.3", "float-noise"),
        (1 / 3, "0.3333333333333333", "too-fine"),
        (12.345, "12.345", "too-fine"),
        (9007199254740993.0, "9007199254740992", ""),
        (1e-7, "0.0000001", "too-fine"),
        (0.0, "0", ""),
        (-0.0, "0", ""),
    ],
)
def test_a_float_is_its_shortest_decimal_and_only_evident_noise_is_rounded(
    content: float, text: str, note: str
) -> None:
    assert read_amount(content, YUAN, YUAN) == Amount(text, note, repr(content))


def test_the_smallest_step_is_a_cent_in_the_filings_own_unit() -> None:
    assert read_amount(12.345678, YUAN, WAN) == Amount("12.345678", "", "12.345678")
    assert read_amount(0.1 + 0.2, YUAN, WAN) == Amount("0.3", "float-noise", repr(0.1 + 0.2))


def test_a_percentage_is_read_for_a_ratio_and_refused_for_money() -> None:
    assert read_amount("12.5%", PERCENT, YUAN) == Amount("12.5", "number-as-text", "12.5%")
    assert read_amount("１２％", PERCENT, YUAN) == Amount("12", "number-as-text", "１２％")
    refused = read_amount("12.5%", YUAN, YUAN)
    assert isinstance(refused, Bad)
    assert refused.kind == "percent-for-number"


def test_a_count_is_not_rounded_to_cents() -> None:
    assert read_amount(0.1 + 0.2, HEADS, YUAN) == Amount("0.3", "float-noise", repr(0.1 + 0.2))
    assert read_amount("1,200", HEADS, YUAN) == Amount("1200", "number-as-text", "1,200")


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=2))
def test_every_way_to_write_an_amount_gives_the_same_amount(value: Decimal) -> None:
    full = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")
    plain = f"{value:f}"
    ways = [plain, f"{value:,f}", f"{value:,f}".translate(full), f" {plain} "]
    if value < 0:
        ways.append(f"({-value:,f})")
        ways.append(f"（{-value:f}）")
    for way in ways:
        read = read_amount(way, YUAN, YUAN)
        assert isinstance(read, Amount)
        assert Decimal(read.text or "x") == value


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_a_cent_amount_stored_as_a_binary_fraction_comes_back_exactly(value: Decimal) -> None:
    read = read_amount(float(value), YUAN, YUAN)
    assert isinstance(read, Amount)
    assert Decimal(read.text or "x") == value


@given(st.lists(st.decimals(min_value=-(10**7), max_value=10**7, places=2), min_size=2, max_size=30))
def test_a_sum_worked_in_binary_fractions_is_the_sum_in_cents(values: list[Decimal]) -> None:
    total = 0.0
    for value in values:
        total += float(value)
    read = read_amount(total, YUAN, YUAN)
    assert isinstance(read, Amount)
    if abs(total) > 1000:  # below, what cancels out may leave noise larger than a hundredth of a cent of what is left
        assert Decimal(read.text or "x") == sum(values)


@given(st.text(max_size=30) | st.floats() | st.booleans() | st.dates() | st.integers())
def test_no_content_raises_and_what_is_read_is_a_plain_decimal(content: Content) -> None:
    for unit in (YUAN, PERCENT, HEADS):
        read = read_amount(content, unit, WAN)
        if isinstance(read, Amount) and read.text is not None:
            assert Decimal(read.text).is_finite()
            assert set(read.text) <= set("-0123456789.")


@given(
    st.floats() | st.decimals(min_value=-(10**13), max_value=10**13, places=4).map(float), st.sampled_from([YUAN, WAN])
)
def test_the_short_way_gives_what_the_long_way_gives(number: float, unit: Unit) -> None:
    text = Quick(unit).text(number)
    assert text == "" or read_amount(number, unit, unit) == Amount(text, "", repr(number))
