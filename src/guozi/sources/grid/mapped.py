"""Reads a sheet of another layout by a mapping: several names may add up to one item; what has no item is kept and listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from guozi.core.kernel.findings import Severity, mark
from guozi.core.reporting.form import Form, Item, Layout
from guozi.core.reporting.mapping import LayoutMapping, MappingRow
from guozi.sources.grid.cover import judge_cover
from guozi.sources.grid.rows import Collected, listed
from guozi.sources.grid.sheet import Cover, Grid, Heads, address, is_day, name_head
from guozi.sources.labels import AMOUNT_HEADS, AMOUNT_WORD, ITEM_WORD, key
from guozi.sources.reading import Ask, Reading, plain

_NO_PERIOD = mark("the sheet does not say its period, and none was given: names cannot be mapped without it")
_SAME_TWICE = mark("{name} stands twice with the same amount, first at {first}; it was counted once")
_TWICE = mark("{name} stands twice with two amounts; the one at {first} was read, this one ({text}) was not")
_KEPT = mark("{count} names of the sheet are not mapped to the form; their amounts are kept and listed: {names}")
_REFUSED = mark("{count} names of the sheet are not mapped to the form, and the mapping allows none: {names}")
_NOT_IN_LAYOUT = mark("the mapping names items that the form's layout does not have: {items}")


def mapped_columns(mapping: LayoutMapping, day: date | None) -> Callable[[str], str]:
    """The function from a head's key to our column. A mapping's word `amount` stands for 金额 or for the period's own date or year as head."""
    heads = {key(head): code for code, head in mapping.columns.items()}
    generic = heads.get(AMOUNT_WORD, "")

    def column_of(head: str) -> str:
        if head in heads:
            return heads[head]
        return generic if generic and (head in AMOUNT_HEADS or (day is not None and is_day(head, day))) else ""

    return column_of


def mapped_name_head(mapping: LayoutMapping) -> Callable[[str], bool]:
    """The test for the key of the head over names. The word `item` stands for any of the usual heads."""
    own = key(mapping.name_in)
    return lambda head: head == own or (own == ITEM_WORD and name_head(head))


@dataclass(slots=True)
class _Sum:
    """An item's amount while names add up to it."""

    total: Decimal = Decimal(0)
    text: str = ""
    origin: str = ""
    unread: bool = False
    not_applicable: str = ""

    def add(self, text: str, sign: int, sheet: str, spot: str) -> None:
        """Adds one cell. A single one keeps its text as filed."""
        joint = "-" if sign < 0 else "+" if self.origin else ""
        self.text = text if not self.origin and sign > 0 else ""
        self.total += sign * Decimal(text)
        self.origin = f"{self.origin}{joint}{spot}" if self.origin else f"{sheet}{joint}{spot}"


@dataclass(slots=True)
class _State:
    """What gathers while a mapped sheet is read."""

    sums: dict[tuple[str, str], _Sum] = field(default_factory=dict)
    seen: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def read_mapped(
    grid: Grid, mapping: LayoutMapping, form: Form, layout: Layout, cover: Cover, heads: Heads, ask: Ask
) -> Reading:
    """The reading of one sheet of another layout. A name says one amount a column; a second one is said and not counted.

    Where one of several names that add up cannot be read, the item is not filed at all: a part is not the sum.
    """
    judged = judge_cover(cover, form, ask, grid.name, mapping.unit)
    got = Collected(grid, form.code, mapping.unit, findings=judged.findings)
    items = {item.code: item for item in form.items(layout)}
    day = judged.period.end if judged.period else None
    state = _State()
    rows: dict[str, list[MappingRow]] = {}
    if day is None:
        got.say("no-period", _NO_PERIOD, Severity.ERROR)
    else:
        strange = sorted(mapping.offered(day) - items.keys())
        if strange:
            got.say("mapping-not-in-layout", _NOT_IN_LAYOUT, Severity.WARNING, items=listed(strange))
        for entry in mapping.rows:
            if entry.holds_on(day) and entry.code in items:
                rows.setdefault(key(entry.item), []).append(entry)
    for block in heads.blocks:
        for row in range(heads.first_row, len(grid.rows)):
            name = grid.text(row, block.names)
            for code, column in block.columns.items():
                _read_cell(name, rows.get(key(name), []), items, code, (row, column), got, state)
    if got.unmapped:
        names = list(dict.fromkeys(entry.name for entry in got.unmapped))
        refused = mapping.unmapped == "refuse"
        got.say("unmapped", _REFUSED if refused else _KEPT, Severity.ERROR if refused else Severity.HINT, count=len(names), names=listed(names))  # fmt: skip
    cells: dict[str, dict[str, str]] = {}
    origins: dict[str, dict[str, str]] = {}
    not_applicable: dict[str, dict[str, str]] = {}
    for (item, code), entry_sum in state.sums.items():
        if entry_sum.unread or not entry_sum.origin:
            if entry_sum.not_applicable and not entry_sum.unread:
                not_applicable.setdefault(item, {})[code] = entry_sum.not_applicable
            continue
        cells.setdefault(item, {})[code] = entry_sum.text or plain(entry_sum.total)
        origins.setdefault(item, {})[code] = entry_sum.origin
    unread = {spot for spot, entry_sum in state.sums.items() if entry_sum.unread}
    offered = mapping.offered(day) & items.keys() if day else frozenset()
    return Reading(
        form=form.code,
        place=grid.name,
        unit=mapping.unit,
        cells=cells,
        origins=origins,
        not_applicable=not_applicable,
        offered=frozenset((item, code) for item in offered for code in mapping.columns) - unread,
        unmapped=tuple(got.unmapped),
        unreadable=tuple(got.unreadable),
        cover=judged.values,
        mapping=mapping.code,
        findings=(*got.findings, *got.notes.findings()),
    )


def _read_cell(name: str, rows: list[MappingRow], items: dict[str, Item], code: str, cell: tuple[int, int], got: Collected, state: _State) -> None:  # fmt: skip
    row, column = cell
    if not rows:
        got.keep(name, row, column)
        return
    amount = got.amount(row, column, items[rows[0].code], code)
    if amount is None:
        for entry in rows:
            state.sums.setdefault((entry.code, code), _Sum()).unread = True
        return
    if amount.text is None and not amount.not_applicable:
        return
    spot = address(row, column)
    text = amount.text or amount.not_applicable
    first = state.seen.setdefault((key(name), code), (spot, text))
    if first[0] != spot:
        same = first[1] == text
        got.say(
            "name-twice",
            _SAME_TWICE if same else _TWICE,
            Severity.HINT if same else Severity.ERROR,
            spot,
            name=name,
            first=first[0],
            text=text,
        )
        if not same:
            got.keep(name, row, column)
        return
    for entry in rows:
        kept = state.sums.setdefault((entry.code, code), _Sum())
        if amount.text is None:
            kept.not_applicable = amount.not_applicable
        else:
            kept.add(amount.text, entry.sign, f"{got.grid.name}!" if got.grid.name else "", spot)
