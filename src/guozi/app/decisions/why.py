"""Why a number is what it is: the formula's own tree evaluated node by node, down to cells, filings, people and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from guozi.app import wiring
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.queries import CellTrace, members, own_report_type, trace
from guozi.core.formula.engine import Explanation, Members, Rule
from guozi.core.formula.tree import Attribute, Cell, Formula, Known, Node, Value
from guozi.core.kernel.unknown import Unknown, Why

Shown = Decimal | Known | Unknown


def own_cells(node: Node) -> tuple[Cell, ...]:
    """The cells that a node's sum needs, left to right, each once; those under `otherwise` belong to their cell."""
    if isinstance(node, Cell):
        return (node,)
    found: dict[Cell, None] = {}
    for child in node.children():
        found |= dict.fromkeys(own_cells(child))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Part:
    """What one entity (or the entities under one child) adds to a sum. `share` of the sum, None where the sum is zero."""

    entity: Entity
    value: Decimal
    share: Decimal | None
    entities: int = 1


class NodeBook:
    """A node's book  汇总的账: each cell is the sum over the members for which all the formula's cells are known."""

    def __init__(self, figures: Figures, formula: Formula, of: Members) -> None:
        self.figures = figures
        self.cells = own_cells(formula.root)
        rules = [Rule(f"c{index}", Formula(cell.item, cell)) for index, cell in enumerate(self.cells)]
        self.table = figures.parts(rules, of) if rules else None
        subjects = self.table.subjects if self.table else ()
        columns = [self.table.columns[rule.code] for rule in rules] if self.table else []
        self.known = [
            index for index in range(len(subjects)) if not any(isinstance(column[index], Unknown) for column in columns)
        ]
        self.subjects = subjects
        self.columns: Mapping[Cell, Sequence[Shown]] = dict(zip(self.cells, columns, strict=True))
        self.members = len(of.org_ids)

    def cell(self, cell: Cell) -> Value:
        """The sum of a cell, in yuan; unknown where no member has all that the formula needs."""
        if not self.known:
            return Unknown(Why.NO_DATA, cell.item)
        total = Fraction(0)
        for index in self.known:
            value = self.columns[cell][index]
            assert isinstance(
                value, (Decimal, Fraction)
            )  # unknowns were left out, texts cannot be summed: the compiler saw to it
            total += Fraction(value)
        return total

    def attribute(self, attribute: Attribute) -> Value:
        """A node has no attributes of its own."""
        return Unknown(Why.NO_ATTRIBUTE, f"{attribute.source}.{attribute.name}")

    def parameter(self, name: str, key: str) -> Value:
        """The parameter's value at the period's end."""
        value = self.figures.rulebook.parameters.get(name, key)
        return Unknown(Why.NO_PARAMETER, f"{name} {key}".strip()) if value is None else value

    def parts(self, cell: Cell) -> dict[int, Decimal]:
        """What each entity adds to a cell's sum, in yuan."""
        out: dict[int, Decimal] = {}
        for index in self.known:
            value = self.columns[cell][index]
            if isinstance(value, Decimal):
                out[self.subjects[index][0]] = out.get(self.subjects[index][0], Decimal(0)) + value
        return out


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer to "why": value and formula, and the evaluated tree. For a node: coverage (entities known, entities)."""

    code: str
    entity: Entity
    aggregate: bool
    report_type: str
    figures: Figures
    rule: Rule
    explanation: Explanation
    value: Shown
    cells: tuple[Cell, ...]
    coverage: tuple[int, int] | None = None
    book: NodeBook | None = None

    def parts(self, cell: Cell, tree: Tree) -> list[Part]:
        """A node's sum of a cell by the node's children, largest first; a child that is a group stands for all under it."""
        if self.book is None:
            return []
        amounts = self.book.parts(cell)
        day = self.figures.period.end
        children = entities.children(tree, self.entity.pk, day)
        out = []
        total = sum(amounts.values(), Decimal(0))
        for child in [self.entity, *children]:
            orgs = [child.pk] if child.pk == self.entity.pk else entities.members(tree, child.pk, day)
            mine = [amounts[org] for org in orgs if org in amounts]
            if mine:
                value = sum(mine, Decimal(0))
                out.append(Part(child, value, value / total if total else None, len(mine)))
        return sorted(out, key=lambda part: (-part.value, part.entity.pk))

    def source(self, cell: Cell) -> CellTrace | None:
        """Where an enterprise's cell came from; for a cell of an earlier year, that year's filing."""
        target = cell
        if isinstance(cell.otherwise, Cell) and self._used_otherwise(cell):
            target = cell.otherwise
        period = self.figures.period.years_back(target.years_back)
        return trace(
            self.entity.pk,
            self.report_type,
            period,
            target.form,
            target.item,
            target.column,
            official=self.figures.official,
        )

    def _used_otherwise(self, cell: Cell) -> bool:
        return any(node.cell == cell and node.used_otherwise for node in self.explanation.walk())


def explain(
    figures: Figures, code: str, entity: Entity, tree: Tree, *, aggregate: bool, report_type: str | None = None
) -> Answer:
    """Explains an indicator, item or formula of one entity, or of the sum of all under it."""
    rule = figures.rule(code)
    if aggregate:
        of = members(figures.period, {entity.pk: entities.members(tree, entity.pk, figures.period.end)})
        book = NodeBook(figures, rule.formula, of)
        explanation = wiring.judge(book).explain(rule.formula.root, rule.formula.text)
        value = wiring.final(explanation.value, rule.formula.type)
        coverage = (len(book.known), book.members)
        return Answer(code, entity, True, "", figures, rule, explanation, value, book.cells, coverage, book)
    kind = report_type or own_report_type(entity.pk, figures.period)
    filer = FilerBook(entity.pk, kind, figures.period, official=figures.official)
    explanation = wiring.judge(filer).explain(rule.formula.root, rule.formula.text)
    value = wiring.final(explanation.value, rule.formula.type)
    return Answer(code, entity, False, kind, figures, rule, explanation, value, own_cells(rule.formula.root))
