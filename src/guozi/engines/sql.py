"""Trees of formulas in DuckDB's SQL: each node's value, and which leaf is to blame where the value is unknown.

Every function of the functions table has its row in `_NUMERIC`, `_TRUTHS` or `_OTHER`; a test holds the two tables equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import reduce

from guozi.core.formula import types
from guozi.core.formula.engine import Parameters
from guozi.core.formula.tree import Attribute, Call, Cell, Constant, Known, Named, Node, Parameter
from guozi.core.kernel.money import Type
from guozi.engines import arithmetic
from guozi.engines.arithmetic import Dec, Exact, Number, Plain, merged
from guozi.engines.parts import UNKNOWN

Sql = Exact | arithmetic.Rough | Plain
"""A node in SQL: a number, or a text, date or truth."""

Blame = tuple[tuple[str, int | str], ...]
"""Condition → the leaf to blame, in the order in which reasons are told: its number, or SQL that finds it."""

Place = tuple[str, int]
"""A form and so many years back."""

_MONEY_BOUND, _NUMBER_BOUND = 10**18 - 1, 10**28 - 1
_NULLS: Mapping[Type, str] = {Type.TEXT: "NULL::VARCHAR", Type.DATE: "NULL::DATE", Type.TRUTH: "NULL::BOOLEAN"}

_NUMERIC: Mapping[str, Callable[[Sequence[Number]], Number]] = {
    "add": lambda args: reduce(arithmetic.add, args),
    "subtract": lambda args: arithmetic.add(args[0], args[1], "-"),
    "multiply": lambda args: arithmetic.multiply(args[0], args[1]),
    "divide": lambda args: arithmetic.divide(args[0], args[1]),
    "negate": lambda args: arithmetic.negate(args[0]),
    "mean": arithmetic.mean,
    "abs": lambda args: arithmetic.absolute(args[0]),
    "min": lambda args: arithmetic.extreme("least", args),
    "max": lambda args: arithmetic.extreme("greatest", args),
}
_TRUTHS = {"and": " AND ", "or": " OR "}
_OTHER = frozenset({"not", "case", "coalesce", "round"})
FUNCTIONS = frozenset({*_NUMERIC, *_TRUTHS, *_OTHER, *arithmetic.SIGNS})
"""The functions that this engine has."""


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def first_true(cases: Sequence[tuple[str, int | str]]) -> str:
    """The value of the first condition that is true, else NULL."""
    return f"CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in cases)} END" if cases else "NULL"


@dataclass(frozen=True, slots=True)
class Columns:
    """What the parts of a form and period hold: the columns' names, and those that some version leaves empty."""

    names: frozenset[str]
    empty: frozenset[str]


