"""One enterprise or group put together: who it is, its figures now and over the years, its filings, its warnings, what is under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from guozi.app import wiring
from guozi.app.decisions.charts import Chart, chart
from guozi.app.decisions.panorama import MAIN, Figure, Value
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.history import trend, years
from guozi.app.indicators.lens import Lens
from guozi.app.indicators.links import why_url
from guozi.app.indicators.names import Naming, naming, say
from guozi.app.reporting import standing
from guozi.app.reporting.models import Filing
from guozi.app.reporting.words import form_words, period_words
from guozi.app.warning.queries import levels, shown
from guozi.app.warning.words import Told, plain, told
from guozi.core.formula.engine import Rule
from guozi.core.kernel.period import Period
from guozi.core.reporting.aggregate import own_type

FILINGS = 10
"""Periods whose filings the page shows."""


@dataclass(frozen=True, slots=True)
class Year:
    """A line of the table of figures: a code in each period, with its doors."""

    naming: Naming
    cells: tuple[tuple[Value, str], ...]


@dataclass(frozen=True, slots=True)
class FilingCell:
    """A filing in the small matrix; None for `filing` where nothing is owed and nothing filed."""

    period: str
    state: str
    words: str
    filing: int | None


@dataclass(frozen=True)
class Enterprise:
    """All that the page shows."""

    entity: Entity
    group: bool
    above: tuple[Entity, ...]
    children: tuple[tuple[Entity, Figure], ...]
    attributes: tuple[tuple[str, str], ...]
    members: int
    tiles: tuple[Figure, ...]
    periods: tuple[str, ...]
    years: tuple[Year, ...]
    measures: tuple[Naming, ...]
    measure: Naming | None
    chart: Chart | None
    sentence: str
    filings: tuple[tuple[str, tuple[FilingCell, ...]], ...]
    filing_periods: tuple[str, ...]
    warnings: tuple[Told, ...]
    names: tuple[str, ...]


def any_filing() -> bool:
    """True where anything has been filed that the person may see."""
    return Filing.objects.exists()


def attributes(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What the register says of an enterprise, in words."""
    out = []
    for code, word in facts.items():
        known = wiring.library().vocabulary.attributes().get(f"enterprise.{code}")
        value = known.words.get(word) if known else None
        out.append((say(known.name) if known else code, say(value.name) if value else word))
    return tuple(out)


def register(page: Iterable[Entity]) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """The register's attributes of a page of enterprises, today."""
    rows = list(page)
    if not rows:
        return {}
    found = entities.facts([one.pk for one in rows], timezone.localdate())
    return {one.uid: attributes(found[one.pk]) for one in rows}


def enterprise(lens: Lens, entity: Entity, by: str) -> Enterprise:
    """Puts it together. A group's figures are sums over what is under it, an enterprise's are those of its own sheet."""
    figures, day = lens.figures, lens.period.end
    members = entities.members(lens.tree, entity.pk, day)
    group = len(members) > 1
    codes = [code for code in MAIN if figures.in_force(code)]
    like = years(figures, lens.periods)
    history = trend(figures, lens.tree, entity.pk, codes, like, total=group)
    newest = list(reversed(history.items()))
    kind = "sum" if group else ""
    namings = {code: naming(figures, code) for code in codes}

    def door(code: str, period: Period, value: Value) -> str:
        return (
            ""
            if value is None
            else why_url(Figures(period, figures.known, None, figures.scope), code, entity.uid, value, kind=kind)
        )

    before = lens.period.years_back(1)
    earlier = history.get(before) or trend(figures, lens.tree, entity.pk, codes, [before], total=group)[before]
    now = history.get(lens.period, {})
    tiles = tuple(
        Figure(
            namings[code],
            now.get(code),
            door(code, lens.period, now.get(code)),
            earlier.get(code),
            door(code, before, earlier.get(code)),
            tuple(row.get(code) for row in history.values()),
        )
        for code in codes
    )
    measured = by if by in namings else "debt_ratio" if "debt_ratio" in namings else (codes[0] if codes else "")
    series = [(str(one), row.get(measured), door(measured, one, row.get(measured))) for one, row in history.items()]
    limits = [] if group or not measured else _limits(figures, entity, measured)
    drawn = chart(series, limits, lambda value: plain(value, namings[measured].unit, 0)) if measured else None
    raised = [one for one in shown(figures, lens.tree.pk) if one.org_id in set(members)]
    facts = entities.facts([entity.pk], day)[entity.pk]
    return Enterprise(
        entity,
        group,
        tuple(entities.ancestors(lens.tree, entity.pk, day)),
        _children(lens, entity) if group else (),
        attributes(facts),
        len(members) - 1,
        tiles,
        tuple(str(one) for one, _row in newest),
        tuple(
            Year(namings[code], tuple((row.get(code), door(code, one, row.get(code))) for one, row in newest))
            for code in codes
        ),
        tuple(namings.values()),
        namings.get(measured),
        drawn,
        _sentence(namings.get(measured), series, limits),
        *_filings(entity, lens.periods),
        tuple(
            told(
                figures, raised, {one.pk: one for one in Entity.objects.filter(pk__in={each.org_id for each in raised})}
            )
        ),
        tuple(entities.names_of(entity.pk)),
    )


