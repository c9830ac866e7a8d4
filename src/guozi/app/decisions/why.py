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
from guozi.app.reporting.books import FilerBook, Source, counting_version
from guozi.app.reporting.models import Acceptance, Filing, FilingVersion
from guozi.app.reporting.queries import CellTrace, members, own_report_type
from guozi.core.formula.checks import concerned
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


class ViewBook(FilerBook):
    """One entity's book through a view  一户的账: the versions that its figures count, under the law as it was known then."""

    def __init__(self, org_id: int, report_type: str, figures: Figures) -> None:
        super().__init__(org_id, report_type, figures.period)
        self.figures = figures
        self.known = figures.known
        self.rulebook = figures.rulebook

    def source(self, form: str, years_back: int = 0) -> Source | None:
        """The version behind a form's cells, or None where none counts."""
        key = (form, years_back)
        if key not in self._sources:
            filings = Filing.objects.select_related("org", "current_version", "accepted_version")
            filing = filings.filter(
                org_id=self.org_id,
                form=form,
                period=str(self.period.years_back(years_back)),
                report_type=self.report_type,
            ).first()
            self._sources[key] = None if filing is None else self._counting(filing)
        return self._sources[key]

    def _counting(self, filing: Filing) -> FilingVersion | None:
        if self.known is None:
            return counting_version(filing, official=False)
        accepted = Acceptance.objects.select_related("version").filter(
            version__filing=filing, known__contains=self.known
        )
        found = accepted.order_by("-version__number").first()
        return found.version if found else None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a cell's value was taken: the cell itself or what stands in for it, and the version that holds it, if any."""

    cell: Cell
    version: FilingVersion | None


def locate(book: ViewBook, cell: Cell) -> Located:
    """Finds the filing behind a cell of one entity; where its layout does not offer the cell, behind the one that stands in."""
    value = book.cell(cell)
    stands_in = isinstance(value, Unknown) and value.why is Why.NOT_OFFERED and isinstance(cell.otherwise, Cell)
    target = cell.otherwise if stands_in and isinstance(cell.otherwise, Cell) else cell
    version = book.source(target.form, target.years_back)
    return Located(target, version if isinstance(version, FilingVersion) else None)


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
        self.org_ids = tuple(dict.fromkeys(of.org_ids))

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

    def left_out(self) -> dict[int, Unknown]:
        """The entities that are not in the sum, each with the first reason; NO_DATA where nothing was filed at all."""
        known = set(self.known)
        reasons: dict[int, Unknown] = {org: Unknown(Why.NO_DATA) for org in self.org_ids}
        for index, (org, _kind) in enumerate(self.subjects):
            values = [self.columns[cell][index] for cell in self.cells]
            first = next((value for value in values if isinstance(value, Unknown)), None)
            if index in known:
                reasons.pop(org, None)
            elif first is not None and org in reasons:
                reasons[org] = first
        return reasons

    def kind_of(self, org_id: int) -> str | None:
        """The report type by which an entity is in the sum (the first of them), None where it is not."""
        return next((self.subjects[index][1] for index in self.known if self.subjects[index][0] == org_id), None)

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
    filer: ViewBook | None = None

    def parts(self, cell: Cell, tree: Tree, under: Entity | None = None) -> list[Part]:
        """A node's sum of a cell by the children of the node (or of one below it), largest first; a child that is a group stands for all under it."""
        if self.book is None:
            return []
        node = under or self.entity
        amounts = self.book.parts(cell)
        day = self.figures.period.end
        out = []
        total = sum(amounts.values(), Decimal(0))
        children = entities.children(tree, node.pk, day)
        members = entities.members_of(tree, [child.pk for child in children], day) | {node.pk: [node.pk]}
        for child in [node, *children]:
            mine = [amounts[org] for org in members[child.pk] if org in amounts]
            if mine:
                value = sum(mine, Decimal(0))
                out.append(Part(child, value, value / total if total else None, len(mine)))
        return sorted(out, key=lambda part: (-part.value, part.entity.pk))

    def source(self, cell: Cell) -> CellTrace | None:
        """Where an enterprise's cell came from; for a cell of an earlier year, that year's filing."""
        if self.filer is None:
            return None
        found = locate(self.filer, cell)
        if found.version is None:
            return None
        filed = found.version.cells_as_filed.get(found.cell.item, {}).get(found.cell.column)
        return CellTrace(
            filing=found.version.filing,
            version=found.version,
            value=None if filed is None or isinstance(filed, dict) else str(filed),
            origin=str(found.version.origins.get(found.cell.item, {}).get(found.cell.column, "")),
            column_name=found.cell.fact,
        )


def explain(
    figures: Figures, code: str, entity: Entity, tree: Tree, *, aggregate: bool, report_type: str | None = None
) -> Answer:
    """Explains an indicator, item or formula of one entity, or of the sum of all under it."""
    rule = figures.rule(code)
    if aggregate:
        of = members(figures.period, {entity.pk: entities.members(tree, entity.pk, figures.period.end)})
        book = NodeBook(figures, rule.formula, of)
        explanation = wiring.judge(book).explain(rule.formula.root, rule.formula.text)
        value = wiring.final(explanation.value, rule.formula.type, concerned(rule.formula.root))
        if book.cells and not book.known:
            value = Unknown(Why.NO_DATA, concerned(rule.formula.root))
        coverage = (len(book.known), book.members)
        return Answer(code, entity, True, "", figures, rule, explanation, value, book.cells, coverage, book)
    kind = report_type or own_report_type(entity.pk, figures.period)
    filer = ViewBook(entity.pk, kind, figures)
    explanation = wiring.judge(filer).explain(rule.formula.root, rule.formula.text)
    value = wiring.final(explanation.value, rule.formula.type, concerned(rule.formula.root))
    return Answer(
        code, entity, False, kind, figures, rule, explanation, value, own_cells(rule.formula.root), filer=filer
    )
