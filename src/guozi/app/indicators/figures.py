"""Figures seen through a lens: one period, one choice of versions, one state of the law, one person's scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.facts.models import CalcRun
from guozi.app.facts.queries import facts, official_run
from guozi.app.reporting.queries import members, selection
from guozi.core.formula.compile import compile_formula
from guozi.core.formula.engine import CheckTable, Facts, Members, Parameters, Rule, Selection, ValueTable
from guozi.core.formula.tree import Formula
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope


@dataclass(frozen=True)
class Figures:
    """All figures of a period. `known` is None for the live, provisional view; else official figures as known then."""

    period: Period
    known: datetime | None = None
    run: CalcRun | None = None
    scope: Scope = field(default_factory=lambda: gate.scope(gate.current(), "decisions"))

    @property
    def official(self) -> bool:
        """True where only accepted versions count."""
        return self.known is not None

    @property
    def rulebook(self) -> wiring.Rulebook:
        """The law in force for the period, as known then."""
        return wiring.rulebook(self.period, timezone.localdate(self.known) if self.known else None)

    def rule(self, code: str) -> Rule:
        """The rule of an indicator, or of an item taken as it is (`total_assets`, `opening(total_assets)`)."""
        bound = self.rulebook.indicators.get(code)
        if bound is not None:
            return bound.rule
        return Rule(code, self.formula(code))

    def in_force(self, code: str) -> bool:
        """True where the law of the period knows an indicator of that id, or where it is no indicator at all."""
        return code in self.rulebook.indicators or code not in wiring.library().indicators

    def formula(self, text: str) -> Formula:
        """A formula of this period's names; NotFoundError with the first problem where it does not hold together."""
        compiled = compile_formula(text, self.rulebook.names)
        if isinstance(compiled, Formula):
            return compiled
        raise NotFoundError(mark("no figure {code}: {problem}"), code=text, problem=compiled[0].text())

    def _inputs(self, rules: Iterable[Rule]) -> tuple[Facts, Selection, Parameters]:
        cells = {cell for rule in rules for cell in rule.formula.cells()} | {
            cell for rule in rules if rule.when for cell in rule.when.cells()
        }
        forms = {cell.form for cell in cells}
        periods = {self.period.years_back(cell.years_back) for cell in cells} | {self.period}
        return (
            facts(forms, periods),
            selection(forms, periods, official=self.official, known=self.known),
            self.rulebook.parameters,
        )

    def own(self, codes: Sequence[str]) -> ValueTable:
        """Each code for each entity in scope that filed: one row an (org, report type)."""
        return self.values([self.rule(code) for code in codes])

    def values(self, rules: Sequence[Rule]) -> ValueTable:
        """The same for rules."""
        where, which, parameters = self._inputs(rules)
        return wiring.engine().values(self.scope, self.period, rules, where, which, parameters)

    def nodes(self, codes: Sequence[str], nodes: Mapping[int, Sequence[int]]) -> ValueTable:
        """Each code for each node: node id → org ids under it."""
        rules = [self.rule(code) for code in codes]
        where, which, parameters = self._inputs(rules)
        return wiring.engine().node_values(
            self.scope, self.period, rules, members(self.period, nodes), where, which, parameters
        )

    def parts(self, rules: Sequence[Rule], of: Members) -> ValueTable:
        """The rules for each member by itself: what a node's sum is made of."""
        where, which, parameters = self._inputs(rules)
        return wiring.engine().contributions(self.scope, self.period, rules, of, where, which, parameters)

    def checks(self, rules: Sequence[Rule]) -> CheckTable:
        """Every check for each filer in scope, in one pass."""
        where, which, parameters = self._inputs(rules)
        return wiring.engine().checks(self.scope, self.period, rules, where, which, parameters)

    def earlier(self, years: int = 1) -> Figures:
        """The same view of an earlier year."""
        return Figures(self.period.years_back(years), self.known, None, self.scope)


def figures(period: Period, *, tree_id: int, official: bool | None = None) -> Figures:
    """The figures of a period. `official` None: the official ones where a close froze them, else the provisional ones."""
    run = official_run(tree_id, str(period)) if official is not False else None
    if official and run is None:
        raise NotFoundError(mark("{period} has not been closed"), period=str(period))
    return Figures(period, run.known_at if run else None, run)
