"""The one way in: a file of any kind, and the forms that are found in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from guozi.core.kernel.money import Unit
from guozi.core.reporting.form import Form, Layout
from guozi.core.reporting.mapping import LayoutMapping
from guozi.sources import document, spreadsheet, table
from guozi.sources.reading import Ask, Expected, FileReading, Limits


class Door(Protocol):
    """What every source offers. Exactly one door claims any file."""

    @property
    def claims(self) -> Callable[[bytes], bool]:
        """True where it answers for a file of this content."""

    @property
    def read(self) -> Callable[[bytes, str, Ask], FileReading]:
        """The reading of a file: its content, its name, and what is asked."""


ANYONE = Expected()
LIMITS = Limits()
DOORS: tuple[Door, ...] = (document, table, spreadsheet)


def read_filing(
    data: bytes,
    name: str,
    forms: Mapping[str, tuple[Form, Layout]],
    mappings: Sequence[LayoutMapping] = (),
    units: Sequence[Unit] = (),
    expected: Expected = ANYONE,
    limits: Limits = LIMITS,
    doors: Sequence[Door] = DOORS,
) -> FileReading:
    """Reads a file as filings: one reading for each form in it.

    `name` is the file's name, used in messages only; the content decides. `forms` are those in force, by code, with the layout of the
    period (`Rulebook.forms`). `mappings`: other layouts that the file may have. `units`: units of money beside those of the forms.
    Nothing in a file raises an exception: what is wrong is in `findings`, and a file that cannot be read has no readings.
    """
    ask = Ask(forms=forms, mappings=mappings, units=units, expected=expected, limits=limits)
    return next(door for door in doors if door.claims(data)).read(data, name, ask)
