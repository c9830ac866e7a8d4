"""The why page: any number opens into its formula, who makes it up, the cell, the filing, the person and the file."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guozi.app import gate
from guozi.app.decisions.answers import Asked, page
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.facts.models import CalcRun
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.lens import Lens, lens_of
from guozi.app.indicators.links import genuine, known_of, known_text, why_url
from guozi.app.indicators.names import column_name
from guozi.app.reporting.words import period_words, type_words
from guozi.app.ui.context import chosen_unit
from guozi.app.ui.numbers import MoneyUnit
from guozi.core.kernel.errors import NotFoundError, UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why

FIXED = ("code", "kind", "known", "shown", "sig")
"""What every address inside the page repeats."""
LONGEST = 500
"""Characters of a formula that an address may ask about."""


def _part(text: str) -> Entity | None:
    if not text:
        return None
    try:
        return entities.by_uid(UUID(text))
    except ValueError:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=text) from None


@require_safe
def why(request: HttpRequest, uid: UUID, period: str) -> HttpResponse:
    """Why a figure is what it is. The address carries what it is and, signed, what was shown; where the number has moved since, the page says so."""
    entity = entities.by_uid(uid)
    gate.require("decisions.read", entity)
    code = request.GET.get("code", "").strip()
    if not code or len(code) > LONGEST:
        raise UsageError(mark("say which figure: an indicator, an item or a formula"))
    kind, known, shown = (request.GET.get(name, "") for name in ("kind", "known", "shown"))
    moment = known_of(known)
    when = Period.parse(period)
    figures = Figures(
        when, moment, CalcRun.objects.filter(period=str(when), known_at=moment).first() if moment else None
    )
    tree = entities.tree()
    fixed = {name: text for name in FIXED if (text := request.GET.get(name))}
    asked = Asked(code, entity, kind, request.GET.get("term", ""), _part(request.GET.get("part", "")), fixed)
    unit = chosen_unit(request) or MoneyUnit.YI
    found = page(figures, tree, asked, unit)
    signed = bool(shown) and genuine(code, uid, str(when), known_text(moment), kind, shown, request.GET.get("sig", ""))
    now = str(found.answer.value)
    context = {
        "page": found,
        "asked": asked,
        "entity": entity,
        "figures": figures,
        "value": found.answer.value,
        "period_words": period_words(when),
        "periods": _periods(request, when, asked),
        "type_words": type_words(found.answer.report_type) if found.answer.report_type else "",
        "column": column_name(found.chosen.form, found.chosen.column) if found.chosen else "",
        "moved": signed and shown != now,
        "altered": bool(shown) and not signed,
        "shown": _value(shown),
        "superseded": figures.run is not None and figures.run.superseded_by_id is not None,
        "fresh_url": why_url(Figures(when, None, None, figures.scope), code, uid, None, kind=kind) if moment else "",
    }
    return render(request, "decisions/why.html", context)


def _value(text: str) -> Decimal | Unknown:
    """A value as an address carries it."""
    try:
        return Decimal(text)
    except ArithmeticError:
        pass
    try:
        return Unknown.parse(text)
    except ValueError:
        return Unknown(Why.NO_DATA)


def _periods(request: HttpRequest, when: Period, asked: Asked) -> list[tuple[str, str, bool]]:
    """The same figure in other periods: their words, addresses, and whether it is this one."""
    lens: Lens = lens_of(request, when)
    figures = lens.figures
    return [
        (
            period_words(one),
            why_url(
                Figures(one, figures.known if one == when else None, None, figures.scope),
                asked.code,
                asked.entity.uid,
                None,
                kind=asked.kind,
            ),
            one == when,
        )
        for one in lens.periods
    ]
