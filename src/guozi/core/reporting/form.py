"""A report form as the regulation prints it: columns, sections of items, dated layouts, and the checks that rows imply or state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from guozi.core.kernel.asof import AsOf, Dated, Status, in_force
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.money import Unit


class Nature(StrEnum):
    """存量 or 流量: a balance on a day, or an amount over a time."""

    STOCK = "stock"
    FLOW = "flow"


class Blank(StrEnum):
    """What an empty cell means that the layout offers: zero, unknown, or an omission that stops the filing."""

    ZERO = "zero"
    UNKNOWN = "unknown"
    REQUIRED = "required"


class Covers(StrEnum):
    """What a column covers."""

    MONTH = "month"
    YTD = "ytd"
    PRIOR_YTD = "prior_ytd"
    OPENING = "opening"
    CLOSING = "closing"


class Kind(StrEnum):
    """逻辑性 must hold · 合理性/核实性 holds or is explained in writing · 提示."""

    LOGICAL = "logical"
    REASONABLENESS = "reasonableness"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of amounts. `otherwise` (a formula text) stands in where a layout does not offer it."""

    code: str
    name: Label
    covers: Covers
    default: bool = False
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A row of a form  项目 (指标行).

    `total` is the rule by which it is a sum: `sum(section)`, or a formula over codes; `parts`: `all` (parts add up to it) or `at_most`;
    `part_of` marks an 其中 row; `minus`: it is subtracted in its section's sum; `check`: the printed number of the check its rule gives.
    `since`/`until` (the first layout without it) are effective dates of layouts. `line` is a layout's own printed number, else order counts.
    `level` is how deep it is indented under what it is a part of; `labels` are other names for it.
    """

    code: str
    name: Label
    unit: Unit
    nature: Nature
    blank: Blank
    marks: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    part_of: str = ""
    minus: bool = False
    total: str = ""
    parts: str = ""
    check: str = ""
    line: int | None = None
    level: int = 0
    labels: tuple[str, ...] = ()

    def in_layout(self, effective: date) -> bool:
        """True where the layout that begins on that date carries this row."""
        return (self.since is None or self.since <= effective) and (self.until is None or effective < self.until)


@dataclass(frozen=True, slots=True)
class Section:
    """A printed heading and the rows under it; the heading may be absent."""

    title: Label | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Dated):
    """One dated version of a form's rows; `unverified` maps paths that are weaker than the row to the reason."""

    unverified: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A check as written or implied  审核公式; one per column in `columns`.

    `holds` and `when` are formula texts; `message` has {left} {right} {difference}; `tolerance` in yuan, None: (terms + 1) / 2 of the filing's rounding step.
    """

    code: str
    name: Label
    kind: Kind
    holds: str
    message: Label
    cite: Citation
    columns: tuple[str, ...] = ()
    when: str = ""
    tolerance: Decimal | None = None
    forms: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    derived: bool = False
    status: Status = Status.UNVERIFIED


@dataclass(frozen=True, slots=True)
class Form:
    """A report form  报表. `code` is its id (`balance_sheet`), `number` its printed number (企财01).

    `checks_when` (a formula text) says for which filings the checks are meant that rows imply; empty: for all.
    """

    code: str
    number: str
    name: Label
    unit: Unit
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    layouts: tuple[Layout, ...]
    checks: tuple[Check, ...] = ()
    report_types: tuple[str, ...] = ()
    period_types: tuple[str, ...] = ()
    cover_fields: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    checks_when: str = ""

    @property
    def default_column(self) -> Column:
        """The column meant where a formula names none."""
        return next((column for column in self.columns if column.default), self.columns[0])

    def layout(self, at: AsOf) -> Layout | None:
        """The layout in force, or None."""
        return in_force(self.layouts, at)

    def items(self, layout: Layout | None = None) -> Iterator[Item]:
        """The rows in printed order; of one layout where given, else of all."""
        for section in self.sections:
            for item in section.items:
                if layout is None or item.in_layout(layout.effective):
                    yield item

    def item(self, code: str) -> Item | None:
        """The row of that code in any layout."""
        return next((item for item in self.items() if item.code == code), None)
