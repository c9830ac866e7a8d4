"""The judge: evaluates formulas row by row in exact fractions, slow and obviously right; and the engine made of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from guozi.core.formula.checks import applied_tolerance, concerned, top_cells, top_comparison
from guozi.core.formula.engine import (
    Book,
    CheckResult,
    CheckTable,
    Explanation,
    Facts,
    Members,
    Outcome,
    Parameters,
    Rule,
    Selection,
    ValueTable,
)
from guozi.core.formula.tree import Attribute, Call, Cell, Constant, Formula, Known, Named, Node, Parameter, Value
from guozi.core.formula.types import places_of
from guozi.core.kernel.money import CENT, LARGEST, Type, round_half_away, to_cents, to_ratio
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.parts import FactRow, read_entities, read_rows

LARGEST_NUMBER = Decimal(10) ** 20
"""Ratios, counts and money per count from here on are too large: DECIMAL(28,8) cannot hold them."""

Subject = tuple[int, str]
"""An enterprise and a report type."""

SUMMED = frozenset({Type.MONEY, Type.COUNT})
"""The types of cells that may be added up over members."""
_COMPARE: Mapping[str, Callable[[object, object], bool]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,  # type: ignore[dict-item]
    "less_or_equal": operator.le,  # type: ignore[dict-item]
    "greater": operator.gt,  # type: ignore[dict-item]
    "greater_or_equal": operator.ge,  # type: ignore[dict-item]
}


def final(value: Value, type_: Type, what: str = "") -> Decimal | str | date | bool | Unknown:
    """A value as it is stored and shown: money to cents, other numbers to eight places, half away from zero.

    Where it is too large it is unknown, and `what` is blamed.
    """
    if not isinstance(value, Fraction):
        return value
    if type_ is Type.MONEY:
        rounded = to_cents(value)
        return rounded if abs(rounded) <= LARGEST else Unknown(Why.TOO_LARGE, what)
    rounded = to_ratio(value)
    return rounded if abs(rounded) < LARGEST_NUMBER else Unknown(Why.TOO_LARGE, what)


class Judge:
    """Evaluates trees over one book, exactly."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def value(self, node: Node) -> Value:
        """The exact value of a node, not rounded."""
        match node:
            case Constant(value=value):
                return value
            case Cell(otherwise=otherwise):
                found = self._book.cell(node)
                return self.value(otherwise) if otherwise is not None and _is_not_offered(found) else found
            case Attribute():
                return self._book.attribute(node)
            case Parameter(name=name, key=None):
                return self._book.parameter(name, "")
            case Parameter(name=name, key=Node() as key_node):
                key = self.value(key_node)
                return key if isinstance(key, Unknown) else self._book.parameter(name, str(key))
            case Named(body=body):
                return self.value(body)
            case Call():
                return self._call(node)
            case _:
                raise TypeError(f"not a node of a formula: {node!r}")

    def final(self, formula: Formula) -> Decimal | str | date | bool | Unknown:
        """A formula's value as it is stored and shown."""
        return final(self.value(formula.root), formula.type, concerned(formula.root))

    def check(self, rule: Rule, step: Decimal, org_id: int = 0, report_type: str = "") -> CheckResult:
        """The outcome of a check, with both sides where it fails. `step`: the filing's rounding step in yuan."""
        if rule.when is not None and self.value(rule.when.root) is not True:
            return CheckResult(rule.code, org_id, report_type, Outcome.SKIPPED)
        root = rule.formula.root
        top = top_comparison(root)
        tolerance = applied_tolerance(rule, step)
        truth = self.value(root) if top is None or tolerance is None else self._within(top, Fraction(tolerance))
        if isinstance(truth, Unknown):
            return CheckResult(rule.code, org_id, report_type, Outcome.UNKNOWN, reason=truth)
        if truth is True:
            return CheckResult(rule.code, org_id, report_type, Outcome.HOLDS)
        if top is None:
            return CheckResult(rule.code, org_id, report_type, Outcome.FAILS)
        left, right = (self.value(arg) for arg in top.args)
        type_ = top.args[0].type
        difference = left - right if isinstance(left, Fraction) and isinstance(right, Fraction) else None
        return CheckResult(
            rule.code,
            org_id,
            report_type,
            Outcome.FAILS,
            _shown(left, type_),
            _shown(right, type_),
            None if difference is None else _rounded(difference, type_),
            tolerance,
        )

    def explain(self, node: Node, text: str) -> Explanation:
        """The same tree with its values; `text` is the formula's own, from which each node shows its part."""
        part = text[slice(*node.span)]
        value = self.value(node)
        match node:
            case Cell(item=item, otherwise=otherwise):
                used = otherwise is not None and _is_not_offered(self._book.cell(node))
                parts = (self.explain(otherwise, text),) if used and otherwise is not None else ()
                return Explanation("cell", item, value, part, parts, node, used)
            case Constant(text=written):
                return Explanation("constant", written, value, part)
            case Attribute(source=source, name=name):
                return Explanation("attribute", f"{source}.{name}", value, part)
            case Parameter(name=name, key=key):
                keys = () if key is None else (self.explain(key, text),)
                return Explanation("parameter", name, value, part, keys)
            case Named(code=code, body=body, text=own):
                return Explanation("named", code, value, part, (self.explain(body, own),))
            case Call(function=function, args=args):
                return Explanation("call", function, value, part, tuple(self.explain(arg, text) for arg in args))
            case _:
                raise TypeError(f"not a node of a formula: {node!r}")

    def _within(self, top: Call, tolerance: Fraction) -> Value:
        """The top comparison of a check: what misses by no more than the tolerance holds."""
        left, right = self.value(top.args[0]), self.value(top.args[1])
        if isinstance(left, Unknown):
            return left
        if isinstance(right, Unknown):
            return right
        difference = _number(left) - _number(right)
        return {
            "equal": abs(difference) <= tolerance,
            "less_or_equal": difference <= tolerance,
            "greater_or_equal": -difference <= tolerance,
        }[top.function]

    def _call(self, node: Call) -> Value:
        if node.function in ("and", "or"):
            return self._joined(node)
        if node.function == "case":
            return self._case(node.args)
        if node.function == "coalesce":
            values = [self.value(arg) for arg in node.args]
            return next((value for value in values if not isinstance(value, Unknown)), values[0])
        known: list[Known] = []
        for arg in node.args:
            value = self.value(arg)
            if isinstance(value, Unknown):
                return value
            known.append(value)
        if node.function in _COMPARE:
            return _COMPARE[node.function](known[0], known[1])
        if node.function == "not":
            return known[0] is not True
        return _arithmetic(node, [_number(value) for value in known])

    def _joined(self, node: Call) -> Value:
        """`false and unknown` is false, `true or unknown` is true; else the first unknown."""
        decides = node.function == "or"
        values = [self.value(arg) for arg in node.args]
        if decides in values:
            return decides
        return next((value for value in values if isinstance(value, Unknown)), not decides)

    def _case(self, args: Sequence[Node]) -> Value:
        for condition, result in zip(args[:-1:2], args[1::2], strict=True):
            truth = self.value(condition)
            if isinstance(truth, Unknown):
                return truth
            if truth is True:
                return self.value(result)
        return self.value(args[-1])


