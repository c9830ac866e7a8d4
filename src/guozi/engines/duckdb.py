"""The DuckDB engine: all rules asked for in one query over the Parquet parts, what doubles cannot settle decided by the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Context, Decimal
from fractions import Fraction
from operator import itemgetter
from typing import TypeVar

import duckdb
import pyarrow as pa

from guozi.core.formula.checks import applied_tolerance, concerned, top_cells, top_comparison
from guozi.core.formula.engine import (
    CheckResult,
    CheckTable,
    Facts,
    Members,
    Outcome,
    Parameters,
    Rule,
    Selection,
    ValueTable,
)
from guozi.core.formula.tree import Cell
from guozi.core.kernel.errors import UnavailableError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import CENT
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.answers import Answer, Final
from guozi.engines.asked import PEOPLE, Asked, members_table, resolve
from guozi.engines.questions import CheckQuestion, check_questions, sum_questions, value_questions
from guozi.engines.reference import _SUMMED as SUMMED, Judge, ReferenceEngine, Subject, _NodeBook as NodeBook
from guozi.engines.sql import Place, Translator

Questions = TypeVar("Questions")

_EXACT = Context(prec=80)


class DuckDBEngine:
    """Facts and queries by DuckDB: one connection a process, a cursor a call, nothing ever fetched from a network."""

    name = "duckdb"

    def __init__(self, memory_limit: str = "2GB", threads: int = 2) -> None:
        """`memory_limit` as DuckDB writes it (`2GB`); both hold for all calls of this engine together."""
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "lock_configuration": True,
            },
        )

    def close(self) -> None:
        """Gives the memory back."""
        self._connection.close()

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
        asked = resolve(scope, period, rules, facts, selection, parameters)
        if not asked.filed:
            return ValueTable((), {rule.code: () for rule in rules})
        with self._cursor() as cursor:
            return self._values(cursor, asked, self._people(cursor, asked))

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
        asked = resolve(scope, period, rules, facts, selection, parameters)
        with self._cursor() as cursor:
            return self._values(cursor, asked, members_table(members, scope, period))

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
        asked = resolve(scope, period, rules, facts, selection, parameters)
        counts = {rule.code: dict.fromkeys(Outcome, 0) for rule in rules}
        if not asked.filed:
            return CheckTable(counts, ())
        results: list[tuple[Subject, int, CheckResult]] = []
        with self._cursor() as cursor:
            people = self._people(cursor, asked)
            for indexes in _by_places(rules).values():
                answer, checks = self._ask(cursor, asked.only([rules[i] for i in indexes]), people, check_questions)
                for row, index, result in _checked(answer, checks, counts):
                    results.append((answer.subjects[row], indexes[index], result))
        results.sort(key=itemgetter(0, 1))
        return CheckTable(counts, tuple(result for _, _, result in results))

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
        """As `Engine.node_values`: the sums by DuckDB, exact; the formulas over them by the judge."""
        asked = resolve(scope, period, rules, facts, selection, parameters)
        with self._cursor() as cursor:
            answer, sums = self._ask(cursor, asked, members_table(members, scope, period), sum_questions)
        nodes: list[int] = answer.table["node"].to_pylist()
        counts: list[int] = answer.table["members"].to_pylist()
        columns: dict[str, tuple[Final, ...]] = {}
        coverage: dict[str, tuple[tuple[int, int], ...]] = {}
        for rule in rules:
            total = sums[top_cells(rule.formula.root)]
            if total is None:  # an `otherwise` that is more than a cell: nothing but the judge adds that up exactly
                table = ReferenceEngine().node_values(scope, period, [rule], members, facts, selection, parameters)
                columns[rule.code], coverage[rule.code] = table.columns[rule.code], table.coverage[rule.code]
                continue
            known, by_node = total.read(answer.table)
            columns[rule.code] = tuple(
                _of_node(rule, count, cells, parameters) for count, cells in zip(known, by_node, strict=True)
            )
            coverage[rule.code] = tuple(zip(known, counts, strict=True))
        return ValueTable(tuple((node, "") for node in nodes), columns, coverage)

    def _values(self, cursor: duckdb.DuckDBPyConnection, asked: Asked, people: pa.Table | None) -> ValueTable:
        answer, questions = self._ask(cursor, asked, people, value_questions)
        columns: list[list[Final | None]] = [answer.table[f"x{i}"].to_pylist() for i in range(len(questions))]
        doubted: list[tuple[int, int]] = []
        blamed: list[tuple[int, int, int | None]] = []
        for index, question in enumerate(questions):
            rows = question.doubted(answer.table)
            doubted += [(row, index) for row in rows]
            unknown = set(question.unknown(answer.table)) - set(rows)
            if unknown:
                codes = answer.table[f"y{index}"].to_pylist()
                blamed += [(row, index, codes[row]) for row in sorted(unknown)]
        reasons = answer.reasons({code for _, _, code in blamed})
        for row, index, code in blamed:
            columns[index][row] = reasons.of(row, code)
            if columns[index][row] is None:
                doubted.append((row, index))
        bench = answer.bench(doubted)
        for row, index in doubted:
            columns[index][row] = bench.final(row, asked.rules[index])
        values = {rule.code: tuple(column) for rule, column in zip(asked.rules, columns, strict=True)}
        return ValueTable(tuple(answer.subjects), values)  # type: ignore[arg-type]

    def _people(self, cursor: duckdb.DuckDBPyConnection, asked: Asked) -> pa.Table | None:
        """Everybody who filed any of the forms read; None where the one form that is read says it itself."""
        if len(asked.filed) == 1:
            return None
        sql, tables = asked.everyone()
        for name, table in tables.items():
            cursor.register(name, table)
        return cursor.execute(sql).to_arrow_table()

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            yield cursor
        except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.InterruptException) as error:
            raise UnavailableError(mark("facts cannot be read: {reason}"), reason=str(error)) from error
        finally:
            cursor.close()

    def _ask(
        self,
        cursor: duckdb.DuckDBPyConnection,
        asked: Asked,
        people: pa.Table | None,
        question: Callable[[Asked, Translator], tuple[Questions, str]],
    ) -> tuple[Answer, Questions]:
        """One query. Sums of 18 digits are quick, and DuckDB says where they do not suffice: then all is asked again in 38."""
        try:
            return self._ask_once(cursor, asked, people, question, wide=False)
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            return self._ask_once(cursor, asked, people, question, wide=True)

    def _ask_once(
        self,
        cursor: duckdb.DuckDBPyConnection,
        asked: Asked,
        people: pa.Table | None,
        question: Callable[[Asked, Translator], tuple[Questions, str]],
        *,
        wide: bool,
    ) -> tuple[Answer, Questions]:
        translator = asked.translator(wide, people is not None)
        questions, select = question(asked, translator)
        for name, table in asked.tables(translator).items():
            cursor.register(name, table)
        if people is not None:
            cursor.register(PEOPLE, people)
        sql = f"{asked.base(translator, people is not None)} {select}"
        return Answer(asked, translator, cursor.execute(sql).to_arrow_table(), cursor), questions


def _by_places(rules: Sequence[Rule]) -> dict[frozenset[Place], list[int]]:
    """Rules by the forms and lags that they read: a join as wide as all forms together costs more than a query each."""
    groups: dict[frozenset[Place], list[int]] = {}
    for index, rule in enumerate(rules):
        cells = rule.formula.cells() | (rule.when.cells() if rule.when else frozenset())
        groups.setdefault(frozenset((cell.form, cell.years_back) for cell in cells), []).append(index)
    return groups


def _checked(
    answer: Answer, checks: Sequence[CheckQuestion], counts: dict[str, dict[Outcome, int]]
) -> Iterator[tuple[int, int, CheckResult]]:
    """Counts every outcome; row, number and details of what fails or is unknown."""
    rules = answer.asked.rules
    blamed: list[tuple[int, int, int | None]] = []
    doubted: list[tuple[int, int]] = []
    for index, check in enumerate(checks):
        states = check.states(answer.table)
        count = counts[check.rule.code]
        count[Outcome.HOLDS] += states.holds
        count[Outcome.SKIPPED] += states.skipped
        doubted += [(row, index) for row in states.doubted]
        if check.told:
            count[Outcome.FAILS] += len(states.fails)
            for row, result in zip(states.fails, _failures(answer, check, states.fails), strict=True):
                yield row, index, result
        else:
            doubted += [(row, index) for row in states.fails]
        if states.unknown:
            codes = answer.table[f"y{index}"].take(pa.array(states.unknown)).to_pylist()
            blamed += [(row, index, code) for row, code in zip(states.unknown, codes, strict=True)]
    reasons = answer.reasons({code for _, _, code in blamed})
    for row, index, code in blamed:
        reason = reasons.of(row, code)
        if reason is None:
            doubted.append((row, index))
        else:
            check_code = rules[index].code
            counts[check_code][Outcome.UNKNOWN] += 1
            yield row, index, CheckResult(check_code, *answer.subjects[row], Outcome.UNKNOWN, reason=reason)
    bench = answer.bench(doubted)
    for row, index in doubted:
        result = bench.check(row, rules[index])
        counts[result.code][result.outcome] += 1
        if result.outcome in (Outcome.FAILS, Outcome.UNKNOWN):
            yield row, index, result


def _failures(answer: Answer, check: CheckQuestion, rows: Sequence[int]) -> Iterator[CheckResult]:
    """The details of checks that fail, both sides as the query gave them."""
    rule, subjects = check.rule, answer.subjects
    if not rows or top_comparison(rule.formula.root) is None:
        yield from (CheckResult(rule.code, *subjects[row], Outcome.FAILS) for row in rows)
        return
    at = pa.array(rows)
    lefts, rights = (answer.table[f"{side}{check.index}"].take(at).to_pylist() for side in "lr")
    steps = answer.table[check.step].take(at).to_pylist() if check.step else [CENT] * len(rows)
    tolerances = {step: applied_tolerance(rule, step) for step in set(steps)}
    for row, left, right, step in zip(rows, lefts, rights, steps, strict=True):
        difference = _EXACT.subtract(left, right) if isinstance(left, Decimal) else None
        yield CheckResult(rule.code, *subjects[row], Outcome.FAILS, left, right, difference, tolerances[step])


def _of_node(rule: Rule, known: int, cells: Mapping[Cell, Fraction], parameters: Parameters) -> Final:
    root = rule.formula.root
    if known == 0:
        return Unknown(Why.NO_DATA, concerned(root))
    apart = next((cell for cell in cells if cell.type not in SUMMED), None)
    if apart is not None:
        return Unknown(Why.NOT_MEANINGFUL, apart.item)
    return Judge(NodeBook(cells, parameters)).final(rule.formula)
