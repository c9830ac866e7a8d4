"""What is in force from one point of view: forms with their layouts, checks, indicators, warnings and parameters, each with its compiled formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from guozi.core.formula.compile import Compiler
from guozi.core.formula.engine import Parameters, Rule
from guozi.core.formula.tree import Call, ColumnName, Formula, ItemName, Names
from guozi.core.formula.types import is_comparison
from guozi.core.indicators.indicator import Indicator, IndicatorVersion, ParameterVersion
from guozi.core.kernel.asof import AsOf, Dated, Status, in_force
from guozi.core.kernel.citation import Label
from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.form import Check, Form, Item, Layout
from guozi.core.reporting.totals import derived_checks
from guozi.core.warning.rule import WarningRule, WarningVersion
from guozi.packs.certainty import Certainty, Reason, of_indicator, of_row, of_warning, weakest
from guozi.packs.vocabulary import AmountError, read_amount

if TYPE_CHECKING:
    from guozi.packs.library import Library

TRUTH = frozenset({Type.TRUTH})
_Row = TypeVar("_Row", bound=Dated)


@dataclass(frozen=True, slots=True)
class Layers:
    """The dated rows of every thing by authority, the nearest first: an overlay speaks before what it builds on."""

    forms: Mapping[str, tuple[tuple[Layout, ...], ...]] = field(default_factory=dict)
    indicators: Mapping[str, tuple[tuple[IndicatorVersion, ...], ...]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[tuple[ParameterVersion, ...], ...]] = field(default_factory=dict)
    warnings: Mapping[str, tuple[tuple[WarningVersion, ...], ...]] = field(default_factory=dict)


def resolve(layers: Iterable[tuple[_Row, ...]], at: AsOf) -> _Row | None:
    """The row in force of the nearest authority that has one; a repealed row gives the word back to the base."""
    return next((row for rows in layers if (row := in_force(rows, at)) is not None), None)


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A check in one column, compiled. `rule.code` is `B3.closing`, or the bare number where it has one column."""

    check: Check
    column: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class BoundIndicator:
    """An indicator with the definition in force."""

    indicator: Indicator
    version: IndicatorVersion
    formula: Formula
    rule: Rule


@dataclass(frozen=True, slots=True)
class BoundLevel:
    """A level of a warning. `line` is what the measure is compared with (`{line}` in the message), where `when` is a comparison."""

    level: str
    when: Formula
    line: Formula | None
    message: Label


@dataclass(frozen=True, slots=True)
class BoundWarning:
    """A warning rule with the statement in force; levels gravest first. `clears` None: it clears when no level is reached."""

    rule: WarningRule
    version: WarningVersion
    measure: Formula
    levels: tuple[BoundLevel, ...]
    clears: Formula | None
    when: Formula | None
    evidence: tuple[Formula, ...]


