"""The reporter's door: a file of any known kind becomes forms ready to be drafts, with everything that was found, kept or could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from guozi.app import gate, wiring
from guozi.app.entities.models import Entity
from guozi.app.entities.queries import names_of
from guozi.app.files.actions import store
from guozi.app.reporting import actions, queries
from guozi.app.reporting.actions import Incoming
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.models import Draft
from guozi.app.reporting.queries import CheckFinding, check_source
from guozi.core.kernel.errors import RefusedError, UsageError
from guozi.core.kernel.findings import Finding, Severity, mark
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import Offered

MISDIRECTED = frozenset(
    f"source.{what}"
    for what in ("other-entity", "other-period", "not-a-period", "other-report-type", "no-such-unit", "other-unit")
)
"""What a cover says that makes every amount below it somebody else's, or of an unknown size: nothing of such a file is taken."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read for one entity and period. `unmapped` are kept with the filing; `unreadable` cells are not filed."""

    entity: Entity
    period: Period
    report_type: str
    incoming: tuple[Incoming, ...]
    findings: tuple[Finding, ...]
    unmapped: tuple[wiring.Unmapped, ...]
    unreadable: tuple[wiring.Unreadable, ...]
    misdirected: bool = False

    def check(self) -> list[CheckFinding]:
        """What the checks would say, without saving anything."""
        drafts = {one.form: draft_of(one) for one in self.incoming}
        book = FilerBook(self.entity.pk, self.report_type, self.period, drafts)
        return [finding for form, draft in drafts.items() for finding in check_source(book, form, draft)]


def draft_of(one: Incoming) -> Draft:
    """A draft that is not saved: what would be stored."""
    return Draft(
        cells=one.cells,
        origins=one.origins,
        offered=one.offered.to_json(),
        unit=one.unit,
        kept=list(one.kept),
        mapping=one.mapping,
    )


def read_upload(
    entity: Entity,
    period: Period,
    report_type: str,
    name: str,
    data: bytes,
    *,
    form: str = "",
    mappings: Sequence[str] = (),
) -> ReadFile:
    """Reads a file by our own layout, else by the pack's mappings (or those named). Nothing is stored."""
    library = wiring.library()
    rulebook = wiring.rulebook(period)
    unknown = [code for code in mappings if code not in library.mappings]
    if unknown:
        raise UsageError(mark("no mapping {mapping} in the packs"), mapping=unknown[0])
    if form and form not in rulebook.forms:
        raise UsageError(mark("no form {form} in the packs"), form=form)
    read = wiring.read_filing(
        data,
        name,
        forms={form: rulebook.forms[form]} if form else rulebook.forms,
        mappings=[library.mappings[code] for code in mappings] if mappings else list(library.mappings.values()),
        units=list(library.vocabulary.units.values()),
        expected=wiring.Expected(entity.uscc or "", tuple(names_of(entity.pk)), period, report_type, form),
    )
    misdirected = any(finding.code in MISDIRECTED for finding in read.all_findings())
    incoming = () if misdirected else tuple(_incoming(reading) for reading in read.readings)
    return ReadFile(
        entity,
        period,
        report_type,
        incoming,
        read.all_findings(),
        tuple(one for reading in read.readings for one in reading.unmapped),
        tuple(one for reading in read.readings for one in reading.unreadable),
        misdirected,
    )


def _incoming(reading: wiring.Reading) -> Incoming:
    cells: dict[str, dict[str, object]] = {item: dict(row) for item, row in reading.cells.items()}
    for item, row in reading.not_applicable.items():
        for column, reason in row.items():
            cells.setdefault(item, {})[column] = {"na": reason}
    kept: list[Mapping[str, str]] = [
        {"name": one.name, "place": one.place, "text": one.text} for one in reading.unmapped
    ]
    return Incoming(
        form=reading.form,
        cells=cells,
        origins=reading.origins,
        offered=Offered(reading.offered),
        unit=reading.unit.code,
        kept=kept,
        mapping=reading.mapping,
    )


def kind_asked(text: str, entity: Entity, period: Period) -> str:
    """The report type asked for, else the entity's own."""
    known = wiring.library().vocabulary.sets["report_type"].words
    if text and text not in known:
        raise UsageError(mark("'{text}' is not a report type of this form"), text=text[:40])
    return text or queries.own_report_type(entity.pk, period)


def take(
    entity: Entity, period: Period, report_type: str, name: str, data: bytes, *, form: str = "", dry_run: bool = False
) -> tuple[ReadFile, list[tuple[Any, Any, Any]]]:
    """Reads a file, keeps it and makes drafts of it; RefusedError with every finding where it cannot be read. Nothing is half taken."""
    gate.require("reporting.fill", entity)
    read = read_upload(entity, period, report_type, name, data, form=form)
    errors = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    if not read.incoming:
        message = (
            mark("{name} is not the file that belongs here; nothing was taken from it")
            if read.misdirected
            else mark("{name} cannot be read; nothing was taken from it")
        )
        raise RefusedError(message, errors or read.findings, name=name)
    if dry_run:
        return read, []
    with transaction.atomic():  # what is not taken is not kept either
        upload = store(_Bytes(data), name=name, org_id=entity.pk)
        return read, actions.load_drafts(entity, period, report_type, read.incoming, upload=upload)


class _Bytes:
    """Bytes that are read in pieces."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def read(self, size: int, /) -> bytes:
        piece = self.data[self.at : self.at + size]
        self.at += len(piece)
        return piece
