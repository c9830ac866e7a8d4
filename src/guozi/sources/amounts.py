"""Reads what people write where a number belongs: commas, brackets, full-width digits, dashes, percent, floats of spreadsheet programs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import CENT, LARGEST, Type, Unit, round_half_away
from guozi.sources.reading import plain

Content = str | float | int | bool | date | datetime | time | timedelta | None
"""What a cell of a spreadsheet can hold."""

_AS_TYPED = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width forms
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\ufe58\ufe63\uff0d\u30fc"), "-")
    | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t\r\n"), " ")
    | {0xFFE5: "¥"}
)
"""What a keyboard for Chinese gives for a character of a number. Not Unicode's own folding, which makes 32 of 3²."""

_BLANK = re.compile(r"-*")
_NOT_APPLICABLE = frozenset({"不适用", "n/a", "na", "notapplicable"})
_NUMBER = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+|(?=\.[0-9]))(?P<part>\.[0-9]*)?(?P<power>[eE][+-]?[0-9]{1,3})?"
)
_MOST_DIGITS = 40
_KEPT_DIGITS = 15  # of a number, in what spreadsheet programs show and keep
_NOISE_ULPS = 64  # what a sum of some hundred binary fractions may be off by


@dataclass(frozen=True, slots=True)
class Amount:
    """A content understood: `text` as it is filed (None: blank), `note` the kind of remark if something was done, or the reason."""

    text: str | None = None
    note: str = ""
    before: str = ""
    not_applicable: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A content that is not what the item asks for: the stable kind and the message, in which {text}, {item} and {unit} may stand."""

    kind: str
    message: str
    text: str


BLANK = Amount()


def shown(content: Content) -> str:
    """A content as a person saw it, near enough."""
    if isinstance(content, bool):
        return "TRUE" if content else "FALSE"
    if isinstance(content, float):
        return plain(_whole(Decimal(repr(content)))) if abs(content) < 1e40 else repr(content)
    return "" if content is None else str(content)


def read_amount(content: Content, unit: Unit, money: Unit) -> Amount | Bad:
    """The value of one cell for an item of that unit, `money` being the filing's own unit of money.

    Nothing is guessed: what could be read two ways is Bad. Money finer than a cent is kept and remarked upon; noise of binary fractions
    (more than 15 digits, a few units in the last place and less than a hundredth of a cent away from whole cents) is rounded away and remarked upon.
    """
    if content is None or content == "":
        return BLANK
    if unit.type in (Type.TEXT, Type.DATE):
        return _other(content, unit)
    if isinstance(content, bool) or not isinstance(content, (str, float, int)):
        return _NOT_A_NUMBER if isinstance(content, bool) else Bad("date-for-number", _DATE, shown(content))
    used = money if unit.type is Type.MONEY else unit
    return _from_text(content, used) if isinstance(content, str) else _from_number(content, used)


class Quick:
    """The short way for the commonest content, a plain number in a money cell: the same text as `read_amount`, without a remark.

    Most cells of most filings go this way; the test holds it equal to the long way.
    """

    def __init__(self, money: Unit) -> None:
        self.places = max(0, -int((CENT / money.scale).as_tuple().exponent))
        self.most = min(1e15, float(LARGEST / money.scale) / 2)

    def text(self, number: float) -> str:
        """The amount as filed, or nothing where the long way must be gone."""
        if not -self.most < number < self.most:
            return ""
        whole, _, part = repr(number).partition(".")
        if part == "0":
            return whole if number else "0"
        return f"{whole}.{part}" if len(part) <= self.places and part.isdigit() else ""


_DATE = mark("a date stands where a number belongs: {text}")
_TEXT = mark("'{text}' is not a number")
_LARGE = mark("{text} is larger than any amount that can be filed")
_PERCENT = mark("'{text}' is a percentage, but {item} is in {unit}")
_NOT_A_DATE = mark("'{text}' is not a date: write 2025-12-31")
_NOT_A_NUMBER = Bad("not-a-number", _TEXT, "TRUE")


def _other(content: Content, unit: Unit) -> Amount | Bad:
    if isinstance(content, datetime):
        content = content.date()
    text = shown(content).strip()
    if unit.type is Type.DATE and not isinstance(content, date):
        try:
            text = date.fromisoformat(text.translate(_AS_TYPED).replace("/", "-")).isoformat()
        except ValueError:
            return Bad("not-a-date", _NOT_A_DATE, text)
    return Amount(text or None)


def _whole(value: Decimal) -> Decimal:
    """215400 for the 215400.0 that a spreadsheet program stores."""
    return value.to_integral_value() if value == value.to_integral_value() else value


def _from_number(content: float, unit: Unit) -> Amount | Bad:
    text = repr(content)
    if not -1e40 < content < 1e40:  # true also for infinity and not-a-number
        return Bad("too-large", _LARGE, text)
    value = Decimal(text)
    if value == value.to_integral_value():
        return _checked(_whole(value), unit, "", text)
    digits = len(value.as_tuple().digits)
    if unit.type is Type.MONEY and digits >= _KEPT_DIGITS:
        step = CENT / unit.scale
        rounded = round_half_away(value, step)
        if 0 < abs(rounded - value) <= min(_NOISE_ULPS * Decimal(math.ulp(content)), step / 100):
            return _checked(_short(rounded), unit, "float-noise", text)
    elif digits > _KEPT_DIGITS:
        rounded = Decimal(f"{content:.{_KEPT_DIGITS}g}")
        if len(rounded.as_tuple().digits) <= 12:  # 0.1 + 0.2: noise is evident only where a short number lies that near
            return _checked(rounded, unit, "float-noise", text)
    return _checked(value, unit, "", text)


def _short(value: Decimal) -> Decimal:
    """Without zeros behind the point, which a float never had."""
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _from_text(content: str, unit: Unit) -> Amount | Bad:
    text = content.translate(_AS_TYPED).strip()
    bare = text.replace(" ", "")
    if _BLANK.fullmatch(bare):
        return BLANK
    if bare.lower() in _NOT_APPLICABLE:
        return Amount(not_applicable=content.strip())
    body, negative = text, False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    elif body[0] in "+-":
        body, negative = body[1:].strip(), body[0] == "-"
    body = body.removeprefix("¥").strip()
    percent = body.endswith("%")
    match = _NUMBER.fullmatch(body[:-1].rstrip() if percent else body)
    if match is None or len(body) > 2 * _MOST_DIGITS:
        return Bad("not-a-number", _TEXT, content)
    if percent and unit.type is not Type.RATIO:
        return Bad("percent-for-number", _PERCENT, content)
    power = int(match["power"][1:]) if match["power"] else 0
    if abs(power) > _MOST_DIGITS:
        return Bad("too-large" if power > 0 else "not-a-number", _LARGE if power > 0 else _TEXT, content)
    number = re.sub("[, ]", "", match["whole"]) + (match["part"] or "").rstrip(".")
    value = Decimal(number or "0").scaleb(power)
    if percent:
        value = value * Decimal("0.01") / unit.scale
    value = -value if negative else value
    return _checked(value, unit, "" if plain(value) == content else "number-as-text", content)


def _checked(value: Decimal, unit: Unit, note: str, before: str) -> Amount | Bad:
    if unit.type is Type.MONEY:
        if abs(value) * unit.scale > LARGEST:
            return Bad("too-large", _LARGE, before)
        if not note or note == "number-as-text":
            cents = value * unit.scale / CENT
            if cents != cents.to_integral_value():
                note = "too-fine"
    return Amount(plain(value), note, before)