@dataclass(slots=True)
class Rulebook:
    """The law of one date, ready to run  适用规则. What is not in it is not in force: `missing(code)` says so as a value.

    `as_filed` compiles over the same names without any `otherwise`: a check judges what this filing says, not what another one said.
    """

    at: AsOf
    forms: Mapping[str, tuple[Form, Layout]]
    names: Names
    as_filed: Compiler
    indicators: Mapping[str, BoundIndicator]
    warnings: Mapping[str, BoundWarning]
    parameters: Parameters
    parameter_rows: Mapping[tuple[str, str], ParameterVersion]
    families: tuple[Check, ...]
    _checks: dict[str, tuple[BoundCheck, ...]]
    _certainty: dict[str, Certainty]

    def checks(self, form: str) -> tuple[BoundCheck, ...]:
        """The checks of a form in force: those that its rows imply, those that it states, and those between forms that name it first."""
        if form not in self._checks:
            self._checks[form] = tuple(self._bind(form))
        return self._checks[form]

    def all_checks(self) -> tuple[BoundCheck, ...]:
        """The checks of every form in force."""
        return tuple(check for form in self.forms for check in self.checks(form))

    def missing(self, code: str) -> Unknown:
        """The value of what is not in force."""
        return Unknown(Why.NO_LAW, code)

    def certainty(self, code: str, used: Iterable[tuple[str, str]] | None = None) -> Certainty:
        """How certain a value of that code is: the weakest status of what it used, with the reasons.

        `code`: an indicator, a warning, a form, an item or a check (`B3` or `B3.closing`). `used`: the parameter values that were taken
        (`certainty.used_parameters(explanation)`); without it all values of the parameters named count. Nothing in force of that name: draft, no reasons.
        """
        if used is not None:
            return self._weigh(code, frozenset(used))
        if code not in self._certainty:
            self._certainty[code] = self._weigh(code, None)
        return self._certainty[code]

    def _weigh(self, code: str, used: frozenset[tuple[str, str]] | None) -> Certainty:
        if code in self.indicators:
            return of_indicator(self, code, used)
        if code in self.warnings:
            return of_warning(self, code, used)
        for form, layout in self.forms.values():
            if form.code == code or form.item(code) is not None:
                return of_row(form.code, layout)
        for bound in self.all_checks():
            if code in (bound.rule.code, bound.check.code):
                reasons = (
                    ()
                    if bound.check.status is Status.ENACTED
                    else (Reason(bound.check.code, bound.check.status, None, bound.check.cite),)
                )
                return weakest(reasons)
        return Certainty(Status.DRAFT, ())

    def _bind(self, code: str) -> Iterator[BoundCheck]:
        form, layout = self.forms[code]
        written = (*derived_checks(form, layout), *form.checks)
        between = (check for check in self.families if check.forms[:1] == (code,) and self._all_filed(check))
        for check in (*written, *between):
            if _in_layout(check, layout) and check.status not in (Status.DRAFT, Status.REPEALED):
                yield from self.bind_check(check, form)

    def _all_filed(self, check: Check) -> bool:
        return all(form in self.forms for form in check.forms)

    def bind_check(self, check: Check, form: Form) -> Iterator[BoundCheck]:
        """The check compiled for each of its columns; nothing where it does not compile (the lints have said why)."""
        columns = check.columns or (form.default_column.code,)
        for column in columns:
            holds = _compiled(self.as_filed, check.holds, TRUTH, column, form.code)
            when = _compiled(self.as_filed, check.when, TRUTH, column, form.code) if check.when else None
            if holds is not None and (when is not None or not check.when):
                rule_code = f"{check.code}.{column}" if len(columns) > 1 else check.code
                yield BoundCheck(check, column, Rule(rule_code, holds, when, check.tolerance))


def _in_layout(check: Check, layout: Layout) -> bool:
    day = layout.effective
    return (check.since is None or check.since <= day) and (check.until is None or day < check.until)


def item_name(form: Form, item: Item, as_filed: bool = False) -> ItemName:
    """An item as formulas see it."""
    columns = tuple(
        ColumnName(
            column.code, column.covers.value, column is form.default_column, "" if as_filed else column.otherwise
        )
        for column in form.columns
    )
    return ItemName(form.code, item.code, item.unit.type, item.nature.value, columns)


def names_of(library: Library, indicators: Mapping[str, str], as_filed: bool = False) -> Names:
    """All that formulas may name: the rows of every layout (what a layout lacks is unknown there, not an error), and those indicators."""
    items: dict[str, tuple[ItemName, ...]] = {}
    labels: dict[str, str] = {}
    twice: set[str] = set()
    for form in library.forms.values():
        for item in form.items():
            items[item.code] = (*items.get(item.code, ()), item_name(form, item, as_filed))
        for label, code in form.labels.items():
            if labels.setdefault(label, code) != code:
                twice.add(label)
    for label in twice:
        del labels[label]
    attributes = library.vocabulary.attributes()
    parameters = {
        f"{table.code}.{member}": (table.unit.type, bool(table.key))
        for table in library.parameters.values()
        for member in table.members
    }
    words = {name: frozenset(each.words) for name, each in attributes.items()}
    return Names(items, labels, indicators, dict.fromkeys(attributes, Type.TEXT), parameters, words)


