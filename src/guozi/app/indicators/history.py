"""Figures over the years, kept in the cache until anything they rest on moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from django.core.cache import cache

from guozi.app.entities import queries as entities
from guozi.app.entities.models import Tree
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.pulse import pulse
from guozi.app.reporting.queries import own_report_type
from guozi.core.formula.engine import ValueTable
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown

YEARS = 10
"""Years that a trend goes back."""
KEPT = 24 * 3600

Row = Mapping[str, object]


def years(figures: Figures, periods: Sequence[Period], count: int = YEARS) -> list[Period]:
    """The like periods up to this one in which something was filed, oldest first."""
    earlier = [figures.period.years_back(back) for back in range(count)]
    return sorted((one for one in earlier if one in periods), key=lambda one: one.end)


def trend(
    figures: Figures, tree: Tree, entity_id: int, codes: Sequence[str], periods: Sequence[Period], *, total: bool
) -> dict[Period, Row]:
    """Code → value in each period: of the sum of all under the entity, or of its own sheet. What is not in force then is unknown."""
    members = {one: tuple(entities.members(tree, entity_id, one.end)) if total else () for one in periods}
    seen = sorted(figures.scope.orgs) if total else []
    parts = repr(
        [
            pulse(periods),
            figures.known,
            tree.pk,
            entity_id,
            sorted(codes),
            sorted(map(str, periods)),
            total,
            seen,
            sorted(members.items(), key=str),
        ]
    )
    key = f"trend:{sha256(parts.encode()).hexdigest()}"
    found: dict[Period, Row] | None = cache.get(key)
    if found is None:
        found = {
            one: _values(Figures(one, figures.known, None, figures.scope), entity_id, codes, members[one])
            for one in periods
        }
        cache.set(key, found, KEPT)
    return found


def _values(figures: Figures, entity_id: int, codes: Sequence[str], members: Sequence[int]) -> Row:
    there = [code for code in codes if figures.in_force(code)]
    table: ValueTable
    if members:
        table = figures.nodes(there, {entity_id: members}) if there else ValueTable((), {})
        kind = ""
    else:
        table = figures.own(there) if there else ValueTable((), {})
        kind = own_report_type(entity_id, figures.period)
    missing: dict[str, Unknown] = {code: figures.rulebook.missing(code) for code in codes if code not in there}
    return {code: table.get(code, entity_id, kind) for code in there} | missing
