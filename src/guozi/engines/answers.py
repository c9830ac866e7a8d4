"""What DuckDB answered: who the rows are, why a value is unknown, and the judge's bench for what was doubted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from guozi.core.formula.checks import concerned
from guozi.core.formula.engine import CheckResult, Rule
from guozi.core.formula.tree import Attribute, Call, Cell, Known, Node, Parameter, walk
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.asked import Asked
from guozi.engines.parts import FactRow, not_offered, read_entities, read_reasons, read_rows
from guozi.engines.questions import FlatBlame
from guozi.engines.reference import Judge, Rows, Subject
from guozi.engines.sql import Place, Translator

Final = Decimal | Known | Unknown
"""A value as it is stored and shown."""


@dataclass(slots=True)
class Answer:
    """The table that one query gave, with what is needed to read it."""

    asked: Asked
    translator: Translator
    table: pa.RecordBatch
    _subjects: list[Subject] = field(default_factory=list)
    _versions: dict[Place, list[int | None]] = field(default_factory=dict)
    _flag_bytes: tuple[list[int], bytes] | None = None

    @property
    def subjects(self) -> Sequence[Subject]:
        """The enterprise and report type of each row."""
        if not self._subjects:
            self._subjects = list(
                zip(self.table["org_id"].to_pylist(), self.table["report_type"].to_pylist(), strict=True)
            )
        return self._subjects

    def versions(self, place: Place) -> list[int | None]:
        """The filing version of each row, None where that form was not filed."""
        if place not in self._versions:
            self._versions[place] = self.table[f"v_{self.translator.tables[place]}"].to_pylist()
        return self._versions[place]

    def blamed(self, index: int, blame: FlatBlame | None, rows: Sequence[int]) -> list[int | None]:
        """The leaf to blame in each of these rows, in which the rule of that number is unknown; None where only the judge can say it."""
        if blame is None:
            found: list[int | None] = self.table[f"y{index}"].take(pa.array(rows, pa.int64())).to_pylist()
            return found
        if not blame:
            return [None] * len(rows)
        place, leaf = blame[0]
        offsets, bits = self._flags()
        return [
            None
            if start == end
            else leaf
            if bits[start + place]
            else next((other for flag, other in blame if bits[start + flag]), None)
            for start, end in ((offsets[row], offsets[row + 1]) for row in rows)
        ]

    def _flags(self) -> tuple[list[int], bytes]:
        """Where each row's flags begin, and all flags, a byte each."""
        if self._flag_bytes is None:
            column = self.table["flags"]
            up = pc.fill_null(column.values, False).cast(pa.uint8())
            self._flag_bytes = column.offsets.to_pylist(), up.buffers()[1].to_pybytes()
        return self._flag_bytes

    def reasons(self, codes: set[int | None]) -> Reasons:
        """Why values are unknown for which these leaves are to blame."""
        facts: dict[Place, set[str]] = {}
        for code in codes:
            node = self.translator.blamed[code] if code is not None else None
            if isinstance(node, Cell) and node.item:
                facts.setdefault((node.form, node.years_back), set()).add(node.fact)
        told = {
            place: read_reasons(self.asked.parts[place], frozenset(names))
            for place, names in facts.items()
            if place in self.asked.places
        }
        return Reasons(self, told)

    def bench(self, doubted: Sequence[tuple[int, int]]) -> Bench:
        """The judge, with the rows of these (row, rule) before it."""
        rules = [self.asked.rules[index] for index in sorted({index for _, index in doubted})]
        nodes = [
            node for rule in rules for formula in (rule.formula, rule.when) if formula for node in walk(formula.root)
        ]
        cells = {node for node in nodes if isinstance(node, Cell)}
        found: dict[Place, dict[Subject, FactRow]] = {
            (cell.form, years): {} for cell in cells for years in (0, cell.years_back)
        }
        at = sorted({row for row, _ in doubted})
        for place, rows in found.items():
            if place in self.translator.tables and place in self.asked.places:
                versions = self.versions(place)
                subjects = {versions[row]: self.subjects[row] for row in at if versions[row] is not None}
                columns = frozenset(cell.fact for cell in cells if (cell.form, cell.years_back) == place)
                ids = frozenset(version for version in subjects if version is not None)
                rows.update((subjects[row.version_id], row) for row in read_rows(self.asked.parts[place], ids, columns))
        registered = any(isinstance(node, Attribute) for node in nodes) and bool(self.asked.entities)
        entities = read_entities(self.asked.entities) if registered else {}
        return Bench(Rows(found, entities, self.asked.period, self.asked.parameters), self.subjects)


@dataclass(frozen=True, slots=True)
class Bench:
    """The judge over the rows that were doubted."""

    rows: Rows
    subjects: Sequence[Subject]

    def final(self, row: int, rule: Rule) -> Final:
        """A value."""
        return Judge(self.rows.book(self.subjects[row])).final(rule.formula)

    def check(self, row: int, rule: Rule) -> CheckResult:
        """A check."""
        subject = self.subjects[row]
        return Judge(self.rows.book(subject)).check(rule, self.rows.step(rule, subject), *subject)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Why a leaf is unknown: `always`, or for a cell of a form that was filed (`versions` has it) what the parts tell of it."""

    always: Unknown | None
    versions: Sequence[int | None] = ()
    told: Mapping[int, Unknown] = field(default_factory=dict)
    otherwise: Unknown | None = None


@dataclass(slots=True)
class Reasons:
    """Why values are unknown, by row and leaf to blame, in the judge's words."""

    answer: Answer
    told: Mapping[Place, Mapping[str, Mapping[int, Unknown]]]
    _leaves: dict[int | None, _Leaf] = field(default_factory=dict)

    def of(self, rows: Sequence[int], codes: Sequence[int | None]) -> list[Unknown | None]:
        """The reason in each row, None where only the judge can say it."""
        reasons = []
        for row, code in zip(rows, codes, strict=True):
            leaf = self._leaves.get(code) or self._leaf(code)
            version = leaf.versions[row] if leaf.versions else None
            reasons.append(leaf.always if version is None else leaf.told.get(version, leaf.otherwise))
        return reasons

    def _leaf(self, code: int | None) -> _Leaf:
        node = None if code is None else self.answer.translator.blamed[code]
        leaf = _Leaf(None if node is None else _always(node, self.answer.asked.period))
        if isinstance(node, Cell):
            place = (node.form, node.years_back)
            told = self.told.get(place, {}).get(node.fact, {})
            leaf = _Leaf(leaf.always, self.answer.versions(place), told, not_offered(node.fact))
        self._leaves[code] = leaf
        return leaf


def _always(node: Node, period: Period) -> Unknown | None:
    """The reason that is the same in every row: a cell's is that its form was not filed."""
    match node:
        case Cell(form=form, years_back=years):
            return Unknown(Why.NOT_FILED, f"{form} {period.years_back(years)}")
        case Attribute(source=source, name=name):
            return Unknown(Why.NO_ATTRIBUTE, f"{source}.{name}")
        case Parameter(name=name, key=None):
            return Unknown(Why.NO_PARAMETER, name)
        case Call(function="divide", args=(_, under)):
            return Unknown(Why.NOT_MEANINGFUL, concerned(under))
        case _:
            return None
