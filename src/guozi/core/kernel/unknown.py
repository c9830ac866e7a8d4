"""Unknown is a value of its own, with its reason; nothing turns it into 0."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guozi.core.kernel.findings import mark


class Why(StrEnum):
    """The kinds of reason for which a value is unknown, in the order in which they are told (the first operand's reason wins)."""

    NOT_FILED = "not-filed"  # the form was not submitted for that period
    NOT_OFFERED = "not-offered"  # the layout or mapping does not carry that row or column
    BLANK = "blank"  # offered, left empty, and blank does not mean zero there
    NOT_APPLICABLE = "not-applicable"  # the filer said so, with a reason
    NOT_MEANINGFUL = "not-meaningful"  # a denominator of zero, a root of a negative …
    NO_LAW = "no-law"  # no rule was in force and known on that date
    NO_PARAMETER = "no-parameter"  # no value for that key on that date
    NO_ATTRIBUTE = "no-attribute"  # the register does not say this of the enterprise
    NO_DATA = "no-data"  # an aggregate of which no member is known
    TOO_LARGE = "too-large"  # beyond what an amount may be


WHY_TEXT = {
    Why.NOT_FILED: mark("not filed: {what}"),
    Why.NOT_OFFERED: mark("not asked for in this layout: {what}"),
    Why.BLANK: mark("left blank: {what}"),
    Why.NOT_APPLICABLE: mark("not applicable: {what}"),
    Why.NOT_MEANINGFUL: mark("not meaningful: {what}"),
    Why.NO_LAW: mark("no rule in force: {what}"),
    Why.NO_PARAMETER: mark("no parameter: {what}"),
    Why.NO_ATTRIBUTE: mark("not in the register: {what}"),
    Why.NO_DATA: mark("nothing known to add up: {what}"),
    Why.TOO_LARGE: mark("too large: {what}"),
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown value  未知值. `what` names the cell, form or operand concerned, e.g. `cash_flow 2025` or `total_assets`."""

    why: Why
    what: str = ""

    def __str__(self) -> str:
        """`why what`, the form in which reasons are stored beside facts and printed by `--json`."""
        return f"{self.why.value} {self.what}".strip()

    @classmethod
    def parse(cls, text: str) -> Unknown:
        """The inverse of `str`."""
        why, _, what = text.partition(" ")
        return cls(Why(why), what)
