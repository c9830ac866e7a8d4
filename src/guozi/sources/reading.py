"""What comes out of a source: readings of forms, what was kept aside, and what was asked for; shared by all doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.core.kernel.money import Unit
from guozi.core.kernel.period import Period
from guozi.core.reporting.form import Form, Layout
from guozi.core.reporting.mapping import LayoutMapping


class Unmapped(NamedTuple):
    """An amount that stands under a name which no item carries: kept as it was filed, and listed  未映射项目."""

    name: str
    place: str
    text: str


class Unreadable(NamedTuple):
    """A cell of a known item whose content is not what the item asks for; it is not filed, and never taken as blank  无法识读的单元格."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may be before anything in it is parsed. Sizes in bytes, time in seconds.

    The cells of a workbook are counted as the rectangles from A1 to each sheet's last cell, because that is what a reader allocates.
    """

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 64 * 1024 * 1024
    entries: int = 2_000
    sheets: int = 200
    rows: int = 100_000
    columns: int = 2_000
    cells: int = 2_000_000
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose filing is expected here. An empty field expects nothing, and so contradicts nothing.

    `entity` is a USCC (统一社会信用代码), `entity_names` its names now and before, `report_type` the code of 报表类型, `form` the code of the form.
    """

    entity: str = ""
    entity_names: tuple[str, ...] = ()
    period: Period | None = None
    report_type: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """All that a door is told: the forms in force with their layouts, mappings of other layouts, known units of money, what is expected, limits."""

    forms: Mapping[str, tuple[Form, Layout]]
    mappings: Sequence[LayoutMapping] = ()
    units: Sequence[Unit] = ()
    expected: Expected = Expected()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One form as it was found in a file.

    `cells` are decimal (or other) texts as filed, in `unit` where they are money; a cell of `offered` that has no text was left blank.
    `offered` holds (item, column) pairs that the file's layout carries and that could be read: what is not in it is unknown, not blank. `not_applicable` gives the
    filer's reason. `origins` says from where: `sheet!D12`, or `sheet!B5+B9-B11` where a mapping adds. `cover` holds what the head says of
    `form layout entity entity_name period report_type unit currency`, in the terms of the core. `findings` are those of this form.
    """

    form: str
    place: str
    unit: Unit
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_applicable: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    offered: frozenset[tuple[str, str]] = frozenset()
    unmapped: tuple[Unmapped, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cover: Mapping[str, str] = field(default_factory=dict)
    mapping: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class FileReading:
    """A file as read: a reading for each form in it, and the findings that concern the file as a whole. Refused: no reading, and an error says why."""

    readings: tuple[Reading, ...] = ()
    findings: tuple[Finding, ...] = ()

    def all_findings(self) -> tuple[Finding, ...]:
        """Those of the file, then those of each form."""
        return self.findings + tuple(finding for reading in self.readings for finding in reading.findings)


class Refusal(Exception):
    """Inside a door: the file cannot be read at all. It leaves the door as a FileReading with this one finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def refusal(code: str, message: str, /, hint: str = "", sheet: str = "", **args: object) -> Refusal:
    """A Refusal whose finding is an error of the code `source.<code>`."""
    return Refusal(Finding(f"source.{code}", message, args, Place(sheet=sheet), hint))


def known_units(ask: Ask) -> dict[str, Unit]:
    """The units of money that can be named in a file, by code."""
    own = [form.unit for form, _ in ask.forms.values()] + [mapping.unit for mapping in ask.mappings]
    return {unit.code: unit for unit in (*own, *ask.units)}


_SHOWN = 8


class Notes:
    """Gathers remarks of one kind over many cells, so that 200 numbers stored as text make one finding and not 200."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet
        self._spots: dict[str, list[str]] = {}
        self._first: dict[str, tuple[str, str]] = {}

    def add(self, kind: str, address: str, before: str = "", after: str = "") -> None:
        """Remarks that in this cell `before` was read as `after`."""
        self._spots.setdefault(kind, []).append(address)
        self._first.setdefault(kind, (before, after))

    def findings(self) -> Iterable[Finding]:
        """One finding a kind, with the first places and the first example."""
        for kind, spots in self._spots.items():
            message, severity = _NOTES[kind]
            before, after = self._first[kind]
            places = ", ".join(spots[:_SHOWN]) + (" …" if len(spots) > _SHOWN else "")
            args = {"count": len(spots), "places": places, "before": before, "after": after}
            yield Finding(
                f"source.{kind}", message, args, Place(sheet=self._sheet, address=spots[0]), severity=severity
            )


_NOTES = {
    "number-as-text": (
        mark("{count} numbers are stored as text and were read as numbers, such as '{before}' as {after}: {places}"),
        Severity.HINT,
    ),
    "float-noise": (
        mark("{count} numbers carry rounding noise of a spreadsheet and were rounded, such as {before} to {after}: {places}"),
        Severity.HINT,
    ),
    "too-fine": (
        mark("{count} amounts are finer than a cent and were kept as they are, such as {after}: {places}"),
        Severity.WARNING,
    ),
}  # fmt: skip


def plain(value: Decimal) -> str:
    """A decimal as digits without exponent; zero has no sign."""
    return "0" if value == 0 and value.as_tuple().exponent == 0 else f"{abs(value) if value == 0 else value:f}"
