"""Signals: live ones computed from what is filed now, official ones as a close kept them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from guozi.app import wiring
from guozi.app.facts.models import CalcRun
from guozi.app.facts.queries import official_run
from guozi.app.indicators.figures import Figures
from guozi.app.warning.models import Signal
from guozi.core.formula.engine import Rule, ValueTable
from guozi.core.kernel.citation import Label
from guozi.core.warning.signals import Standing, next_standing


@dataclass(frozen=True, slots=True)
class Raised:
    """A signal as pages show it: who, which rule, which level (a word of the vocabulary), the message with the line it names, the evidence (formula → value)."""

    org_id: int
    report_type: str
    rule_code: str
    name: Label
    measure: str
    level: str
    message: Label
    line: Any
    standing: Standing
    evidence: Mapping[str, Any]


def standings(run: CalcRun | None) -> dict[tuple[str, int, str], Standing]:
    """How every rule stood for every entity after a run."""
    if run is None:
        return {}
    return {
        (row.rule_code, row.org_id, row.report_type): Standing(row.level, row.quiet)
        for row in Signal.objects.filter(run=run)
    }


def _rules(bound: Any) -> list[Rule]:
    """The formulas of a rule as rules of one run: its levels, when it clears, its evidence, and the line that each level names."""
    named = [(f"level {level.level}", level.when) for level in bound.levels]
    named += [(f"line {level.level}", level.line) for level in bound.levels if level.line is not None]
    named += (
        [("measure", bound.measure)]
        + ([("clears", bound.clears)] if bound.clears else [])
        + ([("when", bound.when)] if bound.when else [])
    )
    named += [(f"evidence {formula.text}", formula) for formula in bound.evidence]
    return [Rule(name, formula) for name, formula in named]


def live(figures: Figures, before: Mapping[tuple[str, int, str], Standing] | None = None) -> list[Raised]:
    """Every signal that the rules give on these figures, gravest first. `before`: how they stood a period earlier (hysteresis)."""
    before = before or {}
    out: list[Raised] = []
    order: dict[str, int] = {}
    for code, bound in figures.rulebook.warnings.items():
        if bound.rule.period_types and figures.period.type.value not in bound.rule.period_types:
            continue
        table = figures.values(_rules(bound))
        for index, (org_id, report_type) in enumerate(table.subjects):
            if bound.rule.report_types and report_type not in bound.rule.report_types:
                continue
            if bound.when is not None and table.columns["when"][index] is not True:
                continue
            raised = _stand(code, bound, table, index, before.get((code, org_id, report_type), Standing()))
            if raised is not None:
                out.append(raised)
        order |= {level.level: place for place, level in enumerate(bound.levels)}
    return sorted(out, key=lambda raised: (order[raised.level], raised.rule_code, raised.org_id))


def _stand(code: str, bound: Any, table: ValueTable, index: int, before: Standing) -> Raised | None:
    def value(name: str) -> Any:
        return table.columns[name][index] if name in table.columns else None

    levels = [level.level for level in bound.levels]
    truths = {level: value(f"level {level}") for level in levels}
    standing = next_standing(before, levels, truths, value("clears"), bound.version.clears_after)
    if not standing.level:
        return None
    org_id, report_type = table.subjects[index]
    message = next(level.message for level in bound.levels if level.level == standing.level)
    evidence = {bound.measure.text: value("measure")} | {
        formula.text: value(f"evidence {formula.text}") for formula in bound.evidence
    }
    line = value(f"line {standing.level}")
    return Raised(
        org_id,
        report_type,
        code,
        bound.rule.name,
        bound.measure.text,
        standing.level,
        message,
        line,
        standing,
        evidence,
    )


def official(run: CalcRun) -> list[Signal]:
    """The signals of a close."""
    return list(Signal.objects.filter(run=run).select_related("org").order_by("rule_code", "level", "org_id"))


def before_of(figures: Figures, tree_id: int) -> dict[tuple[str, int, str], Standing]:
    """How the rules stood a period earlier, by its close."""
    return standings(official_run(tree_id, str(figures.period.shift(-1))))


def shown(figures: Figures, tree_id: int) -> list[Raised]:
    """The signals of a view, gravest first: official ones as the close kept them, else those of what is filed now.

    What the close kept is told with its message and line as computed again under the same law and the same versions.
    """
    computed = live(figures, before_of(figures, tree_id))
    if figures.run is None:
        return computed
    kept = {(row.rule_code, row.org_id, row.report_type): row for row in official(figures.run)}
    told = []
    for one in computed:
        key = (one.rule_code, one.org_id, one.report_type)
        if key in kept and kept[key].level == one.level:
            told.append(one)
            del kept[key]
    return told + [_retold(figures, row) for row in kept.values() if row.rule_code in figures.rulebook.warnings]


def _retold(figures: Figures, row: Signal) -> Raised:
    """A kept signal by itself: its evidence as text, its line no more known."""
    bound = figures.rulebook.warnings[row.rule_code]
    message = next((level.message for level in bound.levels if level.level == row.level), bound.rule.name)
    standing = Standing(row.level, row.quiet, row.raised_now)
    evidence = {text: None if value is None else Decimal(value) for text, value in row.evidence.items()}
    return Raised(
        row.org_id,
        row.report_type,
        row.rule_code,
        bound.rule.name,
        bound.measure.text,
        row.level,
        message,
        None,
        standing,
        evidence,
    )


def levels() -> dict[str, int]:
    """The words of the vocabulary for levels → their number, 1 the gravest."""
    return {word: number for number, word in enumerate(wiring.library().vocabulary.sets["level"].words, 1)}
