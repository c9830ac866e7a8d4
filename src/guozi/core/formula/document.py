"""The reference page of the formula language, written from the functions table."""

from __future__ import annotations

from collections.abc import Callable

from guozi.core.formula.functions import FUNCTIONS
from guozi.core.formula.parse import MONEY_UNITS
from guozi.core.kernel.findings import mark

_INTRODUCTION = (
    mark("# The formula language"),
    mark(
        "This page is written by `guozi.core.formula.document.page` from the functions table; a test keeps it current."
    ),
    mark(
        "A formula is one expression over items, indicators, parameters and facts about the filer: totals, checks, indicators and"
        " conditions of warnings are all written in it. Nothing outside this page is understood, and nothing is ever executed as code."
    ),
    mark("## Names"),
    mark(
        "- `total_assets` is an item, `balance_sheet.total_assets` the item of one form where several share a code; the label that"
        " a form prints may stand instead of the code. `debt_ratio` is an indicator.\n"
        "- `opening(x)`: every column of a form acts as a function; without one, an item is read in its form's default column, or in the"
        " column that a check is asked for.\n"
        "- `year_ago(x)` is what was filed a year before; `comparative(x)` is last year as this filing states it.\n"
        "- `enterprise.industry`, `cover.report_type` are facts of the register and of the cover.\n"
        "- `param('debt_ratio.warning_line', enterprise.debt_class)` is a dated parameter, for a key where it has keys."
    ),
    mark("## Literals"),
    mark(
        "- Numbers: `0.7`, `70%`. Amounts carry their unit: {amounts}.\n"
        "- 0 may stand beside any number; other numbers beside ratios and counts.\n"
        "- Texts stand in single quotes: `'industrial'`; a date is a text beside a date: `'2026-12-31'`. Truths: `true`, `false`.\n"
        "- `a in (b, c)` and `a between b and c` are short for comparisons joined with `or` and `and`.\n"
        "- Full-width signs, the signs of division and multiplication and those of inequality are read as their ASCII twins."
    ),
    mark("## Functions and operators"),
)
_HEADINGS = (mark("Written"), mark("Types"), mark("Meaning"), mark("Unknown"))


def page(translate: Callable[[str], str] = str) -> str:
    """The page as Markdown; `translate` gives each of its texts in the reader's language."""
    rows = [_row([translate(heading) for heading in _HEADINGS]), _row(["---"] * len(_HEADINGS))]
    for function in FUNCTIONS.values():
        texts = (translate(text) for text in (function.takes, function.doc, function.unknown))
        rows.append(_row([f"`{function.written}`", *texts]))
    amounts = ", ".join(f"`3{unit}`" for unit in MONEY_UNITS)
    introduction = (translate(text).replace("{amounts}", amounts) for text in _INTRODUCTION)
    return "\n\n".join((*introduction, "\n".join(rows))) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
