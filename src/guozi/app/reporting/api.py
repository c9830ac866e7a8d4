"""Filings in the API: lists by cursor, one with its ETag, cells, files, the steps of its way, findings with pointers, tasks and what is owed.

Every write takes an `Idempotency-Key`. Errors are problem documents; a check that stops a submission points to its cell.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from guozi.app import gate, wiring
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.reporting import actions, queries
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.door import kind_asked, take
from guozi.app.reporting.models import Draft, Filing, FilingVersion, Obligation, Task
from guozi.app.reporting.queries import CheckFinding
from guozi.app.reporting.repeats import once
from guozi.app.reporting.sentences import kind_of, of_version
from guozi.app.reporting.words import cite_words, say
from guozi.app.ui.problems import finding_words
from guozi.core.kernel.errors import NotFoundError, UsageError
from guozi.core.kernel.findings import Finding, mark
from guozi.core.kernel.period import Period

router = Router()

MOST = 200
Limit = Annotated[int, Field(ge=1, le=MOST)]
Cursor = Annotated[int, Field(ge=0, lt=2**63)]
Id = Annotated[int, Field(ge=1, lt=2**63)]
Code = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Amount = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
CellIn = Amount | dict[Code, Words] | None


class FilingOut(Schema):
    """A filing: where it stands, which version is current, which counts as accepted."""

    id: int
    entity: UUID
    entity_name: str
    form: str
    period: str
    report_type: str
    state: str
    version: int | None
    accepted_version: int | None


class FilingsOut(Schema):
    """A page of filings; `next` is the cursor of the following page, null on the last."""

    items: list[FilingOut]
    next: int | None


class ContentOut(Schema):
    """What a filing holds: cells exactly as filed, in its unit. `revision` is the draft's, null for a version."""

    filing: FilingOut
    source: str
    revision: int | None
    unit: str
    currency: str
    cells: dict[str, dict[str, Any]]
    origins: dict[str, dict[str, str]]
    explanations: dict[str, str]
    kept: list[dict[str, str]]


class FindingOut(Schema):
    """A check that does not hold, or could not be evaluated. Money in yuan; pointers are JSON pointers to cells."""

    check: str
    kind: str
    outcome: str
    name: str
    stops: bool
    left: str | None
    right: str | None
    difference: str | None
    tolerance: str | None
    reason: str | None
    cite: str
    pointers: list[str]
    explanation: str


class SavedOut(Schema):
    """A draft after a save: its new revision and what its checks find."""

    filing: int
    revision: int
    findings: list[FindingOut]


class StepOut(Schema):
    """A filing after a step of its way; the receipt of its current version."""

    filing: FilingOut
    receipt: str | None
    submitted_at: datetime | None
    content_sha256: str | None


class CellsIn(Schema):
    """Cells to change: item → column → plain decimal text, `{"na": reason}`, or null to clear."""

    cells: dict[Code, dict[Code, CellIn]] = {}
    explanations: dict[Code, Words] = {}
    unit: Code | None = None


class StartIn(Schema):
    """Which filing to open."""

    entity: UUID
    form: Code
    period: Code
    report_type: Code


class SubmitIn(Schema):
    """Explanations of checks, by their code; the revision that is meant."""

    explanations: dict[Code, Words] = {}
    revision: Annotated[int, Field(ge=0, lt=2**31)] | None = None


class DecideIn(Schema):
    """The version that was looked at, and a reason."""

    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    reason: Words = ""


class UploadIn(Schema):
    """Whose file it is; the report type where it is not the enterprise's own, one form where only that is meant."""

    entity: UUID
    period: Code
    report_type: Code = ""
    form: Code = ""


class TaskOut(Schema):
    """A reporting task."""

    id: int
    name_zh: str
    name_en: str
    period: str
    forms: list[str]
    opens_at: datetime
    due_at: datetime
    strict: bool


class ObligationOut(Schema):
    """Who owes which form under a task; `filing` is null where nothing has been begun."""

    id: int
    task: int
    entity: UUID
    form: str
    period: str
    report_type: str
    filing: int | None
    state: str | None
    waived_reason: str


class ObligationsOut(Schema):
    """A page of obligations."""

    items: list[ObligationOut]
    next: int | None


class PlacedOut(Schema):
    """Something in a file, and where it stands."""

    place: str
    text: str
    name: str = ""


