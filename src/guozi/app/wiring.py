"""The switchboard: the one place of the application that imports packs, engines and sources, and chooses among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from guozi import packs, sources
from guozi.core.formula.engine import Book, Engine
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import Finding, mark
from guozi.core.kernel.period import Period
from guozi.engines.compare import Difference, compare as compare_engines
from guozi.engines.duckdb import DuckDBEngine
from guozi.engines.parts import FactRow, Part, content_sha256, write_entities, write_part
from guozi.engines.reference import Judge, ReferenceEngine, final
from guozi.engines.runs import write_values
from guozi.packs import Library, Rulebook, load_files
from guozi.sources import Expected, Reading, Unmapped, Unreadable, read_filing
from guozi.sources.amounts import Bad, read_amount
from guozi.sources.listing import HEADS, read_listing
from guozi.sources.samples import (
    Company,
    Sample,
    companies as sample_companies,
    default_root as samples_root,
    published as samples,
)
from guozi.sources.spreadsheet.template import Block, write_template

__all__ = [
    "Bad",
    "Block",
    "Company",
    "Expected",
    "FactRow",
    "Library",
    "Part",
    "Reading",
    "Rulebook",
    "Sample",
    "Unmapped",
    "Unreadable",
    "attributes",
    "compare",
    "content_sha256",
    "engine",
    "final",
    "judge",
    "library",
    "load_files",
    "pack_root",
    "read_amount",
    "read_filing",
    "read_table",
    "readers",
    "rulebook",
    "sample_companies",
    "samples",
    "samples_root",
    "write_entities",
    "write_part",
    "write_template",
    "write_values",
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


def read_table(data: bytes, name: str) -> tuple[list[tuple[int, dict[str, str]]], list[Finding]]:
    """A list of enterprises from a spreadsheet or text table: (line, column → text) with the columns of the register and its attributes."""
    known = library().vocabulary.attributes()
    heads: dict[str, tuple[str, ...]] = dict(HEADS)
    words: dict[str, dict[str, str]] = {}
    for attribute, words_of in known.items():
        kind, _, code = attribute.partition(".")
        if kind != "enterprise" and code not in HEADS:
            continue
        heads[code] = (*heads.get(code, ()), words_of.name.zh, words_of.name.en)
        for word in words_of.words.values():
            for text in (word.code, word.name.zh, word.name.en, *([word.sign] if word.sign else [])):
                words.setdefault(code, {})[text] = word.code
    return read_listing(data, name, heads, words)


def judge(book: Book) -> Judge:
    """The reference evaluation over one filer's cells."""
    return Judge(book)


def readers() -> tuple[sources.Door, ...]:
    """The ways in which a filing may come in."""
    return sources.DOORS


def compare(names: Sequence[str], *asked: Any) -> tuple[int, tuple[Difference, ...]]:
    """Each named engine against the judge; `asked` as `engines.compare.compare` takes it after the engines."""
    return compare_engines([engine("reference"), *map(engine, names)], *asked)


@cache
def engine(name: str = "duckdb") -> Engine:
    """An engine by name, one a process: `duckdb` answers pages and runs, `reference` is the judge."""
    makers: dict[str, Callable[[], Engine]] = {
        "duckdb": lambda: DuckDBEngine(settings.ENGINE_MEMORY, settings.ENGINE_THREADS),
        "reference": ReferenceEngine,
    }
    if name not in makers:
        raise NotFoundError(mark("no engine {name}"), name=name)
    return makers[name]()
