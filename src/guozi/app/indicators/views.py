"""The indicator library: what each means by which law, and its values by enterprise, by group and over the years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_safe

from guozi.app import gate, wiring
from guozi.app.entities.queries import search
from guozi.app.indicators import queries
from guozi.app.indicators.lens import Lens, lens_of
from guozi.app.indicators.names import Naming, cell_name, formula_words, naming, say
from guozi.app.indicators.queries import Line
from guozi.app.reporting.words import cite_words
from guozi.app.ui.export import Column, csv_response, xlsx_response
from guozi.app.ui.paging import ordered, paged
from guozi.core.formula.compile import compile_formula
from guozi.core.formula.tree import Cell, Formula, walk
from guozi.core.indicators.indicator import Indicator
from guozi.core.kernel.asof import Status
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Version:
    """One dated definition, in words."""

    effective: date
    issued: date
    status: Status
    formula: str
    words: str
    terms: tuple[str, ...]
    cite: str
    quote: str
    where: tuple[str, ...]
    why: str
    broken: bool
    current: bool
    reasons: tuple[str, ...]


def _lens(request: HttpRequest) -> Lens | None:
    """The view, None while nothing is filed: the library can be read all the same."""
    try:
        return lens_of(request)
    except NotFoundError:
        if request.GET.get("period") or request.GET.get("view"):
            raise
        return None


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """All indicators of the packs, with what is in force in the period."""
    gate.require("indicators.read")
    lens = _lens(request)
    text = request.GET.get("q", "").strip().lower()
    rows = []
    for code, one in wiring.library().indicators.items():
        if text and not any(text in word.lower() for word in (code, one.name.zh, one.name.en)):
            continue
        bound = lens.figures.rulebook.indicators.get(code) if lens else None
        version = bound.version if bound else one.versions[0] if one.versions else None
        rows.append((one, version, cite_words(version.cite) if version else "", bound is not None or lens is None))
    rows.sort(key=lambda row: (row[0].group, row[0].code))
    return render(request, "indicators/library.html", {"lens": lens, "page": paged(request, rows), "text": text})


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """One indicator: definition, basis and versions; values of a period by enterprise, as a page, CSV or spreadsheet; by group."""
    gate.require("indicators.read")
    one, lens = queries.indicator(code), _lens(request)
    known = lens is not None and code in lens.figures.rulebook.indicators
    order, key = ordered(request, {"name": "name", "value": "value", "before": "before"}, "-value")
    lines: list[Line] = []
    named: Naming | None = None
    if lens is not None and known:
        named = naming(lens.figures, code)
        lines = _sorted(queries.by_enterprise(lens, code), key)
        text = request.GET.get("q", "").strip()
        if text:
            wanted = {found.pk for found in search(text, 500)}
            lines = [line for line in lines if line.entity.pk in wanted]
        if request.GET.get("as") in ("csv", "xlsx"):
            answer = csv_response if request.GET["as"] == "csv" else xlsx_response
            return answer(f"{code}-{lens.period}", _columns(named), lines)
    context = {
        "indicator": one,
        "lens": lens,
        "naming": named,
        "in_force": known,
        "page": paged(request, lines),
        "order": order,
        "text": request.GET.get("q", "").strip(),
        "groups": queries.by_group(lens, code) if lens is not None and known else [],
        "versions": _versions(one, lens),
        "used_by": _used_by(code, lens),
    }
    return render(request, "indicators/indicator.html", context)


def _sorted(lines: list[Line], key: str) -> list[Line]:
    """What is unknown comes last either way."""
    field, down = key.removeprefix("-"), key.startswith("-")
    if field == "name":
        return sorted(lines, key=lambda line: line.entity.name, reverse=down)

    def value(line: Line) -> object:
        return line.value if field == "value" else line.before

    known = [line for line in lines if isinstance(value(line), Decimal)]
    known.sort(key=lambda line: (value(line), line.entity.pk), reverse=down)
    return known + [line for line in lines if not isinstance(value(line), Decimal)]


def _columns(named: Naming) -> list[Column[Line]]:
    money = named.unit.type is Type.MONEY
    unit = _("yuan") if money else "%" if named.unit.code == "percent" else say(named.unit.name)
    shape = "#,##0.00" if money else "0.00%" if named.unit.code == "percent" else "#,##0.00"

    def cell(value: object) -> Decimal | Unknown | str | None:
        return value if isinstance(value, Decimal | Unknown) or value is None else str(value)

    return [
        Column(_("Enterprise"), lambda line: line.entity.name),
        Column(_("Code"), lambda line: line.entity.uscc or line.entity.code),
        Column(pgettext("report type", "Sheet"), lambda line: line.type_words),
        Column(f"{named.name} ({unit})", lambda line: cell(line.value), shape),
        Column(_("Last year") + f" ({unit})", lambda line: cell(line.before), shape),
    ]


def _versions(one: Indicator, lens: Lens | None) -> list[Version]:
    sources = wiring.library().sources
    bound = lens.figures.rulebook.indicators.get(one.code) if lens else None
    names = lens.figures.rulebook.names if lens else None
    out = []
    for version in one.versions:
        formula = compile_formula(version.formula, names) if names else None
        terms: dict[str, None] = {}
        if isinstance(formula, Formula):
            terms = {
                cell_name(node): None for node in walk(formula.root) if isinstance(node, Cell) and node.years_back == 0
            }
        source = sources.get(version.cite.source)
        out.append(
            Version(
                version.effective,
                version.issued,
                version.status,
                version.formula,
                formula_words(version.formula),
                tuple(terms),
                cite_words(version.cite),
                source.texts.get(version.cite.article, "") if source else "",
                source.where if source else (),
                say(version.why) if version.why else "",
                version.comparable_with_older is False,
                bound is not None and bound.version is version,
                tuple(say(label) for label in version.unverified.values()),
            )
        )
    return out


def _used_by(code: str, lens: Lens | None) -> list[str]:
    """The warnings that look at it."""
    if lens is None:
        return []
    return [say(bound.rule.name) for bound in lens.figures.rulebook.warnings.values() if bound.measure.text == code]
