"""The only writes of filings. Each checks the right, changes the rows, writes the audit entry, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.audit.actions import record
from guozi.app.entities.models import Entity, Tree
from guozi.app.entities.queries import nodes
from guozi.app.facts.actions import note_version
from guozi.app.facts.models import CalcRun
from guozi.app.files.models import Upload
from guozi.app.identity.queries import console
from guozi.app.jobs.actions import enqueue
from guozi.app.regulation.queries import active_release, pack_object
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.cells import as_finding, in_unit, wrong_cells
from guozi.app.reporting.models import (
    Acceptance,
    CheckFinding as FindingRow,
    Draft,
    Filing,
    FilingVersion,
    Obligation,
    Return,
    Task,
)
from guozi.app.reporting.queries import SHORTEST_EXPLANATION, CheckFinding, cells_of, check_source, is_strict, stopping
from guozi.core.formula.engine import CheckTable, Outcome
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.errors import ConflictError, RefusedError, UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import Cells, Move, Offered, State, after, content_sha256
from guozi.core.reporting.form import Form

MAX_CELLS = 5000


@gate.action("reporting.open_task", about=None)
def open_task(
    tree: Tree,
    *,
    name_zh: str,
    name_en: str,
    period: Period,
    forms: Sequence[str],
    opens_at: datetime,
    due_at: datetime,
    strict: bool = True,
    only: Collection[int] | None = None,
) -> Task:
    """Opens a task: every entity of the tree that has a report type there (of those in `only`, if given) owes each form.

    Opening it again adds who is new.
    """
    library = wiring.library()
    missing = [form for form in forms if form not in library.forms]
    if missing:
        raise UsageError(mark("no form {form} in the packs"), form=missing[0])
    if due_at < opens_at:
        raise UsageError(mark("a task cannot be due before it opens"))
    task, created = Task.objects.get_or_create(
        tree=tree,
        period=str(period),
        name_zh=name_zh,
        defaults={
            "name_en": name_en,
            "period_end": period.end,
            "forms": list(forms),
            "opens_at": opens_at,
            "due_at": due_at,
            "strict": strict,
        },
    )
    rows = [
        Obligation(task=task, org_id=node.entity_id, form=form, report_type=node.report_type)
        for node in nodes(tree, period.end)
        if node.report_type and (only is None or node.entity_id in only)
        for form in task.forms
    ]
    Obligation.objects.bulk_create(rows, ignore_conflicts=True)
    record("reporting.open_task", task, period=str(period), forms=list(forms), owed=len(rows), again=not created)
    return task


_CANNOT = {
    (State.SUBMITTED, Move.EDIT): mark("This filing is being reviewed: withdraw it first, then change it."),
    (State.SUBMITTED, Move.SUBMIT): mark("This filing has been submitted already and is being reviewed."),
    (State.ACCEPTED, Move.SUBMIT): mark("This filing has been accepted: begin a correction first, then submit it."),
    (State.ACCEPTED, Move.WITHDRAW): mark(
        "This filing has been accepted and can no longer be withdrawn: correct it instead."
    ),
    (State.ACCEPTED, Move.ACCEPT): mark("This filing has been accepted already."),
    (State.RETURNED, Move.RETURN): mark("This filing has been returned already."),
}


def _moved(filing: Filing, move: Move) -> State:
    """The state after a move; ConflictError, in words for people, where it cannot be made from here."""
    try:
        return after(State(filing.state), move)
    except ConflictError as error:
        said = _CANNOT.get(
            (State(filing.state), move), mark("This filing is with its filer just now: nothing has been submitted.")
        )
        raise ConflictError(said) from error


def _open(entity: Entity, form: str, period: Period, report_type: str) -> Filing:
    """The filing's row, locked, made where it is new and tied to its obligations."""
    filing, created = Filing.objects.get_or_create(
        org=entity, form=form, period=str(period), report_type=report_type, defaults={"period_end": period.end}
    )
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    if created:
        Obligation.objects.filter(
            org=entity, form=form, report_type=report_type, task__period=str(period), filing=None
        ).update(filing=filing)
    return filing


