"""What is in force: by the period's end and by what was known; drafts never; after a repeal nothing."""

from datetime import date
from fractions import Fraction

from guozi.core.formula.tree import Cell
from guozi.core.kernel.asof import AsOf, Status
from guozi.core.kernel.unknown import Unknown, Why
from guozi.packs.library import Library
from tests.packs.small import edited, load_small


def at(year: int, known: int = 2026) -> AsOf:
    return AsOf(date(year, 12, 31), date(known, 1, 1))


def text(library: Library, when: AsOf) -> str | None:
    bound = library.rulebook(when).indicators.get("debt_ratio")
    return bound.formula.text if bound else None


def test_the_row_of_the_period_is_taken() -> None:
    assert text(load_small(), at(2019)) == "total_liabilities / total_assets"
    assert text(load_small(), at(2018)) == "(total_liabilities + equity_of_minority) / total_assets"


def test_before_the_first_row_nothing_is_in_force() -> None:
    assert text(load_small(), at(2006)) is None
    assert load_small().rulebook(at(2006)).missing("debt_ratio") == Unknown(Why.NO_LAW, "debt_ratio")


def test_a_row_that_was_not_yet_known_does_not_count() -> None:
    assert text(load_small(), at(2019, known=2018)) == "(total_liabilities + equity_of_minority) / total_assets"


def test_a_law_in_force_from_july_governs_that_whole_year() -> None:
    library = load_small(edited("mini/indicators/debt_ratio.yaml", "effective: 2019-01-01", "effective: 2018-07-01"))
    assert text(library, at(2018)) == "total_liabilities / total_assets"


def test_a_draft_does_not_count() -> None:
    library = load_small(edited("mini/indicators/debt_ratio.yaml", "status: enacted", "status: draft"))
    assert text(library, at(2019)) == "(total_liabilities + equity_of_minority) / total_assets"


def test_after_a_repeal_nothing_holds() -> None:
    row = "versions:\n  - {effective: 2022-01-01, issued: 2021-06-01, status: repealed, cite: {source: law-0}}\n"
    library = load_small(edited("mini/indicators/debt_ratio.yaml", "versions:\n", row))
    assert library.findings == ()
    assert text(library, at(2021)) == "total_liabilities / total_assets"
    assert text(library, at(2022)) is None
    assert library.rulebook(at(2022)).warnings == {}


def test_values_are_read_exactly() -> None:
    parameters = load_small().rulebook(at(2020)).parameters
    assert parameters.values == {
        ("lines.warning_line", "industrial"): Fraction(65, 100),
        ("lines.warning_line", "research"): Fraction(60, 100),
        ("floor.assets", ""): Fraction(30_000_000),
    }


def test_a_check_of_several_columns_is_bound_for_each() -> None:
    codes = [check.rule.code for check in load_small().rulebook(at(2020)).checks("sheet")]
    assert codes == [
        *("inventories.parts.closing", "inventories.parts.opening", "B1.closing", "B1.opening"),
        *("total_equity.parts.closing", "total_equity.parts.opening", "B3.closing", "B3.opening", "G1"),
    ]


def test_a_check_judges_what_this_filing_says_and_an_indicator_may_look_elsewhere() -> None:
    book = load_small().rulebook(at(2020))
    opening = next(check for check in book.checks("sheet") if check.rule.code == "B1.opening")
    assert all(cell.otherwise is None for cell in opening.rule.formula.cells())
    returns = book.indicators["return_on_equity"].formula.cells()
    assert Cell in {type(cell.otherwise) for cell in returns}


def test_a_written_tolerance_is_in_yuan() -> None:
    growth = next(check for check in load_small().rulebook(at(2020)).checks("sheet") if check.rule.code == "G1")
    assert growth.rule.tolerance == 10_000


def test_checks_that_rows_imply_may_be_meant_for_some_filings_only() -> None:
    changed = edited("mini/reporting/sheet.yaml", "versions:", "checks_when: cover.report_type = 'single'\nversions:")
    book = load_small(changed).rulebook(at(2020))
    assert {check.rule.code for check in book.checks("sheet") if check.rule.when is None} == {
        "B3.closing",
        "B3.opening",
        "G1",
    }


def test_a_check_holds_for_the_layouts_that_it_names() -> None:
    changed = edited("mini/reporting/sheet.yaml", "    kind: logical", "    kind: logical\n    since: 2019-01-01")
    library = load_small(changed)
    assert "B3.closing" in [check.rule.code for check in library.rulebook(at(2020)).checks("sheet")]
    assert "B3.closing" not in [check.rule.code for check in library.rulebook(at(2018)).checks("sheet")]


def test_a_warning_knows_the_line_that_it_compares_with() -> None:
    warning = load_small().rulebook(at(2020)).warnings["debt_line"]
    lines = [level.line.text if level.line else None for level in warning.levels]
    assert lines == ["90%", "param('lines.warning_line', enterprise.debt_class)"]
    assert [formula.text for formula in warning.evidence] == ["total_liabilities", "total_assets"]


def test_points_of_view_with_the_same_rows_share_their_formulas() -> None:
    library = load_small()
    one, other = library.rulebook(at(2020)), library.rulebook(at(2021))
    assert one is not other
    assert one.at != other.at
    assert one.indicators is other.indicators
    assert library.rulebook(at(2018)).indicators is not one.indicators


def test_labels_name_items_unless_two_rows_bear_them() -> None:
    form = load_small().forms["sheet"]
    assert form.labels["货币资金"] == "cash"
    changed = edited("mini/reporting/sheet.yaml", "en: Inventories,", "en: Cash,")
    assert "Cash" not in load_small(changed).forms["sheet"].labels


def test_an_of_which_row_is_indented_below_its_row() -> None:
    levels = {item.code: item.level for item in load_small().forms["sheet"].items()}
    assert (levels["inventories"], levels["raw_materials"]) == (0, 1)


def test_the_status_of_a_check_is_kept() -> None:
    book = load_small().rulebook(at(2020))
    assert {check.check.status for check in book.checks("sheet") if check.check.derived} == {Status.ENACTED}
