"""`guozi filing …`: a spreadsheet, CSV or JSON as a filing, and the steps of its way."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from guozi.app import gate, wiring
from guozi.app.entities.models import Entity
from guozi.app.files.actions import store
from guozi.app.reporting import actions
from guozi.app.reporting.door import read_upload
from guozi.app.reporting.models import Draft, Filing
from guozi.app.reporting.queries import CheckFinding, filing_of, own_report_type
from guozi.cli.base import (
    FOUND,
    acting,
    as_option,
    ends_well,
    json_option,
    plain,
    say,
    show,
    tell_finding,
    the_entity,
    the_period,
)
from guozi.core.kernel.errors import NotFoundError, RefusedError
from guozi.core.kernel.findings import Severity, mark
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import Offered


@click.group(help=_("Filings: load, submit, accept, return, show."))
def filing() -> None:
    """The group of commands about filings."""


def check_json(finding: CheckFinding) -> dict[str, Any]:
    """A check that does not hold, as the contract has it."""
    result = finding.result
    return {
        "check": finding.rule_code,
        "kind": finding.check.kind.value,
        "outcome": result.outcome.value,
        "left": plain(result.left),
        "right": plain(result.right),
        "difference": plain(result.difference),
        "cells": [list(cell) for cell in finding.cells],
        "reason": str(result.reason) if result.reason else None,
    }


@filing.command(
    "load", help=_("Reads a file into drafts, one for each form in it; nothing is taken where the file cannot be read.")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--entity", required=True, help=_("USCC, code or exact name."))
@click.option("--period", required=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--form", default="", help=_("Only this form."))
@click.option(
    "--mapping", multiple=True, help=_("Mappings of the pack by which the file is read (default: those that fit).")
)
@click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would happen."))
@click.option("--submit", "submit_", is_flag=True, help=_("Submit what passes its checks."))
@click.option("--explain", "explanation", default="", help=_("With --submit: explains every check that fails."))
@json_option
@as_option
@ends_well
def load(
    file: Path,
    entity: str,
    period: str,
    form: str,
    mapping: tuple[str, ...],
    report_type: str | None,
    dry_run: bool,
    submit_: bool,
    explanation: str,
    as_json: bool,
    login: str | None,
) -> int:
    with acting(login):
        document = load_file(
            the_entity(entity),
            the_period(period),
            file.name,
            file.read_bytes(),
            form,
            mapping,
            report_type,
            dry_run,
            submit_,
            explanation,
        )
    lines = [f"{one['form']} {one['state']} v{one['version'] or '—'}" for one in document["filings"]]
    lines += [
        f"{one['check']} {one['outcome']}: {one['left']} / {one['right']} ({one['difference']})"
        for one in document["findings"]
        if one["outcome"] == "fails"
    ]
    lines += [_("kept, not mapped: {name} ({place})").format(**one) for one in document["unmapped"]]
    show(document, as_json, lines)
    failing = any(one["outcome"] == "fails" for one in document["findings"])
    return FOUND if failing or document["unreadable"] else 0


def load_file(
    entity: Entity,
    period: Period,
    name: str,
    data: bytes,
    form: str = "",
    mapping: tuple[str, ...] = (),
    report_type: str | None = None,
    dry_run: bool = False,
    submit_: bool = False,
    explanation: str = "",
) -> dict[str, Any]:
    """Reads a file and makes drafts (and versions) of it; the document of `filing load`."""
    kind = report_type or own_report_type(entity.pk, period)
    read = read_upload(entity, period, kind, name, data, form=form, mappings=mapping)
    for finding in read.findings:
        say(tell_finding(finding))
    errors = [finding for finding in read.findings if finding.severity is Severity.ERROR]
    if errors and not read.incoming:
        raise RefusedError(mark("{name} cannot be read; nothing was taken from it"), errors, name=name)
    filings: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    if not dry_run:
        upload = store(io.BytesIO(data), name=name, org_id=entity.pk)
        for row, _draft, found in actions.load_drafts(entity, period, kind, read.incoming, upload=upload):
            version = None
            if submit_ and (explanation or not any(one.stops or one.asks for one in found)):
                version = actions.submit(
                    row,
                    explanations={one.rule_code: explanation for one in found if one.stops or one.asks}
                    if explanation
                    else None,
                )
                row.refresh_from_db()
            filings.append(
                {"id": row.pk, "form": row.form, "version": version.number if version else None, "state": row.state}
            )
            findings += [check_json(one) for one in found]
    else:
        findings = [check_json(one) for one in read.check()]
        filings = [{"id": None, "form": one.form, "version": None, "state": "draft"} for one in read.incoming]
    return {
        "filings": filings,
        "findings": findings,
        "unmapped": [{"name": one.name, "place": one.place, "text": one.text} for one in read.unmapped],
        "unreadable": [{"place": one.place, "text": one.text} for one in read.unreadable],
    }


def _step(name: str, help_: str, needs_reason: bool, run: Any) -> None:
    @filing.command(name, help=help_)
    @click.argument("entity")
    @click.argument("form")
    @click.argument("period")
    @click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
    @click.option("--reason", default="", required=needs_reason, help=_("Why; it is kept with the step."))
    @json_option
    @as_option
    @ends_well
    def command(
        entity: str, form: str, period: str, report_type: str | None, reason: str, as_json: bool, login: str | None
    ) -> None:
        with acting(login):
            row = run(filing_of(the_entity(entity), form, the_period(period), report_type), reason)
            version = row.current_version
            receipt = actions.receipt_of(version) if version else None
            document = {
                "id": row.pk,
                "version": version.number if version else None,
                "state": row.state,
                "receipt": {"number": receipt.number, "at": receipt.at, "sha256": receipt.sha256} if receipt else None,
            }
        show(document, as_json, [f"{form} {period}: {row.state}" + (f" · {receipt.number}" if receipt else "")])


def _submit(row: Filing, reason: str) -> Filing:
    explanations = None
    if reason:
        draft = Draft.objects.filter(filing=row).first()
        found = actions.findings_of_draft(row, draft) if draft else ()
        explanations = {one.rule_code: reason for one in found if one.stops or one.asks}
    actions.submit(row, explanations=explanations)
    row.refresh_from_db()
    return row


_step("submit", _("Submits a draft; with --reason every failing check is explained by it."), False, _submit)
_step("accept", _("Accepts the submitted version."), False, lambda row, reason: actions.accept(row, reason=reason))
_step(
    "return",
    _("Returns the submitted version with a reason."),
    True,
    lambda row, reason: actions.send_back(row, reason=reason),
)


def _source(row: Filing, number: int | None) -> Any:
    """The version of that number, else the current one, else the draft; NotFoundError where there is none."""
    if number is not None:
        source: Any = row.versions.filter(number=number).first()
    else:
        source = row.current_version or Draft.objects.filter(filing=row).first()
    if source is None:
        raise NotFoundError(mark("this filing has no version {number}"), number=number or "")
    return source


@filing.command("show", help=_("The cells of a filing, exactly as filed."))
@click.argument("entity")
@click.argument("form")
@click.argument("period")
@click.option("--version", "number", type=int, help=_("This version (default: the current one, else the draft)."))
@click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
@json_option
@as_option
@ends_well
def show_(
    entity: str, form: str, period: str, number: int | None, report_type: str | None, as_json: bool, login: str | None
) -> None:
    with acting(login):
        gate.require("reporting.read")
        row = filing_of(the_entity(entity), form, the_period(period), report_type)
        source = _source(row, number)
        cells = source.cells if hasattr(source, "cells") else source.cells_as_filed
        document = {
            "state": row.state,
            "version": getattr(source, "number", None),
            "unit": source.unit,
            "cells": cells,
            "origins": source.origins,
            "offered": Offered.from_json(source.offered).to_json(),
            "kept": source.kept,
        }
    lines = [f"{item:<44} {column:<10} {value}" for item, columns in cells.items() for column, value in columns.items()]
    show(document, as_json, lines)


@filing.command("sample", help=_("Writes a sample company's spreadsheet of one year, as a reporter would send it."))
@click.argument("company")
@click.argument("year", type=int)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("Write to this file (default: its own name, here)."),
)
@json_option
@ends_well
def sample(company: str, year: int, out: Path | None, as_json: bool) -> None:
    found = next(iter(wiring.samples(codes=[company], wanted=[year])), None)
    if found is None:
        raise NotFoundError(mark("no sample of {company} for {year}"), company=company, year=year)
    path = out or Path(found.file)
    path.write_bytes(found.content)
    show({"file": str(path), "bytes": len(found.content)}, as_json, [str(path)])
