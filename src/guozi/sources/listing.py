"""A plain list (heads in one row, a thing in each row below) from a spreadsheet or a text table: rows with their lines, columns by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.sources import spreadsheet, table
from guozi.sources.amounts import Content, shown
from guozi.sources.grid.rows import listed
from guozi.sources.grid.sheet import HEAD_ROWS, Grid, address
from guozi.sources.labels import key
from guozi.sources.reading import Ask, Refusal
from guozi.sources.spreadsheet.reader import all_grids
from guozi.sources.table.reader import only_grid

HEADS: Mapping[str, tuple[str, ...]] = {
    "name": ("企业名称", "单位名称", "公司名称", "名称", "Name", "Enterprise"),
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "USCC"),
    "code": ("企业代码", "单位代码", "内部编码", "代码", "编码", "Code"),
    "parent": ("上级单位", "上级企业", "上级", "Parent"),
    "report_type": ("报表类型", "Report type"),
    "start": ("生效日期", "起始日期", "开始日期", "Start"),
}
"""Columns of a list of enterprises, and the heads by which they go beside their own keys."""

_NO_HEADS = mark("no row of heads was found: a list has a head over the names (such as {head}) and at least one more")
_NO_ROWS = mark("the list has heads, but no row below them")
_HEAD = mark("the column '{head}' is none that is known here. Known: {heads}")
_TWICE = mark("'{head}' and '{other}' are the same column")
_ERROR = mark("the cell holds the error {text}")
_WORD = mark("'{text}' is none of: {words}")
_LEFT = mark("only the first sheet was read; left: {sheets}")
_LEAST_HEADS = 2

Row = tuple[int, dict[str, str]]


def read_listing(
    data: bytes,
    name: str,
    heads: Mapping[str, Sequence[str]] = HEADS,
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[list[Row], list[Finding]]:
    """The rows of a list: (line in the file, key → text), and everything that is wrong with it.

    `heads`: key → names of its column, beside the key itself. `words`: key → text as people write it → the word that is meant; a
    text that is none of them is a finding. Rows without any content are passed over. Nothing in a file raises an exception.
    """
    ask = Ask(forms={})
    findings: list[Finding] = []
    try:
        if table.claims(data):
            grid, said = only_grid(data, name, ask)
            sheets = [grid]
        elif spreadsheet.claims(data):
            sheets, said = all_grids(data, name, ask)
        else:
            return [], [
                Finding(
                    "source.not-a-list",
                    mark("the file is neither a spreadsheet nor a text table"),
                    {},
                    Place(file=name),
                )
            ]
    except Refusal as refused:
        return [], [refused.finding]
    findings += said
    full = [sheet for sheet in sheets if any(content not in (None, "") for row in sheet.rows for content in row)]
    if not full:
        return [], [
            *findings,
            Finding(
                "source.no-content", mark("the file has no content: all its sheets are empty"), {}, Place(file=name)
            ),
        ]
    if len(full) > 1:
        left = listed([sheet.name for sheet in full[1:]])
        findings.append(Finding("source.sheet-left", _LEFT, {"sheets": left}, Place(file=name), severity=Severity.HINT))
    rows, told = _rows(full[0], name, heads, words or {})
    return rows, findings + told


def _rows(
    grid: Grid, name: str, heads: Mapping[str, Sequence[str]], words: Mapping[str, Mapping[str, str]]
) -> tuple[list[Row], list[Finding]]:
    known = {key(text): code for code, names in heads.items() for text in (code, *names)}
    findings: list[Finding] = []
    at = next((row for row in range(min(HEAD_ROWS, len(grid.rows))) if _is_head(grid, row, known)), None)
    if at is None:
        first = next(iter(heads.values()))[0]
        return [], [Finding("source.no-heads", _NO_HEADS, {"head": first}, Place(file=name, sheet=grid.name))]
    columns: dict[int, str] = {}
    for column in range(len(grid.rows[at])):
        text = grid.text(at, column)
        code = known.get(key(text))
        place = Place(file=name, sheet=grid.name, address=address(at, column))
        if not text:
            continue
        if code is None:
            shown_heads = listed([names[0] if names else code for code, names in heads.items()], 40)
            findings.append(Finding("source.head-unknown", _HEAD, {"head": text, "heads": shown_heads}, place))
        elif code in columns.values():
            other = next(grid.text(at, index) for index, taken in columns.items() if taken == code)
            findings.append(Finding("source.head-twice", _TWICE, {"head": text, "other": other}, place))
        else:
            columns[column] = code
    rows: list[Row] = []
    for row in range(at + 1, len(grid.rows)):
        values: dict[str, str] = {}
        for column, code in columns.items():
            place = Place(file=name, sheet=grid.name, address=address(row, column))
            if (row, column) in grid.flaws:
                findings.append(Finding("source.error-in-cell", _ERROR, {"text": grid.flaws[row, column]}, place))
            text = _text(grid.cell(row, column))
            meant = words.get(code, {})
            if text and meant and text not in meant:
                choices = listed(sorted(set(meant.values())), 40)
                findings.append(Finding("source.word-unknown", _WORD, {"text": text, "words": choices}, place))
            values[code] = meant.get(text, text)
        if any(values.values()):
            rows.append((row + 1, values))
    if not rows:
        findings.append(Finding("source.no-rows", _NO_ROWS, {}, Place(file=name, sheet=grid.name)))
    return rows, findings


def _is_head(grid: Grid, row: int, known: Mapping[str, str]) -> bool:
    found = {
        known[key(grid.text(row, column))]
        for column in range(len(grid.rows[row]))
        if key(grid.text(row, column)) in known
    }
    return "name" in found and len(found) >= _LEAST_HEADS


def _text(content: Content) -> str:
    """Dates as 2025-01-01, numbers without a tail of zeros, texts as they stand."""
    if isinstance(content, datetime):
        return content.date().isoformat()
    if isinstance(content, date):
        return content.isoformat()
    return content.strip() if isinstance(content, str) else shown(content)