class FileFindingOut(Schema):
    """Something that was found in a file."""

    code: str
    detail: str
    severity: str
    place: str


class UploadOut(Schema):
    """What came of a file. With `dry_run` nothing is stored and `filing` is 0."""

    dry_run: bool
    filings: list[SavedOut]
    findings: list[FileFindingOut]
    unmapped: list[PlacedOut]
    unreadable: list[PlacedOut]


class ReceiptOut(Schema):
    """A receipt; `intact`: the content that is kept still has the hash."""

    number: str
    filing: int
    version: int
    submitted_at: datetime
    content_sha256: str
    intact: bool


def _filing(one: Filing) -> dict[str, Any]:
    return {
        "id": one.pk,
        "entity": one.org.uid,
        "entity_name": one.org.name,
        "form": one.form,
        "period": one.period,
        "report_type": one.report_type,
        "state": one.state,
        "version": one.current_version.number if one.current_version else None,
        "accepted_version": one.accepted_version.number if one.accepted_version else None,
    }


def _finding(one: CheckFinding, strict: bool) -> dict[str, Any]:
    result = one.result
    texts = {
        name: None if value is None else str(value)
        for name, value in (
            ("left", result.left),
            ("right", result.right),
            ("difference", result.difference),
            ("tolerance", result.tolerance),
            ("reason", result.reason),
        )
    }
    return {
        "check": one.rule_code,
        "kind": one.check.kind.value,
        "outcome": result.outcome.value,
        "name": say(one.check.name),
        "stops": kind_of(one, strict=strict) in ("err", "ask"),
        **texts,
        "cite": cite_words(one.check.cite),
        "pointers": [f"#/cells/{item}/{column}" for form, item, column in one.cells],
        "explanation": one.explanation,
    }


def _saved(one: Filing, draft: Draft, found: tuple[CheckFinding, ...]) -> dict[str, Any]:
    strict = queries.is_strict(one) if one.pk else True
    return {"filing": one.pk or 0, "revision": draft.revision, "findings": [_finding(item, strict) for item in found]}


def _step(one: Filing) -> dict[str, Any]:
    one = queries.filing(one.pk)
    version = one.current_version
    return {
        "filing": _filing(one),
        "receipt": version.receipt if version else None,
        "submitted_at": version.submitted_at if version else None,
        "content_sha256": version.content_sha256 if version else None,
    }


def _answer(answered: tuple[int, Mapping[str, Any]], etag: str = "") -> HttpResponse:
    status, body = answered
    response = JsonResponse(body, encoder=DjangoJSONEncoder, status=status)
    if etag:
        response["ETag"] = etag
    return response


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """As it travels, so that what is remembered is what was said."""
    plain: dict[str, Any] = json.loads(json.dumps(body, cls=DjangoJSONEncoder))
    return plain


def _entity(uid: UUID) -> Entity:
    return entities.by_uid(uid)


def _etag(draft: Draft | None, version: FilingVersion | None) -> str:
    return f'"r{draft.revision}"' if draft else f'"v{version.number}"' if version else '"r0"'