def _arithmetic(node: Call, numbers: Sequence[Fraction]) -> Value:
    match node.function:
        case "add":
            return sum(numbers, Fraction(0))
        case "subtract":
            return numbers[0] - numbers[1]
        case "multiply":
            return numbers[0] * numbers[1]
        case "divide":
            if numbers[1] == 0:
                return Unknown(Why.NOT_MEANINGFUL, concerned(node.args[1]))
            return numbers[0] / numbers[1]
        case "negate":
            return -numbers[0]
        case "mean":
            return sum(numbers, Fraction(0)) / len(numbers)
        case "abs":
            return abs(numbers[0])
        case "min":
            return min(numbers)
        case "max":
            return max(numbers)
        case "round":
            return Fraction(round_half_away(numbers[0], Decimal(1).scaleb(-(places_of(node.args) or 0))))
        case _:
            raise TypeError(f"not a function of the table: {node.function}")


def _number(value: Known) -> Fraction:
    if not isinstance(value, Fraction):
        raise TypeError(f"a number was checked for, but here is {value!r}")
    return value


def _is_not_offered(value: Value) -> bool:
    return isinstance(value, Unknown) and value.why is Why.NOT_OFFERED


def _rounded(value: Fraction, type_: Type) -> Decimal:
    return to_cents(value) if type_ is Type.MONEY else to_ratio(value)