def _draft(filing: Filing) -> Draft:
    """The filing's draft, locked: as it stands, else begun from the last version, else empty."""
    draft = Draft.objects.select_for_update(of=("self",)).filter(filing=filing).first()
    if draft is not None:
        return draft
    form = wiring.library().forms[filing.form]
    draft = Draft(filing=filing, org_id=filing.org_id, unit=form.unit.code, editor_id=gate.current())
    version = filing.current_version
    if version is not None:
        draft.cells, draft.origins, draft.offered = version.cells_as_filed, version.origins, version.offered
        draft.unit, draft.currency, draft.mapping = version.unit, version.currency, version.mapping
        draft.explanations, draft.kept = version.explanations, version.kept
        draft.upload_sha256, draft.upload_uid, draft.channel = version.file_sha256, version.upload_uid, version.channel
    return draft


def _layout_form(filing: Filing) -> Form:
    form = wiring.library().forms.get(filing.form)
    period = Period.parse(filing.period)
    if form is None or form.layout(AsOf(period.end, timezone.localdate())) is None:
        raise UsageError(mark("no layout of {form} is in force for {period}"), form=filing.form, period=filing.period)
    return form


@gate.action("reporting.fill", about=lambda entity, *_, **__: entity)
def start(entity: Entity, form: str, period: Period, report_type: str) -> Filing:
    """Opens an entity's filing for entry."""
    filing = _open(entity, form, period, report_type)
    _layout_form(filing)
    if not Draft.objects.filter(filing=filing).exists() and filing.state != State.SUBMITTED:
        filing.state = _moved(filing, Move.EDIT)
        filing.save(update_fields=["state"])
        _draft(filing).save()
        record("reporting.start", filing, filing.org_id, form=form, period=str(period))
    else:
        record("reporting.open", filing, filing.org_id)
    return filing


@gate.action("reporting.fill")
def save_cells(
    filing: Filing,
    revision: int,
    changes: Mapping[str, Mapping[str, object]],
    *,
    unit: str | None = None,
    explanations: Mapping[str, str] | None = None,
) -> tuple[Draft, tuple[CheckFinding, ...]]:
    """Saves typed cells into the draft (an empty text clears a cell) and says what its checks find. ConflictError on an older revision.

    Another `unit` rewrites the amounts that stand in the draft; `changes` are in the new one.
    """
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    form = _layout_form(filing)
    state = _moved(filing, Move.EDIT)
    draft = _draft(filing)
    if draft.revision != revision:
        raise ConflictError(
            mark("this filing was changed elsewhere at {at}; load it again, what you typed is kept in your browser"),
            at=draft.saved_at,
        )
    filled = {
        code: {col: value for col, value in row.items() if value not in ("", None)} for code, row in changes.items()
    }
    problems = wrong_cells(form, Period.parse(filing.period), filled)
    if problems:
        raise RefusedError(mark("{count} cells cannot be saved"), problems, count=len(problems))
    if sum(len(row) for row in changes.values()) > MAX_CELLS:
        raise UsageError(mark("too many cells at once"))
    if unit is not None and unit != draft.unit:
        units = wiring.library().vocabulary.units
        if unit not in units or units[unit].type is not Type.MONEY:
            raise UsageError(mark("no unit {unit}"), unit=unit)
        draft.cells = in_unit(form, draft.cells, units[draft.unit], units[unit])
        draft.unit = unit
    cells = {code: dict(row) for code, row in draft.cells.items()}
    origins = {code: dict(row) for code, row in draft.origins.items()}
    for code, row in changes.items():
        for column, value in row.items():
            origins.get(code, {}).pop(column, None)
            if value in ("", None):
                cells.get(code, {}).pop(column, None)
            else:
                cells.setdefault(code, {})[column] = value if isinstance(value, dict) else str(value)
    draft.cells = {code: row for code, row in cells.items() if row}
    draft.origins = {code: row for code, row in origins.items() if row}
    offered = Offered.from_json(draft.offered)
    if (
        offered.cells is not None
    ):  # what is typed into the form is offered by it, whatever the file carried that came before
        typed = {(code, column) for code, row in filled.items() for column in row}
        draft.offered = Offered(offered.cells | typed).to_json()
    if explanations is not None:
        draft.explanations = {**draft.explanations, **{code: text.strip() for code, text in explanations.items()}}
    draft.editor_id = gate.current()
    draft.revision += 1
    found = _counted(draft, findings_of_draft(filing, draft))
    draft.save()
    if filing.state != state:
        filing.state = state
        filing.save(update_fields=["state"])
    record(
        "reporting.save",
        filing,
        filing.org_id,
        revision=draft.revision,
        cells=sum(len(row) for row in changes.values()),
    )
    return draft, found


