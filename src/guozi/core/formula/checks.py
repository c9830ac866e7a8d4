"""What is told of formulas as checks: how many terms, which tolerance at the top comparison, and what an unknown result concerns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from math import ceil

from guozi.core.formula import types
from guozi.core.formula.engine import Rule
from guozi.core.formula.normal import quotient_of
from guozi.core.formula.tree import Attribute, Call, Cell, Formula, Named, Node, Parameter
from guozi.core.kernel.money import Type

TOLERANT = frozenset({"equal", "less_or_equal", "greater_or_equal"})
"""The comparisons to which a tolerance applies at the top of a check."""


def top_comparison(root: Node) -> Call | None:
    """The comparison at the root, whose two sides a check shows; None where the root is anything else."""
    return root if isinstance(root, Call) and root.function in types.COMPARISONS else None


def top_cells(node: Node) -> tuple[Cell, ...]:
    """The distinct cells that a tree reads, left to right; a cell's `otherwise` belongs to the cell."""
    return tuple(dict.fromkeys(leaf for leaf in _leaves(node) if isinstance(leaf, Cell)))


@lru_cache(maxsize=4096)
def terms(formula: Formula) -> int:
    """How many rounded amounts are added up to be compared with one: 3 in `total = a + b + c`; 0 where the root compares no money.

    A coefficient counts by its size: `2 * a` errs like two terms. Kept once worked out: it is a third of what a draft's checks cost.
    """
    top = top_comparison(formula.root)
    if top is None or top.args[0].type is not Type.MONEY:
        return 0
    weight = 0
    for side in top.args:
        quotient = quotient_of(side)
        if quotient is not None and quotient.denominator.is_constant:
            sizes = sum(abs(coefficient) for _, coefficient in quotient.numerator.terms)
            weight += ceil(sizes / quotient.denominator.constant)
        else:
            weight += sum(1 for leaf in _leaves(side) if isinstance(leaf, Cell))
    return max(1, weight - 1)


def step_tolerance(terms: int, step: Decimal) -> Decimal:
    """The most by which a sum of so many rounded terms may miss its rounded total: (terms + 1) / 2 of the rounding step, in yuan."""
    return (terms + 1) * step / 2


def applied_tolerance(rule: Rule, step: Decimal) -> Decimal | None:
    """The tolerance at a rule's top comparison, in yuan; None where none applies: only `=`, `<=` and `>=` of money have one."""
    top = top_comparison(rule.formula.root)
    if top is None or top.function not in TOLERANT or top.args[0].type is not Type.MONEY:
        return None
    return step_tolerance(terms(rule.formula), step) if rule.tolerance is None else rule.tolerance


def concerned(node: Node) -> str:
    """What an unknown result of this node concerns: the indicator's code, else the codes that it reads, each once, comma separated."""
    codes = (_code(leaf) for leaf in ((node,) if isinstance(node, Named) else _leaves(node)))
    return ", ".join(dict.fromkeys(code for code in codes if code))


def _code(leaf: Node) -> str:
    match leaf:
        case Cell(item=item):
            return item
        case Named(code=code):
            return code
        case Parameter(name=name):
            return name
        case Attribute(source=source, name=name):
            return f"{source}.{name}"
        case _:
            return ""


def _leaves(node: Node) -> Iterator[Node]:
    children = () if isinstance(node, Cell) else node.children()
    if not children or isinstance(node, Parameter):
        yield node
    for child in children:
        yield from _leaves(child)
