"""A mapping: how the rows of a spreadsheet that is not ours become cells of a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guozi.core.kernel.asof import Dated
from guozi.core.kernel.citation import Label
from guozi.core.kernel.money import Unit


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One name of the other layout: the code it adds to (empty: kept and listed), its sign (+1/−1), and the periods (by end) for which this holds."""

    item: str
    code: str
    sign: int = 1
    since: date | None = None
    until: date | None = None
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """True where the row speaks for a period that ends on `day` (until is exclusive)."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class LayoutMapping:
    """A mapping file  映射. It is a layout: what it names is what is offered; rows of the form that it lacks are unknown, not zero.

    `columns` maps our column → the column of the sheet; `unmapped`: `keep` (listed, kept) or `refuse`.
    """

    code: str
    name: Label
    form: str
    unit: Unit
    name_in: str
    columns: Mapping[str, str]
    rows: tuple[MappingRow, ...]
    unmapped: str = "keep"
    versions: tuple[Dated, ...] = ()

    def offered(self, day: date) -> frozenset[str]:
        """The item codes that this layout carries for a period that ends on `day`."""
        return frozenset(row.code for row in self.rows if row.code and row.holds_on(day))
