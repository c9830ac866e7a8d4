"""What changed in the law between two days, in words."""

from datetime import date

from guozi.packs.diff import diff
from tests.packs.small import edited, load_small

NEW = """versions:
  - effective: 2027-01-01
    issued: 2026-12-01
    status: unverified
    values:
      warning_line: {industrial: 63%, research: 60%}
    cite: {source: law-0}
"""


def said(before: int, after: int, language: str = "en", **only: tuple[str, ...]) -> list[str]:
    library = load_small(edited("mini/parameters/lines.yaml", "versions:\n", NEW))
    assert library.findings == ()
    return [change.text(language) for change in diff(library, date(before, 12, 31), date(after, 12, 31), **only)]


def test_a_changed_line_is_told_with_its_class_and_its_text() -> None:
    assert said(2026, 2027) == ["Warning line Industrial 65% → 63%, from 2027-01-01, Old measures"]
    (chinese,) = said(2026, 2027, "zh-hans")
    assert chinese.startswith("预警线 工业企业 65% → 63%")


def test_a_value_written_otherwise_is_no_change() -> None:
    assert [text for text in said(2026, 2027) if "Research" in text] == []


def test_nothing_changed_within_a_year() -> None:
    assert said(2020, 2021) == []


def test_all_kinds_of_change_are_told() -> None:
    assert said(2018, 2019) == [
        "Assets nothing → 3000万元, from 2019-01-01, Some measures (某令1号)",
        "Warning line Industrial nothing → 65%, from 2019-01-01, Some measures (某令1号)",
        "Warning line Research nothing → 0.60, from 2019-01-01, Some measures (某令1号)",
        "Debt ratio (total_liabilities + equity_of_minority) / total_assets → total_liabilities / total_assets, from 2019-01-01, Some measures (某令1号)",
        "Debt beyond its line Red nothing → debt_ratio >= 90%, from 2019-01-01, Some measures (某令1号)",
        "Debt beyond its line Orange nothing → debt_ratio >= param('lines.warning_line', enterprise.debt_class), from 2019-01-01, Some measures (某令1号)",
        "Short sheet: Contract assets nothing → a row, from 2019-01-01, Some measures (某令1号)",
    ]  # fmt: skip


def test_only_the_files_asked_for_are_compared() -> None:
    assert said(2018, 2019, paths=("mini/indicators",)) == said(2018, 2019, paths=("indicators/debt_ratio",))
    assert len(said(2018, 2019, paths=("indicators",))) == 1


def test_an_end_is_told_by_the_row_that_ended_it() -> None:
    row = "versions:\n  - {effective: 2022-01-01, issued: 2021-06-01, status: repealed, cite: {source: law-0}}\n"
    library = load_small(edited("mini/parameters/floor.yaml", "versions:\n", row))
    (change,) = diff(library, date(2021, 12, 31), date(2022, 12, 31))
    assert change.text("en") == "Assets 3000万元 → nothing, from 2022-01-01, Old measures"
