"""Which types go together: what a sum, a product, a quotient and a comparison of given types give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from guozi.core.formula.tree import Call, Constant, Node
from guozi.core.kernel.money import Type

NUMBERS = frozenset({Type.MONEY, Type.RATIO, Type.COUNT, Type.MONEY_PER_COUNT})

_PRODUCTS = {
    (Type.MONEY, Type.RATIO): Type.MONEY,
    (Type.MONEY, Type.COUNT): Type.MONEY,
    (Type.COUNT, Type.MONEY_PER_COUNT): Type.MONEY,
    (Type.COUNT, Type.RATIO): Type.COUNT,
    (Type.COUNT, Type.COUNT): Type.COUNT,
    (Type.RATIO, Type.RATIO): Type.RATIO,
    (Type.RATIO, Type.MONEY_PER_COUNT): Type.MONEY_PER_COUNT,
}
_QUOTIENTS = {
    (Type.MONEY, Type.MONEY): Type.RATIO,
    (Type.MONEY, Type.COUNT): Type.MONEY_PER_COUNT,
    (Type.MONEY, Type.RATIO): Type.MONEY,
    (Type.MONEY, Type.MONEY_PER_COUNT): Type.COUNT,
    (Type.COUNT, Type.COUNT): Type.RATIO,
    (Type.COUNT, Type.RATIO): Type.COUNT,
    (Type.RATIO, Type.RATIO): Type.RATIO,
    (Type.RATIO, Type.COUNT): Type.RATIO,
    (Type.MONEY_PER_COUNT, Type.MONEY_PER_COUNT): Type.RATIO,
    (Type.MONEY_PER_COUNT, Type.RATIO): Type.MONEY_PER_COUNT,
}

COMPARISONS = frozenset({"equal", "not_equal", "less", "less_or_equal", "greater", "greater_or_equal"})


def adapt(args: Sequence[Node]) -> tuple[Node, ...]:
    """Constants take the type of what they stand beside, where they can.

    0 is any amount, a number may count, money may be per head, a text may be a date.
    """
    fixed = next((arg.type for arg in args if not isinstance(arg, Constant)), None)
    if fixed is None:
        fixed = next((arg.type for arg in args if arg.type is not Type.RATIO), None)
    return tuple(_as(arg, fixed) if isinstance(arg, Constant) and fixed is not None else arg for arg in args)


def _as(constant: Constant, type_: Type) -> Constant:
    if constant.type is type_:
        return constant
    zero = constant.value == 0 and constant.type in NUMBERS
    fits = (
        (zero and type_ in NUMBERS)
        or (constant.type is Type.RATIO and type_ is Type.COUNT)
        or (constant.type is Type.MONEY and type_ is Type.MONEY_PER_COUNT)
    )
    if fits:
        return replace(constant, type=type_)
    if type_ is Type.DATE and isinstance(constant.value, str):
        try:
            return replace(constant, type=type_, value=date.fromisoformat(constant.value))
        except ValueError:
            return constant
    return constant


def same(args: Sequence[Node]) -> Type | None:
    """The one type of all, or None."""
    return args[0].type if len({arg.type for arg in args}) == 1 else None


def same_number(args: Sequence[Node]) -> Type | None:
    """The one type of all, where it is a number."""
    type_ = same(args)
    return type_ if type_ in NUMBERS else None


def number_and_places(args: Sequence[Node]) -> Type | None:
    """The type of the first, a number; the second, if any, is written out as a whole number from −8 to 8."""
    if args[0].type not in NUMBERS:
        return None
    return args[0].type if len(args) == 1 or places_of(args) is not None else None


def places_of(args: Sequence[Node]) -> int | None:
    """The places that `round` is asked for (0 where it does not say), None where they are no constant from −8 to 8."""
    if len(args) == 1:
        return 0
    value = args[1].value if isinstance(args[1], Constant) else None
    fits = isinstance(value, Fraction) and value.denominator == 1 and -8 <= value <= 8
    return int(value) if fits and isinstance(value, Fraction) else None


def product(args: Sequence[Node]) -> Type | None:
    """Money × ratio is money, count × money per count is money …"""
    left, right = args[0].type, args[1].type
    return _PRODUCTS.get((left, right)) or _PRODUCTS.get((right, left))


def quotient(args: Sequence[Node]) -> Type | None:
    """Money / money is a ratio, money / count is money per count …"""
    return _QUOTIENTS.get((args[0].type, args[1].type))


def truths(args: Sequence[Node]) -> Type | None:
    """All are true or false."""
    return Type.TRUTH if all(arg.type is Type.TRUTH for arg in args) else None


def equality(args: Sequence[Node]) -> Type | None:
    """Like with like, of any type."""
    return None if same(args) is None else Type.TRUTH


def ordering(args: Sequence[Node]) -> Type | None:
    """Like with like, of numbers or dates."""
    type_ = same(args)
    return Type.TRUTH if type_ in NUMBERS or type_ is Type.DATE else None


def cases(args: Sequence[Node]) -> Type | None:
    """Condition, value, condition, value …, else: conditions are truths, values of one type."""
    return same((*args[1::2], args[-1])) if truths(args[:-1:2]) else None


def is_comparison(node: Node) -> bool:
    """True for `=`, `<>`, `<`, `<=`, `>`, `>=`."""
    return isinstance(node, Call) and node.function in COMPARISONS