def _counted(draft: Draft, found: tuple[CheckFinding, ...]) -> tuple[CheckFinding, ...]:
    """Notes on the draft how many checks fail, ask, or are explained."""
    draft.failing = sum(one.stops for one in found)
    draft.asking = sum(one.asks for one in found)
    draft.explained = sum(one.result.outcome is Outcome.FAILS and bool(one.explanation) for one in found)
    return found


def findings_of_draft(filing: Filing, draft: Draft) -> tuple[CheckFinding, ...]:
    """What the checks of its form say of a draft."""
    period = Period.parse(filing.period)
    book = FilerBook(filing.org_id, filing.report_type, period, {filing.form: draft})
    return check_source(book, filing.form, draft)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One form as a reader of files read it, ready to become a draft."""

    form: str
    cells: Mapping[str, Mapping[str, object]]
    origins: Mapping[str, Mapping[str, str]]
    offered: Offered
    unit: str
    kept: Sequence[Mapping[str, str]] = ()
    mapping: str = ""
    currency: str = "CNY"


@gate.action("reporting.fill", about=lambda entity, *_, **__: entity)
def load_drafts(
    entity: Entity,
    period: Period,
    report_type: str,
    incoming: Sequence[Incoming],
    *,
    upload: Upload | None = None,
    channel: str = "spreadsheet",
) -> list[tuple[Filing, Draft, tuple[CheckFinding, ...]]]:
    """Turns what was read from a file into drafts, one a form: the file's cells replace the draft's. Nothing is taken where one form cannot be stored.

    Forms that say exactly what was filed already are left alone; ConflictError where all of them do.
    """
    problems = []
    for one in incoming:
        form = wiring.library().forms.get(one.form)
        if form is None:
            raise UsageError(mark("no form {form} in the packs"), form=one.form)
        problems += wrong_cells(form, period, one.cells)
    if problems:
        raise RefusedError(mark("{count} cells cannot be saved"), problems, count=len(problems))
    out = []
    known: FilingVersion | None = None
    for one in incoming:
        filing = _open(entity, one.form, period, report_type)
        same = _same_as_filed(filing, one.unit, one.currency, one.cells, one.offered)
        if same is not None and not Draft.objects.filter(filing=filing).exists():
            known = same
            continue
        _layout_form(filing)
        filing.state = _moved(filing, Move.EDIT)
        filing.save(update_fields=["state"])
        draft = _draft(filing)
        draft.cells = {code: dict(row) for code, row in one.cells.items()}
        draft.origins = {code: dict(row) for code, row in one.origins.items()}
        draft.offered, draft.unit, draft.currency, draft.mapping = (
            one.offered.to_json(),
            one.unit,
            one.currency,
            one.mapping,
        )
        draft.kept, draft.channel, draft.editor_id = [dict(row) for row in one.kept], channel, gate.current()
        draft.upload_sha256, draft.upload_uid = (upload.sha256, upload.uid) if upload else ("", None)
        draft.revision += 1
        found = _counted(draft, findings_of_draft(filing, draft))
        draft.save()
        record(
            "reporting.load",
            filing,
            filing.org_id,
            file=draft.upload_sha256,
            cells=sum(len(row) for row in one.cells.values()),
            kept=len(one.kept),
        )
        out.append((filing, draft, found))
    if known is not None and not out:
        raise ConflictError(
            mark(
                "This file says what has been filed already (version {number}, receipt {receipt}). Nothing was changed."
            ),
            number=known.number,
            receipt=known.receipt,
        )
    return out


def _same_as_filed(filing: Filing, unit: str, currency: str, cells: Cells, offered: Offered) -> FilingVersion | None:
    """The current version, where its content is exactly this."""
    version = filing.current_version
    return version if version and version.content_sha256 == _content(filing, unit, currency, cells, offered) else None


def _content(filing: Filing, unit: str, currency: str, cells: Cells, offered: Offered) -> str:
    return content_sha256(
        filing.form, str(filing.org.uid), filing.period, filing.report_type, unit, currency, cells, offered
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submission gives back  回执: its number, time and the hash of what was filed."""

    number: str
    at: datetime
    sha256: str


