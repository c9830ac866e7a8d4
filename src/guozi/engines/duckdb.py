"""The DuckDB engine: all rules asked for in one query over the Parquet parts, what doubles cannot settle decided by the judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar, cast

import duckdb
import pyarrow as pa

from guozi.core.formula.checks import concerned, top_cells, top_comparison
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
from guozi.engines.asked import PEOPLE, Asked, Same, by_places, members_table, resolve
from guozi.engines.questions import CheckQuestion, check_questions, skip_questions, sum_questions, value_questions
from guozi.engines.reference import SUMMED, Judge, NodeBook, ReferenceEngine, Subject
from guozi.engines.sql import Columns, Place, Translator

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
            },
        )
        # Parts never change under their name: their footers, hundreds of columns long, are read once.
        self._connection.execute("SET parquet_metadata_cache = true; SET lock_configuration = true")

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
            return self._values(cursor, asked, asked.people())

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
        found = _Found()
        with self._cursor() as cursor:
            people = asked.people()
            answer, skips = self._ask(cursor, asked, people, skip_questions)
            (skipped,) = answer.table.to_pylist()
            for indexes in by_places(Same(*rules)).values():
                group = asked.only(tuple(rules[index] for index in indexes))
                _told(*self._ask(cursor, group, people, check_questions), indexes, found)
        for index, rule in enumerate(rules):
            count = counts[rule.code]
            skip = skipped[skips[index]] if index in skips else 0
            count[Outcome.SKIPPED] += skip
            count[Outcome.HOLDS] += skipped["subjects"] - skip
        for (index, outcome), many in found.counts.items():
            counts[rules[index].code][Outcome.HOLDS] -= many
            counts[rules[index].code][outcome] += many
        return CheckTable(counts, found.in_order(len(rules)))

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
        blamed: list[tuple[int, list[int], list[int | None]]] = []
        for question in questions:
            rows = question.doubted(answer.table)
            doubted += [(row, question.index) for row in rows]
            unknown = sorted(set(question.unknown(answer.table)) - set(rows))
            if unknown:
                blamed.append((question.index, unknown, answer.blamed(question.index, question.blame, unknown)))
        reasons = answer.reasons({code for _, _, codes in blamed for code in codes})
        for index, rows, codes in blamed:
            for row, reason in zip(rows, reasons.of(rows, codes), strict=True):
                columns[index][row] = reason
            doubted += [(row, index) for row in rows if columns[index][row] is None]
        bench = answer.bench(doubted)
        for row, index in doubted:
            columns[index][row] = bench.final(row, asked.rules[index])
        values = {rule.code: tuple(column) for rule, column in zip(asked.rules, columns, strict=True)}
        return ValueTable(tuple(answer.subjects), values)  # type: ignore[arg-type]

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
        question: Callable[[Sequence[Rule], Translator], tuple[Questions, str]],
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
        question: Callable[[Sequence[Rule], Translator], tuple[Questions, str]],
        *,
        wide: bool,
    ) -> tuple[Answer, Questions]:
        translator, questions, select = _translated(
            question,
            Same(*asked.rules),
            Same(asked.parameters),
            tuple(asked.places.items()),
            asked.attributes,
            wide,
            people is not None,
        )
        for name, table in asked.tables(translator).items():
            cursor.register(name, table)
        if people is not None:
            cursor.register(PEOPLE, people)
        sql = f"{asked.base(translator, people)} {select}"
        return Answer(asked, translator, _one_batch(cursor.execute(sql).to_arrow_table())), questions


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    """An answer in one piece: its columns are plain arrays."""
    batches = table.combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)


@lru_cache(maxsize=64)
def _translated(
    question: Callable[[Sequence[Rule], Translator], tuple[Any, str]],
    rules: Same,
    parameters: Same,
    places: tuple[tuple[Place, Columns], ...],
    attributes: frozenset[str],
    wide: bool,
    with_people: bool,
) -> tuple[Translator, Any, str]:
    """Rules in SQL: made once for the same rules over parts of the same columns."""
    translator = Translator(dict(places), attributes, cast("Parameters", parameters.held[0]), wide)
    if not with_people:
        # The first table says who the subjects are: those who filed the one form that is read.
        translator.table(next(place for place, _ in places if place[1] == 0))
    questions, select = question(cast("tuple[Rule, ...]", rules.held), translator)
    return translator, questions, select


@dataclass(slots=True)
class _Found:
    """Checks that do not simply hold: how often, and the details of those that fail or are unknown with their subject and number of rule."""

    counts: dict[tuple[int, Outcome], int] = field(default_factory=dict)
    results: list[CheckResult] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)

    def add(self, index: int, outcome: Outcome, results: Sequence[CheckResult], subjects: Sequence[Subject]) -> None:
        """One outcome of one rule."""
        self.counts[index, outcome] = self.counts.get((index, outcome), 0) + len(results)
        if outcome in (Outcome.FAILS, Outcome.UNKNOWN):
            self.results += results
            self.subjects += subjects
            self.indexes += [index] * len(results)

    def in_order(self, rules: int) -> tuple[CheckResult, ...]:
        """The details by enterprise, report type and rule."""
        ranks = {subject: rank for rank, subject in enumerate(sorted(set(self.subjects)))}
        order = [ranks[subject] * rules + index for subject, index in zip(self.subjects, self.indexes, strict=True)]
        return tuple(self.results[place] for place in sorted(range(len(order)), key=order.__getitem__))


def _told(answer: Answer, checks: Sequence[CheckQuestion], indexes: Sequence[int], found: _Found) -> None:
    """The details of what fails or is unknown, and what the judge says of what was doubted."""
    subjects = answer.subjects
    doubted: list[tuple[int, int]] = []
    unknown: list[tuple[CheckQuestion, Sequence[int], list[int | None]]] = []
    for check in checks:
        states = check.states(answer.table)
        doubted += [(row, check.index) for row in states.doubted]
        if check.told:
            failed = [subjects[row] for row in states.fails]
            found.add(indexes[check.index], Outcome.FAILS, _failures(answer, check, states.fails), failed)
        else:
            doubted += [(row, check.index) for row in states.fails]
        if states.unknown:
            unknown.append((check, states.unknown, answer.blamed(check.index, check.blame, states.unknown)))
    reasons = answer.reasons({code for _, _, codes in unknown for code in codes})
    for check, rows, codes in unknown:
        code, told = check.rule.code, reasons.of(rows, codes)
        doubted += [(row, check.index) for row, reason in zip(rows, told, strict=True) if reason is None]
        whose = [subjects[row] for row, reason in zip(rows, told, strict=True) if reason is not None]
        results = [
            CheckResult(code, org, report_type, Outcome.UNKNOWN, reason=reason)
            for (org, report_type), reason in zip(whose, filter(None, told), strict=True)
        ]
        found.add(indexes[check.index], Outcome.UNKNOWN, results, whose)
    bench = answer.bench(doubted)
    for row, index in doubted:
        result = bench.check(row, checks[index].rule)
        found.add(indexes[index], result.outcome, [result], [subjects[row]])


def _failures(answer: Answer, check: CheckQuestion, rows: Sequence[int]) -> list[CheckResult]:
    """The details of checks that fail, both sides as the query gave them."""
    code, subjects = check.rule.code, answer.subjects
    if not rows or top_comparison(check.rule.formula.root) is None:
        return [CheckResult(code, *subjects[row], Outcome.FAILS) for row in rows]
    at = pa.array(rows, pa.int64())
    lefts, rights = (answer.table[f"{side}{check.index}"].take(at).to_pylist() for side in "lr")
    steps = answer.table[check.step].take(at).to_pylist() if check.step else [CENT] * len(rows)
    tolerances = {step: check.tolerance(step) for step in set(steps)}
    return [
        CheckResult(
            code,
            *subjects[row],
            Outcome.FAILS,
            left,
            right,
            _EXACT.subtract(left, right) if isinstance(left, Decimal) else None,
            tolerances[step],
        )
        for row, left, right, step in zip(rows, lefts, rights, steps, strict=True)
    ]


def _of_node(rule: Rule, known: int, cells: Mapping[Cell, Fraction], parameters: Parameters) -> Final:
    root = rule.formula.root
    if known == 0:
        return Unknown(Why.NO_DATA, concerned(root))
    apart = next((cell for cell in cells if cell.type not in SUMMED), None)
    if apart is not None:
        return Unknown(Why.NOT_MEANINGFUL, apart.item)
    return Judge(NodeBook(cells, parameters)).final(rule.formula)
