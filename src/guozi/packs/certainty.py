"""How certain a value is: the weakest status of what it used, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from guozi.core.formula.engine import Explanation
from guozi.core.formula.tree import Formula, Named, Parameter, walk
from guozi.core.kernel.asof import Dated, Status
from guozi.core.kernel.citation import Citation, Label

if TYPE_CHECKING:
    from guozi.packs.rulebook import Rulebook

_WEAKNESS = {Status.ENACTED: 0, Status.UNVERIFIED: 1, Status.DRAFT: 2, Status.REPEALED: 3}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value is less than certain: the thing used, its status, the pack's own words (None: the text of `cite` was not seen)."""

    code: str
    status: Status
    why: Label | None
    cite: Citation


@dataclass(frozen=True, slots=True)
class Certainty:
    """The weakest status of what was used, and each thing that is not certain."""

    status: Status
    reasons: tuple[Reason, ...]


def weakest(reasons: Iterable[Reason]) -> Certainty:
    """The weakest of the reasons; enacted where there is none. The same reason is told once."""
    told = tuple(dict.fromkeys(reasons))
    status = max((reason.status for reason in told), key=_WEAKNESS.__getitem__, default=Status.ENACTED)
    return Certainty(status, told)


def used_parameters(explanation: Explanation) -> frozenset[tuple[str, str]]:
    """The parameter values that an explanation took: (name, key)."""
    return frozenset(
        (part.label, str(part.parts[0].value) if part.parts else "")
        for part in explanation.walk()
        if part.kind == "parameter"
    )


def of_row(code: str, row: Dated) -> Certainty:
    """Of a dated row by itself, the weaker parts that it names included."""
    unverified: Mapping[str, Label] = getattr(row, "unverified", {})
    return weakest(
        (*_of_status(code, row), *(Reason(code, Status.UNVERIFIED, why, row.cite) for why in unverified.values()))
    )


def of_indicator(book: Rulebook, code: str, used: frozenset[tuple[str, str]] | None) -> Certainty:
    """Of an indicator: its definition, the indicators under it, the parameter values that it takes."""
    bound = book.indicators[code]
    return weakest((*of_row(code, bound.version).reasons, *_under(book, (bound.formula,), used)))


def of_warning(book: Rulebook, code: str, used: frozenset[tuple[str, str]] | None) -> Certainty:
    """Of a warning: its statement, what it measures and the lines that it compares with."""
    bound = book.warnings[code]
    formulas = (bound.measure, *(level.when for level in bound.levels))
    return weakest((*of_row(code, bound.version).reasons, *_under(book, formulas, used)))


def _of_status(code: str, row: Dated) -> tuple[Reason, ...]:
    return () if row.status is Status.ENACTED else (Reason(code, row.status, None, row.cite),)


def _under(book: Rulebook, formulas: Iterable[Formula], used: frozenset[tuple[str, str]] | None) -> list[Reason]:
    reasons: list[Reason] = []
    for formula in formulas:
        for node in walk(formula.root):
            if isinstance(node, Named) and node.code in book.indicators:
                reasons += of_row(node.code, book.indicators[node.code].version).reasons
            elif isinstance(node, Parameter):
                reasons += _of_parameter(book, node.name, used)
    return reasons


def _of_parameter(book: Rulebook, name: str, used: frozenset[tuple[str, str]] | None) -> list[Reason]:
    reasons: list[Reason] = []
    member = name.partition(".")[2]
    for (other, key), row in book.parameter_rows.items():
        if other != name or (used is not None and (name, key) not in used):
            continue
        spot = f"values.{member}.{key}".rstrip(".")
        reasons += _of_status(name, row)
        reasons += [
            Reason(name, Status.UNVERIFIED, why, row.cite)
            for path, why in row.unverified.items()
            if not path.startswith("values.") or fnmatchcase(spot, path) or spot.startswith(f"{path}.")
        ]
    return reasons
