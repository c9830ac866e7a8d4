"""The door behind every number: an address of the why page that carries what the number is, and, signed, the value that was shown."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.core.signing import Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

from guozi.app.indicators.figures import Figures

SIGNED = 16
"""Characters of the signature that an address carries: enough that none is found by trying, short enough to be sent by mail."""


def known_text(known: datetime | None) -> str:
    """A moment of knowledge as an address carries it: microseconds since 1970; empty for the provisional view."""
    return "" if known is None else str(int(known.timestamp() * 1_000_000))


def known_of(text: str) -> datetime | None:
    """The inverse of `known_text`; None for nonsense too, which then reads as the provisional view."""
    if not (text.isascii() and text.isdigit() and len(text) <= 17):
        return None
    seconds, rest = divmod(int(text), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)


def signature(code: str, uid: UUID, period: str, known: str, kind: str, shown: str) -> str:
    """Over everything that says which number it is, and the value itself."""
    text = "\n".join((code, str(uid), period, known, kind, shown))
    return Signer(salt="guozi.why").signature(text)[:SIGNED]


def genuine(code: str, uid: UUID, period: str, known: str, kind: str, shown: str, signed: str) -> bool:
    """True where this system made that address."""
    return constant_time_compare(signed, signature(code, uid, period, known, kind, shown))


def why_url(figures: Figures, code: str, uid: UUID, value: object, *, kind: str = "sum") -> str:
    """The address behind a number of a view. `kind`: `sum` for the sum of all under an entity, else the report type, empty for its own sheet.

    `value` is what was shown: a number, a text, an Unknown; None leaves it out, for an address that claims nothing.
    """
    period, known = str(figures.period), known_text(figures.known)
    shown = "" if value is None else str(value)
    parameters = {"code": code, "kind": kind, "known": known, "shown": shown}
    parameters["sig"] = signature(code, uid, period, known, kind, shown)
    return f"{reverse('decisions:why', args=[uid, period])}?{urlencode({key: text for key, text in parameters.items() if text})}"
