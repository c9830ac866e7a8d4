"""What the DuckDB engine selects for values, checks and sums of nodes, and how the columns of the answer are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pyarrow.compute as pc

from guozi.core.formula.checks import TOLERANT, applied_tolerance, step_tolerance, terms, top_cells, top_comparison
from guozi.core.formula.engine import Rule
from guozi.core.formula.tree import Call, Cell
from guozi.core.kernel.money import LARGEST, Type
from guozi.engines import arithmetic
from guozi.engines.arithmetic import Dec, Exact, Number, Plain, merged
from guozi.engines.asked import PEOPLE
from guozi.engines.reference import LARGEST_NUMBER
from guozi.engines.sql import Blame, Sql, Translator, first_true

_SIDE: Mapping[str, Callable[[Number], Number]] = {
    "equal": arithmetic.absolute,
    "less_or_equal": lambda difference: difference,
    "greater_or_equal": arithmetic.negate,
}
"""The part of a difference that may not exceed the tolerance."""

HOLDS, FAILS, UNKNOWN, SKIPPED, DOUBTED = range(5)
_ALWAYS = Plain("TRUE")
_TOLD = re.compile(bytes([ord("["), FAILS, UNKNOWN, DOUBTED, ord("]")]))


FlatBlame = tuple[tuple[int, int], ...]
"""Whom to blame where a rule is unknown: place in the column `flags` → number of the leaf; the first flag that is up counts."""


@dataclass(slots=True)
class _Flags:
    """The conditions of all rules' blames, each once: one column says for all rules who is to blame, in few words of SQL."""

    places: dict[str, int] = field(default_factory=dict)

    def flat(self, blame: Blame) -> FlatBlame | None:
        """A blame as places among the flags; None where only SQL finds the leaf."""
        if any(isinstance(leaf, str) for _, leaf in blame):
            return None
        return tuple((self.places.setdefault(condition, len(self.places)), int(leaf)) for condition, leaf in blame)

    def columns(self) -> list[str]:
        """The column `flags`: empty where none is up."""
        flags = ", ".join(self.places)
        return [f"CASE WHEN {' OR '.join(self.places)} THEN [{flags}] END AS flags"] if flags else []


@dataclass(frozen=True, slots=True)
class ValueQuestion:
    """One rule's value: columns `x` (the value), `d` (whether it is doubted), and `y` (the leaf to blame) where the blame is not flat."""

    index: int
    blame: FlatBlame | None

    def doubted(self, table: pa.RecordBatch) -> list[int]:
        """The rows that the judge decides."""
        return _true(table[f"d{self.index}"]) if f"d{self.index}" in table.schema.names else []

    def unknown(self, table: pa.RecordBatch) -> list[int]:
        """The rows without a value."""
        return _null(table[f"x{self.index}"])


@dataclass(frozen=True, slots=True)
class States:
    """What came of one check, where it neither holds nor was skipped: the rows."""

    fails: Sequence[int]
    unknown: Sequence[int]
    doubted: Sequence[int]


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """One check: column `z` (its state, a byte); blame and `y` as for values.

    `told`: what is shown of a failure is in columns `l` and `r`; else the judge says it. `step`: the column of rounding steps, `terms`
    how many of them the tolerance allows for; a rule's own tolerance goes before.
    """

    rule: Rule
    index: int
    told: bool
    step: str
    terms: int
    blame: FlatBlame | None

    def tolerance(self, step: Decimal) -> Decimal | None:
        """The tolerance that was applied."""
        if self.rule.tolerance is not None or not self.step:
            return applied_tolerance(self.rule, step)
        return step_tolerance(self.terms, step)

    def states(self, table: pa.RecordBatch) -> States:
        """Reads the answer."""
        column = table[f"z{self.index}"]
        states = column.buffers()[1].to_pybytes()[column.offset : column.offset + len(column)]
        rows: dict[int, list[int]] = {FAILS: [], UNKNOWN: [], DOUBTED: []}
        for found in _TOLD.finditer(states):
            rows[states[found.start()]].append(found.start())
        return States(rows[FAILS], rows[UNKNOWN], rows[DOUBTED])


@dataclass(frozen=True, slots=True)
class SumQuestion:
    """Cells summed over the members that know them all: columns `k` (how many those are) and `s` (the sums)."""

    index: int
    cells: tuple[Cell, ...]

    def read(self, table: pa.RecordBatch) -> tuple[list[int], list[dict[Cell, Fraction]]]:
        """For each node how many members know all cells, and the sums."""
        sums = [table[f"s{self.index}_{place}"].to_pylist() for place in range(len(self.cells))]
        known: list[int] = table[f"k{self.index}"].to_pylist()
        return known, [
            {cell: Fraction(column[row] or 0) for cell, column in zip(self.cells, sums, strict=True)}
            for row in range(len(known))
        ]


