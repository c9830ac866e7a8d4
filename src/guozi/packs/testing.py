"""Runs the cases of packs: forms, indicators, parameters, warnings. The judge that evaluates is handed in, for packs know no engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from guozi.core.formula.checks import top_comparison
from guozi.core.formula.engine import Book, CheckResult, Outcome, Rule
from guozi.core.formula.tree import Attribute, Cell, Node, Value
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.findings import Place
from guozi.core.kernel.money import CENT, Type, Unit, round_half_away, to_cents, to_ratio
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.form import Blank, Form, Item, Layout
from guozi.packs import shapes
from guozi.packs.library import Entry, Library
from guozi.packs.lint_tests import CELL
from guozi.packs.rulebook import BoundWarning, Rulebook
from guozi.packs.vocabulary import read_amount

BLANK = "blank"
_ALL_KNOWN = date.max


class Judge(Protocol):
    """What evaluates: one filer's formulas over one book (`engines.reference.Judge`)."""

    def value(self, node: Node) -> Value:
        """The exact value of a node."""
        ...

    def check(self, rule: Rule, step: Decimal) -> CheckResult:
        """The outcome of a check; `step` is the filing's rounding step in yuan."""
        ...


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: what was expected and what came; `id` is `<pack>/<path>:<case>`."""

    id: str
    ok: bool
    expected: str
    got: str
    place: Place


def run(library: Library, judge: Callable[[Book], Judge], paths: tuple[str, ...] = ()) -> list[CaseResult]:
    """Every case of every test file (of those whose path begins with one of `paths`, where given), in the order of the files.

    The library must be sound: what a lint refuses is not guarded against here.
    """
    results: list[CaseResult] = []
    for entry in library.entries:
        if isinstance(entry.shape, shapes.TestFile) and (not paths or entry.path.startswith(paths)):
            results += _Runner(library, judge, entry, entry.shape).results()
    return results


@dataclass(frozen=True, slots=True)
class _Situation:
    """A case with what it takes over from the case that it is like, and from the file."""

    period: Period
    known: date
    unit: Unit | None
    enterprise: Mapping[str, str]
    cover: Mapping[str, str]
    cells: Mapping[tuple[str, str, int], str]

    @property
    def at(self) -> AsOf:
        return AsOf(self.period.end, self.known)


class _Runner:
    def __init__(self, library: Library, judge: Callable[[Book], Judge], entry: Entry, shape: shapes.TestFile) -> None:
        self.library = library
        self.judge = judge
        self.entry = entry
        self.shape = shape
        folder, _, self.code = entry.code.rpartition("/")
        self.kind = shapes.FOLDERS[folder]

    def results(self) -> Iterator[CaseResult]:
        """Each case in turn."""
        for name, case in self.shape.cases.items():
            situation = self._situation(case)
            book = self.library.rulebook(situation.at)
            match self.kind:
                case "form" | "checks":
                    expected, got = self._form(case, situation, book)
                case "indicator":
                    expected, got = self._indicator(case, situation, book)
                case "parameter":
                    expected, got = self._parameter(case, situation, book)
                case "warning":
                    expected, got = self._warning(case, situation, book)
                case _:
                    continue
            place = self.entry.document.place(case.at)
            yield CaseResult(f"{self.entry.path}:{name}", expected == got, expected, got, place)

    # what a case says

    def _situation(self, case: shapes.CaseShape) -> _Situation:
        chain = [case]
        while chain[-1].like in self.shape.cases and self.shape.cases[chain[-1].like] not in chain:
            chain.append(self.shape.cases[chain[-1].like])
        enterprise: dict[str, str] = {}
        cover: dict[str, str] = {}
        cells: dict[tuple[str, str, int], str] = {}
        period, known, unit = self.shape.period, self.shape.known, self.shape.unit
        for step in reversed(chain):
            enterprise |= step.enterprise
            cover |= step.cover
            period, known, unit = step.period or period, step.known or known, step.unit or unit
            for said in (step.given, step.set):
                for name, value in said.items():
                    cells |= self._cells(name, value)
        parsed = Period.parse(period)
        cover = {"period_type": parsed.type.value, **cover}
        units = self.library.vocabulary.units
        return _Situation(parsed, known or _ALL_KNOWN, units.get(unit), enterprise, cover, cells)

    def _cells(self, name: str, value: str | Mapping[str, str]) -> dict[tuple[str, str, int], str]:
        match = CELL.fullmatch(name)
        if match is None:
            return {}
        functions = [word for word in (match["outer"], match["inner"]) if word]
        years = functions.count("year_ago")
        column = next((word for word in functions if word != "year_ago"), "")
        if isinstance(value, str):
            return {(match["item"], column, years): value}
        return {(match["item"], each, years): text for each, text in value.items()}

    # the kinds of case

    def _form(self, case: shapes.CaseShape, situation: _Situation, book: Rulebook) -> tuple[str, str]:
        expected = sorted(case.trips)
        owners = {self.code} if self.kind == "form" else set(book.forms)
        bound = [check for form in owners if form in book.forms for check in book.checks(form)]
        if self.kind == "checks":
            numbers = {check.code for check in self.library.checks.values()}
            bound = [check for check in bound if check.check.code in numbers]
        elif self.code not in book.forms:
            return _list(expected), str(book.missing(self.code))
        judge = self.judge(_CaseBook(self.library, situation, blanks=True))
        step = self._step(situation, book)
        tripped: set[str] = set()
        for check in bound:
            if judge.check(check.rule, step).outcome is Outcome.FAILS:
                tripped.add(check.rule.code if check.rule.code in expected else check.check.code)
        return _list(expected), _list(sorted(tripped))

    def _step(self, situation: _Situation, book: Rulebook) -> Decimal:
        """The rounding step of the case's amounts: a cent where they are in yuan, else one of the last place that they use."""
        form = book.forms.get(self.code)
        unit = situation.unit or (form[0].unit if form else None)
        if unit is None or unit.scale <= 1:
            return CENT
        places = max((len(text.partition(".")[2]) for text in situation.cells.values()), default=0)
        return max(unit.scale.scaleb(-places), CENT)

    def _indicator(self, case: shapes.CaseShape, situation: _Situation, book: Rulebook) -> tuple[str, str]:
        bound = book.indicators.get(self.code)
        if bound is None:
            return self._outcome(case, book.missing(self.code), self.library.indicators[self.code].unit, situation)
        value = self.judge(_CaseBook(self.library, situation)).value(bound.formula.root)
        return self._outcome(case, value, bound.indicator.unit, situation)

    def _parameter(self, case: shapes.CaseShape, situation: _Situation, book: Rulebook) -> tuple[str, str]:
        name = f"{self.code}.{case.member}"
        value = book.parameters.get(name, case.word)
        unit = self.library.parameters[self.code].unit
        return self._outcome(
            case, Unknown(Why.NO_PARAMETER, f"{name} {case.word}".strip()) if value is None else value, unit, situation
        )

    def _outcome(self, case: shapes.CaseShape, value: Value, unit: Unit, situation: _Situation) -> tuple[str, str]:
        """Expected and got as texts that are equal exactly where the case holds."""
        if isinstance(value, Unknown):
            return case.unknown or case.expect or case.printed, value.why.value if case.unknown else str(value)
        if case.unknown or not isinstance(value, Fraction):
            return case.unknown, str(value)
        if situation.unit is not None and situation.unit.type is unit.type:
            unit = situation.unit
        text = case.expect or case.printed
        wanted = read_amount(text, unit, self.library.vocabulary)
        if case.printed:
            return text, self._as_printed(text, wanted, value)
        exact = to_cents if unit.type is Type.MONEY else to_ratio
        if exact(value) == exact(wanted):
            return text, text
        shown = exact(value / Fraction(unit.scale)) if unit.type is Type.MONEY else exact(value)
        return text, format(shown, "f")

    def _as_printed(self, text: str, wanted: Fraction, value: Fraction) -> str:
        """The value in the unit and at the places of what was printed."""
        number = text.rstrip("%‰")
        while number and not number[-1].isdigit():
            number = number[:-1]
        scale = (
            wanted / Fraction(number) if Fraction(number) else Fraction(1, 100) if text.endswith("%") else Fraction(1)
        )
        step = Decimal(1).scaleb(-len(number.partition(".")[2]))
        return f"{format(round_half_away(value / scale, step), 'f')}{text[len(number) :]}"

    def _warning(self, case: shapes.CaseShape, situation: _Situation, book: Rulebook) -> tuple[str, str]:
        expected = (case.fires or "silent") + (" on the line" if case.on_the_line else "")
        bound = book.warnings.get(self.code)
        if bound is None:
            return expected, str(book.missing(self.code))
        judge = self.judge(_CaseBook(self.library, situation))
        got = "silent"
        if _in_scope(bound, situation) and (bound.when is None or judge.value(bound.when.root) is True):
            got = next((level.level for level in bound.levels if judge.value(level.when.root) is True), got)
        on_line = case.on_the_line and any(_on_the_line(judge, level.when.root) for level in bound.levels)
        return expected, got + (" on the line" if on_line else "")


