"""A filing as a page shows it: the form row by row, each cell with what was filed, what it means, where it came from, and last year's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guozi.app import wiring
from guozi.app.reporting.books import FilerBook, Source, meaning
from guozi.app.reporting.models import Filing, FilingVersion
from guozi.app.reporting.queries import CheckFinding
from guozi.app.reporting.words import reason_words, say
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.facts import FactValue, column_name
from guozi.core.reporting.form import Column, Form, Item, Layout


def cell_id(item: str, column: str) -> str:
    """How a page names a cell."""
    return f"c-{item}-{column}"


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell. `text` is as filed, in the filing's unit; `value` and `before` (last year's) in yuan or base units."""

    item: str
    column: str
    label: str
    text: str
    value: FactValue
    before: FactValue | None
    origin: str
    reason: str
    finding: str
    placeholder: str
    unit: Unit

    @property
    def money(self) -> bool:
        """An amount of money."""
        return self.unit.type is Type.MONEY

    @property
    def number(self) -> bool:
        """Any number: it is shown in its unit."""
        return self.unit.type not in (Type.TEXT, Type.DATE)

    @property
    def id(self) -> str:
        """The element's id."""
        return cell_id(self.item, self.column)

    @property
    def field(self) -> str:
        """The input's name."""
        return f"{self.item}.{self.column}"

    @property
    def changed(self) -> bool:
        """Whether a change against last year says something: not where both are zero, and amounts only."""
        return self.money and not (self.value == 0 and self.before == 0)


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of a form; a heading has no cells."""

    name: str
    code: str = ""
    line: int = 0
    level: int = 0
    total: bool = False
    sign: str = ""
    sign_words: str = ""
    cells: tuple[CellView, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as read or edited."""

    form: Form
    layout: Layout
    unit: Unit
    columns: tuple[Column, ...]
    rows: tuple[RowView, ...]
    filled: int
    cells: int


def layout_of(form: Form, period: Period) -> Layout:
    """The layout in force for a period; UsageError where there is none."""
    layout = form.layout(AsOf(period.end, date.max))
    if layout is None:
        raise UsageError(mark("no layout of {form} is in force for {period}"), form=form.code, period=str(period))
    return layout


def lines(form: Form, layout: Layout) -> dict[str, int]:
    """The number of each row as it is printed."""
    return {item.code: item.line or number for number, item in enumerate(form.items(layout), 1)}


KINDS = ("err", "ask", "done")
"""How grave a finding is for a cell, the gravest first."""


def marks(form: str, found: Iterable[tuple[CheckFinding, str]]) -> dict[tuple[str, str], str]:
    """The cells of a form that findings are about → the gravest kind."""
    out: dict[tuple[str, str], str] = {}
    for finding, kind in found:
        for code, item, column in finding.cells:
            if code == form and kind in KINDS:
                known = out.get((item, column), kind)
                out[item, column] = min(known, kind, key=KINDS.index)
    return out


def sheet_of(
    filing: Filing, source: Source | None, book: FilerBook, found: Mapping[tuple[str, str], str] | None = None
) -> Sheet:
    """The form of a filing as `source` fills it (None: empty); `found` marks cells."""
    library = wiring.library()
    period = Period.parse(filing.period)
    form = library.forms[filing.form]
    layout = layout_of(form, period)
    unit = library.vocabulary.units[source.unit] if source else form.unit
    cells = {} if source is None else source.cells_as_filed if isinstance(source, FilingVersion) else source.cells
    origins = source.origins if source else {}
    now = meaning(form.code, period, source) if source else {}
    last = book.source(form.code, 1)
    before = meaning(form.code, period.years_back(1), last) if last else None
    numbers, signs = lines(form, layout), library.vocabulary.sets["mark"].words
    rows: list[RowView] = []
    for section in form.sections:
        items = [item for item in section.items if item.in_layout(layout.effective)]
        if items and section.title is not None:
            rows.append(RowView(say(section.title)))
        for item in items:
            views = tuple(
                _cell(form, item, column, cells, origins, now, before, (found or {}).get((item.code, column.code), ""))
                for column in form.columns
            )
            rows.append(
                RowView(
                    say(item.name),
                    item.code,
                    numbers[item.code],
                    min(7, max(item.level, 1 if item.part_of and not item.total else 0)),
                    bool(item.total),
                    "".join(signs[one].sign for one in item.marks if one in signs),
                    " ".join(say(signs[one].name) for one in item.marks if one in signs),
                    views,
                )
            )
    total = sum(len(row.cells) for row in rows)
    return Sheet(form, layout, unit, form.columns, tuple(rows), sum(len(row) for row in cells.values()), total)


def _cell(
    form: Form,
    item: Item,
    column: Column,
    cells: Mapping[str, Mapping[str, object]],
    origins: Mapping[str, Mapping[str, str]],
    now: Mapping[str, FactValue],
    before: Mapping[str, FactValue] | None,
    finding: str,
) -> CellView:
    name = column_name(form, item.code, column.code)
    filed = cells.get(item.code, {}).get(column.code)
    value: FactValue = now.get(name, Unknown(Why.BLANK, item.code))
    unknown = value if isinstance(value, Unknown) else None
    zero = isinstance(value, Decimal) and filed is None
    return CellView(
        item=item.code,
        column=column.code,
        label=f"{say(item.name)} {say(column.name)}",
        text=str(filed) if filed is not None and not isinstance(filed, dict) else "",
        value=value,
        before=None if before is None else before.get(name),
        origin=str(origins.get(item.code, {}).get(column.code, "")),
        reason=reason_words(unknown) if unknown else "",
        finding=finding,
        placeholder="0" if zero else "\u2014" if unknown and unknown.why is Why.NOT_OFFERED else "",
        unit=item.unit,
    )