@router.get("filings", response=FilingsOut, summary="Filings that you may see")
def filings(
    request: HttpRequest,
    period: Code = "",
    form: Code = "",
    state: Code = "",
    entity: UUID | None = None,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> dict[str, Any]:
    """By id; filtered by period, form, state and enterprise."""
    gate.require("reporting.read")
    found = Filing.objects.select_related("org", "current_version", "accepted_version").filter(pk__gt=cursor)
    wanted = {"period": period, "form": form, "state": state, "org__uid": entity}
    rows = list(found.filter(**{name: value for name, value in wanted.items() if value}).order_by("pk")[: limit + 1])
    return {"items": [_filing(one) for one in rows[:limit]], "next": rows[limit - 1].pk if len(rows) > limit else None}


@router.post("filings", response={200: SavedOut}, summary="Open a filing for entry")
def start(request: HttpRequest, body: StartIn) -> HttpResponse:
    """Makes it where it is new; begins a correction where it was accepted."""
    entity, period = _entity(body.entity), Period.parse(body.period)
    form = wiring.library().forms.get(body.form)
    if form is None:
        raise NotFoundError(mark("no form {form} in the packs"), form=body.form)
    if body.report_type not in form.report_types:
        raise UsageError(mark("'{text}' is not a report type of this form"), text=body.report_type)

    def run() -> tuple[int, dict[str, Any]]:
        one = actions.start(entity, body.form, period, body.report_type)
        draft = Draft.objects.filter(filing=one).first()
        return 200, {"filing": one.pk, "revision": draft.revision if draft else 0, "findings": []}

    return _answer(once(request, entity.pk, run))


@router.get("filings/{filing_id}", response=ContentOut, summary="One filing with its cells")
def filing(
    request: HttpRequest,
    response: HttpResponse,
    filing_id: Id,
    version: Annotated[int, Field(ge=1, lt=10**6)] | None = None,
) -> dict[str, Any]:
    """The draft where there is one, else the current version; any version by its number. The ETag is what a change must name."""
    one = queries.filing(filing_id)
    source = queries.source_of(one, str(version) if version else "")
    draft = source if isinstance(source, Draft) else None
    filed = source if isinstance(source, FilingVersion) else None
    response["ETag"] = _etag(draft, filed)
    unit = source.unit if source else wiring.library().forms[one.form].unit.code
    return {
        "filing": _filing(one),
        "source": "draft" if draft else f"version {filed.number}" if filed else "nothing",
        "revision": draft.revision if draft else None,
        "unit": unit,
        "currency": source.currency if source else "CNY",
        "cells": (draft.cells if draft else filed.cells_as_filed) if (draft or filed) else {},  # type: ignore[union-attr]
        "origins": source.origins if source else {},
        "explanations": source.explanations if source else {},
        "kept": source.kept if source else [],
    }


@router.patch("filings/{filing_id}/cells", response={200: SavedOut}, summary="Change cells of a draft")
def cells(request: HttpRequest, filing_id: Id, body: CellsIn) -> HttpResponse:
    """`If-Match` names the revision that was read (`"r12"`); 409 where the draft has changed since, 400 without it."""
    one = queries.filing(filing_id)
    match = request.headers.get("If-Match", "").strip().strip('"')
    if not (match[:1] in ("r", "v") and match[1:].isascii() and match[1:].isdigit() and len(match) < 11):
        raise UsageError(mark('Name the revision that you read in If-Match, such as "r12".'))

    def run() -> tuple[int, dict[str, Any]]:
        draft, found = actions.save_cells(
            one,
            0 if match.startswith("v") else int(match[1:]),
            {item: dict(row) for item, row in body.cells.items()},
            unit=body.unit,
            explanations=body.explanations,
        )
        return 200, _plain(_saved(one, draft, found))

    status, answered = once(request, one.org_id, run)
    return _answer((status, answered), f'"r{answered["revision"]}"')


@router.get("filings/{filing_id}/findings", response=list[FindingOut], summary="What the checks say")
def findings(request: HttpRequest, filing_id: Id) -> list[dict[str, Any]]:
    """Of the draft as it is now, else of the current version as it was submitted."""
    one = queries.filing(filing_id)
    source = queries.source_of(one)
    if isinstance(source, Draft):
        book = FilerBook(one.org_id, one.report_type, Period.parse(one.period), {one.form: source})
        found = queries.check_source(book, one.form, source)
    else:
        found = of_version(source) if source is not None else ()
    strict = queries.is_strict(one)
    return [_finding(item, strict) for item in found]


@router.post("filings/{filing_id}/submit", response={200: StepOut}, summary="Submit a draft")
def submit(request: HttpRequest, filing_id: Id, body: SubmitIn) -> HttpResponse:
    """422 with a pointer to each cell where checks stop it; the draft stays as it is."""
    one = queries.filing(filing_id)

    def run() -> tuple[int, dict[str, Any]]:
        actions.submit(one, explanations=body.explanations, revision=body.revision)
        return 200, _plain(_step(one))

    return _answer(once(request, one.org_id, run))


@router.post("filings/{filing_id}/withdraw", response={200: StepOut}, summary="Take a submitted filing back")
def withdraw(request: HttpRequest, filing_id: Id) -> HttpResponse:
    """Before anybody has decided on it; its version stays on record."""
    one = queries.filing(filing_id)

    def run() -> tuple[int, dict[str, Any]]:
        actions.withdraw(one)
        return 200, _plain(_step(one))

    return _answer(once(request, one.org_id, run))


@router.post("filings/{filing_id}/accept", response={200: StepOut}, summary="Accept the submitted version")
def accept(request: HttpRequest, filing_id: Id, body: DecideIn) -> HttpResponse:
    """409 where a newer version has come in than the one named."""
    one = queries.filing(filing_id)

    def run() -> tuple[int, dict[str, Any]]:
        actions.accept(one, reason=body.reason, number=body.version)
        return 200, _plain(_step(one))

    return _answer(once(request, one.org_id, run))


@router.post(
    "filings/{filing_id}/return", response={200: StepOut}, summary="Return the submitted version with a reason"
)
def send_back(request: HttpRequest, filing_id: Id, body: DecideIn) -> HttpResponse:
    """The filer goes on from it."""
    one = queries.filing(filing_id)

    def run() -> tuple[int, dict[str, Any]]:
        actions.send_back(one, reason=body.reason, number=body.version)
        return 200, _plain(_step(one))

    return _answer(once(request, one.org_id, run))


@router.post("uploads", response={200: UploadOut}, summary="Read a file into drafts")
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    about: Form[UploadIn],
    dry_run: Query[bool] = False,
) -> HttpResponse:
    """One draft for each form in it; 422 with every finding where it cannot be read, and nothing is taken."""
    whose, when = _entity(about.entity), Period.parse(about.period)
    kind = kind_asked(about.report_type, whose, when)

    def run() -> tuple[int, dict[str, Any]]:
        data = file.read(settings.UPLOAD_LIMIT + 1)  # one byte too many is refused by its reader
        read, loaded = take(whose, when, kind, file.name or "upload", data, form=about.form, dry_run=dry_run)
        strict = True
        saved = [_saved(*one) for one in loaded] or [
            {
                "filing": 0,
                "revision": 0,
                "findings": [
                    _finding(item, strict) for item in read.check() if item.cells and item.cells[0][0] == one.form
                ],
            }
            for one in read.incoming
        ]
        return 200, _plain(
            {
                "dry_run": dry_run,
                "filings": saved,
                "findings": [_told(one) for one in read.findings],
                "unmapped": [{"name": one.name, "place": one.place, "text": one.text} for one in read.unmapped],
                "unreadable": [{"name": "", "place": one.place, "text": one.text} for one in read.unreadable],
            }
        )

    return _answer(run() if dry_run else once(request, whose.pk, run))