def _in_scope(bound: BoundWarning, situation: _Situation) -> bool:
    rule = bound.rule
    report_type = situation.cover.get("report_type")
    return (not rule.report_types or report_type is None or report_type in rule.report_types) and (
        not rule.period_types or situation.period.type.value in rule.period_types
    )


def _on_the_line(judge: Judge, when: Node) -> bool:
    top = top_comparison(when)
    if top is None:
        return False
    left, right = (judge.value(side) for side in top.args)
    return not isinstance(left, Unknown) and left == right


def _list(words: list[str]) -> str:
    return ", ".join(words) or "nothing"


class _CaseBook:
    """The cells of a case. `blanks`: a whole form is given, so what is not there was left blank; else it was not offered."""

    def __init__(self, library: Library, situation: _Situation, blanks: bool = False) -> None:
        self._library = library
        self._situation = situation
        self._blanks = blanks
        self._filed = {
            (form.code, years)
            for form in library.forms.values()
            for item, _, years in situation.cells
            if form.item(item.removeprefix(f"{form.code}.")) is not None
        }

    def cell(self, cell: Cell) -> Value:
        """A cell of the case."""
        period = self._situation.period.years_back(cell.years_back)
        book = self._library.rulebook(AsOf(period.end, self._situation.known))
        found = book.forms.get(cell.form)
        if found is None:
            return Unknown(Why.NO_LAW, cell.form)
        form, layout = found
        item = form.item(cell.item)
        text = self._said(cell, form)
        filed = (cell.form, cell.years_back) in self._filed
        if text is None and not (self._blanks and cell.years_back == 0 and filed):
            return Unknown(Why.NOT_OFFERED, cell.item) if filed else Unknown(Why.NOT_FILED, f"{cell.form} {period}")
        return self._value(item, layout, text)

    def _said(self, cell: Cell, form: Form) -> str | None:
        columns = (cell.column, "") if cell.column == form.default_column.code else (cell.column,)
        for name in (f"{cell.form}.{cell.item}", cell.item):
            for column in columns:
                text = self._situation.cells.get((name, column, cell.years_back))
                if text is not None:
                    return text
        return None

    def _value(self, item: Item | None, layout: Layout, text: str | None) -> Value:
        if item is None or not item.in_layout(layout.effective):
            return Unknown(Why.NOT_OFFERED, item.code if item else "")
        if text is None or text == BLANK:
            return Fraction(0) if item.blank is Blank.ZERO else Unknown(Why.BLANK, item.code)
        unit = self._situation.unit
        if unit is None or unit.type is not item.unit.type:
            unit = item.unit
        return read_amount(text, unit, self._library.vocabulary)

    def attribute(self, attribute: Attribute) -> Value:
        """A fact that the case states."""
        facts = self._situation.enterprise if attribute.source == "enterprise" else self._situation.cover
        found = facts.get(attribute.name)
        return found if found is not None else Unknown(Why.NO_ATTRIBUTE, f"{attribute.source}.{attribute.name}")

    def parameter(self, name: str, key: str) -> Value:
        """The value in force in the case's period."""
        found = self._library.rulebook(self._situation.at).parameters.get(name, key)
        return found if found is not None else Unknown(Why.NO_PARAMETER, f"{name} {key}".strip())