@gate.action("reporting.submit")
def submit(
    filing: Filing, *, explanations: Mapping[str, str] | None = None, revision: int | None = None
) -> FilingVersion:
    """Makes the draft a version that never changes. RefusedError where a check stops it; the draft stays as it is."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    form = _layout_form(filing)
    state = _moved(filing, Move.SUBMIT)
    draft = Draft.objects.select_for_update(of=("self",)).filter(filing=filing).first()
    if draft is None or not draft.cells:
        raise UsageError(mark("there is nothing to submit yet"))
    if revision is not None and draft.revision != revision:
        raise ConflictError(
            mark("this filing was changed elsewhere at {at}; load it again, what you typed is kept in your browser"),
            at=draft.saved_at,
        )
    if explanations:
        draft.explanations = {**draft.explanations, **{code: text.strip() for code, text in explanations.items()}}
    draft.explanations = {code: text for code, text in draft.explanations.items() if len(text) >= SHORTEST_EXPLANATION}
    found = findings_of_draft(filing, draft)
    blocking = stopping(found, strict=is_strict(filing))
    if blocking:
        raise RefusedError(
            mark("{count} checks stop this filing"),
            [as_finding(filing, finding) for finding in blocking],
            count=len(blocking),
        )
    offered = Offered.from_json(draft.offered)
    same = _same_as_filed(filing, draft.unit, draft.currency, draft.cells, offered)
    if same is not None and same.explanations == draft.explanations:
        return _stands_again(filing, draft, same)
    release = active_release()
    number = (filing.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = FilingVersion.objects.create(
        filing=filing,
        org_id=filing.org_id,
        number=number,
        receipt=f"{filing.period}-{uuid.uuid4().hex[:12].upper()}",
        pack_release=release,
        form_object=pack_object(release, "form", form.code),
        cells_as_filed=draft.cells,
        origins=draft.origins,
        offered=draft.offered,
        explanations=draft.explanations,
        kept=draft.kept,
        unit=draft.unit,
        currency=draft.currency,
        channel=draft.channel,
        mapping=draft.mapping,
        file_sha256=draft.upload_sha256,
        upload_uid=draft.upload_uid,
        content_sha256=_content(filing, draft.unit, draft.currency, draft.cells, offered),
        actor_id=gate.current(),
    )
    FindingRow.objects.bulk_create([finding_row(version, finding, None) for finding in found])
    filing.current_version, filing.state = version, state
    filing.save(update_fields=["current_version", "state"])
    draft.delete()
    note_version(version.pk, filing.form, filing.period)
    record(
        "reporting.submit",
        filing,
        filing.org_id,
        version=number,
        receipt=version.receipt,
        sha256=version.content_sha256,
    )
    enqueue("reporting.project", person=console().pk, lock="reporting.project", subject=filing.period)
    return version


def hash_of(version: FilingVersion) -> str:
    """The hash of a version's content, computed anew: what its receipt says as long as nothing was touched."""
    offered = Offered.from_json(version.offered)
    return _content(version.filing, version.unit, version.currency, version.cells_as_filed, offered)


def _stands_again(filing: Filing, draft: Draft, version: FilingVersion) -> FilingVersion:
    """Nothing differs from the current version: it stands again under its own receipt, without a second one."""
    if filing.state == State.RETURNED:
        raise UsageError(mark("Nothing has changed since version {number} was returned."), number=version.number)
    filing.state = State.ACCEPTED if version.pk == filing.accepted_version_id else State.SUBMITTED
    filing.save(update_fields=["state"])
    draft.delete()
    record("reporting.submit_again", filing, filing.org_id, version=version.number, receipt=version.receipt)
    return version


def receipt_of(version: FilingVersion) -> Receipt:
    """The receipt of a version."""
    return Receipt(version.receipt, version.submitted_at, version.content_sha256)


