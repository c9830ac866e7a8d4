"""The library of indicators, and the values of one in a period, enterprise by enterprise and group by group."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from guozi.app import wiring
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity
from guozi.app.indicators.lens import Lens
from guozi.app.indicators.links import why_url
from guozi.app.reporting.queries import own_report_type
from guozi.app.reporting.words import type_words
from guozi.core.formula.tree import Known
from guozi.core.indicators.indicator import Indicator
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.unknown import Unknown

Value = Known | Decimal | Unknown | None


@dataclass(frozen=True, slots=True)
class Line:
    """The value of an indicator for one enterprise (or the sum under one), with last year's and both doors."""

    entity: Entity
    report_type: str
    type_words: str
    value: Value
    url: str
    before: Value
    before_url: str
    coverage: tuple[int, int] | None = None

    @property
    def key(self) -> tuple[bool, Decimal]:
        """For sorting: what is unknown comes last."""
        return (not isinstance(self.value, Decimal), self.value if isinstance(self.value, Decimal) else Decimal(0))


def indicator(code: str) -> Indicator:
    """One indicator; NotFoundError where the packs have none of that id."""
    found = wiring.library().indicators.get(code)
    if found is None:
        raise NotFoundError(mark("There is no indicator {code}."), code=code)
    return found


def by_enterprise(lens: Lens, code: str) -> list[Line]:
    """The value of every enterprise that filed, by the sheet that is its own, with last year's."""
    figures, earlier = lens.figures, lens.figures.earlier()
    table = figures.own([code])
    before = earlier.own([code]) if earlier.in_force(code) else None
    known = {one.pk: one for one in Entity.objects.filter(pk__in=[org for org, _ in table.subjects])}
    kinds: dict[int, list[str]] = {}
    for org, kind in table.subjects:
        kinds.setdefault(org, []).append(kind)
    out = []
    then = {} if before is None else dict(zip(before.subjects, before.columns[code], strict=True))
    for index, (org, kind) in enumerate(table.subjects):
        if org not in known or (len(kinds[org]) > 1 and kind != own_report_type(org, figures.period)):
            continue
        value, last = table.columns[code][index], then.get((org, kind))
        door = why_url(figures, code, known[org].uid, value)
        out.append(
            Line(
                known[org],
                kind,
                type_words(kind),
                value,
                door,
                last,
                "" if last is None else why_url(earlier, code, known[org].uid, last),
            )
        )
    return out


def by_group(lens: Lens, code: str) -> list[Line]:
    """The sum of each node that has someone below it, the greatest first."""
    figures, earlier, day = lens.figures, lens.figures.earlier(), lens.period.end
    places = entities.nodes(lens.tree, day)
    groups = {place.parent_id for place in places if place.parent_id}
    known = {place.entity_id: place.entity for place in places if place.entity_id in groups}
    members = entities.members_of(lens.tree, known, day)
    if not members:
        return []
    table = figures.nodes([code], members)
    before = earlier.nodes([code], members) if earlier.in_force(code) else None
    out = []
    for index, (org, _kind) in enumerate(table.subjects):
        value = table.columns[code][index]
        last = None if before is None else before.get(code, org)
        door = why_url(figures, code, known[org].uid, value, kind="sum")
        last_door = "" if last is None else why_url(earlier, code, known[org].uid, last, kind="sum")
        out.append(Line(known[org], "", "", value, door, last, last_door, table.coverage[code][index]))
    return sorted(out, key=lambda line: -len(members[line.entity.pk]))
