"""Spreadsheets: sent in as drafts, fetched as templates or as filled-in forms."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guozi.app import gate, wiring
from guozi.app.entities.models import Entity
from guozi.app.reporting import queries, standing
from guozi.app.reporting.books import Source
from guozi.app.reporting.door import kind_asked, take
from guozi.app.reporting.forms import UploadForm
from guozi.app.reporting.models import Draft, FilingVersion
from guozi.app.reporting.sentences import counts
from guozi.app.reporting.views import entity_of, tabs
from guozi.app.reporting.words import form_words, period_words, say, type_words
from guozi.app.ui.problems import words_of
from guozi.core.kernel.errors import ConflictError, GuoziError, RefusedError, UsageError
from guozi.core.kernel.findings import Finding, Severity, mark
from guozi.core.kernel.period import Period
from guozi.core.reporting.form import Form, Layout

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """For one enterprise and period: a workbook becomes drafts, and everything that was found in it is named by sheet and address."""
    if "entity" not in request.GET:
        return _choose(request)
    entity, period = entity_of(request.GET.get("entity", "")), Period.parse(request.GET.get("period", ""))
    gate.require("reporting.fill", entity)
    kind = kind_asked(request.GET.get("type", ""), entity, period)
    form = UploadForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "entity": entity,
        "period_words": period_words(period),
        "type_words": type_words(kind),
        "template_url": f"{reverse('reporting:template')}?entity={entity.uid}&period={period}&type={kind}",
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        context["name"] = sent.name
        try:
            read, loaded = take(entity, period, kind, sent.name, sent.read(settings.UPLOAD_LIMIT + 1))
            context |= {"read": read, "taken": [_taken(*one) for one in loaded], "findings": _told(read.findings)}
        except GuoziError as error:
            if not isinstance(error, RefusedError | ConflictError | UsageError):
                raise
            status = 422 if isinstance(error, RefusedError) else 409
            refused = error.findings if isinstance(error, RefusedError) else ()
            context |= {"refused": words_of(error), "findings": _told(refused)}
    elif request.method == "POST":
        status = 422
    context["tabs"] = tabs(entity.pk, str(period), kind)
    return render(request, "reporting/upload.html", context, status=status)


def _taken(filing: Any, draft: Draft, found: Any) -> dict[str, Any]:
    return {
        "filing": filing,
        "name": form_words(filing.form),
        "cells": sum(len(row) for row in draft.cells.values()),
        "unit": say(wiring.library().vocabulary.units[draft.unit].name),
        "kept": len(draft.kept),
        "counts": counts(found, strict=queries.is_strict(filing)),
    }


def _told(findings: Any) -> list[tuple[Finding, str, str]]:
    order = [Severity.ERROR, Severity.WARNING, Severity.HINT]
    shapes = {Severity.ERROR: "err", Severity.WARNING: "ask", Severity.HINT: "done"}
    return [
        (one, shapes[one.severity], "!".join(filter(None, (one.place.sheet, one.place.address))))
        for one in sorted(findings, key=lambda one: order.index(one.severity))
    ]


def _choose(request: HttpRequest) -> HttpResponse:
    """Which enterprise and period: those for which something is owed."""
    gate.require("reporting.fill")
    rows = standing.listed(standing.rows().order_by("-ends", "entity_name", "owed_id"))
    mine = standing.orgs_with("reporting.fill", (row.entity_id for row in rows))
    found: dict[tuple[int, str, str], standing.Row] = {}
    for row in rows:
        if row.entity_id in mine and row.standing != "ok":
            found.setdefault((row.entity_id, row.period, row.report_type), row)
    reports = [(row, period_words(row.period), type_words(row.report_type)) for row in found.values()][:200]
    return render(request, "reporting/upload_choose.html", {"reports": reports})


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The forms of a report as an empty workbook, its cover filled in; one form by `?form=`."""
    entity, period = entity_of(request.GET.get("entity", "")), Period.parse(request.GET.get("period", ""))
    gate.require("reporting.read", entity)
    kind = kind_asked(request.GET.get("type", ""), entity, period)
    forms = wiring.rulebook(period).forms
    code = request.GET.get("form", "")
    if code and code not in forms:
        raise UsageError(mark("no form {form} in the packs"), form=code[:40])
    chosen = [code] if code else sorted(forms, key=lambda one: forms[one][0].number)
    blocks = [_block(*forms[one], entity, period, kind, None) for one in chosen]
    return _workbook(blocks, f"{entity.name} {period}")


@require_safe
def spreadsheet(request: HttpRequest, filing_id: int) -> HttpResponse:
    """A filing as it stands, or a version of it, in our own layout: can be changed in a spreadsheet program and sent in again."""
    filing = queries.filing(filing_id)
    period = Period.parse(filing.period)
    source = queries.source_of(filing, request.GET.get("version", ""))
    forms = wiring.rulebook(period).forms
    if filing.form not in forms:
        raise UsageError(mark("no layout of {form} is in force for {period}"), form=filing.form, period=filing.period)
    block = _block(*forms[filing.form], filing.org, period, filing.report_type, source)
    return _workbook([block], f"{filing.org.name} {period} {form_words(filing.form)}")


def _block(
    form: Form, layout: Layout, entity: Entity, period: Period, kind: str, source: Source | None
) -> wiring.Block:
    cells = {} if source is None else source.cells_as_filed if isinstance(source, FilingVersion) else source.cells
    cover = {
        "entity": entity.uscc,
        "entity_name": entity.name,
        "period": str(period),
        "report_type": kind,
        "currency": "CNY",
    }
    return wiring.Block(
        form=form,
        layout=layout,
        cover={name: text for name, text in cover.items() if text},
        unit=wiring.library().vocabulary.units[source.unit] if source else None,
        cells={
            code: {column: value if isinstance(value, str) else _("N/A") for column, value in row.items()}
            for code, row in cells.items()
        },
    )


def _workbook(blocks: list[wiring.Block], name: str) -> HttpResponse:
    response = HttpResponse(wiring.write_template(blocks, get_language() or "zh"), content_type=XLSX)
    header = content_disposition_header(True, f"{name}.xlsx")
    if header:
        response["Content-Disposition"] = header
    return response
