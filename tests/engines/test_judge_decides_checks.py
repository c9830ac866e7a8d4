"""A check holds, fails with both sides, could not be evaluated, or is skipped."""

from decimal import Decimal

import pytest

from guozi.core.formula.engine import CheckResult, Outcome
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.reference import Judge
from tests.engines.books import book, rule

CENT = Decimal("0.01")
SUM = "total_assets = current_assets + non_current_assets"


def outcome(text: str, cells: dict[str, str | Unknown], step: Decimal = CENT, **more: str) -> Outcome:
    return Judge(book(cells)).check(rule(text, **more), step).outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "step", "expected"),
    [
        ("30.00", CENT, Outcome.HOLDS),
        ("30.01", CENT, Outcome.HOLDS),
        ("29.99", CENT, Outcome.HOLDS),
        ("30.02", CENT, Outcome.FAILS),
        ("29.98", CENT, Outcome.FAILS),
        ("15030.00", Decimal(10_000), Outcome.HOLDS),
        ("15030.01", Decimal(10_000), Outcome.FAILS),
    ],
)
def test_a_sum_holds_within_three_halves_of_the_rounding_step(total: str, step: Decimal, expected: Outcome) -> None:
    assert outcome(SUM, {"total_assets": total, "current_assets": "10", "non_current_assets": "20"}, step) is expected


@pytest.mark.parametrize(
    ("text", "cash", "expected"),
    [
        ("cash <= inventories", "10.01", Outcome.HOLDS),
        ("cash <= inventories", "10.02", Outcome.FAILS),
        ("cash <= inventories", "-500", Outcome.HOLDS),
        ("cash >= inventories", "9.99", Outcome.HOLDS),
        ("cash >= inventories", "9.98", Outcome.FAILS),
        ("cash < inventories", "10.00", Outcome.FAILS),
        ("cash > inventories", "10.00", Outcome.FAILS),
        ("cash <> inventories", "10.01", Outcome.HOLDS),
        ("cash = inventories and true", "10.01", Outcome.FAILS),
        ("not cash <> inventories", "10.01", Outcome.FAILS),
        ("cash / inventories = 1", "10.01", Outcome.FAILS),
    ],
)
def test_the_tolerance_is_for_the_top_comparison_of_money_alone(text: str, cash: str, expected: Outcome) -> None:
    assert outcome(text, {"cash": cash, "inventories": "10"}) is expected


def test_a_failed_check_shows_both_sides_the_difference_and_the_tolerance() -> None:
    known = book({"total_assets": "1001", "current_assets": "600", "non_current_assets": "300.5"})
    assert Judge(known).check(rule(SUM, code="B1"), CENT, 7, "0") == CheckResult(
        "B1", 7, "0", Outcome.FAILS, Decimal("1001.00"), Decimal("900.50"), Decimal("100.50"), Decimal("0.015")
    )


def test_a_failed_comparison_of_texts_has_sides_and_no_difference() -> None:
    result = Judge(book({"remark": "a"})).check(rule("remark = 'b'"), CENT)
    assert (result.left, result.right, result.difference, result.tolerance) == ("a", "b", None, None)


def test_a_check_with_an_unknown_side_tells_the_reason_and_nothing_else() -> None:
    known = book({"total_assets": "1", "current_assets": Unknown(Why.BLANK, "current_assets")})
    assert Judge(known).check(rule(SUM), CENT) == CheckResult(
        "R", 0, "", Outcome.UNKNOWN, reason=Unknown(Why.BLANK, "current_assets")
    )


@pytest.mark.parametrize(("cost", "expected"), [("1", Outcome.FAILS), ("0", Outcome.SKIPPED)])
def test_a_check_whose_condition_is_not_met_is_skipped(cost: str, expected: Outcome) -> None:
    assert outcome("cash = 0", {"cash": "5", "cost": cost}, when="cost > 0") is expected


def test_a_check_whose_condition_is_unknown_is_skipped() -> None:
    assert outcome("cash = 0", {"cash": "5", "cost": Unknown(Why.BLANK, "cost")}, when="cost > 0") is Outcome.SKIPPED


def test_a_stated_tolerance_counts_in_yuan() -> None:
    assert outcome("cash = inventories", {"cash": "15", "inventories": "10"}, tolerance="5") is Outcome.HOLDS
    assert outcome("cash = inventories", {"cash": "15.01", "inventories": "10"}, tolerance="5") is Outcome.FAILS
