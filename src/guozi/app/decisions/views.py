"""The panorama, the enterprises, and the search over everything."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from guozi.app import gate
from guozi.app.decisions import enterprise as enterprises
from guozi.app.decisions.panorama import panorama as put_together, part_of
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.indicators.lens import lens_of
from guozi.app.indicators.pulse import pulse
from guozi.app.ui import registry
from guozi.app.ui.paging import ordered, paged
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark


def _node(request: HttpRequest) -> Entity | None:
    text = request.GET.get("node", "")
    if not text:
        return None
    try:
        return entities.by_uid(UUID(text))
    except ValueError:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=text) from None


@require_safe
def panorama(request: HttpRequest) -> HttpResponse:
    """One screen for the person's part of the tree; a person with one enterprise sees that enterprise."""
    gate.require("decisions.read")
    if not enterprises.any_filing():
        return render(request, "decisions/nothing.html", {"may_open": gate.may(gate.somebody(), "reporting.open_task")})
    lens, node = lens_of(request), _node(request)
    part = part_of(lens, node)
    if len(part.below[part.node.pk]) == 1:
        return redirect(f"{reverse('decisions:enterprise', args=[part.node.uid])}?period={lens.period}")
    gate.require("decisions.read", part.node)
    before = pulse((lens.period, lens.period.years_back(1)))  # else what moves meanwhile would never be fetched
    found = put_together(lens, node, request.GET.get("by", ""), request.GET.get("of", ""))
    return render(
        request,
        "decisions/panorama.html",
        {"pano": found, "lens": lens, "pulse": before, "now": timezone.now()},
    )


@require_safe
def panorama_pulse(request: HttpRequest) -> HttpResponse:
    """Whether the panorama may have moved: asked every few seconds by the page, answered without a body while it has not."""
    gate.require("decisions.read")
    lens = lens_of(request)
    tag = f'"{pulse((lens.period, lens.period.years_back(1)))}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return JsonResponse({"pulse": tag.strip('"')}, headers={"ETag": tag, "Cache-Control": "no-cache"})


SORTS = {"name": "name", "code": "code", "uscc": "uscc"}


@require_safe
def enterprise_list(request: HttpRequest) -> HttpResponse:
    """All enterprises that the person sees, found by any name, pinyin or code."""
    gate.require("entities.read")
    order, field = ordered(request, SORTS, "name")
    text = request.GET.get("q", "").strip()
    rows = Entity.objects.order_by(field, "pk")
    if text:
        rows = rows.filter(pk__in=[one.pk for one in entities.search(text, 500)])
    page = paged(request, rows)
    return render(
        request,
        "decisions/enterprises.html",
        {"page": page, "order": order, "text": text, "facts": enterprises.register(page)},
    )


@require_safe
def enterprise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One enterprise or group: what it is, its figures over the years, its filings, its warnings, what is under it."""
    entity = entities.by_uid(uid)
    gate.require("decisions.read", entity)
    if not enterprises.any_filing():
        return render(request, "decisions/nothing.html", {"entity": entity})
    lens = lens_of(request)
    found = enterprises.enterprise(lens, entity, request.GET.get("by", ""))
    return render(request, "decisions/enterprise.html", {"ent": found, "lens": lens})


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What every shelf knows under these words: as a fragment for the dialog, as a page without it."""
    words = request.GET.get("q", "").strip()[:100]
    found = registry.search(request, words)
    template = "ui/parts/hits.html" if request.headers.get("HX-Request") else "decisions/search.html"
    return render(request, template, {"found": found, "words": words})
