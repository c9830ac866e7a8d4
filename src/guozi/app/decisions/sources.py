"""From a cell to the paper: the rows around it in its form, the check that holds it, its place in the file, who filed it, and each version of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from guozi.app import gate, wiring
from guozi.app.decisions.why import Located, ViewBook
from guozi.app.files.models import Upload
from guozi.app.identity.queries import names
from guozi.app.indicators.names import column_name, item_name, say
from guozi.app.reporting.models import Acceptance, FilingVersion, Return
from guozi.app.reporting.sheet import layout_of, lines
from guozi.app.reporting.words import form_words, period_words, type_words
from guozi.app.ui.numbers import grouped
from guozi.core.formula.engine import Outcome
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import Offered, content_sha256
from guozi.core.reporting.form import Item

AROUND = 4
"""Rows shown before and after the cell."""

_ADDRESS = re.compile(r"(?:(?P<sheet>.+)!)?(?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of the form as filed, in the filing's unit."""

    line: int
    name: str
    text: str
    level: int
    hit: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A check on the cell that was evaluated anew just now."""

    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """Where in the form the cell is."""

    title: str
    period: str
    report_type: str
    line: int
    column: str
    unit: str
    rows: tuple[FormRow, ...]
    checks: tuple[Held, ...]
    url: str

    @property
    def holding(self) -> tuple[Held, ...]:
        """The checks that hold."""
        return tuple(one for one in self.checks if one.holds)

    @property
    def failing(self) -> tuple[Held, ...]:
        """The checks that do not."""
        return tuple(one for one in self.checks if not one.holds)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the file that was read."""

    number: int
    name: str
    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The place in the file. `address` is as the reader noted it."""

    file: str
    sheet: str
    column: str
    address: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Someone did something with the version."""

    who: str
    did: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of the filing, with what stood in the cell."""

    number: int
    at: datetime
    text: str
    change: str
    first: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Who filed it, and from where."""

    number: int
    receipt: str
    sha256: str
    intact: bool
    typed: bool
    place: Place | None
    steps: tuple[Step, ...]
    versions: tuple[VersionRow, ...]
    file_url: str


def _text(version: FilingVersion, item: str, column: str) -> str:
    """A cell as filed, with thousands; nothing where it was left blank."""
    filed = version.cells_as_filed.get(item, {}).get(column)
    if filed is None or filed == "":
        return ""
    if isinstance(filed, dict):
        return str(filed.get("na", ""))
    return amount(str(filed))


def amount(text: str) -> str:
    """A decimal text with thousands and a true minus, its places as written; other texts as they are."""
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return grouped(number, max(0, -int(number.as_tuple().exponent)))


def form_view(book: ViewBook, found: Located) -> FormView | None:
    """The rows around a cell; None where nothing was filed."""
    version, cell = found.version, found.cell
    if version is None:
        return None
    form = wiring.library().forms[cell.form]
    period = Period.parse(version.filing.period)
    layout = layout_of(form, period)
    items = list(form.items(layout))
    index = next((at for at, one in enumerate(items) if one.code == cell.item), None)
    if index is None:
        return None
    numbers = lines(form, layout)
    first = max(0, min(index - AROUND, len(items) - 2 * AROUND - 1))
    unit = wiring.library().vocabulary.units[version.unit]
    return FormView(
        form_words(form.code),
        period_words(period),
        type_words(version.filing.report_type),
        numbers[cell.item],
        column_name(cell.form, cell.column),
        say(unit.name),
        tuple(
            _row(one, version, cell.column, numbers, one.code == cell.item)
            for one in items[first : first + 2 * AROUND + 1]
        ),
        tuple(_checks(book, found)),
        reverse("reporting:filing", args=[version.filing_id]),
    )


def _row(item: Item, version: FilingVersion, column: str, numbers: dict[str, int], hit: bool) -> FormRow:
    return FormRow(numbers[item.code], say(item.name), _text(version, item.code, column), min(item.level, 3), hit)


