"""Engines held against each other: every value and every check's outcome on the same facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from guozi.core.formula.engine import Engine, Facts, Parameters, Rule, Selection
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope

SMALLEST, RELATIVE = Decimal("1e-8"), Decimal("1e-12")
"""By how much a ratio of two engines may differ: the larger of the first, and the second times its size."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which an engine does not say what the first one says."""

    engine: str
    code: str
    org_id: int
    report_type: str
    expected: object
    found: object


def alike(expected: object, found: object, type_: Type) -> bool:
    """Whether two engines' values are the same: money, text, dates, truth and reasons to the last bit, other numbers as near as may be asked."""
    if type(expected) is not type(found):
        return False
    if isinstance(expected, Decimal) and isinstance(found, Decimal) and type_ is not Type.MONEY:
        return abs(expected - found) <= max(SMALLEST, RELATIVE * abs(expected))
    return expected == found


def compare(
    engines: Sequence[Engine],
    scope: Scope,
    period: Period,
    value_rules: Sequence[Rule],
    check_rules: Sequence[Rule],
    facts: Facts,
    selection: Selection,
    parameters: Parameters,
) -> tuple[int, tuple[Difference, ...]]:
    """Asks every engine for all values and checks and holds each against the first: how many cells were compared, and those that differ."""
    first, *others = engines
    values = first.values(scope, period, value_rules, facts, selection, parameters)
    checks = first.checks(scope, period, check_rules, facts, selection, parameters)
    types = {rule.code: rule.formula.type for rule in value_rules}
    cells, differences = 0, []
    for engine in others:
        table = engine.values(scope, period, value_rules, facts, selection, parameters)
        for code, column in values.columns.items():
            expected = dict(zip(values.subjects, column, strict=True))
            found = dict(zip(table.subjects, table.columns[code], strict=True))
            cells += len(expected)
            differences += [
                Difference(engine.name, code, *subject, expected.get(subject), found.get(subject))
                for subject in sorted(expected.keys() | found.keys())
                if not alike(expected.get(subject), found.get(subject), types[code])
            ]
        outcomes = engine.checks(scope, period, check_rules, facts, selection, parameters)
        for code, counts in checks.counts.items():
            cells += sum(counts.values())
            if dict(counts) != dict(outcomes.counts[code]):
                differences.append(Difference(engine.name, code, 0, "", dict(counts), dict(outcomes.counts[code])))
        told: list[Mapping[tuple[str, int, str], object]] = [
            {(result.code, result.org_id, result.report_type): result for result in answer.results}
            for answer in (checks, outcomes)
        ]
        differences += [
            Difference(engine.name, *key, told[0].get(key), told[1].get(key))
            for key in sorted(told[0].keys() | told[1].keys())
            if told[0].get(key) != told[1].get(key)
        ]
    return cells, tuple(differences)