@dataclass(slots=True)
class Translator:
    """Turns trees into SQL over the columns of `base`, which it collects on the way.

    `places`: what the parts of each form and lag hold (a form that nobody filed is left out). `attributes`: what the register's parts hold.
    `wide` makes every cell a DECIMAL(38): slower, and no sum can overflow.
    """

    places: Mapping[Place, Columns]
    attributes: frozenset[str]
    parameters: Parameters
    wide: bool = False
    base: dict[str, str] = field(default_factory=dict)
    tables: dict[Place, str] = field(default_factory=dict)
    blamed: list[Node] = field(default_factory=list)
    uses_register: bool = False
    _done: dict[Node, Sql] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _blame: dict[Node, Blame] = field(default_factory=dict)
    _numbers: dict[Node, int] = field(default_factory=dict)

    def table(self, place: Place) -> str:
        """The alias of a form's table so many years back; its version ids stand in `base` under `v_<alias>`."""
        if place not in self.tables:
            alias = f"f{len(self.tables)}"
            self.tables[place] = alias
            known = place in self.places
            self.base[f"v_{alias}"] = f"{alias}.version_id" if known else "NULL::BIGINT"
        return self.tables[place]

    def column(self, expression: str, hint: str) -> str:
        """The name in `base` of an expression over the tables."""
        if expression not in self._names:
            self._names[expression] = f"{hint}{len(self._names)}"
            self.base[self._names[expression]] = expression
        return self._names[expression]

    def step(self, places: Sequence[Place]) -> str:
        """The coarsest rounding step among the filings, a cent where there is none: an expression over the tables."""
        steps = [f"{self.table(place)}.step" for place in places if place in self.places]
        coarsest = f"greatest({', '.join(steps)})" if len(steps) > 1 else steps[0] if steps else "NULL"
        return f"coalesce({coarsest}, 0.01)::DECIMAL(18,2)"

    def sql(self, node: Node) -> Sql:
        """The node's value; NULL where it is unknown."""
        if node not in self._done:
            self._done[node] = self._translate(node)
        return self._done[node]

    def number(self, node: Node) -> Number:
        """The value of a node that is a number."""
        found = self.sql(node)
        if isinstance(found, Plain):
            raise TypeError(f"a number was checked for: {node!r}")
        return found

    def plain(self, node: Node) -> Plain:
        """The value of a node that is a text, a date or a truth."""
        found = self.sql(node)
        if not isinstance(found, Plain):
            raise TypeError(f"a text, date or truth was checked for: {node!r}")
        return found

    def known(self, node: Node) -> str:
        """An SQL truth: whether the node's value is known."""
        found = self.sql(node)
        return f"({found.sql}) IS NOT NULL" if isinstance(found, Plain) else arithmetic.known(found)

    def blame(self, node: Node) -> Blame:
        """Who is to blame where the node's value is unknown: the first unknown operand, as the judge tells it."""
        if node not in self._blame:
            self._blame[node] = self._blamed(node)
        return self._blame[node]

    # values

    def _translate(self, node: Node) -> Sql:
        match node:
            case Constant(value=value):
                return _constant(value)
            case Cell():
                return self._cell(node)
            case Attribute():
                return Plain(self._attribute(node))
            case Parameter():
                return self._parameter(node)
            case Named(body=body):
                return self.sql(body)
            case Call(function=function, args=args) if function in FUNCTIONS:
                return self._call(node, function, args)
            case _:
                raise TypeError(f"DuckDB lacks {node!r}")

    def _call(self, node: Call, function: str, args: Sequence[Node]) -> Sql:
        if function in arithmetic.SIGNS:
            return self._comparison(function, args)
        if function in _TRUTHS:
            truths = [self.plain(arg) for arg in args]
            joined = _TRUTHS[function].join(truth.sql for truth in truths)
            return Plain(f"({joined})", merged(*(truth.doubts for truth in truths)))
        if function == "not":
            truth = self.plain(args[0])
            return Plain(f"(NOT {truth.sql})", truth.doubts)
        if function == "round":
            return arithmetic.rounded(self.number(args[0]), types.places_of(args) or 0)
        if function == "coalesce":
            return self._choice([(self.known(arg), arg) for arg in args], node.type)
        if function == "case":
            cases: list[tuple[str, Node | None]] = []
            doubts: tuple[str, ...] = ()
            for condition, result in zip(args[:-1:2], args[1::2], strict=True):
                truth = self.plain(condition)
                cases += [(truth.sql, result), (f"({truth.sql}) IS NULL", None)]
                doubts = merged(doubts, truth.doubts)
            return self._choice([*cases, ("TRUE", args[-1])], node.type, doubts)
        return _NUMERIC[function]([self.number(arg) for arg in args])

    def _choice(self, cases: Sequence[tuple[str, Node | None]], type_: Type, doubts: tuple[str, ...] = ()) -> Sql:
        if type_ in types.NUMBERS:
            number = arithmetic.choose(
                [(condition, None if node is None else self.number(node)) for condition, node in cases]
            )
            return _doubting(number, doubts)
        plains = [(condition, None if node is None else self.plain(node)) for condition, node in cases]
        chosen = first_true([(condition, plain.sql if plain else "NULL") for condition, plain in plains])
        return Plain(f"({chosen})", merged(doubts, *(plain.doubts for _, plain in plains if plain)))

    def _comparison(self, function: str, args: Sequence[Node]) -> Plain:
        if args[0].type in types.NUMBERS:
            return arithmetic.compare(function, self.number(args[0]), self.number(args[1]))
        left, right = self.plain(args[0]), self.plain(args[1])
        return Plain(f"({left.sql} {arithmetic.SIGNS[function]} {right.sql})", merged(left.doubts, right.doubts))

    def _cell(self, cell: Cell) -> Sql:
        place = (cell.form, cell.years_back)
        alias = self.table(place)
        columns = self.places.get(place)
        if columns is None:
            return self._stored(cell.type, None)
        if cell.fact not in columns.names:
            if cell.otherwise is None:
                return self._stored(cell.type, None)
            return self._choice([(f"v_{alias} IS NOT NULL", cell.otherwise)], cell.type)
        stored = self._stored(cell.type, f"{alias}.{quoted(cell.fact)}")
        if cell.otherwise is None or cell.fact not in columns.empty:
            return stored
        # A cell that is filled stands for itself, one not offered for its `otherwise`.
        own = Cell(cell.type, cell.form, cell.item, cell.column, cell.years_back, None, cell.default)
        self._done[own] = stored
        return self._choice([(self.known(own), own), (self._not_offered(cell), cell.otherwise)], cell.type)

    def _not_offered(self, cell: Cell) -> str:
        """An SQL truth: whether the filing is there and its layout does not offer the cell."""
        alias = self.table((cell.form, cell.years_back))
        told = f"{alias}.{UNKNOWN}[{text(cell.fact)}]"
        lacking = f"coalesce({told} = 'not-offered' OR starts_with({told}, 'not-offered '), TRUE)"
        empty = f"{alias}.version_id IS NOT NULL AND {alias}.{quoted(cell.fact)} IS NULL"
        return self.column(f"CASE WHEN {empty} THEN {lacking} ELSE FALSE END", "n")

    def _stored(self, type_: Type, expression: str | None) -> Sql:
        if type_ not in types.NUMBERS:
            return Plain(_NULLS[type_] if expression is None else self.column(expression, "c"))
        money = type_ is Type.MONEY
        scale, bound = (2, _MONEY_BOUND) if money else (8, _NUMBER_BOUND)
        if expression is None:
            return Exact(Dec(f"NULL::DECIMAL({18 if money else 28},{scale})", 0, scale))
        return Exact(
            Dec(self.column(f"{expression}::DECIMAL(38,{scale})" if self.wide else expression, "c"), bound, scale)
        )

    def _attribute(self, attribute: Attribute) -> str:
        if attribute.source == "cover" and attribute.name == "report_type":
            return self.column("k.report_type", "a")
        if attribute.source == "cover" or attribute.name not in self.attributes:
            return "NULL::VARCHAR"
        self.uses_register = True
        return self.column(f"e.{quoted(attribute.name)}", "a")

    def _parameter(self, parameter: Parameter) -> Sql:
        if parameter.key is None:
            value = self.parameters.get(parameter.name, "")
            return self._stored(parameter.type, None) if value is None else arithmetic.constant(value)
        values = {key: value for (name, key), value in self.parameters.values.items() if name == parameter.name}
        key = self.plain(parameter.key)
        if not values:
            return self._stored(parameter.type, None)
        cases = [(f"{key.sql} = {text(word)}", arithmetic.constant(value)) for word, value in values.items()]
        return _doubting(arithmetic.choose(cases), key.doubts)

    # reasons

    def _blamed(self, node: Node) -> Blame:
        match node:
            case Constant():
                return ()
            case Cell():
                return self._blamed_cell(node)
            case Attribute():
                return ((f"{self.plain(node).sql} IS NULL", self._number(node)),)
            case Parameter(key=key):
                above = () if key is None else self.blame(key)
                return (*above, (f"NOT ({self.known(node)})", self._number(node)))
            case Named(body=body):
                return self.blame(body)
            case Call(function="divide", args=(left, right)):
                zero = arithmetic.is_zero(self.number(right))
                return _once(self.blame(left), self.blame(right), ((zero, self._number(node)),))
            case Call(function="case", args=args):
                cases: list[tuple[str, int | str]] = []
                for condition, result in zip(args[:-1:2], args[1::2], strict=True):
                    truth = self.plain(condition).sql
                    cases.append((f"({truth}) IS NULL", first_true(self.blame(condition))))
                    cases.append((truth, first_true(self.blame(result))))
                return self._nested(node, first_true([*cases, ("TRUE", first_true(self.blame(args[-1])))]))
            case Call(function="coalesce", args=args):
                return self._nested(node, first_true(self.blame(args[0])))
            case Call(function=function, args=args):
                blames = _once(*(self.blame(arg) for arg in args))
                return self._nested(node, first_true(blames)) if function in _TRUTHS else blames
            case _:
                raise TypeError(f"DuckDB lacks {node!r}")

    def _nested(self, node: Node, blame: str) -> Blame:
        """For functions that pass over an unknown operand: to blame only where the whole is unknown."""
        return () if blame == "NULL" else ((f"NOT ({self.known(node)})", blame),)

    def _blamed_cell(self, cell: Cell) -> Blame:
        place = (cell.form, cell.years_back)
        columns = self.places.get(place)
        alias = self.table(place)
        if columns is None:
            return (("TRUE", self._number(cell)),)
        if cell.fact in columns.names - columns.empty:  # unknown only where the form was not filed
            return ((f"v_{alias} IS NULL", self._number_of_form(cell)),)
        if cell.otherwise is None:
            return ((f"NOT ({self.known(cell)})", self._number(cell)),)
        offered = f"v_{alias} IS NULL" if cell.fact not in columns.names else f"NOT {self._not_offered(cell)}"
        blame = first_true([(offered, self._number(cell)), *self.blame(cell.otherwise)])
        return ((f"NOT ({self.known(cell)})", blame),)

    def _number_of_form(self, cell: Cell) -> int:
        """One number for all cells of a form that was not filed, so that their reasons are one."""
        return self._number(Cell(Type.MONEY, cell.form, "", "", cell.years_back))

    def _number(self, node: Node) -> int:
        if node not in self._numbers:
            self._numbers[node] = len(self.blamed)
            self.blamed.append(node)
        return self._numbers[node]


def _once(*blames: Blame) -> Blame:
    """Several operands' blames in a row; a condition that stood before cannot be the first again."""
    firsts: dict[str, int | str] = {}
    for blame in blames:
        for condition, number in blame:
            firsts.setdefault(condition, number)
    return tuple(firsts.items())


def _doubting(number: Number, doubts: tuple[str, ...]) -> Number:
    more = merged(number.doubts, doubts)
    if isinstance(number, Exact):
        return Exact(number.over, number.under, more)
    return arithmetic.Rough(number.value, number.error, more)


def _constant(value: Known) -> Sql:
    match value:
        case bool():
            return Plain("TRUE" if value else "FALSE")
        case Fraction():
            return arithmetic.constant(value)
        case date():
            return Plain(f"DATE '{value.isoformat()}'")
        case _:
            return Plain(text(value))
