"""The panorama put together: main figures with last year and trend, the ranking, coverage, warnings, what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from guozi.app.decisions.coverage import Coverage, coverage
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, TreeNode
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.history import trend, years
from guozi.app.indicators.lens import Lens
from guozi.app.indicators.links import why_url
from guozi.app.indicators.names import Naming, naming
from guozi.app.reporting.models import Filing, FilingVersion
from guozi.app.warning.queries import levels, shown
from guozi.app.warning.words import Told, told
from guozi.core.formula.engine import ValueTable
from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.unknown import Unknown

MAIN = (
    "assets",
    "revenue",
    "total_profit",
    "return_on_equity",
    "operating_cash_ratio",
    "debt_ratio",
    "research_intensity",
    "net_profit",
)
"""The tiles, left to right; those that no law of the period knows are left out."""
RANKED = ("total_profit", "return_on_equity", "debt_ratio", "revenue")
"""What the ranking may go by."""
WEIGHED = "assets"
"""The amount by which a missing filing is weighed."""
ROWS = 13
HEAD, TAIL = 9, 3
FEW = 5
"""With fewer groups than this the ranking opens on the enterprises."""
EACH = 400
"""Up to so many enterprises each is asked for by itself; beyond, only the children of the node."""
NEWEST, WARNED = 4, 4

Value = object


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its door, and last year's with its own."""

    naming: Naming
    value: Value
    url: str
    before: Value
    before_url: str
    series: tuple[Value, ...] = ()
    coverage: tuple[int, int] | None = None
    like: Value = None
    """Last year's value of those alone who are in this year's: what a change is told against while some are missing."""

    @property
    def base(self) -> Value:
        """What the change is told against."""
        return self.before if self.like is None else self.like


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranking. `moved`: places won since last year, None where one of the two is not known. `rest`: how many it stands for."""

    place: int
    moved: int | None
    entity: Entity | None
    main: Figure
    others: tuple[Figure, ...]
    warning: int
    rest: int = 0
    last_place: int = 0

    @property
    def fallen(self) -> int:
        """Places lost since last year."""
        return -(self.moved or 0)


@dataclass(frozen=True, slots=True)
class Covered:
    """A line of the coverage table: a child of the node, its enterprises below it."""

    entity: Entity
    coverage: Coverage
    group: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that is not as it was: `kind` says which sentence the page makes of it."""

    kind: str
    entity: Entity
    naming: Naming | None = None
    value: Value = None
    before: Value = None
    url: str = ""
    told: Told | None = None
    at: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Panorama:
    """All that the page shows."""

    lens: Lens
    node: Entity
    roots: tuple[Entity, ...]
    tiles: tuple[Figure, ...]
    ranking: tuple[Ranked, ...]
    measure: str
    measures: tuple[Naming, ...]
    level: str
    coverage: Coverage
    covered: tuple[Covered, ...]
    warnings: tuple[tuple[int, int, int], ...]
    told: tuple[Told, ...]
    changed: tuple[Changed, ...]
    late: int

    @property
    def top(self) -> Decimal | None:
        """The greatest amount of the ranking, this year's or last year's: what bars are measured by."""
        values = [
            abs(one)
            for row in self.ranking
            if not row.rest
            for one in (_number(row.main.value), _number(row.main.before))
            if one is not None
        ]
        return max(values, default=None)


@dataclass(frozen=True)
class Part:
    """The part of the tree under a node as the person sees it."""

    node: Entity
    roots: tuple[Entity, ...]
    known: Mapping[int, Entity]
    below: Mapping[int, tuple[int, ...]]
    children: tuple[Entity, ...]

    @property
    def leaves(self) -> tuple[Entity, ...]:
        """Enterprises without any below them."""
        return tuple(self.known[org] for org in self.below[self.node.pk] if len(self.below.get(org, ())) <= 1)


def part_of(lens: Lens, node: Entity | None = None) -> Part:
    """The person's part of the tree on the period's last day: under a node, or under the top of it (the largest where there are several)."""
    places = entities.nodes(lens.tree, lens.period.end)
    known = {place.entity_id: place.entity for place in places}
    if not known:
        raise NotFoundError(mark("You have no part of the tree in this period."))
    children: dict[int | None, list[TreeNode]] = {}
    for place in places:
        children.setdefault(place.parent_id if place.parent_id in known else None, []).append(place)
    below: dict[int, tuple[int, ...]] = {}

    def collect(org: int) -> tuple[int, ...]:
        below[org] = (org, *(one for child in children.get(org, []) for one in collect(child.entity_id)))
        return below[org]

    tops = [place.entity for place in children.get(None, [])]
    for top in tops:
        collect(top.pk)
    roots = tuple(sorted(tops, key=lambda one: (-len(below[one.pk]), one.pk)))
    chosen = node or roots[0]
    if chosen.pk not in below:
        raise NotFoundError(mark("There is no enterprise {text} that you may see."), text=str(chosen))
    return Part(chosen, roots, known, below, tuple(child.entity for child in children.get(chosen.pk, [])))


