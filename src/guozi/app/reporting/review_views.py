"""Review: what stands where in a period, one filing at the side with what its checks said and what changed; accept, return."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guozi.app import gate
from guozi.app.reporting import actions, changes, queries, standing
from guozi.app.reporting.forms import ReturnForm
from guozi.app.reporting.models import Filing
from guozi.app.reporting.sentences import counts
from guozi.app.reporting.views import FormPage
from guozi.app.reporting.words import due_words, form_words, moment, period_words, type_words
from guozi.app.ui.problems import words_of
from guozi.core.kernel.errors import ConflictError, NotFoundError, UsageError
from guozi.core.kernel.findings import mark

DECIDABLE = ("expl", "wait")
"""States in which a reviewer decides."""


@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Enterprises × forms of a period; chips filter; one filing at the side."""
    gate.require("reporting.review")
    periods = standing.periods()
    known = dict(periods)
    period = request.GET.get("period", "") or _busiest(known)
    state = request.GET.get("state", "")
    state = state if state in standing.STATES else ""
    if not periods:
        return render(request, "reporting/review.html", {"periods": ()})
    if period not in known:
        raise NotFoundError(mark("Nothing is owed or filed for {period}."), period=period[:12])
    table = standing.matrix(period, known[period], state)
    chosen = _chosen(request.GET.get("filing", ""), table, state)
    dues = [row.due for row in table.rows if row.due]
    waiting = sum(row.standing != "ok" for row in table.rows)
    context: dict[str, Any] = {
        "period": period,
        "period_words": period_words(period),
        "periods": [(code, period_words(code)) for code, _end in periods],
        "forms": [(code, form_words(code)) for code in table.forms],
        "groups": [(group, [(line, _cells(line, table.forms)) for line in group.lines]) for group in table.groups],
        "several_types": len({line.report_type for group in table.groups for line in group.lines}) > 1,
        "chips": [
            (code, standing.WORDS[code], standing.SHAPES.get(code, code), table.counts[code])
            for code in standing.STATES
        ],
        "total": len(table.rows),
        "waiting": waiting,
        "state": state,
        "enterprises": len({row.entity_id for row in table.rows}),
        "due": max(dues) if dues else None,
        "due_words": due_words(max(dues)) if dues else "",
        "back": f"{reverse('reporting:review')}?{urlencode({'period': period, 'state': state})}",
    }
    if chosen is not None:
        context |= panel(request, chosen)
    return render(request, "reporting/review.html", context)


def _busiest(known: dict[str, Any]) -> str:
    """The newest period in which something waits for a decision, else the newest of all."""
    waiting = (
        Filing.objects.filter(state="submitted")
        .order_by("-period_end", "-period")
        .values_list("period", flat=True)
        .first()
    )
    return waiting or next(iter(known), "")


def _cells(line: standing.Line, forms: list[str]) -> list[tuple[str, standing.Row | None]]:
    return [(form_words(code), line.cells.get(code)) for code in forms]


def _chosen(text: str, table: standing.Matrix, state: str) -> Filing | None:
    """The filing asked for, else the first that waits for a decision."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return queries.filing(int(text))
    first = next(
        (row for row in table.rows if row.standing in DECIDABLE and (not state or row.standing == state)), None
    )
    return queries.filing(first.filing_pk) if first and first.filing_pk else None


def panel(request: HttpRequest, filing: Filing) -> dict[str, Any]:
    """The context of one filing at the side."""
    page = FormPage(request, filing)
    version = page.version or filing.current_version
    found = page.findings()
    story = changes.story(filing)
    former = filing.versions.filter(number__lt=version.number).order_by("-number").first() if version else None
    changed = changes.changes(filing, former, version) if former and version and page.version else []
    return {
        "filing": filing,
        "form_words": form_words(filing.form),
        "filing_type": type_words(filing.report_type),
        "version": version,
        "sentences": page.panel(found)["sentences"],
        "unchecked": len([one for one in found if one.result.reason is not None]),
        "counts": counts(found, strict=page.strict),
        "former": former,
        "changed": changed[:12],
        "changed_more": max(0, len(changed) - 12),
        "story": [(event, moment(event.at)) for event in story],
        "decidable": filing.state == "submitted" and page.may["review"],
        "acceptable": filing.state == "submitted" and page.may["review"],
        "returnable": filing.state in ("submitted", "accepted") and page.may["review"],
        "return_form": ReturnForm(initial={"number": version.number if version else None}),
        "kept": version.kept if version else [],
    }


def _next(request: HttpRequest) -> str:
    """Back to where one was, as far as that is here."""
    wanted = request.POST.get("next", "")
    here = reverse("reporting:review")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) and wanted.startswith("/") else here


def _number(request: HttpRequest) -> int | None:
    text = request.POST.get("number", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


@require_POST
def accept(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Accepts the version that was looked at."""
    one = queries.filing(filing_id)
    try:
        actions.accept(one, reason=request.POST.get("reason", "").strip()[:2000], number=_number(request))
    except ConflictError as error:
        messages.error(request, words_of(error))
    else:
        messages.info(request, _("Accepted: {what}.").format(what=_named(one)))
    return HttpResponseRedirect(_next(request))


@require_POST
def send_back(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Returns the version that was looked at, with the reason."""
    one = queries.filing(filing_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        gate.require("reporting.review", one)
        messages.error(request, _("Say in a few words what has to be put right."))
        return HttpResponseRedirect(_next(request))
    try:
        actions.send_back(one, reason=form.cleaned_data["reason"], number=form.cleaned_data["number"])
    except (ConflictError, UsageError) as error:
        messages.error(request, words_of(error))
    else:
        messages.info(request, _("Returned: {what}. Its filer finds it on their desk.").format(what=_named(one)))
    return HttpResponseRedirect(_next(request))


def _named(filing: Filing) -> str:
    return f"{filing.org.name} {period_words(filing.period)} {form_words(filing.form)}"
