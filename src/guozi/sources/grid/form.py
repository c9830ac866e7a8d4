"""Reads a sheet that is laid out as one of our forms: rows by code or by name, columns by their heads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from guozi.core.kernel.findings import Severity, mark
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
    first: dict[str, str] = field(default_factory=dict)


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
    index = names.codes.get(grid.text(row, block.codes)) if block.codes is not None else None
    if index is None:
        index = names.find(name, last)
    filled = any(
        grid.cell(row, column) not in (None, "") or (row, column) in grid.flaws for column in block.columns.values()
    )
    if index is None:
        if filled:
            for column in block.columns.values():
                got.keep(name, row, column)
        return last
    item = names.items[index]
    spot = address(row, block.names)
    if item.code in rows.first:
        if filled:
            got.say("item-twice", _TWICE, Severity.ERROR, spot, item=item.name.zh, first=rows.first[item.code])
            for column in block.columns.values():
                got.keep(name, row, column)
        return index
    rows.first[item.code] = spot
    for code, column in block.columns.items():
        _read_cell(row, column, item, code, got, rows)
    return index


def _read_cell(row: int, column: int, item: Item, code: str, got: Collected, rows: _Rows) -> None:
    amount = got.amount(row, column, item, code)
    if amount is None:
        return
    rows.offered.add((item.code, code))
    if amount.not_applicable:
        rows.not_applicable.setdefault(item.code, {})[code] = amount.not_applicable
    elif amount.text is not None:
        rows.cells.setdefault(item.code, {})[code] = amount.text
    else:
        return
    rows.origins.setdefault(item.code, {})[code] = got.grid.place(row, column)
