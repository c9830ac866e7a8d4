"""Reads a sheet that is laid out as one of our forms: rows by code or by name, columns by their heads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from guozi.core.kernel.findings import Severity, mark
from guozi.core.kernel.money import Type
from guozi.core.reporting.form import Form, Item, Layout
from guozi.sources.grid.cover import judge_cover
from guozi.sources.grid.rows import Collected, listed
from guozi.sources.grid.sheet import Block, Cover, Grid, Heads, address
from guozi.sources.labels import COLUMN_HEADS, key, loose
from guozi.sources.reading import Ask, Reading

_TWICE = mark("{item} stands twice; the row at {first} was read, this one was not")
_COLUMN_TWICE = mark("two columns are headed {column}: {first} and {second}; neither was read")
_NO_COLUMN = mark("there is no column {column}; its cells count as not asked for")
_MISSING = mark("{count} rows of the form are not in the sheet and count as not asked for: {items}")
_NO_ITEM = mark("{count} amounts stand under names that the form does not have; they are kept and listed: {names}")


class ItemsByName:
    """Finds the item of a printed name; where several items bear one name (其他), the one that follows the last found row."""

    def __init__(self, form: Form, layout: Layout) -> None:
        self.items = tuple(form.items(layout))
        self.codes = {item.code: index for index, item in enumerate(self.items)}
        self._exact: dict[str, list[int]] = {}
        self._loose: dict[str, list[int]] = {}
        for index, item in enumerate(self.items):
            for text in {item.name.zh, item.name.en}:
                self._exact.setdefault(key(text), []).append(index)
                self._loose.setdefault(loose(text), []).append(index)
            self._exact.setdefault(item.code, []).append(index)

    def find(self, name: str, last: int) -> int | None:
        """The index of the item, or None."""
        bare = key(name)
        if not bare:
            return None
        found = self._exact.get(bare) or self._loose.get(loose(name))
        if not found:
            return None
        return next((index for index in found if index > last), found[-1])

    def knows(self, name: str) -> bool:
        """True where some item bears that name."""
        return bool(name) and self.find(name, -1) is not None


def column_finder(form: Form) -> Callable[[str], str]:
    """The function from the key of a head to the code of the form's column, or nothing."""
    by_head: dict[str, str] = {}
    for column in form.columns:
        for text in COLUMN_HEADS[column.covers]:
            by_head.setdefault(text, column.code)
    for column in form.columns:
        by_head |= {key(column.name.zh): column.code, key(column.name.en): column.code, column.code: column.code}
    return lambda head: by_head.get(head, "")


@dataclass(slots=True)
class _Rows:
    """The cells of a sheet while they are found."""

    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    origins: dict[str, dict[str, str]] = field(default_factory=dict)
    not_applicable: dict[str, dict[str, str]] = field(default_factory=dict)
    offered: set[tuple[str, str]] = field(default_factory=set)
    first: dict[str, int] = field(default_factory=dict)

    def keep(self, where: dict[str, dict[str, str]], item: str, column: str, text: str, place: str) -> None:
        """Puts a text with its place of origin."""
        if item in where:
            where[item][column] = text
        else:
            where[item] = {column: text}
        if item in self.origins:
            self.origins[item][column] = place
        else:
            self.origins[item] = {column: place}


def read_form(
    grid: Grid, form: Form, layout: Layout, cover: Cover, heads: Heads, names: ItemsByName, ask: Ask
) -> Reading:
    """The reading of one sheet of our own layout. Rows and columns that the sheet lacks are not offered, and said."""
    judged = judge_cover(cover, form, ask, grid.name, None)
    got = Collected(grid, form.code, judged.unit, findings=judged.findings)
    rows = _Rows()
    for block in heads.blocks:
        for code, first, second in block.twice:
            place_a, place_b = address(heads.first_row - 1, first), address(heads.first_row - 1, second)
            name = next(column.name.zh for column in form.columns if column.code == code)
            got.say("column-twice", _COLUMN_TWICE, Severity.ERROR, place_b, column=name, first=place_a, second=place_b)
        last = -1
        for row in range(heads.first_row, len(grid.rows)):
            last = _read_row(grid, row, block, names, last, got, rows)
    found = {code for block in heads.blocks for code in block.columns}
    for column in form.columns:
        if column.code not in found and not any(
            column.code == code for block in heads.blocks for code, _, _ in block.twice
        ):
            severity = Severity.ERROR if column.code == form.default_column.code else Severity.WARNING
            got.say("column-missing", _NO_COLUMN, severity, column=column.name.zh)
    missing = [item.name.zh for item in names.items if item.code not in rows.first]
    if missing:
        got.say("rows-missing", _MISSING, Severity.WARNING, count=len(missing), items=listed(missing))
    if got.unmapped:
        kept = list(dict.fromkeys(entry.name for entry in got.unmapped))
        got.say("no-such-item", _NO_ITEM, Severity.WARNING, count=len(got.unmapped), names=listed(kept))
    return Reading(
        form=form.code,
        place=grid.name,
        unit=judged.unit,
        cells=rows.cells,
        origins=rows.origins,
        not_applicable=rows.not_applicable,
        offered=frozenset(rows.offered),
        unmapped=tuple(got.unmapped),
        unreadable=tuple(got.unreadable),
        cover=judged.values,
        findings=(*got.findings, *got.notes.findings()),
    )


def _read_row(grid: Grid, row: int, block: Block, names: ItemsByName, last: int, got: Collected, rows: _Rows) -> int:
    """Reads one row of one half; returns the index of the last item found."""
    name = grid.text(row, block.names)
    code = grid.text(row, block.codes) if block.codes is not None else ""
    index = names.codes.get(code) if code else None
    spots = block.columns.values()
    if index is None:
        index = names.find(name, last)
        if index is not None and block.codes is not None and not code and not grid.filled(row, spots):
            return last  # in a sheet with codes, a name alone is a heading: 流动资产 over 流动资产合计
    if index is None:
        for spot in spots:
            got.keep(name, row, spot)
        return last
    item = names.items[index]
    if item.code in rows.first:
        if grid.filled(row, spots):
            first = address(rows.first[item.code], block.names)
            got.say("item-twice", _TWICE, Severity.ERROR, address(row, block.names), item=item.name.zh, first=first)
            for spot in spots:
                got.keep(name, row, spot)
        return index
    rows.first[item.code] = row
    money = item.unit.type is Type.MONEY
    for column, spot in block.columns.items():
        content = grid.cell(row, spot)
        text = got.quick.text(content) if money and type(content) is float else ""
        if not text and not _read_cell(row, spot, item, column, got, rows):
            continue
        rows.offered.add((item.code, column))
        if text:
            rows.keep(rows.cells, item.code, column, text, f"{got.prefixes[spot]}{row + 1}")
    return index


def _read_cell(row: int, spot: int, item: Item, column: str, got: Collected, rows: _Rows) -> bool:
    """Reads a cell the long way; False where it is unreadable."""
    amount = got.amount(row, spot, item, column)
    if amount is None:
        return False
    if amount.not_applicable:
        rows.keep(rows.not_applicable, item.code, column, amount.not_applicable, got.grid.place(row, spot))
    elif amount.text is not None:
        rows.keep(rows.cells, item.code, column, amount.text, got.grid.place(row, spot))
    return True
