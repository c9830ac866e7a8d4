"""The functions table: every operator and function of the formula language, once; engines, documents and completeness tests read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from guozi.core.formula import types
from guozi.core.formula.tree import Node
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type

TypeRule = Callable[[Sequence[Node]], Type | None]
"""From the arguments (constants adapted) to the type of the result; None where they do not go together."""


@dataclass(frozen=True, slots=True)
class Function:
    """One row: what `Call.function` may be.

    `written` shows how people write it; `named` is the word before its bracket, empty for operators.
    `least`, `most` count arguments (None: no limit). `takes` says in words which types go in and
    what comes out; `unknown` what becomes of unknown arguments.
    """

    name: str
    written: str
    rule: TypeRule
    least: int
    most: int | None
    takes: str
    doc: str
    unknown: str
    named: str = ""


_FIRST = mark("unknown as soon as one operand is, with the first one's reason")
_LIKE = mark("numbers of one type (money, ratio, count, money per count) → that type")
_TRUTHS = mark("truths → truth")
_ORDER = mark("numbers of one type, or dates → truth")
_ANY_LIKE = mark("values of one type → truth")


def _comparison(name: str, sign: str, doc: str, rule: TypeRule, takes: str) -> Function:
    return Function(name, f"a {sign} b", rule, 2, 2, takes, doc, _FIRST)


_TABLE = (
    Function("add", "a + b", types.same_number, 2, None, _LIKE, mark("The sum."), _FIRST),
    Function("subtract", "a - b", types.same_number, 2, 2, _LIKE, mark("The difference."), _FIRST),
    Function(
        "multiply",
        "a * b",
        types.product,
        2,
        2,
        mark(
            "money × ratio or count → money; count × money per count → money; ratio × ratio → ratio; money × money is refused"
        ),
        mark("The product; money is rounded to cents only at the end."),
        _FIRST,
    ),
    Function(
        "divide",
        "a / b",
        types.quotient,
        2,
        2,
        mark(
            "money / money → ratio; money / count → money per count; money / ratio → money; count / count → ratio; ratio / ratio → ratio"
        ),
        mark("The quotient, shown to eight places, halves away from zero."),
        mark(
            "unknown as soon as one operand is; a denominator of zero is not meaningful, and nothing that compares it is true"
        ),
    ),
    Function("negate", "-a", types.same_number, 1, 1, _LIKE, mark("The opposite."), _FIRST),
    _comparison(
        "equal",
        "=",
        mark("Equal; at the top of a check money is compared within the tolerance."),
        types.equality,
        _ANY_LIKE,
    ),
    _comparison("not_equal", "<>", mark("Not equal."), types.equality, _ANY_LIKE),
    _comparison("less", "<", mark("Less, or earlier."), types.ordering, _ORDER),
    _comparison(
        "less_or_equal",
        "<=",
        mark("At most; at the top of a check within the tolerance."),
        types.ordering,
        _ORDER,
    ),
    _comparison("greater", ">", mark("Greater, or later."), types.ordering, _ORDER),
    _comparison(
        "greater_or_equal",
        ">=",
        mark("At least; at the top of a check within the tolerance."),
        types.ordering,
        _ORDER,
    ),
    Function(
        "and",
        "a and b",
        types.truths,
        2,
        None,
        _TRUTHS,
        mark("True where all are true."),
        mark("false as soon as one is false, even beside an unknown; else unknown where one is"),
    ),
    Function(
        "or",
        "a or b",
        types.truths,
        2,
        None,
        _TRUTHS,
        mark("True where one is true."),
        mark("true as soon as one is true, even beside an unknown; else unknown where one is"),
    ),
    Function("not", "not a", types.truths, 1, 1, _TRUTHS, mark("The opposite truth."), _FIRST),
    Function(
        "case",
        "case when c then a else b end",
        types.cases,
        3,
        None,
        mark("conditions are truths, values of one type → that type"),
        mark("The value of the first condition that is true."),
        mark("unknown where a condition before the first true one is; values that are not chosen may be unknown"),
    ),
    Function(
        "coalesce",
        "coalesce(a, b)",
        types.same,
        2,
        None,
        mark("values of one type → that type"),
        mark("The first that is known; coalesce(x, 0) says zero on purpose."),
        mark("unknowns are passed over; where all are unknown, the first one's reason"),
        named="coalesce",
    ),
    Function(
        "mean",
        "mean(a, b)",
        types.same_number,
        1,
        None,
        _LIKE,
        mark("The mean of all arguments, as of opening and closing."),
        _FIRST,
        named="mean",
    ),
    Function("abs", "abs(a)", types.same_number, 1, 1, _LIKE, mark("Without its sign."), _FIRST, named="abs"),
    Function("min", "min(a, b)", types.same_number, 1, None, _LIKE, mark("The least."), _FIRST, named="min"),
    Function("max", "max(a, b)", types.same_number, 1, None, _LIKE, mark("The greatest."), _FIRST, named="max"),
    Function(
        "round",
        "round(a, 2)",
        types.number_and_places,
        1,
        2,
        mark("a number, and a whole constant from −8 to 8 → that type; money in yuan"),
        mark("Rounded to so many places (none: whole), halves away from zero."),
        _FIRST,
        named="round",
    ),
)

FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _TABLE}
"""Every function by the name that stands in `Call.function`."""

WRITTEN: Mapping[str, Function] = {function.named: function for function in _TABLE if function.named}
"""Those that people write by name, by that name."""

PUSHED = ("year_ago", "comparative", "param")
"""Written like functions, but resolved by the compiler into cells and parameters; the columns of forms are too."""
