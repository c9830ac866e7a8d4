"""What is asked of an engine and what it answers: the same for the judge and for every other engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from guozi.core.formula.tree import Attribute, Cell, Formula, Known, Value
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.core.kernel.unknown import Unknown


class Book(Protocol):
    """What one filer's formulas read from: the judge asks it for every leaf."""

    def cell(self, cell: Cell) -> Value:
        """Money in yuan. `Unknown(NOT_OFFERED)` where the layout lacks the cell: then the judge takes `cell.otherwise`, if any."""
        ...

    def attribute(self, attribute: Attribute) -> Value:
        """A fact of the register or of the cover."""
        ...

    def parameter(self, name: str, key: str) -> Value:
        """A parameter's value for that key (`""` where single), as of the run."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One formula asked of an engine. A check has a truth at its root and, where `when` is given, is skipped unless `when` is true.

    `tolerance` in yuan; None means (terms + 1) / 2 of the filing's rounding step (core.formula.checks.terms).
    """

    code: str
    formula: Formula
    when: Formula | None = None
    tolerance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameter values resolved for one point of view: (`file.member`, key or `""`) → exact value in base units (70% is 7/10)."""

    values: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)

    def get(self, name: str, key: str) -> Fraction | None:
        """The value, or None where there is none for that key."""
        return self.values.get((name, key))


@dataclass(frozen=True, slots=True)
class Versions:
    """The filing versions that count, of one form and period: three columns of equal length."""

    org_ids: Sequence[int]
    report_types: Sequence[str]
    version_ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which versions count  采用版本: by level of acceptance and date of knowledge. `key` names it for caches (same key, same content)."""

    key: str
    versions: Mapping[tuple[str, Period], Versions]


@dataclass(frozen=True, slots=True)
class Facts:
    """Where the projection lies: the Parquet parts of each form and period, and of the entities' attributes of each period."""

    parts: Mapping[tuple[str, Period], tuple[str, ...]]
    entities: Mapping[Period, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Members:
    """Who is added up under which node (a group, an industry, the whole), by report type: three columns of equal length."""

    nodes: Sequence[int]
    org_ids: Sequence[int]
    report_types: Sequence[str]


@dataclass(frozen=True, slots=True)
class ValueTable:
    """Values of rules: one row a (org or node, report type), in `subjects`; `columns[code]` is as long as `subjects`.

    Money is rounded to cents, ratios to eight places, both half away from zero. For nodes report type is "" and
    `coverage[code]` holds (members whose operands are all known, members) per row.
    """

    subjects: tuple[tuple[int, str], ...]
    columns: Mapping[str, tuple[Decimal | Known | Unknown, ...]]
    coverage: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def get(self, code: str, org_id: int, report_type: str = "") -> Decimal | Known | Unknown | None:
        """One value, None where the subject is not in the table (out of scope, or not selected)."""
        try:
            return self.columns[code][self.subjects.index((org_id, report_type))]
        except ValueError:
            return None


class Outcome(StrEnum):
    """The three outcomes of a check; skipped ones (precondition not met) are only counted."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of one filer that does not hold or could not be evaluated. Money in yuan; `left`, `right` of the top comparison."""

    code: str
    org_id: int
    report_type: str
    outcome: Outcome
    left: Decimal | Known | None = None
    right: Decimal | Known | None = None
    difference: Decimal | None = None
    tolerance: Decimal | None = None
    reason: Unknown | None = None


@dataclass(frozen=True, slots=True)
class CheckTable:
    """All checks of a run: counts of every outcome per check, detail only of those that do not hold."""

    counts: Mapping[str, Mapping[Outcome, int]]
    results: tuple[CheckResult, ...]


class Engine(Protocol):
    """Facts and queries. No call without a Scope: rows outside it do not exist for the caller."""

    name: str

    def values(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> ValueTable:
        """Each rule for each selected (org, report type) in scope that filed any of the forms read, in one pass."""
        ...

    def checks(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> CheckTable:
        """Each check for each selected (org, report type) in scope, in one pass."""
        ...

    def node_values(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        members: Members,
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> ValueTable:
        """Each rule for each node: the formula over its cells' sums over those members in scope for which all its cells are known."""
        ...

    def contributions(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        members: Members,
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> ValueTable:
        """The rules for each member by itself (subjects are (org, report type)): what a node's sum is made of."""
        ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """A formula evaluated node by node: the node, its value, the explanations under it. Its top is the number that was shown."""

    kind: str  # cell | constant | attribute | parameter | named | call
    label: str  # code of the cell, function, indicator …; people's names are put in by the caller
    value: Value
    text: str  # the part of the formula's text
    parts: tuple[Explanation, ...] = ()
    cell: Cell | None = None
    used_otherwise: bool = False

    def walk(self) -> Iterator[Explanation]:
        """This node and all under it."""
        yield self
        for part in self.parts:
            yield from part.walk()
