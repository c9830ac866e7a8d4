"""The national pack: no finding, every case holds, and it loads in a moment."""

import time
from datetime import date

import pytest

from guozi.core.kernel.asof import AsOf
from guozi.engines.reference import Judge
from guozi.packs import load, picture
from guozi.packs.library import Library
from guozi.packs.testing import run


@pytest.fixture(scope="module")
def national() -> Library:
    return load()


def test_it_has_no_finding(national: Library) -> None:
    assert "\n".join(picture(finding) for finding in national.findings) == ""


def test_every_case_holds(national: Library) -> None:
    results = run(national, Judge)
    assert len(results) > 100
    assert [result for result in results if not result.ok] == []


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_year_has_its_forms_checks_and_indicators(national: Library, year: int) -> None:
    book = national.rulebook(AsOf(date(year, 12, 31), date(2026, 11, 24)))
    assert set(book.forms) == {"balance_sheet", "income_statement", "cash_flow"}
    assert {"debt_ratio", "return_on_equity"} <= set(book.indicators)
    bound = {check.check.code for check in book.all_checks()}
    assert {"B1", "B2", "B3", "B4", "P1.net_profit", "P2.ownership", "C1.net_increase_in_cash"} <= bound


def test_it_loads_within_a_second(national: Library) -> None:
    start = time.perf_counter()
    load()
    assert time.perf_counter() - start < 1