def value_questions(rules: Sequence[Rule], translator: Translator) -> tuple[list[ValueQuestion], str]:
    """Each rule's value for each subject."""
    questions: list[ValueQuestion] = []
    values: list[str] = []
    columns: list[str] = []
    flags = _Flags()
    for index, rule in enumerate(rules):
        sql, doubts = _final(translator.sql(rule.formula.root), rule.formula.type)
        values.append(f"{sql} AS x{index}")
        columns.append(f"x{index}")
        if doubts:
            columns.append(f"{_any(doubts)} AS d{index}")
        blame = translator.blame(rule.formula.root)
        questions.append(ValueQuestion(index, flags.flat(blame)))
        if questions[-1].blame is None:
            columns.append(f"CASE WHEN x{index} IS NULL THEN {first_true(blame)} END AS y{index}")
    inner = ", ".join(["*", *values])
    select = f"SELECT {_head(translator, columns + flags.columns())} FROM (SELECT {inner} FROM base)"
    return questions, f"{select} ORDER BY org_id, report_type"


def check_questions(rules: Sequence[Rule], translator: Translator) -> tuple[list[CheckQuestion], str]:
    """Each check's state and both sides, for subjects of which some check does not hold; of the others there is nothing to tell."""
    questions: list[CheckQuestion] = []
    sides, columns, flags = ["*"], [], _Flags()
    steps: set[str] = set()
    told_of: dict[Plain, tuple[list[str], list[str]]] = {}
    for index, rule in enumerate(rules):
        top = top_comparison(rule.formula.root)
        step, count, is_told = "", 0, top is None
        if top is None:
            truth = translator.plain(rule.formula.root)
        else:
            left, right = (translator.sql(arg) for arg in top.args)
            shown = _told(left, top.args[0].type), _told(right, top.args[1].type)
            if shown[0] is not None and shown[1] is not None:
                is_told = True
                sides += [f"{shown[0]} AS l{index}", f"{shown[1]} AS r{index}"]
                columns += [f"l{index}", f"r{index}"]
                left, right = _renamed(left, f"l{index}"), _renamed(right, f"r{index}")
            truth, step, count = _compared(translator, rule, top, left, right)
            if step and step not in steps:
                steps.add(step)
                columns.append(step)
        when = translator.plain(rule.when.root) if rule.when else _ALWAYS
        cases = [
            *((doubt, DOUBTED) for doubt in when.doubts),
            (f"({when.sql}) IS NOT TRUE", SKIPPED),
            *((doubt, DOUBTED) for doubt in truth.doubts),
            (truth.sql, HOLDS),
            (f"NOT {truth.sql}", FAILS),
            ("TRUE", UNKNOWN),
        ]
        columns.append(f"({first_true(cases)})::UTINYINT AS z{index}")
        asked = told_of.setdefault(when, ([], []))
        asked[0].append(truth.sql)
        asked[1].extend(truth.doubts)
        blame = translator.blame(rule.formula.root)
        flat = flags.flat(blame)
        if flat is None:
            columns.append(f"CASE WHEN z{index} = {UNKNOWN} THEN {first_true(blame)} END AS y{index}")
        questions.append(CheckQuestion(rule, index, is_told, step, count, flat))
    conditions: list[str] = []
    for when, (holds, truth_doubts) in told_of.items():
        not_all = f"({' AND '.join(holds)}) IS NOT TRUE"
        conditions += [f"({when.sql} AND {_any([not_all, *truth_doubts])})", *when.doubts]
    told = " OR ".join(conditions)
    head = _head(translator, columns + flags.columns())
    return questions, f"SELECT {head} FROM (SELECT {', '.join(sides)} FROM base) WHERE {told}"


def skip_questions(rules: Sequence[Rule], translator: Translator) -> tuple[dict[int, str], str]:
    """How often each check is skipped: rule → column; rules that never are have none."""
    columns: dict[Plain, str] = {}
    questions: dict[int, str] = {}
    for index, rule in enumerate(rules):
        if rule.when is not None:
            questions[index] = columns.setdefault(translator.plain(rule.when.root), f"k{len(columns)}")
    skipped = [
        f"count_if({' AND '.join([*(f'NOT {doubt}' for doubt in when.doubts), f'({when.sql}) IS NOT TRUE'])})::BIGINT AS {column}"
        for when, column in columns.items()
    ]
    return questions, f"SELECT {', '.join(['count(*) AS subjects', *skipped])} FROM base"


