"""Pages of a filer: the list of filings, the form, its versions, the receipt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guozi.app import gate, wiring
from guozi.app.entities import queries as entities
from guozi.app.identity.queries import names
from guozi.app.reporting import actions, changes, queries, standing
from guozi.app.reporting.books import FilerBook, Source
from guozi.app.reporting.forms import cleaned, typed_cells, typed_explanations
from guozi.app.reporting.models import Draft, Filing, FilingVersion, Return
from guozi.app.reporting.queries import CheckFinding
from guozi.app.reporting.sentences import Sentences, balance, counts, kinds, of_version, why_stopped
from guozi.app.reporting.sheet import CellView, cell_id, layout_of, marks, sheet_of
from guozi.app.reporting.words import (
    due_words,
    form_words,
    moment,
    period_words,
    say,
    task_words,
    type_words,
    unit_of,
)
from guozi.app.ui.context import chosen_unit
from guozi.app.ui.export import Column, csv_response, xlsx_response
from guozi.app.ui.numbers import MoneyUnit
from guozi.app.ui.paging import ordered, paged
from guozi.app.ui.problems import words_of
from guozi.app.ui.templatetags.gz import delta
from guozi.core.kernel.errors import ConflictError, NotFoundError, RefusedError, UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import State

SORTS = {"entity": "entity_name", "period": "ends", "form": "form", "state": "standing", "due": "due", "at": "at"}
STATE_WORDS = {
    State.DRAFT: ("draft", ""),
    State.SUBMITTED: ("wait", ""),
    State.RETURNED: ("ret", ""),
    State.ACCEPTED: ("ok", ""),
}


@require_safe
def filings(request: HttpRequest) -> HttpResponseBase:
    """All that one may see, owed or filed; sorted by what needs a person first, as a page, a CSV or a spreadsheet."""
    gate.require("reporting.read")
    order, field = ordered(request, SORTS, "-period")
    period, form, state, text = (request.GET.get(name, "").strip() for name in ("period", "form", "state", "q"))
    rows: QuerySet[Any, Any] | list[standing.Row]
    rows = standing.rows(period=period, form=form).order_by(field, "entity_name", "form", "owed_id")
    if state or text or order.key == "state":
        found = standing.listed(rows)
        found = standing.search(found, text) if text else found
        rows = [row for row in found if not state or row.standing == state]
        if order.key == "state":
            rows.sort(key=lambda row: standing.STATES.index(row.standing), reverse=order.descending)
    if request.GET.get("as") in ("csv", "xlsx"):
        every = rows if isinstance(rows, list) else standing.listed(rows)
        answer = csv_response if request.GET["as"] == "csv" else xlsx_response
        return answer("filings", _columns(), every)
    page = paged(request, rows)
    if not isinstance(rows, list):
        page.object_list = standing.listed(page.object_list)
    mine = standing.orgs_with("reporting.fill", (row.entity_id for row in page.object_list))
    context = {
        "page": page,
        "rows": [
            (row, form_words(row.form), period_words(row.period), row.entity_id in mine) for row in page.object_list
        ],
        "order": order,
        "periods": [(code, period_words(code)) for code, _end in standing.periods()],
        "forms": [
            (code, say(one.name))
            for code, one in sorted(wiring.library().forms.items(), key=lambda pair: pair[1].number)
        ],
        "states": [(code, standing.WORDS[code]) for code in standing.STATES],
        "chosen": {"period": period, "form": form, "state": state, "q": text},
        "filtered": bool(period or form or state or text),
        "may_file": gate.may(request.user.pk, "reporting.fill"),
    }
    return render(request, "reporting/filings.html", context)


def _columns() -> list[Column[standing.Row]]:
    return [
        Column(_("Enterprise"), lambda row: row.entity_name),
        Column(_("Period"), lambda row: row.period),
        Column(_("Form"), lambda row: form_words(row.form)),
        Column(_("Report type"), lambda row: type_words(row.report_type)),
        Column(_("State"), lambda row: row.words),
        Column(_("Version"), lambda row: row.number, "0"),
        Column(_("Due"), lambda row: timezone.localtime(row.due) if row.due else None),
        Column(_("Submitted"), lambda row: timezone.localtime(row.at) if row.at else None),
    ]


def siblings(filing: Filing) -> dict[str, int]:
    """The filings of the same enterprise, period and report type: form → id."""
    rows = Filing.objects.filter(org_id=filing.org_id, period=filing.period, report_type=filing.report_type)
    return dict(rows.values_list("form", "pk"))


def tabs(entity_id: int, period: str, report_type: str) -> list[dict[str, Any]]:
    """The forms of one report, each with its state and address; the newest task's row where several ask."""
    rows = standing.listed(standing.rows(period=period, org=entity_id).order_by("owed_id"))
    by_form = {row.form: row for row in rows if row.report_type == report_type}
    forms = wiring.library().forms
    return [
        {
            "form": code,
            "name": form_words(code),
            "row": row,
            "url": reverse("reporting:filing", args=[row.filing_pk])
            if row.filing_pk
            else standing.new_url(row.entity_uid, code, period, report_type),
        }
        for code, row in sorted(by_form.items(), key=lambda pair: forms[pair[0]].number if pair[0] in forms else "")
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The way into a form that nobody has begun: start typing, send a spreadsheet, fetch an empty one."""
    asked = request.POST if request.method == "POST" else request.GET
    entity, period = entity_of(asked.get("entity", "")), Period.parse(asked.get("period", ""))
    code, kind = asked.get("form", ""), asked.get("type", "")
    form = wiring.library().forms.get(code)
    if form is None:
        raise NotFoundError(mark("no form {form} in the packs"), form=code[:40])
    if kind not in form.report_types:
        raise UsageError(mark("'{text}' is not a report type of this form"), text=kind[:40])
    if request.method == "POST":
        begun = actions.start(entity, code, period, kind)
        return redirect("reporting:filing", begun.pk)
    gate.require("reporting.read", entity)
    known = Filing.objects.filter(org=entity, form=code, period=str(period), report_type=kind).first()
    if known is not None:
        return redirect("reporting:filing", known.pk)
    layout = layout_of(form, period)
    shown = tabs(entity.pk, str(period), kind)
    due = next((tab["row"].due for tab in shown if tab["form"] == code), None)
    context = {
        "entity": entity,
        "form": form,
        "code": code,
        "period": str(period),
        "period_words": period_words(period),
        "type": kind,
        "type_words": type_words(kind),
        "items": sum(1 for _item in form.items(layout)),
        "tabs": shown,
        "due": due,
        "due_words": due_words(due) if due else "",
        "may_fill": gate.may(request.user.pk, "reporting.fill", entity),
        "upload_url": f"{reverse('reporting:upload')}?entity={entity.uid}&period={period}&type={kind}",
        "template_url": f"{reverse('reporting:template')}?entity={entity.uid}&period={period}&type={kind}&form={code}",
    }
    return render(request, "reporting/new.html", context)


def entity_of(text: str) -> Any:
    """An enterprise by its uid; NotFoundError, too, for what is no uid."""
    try:
        return entities.by_uid(UUID(text))
    except ValueError:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=text[:40]) from None


class FormPage:
    """All that the form page and its panel need of one filing, for one person."""

    def __init__(self, request: HttpRequest, filing: Filing, number: str = "") -> None:
        self.request, self.filing = request, filing
        self.period = Period.parse(filing.period)
        self.source = queries.source_of(filing, number)
        self.draft = self.source if isinstance(self.source, Draft) else None
        self.version = self.source if isinstance(self.source, FilingVersion) else None
        person = request.user.pk
        self.may = {verb: gate.may(person, f"reporting.{verb}", filing) for verb in ("fill", "submit", "review")}
        self.editable = self.draft is not None and self.may["fill"]
        self.strict = queries.is_strict(filing)
        self.book = FilerBook(
            filing.org_id, filing.report_type, self.period, {filing.form: self.source} if self.source else None
        )
        self.unit = (
            wiring.library().vocabulary.units[self.source.unit]
            if self.source
            else wiring.library().forms[filing.form].unit
        )
        own = unit_of(self.unit.code)
        self.shown_unit = (own if self.editable and own else None) or chosen_unit(request) or own or MoneyUnit.WAN

    def findings(self) -> tuple[CheckFinding, ...]:
        """A draft's checks as they are now; a version's as they were."""
        if self.draft is not None:
            return queries.check_source(self.book, self.filing.form, self.draft)
        return of_version(self.version) if self.version is not None else ()

    def panel(self, found: tuple[CheckFinding, ...]) -> dict[str, Any]:
        """The context of the findings at the side and of the bar below."""
        sentences = Sentences(self.filing, self.book, self.shown_unit, siblings(self.filing)).write(
            found, strict=self.strict
        )
        number_of = counts(found, strict=self.strict)
        empty = self.draft is not None and not self.draft.cells
        return {
            "sentences": [one for one in sentences if one.kind != "open"],
            "unchecked": [one for one in sentences if one.kind == "open"],
            "counts": number_of,
            "stopped": _("There is nothing to submit yet.") if empty else why_stopped(number_of),
            "balance": balance(sentences),
            "holding": len(self.book.rulebook.checks(self.filing.form)) - len(found),
            "editable": self.editable,
            "filing": self.filing,
            "gz_unit": self.shown_unit,
            "revision": self.draft.revision if self.draft else 0,
        }


@require_safe
def filing(request: HttpRequest, filing_id: int) -> HttpResponse:
    """The form: to be filled in where it is one's own draft, else to be read; any version of it by `?version=`."""
    return _form(request, queries.filing(filing_id))


def _form(request: HttpRequest, one: Filing, error: str = "", status: int = 200) -> HttpResponse:
    page = FormPage(request, one, request.GET.get("version", ""))
    found = page.findings()
    task = queries.task_of(one)
    returned = (
        Return.objects.filter(version__filing=one).order_by("-at").first() if one.state == State.RETURNED else None
    )
    who = names({page.draft.editor_id} if page.draft else {page.version.actor_id} if page.version else set())
    current = one.current_version
    previous = (
        one.versions.filter(number__lt=page.version.number).order_by("-number").first() if page.version else current
    )
    state = STATE_WORDS[State(one.state)][0]
    context = {
        **page.panel(found),
        "sheet": sheet_of(one, page.source, page.book, marks(one.form, kinds(found, strict=page.strict))),
        "draft": page.draft,
        "version": page.version,
        "current": current,
        "is_current": page.version is not None and current is not None and page.version.pk == current.pk,
        "state": state,
        "period_words": period_words(page.period),
        "type_words": type_words(one.report_type),
        "tabs": tabs(one.org_id, one.period, one.report_type),
        "due": task.due_at if task and one.state != State.ACCEPTED else None,
        "due_words": due_words(task.due_at) if task else "",
        "is_late": bool(task and task.due_at < timezone.now()),
        "task_words": task_words(task),
        "who": next(iter(who.values()), ""),
        "saved_at": moment(page.draft.saved_at) if page.draft else "",
        "returned": returned,
        "returned_by": names({returned.by_id}).get(returned.by_id, "") if returned else "",
        "kept": page.source.kept if page.source else [],
        "upload_uid": page.source.upload_uid if page.source else None,
        "may": page.may,
        "may_files": gate.may(request.user.pk, "files.read", one),
        "units": _filing_units(page.unit.code) if page.editable else (),
        "unit_name": say(page.unit.name),
        "changed": len(changes.changes(one, previous, page.source)) if previous and page.source else 0,
        "previous": previous,
        "error": error,
        "upload_url": f"{reverse('reporting:upload')}?entity={one.org.uid}&period={one.period}&type={one.report_type}",
        "receipt_url": reverse("reporting:receipt", args=[page.version.receipt]) if page.version else "",
        "can_withdraw": one.state == State.SUBMITTED and page.may["submit"],
        "can_correct": one.state == State.ACCEPTED and page.may["fill"] and page.draft is None,
        "can_review": page.may["review"] and one.state == State.SUBMITTED,
    }
    return render(request, "reporting/filing.html", context, status=status)


def _filing_units(code: str) -> list[tuple[str, str, bool]]:
    units = wiring.library().vocabulary.units.values()
    return [
        (unit.code, say(unit.name), unit.code == code)
        for unit in units
        if unit.type is Type.MONEY and unit_of(unit.code)
    ]


@require_http_methods(["POST", "PATCH"])
def save(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Takes typed cells and explanations: as JSON, while one types; or as a form, where no JavaScript runs.

    What can be read is saved even where one cell cannot: that one stays with the person, with the reason.
    """
    one = queries.filing(filing_id)
    document = request.method == "PATCH"
    if document:
        revision, typed, explanations, unit = _document(request)
    else:
        revision, unit = _whole(request.POST.get("revision", "")), None
        explanations = typed_explanations(request.POST)
        typed = _only_changed(one, typed_cells(request.POST))
    draft = Draft.objects.filter(filing=one).first()
    library = wiring.library()
    form = library.forms[one.form]
    code = unit if unit in library.vocabulary.units else (draft.unit if draft else form.unit.code)
    good, bad = cleaned(form, library.vocabulary.units[code or form.unit.code], typed)
    saved, found = actions.save_cells(one, revision, good, unit=unit, explanations=explanations)
    if not document:
        for row in bad.values():
            for said in row.values():
                messages.error(request, said)
        return redirect("reporting:filing", one.pk)
    page = FormPage(request, queries.filing(filing_id))
    shown = marks(one.form, kinds(found, strict=page.strict))
    sheet = sheet_of(one, page.source, page.book, shown)
    cells = {cell.id: cell for row in sheet.rows for cell in row.cells}
    panel = page.panel(found) | {"request": request}
    return JsonResponse(
        {
            "revision": saved.revision,
            "saved": timezone.localtime(saved.saved_at).strftime("%H:%M:%S"),
            "panel": render_to_string("reporting/parts/findings.html", panel, request),
            "bar": render_to_string("reporting/parts/bar.html", panel, request),
            "tabs": render_to_string(
                "reporting/parts/tabs.html",
                {"tabs": tabs(one.org_id, one.period, one.report_type), "here": one.form},
            ),
            "stopped": panel["stopped"],
            "cells": {
                cell_id(item, column): _cell_json(cells[cell_id(item, column)])
                for item, row in good.items()
                for column in row
                if cell_id(item, column) in cells
            },
            "marks": {cell_id(item, column): kind for (item, column), kind in shown.items()},
            "wrong": {cell_id(item, column): said for item, row in bad.items() for column, said in row.items()},
            "reload": unit is not None,
        }
    )


def _cell_json(cell: CellView) -> dict[str, Any]:
    known = not hasattr(cell.value, "why")
    return {
        "text": cell.text,
        "yuan": str(cell.value) if known and cell.money else "",
        "delta": str(delta(cell.value, cell.before)) if known and not isinstance(cell.value, str) else "",  # type: ignore[arg-type]
        "placeholder": cell.placeholder,
    }


def _document(request: HttpRequest) -> tuple[int, dict[str, dict[str, object]], dict[str, str], str | None]:
    wrong = UsageError(mark("The request does not have the shape that is described."))
    try:
        data = json.loads(request.body)
    except ValueError:
        raise wrong from None
    if not isinstance(data, dict):
        raise wrong
    cells, explanations, unit = data.get("cells", {}), data.get("explanations", {}), data.get("unit")
    rows = isinstance(cells, dict) and all(isinstance(row, dict) for row in cells.values())
    texts = isinstance(explanations, dict) and all(isinstance(text, str) for text in explanations.values())
    revision = data.get("revision")
    if not (rows and texts and isinstance(unit, str | None) and isinstance(revision, int)):
        raise wrong
    return revision, cells, explanations, unit


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _only_changed(one: Filing, typed: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Without what stands in the draft just so: a form sends every field."""
    draft = Draft.objects.filter(filing=one).first()
    known = draft.cells if draft else {}
    return {
        code: changed
        for code, row in typed.items()
        if (changed := {col: text for col, text in row.items() if text != known.get(code, {}).get(col, "")})
    }


@require_POST
def edit(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Begins a correction of an accepted filing; the accepted version goes on counting."""
    one = queries.filing(filing_id)
    actions.start(one.org, one.form, Period.parse(one.period), one.report_type)
    return redirect("reporting:filing", one.pk)


@require_POST
def submit(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Submits the draft as it was seen; where checks stop it the form comes back with the reason."""
    one = queries.filing(filing_id)
    revision = request.POST.get("revision")
    before = one.current_version_id
    try:
        version = actions.submit(one, revision=_whole(revision) if revision else None)
    except (RefusedError, ConflictError, UsageError) as error:
        status = 422 if isinstance(error, RefusedError) else 409
        return _form(request, queries.filing(filing_id), words_of(error), status)
    if version.pk == before:
        messages.info(
            request,
            _("Nothing differs from version {number}: it stands again, under the same receipt.").format(
                number=version.number
            ),
        )
    return redirect("reporting:receipt", version.receipt)


@require_POST
def withdraw(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Takes a filing back before it was decided on."""
    one = queries.filing(filing_id)
    try:
        actions.withdraw(one)
    except ConflictError as error:
        return _form(request, queries.filing(filing_id), words_of(error), 409)
    messages.info(request, _("Withdrawn. The version stays on record; you can change the draft and submit it again."))
    return redirect("reporting:filing", one.pk)


@require_safe
def versions(request: HttpRequest, filing_id: int) -> HttpResponse:
    """All that happened to a filing, and what changed from one version to another."""
    one = queries.filing(filing_id)
    every = list(one.versions.order_by("number"))
    draft = Draft.objects.filter(filing=one).first()
    known: dict[str, Source] = {str(version.number): version for version in every} | ({"draft": draft} if draft else {})
    order = list(known)
    to = request.GET.get("to", order[-1] if order else "")
    back = request.GET.get("from", order[max(0, order.index(to) - 1)] if to in order else "")
    context = {
        "filing": one,
        "form": wiring.library().forms[one.form],
        "period_words": period_words(one.period),
        "story": [(event, moment(event.at)) for event in changes.story(one)],
        "versions": every,
        "draft": draft,
        "choices": [(key, _("Draft") if key == "draft" else _("Version {number}").format(number=key)) for key in order],
        "from": back,
        "to": to,
        "changes": changes.changes(one, known.get(back), known.get(to)),
        "compared": back in known and to in known and back != to,
        "may_files": gate.may(request.user.pk, "files.read", one),
    }
    return render(request, "reporting/versions.html", context)


@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """Looks a receipt up by its number."""
    gate.require("reporting.read")
    number = request.GET.get("number", "").strip().upper()
    if number and FilingVersion.objects.filter(receipt=number).exists():
        return redirect("reporting:receipt", number)
    return render(request, "reporting/receipts.html", {"number": number}, status=404 if number else 200)


@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of a submission: number, time, hash; and whether what is kept still is what was filed."""
    version = FilingVersion.objects.select_related("filing", "filing__org").filter(receipt=number).first()
    if version is None:
        raise NotFoundError(mark("There is no receipt {number} that you may see."), number=number[:40])
    gate.require("reporting.read", version)
    one = version.filing
    context = {
        "version": version,
        "filing": one,
        "form": wiring.library().forms[one.form],
        "period_words": period_words(one.period),
        "type_words": type_words(one.report_type),
        "who": names({version.actor_id}).get(version.actor_id, ""),
        "intact": actions.hash_of(version) == version.content_sha256,
        "unit_name": say(wiring.library().vocabulary.units[version.unit].name),
        "cells": sum(len(row) for row in version.cells_as_filed.values()),
        "changes": changes.changes(one, one.versions.filter(number=version.number - 1).first(), version),
        "rest": [
            tab
            for tab in tabs(one.org_id, one.period, one.report_type)
            if tab["row"].standing in ("none", "late", "draft", "fail", "ret")
        ],
    }
    return render(request, "reporting/receipt.html", context)
