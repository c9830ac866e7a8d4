"""A sheet as a grid of contents with addresses; its cover (the labelled values over the table) and its table's heads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from guozi.core.kernel.period import Period, PeriodType
from guozi.sources.amounts import Content, shown
from guozi.sources.labels import CODE_HEADS, COVER, LINE_HEADS, NAME_HEADS, key

HEAD_ROWS = 40
"""A table begins within so many rows of its sheet, or it is none of ours."""

NO_VALUE = "="
"""The flaw of a formula whose result was never stored."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, from A1. `flaws` are cells that read as empty but are not: errors (`#REF!`), formulas without a result."""

    name: str
    rows: Sequence[Sequence[Content]]
    flaws: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def cell(self, row: int, column: int) -> Content:
        """The content, None outside."""
        try:
            return self.rows[row][column]
        except IndexError:
            return None

    def text(self, row: int, column: int) -> str:
        """The content as text, stripped."""
        content = self.cell(row, column)
        return content.strip() if isinstance(content, str) else shown(content)

    def filled(self, row: int, columns: Iterable[int]) -> bool:
        """True where one of those cells holds something, be it an error."""
        return any(self.cell(row, column) not in (None, "") or (row, column) in self.flaws for column in columns)

    def place(self, row: int, column: int) -> str:
        """`sheet!D12`, and `D12` where the file has no sheets."""
        return f"{self.name}!{address(row, column)}" if self.name else address(row, column)


def address(row: int, column: int) -> str:
    """A1 notation of a zero-based row and column."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True, slots=True)
class Block:
    """One half of a table: the column of names, that of codes if there is one, and each column of amounts by its own code."""

    names: int
    codes: int | None
    columns: Mapping[str, int]
    twice: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Heads:
    """Where a table's rows begin, and its halves."""

    first_row: int
    blocks: tuple[Block, ...]


def find_heads(grid: Grid, column_of: Callable[[str], str], is_name: Callable[[str], bool]) -> Heads | None:
    """The first row that has a head over names and one over amounts beside it; heads may take two rows, the upper one merged.

    `column_of` gives the column's code for the key of a head, or nothing.
    """
    for row in range(min(HEAD_ROWS, len(grid.rows))):
        names = [index for index in range(len(grid.rows[row])) if is_name(key(grid.text(row, index)))]
        if not names:
            continue
        for last in (row, row + 1):
            blocks = tuple(_blocks(grid, row, last, names, column_of))
            if any(block.columns or block.twice for block in blocks):
                return Heads(last + 1, blocks)
    return None


def name_head(text: str) -> bool:
    """True for the key of a head that stands over names of items."""
    return NAME_HEADS.fullmatch(text) is not None


def _blocks(grid: Grid, row: int, last: int, names: list[int], column_of: Callable[[str], str]) -> Iterator[Block]:
    width = max(len(grid.rows[line]) for line in range(row, min(last + 1, len(grid.rows))))
    edges = [*names[1:], width]
    for start, end in zip(names, edges, strict=True):
        columns: dict[str, int] = {}
        twice: list[tuple[str, int, int]] = []
        codes = None
        for index in range(start + 1, end):
            texts = {key(_merged_text(grid, line, index)) for line in range(row, last + 1)} - {""}
            if texts & CODE_HEADS:
                codes = index
            if not texts or texts & (CODE_HEADS | LINE_HEADS):
                continue
            code = next(filter(None, map(column_of, sorted(texts))), "")
            if code and code in columns:
                twice.append((code, columns[code], index))
            elif code:
                columns[code] = index
        for code, _, _ in twice:
            columns.pop(code, None)
        yield Block(start, codes, columns, tuple(twice))


def _merged_text(grid: Grid, row: int, column: int) -> str:
    """The text of a head, which stands in the first cell of a merged range only."""
    text = grid.text(row, column)
    if text:
        return text
    for (top, left), (bottom, right) in grid.merged:
        if top <= row <= bottom and left <= column <= right:
            return grid.text(top, left)
    return ""


@dataclass(frozen=True, slots=True)
class Cover:
    """What is written over the table: fields (`labels.COVER`) with their text and place, and the loose lines such as the title."""

    values: Mapping[str, tuple[str, str]]
    lines: tuple[str, ...]


def read_cover(grid: Grid, until: int) -> Cover:
    """Reads `label: value` in one cell, or a label with its value in the next cell that is not empty, in the rows before `until`."""
    values: dict[str, tuple[str, str]] = {}
    lines: list[str] = []
    for row in range(min(until, HEAD_ROWS, len(grid.rows))):
        taken = -1
        for column in range(len(grid.rows[row])):
            text = grid.text(row, column)
            if column <= taken or not text:
                continue
            label, colon, value = unicodedata.normalize("NFKC", text).partition(":")
            name = COVER.get(key(label))
            if name is None:
                lines.append(text)
                continue
            spot = column
            if not colon or not value.strip():
                spot = _next_filled(grid, row, column)
                value = grid.text(row, spot)
                if COVER.get(key(value.partition(":")[0])):
                    continue
                taken = spot
            if value.strip():
                values.setdefault(name, (value.strip(), grid.place(row, spot)))
    return Cover(values, tuple(lines))


def _next_filled(grid: Grid, row: int, column: int) -> int:
    return next((index for index in range(column + 1, len(grid.rows[row])) if grid.text(row, index)), column + 1)


_YEAR = r"([12][0-9]{3})"
_PERIODS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], list[Period]]], ...] = (
    (re.compile(_YEAR + r"(?:年度?)?"), lambda m: [Period(int(m[1]))]),
    (re.compile(_YEAR + r"(?:q([1-4])|年?第?([1-4一二三四])季度?)"), lambda m: [_quarter(int(m[1]), m[2] or m[3])]),
    (re.compile(_YEAR + r"-?(0[1-9]|1[0-2])"), lambda m: _ending(int(m[1]), int(m[2]))[:1]),
    (re.compile(_YEAR + r"[年./-](0?[1-9]|1[0-2])月?(?:份|度)?"), lambda m: _ending(int(m[1]), int(m[2]))),
    (re.compile(_YEAR + r"[年./-](0?[1-9]|1[0-2])[月./-][0-9]{1,2}日?(?:00:00:00)?"), lambda m: _ending(int(m[1]), int(m[2]))[::-1]),
)  # fmt: skip


def _quarter(year: int, text: str) -> Period:
    return Period(year, PeriodType.QUARTER, "一二三四".index(text) + 1 if text in "一二三四" else int(text))


def _ending(year: int, month: int) -> list[Period]:
    """A month, and the quarter and the year that end with it: a balance sheet says only `2018年12月31日`."""
    found = [Period(year, PeriodType.MONTH, month)]
    if month % 3 == 0:
        found.append(Period(year, PeriodType.QUARTER, month // 3))
    if month == 12:
        found.append(Period(year))
    return found


def read_periods(text: str) -> tuple[Period, ...]:
    """The periods that a printed period or date may mean, the likeliest first; empty where it means none."""
    bare = "".join(unicodedata.normalize("NFKC", text).lower().split())
    for shape, periods in _PERIODS:
        match = shape.fullmatch(bare)
        if match:
            return tuple(periods(match))
    return ()


def is_day(text: str, day: date) -> bool:
    """True where a head is that very day or its year."""
    return any(period.end == day for period in read_periods(text))