def finding_row(version: FilingVersion, finding: CheckFinding, run: Any) -> FindingRow:
    """The row that keeps a check which did not hold."""
    result = finding.result
    number = {
        name: value if isinstance(value, Decimal) else None
        for name, value in (("left", result.left), ("right", result.right))
    }
    return FindingRow(
        run=run,
        version=version,
        org_id=version.org_id,
        check_code=finding.rule_code,
        check_object_id=version.form_object_id,
        kind=finding.check.kind.value,
        outcome=result.outcome.value,
        left=number["left"],
        right=number["right"],
        difference=result.difference,
        tolerance=result.tolerance,
        reason=str(result.reason or ""),
        cells=[list(cell) for cell in finding.cells],
    )


@gate.action("reporting.submit")
def withdraw(filing: Filing) -> Filing:
    """Takes a submitted filing back before anybody has decided on it; its version stays on record."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    filing.state = _moved(filing, Move.WITHDRAW)
    filing.save(update_fields=["state"])
    _draft(filing).save()
    record("reporting.withdraw", filing, filing.org_id)
    return filing


@gate.action("reporting.review")
def accept(filing: Filing, *, reason: str = "", number: int | None = None) -> Filing:
    """Accepts the current version; from now on it is the one known."""
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    state = _moved(filing, Move.ACCEPT)
    version = _judged(filing, number)
    now = timezone.now()
    for former in Acceptance.objects.select_for_update(of=("self",)).filter(
        version__filing=filing, known__upper_inf=True
    ):
        former.known = DateTimeTZRange(former.known.lower, now)
        former.save(update_fields=["known"])
    Acceptance.objects.create(
        version=version, org_id=filing.org_id, known=DateTimeTZRange(now, None), by_id=gate.current(), reason=reason
    )
    filing.accepted_version, filing.state = version, state
    filing.save(update_fields=["accepted_version", "state"])
    record("reporting.accept", filing, filing.org_id, version=version.number, reason=reason)
    enqueue("reporting.project", person=console().pk, lock="reporting.project", subject=filing.period)
    return filing


def _judged(filing: Filing, number: int | None) -> FilingVersion:
    version = filing.current_version
    if version is None or (number is not None and version.number != number):
        raise ConflictError(mark("a newer version of this filing has come in; look at it first"))
    return version


@gate.action("reporting.review")
def send_back(filing: Filing, *, reason: str, cells: Sequence[Sequence[str]] = (), number: int | None = None) -> Filing:
    """Returns the current version with a reason; the reporter goes on from it."""
    if len(reason.strip()) < SHORTEST_EXPLANATION:
        raise UsageError(mark("say why it is returned"))
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    state = _moved(filing, Move.RETURN)
    version = _judged(filing, number)
    Return.objects.create(
        version=version,
        org_id=filing.org_id,
        by_id=gate.current(),
        reason=reason.strip(),
        cells=[list(cell) for cell in cells],
    )
    filing.state = state
    filing.save(update_fields=["state"])
    draft = _draft(filing)
    draft.editor_id = version.actor_id
    draft.save()
    record("reporting.return", filing, filing.org_id, version=version.number, reason=reason.strip())
    return filing


def keep_check_results(run: CalcRun, bound: Mapping[str, Any], table: CheckTable, orgs: frozenset[int] | None) -> int:
    """Keeps a run's checks that do not hold; run twice, it keeps the same. Part of the close, which has checked the right."""
    FindingRow.objects.filter(run=run).delete()
    versions = {
        (row["org_id"], row["report_type"], row["form"]): row
        for row in Filing.objects.filter(period=run.period)
        .exclude(accepted_version=None)
        .values("org_id", "report_type", "form", "accepted_version_id", "accepted_version__form_object_id")
    }
    rows = []
    for result in table.results:
        one = bound[result.code]
        cells = cells_of(one.rule.formula)
        version = versions.get((result.org_id, result.report_type, cells[0][0] if cells else ""))
        if version is None or (orgs is not None and result.org_id not in orgs):
            continue
        finding = CheckFinding(one.check, result.code, result, cells)
        row = finding_row(
            FilingVersion(
                pk=version["accepted_version_id"],
                org_id=result.org_id,
                form_object_id=version["accepted_version__form_object_id"],
            ),
            finding,
            run,
        )
        rows.append(row)
    FindingRow.objects.bulk_create(rows, batch_size=2000)
    return len(rows)