def sum_questions(
    rules: Sequence[Rule], translator: Translator
) -> tuple[dict[tuple[Cell, ...], SumQuestion | None], str]:
    """The sums of each rule's cells by node; None where an operand is not a decimal."""
    questions: dict[tuple[Cell, ...], SumQuestion | None] = {}
    masks, columns = ["*"], ["m.node", "count(*) AS members"]
    for rule in rules:
        cells = top_cells(rule.formula.root)
        if cells in questions:
            continue
        operands = [translator.sql(cell) for cell in cells]
        if any(operand.doubts or (not isinstance(operand, Plain) and _whole(operand) is None) for operand in operands):
            questions[cells] = None
            continue
        index = len(questions)
        questions[cells] = SumQuestion(index, cells)
        masks.append(f"{' AND '.join(translator.known(cell) for cell in cells) or 'TRUE'} AS k{index}")
        columns.append(f"count_if(k{index})::BIGINT AS k{index}")
        for place, operand in enumerate(operands):
            number = None if isinstance(operand, Plain) else _whole(operand)
            sql = "NULL" if number is None else f"sum(CASE WHEN k{index} THEN {number.sql} END)"
            columns.append(f"{sql} AS s{index}_{place}")
    joined = f"{PEOPLE} m JOIN (SELECT {', '.join(masks)} FROM base) b ON b.org_id = m.org_id AND b.report_type = m.report_type"
    return questions, f"SELECT {', '.join(columns)} FROM {joined} GROUP BY m.node ORDER BY m.node"


def _head(translator: Translator, columns: Sequence[str]) -> str:
    """The subject, the versions read (all tables are known once the columns are), and the columns."""
    versions = [f"v_{alias}" for alias in translator.tables.values()]
    return ", ".join(["org_id", "report_type", *versions, *columns])


def _any(doubts: Sequence[str]) -> str:
    return f"({' OR '.join(doubts)})"


def _true(column: pa.Array) -> list[int]:
    rows: list[int] = pc.indices_nonzero(column).to_pylist()
    return rows


def _null(column: pa.Array) -> list[int]:
    return _true(pc.is_null(column)) if column.null_count else []


def _whole(number: Number) -> Dec | None:
    """The decimal, where nothing stands under a line."""
    return number.over if isinstance(number, Exact) and number.under is None else None


def _final(sql: Sql, type_: Type) -> tuple[str, tuple[str, ...]]:
    """The value as it is stored and shown, and its doubts; what may be too large is doubted."""
    if isinstance(sql, Plain):
        return sql.sql, sql.doubts
    money = type_ is Type.MONEY
    value, doubts = arithmetic.as_cents(sql) if money else arithmetic.as_ratio(sql)
    whole, most = _whole(sql), LARGEST if money else LARGEST_NUMBER
    if whole is not None and whole.bound <= int(most * 10**whole.scale) - 10**whole.scale:
        return value, doubts
    return value, merged(doubts, (f"coalesce(abs({value}) >= {most:f}, FALSE)",))


def _told(sql: Sql, type_: Type) -> str | None:
    """A side of a check as it is shown, None where the judge must round it."""
    if isinstance(sql, Plain):
        return sql.sql
    number = _whole(sql)
    return number.sql if number and number.scale <= (2 if type_ is Type.MONEY else 8) else None


def _renamed(sql: Sql, name: str) -> Sql:
    """A side once it has a column."""
    if isinstance(sql, Exact):
        return Exact(Dec(name, sql.over.bound, sql.over.scale), None, sql.doubts)
    return Plain(name, sql.doubts)


def _compared(translator: Translator, rule: Rule, top: Call, left: Sql, right: Sql) -> tuple[Plain, str, int]:
    """Whether a check's top comparison holds, within the tolerance where one applies, and the column of rounding steps that it reads, and how many terms."""
    if isinstance(left, Plain) or isinstance(right, Plain):
        doubts = merged(left.doubts, right.doubts)
        sides = [side.sql if isinstance(side, Plain) else "" for side in (left, right)]
        return Plain(f"({sides[0]} {arithmetic.SIGNS[top.function]} {sides[1]})", doubts), "", 0
    if top.function not in TOLERANT or top.args[0].type is not Type.MONEY:
        return arithmetic.compare(top.function, left, right), "", 0
    difference = arithmetic.add(left, right, "-")
    if rule.tolerance is not None:
        most, column, count = arithmetic.constant(Fraction(rule.tolerance)), "", 0
    else:
        places = sorted({(cell.form, 0) for cell in rule.formula.cells() if cell.years_back == 0})
        step, count = translator.step(places), terms(rule.formula)
        column = translator.column(step, "step")
        whole = _whole(difference)
        if whole is not None and whole.scale <= 2 and not translator.wide:
            # A difference of whole cents exceeds the tolerance where it exceeds the whole cents in it: 18 digits do.
            cents = f"(({step} * 100)::BIGINT * {count + 1} // 2)"
            floor = translator.column(f"({cents}::DECIMAL(18,0) * 0.01)::DECIMAL(18,2)", "tolerance")
            most = Exact(Dec(floor, 10**18 - 1, 2))
        else:
            most = arithmetic.multiply(Exact(Dec(column, 10**18 - 1, 2)), arithmetic.constant(Fraction(count + 1, 2)))
    return arithmetic.compare("less_or_equal", _SIDE[top.function](difference), most), column, count
