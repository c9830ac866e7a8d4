"""The switchboard: the one place of the application that imports packs, engines and sources, and chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from django.utils import timezone

from guozi import packs, sources
from guozi.core.formula.engine import Book
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.period import Period
from guozi.engines.reference import Judge
from guozi.packs import Library, Rulebook, load_files

__all__ = [
    "Library",
    "Rulebook",
    "attributes",
    "judge",
    "library",
    "load_files",
    "pack_root",
    "readers",
    "rulebook",
]


def pack_root() -> Path:
    """The folder that holds the packs."""
    return packs.default_root()


@cache
def library() -> Library:
    """The packs on disk, loaded once a process."""
    return packs.load(pack_root())


def rulebook(period: Period, known: date | None = None) -> Rulebook:
    """What governs that period, as known on that day (today unless told otherwise); made once for each set of rows in force."""
    return library().rulebook(AsOf(period.end, known or timezone.localdate()))


def attributes() -> Mapping[str, frozenset[str]]:
    """Attributes that an enterprise may have → the words that each may take; empty where any text will do."""
    known = library().vocabulary.attributes()
    prefix = "enterprise."
    return {
        name.removeprefix(prefix): frozenset(words.words) for name, words in known.items() if name.startswith(prefix)
    }


def judge(book: Book) -> Judge:
    """The reference evaluation over one filer's cells."""
    return Judge(book)


def readers() -> tuple[sources.Door, ...]:
    """The ways in which a filing may come in."""
    return sources.DOORS
