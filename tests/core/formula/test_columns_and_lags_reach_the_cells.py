"""Columns as functions, `year_ago`, `comparative`, `otherwise` and default columns end in the cells."""

from guozi.core.formula.tree import Cell, Formula, Named, walk
from tests.engines.books import COMPILER, formula


def cells(text: str, column: str | None = None) -> list[tuple[str, str, int]]:
    """Item, column and years back of every cell, left to right."""
    root = formula(text, column).root
    return [(node.item, node.column, node.years_back) for node in walk(root) if isinstance(node, Cell)]


def test_an_item_alone_is_read_in_the_default_column_of_its_form() -> None:
    assert cells("cash - revenue") == [("cash", "closing", 0), ("revenue", "current", 0)]


def test_a_column_acts_on_everything_under_it_and_stands_in_otherwise() -> None:
    root = formula("opening(cash + inventories)").root
    found = [node for node in walk(root) if isinstance(node, Cell) and node.column == "opening"]
    assert [cell.item for cell in found] == ["cash", "inventories"]
    assert [
        (cell.otherwise.column, cell.otherwise.years_back) for cell in found if isinstance(cell.otherwise, Cell)
    ] == [
        ("closing", 1),
        ("closing", 1),
    ]


def test_a_year_ago_reaches_into_indicators_and_their_otherwise() -> None:
    assert cells("year_ago(return_on_equity)") == [
        ("net_profit", "current", 1),
        ("total_equity", "opening", 1),
        ("total_equity", "closing", 2),
        ("total_equity", "closing", 1),
    ]


def test_two_years_ago_is_written_by_nesting() -> None:
    assert cells("year_ago(year_ago(cash))") == [("cash", "closing", 2)]


def test_comparative_is_the_column_of_last_year_in_the_same_filing() -> None:
    assert cells("comparative(revenue) = year_ago(revenue)") == [("revenue", "prior", 0), ("revenue", "current", 1)]


def test_comparative_never_falls_back_on_what_was_filed_a_year_ago() -> None:
    root = formula("comparative(cash)").root
    assert isinstance(root, Cell)
    assert (root.column, root.otherwise) == ("opening", None)


def test_a_check_of_a_column_reads_items_in_that_column() -> None:
    assert cells("cash = inventories", "opening")[::2] == [("cash", "opening", 0), ("inventories", "opening", 0)]
    assert cells("closing(cash) = 0", "opening") == [("cash", "closing", 0)]


def test_a_check_of_a_column_that_a_form_lacks_is_refused() -> None:
    findings = COMPILER.compile("cash = revenue", column="opening")
    assert not isinstance(findings, Formula)
    assert [finding.text() for finding in findings] == ["'revenue' has no column opening"]


def test_an_indicator_under_a_column_that_its_items_lack_is_refused_where_it_is_used() -> None:
    findings = COMPILER.compile("1 - opening(growth)")
    assert not isinstance(findings, Formula)
    assert {finding.text() for finding in findings} == {"'revenue' has no column opening"}
    assert (findings[0].place.column, findings[0].place.end_column) == (13, 19)


def test_an_indicator_keeps_its_own_text_for_explanations() -> None:
    root = formula("debt_ratio").root
    assert isinstance(root, Named)
    assert (root.code, root.text, root.text[slice(*root.body.span)]) == (
        "debt_ratio",
        "total_liabilities / total_assets",
        "total_liabilities / total_assets",
    )


def test_the_form_says_which_of_two_items_of_one_code_is_meant() -> None:
    compiled = COMPILER.compile("shared", form="cash_flow")
    assert isinstance(compiled, Formula)
    assert isinstance(compiled.root, Cell)
    assert compiled.root.form == "cash_flow"
    assert cells("income.shared - cash_flow.shared") == [("shared", "current", 0)] * 2


def test_a_cell_names_its_column_in_the_facts() -> None:
    names = [node.fact for node in walk(formula("cash - opening(cash)").root) if isinstance(node, Cell)]
    assert names == ["cash", "cash__opening", "cash"]
