"""What moves a filing's state, and what a filing holds: cells exactly as filed, in the filing's own unit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from guozi.core.kernel.errors import ConflictError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import LARGEST

Cells = Mapping[str, Mapping[str, object]]
"""item → column → decimal text, or `{"na": reason}`; what is not there was left blank."""


class State(StrEnum):
    """Where a filing stands: 填报中, 待审, 已退回, 已接受. 未开始 is the absence of a filing under an obligation."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Move(StrEnum):
    """What can be done to a filing."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    ACCEPT = "accept"


MOVES: Mapping[tuple[State, Move], State] = {
    (State.DRAFT, Move.EDIT): State.DRAFT,
    (State.DRAFT, Move.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Move.WITHDRAW): State.DRAFT,
    (State.SUBMITTED, Move.RETURN): State.RETURNED,
    (State.SUBMITTED, Move.ACCEPT): State.ACCEPTED,
    (State.RETURNED, Move.EDIT): State.RETURNED,
    (State.RETURNED, Move.SUBMIT): State.SUBMITTED,
    # a correction after acceptance (重报): the accepted version goes on counting until the next one is accepted
    (State.ACCEPTED, Move.EDIT): State.DRAFT,
    (State.ACCEPTED, Move.RETURN): State.RETURNED,
}


def after(state: State, move: Move) -> State:
    """The state after a move; ConflictError where it cannot be made from here."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise ConflictError(
            mark("a filing that is {state} cannot be moved by {move}"), state=state.value, move=move.value
        ) from None


class NotANumber(ValueError):
    """The text is not an amount."""


def read_amount(text: str) -> Decimal:
    """An amount as stored in `cells`: a plain decimal (`-1234.56`), nothing else; readers of spreadsheets have cleaned it before."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise NotANumber(text) from None
    if not value.is_finite() or abs(value) > LARGEST:
        raise NotANumber(text)
    return value


@dataclass(frozen=True, slots=True)
class Offered:
    """The (item, column) pairs that the layout by which a filing came in carries; None means the whole of the form's layout in force."""

    cells: frozenset[tuple[str, str]] | None = None

    def has(self, item: str, column: str) -> bool:
        """True where that cell could have been filled in."""
        return self.cells is None or (item, column) in self.cells

    def to_json(self) -> dict[str, list[str]]:
        """For storage beside the cells: column → items; `{}` for the whole layout."""
        out: dict[str, list[str]] = {}
        for item, column in sorted(self.cells or ()):
            out.setdefault(column, []).append(item)
        return out

    @classmethod
    def from_json(cls, value: Mapping[str, list[str]]) -> Offered:
        """The inverse of `to_json`."""
        return cls(frozenset((item, column) for column, items in value.items() for item in items) if value else None)


def content_sha256(
    form: str, org: str, period: str, report_type: str, unit: str, currency: str, cells: Cells, offered: Offered
) -> str:
    """The hash on a receipt: over what was filed, as filed, in a canonical JSON (sorted keys, no spaces, UTF-8)."""
    document = {
        "form": form,
        "entity": org,
        "period": period,
        "report_type": report_type,
        "unit": unit,
        "currency": currency,
        "offered": offered.to_json(),
        "cells": {item: dict(columns) for item, columns in cells.items()},
    }
    return hashlib.sha256(
        json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