def _told(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "detail": finding_words(finding),
        "severity": finding.severity.value,
        "place": str(finding.place),
    }


@router.get("receipts/{number}", response=ReceiptOut, summary="Check a receipt")
def receipt(request: HttpRequest, number: Code) -> dict[str, Any]:
    """Whether what is kept still is what was filed."""
    version = FilingVersion.objects.select_related("filing", "filing__org").filter(receipt=number).first()
    if version is None or not gate.may(gate.somebody(), "reporting.read", version):
        raise NotFoundError(mark("There is no receipt {number} that you may see."), number=number[:40])
    return {
        "number": version.receipt,
        "filing": version.filing_id,
        "version": version.number,
        "submitted_at": version.submitted_at,
        "content_sha256": version.content_sha256,
        "intact": actions.hash_of(version) == version.content_sha256,
    }


@router.get("tasks", response=list[TaskOut], summary="Reporting tasks")
def tasks(request: HttpRequest, period: Code = "") -> list[Task]:
    """The newest period first."""
    gate.require("reporting.read")
    return [task for task in queries.tasks() if not period or task.period == period]


@router.get("obligations", response=ObligationsOut, summary="Who owes what")
def obligations(
    request: HttpRequest, period: Code = "", task: Id | None = None, cursor: Cursor = 0, limit: Limit = 50
) -> dict[str, Any]:
    """Within what you may see; a form that nobody has begun is there, too."""
    gate.require("reporting.read")
    found = Obligation.objects.select_related("task", "org", "filing").filter(pk__gt=cursor)
    wanted = {"task__period": period, "task_id": task}
    rows = list(found.filter(**{name: value for name, value in wanted.items() if value}).order_by("pk")[: limit + 1])
    items = [
        {
            "id": one.pk,
            "task": one.task_id,
            "entity": one.org.uid,
            "form": one.form,
            "period": one.task.period,
            "report_type": one.report_type,
            "filing": one.filing_id,
            "state": one.filing.state if one.filing else None,
            "waived_reason": one.waived_reason,
        }
        for one in rows[:limit]
    ]
    return {"items": items, "next": rows[limit - 1].pk if len(rows) > limit else None}