def _ask(figures: Figures, part: Part, codes: Sequence[str]) -> ValueTable:
    """One question to the engine: the node, its children and, where they are not too many, every enterprise under it."""
    each = part.below[part.node.pk] if len(part.below[part.node.pk]) <= EACH else [child.pk for child in part.children]
    nodes = {org: part.below.get(org, (org,)) for org in (part.node.pk, *each)}
    there = [code for code in codes if figures.in_force(code)]
    return figures.nodes(there, nodes) if there else ValueTable((), {})


class _Two:
    """This year and last, asked once each."""

    def __init__(self, lens: Lens, part: Part, codes: Sequence[str]) -> None:
        self.now, self.then = lens.figures, lens.figures.earlier()
        self.codes = [code for code in codes if self.now.in_force(code)]
        self.part = part
        self._tables = {
            0: self._index(_ask(self.now, part, self.codes)),
            1: self._index(_ask(self.then, part, self.codes)),
        }
        self._namings = {code: naming(self.now, code) for code in self.codes}

    @staticmethod
    def _index(table: ValueTable) -> tuple[ValueTable, dict[int, int]]:
        return table, {org: index for index, (org, _kind) in enumerate(table.subjects)}

    def value(self, code: str, org: int, back: int = 0) -> Value:
        """A value, None where there is nothing to ask about."""
        table, places = self._tables[back]
        return table.columns[code][places[org]] if org in places and code in table.columns else None

    def figure(self, code: str, entity: Entity, series: Sequence[Value] = ()) -> Figure:
        """A number with its doors."""
        value, before = self.value(code, entity.pk), self.value(code, entity.pk, 1)
        kind = "sum" if len(self.part.below.get(entity.pk, ())) > 1 else ""
        table, places = self._tables[0]
        covered = table.coverage[code][places[entity.pk]] if entity.pk in places and code in table.coverage else None
        return Figure(
            self._namings[code],
            value,
            why_url(self.now, code, entity.uid, value, kind=kind),
            before,
            "" if before is None else why_url(self.then, code, entity.uid, before, kind=kind),
            tuple(series),
            covered,
        )


def _like_for_like(lens: Lens, part: Part, codes: Sequence[str], covering: Coverage) -> dict[str, Value]:
    """Last year's values of those alone whose filings of this year are there; nothing while nobody is missing."""
    if not covering.missing:
        return {}
    missing = {one.entity.pk for one in covering.missing}
    earlier = lens.figures.earlier()
    there = [code for code in codes if earlier.in_force(code)]
    orgs = [org for org in part.below[part.node.pk] if org not in missing]
    table = earlier.nodes(there, {part.node.pk: orgs}) if there and orgs else ValueTable((), {})
    return {code: table.get(code, part.node.pk) for code in there}


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def panorama(lens: Lens, node: Entity | None, measure: str, level: str) -> Panorama:
    """Puts it together: the engine is asked once for this year and once for last; trends come from the cache."""
    part = part_of(lens, node)
    two = _Two(lens, part, list(dict.fromkeys((*MAIN, *RANKED))))
    measures = tuple(two._namings[code] for code in RANKED if code in two.codes)
    measure = measure if measure in {one.code for one in measures} else (measures[0].code if measures else "")
    level = level if level in ("groups", "companies") else "groups" if len(part.children) >= FEW else "companies"
    main = [code for code in MAIN if code in two.codes]
    history = trend(lens.figures, lens.tree, part.node.pk, main, years(lens.figures, lens.periods), total=True)
    raised = [one for one in shown(lens.figures, lens.tree.pk) if one.org_id in part.below[part.node.pk]]
    signals = told(lens.figures, raised, part.known)
    earlier = [one for one in shown(lens.figures.earlier(), lens.tree.pk) if one.org_id in part.below[part.node.pk]]
    covering = coverage(
        lens.figures,
        {org: part.known[org] for org in part.below[part.node.pk]},
        {org: two.value(WEIGHED, org, 1) for org in part.below[part.node.pk]},
    )
    like = _like_for_like(lens, part, main, covering)
    tiles = tuple(
        replace(two.figure(code, part.node, [row.get(code) for row in history.values()]), like=like.get(code))
        for code in main
    )
    return Panorama(
        lens,
        part.node,
        part.roots,
        tiles,
        _ranking(two, part, measure, level, signals) if measure else (),
        measure,
        measures,
        level,
        covering,
        tuple(_covered(part, covering)),
        _by_level(signals, [one.level for one in earlier]),
        tuple(signals),
        tuple(_changed(two, part, signals, {(one.rule_code, one.org_id): one.level for one in earlier}, lens)),
        _late(lens, part),
    )


def _order(values: Mapping[int, Value], direction: Direction) -> list[int]:
    """Best first by the indicator's direction; what is not known comes last."""
    known = [(org, number) for org, value in values.items() if (number := _number(value)) is not None]
    sign = 1 if direction is Direction.LOWER else -1
    return [org for org, _ in sorted(known, key=lambda pair: (sign * pair[1], pair[0]))]


