"""Terms of a sum, half a rounding step each, at the top comparison of money only."""

from decimal import Decimal

import pytest

from guozi.core.formula.checks import applied_tolerance, concerned, step_tolerance, terms, top_cells
from tests.engines.books import formula, rule


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("total_assets = current_assets + non_current_assets", 2),
        ("total_assets = total_liabilities", 1),
        ("total_assets - total_liabilities = total_equity", 2),
        ("cash + inventories <= current_assets", 2),
        ("2 * cash = inventories", 2),
        ("cash = mean(inventories, current_assets)", 1),
        ("cash = 0", 1),
        ("cash * rate = inventories", 2),
        ("debt_ratio = 0.5", 0),
        ("cash = 0 and inventories = 0", 0),
        ("cash", 0),
    ],
)
def test_terms_are_the_amounts_that_are_added_up(text: str, count: int) -> None:
    assert terms(formula(text)) == count


def test_each_term_and_the_total_may_be_off_by_half_a_step() -> None:
    assert step_tolerance(2, Decimal("0.01")) == Decimal("0.015")
    assert step_tolerance(3, Decimal(10_000)) == 20_000


@pytest.mark.parametrize("sign", ["=", "<=", ">="])
def test_it_applies_to_equality_and_to_both_bounds(sign: str) -> None:
    assert applied_tolerance(rule(f"cash {sign} inventories"), Decimal(1)) == 1


@pytest.mark.parametrize(
    "text", ["cash <> inventories", "cash < inventories", "debt_ratio = 0.5", "remark = 'a'", "not cash = 0"]
)
def test_it_applies_to_nothing_else(text: str) -> None:
    assert applied_tolerance(rule(text, tolerance="5"), Decimal(1)) is None


def test_a_stated_tolerance_takes_the_place_of_the_computed_one() -> None:
    assert applied_tolerance(rule("cash = inventories", tolerance="5"), Decimal(1)) == 5
    assert applied_tolerance(rule("cash = inventories", tolerance="0"), Decimal(1)) == 0


def test_what_an_unknown_concerns_is_named_by_code() -> None:
    assert concerned(formula("mean(opening(total_equity), total_equity)").root) == "total_equity"
    assert concerned(formula("cash + revenue").root) == "cash, revenue"
    assert concerned(formula("debt_ratio").root) == "debt_ratio"
    assert concerned(formula("param('profit.floor')").root) == "profit.floor"


def test_what_stands_under_otherwise_belongs_to_its_cell() -> None:
    assert [cell.column for cell in top_cells(formula("opening(cash) + cash + cash").root)] == ["opening", "closing"]
