"""Each error of a formula as a person sees it: the whole picture, place, line, carets and hint."""

import pytest

from guozi.core.formula.tree import Formula
from guozi.core.kernel.findings import Place
from guozi.core.kernel.money import Type
from guozi.packs.picture import picture
from tests.engines.books import COMPILER

PICTURES = {
    "total_liabilites / total_assets": """\
1:1: 'total_liabilites' is neither an item nor an indicator
     1 | total_liabilites / total_assets
       | ^^^^^^^^^^^^^^^^ did you mean total_liabilities?""",
    "资产总记 - cash": """\
1:1: '资产总记' is neither an item nor an indicator
     1 | 资产总记 - cash
       | ^^^^^^^^ did you mean 资产总计?""",
    "cash + opening": """\
1:8: 'opening' is a column, and columns act as functions
     1 | cash + opening
       |        ^^^^^^^ write opening(item)""",
    "shared / revenue": """\
1:1: 'shared' stands in several forms
     1 | shared / revenue
       | ^^^^^^ write one of income.shared, cash_flow.shared""",
    "opening(revenue)": """\
1:9: 'revenue' has no column opening
     1 | opening(revenue)
       |         ^^^^^^^ it has current, prior""",
    "opening(prior(cash))": """\
1:9: one column inside another
     1 | opening(prior(cash))
       |         ^^^^^""",
    "comparative(headcount)": """\
1:13: 'headcount' states no figure of last year beside this year's
     1 | comparative(headcount)
       |             ^^^^^^^^^""",
    "mena(cash, inventories)": """\
1:1: 'mena' is not a function
     1 | mena(cash, inventories)
       | ^^^^ did you mean mean?""",
    "rolling_sum(net_profit, 12)": """\
1:1: 'rolling_sum' is not a function
     1 | rolling_sum(net_profit, 12)
       | ^^^^^^^^^^^""",
    "abs(cash, 1)": """\
1:1: abs is written abs(a)
     1 | abs(cash, 1)
       | ^^^^^^^^^^^^""",
    "cash + debt_ratio": """\
1:1: money, ratio do not go together in +
     1 | cash + debt_ratio
       | ^^^^^^^^^^^^^^^^^""",
    "cash * revenue": """\
1:1: money, money do not go together in *
     1 | cash * revenue
       | ^^^^^^^^^^^^^^""",
    "cash > 5": """\
1:1: money, ratio cannot be compared with >
     1 | cash > 5
       | ^^^^^^^^""",
    "remark < 'a'": """\
1:1: text, text cannot be compared with <
     1 | remark < 'a'
       | ^^^^^^^^^^^^""",
    "cash and revenue > 0": """\
1:1: and joins truths, but here stand money, truth
     1 | cash and revenue > 0
       | ^^^^^^^^^^^^^^^^^^^^""",
    "cash = revenue = cost": """\
1:1: two = in one check
     1 | cash = revenue = cost
       | ^^^^^^^^^^^^^^^^^^^^^ write two checks""",
    "0 < cash < revenue": """\
1:1: one comparison inside another
     1 | 0 < cash < revenue
       | ^^^^^^^^^^^^^^^^^^ join comparisons with and, or""",
    "enterprise.debt_class = 'industry'": """\
1:25: 'industry' is not a debt_class
     1 | enterprise.debt_class = 'industry'
       |                         ^^^^^^^^^^ did you mean industrial?""",
    "enterprise.dept_class = 'industrial'": """\
1:1: 'enterprise.dept_class' is nothing that is known of an enterprise or a cover
     1 | enterprise.dept_class = 'industrial'
       | ^^^^^^^^^^^^^^^^^^^^^ did you mean enterprise.debt_class?""",
    "debt_ratio > param('debt_ratio.warning_lin', enterprise.debt_class)": """\
1:20: no parameter 'debt_ratio.warning_lin'
     1 | debt_ratio > param('debt_ratio.warning_lin', enterprise.debt_class)
       |                    ^^^^^^^^^^^^^^^^^^^^^^^^ did you mean debt_ratio.warning_line?""",
    "debt_ratio > param('debt_ratio.warning_line')": """\
1:14: 'debt_ratio.warning_line' has a value for each key
     1 | debt_ratio > param('debt_ratio.warning_line')
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ write param('debt_ratio.warning_line', key)""",
    "year_ago(line)": """\
1:10: only items and indicators made of items can be taken a year ago
     1 | year_ago(line)
       |          ^^^^""",
    "chicken / 3": """\
1:1: a formula that leads to itself: chicken → egg → chicken
     1 | chicken / 3
       | ^^^^^^^""",
    "broken > 1": """\
1:1: indicator broken has faults of its own
     1 | broken > 1
       | ^^^^^^""",
    "cash revenue": """\
1:6: the formula cannot be read here
     1 | cash revenue
       |      ^^^^^^^""",
    "cash / * revenue": """\
1:8: the formula cannot be read here
     1 | cash / * revenue
       |        ^""",
    "(cash, revenue)": """\
1:2: the formula cannot be read here
     1 | (cash, revenue)
       |  ^^^^^^^^^^^^^""",
    "cash + (revenue": """\
1:8: '(' is never closed
     1 | cash + (revenue
       |        ^""",
    "cash) + 1": """\
1:5: ')' closes nothing
     1 | cash) + 1
       |     ^""",
    "case when cash > 0 then cash end": """\
1:30: this case says nothing for the rest
     1 | case when cash > 0 then cash end
       |                              ^^^ write else … before end""",
    "cash -- the rest": """\
1:6: a comment has no place in a formula
     1 | cash -- the rest
       |      ^^^^^^^^^^^""",
    'enterprise.industry = "steel"': """\
1:23: double quotes mean nothing here
     1 | enterprise.industry = "steel"
       |                       ^ write texts in single quotes, and names without quotes""",
    "cash > 0元; cost": """\
1:10: ';' means nothing in a formula
     1 | cash > 0元; cost
       |           ^""",  # a wide character takes two columns
    "debt_ratio > 07": """\
1:14: '07' is not written as a number
     1 | debt_ratio > 07
       |              ^^ write 7""",
    "remark = 'open": """\
1:10: this text has no closing quote
     1 | remark = 'open
       |          ^""",
}


