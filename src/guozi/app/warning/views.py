"""The warning centre: signals by level, each with its sentence, its evidence and the way to why."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guozi.app import gate
from guozi.app.entities.queries import search
from guozi.app.indicators.lens import lens_of
from guozi.app.ui.export import Column, csv_response, xlsx_response
from guozi.app.ui.paging import paged
from guozi.app.warning.queries import levels
from guozi.app.warning.words import Told, found, plain


@require_safe
def warnings(request: HttpRequest) -> HttpResponseBase:
    """All of a period, the gravest first; `?level=` and `?q=` leave fewer."""
    gate.require("warning.read")
    lens = lens_of(request)
    every = found(lens)
    counts = Counter(one.level for one in every)
    level, text = request.GET.get("level", ""), request.GET.get("q", "").strip()
    rows = [one for one in every if not level or str(one.level) == level]
    if text:
        wanted = {one.pk for one in search(text, 500)}
        rows = [one for one in rows if one.entity.pk in wanted or text in one.rule]
    if request.GET.get("as") in ("csv", "xlsx"):
        answer = csv_response if request.GET["as"] == "csv" else xlsx_response
        return answer(f"warnings-{lens.period}", _columns(), rows)
    context = {
        "lens": lens,
        "page": paged(request, rows),
        "levels": [(number, counts[number]) for number in levels().values()],
        "total": len(every),
        "level": level,
        "text": text,
    }
    return render(request, "warning/warnings.html", context)


def _columns() -> list[Column[Told]]:
    return [
        Column(_("Level"), lambda one: one.word),
        Column(_("Enterprise"), lambda one: one.entity.name),
        Column(_("Code"), lambda one: one.entity.uscc or one.entity.code),
        Column(_("Rule"), lambda one: one.rule),
        Column(_("What is so"), lambda one: one.sentence),
        Column(
            _("Evidence"),
            lambda one: "; ".join(f"{each.naming.name} {plain(each.value, each.naming.unit)}" for each in one.evidence),
        ),
    ]
