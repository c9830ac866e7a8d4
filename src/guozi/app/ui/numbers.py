"""How numbers are written: thousands, true minus, places, units, changes in words. Pure: no request, no HTML."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.money import round_half_away
from guozi.core.kernel.unknown import WHY_TEXT, Unknown, Why

Number = Decimal | Fraction | int
"""A known number, exact."""

MINUS: Final = "\u2212"
NOT_FILED: Final = "\u2014"


class MoneyUnit(StrEnum):
    """The unit in which amounts are shown; the reader's choice."""

    YUAN = "yuan"
    WAN = "wan"
    YI = "yi"

    @property
    def scale(self) -> int:
        """How many yuan one of it is."""
        return {MoneyUnit.YUAN: 1, MoneyUnit.WAN: 10**4, MoneyUnit.YI: 10**8}[self]

    @property
    def word(self) -> str:
        """Its name in the reader's language."""
        return str(_UNIT_WORDS[self])


_UNIT_WORDS: Final[dict[MoneyUnit, object]] = {
    MoneyUnit.YUAN: pgettext_lazy("unit of money", "CNY"),
    MoneyUnit.WAN: pgettext_lazy("unit of money", "10k CNY"),
    MoneyUnit.YI: pgettext_lazy("unit of money", "100m CNY"),
}


def grouped(value: Number, places: int = 2) -> str:
    """A number with thousands commas and a true minus (U+2212), rounded half away from zero; zero never carries a minus."""
    rounded = round_half_away(Decimal(value) if isinstance(value, int) else value, Decimal(1).scaleb(-places))
    text = f"{abs(rounded):,.{places}f}"
    return MINUS + text if rounded < 0 else text


def money(yuan: Number, unit: MoneyUnit, places: int = 2) -> str:
    """An amount of yuan in `unit`, without the unit's name: `2,318.47`."""
    return grouped(Fraction(yuan) / unit.scale, places)


def percent(value: Number, places: int = 2) -> str:
    """A ratio (0.6184) as a percentage without its sign: `61.84`."""
    return grouped(Fraction(value) * 100, places)


def plain(value: Number) -> str:
    """A number for a machine: no commas, an ASCII minus, no exponent; a fraction without an end is cut at 20 places."""
    exact = value if isinstance(value, Decimal) else round_half_away(Fraction(value), Decimal(1).scaleb(-20))
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def unknown_word(value: Unknown) -> str:
    """What stands in the place of an unknown value: a dash, or the words for what is not owed or has no meaning."""
    if value.why is Why.NOT_APPLICABLE:
        return gettext("N/A")
    if value.why is Why.NOT_MEANINGFUL:
        return gettext("n.m.")
    return NOT_FILED


def unknown_reason(value: Unknown) -> str:
    """Why a value is unknown, as a sentence part in the reader's language."""
    return gettext(WHY_TEXT[value.why]).format(what=value.what).rstrip(": \uff1a")


class Tone(StrEnum):
    """Whether a change is good: told by the indicator's direction, never by the arrow."""

    FAVOURABLE = "fav"
    UNFAVOURABLE = "unfav"
    NEUTRAL = ""


class Sense(StrEnum):
    """What a negative amount means: a loss (profit items), or only a sign (flows, balances)."""

    PROFIT = "profit"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Change:
    """A change against an earlier value: arrow (`up`, `down`, or none), text, unit word, tone, and the words for a screen reader."""

    arrow: str
    text: str
    unit: str
    tone: Tone
    spoken: str


_SIGN_WORDS: Final[dict[tuple[Sense, str], object]] = {
    (Sense.PROFIT, "to_minus"): gettext_lazy("To loss"),
    (Sense.PROFIT, "to_plus"): gettext_lazy("To profit"),
    (Sense.PROFIT, "more"): gettext_lazy("Loss up"),
    (Sense.PROFIT, "less"): gettext_lazy("Loss down"),
    (Sense.SIGN, "to_minus"): gettext_lazy("To negative"),
    (Sense.SIGN, "to_plus"): gettext_lazy("To positive"),
    (Sense.SIGN, "more"): gettext_lazy("More negative"),
    (Sense.SIGN, "less"): gettext_lazy("Less negative"),
}


def _tone(rising: bool, direction: Direction) -> Tone:
    if direction is Direction.NEITHER:
        return Tone.NEUTRAL
    return Tone.FAVOURABLE if rising is (direction is Direction.HIGHER) else Tone.UNFAVOURABLE


def _arrow(rising: bool, text: str, unit: str, direction: Direction) -> Change:
    tone = _tone(rising, direction)
    if tone is Tone.UNFAVOURABLE:
        spoken = gettext("up (unfavourable)") if rising else gettext("down (unfavourable)")
    else:
        spoken = gettext("up") if rising else gettext("down")
    return Change("up" if rising else "down", text, unit, tone, spoken)


def _flat() -> Change:
    return Change("", pgettext("change", "Unchanged"), "", Tone.NEUTRAL, "")


def change(now: Number, before: Number, direction: Direction, sense: Sense = Sense.SIGN) -> Change:
    """The change of an amount or a count, in percent of the earlier value with one place.

    Where the earlier value is zero or negative, or the sign has turned, a percentage would mislead: words stand instead.
    """
    difference = Fraction(now) - Fraction(before)
    if difference == 0:
        return _flat()
    rising = difference > 0
    if before == 0:
        return Change("", pgettext("change", "New"), "", Tone.NEUTRAL, "")
    if before > 0 and now >= 0:
        share = abs(difference) / Fraction(before) * 100
        text = grouped(share, 1)
        return _flat() if text == "0.0" else _arrow(rising, text + "%", "", direction)
    if before > 0:
        key = "to_minus"
    elif now > 0:
        key = "to_plus"
    else:
        key = "less" if rising else "more"
    return Change("", str(_SIGN_WORDS[sense, key]), "", _tone(rising, direction), "")


def points(now: Number, before: Number, direction: Direction, places: int = 2) -> Change:
    """The difference of two ratios in percentage points, never in percent."""
    difference = (Fraction(now) - Fraction(before)) * 100
    text = grouped(abs(difference), places)
    if not text.strip("0."):
        return _flat()
    return _arrow(difference > 0, text, gettext("pp"), direction)