def _checks(book: ViewBook, found: Located) -> Iterable[Held]:
    """The checks that read the cell, evaluated on the filing's own book; those that could not be evaluated prove nothing and are left out."""
    cell = found.cell
    own = (
        book if cell.years_back == 0 else ViewBook(book.org_id, book.report_type, book.figures.earlier(cell.years_back))
    )
    judge = wiring.judge(own)
    for bound in own.rulebook.checks(cell.form):
        mine = any(
            (one.form, one.item, one.column, one.years_back) == (cell.form, cell.item, cell.column, 0)
            for one in bound.rule.formula.cells()
        )
        if mine:
            outcome = judge.check(bound.rule, own.step(bound.rule)).outcome
            if outcome in (Outcome.HOLDS, Outcome.FAILS):
                yield Held(say(bound.check.name), outcome is Outcome.HOLDS)


def origin(found: Located) -> Origin | None:
    """Who filed the cell's version, when, who accepted it, and its place in the file; None where nothing was filed."""
    version, cell = found.version, found.cell
    if version is None:
        return None
    upload = Upload.objects.filter(uid=version.upload_uid).first() if version.upload_uid else None
    address = str(version.origins.get(cell.item, {}).get(cell.column, ""))
    may_fetch = upload is not None and gate.may(gate.somebody(), "files.read", upload)
    return Origin(
        version.number,
        version.receipt,
        version.content_sha256,
        intact(version),
        not address,
        _place(version, cell.form, cell.item, cell.column, address, upload.name if upload else ""),
        _steps(version),
        _versions(version, cell.item, cell.column),
        reverse("files:download", args=[upload.uid]) if upload and may_fetch else "",
    )


def intact(version: FilingVersion) -> bool:
    """True where the version's content still has the hash that stands on its receipt: computed anew, from the stored cells."""
    filing = version.filing
    return version.content_sha256 == content_sha256(
        filing.form,
        str(filing.org.uid),
        filing.period,
        filing.report_type,
        version.unit,
        version.currency,
        version.cells_as_filed,
        Offered.from_json(version.offered),
    )


def _place(version: FilingVersion, form: str, item: str, column: str, address: str, file: str) -> Place | None:
    at = _ADDRESS.fullmatch(address)
    if at is None:
        return Place(file, "", "", address, ()) if address or file else None
    near: list[SheetRow] = []
    for code, columns in version.origins.items():
        other = _ADDRESS.fullmatch(str(columns.get(column, "")))
        if other and other["sheet"] == at["sheet"] and other["column"] == at["column"]:
            near.append(SheetRow(int(other["row"]), item_name(form, code), _text(version, code, column), code == item))
    near.sort(key=lambda row: row.number)
    here = next((index for index, row in enumerate(near) if row.hit), 0)
    first = max(0, min(here - 1, len(near) - 3))
    return Place(file, at["sheet"] or "", at["column"], address, tuple(near[first : first + 3]))


def _steps(version: FilingVersion) -> tuple[Step, ...]:
    found = [("filed", version.actor_id, version.submitted_at)]
    found += [("returned", one.by_id, one.at) for one in Return.objects.filter(version=version)]
    found += [("accepted", one.by_id, one.known.lower) for one in Acceptance.objects.filter(version=version)]
    people = names({who for _, who, _ in found})
    return tuple(Step(people.get(who, str(who)), did, at) for did, who, at in sorted(found, key=lambda one: one[2]))


def _versions(version: FilingVersion, item: str, column: str) -> tuple[VersionRow, ...]:
    rows: list[VersionRow] = []
    before: str | None = None
    for one in FilingVersion.objects.filter(filing=version.filing).order_by("number"):
        filed = one.cells_as_filed.get(item, {}).get(column)
        text = "" if filed is None or isinstance(filed, dict) else str(filed)
        rows.append(
            VersionRow(
                one.number,
                one.submitted_at,
                _text(one, item, column),
                _change(before, text),
                before is None,
                one.pk == version.pk,
            )
        )
        before = text
    return tuple(reversed(rows))


def _change(before: str | None, now: str) -> str:
    """By how much the cell moved; nothing where one of the two was left blank or is not applicable."""
    if not before or not now:
        return ""
    try:
        difference = Decimal(now) - Decimal(before)
    except ArithmeticError:
        return ""
    if difference == 0:
        return ""
    return ("+" if difference > 0 else "") + amount(f"{difference:f}")
