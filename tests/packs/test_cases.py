"""The cases of packs pass where they are right and fail where a formula, a line or an expectation is wrong."""

import pytest

from guozi.engines.reference import Judge
from guozi.packs.testing import CaseResult, run
from tests.packs.small import edited, load_small


def failed(changed: dict[str, bytes]) -> list[CaseResult]:
    library = load_small(changed)
    return [result for result in run(library, Judge) if not result.ok]


def test_the_cases_of_the_small_pack_pass() -> None:
    results = run(load_small(), Judge)
    assert len(results) == 24
    assert [result for result in results if not result.ok] == []


@pytest.mark.parametrize(
    ("path", "old", "new", "case", "got"),
    [
        ("tests/indicators/debt_ratio", "expect: 60%", "expect: 60.000001%", "plain", "0.60000000"),
        ("tests/indicators/debt_ratio", "printed: 66.67%", "printed: 66.66%", "thirds", "66.67%"),
        ("tests/indicators/debt_ratio", "unknown: not-meaningful", "unknown: blank", "no_assets", "not-meaningful"),
        ("tests/indicators/debt_ratio", "unknown: no-law", "expect: 60%", "too_early", "no-law debt_ratio"),
        (
            "indicators/debt_ratio",
            "total_liabilities / total",
            "total_equity / total",
            "plain",
            "not-offered total_equity",
        ),
        ("parameters/lines", "65%", "66%", "industrial", "0.66000000"),
        ("tests/reporting/sheet", "cash: 71", "cash: 70", "cash_too_large", "nothing"),
        ("tests/reporting/sheet", "trips: [B1, B3]", "trips: [B1]", "all_too_large", "B1, B3"),
        ("warning/debt_line", "debt_ratio >= param", "debt_ratio > param", "on_the_line", "silent on the line"),
        ("warning/debt_line", "[consolidated]", "[single, consolidated]", "single", "orange"),
    ],
)
def test_a_case_that_does_not_hold_says_what_came(path: str, old: str, new: str, case: str, got: str) -> None:
    results = {result.id.rpartition(":")[2]: result for result in failed(edited(f"mini/{path}.yaml", old, new))}
    assert results[case].got == got
    assert results[case].expected != got


def test_a_blank_cell_means_what_its_row_says() -> None:
    blank = edited(
        "mini/tests/indicators/debt_ratio.yaml",
        "{total_liabilities: 60, total_assets: 100}, expect: 60%",
        "{total_liabilities: blank, total_assets: 100}, expect: 0",
    )
    assert failed(blank) == []
    unknown = edited("mini/reporting/sheet.yaml", "en: Total liabilities}", "en: Total liabilities, blank: unknown}")
    assert [result.got for result in failed(blank | unknown)][:1] == ["blank total_liabilities"]


def test_a_form_that_no_cell_speaks_of_was_not_filed() -> None:
    lagged = edited(
        "mini/indicators/debt_ratio.yaml",
        "total_liabilities / total_assets",
        "total_liabilities / year_ago(total_assets)",
    )
    assert "not-filed sheet 2019" in [result.got for result in failed(lagged)]


def test_one_yuan_off_trips_a_check_and_rounding_to_ten_thousand_does_not() -> None:
    rounded = edited("mini/tests/reporting/sheet.yaml", "period: 2020", "period: 2020\nunit: wan_yuan")
    assert "cash_too_large" in {result.id.rpartition(":")[2] for result in failed(rounded)}


def test_only_the_paths_asked_for_are_run() -> None:
    assert {result.id.partition(":")[0] for result in run(load_small(), Judge, ("mini/tests/parameters",))} == {
        "mini/tests/parameters/floor.yaml",
        "mini/tests/parameters/lines.yaml",
    }