class Rules:
    """Makes rulebooks of a library, one for each set of rows in force, however many points of view ask."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made: dict[tuple[object, ...], Rulebook] = {}
        self._views: dict[AsOf, Rulebook] = {}

    def at(self, at: AsOf) -> Rulebook:
        """The rulebook of that point of view."""
        if at not in self._views:
            self._views[at] = self._make(at)
        return self._views[at]

    def _make(self, at: AsOf) -> Rulebook:
        library, layers = self._library, self._library.layers
        layouts = _in_force(layers.forms, at)
        indicators = _in_force(layers.indicators, at)
        warnings = _in_force(layers.warnings, at)
        parameter_rows = self._parameter_rows(at)
        key: tuple[object, ...] = tuple(
            (kind, code, id(row))
            for kind, rows in (("f", layouts), ("i", indicators), ("w", warnings), ("p", parameter_rows))
            for code, row in rows.items()
        )
        if key in self._made:
            return replace(self._made[key], at=at)
        texts = {code: row.formula for code, row in indicators.items() if code in library.indicators}
        names = names_of(library, texts)
        compiler = Compiler(names)
        book = Rulebook(
            at,
            {code: (library.forms[code], layout) for code, layout in layouts.items() if code in library.forms},
            names,
            Compiler(names_of(library, texts, as_filed=True)),
            self._indicators(indicators, compiler),
            self._warnings(warnings, compiler),
            self._parameters(parameter_rows),
            parameter_rows,
            tuple(library.checks.values()),
            {},
            {},
        )
        self._made[key] = book
        return book

    def _parameter_rows(self, at: AsOf) -> dict[tuple[str, str], ParameterVersion]:
        """(file.member, key) → the row that speaks for it: the farthest authority first, so that nearer ones replace only what they name."""
        found: dict[tuple[str, str], ParameterVersion] = {}
        for code, layers in self._library.layers.parameters.items():
            for rows in reversed(layers):
                row = in_force(rows, at)
                if row is not None:
                    found |= {(f"{code}.{member}", key): row for member, values in row.values.items() for key in values}
        return found

    def _parameters(self, rows: Mapping[tuple[str, str], ParameterVersion]) -> Parameters:
        values: dict[tuple[str, str], Fraction] = {}
        for (name, key), row in rows.items():
            code, _, member = name.partition(".")
            table = self._library.parameters.get(code)
            if table is not None:
                try:
                    values[name, key] = read_amount(row.values[member][key], table.unit, self._library.vocabulary)
                except AmountError:
                    continue  # a lint has said so; without a value the formula is unknown
        return Parameters(values)

    def _indicators(self, rows: Mapping[str, IndicatorVersion], compiler: Compiler) -> dict[str, BoundIndicator]:
        bound = {}
        for code, row in rows.items():
            indicator = self._library.indicators.get(code)
            formula = _compiled(compiler, row.formula) if indicator else None
            if indicator and formula:
                bound[code] = BoundIndicator(indicator, row, formula, Rule(code, formula))
        return bound

    def _warnings(self, rows: Mapping[str, WarningVersion], compiler: Compiler) -> dict[str, BoundWarning]:
        bound = {}
        for code, row in rows.items():
            rule = self._library.warnings.get(code)
            if rule is None:
                continue
            measure = _compiled(compiler, row.measure)
            levels = []
            for level in row.levels:
                when = _compiled(compiler, level.when, TRUTH)
                if when is not None:
                    levels.append(BoundLevel(level.level, when, _line(when), level.message))
            clears, scope = (_compiled(compiler, text, TRUTH) if text else None for text in (row.clears, rule.when))
            evidence = tuple(formula for text in row.evidence if (formula := _compiled(compiler, text)))
            whole = (
                len(levels) == len(row.levels) and bool(clears) == bool(row.clears) and bool(scope) == bool(rule.when)
            )
            if measure is not None and whole:
                bound[code] = BoundWarning(rule, row, measure, tuple(levels), clears, scope, evidence)
        return bound


def _in_force(things: Mapping[str, tuple[tuple[_Row, ...], ...]], at: AsOf) -> dict[str, _Row]:
    return {code: row for code, layers in things.items() if (row := resolve(layers, at)) is not None}


def _compiled(
    compiler: Compiler, text: str, expect: frozenset[Type] | None = None, column: str | None = None, form: str = ""
) -> Formula | None:
    formula = compiler.compile(text, expect=expect, column=column, form=form)
    return formula if isinstance(formula, Formula) else None


def _line(when: Formula) -> Formula | None:
    """The right side of the condition's comparison."""
    root = when.root
    if not isinstance(root, Call) or not is_comparison(root):
        return None
    right = root.args[1]
    return Formula(when.text[slice(*right.span)], right)