def _ranking(two: _Two, part: Part, measure: str, level: str, signals: Sequence[Told]) -> tuple[Ranked, ...]:
    every = list(part.leaves if level == "companies" else part.children or part.leaves)
    worst: dict[int, int] = {}
    for signal in signals:
        for org, below in part.below.items():
            if signal.entity.pk in below:
                worst[org] = min(worst.get(org, 9), signal.level)
    direction = two._namings[measure].direction
    now = _order({one.pk: two.value(measure, one.pk) for one in every}, direction)
    then = {
        org: place
        for place, org in enumerate(_order({one.pk: two.value(measure, one.pk, 1) for one in every}, direction), 1)
    }
    others = [
        code for code in ("return_on_equity", "debt_ratio", "total_profit") if code != measure and code in two.codes
    ][:2]
    known = {one.pk: one for one in every}
    unknown = [one.pk for one in every if one.pk not in now]

    def line(place: int, org: int) -> Ranked:
        entity = known[org]
        moved = then[org] - place if place and org in then else None
        figures = tuple(two.figure(code, entity) for code in others)
        return Ranked(place, moved, entity, two.figure(measure, entity), figures, worst.get(org, 0))

    rows = [line(place, org) for place, org in enumerate(now, 1)]
    if len(rows) > ROWS:
        middle = rows[HEAD:-TAIL]
        amounts = [_number(row.main.value) for row in middle]
        whole = two._namings[measure].step == "%" and None not in amounts
        value = sum((one for one in amounts if one is not None), Decimal(0)) if whole else None
        rest = Ranked(
            middle[0].place,
            None,
            None,
            Figure(two._namings[measure], value, "", None, ""),
            (),
            0,
            len(middle),
            middle[-1].place,
        )
        rows = [*rows[:HEAD], rest, *rows[-TAIL:]]
    return (*rows, *(line(0, org) for org in unknown[: max(0, ROWS - len(rows))]))


def _covered(part: Part, whole: Coverage) -> list[Covered]:
    children = part.children or (part.node,)
    out = []
    for child in children:
        covered = whole.of(part.below.get(child.pk, (child.pk,)))
        if covered.owing:
            out.append(Covered(child, covered, len(part.below.get(child.pk, ())) > 1))
    return out


def _by_level(signals: Sequence[Told], earlier: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    """Level number, how many now, how many a year earlier."""
    now, then = Counter(one.level for one in signals), Counter(levels().get(word, 0) for word in earlier)
    return tuple((number, now[number], then[number]) for number in levels().values())


def _changed(
    two: _Two, part: Part, signals: Sequence[Told], earlier: Mapping[tuple[str, int], str], lens: Lens
) -> list[Changed]:
    """Warnings that are new or gone, profits that turned, the greatest movements, and what was filed last."""
    words = levels()
    out = [
        Changed(
            "warned",
            one.entity,
            told=one,
            url=one.url,
            before=words.get(earlier.get((one.rule_code, one.entity.pk), "")),
        )
        for one in signals
        if words.get(earlier.get((one.rule_code, one.entity.pk), ""), 99) > one.level
    ]
    out = out[:WARNED]
    still = {(one.rule_code, one.entity.pk) for one in signals}
    out += [
        Changed("cleared", part.known[org], before=words.get(level))
        for (rule, org), level in earlier.items()
        if (rule, org) not in still
        and org in part.known
        and two.value("debt_ratio", org) is not None
        and not isinstance(two.value("debt_ratio", org), Unknown)
    ]
    code = "total_profit"
    if code in two.codes:
        moves = []
        for one in part.leaves:
            now, then = _number(two.value(code, one.pk)), _number(two.value(code, one.pk, 1))
            if now is not None and then is not None:
                figure = two.figure(code, one)
                turned = (now < 0) != (then < 0)
                moves.append(
                    (
                        turned,
                        abs(now - then),
                        Changed("turned" if turned else "moved", one, figure.naming, now, then, figure.url),
                    )
                )
        moves.sort(key=lambda move: (not move[0], -move[1]))
        out += [change for _, _, change in moves[:3]]
    out += _filed(part, lens)
    return out[:9]


def _filed(part: Part, lens: Lens) -> list[Changed]:
    """The newest versions of the period, those that replaced an earlier one named as such."""
    versions = (
        FilingVersion.objects.filter(filing__period=str(lens.period), org_id__in=part.below[part.node.pk])
        .values("org_id", "submitted_at", "number", "filing__form")
        .order_by("-submitted_at")[: NEWEST * 3]
    )
    out: dict[int, Changed] = {}
    for row in versions:
        kind = "refiled" if row["number"] > 1 else "filed"
        out.setdefault(
            row["org_id"], Changed(kind, part.known[row["org_id"]], at=row["submitted_at"], text=row["filing__form"])
        )
    return list(out.values())[:NEWEST]


def _late(lens: Lens, part: Part) -> int:
    """Filings submitted or accepted since the period was closed: the official figures do not know them, the provisional ones do."""
    if lens.closed is None:
        return 0
    later = Filing.objects.filter(period=str(lens.period), org_id__in=part.below[part.node.pk])
    later = later.filter(current_version__submitted_at__gt=lens.closed.known_at, state__in=("submitted", "accepted"))
    return later.exclude(current_version=None).values("org_id").distinct().count()