def _shown(value: Value, type_: Type) -> Decimal | str | date | bool | None:
    if isinstance(value, Unknown):
        return None
    return _rounded(value, type_) if isinstance(value, Fraction) else value


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that a run may see: of each form and so many years back, by enterprise and report type."""

    rows: Mapping[tuple[str, int], Mapping[Subject, FactRow]]
    entities: Mapping[int, Mapping[str, str]]
    period: Period
    parameters: Parameters

    def book(self, subject: Subject) -> _RowBook:
        """What one filer's formulas read from."""
        return _RowBook(self, subject)

    def step(self, rule: Rule, subject: Subject) -> Decimal:
        """The coarsest rounding step among the filings of the period that the rule reads."""
        forms = sorted({cell.form for cell in rule.formula.cells() if cell.years_back == 0})
        rows = (self.rows[form, 0].get(subject) for form in forms)
        return max((row.step for row in rows if row is not None), default=CENT)


@dataclass(frozen=True, slots=True)
class _RowBook:
    """One filer's rows as a Book."""

    facts: Rows
    subject: Subject

    def cell(self, cell: Cell) -> Value:
        row = self.facts.rows[cell.form, cell.years_back].get(self.subject)
        if row is None:
            return Unknown(Why.NOT_FILED, f"{cell.form} {self.facts.period.years_back(cell.years_back)}")
        found = row.cells.get(cell.fact, Unknown(Why.NOT_OFFERED, cell.item))
        return Fraction(found) if isinstance(found, Decimal) else found

    def attribute(self, attribute: Attribute) -> Value:
        name = attribute.name
        if attribute.source == "cover":
            known = {"report_type": self.subject[1]}.get(name)
        else:
            known = self.facts.entities.get(self.subject[0], {}).get(name)
        return Unknown(Why.NO_ATTRIBUTE, f"{attribute.source}.{name}") if known is None else known

    def parameter(self, name: str, key: str) -> Value:
        return _parameter(self.facts.parameters, name, key)


@dataclass(frozen=True, slots=True)
class NodeBook:
    """A node's sums as a Book: it has no attributes of its own."""

    sums: Mapping[Cell, Fraction]
    parameters: Parameters

    def cell(self, cell: Cell) -> Value:
        return self.sums[cell]

    def attribute(self, attribute: Attribute) -> Value:
        return Unknown(Why.NO_ATTRIBUTE, f"{attribute.source}.{attribute.name}")

    def parameter(self, name: str, key: str) -> Value:
        return _parameter(self.parameters, name, key)


def _parameter(parameters: Parameters, name: str, key: str) -> Value:
    value = parameters.get(name, key)
    return Unknown(Why.NO_PARAMETER, f"{name} {key}".strip()) if value is None else value


