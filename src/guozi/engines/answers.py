"""What DuckDB answered: who the rows are, why a value is unknown, and the judge's bench for what was doubted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb
import pyarrow as pa

from guozi.core.formula.checks import concerned
from guozi.core.formula.engine import CheckResult, Rule
from guozi.core.formula.tree import Attribute, Call, Cell, Known, Node, Parameter, walk
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.asked import Asked, read_parts
from guozi.engines.parts import UNKNOWN, FactRow, read_entities, read_rows
from guozi.engines.reference import Judge, Subject, _Rows as Rows
from guozi.engines.sql import Place, Translator, text

Final = Decimal | Known | Unknown
"""A value as it is stored and shown."""


@dataclass(slots=True)
class Answer:
    """The table that one query gave, with what is needed to read it."""

    asked: Asked
    translator: Translator
    table: pa.Table
    cursor: duckdb.DuckDBPyConnection
    _subjects: list[Subject] = field(default_factory=list)
    _versions: dict[Place, list[int | None]] = field(default_factory=dict)

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

    def reasons(self, codes: set[int | None]) -> Reasons:
        """Why values are unknown for which these leaves are to blame."""
        facts: dict[Place, set[str]] = {}
        for code in codes:
            node = self.translator.blamed[code] if code is not None else None
            if isinstance(node, Cell) and node.item:
                facts.setdefault((node.form, node.years_back), set()).add(node.fact)
        told = {place: self._told(place, names) for place, names in facts.items() if place in self.asked.places}
        return Reasons(self, told)

    def _told(self, place: Place, names: set[str]) -> dict[tuple[int, str], str]:
        """What the parts say of empty cells, by version and column."""
        alias = self.translator.tables[place]
        rows = (
            f"SELECT version_id, unnest(map_entries({UNKNOWN})) AS told FROM {read_parts(self.asked.parts[place])}"
            f" SEMI JOIN s_{alias} USING (version_id)"
        )
        keys = ", ".join(text(name) for name in sorted(names))
        found = self.cursor.execute(f"SELECT version_id, told.key, told.value FROM ({rows}) WHERE told.key IN ({keys})")
        return {(version, name): reason for version, name, reason in found.fetchall()}

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


@dataclass(slots=True)
class Reasons:
    """Why values are unknown, by row and leaf to blame, in the judge's words."""

    answer: Answer
    told: Mapping[Place, Mapping[tuple[int, str], str]]
    _parsed: dict[str, Unknown] = field(default_factory=dict)
    _fixed: dict[int, Unknown | None] = field(default_factory=dict)

    def of(self, row: int, code: int | None) -> Unknown | None:
        """The reason, None where only the judge can say it."""
        if code is None:
            return None
        node = self.answer.translator.blamed[code]
        place = (node.form, node.years_back) if isinstance(node, Cell) else None
        version = self.answer.versions(place)[row] if place else None
        if version is None or place is None or not isinstance(node, Cell):
            if code not in self._fixed:
                self._fixed[code] = _fixed(node, self.answer.asked.period)
            return self._fixed[code]
        reason = self.told.get(place, {}).get((version, node.fact))
        return self._parse(reason if reason is not None else f"{Why.NOT_OFFERED.value} {node.item}")

    def _parse(self, reason: str) -> Unknown:
        if reason not in self._parsed:
            self._parsed[reason] = Unknown.parse(reason)
        return self._parsed[reason]


def _fixed(node: Node, period: Period) -> Unknown | None:
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
