"""Comparisons multiplied out: both sides as N / D with N and D linear, so that an engine compares exactly, by the sign of D."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from guozi.core.formula import types
from guozi.core.formula.tree import Attribute, Call, Cell, Constant, Named, Node, Parameter

_EXACT = frozenset({"add", "subtract", "negate", "coalesce", "abs", "min", "max"})


@dataclass(frozen=True, slots=True)
class Linear:
    """Whole coefficients of atoms, and a whole constant.

    Atoms: cells, parameters, numeric attributes, and calls of `coalesce`, `abs`, `min`, `max` over them.
    An atom whose coefficient is 0 stays: where it is unknown, so is the comparison.
    """

    terms: tuple[tuple[Node, int], ...]
    constant: int

    @property
    def is_constant(self) -> bool:
        """True where it holds no atom at all."""
        return not self.terms


@dataclass(frozen=True, slots=True)
class Quotient:
    """N / D. A denominator that is constant is positive."""

    numerator: Linear
    denominator: Linear


@dataclass(frozen=True, slots=True)
class Multiplied:
    """`left function right`, to be decided as `N₁ · D₂ function N₂ · D₁`, turned around where D₁ · D₂ < 0.

    Unknown where an atom is unknown; not meaningful where D₁ or D₂ is 0.
    """

    function: str
    left: Quotient
    right: Quotient


def multiplied(node: Node) -> Multiplied | None:
    """The exact form of a comparison of numbers.

    None where a side is not N / D with N and D linear: a product of cells, a rounding, a `case` …
    """
    if not (isinstance(node, Call) and node.function in types.COMPARISONS and node.args[0].type in types.NUMBERS):
        return None
    left, right = (quotient_of(arg) for arg in node.args)
    return None if left is None or right is None else Multiplied(node.function, left, right)


def quotient_of(node: Node) -> Quotient | None:
    """A numeric expression as N / D with whole coefficients, or None."""
    side = _side(node)
    if side is None:
        return None
    top, bottom = side
    factors = [part.denominator for linear in side for part in (*linear.terms.values(), linear.constant)]
    scale = Fraction(lcm(*factors))
    if not bottom.terms and bottom.constant < 0:
        scale = -scale
    return Quotient(top.scaled(scale).whole(), bottom.scaled(scale).whole())


@dataclass(frozen=True, slots=True)
class _Sum:
    """As `Linear`, with fractions."""

    terms: Mapping[Node, Fraction] = field(default_factory=dict)
    constant: Fraction = Fraction(0)

    def scaled(self, factor: Fraction) -> _Sum:
        return _Sum({atom: part * factor for atom, part in self.terms.items()}, self.constant * factor)

    def plus(self, other: _Sum) -> _Sum:
        terms = dict(self.terms)
        for atom, part in other.terms.items():
            terms[atom] = terms.get(atom, Fraction(0)) + part
        return _Sum(terms, self.constant + other.constant)

    def whole(self) -> Linear:
        return Linear(tuple((atom, int(part)) for atom, part in self.terms.items()), int(self.constant))


_Side = tuple[_Sum, _Sum]
_ONE = _Sum(constant=Fraction(1))


def _side(node: Node) -> _Side | None:
    """Numerator and denominator; a denominator without atoms is always 1."""
    match node:
        case Constant(value=Fraction() as value):
            return _Sum(constant=value), _ONE
        case Cell() | Parameter() | Attribute() if node.type in types.NUMBERS:
            return _Sum({node: Fraction(1)}), _ONE
        case Named(body=body):
            return _side(body)
        case Call():
            return _call(node)
        case _:
            return None


def _call(node: Call) -> _Side | None:
    if node.function in ("coalesce", "abs", "min", "max"):
        return (_Sum({node: Fraction(1)}), _ONE) if _is_exact(node) else None
    if node.function not in ("add", "subtract", "negate", "mean", "multiply", "divide"):
        return None
    sides = [_side(arg) for arg in node.args]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return None
    match node.function:
        case "multiply":
            return _product(known[0], known[1]) or _product(known[1], known[0])
        case "divide":
            return _quotient(known[0], known[1])
        case "negate":
            return known[0][0].scaled(Fraction(-1)), known[0][1]
        case "subtract":
            known[1] = known[1][0].scaled(Fraction(-1)), known[1][1]
    total: _Side | None = known[0]
    for side in known[1:]:
        total = None if total is None else _total(total, side)
    if total is not None and node.function == "mean":
        return total[0].scaled(Fraction(1, len(known))), total[1]
    return total


def _total(left: _Side, right: _Side) -> _Side | None:
    if left[1] == right[1]:
        return left[0].plus(right[0]), left[1]
    for one, other in ((left, right), (right, left)):
        if not other[0].terms and not other[1].terms:  # N / D + c = (N + c · D) / D
            return one[0].plus(one[1].scaled(other[0].constant)), one[1]
    return None


def _product(side: _Side, factor: _Side) -> _Side | None:
    constant = not factor[0].terms and not factor[1].terms
    return (side[0].scaled(factor[0].constant), side[1]) if constant else None


def _quotient(left: _Side, right: _Side) -> _Side | None:
    if right[1].terms:
        return None
    if not right[0].terms:
        return (left[0].scaled(1 / right[0].constant), left[1]) if right[0].constant else None
    return None if left[1].terms else (left[0], right[0])


def _is_exact(node: Node) -> bool:
    """True where a tree only adds, picks and turns signs, so that decimals hold every step of it."""
    match node:
        case Cell() | Constant() | Parameter() | Attribute():
            return node.type in types.NUMBERS
        case Named(body=body):
            return _is_exact(body)
        case Call(function=function, args=args):
            return function in _EXACT and all(_is_exact(arg) for arg in args)
        case _:
            return False