def _children(lens: Lens, entity: Entity) -> tuple[tuple[Entity, Figure], ...]:
    figures, day = lens.figures, lens.period.end
    code = (
        "total_profit" if figures.in_force("total_profit") else next((one for one in MAIN if figures.in_force(one)), "")
    )
    below = entities.children(lens.tree, entity.pk, day)
    if not code or not below:
        return ()
    members = entities.members_of(lens.tree, [one.pk for one in below], day)
    named = naming(figures, code)
    now, earlier = figures.nodes([code], members), figures.earlier()
    then = earlier.nodes([code], members)
    rows = []
    for one in below:
        value, before = now.get(code, one.pk), then.get(code, one.pk)
        kind = "sum" if len(members[one.pk]) > 1 else ""
        door = "" if value is None else why_url(figures, code, one.uid, value, kind=kind)
        rows.append(
            (
                one,
                Figure(
                    named,
                    value,
                    door,
                    before,
                    "" if before is None else why_url(earlier, code, one.uid, before, kind=kind),
                ),
            )
        )
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                not isinstance(row[1].value, Decimal),
                -row[1].value if isinstance(row[1].value, Decimal) else 0,
            ),
        )
    )


def _limits(figures: Figures, entity: Entity, measured: str) -> list[tuple[Decimal, str, int]]:
    """The lines of the warnings that look at this figure, as they are for this enterprise."""
    numbers, words = levels(), wiring.library().vocabulary.sets["level"].words
    rules = [
        (level.level, Rule(f"line {index} {level.level}", level.line))
        for index, bound in enumerate(figures.rulebook.warnings.values())
        if bound.measure.text == measured
        for level in bound.levels
        if level.line is not None
    ]
    if not rules:
        return []
    measure = figures.rule(measured)
    table = figures.values([measure, *(rule for _, rule in rules)])
    out = []
    for index, (org, _kind) in enumerate(table.subjects):
        if org == entity.pk:
            for level, rule in rules:
                value = table.columns[rule.code][index]
                if isinstance(value, Decimal):
                    out.append(
                        (
                            value,
                            f"{say(words[level].name)} {plain(value, naming(figures, measured).unit, 0)}",
                            numbers.get(level, 1),
                        )
                    )
            break
    return out


def _sentence(
    named: Naming | None, series: Sequence[tuple[str, Value, str]], limits: Sequence[tuple[Decimal, str, int]]
) -> str:
    """The chart in words."""
    if named is None:
        return ""
    known = [
        (period, plain(value, named.unit, named.decimals))
        for period, value, _url in series
        if isinstance(value, Decimal)
    ]
    if not known:
        return _("{name}: nothing is known yet.").format(name=named.name)
    text = _("{name}: {first} in {from_}, {last} in {to}.").format(
        name=named.name,
        first=known[0][1],
        from_=period_words(known[0][0]),
        last=known[-1][1],
        to=period_words(known[-1][0]),
    )
    return text + "".join(" " + _("Line: {words}.").format(words=words) for _value, words, _level in limits)


def _filings(
    entity: Entity, periods: Sequence[Period]
) -> tuple[tuple[tuple[str, tuple[FilingCell, ...]], ...], tuple[str, ...]]:
    """Forms × periods with the state of each filing of the enterprise's own sheet, the latest period last."""
    wanted = sorted((one for one in periods), key=lambda one: one.end)[-FILINGS:]
    rows = standing.listed(standing.rows(org=entity.pk).order_by("owed_id", "report_type"))
    kinds: dict[str, set[str]] = {}
    for one in rows:
        kinds.setdefault(one.period, set()).add(one.report_type)
    own = {period: own_type(found) for period, found in kinds.items()}
    there = {(row.form, row.period): row for row in rows if row.report_type == own[row.period]}
    forms = wiring.library().forms
    shown_forms = sorted({row.form for row in rows}, key=lambda code: forms[code].number if code in forms else code)
    lines = []
    for form in shown_forms:
        cells = []
        for period in wanted:
            row = there.get((form, str(period)))
            cells.append(
                FilingCell(
                    period_words(period),
                    row.shape if row else "na",
                    row.words if row else "",
                    row.filing_pk if row else None,
                )
            )
        lines.append((form_words(form), tuple(cells)))
    return tuple(lines), tuple(f"{one.year % 100:02}" if str(one).isdigit() else str(one)[2:] for one in wanted)
