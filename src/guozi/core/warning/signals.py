"""From the truth of a rule's levels to a signal: the gravest true level, held until the rule says that it clears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guozi.core.formula.tree import Value


@dataclass(frozen=True, slots=True)
class Standing:
    """How a rule stands for one entity after a period  预警状态: its level (empty: none), and for how many periods in a row it has been quiet."""

    level: str = ""
    quiet: int = 0
    raised_now: bool = False


def next_standing(
    before: Standing, levels: Sequence[str], truths: Mapping[str, Value], clears: Value | None, clears_after: int
) -> Standing:
    """The standing after one more period.

    `levels` gravest first; `truths`: level → truth (an unknown is not true). A signal that was raised stays at its level while nothing
    fires but `clears` is not (or not yet for `clears_after` periods in a row) true: so a value that dances on the line does not flicker.
    A rule without `clears` clears as soon as nothing fires.
    """
    for level in levels:
        if truths.get(level) is True:
            return Standing(level, 0, raised_now=level != before.level)
    if not before.level:
        return Standing()
    if clears is None:
        return Standing()
    if clears is True:
        quiet = before.quiet + 1
        return Standing() if quiet >= clears_after else Standing(before.level, quiet)
    return Standing(before.level, 0)
