"""The words that packs may use (units, marks, levels, report types, facts of enterprises) and amounts written with them, read exactly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from guozi.core.kernel.citation import Label
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type, Unit

PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_LOOSE = re.compile(r"\s*([-+\u2212]?)\s*([0-9][0-9,_\s]*)(\.[0-9]+)?(?:[eE]([-+]?[0-9]{1,3}))?\s*")


@dataclass(frozen=True, slots=True)
class WordOf:
    """A word  词: its code, its name, the sign by which it is printed."""

    code: str
    name: Label
    sign: str = ""


@dataclass(frozen=True, slots=True)
class WordSet:
    """A set of words. `attribute` is its name in formulas (`enterprise.industry`, `cover.report_type`), where it has one."""

    code: str
    name: Label
    words: Mapping[str, WordOf]
    open: bool = False
    attribute: str = ""

    def find(self, text: str) -> str | None:
        """The word whose name or sign the text is."""
        return next(
            (word.code for word in self.words.values() if text in (word.name.zh, word.name.en, word.sign)), None
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All sets of all packs loaded together, and the units."""

    sets: Mapping[str, WordSet] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)

    def words(self, name: str) -> Iterable[str]:
        """The words of a set; none where the set does not exist."""
        found = self.sets.get(name)
        return found.words if found else ()

    def attributes(self) -> dict[str, WordSet]:
        """What formulas may ask of the enterprise or of the cover: name → its words."""
        return {each.attribute: each for each in self.sets.values() if each.attribute}


class AmountError(ValueError):
    """An amount that cannot be read: `message` and `hint` are templates, filled from `values`."""

    def __init__(self, message: str, hint: str = "", **values: object) -> None:
        super().__init__(message)
        self.message, self.hint, self.values = message, hint, values


def suggest_number(text: str) -> str | None:
    """The same number as it should be written: `07` → 7, `3.4e1` → 34, `1,000` → 1000, full width → half width; None where it is no number."""
    match = _LOOSE.fullmatch(unicodedata.normalize("NFKC", text).replace("\u2212", "-"))
    if match is None:
        return None
    sign, whole, fraction, exponent = match.groups()
    value = Decimal(re.sub(r"[,_\s]", "", whole) + (fraction or ""))
    if exponent:
        value = value.scaleb(int(exponent))
    value = -value if sign == "-" else value
    return format(value.normalize(), "f") if exponent else format(value, "f")


def read_amount(text: str, unit: Unit, vocabulary: Vocabulary) -> Fraction:
    """A value in base units, exactly: `70%` and `0.70` are 7/10, `3000万元` 30 000 000 yuan; a bare number counts in the file's own unit.

    A bare number in a unit of ratio is the ratio itself (0.70, not 0.70%). AmountError where it is no amount or of another kind.
    """
    body, suffix = text, None
    for word in vocabulary.units.values():
        for label in (word.name.zh, word.name.en, word.code):
            if label and text.endswith(label) and (suffix is None or len(label) > len(text) - len(body)):
                body, suffix = text[: len(text) - len(label)], word
    body = body.rstrip()
    if not PLAIN_NUMBER.fullmatch(body):
        tidy = unicodedata.normalize("NFKC", text)
        if tidy != text:
            tidy = _tidied(tidy, vocabulary)
        else:
            number = suggest_number(body)
            tidy = f"{number}{text[len(body) :]}" if number else ""
        if tidy and tidy != text:
            raise AmountError(mark("'{text}' is not written as a number"), mark("write {right}"), text=text, right=tidy)
        raise AmountError(mark("'{text}' is not a number"), text=text)
    if suffix is not None and suffix.type is not unit.type:
        raise AmountError(
            mark("'{text}' is {kind}, this is {wanted}"), text=text, kind=suffix.type.value, wanted=unit.type.value
        )
    scale = suffix.scale if suffix is not None else Decimal(1) if unit.type is Type.RATIO else unit.scale
    return Fraction(body) * Fraction(scale)


def _tidied(text: str, vocabulary: Vocabulary) -> str:
    number = re.match(r"[-0-9.,]+", text)
    if number is None:
        return ""
    right = suggest_number(number[0])
    return f"{right}{text[number.end() :]}" if right else ""