class ReferenceEngine:
    """The judge over Parquet parts, one enterprise after the other. Slow: for tests, comparisons and single filings."""

    name = "reference"

    def values(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> ValueTable:
        """As `Engine.values`."""
        rows = _read(scope, period, rules, facts, selection, parameters)
        return _values(rows, rules, _filers(rows, rules))

    def checks(
        self,
        scope: Scope,
        period: Period,
        rules: Sequence[Rule],
        facts: Facts,
        selection: Selection,
        parameters: Parameters,
    ) -> CheckTable:
        """As `Engine.checks`; details in the order of enterprises, report types and rules."""
        rows = _read(scope, period, rules, facts, selection, parameters)
        counts = {rule.code: dict.fromkeys(Outcome, 0) for rule in rules}
        results: list[CheckResult] = []
        for subject in _filers(rows, rules):
            judge = Judge(rows.book(subject))
            for rule in rules:
                result = judge.check(rule, rows.step(rule, subject), *subject)
                counts[rule.code][result.outcome] += 1
                if result.outcome in (Outcome.FAILS, Outcome.UNKNOWN):
                    results.append(result)
        return CheckTable(counts, tuple(results))

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
        """As `Engine.node_values`."""
        rows = _read(scope, period, rules, facts, selection, parameters)
        by_node: dict[int, set[Subject]] = {}
        for node, org_id, report_type in zip(members.nodes, members.org_ids, members.report_types, strict=True):
            subjects = by_node.setdefault(node, set())
            if scope.sees(org_id, period.end):
                subjects.add((org_id, report_type))
        nodes = sorted(node for node, subjects in by_node.items() if subjects)
        answers = {rule.code: [_of_node(rows, rule, sorted(by_node[node])) for node in nodes] for rule in rules}
        return ValueTable(
            tuple((node, "") for node in nodes),
            {code: tuple(value for value, _ in answer) for code, answer in answers.items()},
            {code: tuple(coverage for _, coverage in answer) for code, answer in answers.items()},
        )

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
        """As `Engine.contributions`: members that have not filed are there, unknown."""
        rows = _read(scope, period, rules, facts, selection, parameters)
        subjects = {
            (org_id, report_type)
            for org_id, report_type in zip(members.org_ids, members.report_types, strict=True)
            if scope.sees(org_id, period.end)
        }
        return _values(rows, rules, sorted(subjects))


def _read(
    scope: Scope,
    period: Period,
    rules: Sequence[Rule],
    facts: Facts,
    selection: Selection,
    parameters: Parameters,
) -> Rows:
    """The selected rows in scope of every form and lag that the rules read, and of those forms in the asked period."""
    cells = {cell for rule in rules for formula in (rule.formula, rule.when) if formula for cell in formula.cells()}
    needed = {(cell.form, years) for cell in cells for years in (0, cell.years_back)}
    rows = {key: _selected(scope, key[0], period.years_back(key[1]), facts, selection) for key in needed}
    entities = read_entities(facts.entities.get(period, ())) if facts.entities.get(period) else {}
    return Rows(rows, entities, period, parameters)


def _selected(scope: Scope, form: str, period: Period, facts: Facts, selection: Selection) -> dict[Subject, FactRow]:
    versions = selection.versions.get((form, period))
    parts = facts.parts.get((form, period), ())
    if versions is None or not parts:
        return {}
    subjects = {
        version_id: (org_id, report_type)
        for org_id, report_type, version_id in zip(
            versions.org_ids, versions.report_types, versions.version_ids, strict=True
        )
        if scope.sees(org_id, period.end)
    }
    found = ((subjects[row.version_id], row) for row in read_rows(parts, frozenset(subjects)))
    return {subject: row for subject, row in found if row.org_id == subject[0]}


def _filers(rows: Rows, rules: Sequence[Rule]) -> list[Subject]:
    """Who filed any of the forms read, in the asked period."""
    return sorted({subject for (_, years), found in rows.rows.items() if years == 0 for subject in found})


def _values(rows: Rows, rules: Sequence[Rule], subjects: Sequence[Subject]) -> ValueTable:
    judges = [Judge(rows.book(subject)) for subject in subjects]
    columns = {rule.code: tuple(judge.final(rule.formula) for judge in judges) for rule in rules}
    return ValueTable(tuple(subjects), columns)


def _of_node(
    rows: Rows, rule: Rule, subjects: Sequence[Subject]
) -> tuple[Decimal | str | date | bool | Unknown, tuple[int, int]]:
    """The formula over the sums of those members for which every cell is known, and how many those are."""
    root = rule.formula.root
    cells = top_cells(root)
    sums = dict.fromkeys(cells, Fraction(0))
    known = 0
    for subject in subjects:
        judge = Judge(rows.book(subject))
        values = [judge.value(cell) for cell in cells]
        if any(isinstance(value, Unknown) for value in values):
            continue
        known += 1
        for cell, value in zip(cells, values, strict=True):
            if isinstance(value, Fraction):
                sums[cell] += value
    coverage = (known, len(subjects))
    if known == 0:
        return Unknown(Why.NO_DATA, concerned(root)), coverage
    apart = next((cell for cell in cells if cell.type not in SUMMED), None)
    if apart is not None:
        return Unknown(Why.NOT_MEANINGFUL, apart.item), coverage
    return Judge(NodeBook(sums, rows.parameters)).final(rule.formula), coverage
