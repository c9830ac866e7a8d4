"""The why page put together: the number, its equation, who makes it up, which cell, who filed it, and what was verified on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from guozi.app import wiring
from guozi.app.decisions import sources
from guozi.app.decisions.drawing import Drawing, Line, Path, path_text, walk
from guozi.app.decisions.why import Answer, Part, Shown, ViewBook, explain, locate
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.links import why_url
from guozi.app.indicators.names import Naming, cell_name, formula_words, naming, say, value_html
from guozi.app.reporting.queries import own_report_type
from guozi.app.reporting.words import cite_words, reason_words
from guozi.app.ui.formulas import Part as Drawn
from guozi.app.ui.numbers import MoneyUnit, grouped
from guozi.core.formula.engine import Explanation
from guozi.core.formula.tree import Cell
from guozi.core.kernel.asof import Status
from guozi.core.kernel.unknown import Unknown

MOST_PARTS = 12
"""Contributions shown of one node; the rest stands as one line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks: a figure of an entity in a view, and where the reader has walked to."""

    code: str
    entity: Entity
    kind: str
    term: str = ""
    part: Entity | None = None
    fixed: Mapping[str, str] = field(default_factory=dict)
    """The parameters that every address inside the page repeats."""

    @property
    def total(self) -> bool:
        """True where the sum of all under the entity is meant."""
        return self.kind == "sum"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One line of who makes it up. `rest` lines stand for several and lead nowhere."""

    name: str
    value: Decimal
    share: Decimal | None
    url: str
    current: bool
    on_path: bool
    group: bool
    rest: int
    parts: tuple[Contribution, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entity that is not in the sum, and why not."""

    name: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class Above:
    """A sum that this enterprise is part of."""

    name: str
    value: Shown | None
    url: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A leaf that is unknown, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Page:
    """All that the why page shows."""

    answer: Answer
    naming: Naming
    equation: tuple[Drawn, ...]
    tree: Line
    chosen: Cell | None
    chosen_name: str
    chosen_value: object
    contributions: tuple[Contribution, ...]
    top: Decimal | None
    sum_holds: bool
    left_out: tuple[LeftOut, ...]
    above: tuple[Above, ...]
    leaf: Entity | None
    form: sources.FormView | None
    origin: sources.Origin | None
    recomputed: bool
    before: Shown | None
    before_url: str
    like: object
    cite: str
    cite_url: str
    quote: str
    formula: str
    effective: object
    reasons: tuple[str, ...]
    missing: tuple[Missing, ...]
    chosen_html: SafeString | str = ""
    self_url: str = ""

    @property
    def exact(self) -> str:
        """The value with all its stored places, and as it is shown."""
        value = self.answer.value
        if not isinstance(value, Decimal) or self.naming.unit.code != "percent":
            return ""
        return f"{grouped(value * 100, 6)}% \u2192 {grouped(value * 100, self.naming.decimals)}%"


def engine_value(figures: Figures, tree: Tree, asked: Asked, report_type: str) -> Shown | None:
    """The number as every other page shows it: by the engine, over the facts."""
    if asked.total:
        orgs = entities.members(tree, asked.entity.pk, figures.period.end)
        return figures.nodes([asked.code], {asked.entity.pk: orgs}).get(asked.code, asked.entity.pk)
    return figures.own([asked.code]).get(asked.code, asked.entity.pk, report_type)


def page(figures: Figures, tree: Tree, asked: Asked, unit: MoneyUnit) -> Page:
    """Answers; NotFoundError where the code names no figure."""
    answer = explain(
        figures,
        asked.code,
        asked.entity,
        tree,
        aggregate=asked.total,
        report_type=None if asked.total else asked.kind or None,
    )
    named = naming(figures, asked.code)
    at, node = _chosen(answer.explanation, asked.term)
    root = answer.rule.formula.root

    def address(path: Path) -> str:
        return _address(figures, asked, term=path_text(path), part=asked.part)

    drawing = Drawing(root, answer.explanation, unit, at, address, named.name)
    cell = node.cell if node else None
    tops = dict.fromkeys(answer.cells)
    summed = _top_cell(answer.explanation, at) if asked.total else cell
    leaf: Entity | None = None
    lines: tuple[Contribution, ...] = ()
    holds, top = False, None
    if asked.total and summed in tops:
        leaf, lines, holds, top = _contributions(answer, tree, asked, summed, path_text(at))
    book = answer.filer
    if asked.total:
        kind = answer.book.kind_of(leaf.pk) if answer.book and leaf else None
        book = ViewBook(leaf.pk, kind or _kind(leaf, figures), figures) if leaf else None
    else:
        leaf = asked.entity
    read = summed or cell
    found = locate(book, read) if book and read else None
    value = engine_value(figures, tree, asked, answer.report_type)
    before = _before(figures, tree, asked)
    bound = figures.rulebook.indicators.get(asked.code)
    quote, cite, cite_url, effective = "", "", "", None
    if bound is not None:
        source = wiring.library().sources.get(bound.version.cite.source)
        quote = source.texts.get(bound.version.cite.article, "") if source else ""
        cite, effective = cite_words(bound.version.cite), bound.version.effective
        cite_url = reverse("indicators:indicator", args=[asked.code])
    return Page(
        answer=answer,
        naming=named,
        equation=drawing.equation(named.unit.code == "percent"),
        tree=drawing.tree(),
        chosen=read,
        chosen_name=cell_name(read) if read else "",
        chosen_value=node.value if node else None,
        contributions=lines,
        top=top,
        sum_holds=holds,
        left_out=_left_out(answer, figures) if asked.total else (),
        above=() if asked.total else _above(figures, tree, asked),
        leaf=leaf,
        form=sources.form_view(book, found) if book and found else None,
        origin=sources.origin(found) if found else None,
        recomputed=value is not None and answer.value == value,
        before=before[0],
        before_url=before[1],
        like=_like_for_like(figures, tree, asked, answer),
        cite=cite,
        cite_url=cite_url,
        quote=quote,
        formula=formula_words(answer.rule.formula.text),
        effective=effective,
        reasons=_reasons(figures, asked.code),
        chosen_html=value_html(node.value, node.cell.type, unit) if node and node.cell else "",
        self_url=address(at) if node else "",
        missing=_missing(answer.explanation) if isinstance(answer.value, Unknown) else (),
    )


def _address(figures: Figures, asked: Asked, *, term: str, part: Entity | None) -> str:
    here = dict(asked.fixed) | ({"term": term} if term else {}) | ({"part": str(part.uid)} if part else {})
    return f"{reverse('decisions:why', args=[asked.entity.uid, str(figures.period)])}?{urlencode(here)}"


def _chosen(explanation: Explanation, term: str) -> tuple[Path, Explanation | None]:
    """The node of a path, or the first cell under it."""
    nodes = dict(walk(explanation))
    at: Path = tuple(int(step) for step in term.split(".") if step.isdigit()) if term else ()
    start = nodes.get(at)
    if start is None:
        at, start = (), explanation
    for below, node in walk(start, at):
        if node.cell is not None:
            return below, node
    return at, None


def _top_cell(explanation: Explanation, at: Path) -> Cell | None:
    """The cell of the sum above a path: what stands in for a cell is part of the cell's own sum."""
    nodes = dict(walk(explanation))
    return next((one for length in range(len(at) + 1) if (one := nodes[at[:length]].cell) is not None), None)


def _kind(leaf: Entity, figures: Figures) -> str:
    return own_report_type(leaf.pk, figures.period)


def _contributions(
    answer: Answer, tree: Tree, asked: Asked, cell: Cell, term: str
) -> tuple[Entity | None, tuple[Contribution, ...], bool, Decimal | None]:
    """Who makes up the sum of a cell, opened along the way to the chosen entity (the largest where none is chosen)."""
    figures, day = answer.figures, answer.figures.period.end
    chain: list[int] = []
    if asked.part is not None and asked.part.pk != asked.entity.pk:
        above = [one.pk for one in reversed(entities.ancestors(tree, asked.part.pk, day))]
        if asked.entity.pk in above:
            chain = [*above[above.index(asked.entity.pk) + 1 :], asked.part.pk]
    leaf: Entity | None = None

    def level(under: Entity, depth: int) -> tuple[Contribution, ...]:
        nonlocal leaf
        parts = answer.parts(cell, tree, under)
        if depth and all(part.entity.pk == under.pk for part in parts):
            return ()
        wanted = chain[depth] if depth < len(chain) else None
        if asked.part is not None and asked.part.pk == under.pk and any(part.entity.pk == under.pk for part in parts):
            wanted = under.pk
        chosen = next((part for part in parts if part.entity.pk == wanted), parts[0])
        shown = parts[:MOST_PARTS]
        if chosen not in shown:
            shown = [*shown[:-1], chosen]
        out: list[Contribution] = []
        for part in shown:
            mine = part is chosen
            own = part.entity.pk == under.pk
            below = level(part.entity, depth + 1) if mine and not own else ()
            if mine and not below:
                leaf = part.entity
            out.append(
                Contribution(
                    part.entity.name,
                    part.value,
                    part.share,
                    _address(figures, asked, term=term, part=part.entity),
                    mine and not below,
                    mine and bool(below),
                    bool(below) or part.entities > 1,
                    0,
                    below,
                )
            )
        rest = [part for part in parts if part not in shown]
        if rest:
            out.append(_rest(rest))
        return tuple(out)

    lines = level(asked.entity, 0)
    everyone = answer.parts(cell, tree)
    total = answer.book.cell(cell) if answer.book else None
    added = sum((part.value for part in everyone), Decimal(0))
    holds = not isinstance(total, Unknown) and total is not None and added == total
    top = max((abs(part.value) for part in everyone), default=None)
    return leaf, lines, holds, top


def _rest(parts: Sequence[Part]) -> Contribution:
    value = sum((part.value for part in parts), Decimal(0))
    shares = [part.share for part in parts if part.share is not None]
    return Contribution(
        "",
        value,
        sum(shares, Decimal(0)) if shares else None,
        "",
        False,
        False,
        False,
        sum(part.entities for part in parts),
    )


def _left_out(answer: Answer, figures: Figures) -> tuple[LeftOut, ...]:
    if answer.book is None:
        return ()
    reasons = answer.book.left_out()
    found = {one.pk: one for one in Entity.objects.filter(pk__in=reasons)}
    return tuple(
        LeftOut(
            found[org].name,
            reason_words(reason) if reason.what else "",
            reverse("decisions:enterprise", args=[found[org].uid]) + f"?period={figures.period}",
        )
        for org, reason in reasons.items()
        if org in found
    )


def _above(figures: Figures, tree: Tree, asked: Asked) -> tuple[Above, ...]:
    """The sums that an enterprise is part of, the nearest first, as far up as the person sees."""
    nodes = entities.ancestors(tree, asked.entity.pk, figures.period.end)
    if not nodes:
        return ()
    members = entities.members_of(tree, [one.pk for one in nodes], figures.period.end)
    table = figures.nodes([asked.code], members)
    return tuple(
        Above(one.name, value, why_url(figures, asked.code, one.uid, value))
        for one in nodes
        if (value := table.get(asked.code, one.pk)) is not None
    )


def _before(figures: Figures, tree: Tree, asked: Asked) -> tuple[Shown | None, str]:
    earlier = figures.earlier()
    if not earlier.in_force(asked.code):
        return None, ""
    kind = "" if asked.total else asked.kind or own_report_type(asked.entity.pk, earlier.period)
    value = engine_value(earlier, tree, asked, kind)
    return value, "" if value is None else why_url(earlier, asked.code, asked.entity.uid, value, kind=asked.kind)


def _like_for_like(figures: Figures, tree: Tree, asked: Asked, answer: Answer) -> object:
    """Last year's value of those alone who are in this year's sum; None while nobody is left out, or for one enterprise."""
    left_out = answer.book.left_out() if asked.total and answer.book else {}
    earlier = figures.earlier()
    if not left_out or not earlier.in_force(asked.code):
        return None
    orgs = [org for org in entities.members(tree, asked.entity.pk, figures.period.end) if org not in left_out]
    return earlier.nodes([asked.code], {asked.entity.pk: orgs}).get(asked.code, asked.entity.pk) if orgs else None


def _reasons(figures: Figures, code: str) -> tuple[str, ...]:
    """What of the law behind a figure is still to be verified, in words."""
    if code not in figures.rulebook.indicators:
        return ()
    certainty = figures.rulebook.certainty(code)
    if certainty.status is Status.ENACTED:
        return ()
    return tuple(dict.fromkeys(say(one.why) for one in certainty.reasons if one.why))


def _missing(explanation: Explanation) -> tuple[Missing, ...]:
    found: dict[str, str] = {}
    for _, node in walk(explanation):
        if not node.parts and isinstance(node.value, Unknown):
            name = cell_name(node.cell) if node.cell is not None else node.text
            found[name] = reason_words(node.value)
    return tuple(Missing(name, reason) for name, reason in found.items())