@pytest.mark.parametrize("text", PICTURES)
def test_the_picture_of_the_first_finding(text: str) -> None:
    findings = COMPILER.compile(text, place=Place(file="f", line=1, column=1), source_line=text)
    assert not isinstance(findings, Formula)
    assert picture(findings[0]) == f"f:{PICTURES[text]}"


def test_all_unknown_names_are_told_at_once() -> None:
    findings = COMPILER.compile("totl_assets = curent_assets + non_curent_assets")
    assert not isinstance(findings, Formula)
    assert [(finding.args["name"], finding.args["near"]) for finding in findings] == [
        ("totl_assets", "total_assets"),
        ("curent_assets", "current_assets"),
        ("non_curent_assets", "non_current_assets"),
    ]


def test_what_is_wrong_with_a_part_is_not_told_again_of_the_whole() -> None:
    findings = COMPILER.compile("(cash + nothing_like_it) * revenue and 3")
    assert not isinstance(findings, Formula)
    assert [finding.code for finding in findings] == ["formula.name"]


def test_columns_are_those_of_the_file_where_the_place_says_where_the_text_begins() -> None:
    place = Place(file="indicators/debt_ratio.yaml", line=10, column=14)
    line = "    formula: total_liabilites / total_assets"
    findings = COMPILER.compile("total_liabilites / total_assets", place=place, source_line=line)
    assert not isinstance(findings, Formula)
    assert picture(findings[0]) == (
        "indicators/debt_ratio.yaml:10:14: 'total_liabilites' is neither an item nor an indicator\n"
        "    10 |     formula: total_liabilites / total_assets\n"
        "       |              ^^^^^^^^^^^^^^^^ did you mean total_liabilities?"
    )


def test_a_formula_over_several_lines_is_placed_by_line() -> None:
    findings = COMPILER.compile("cash\n  + revenu")
    assert not isinstance(findings, Formula)
    place = findings[0].place
    assert (place.line, place.column, place.end_column, findings[0].source_line) == (2, 5, 11, "  + revenu")


def test_a_result_of_the_wrong_type_is_refused() -> None:
    findings = COMPILER.compile("cash > 0", expect=frozenset({Type.MONEY, Type.RATIO}))
    assert not isinstance(findings, Formula)
    assert findings[0].text() == "this gives truth, but money / ratio is wanted"


def test_an_indicator_that_leads_to_itself_names_itself_first() -> None:
    findings = COMPILER.compile("chicken * 2", code="egg")
    assert not isinstance(findings, Formula)
    assert findings[0].text() == "a formula that leads to itself: egg → chicken → egg"


def test_a_formula_that_only_uses_a_circle_is_not_blamed_for_it() -> None:
    findings = COMPILER.compile("chicken / 2", code="farm")
    assert not isinstance(findings, Formula)
    assert findings[0].text() == "indicator chicken has faults of its own"
