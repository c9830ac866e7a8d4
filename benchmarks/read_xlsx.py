"""Three forms read from xlsx with all that is said about them, against calamine's bare read of the same bytes in the same run. Goal: at most 3 times.

Usage: python benchmarks/read_xlsx.py [rounds]      prints one JSON document
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date

import python_calamine

from guozi import packs
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.sources import Expected, read_filing, samples
from guozi.sources.spreadsheet import Block, write_template

GOAL = 3.0


def bare(data: bytes) -> int:
    """All sheets as lists of lists, as calamine gives them; the number of cells."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return sum(len(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time of one call: what else runs on the machine does not count."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def compare(name: str, data: bytes, read: Callable[[], object], rounds: int) -> dict[str, object]:
    """Both in turn, so that what disturbs one disturbs the other; medians."""
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(timed(lambda: bare(data)))
        ours.append(timed(read))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    return {
        "file": name,
        "bytes": len(data),
        "cells": bare(data),
        "ours_ms": round(mine, 2),
        "calamine_ms": round(peer, 2),
        "ratio": round(mine / peer, 2),
        "goal": GOAL,
    }


def main(rounds: int) -> None:
    """Our own three forms with every cell filled, and a published filing by its mappings."""
    library = packs.load(packs.default_root())
    if not isinstance(library, packs.Library):
        raise SystemExit("the packs have findings: guozi pack check")
    forms = library.rulebook(AsOf(date(2025, 12, 31), date(2026, 1, 1))).forms
    blocks = [
        Block(
            form=form,
            layout=layout,
            cover={"period": "2025"},
            cells={
                item.code: {
                    column.code: f"{(index + 1) * 12345.67:.2f}" if item.unit.type is Type.MONEY else "1.5"
                    for column in form.columns
                }
                for index, item in enumerate(form.items(layout))
            },
        )
        for form, layout in forms.values()
    ]
    own = write_template(blocks)
    (sample,) = samples.published(codes=["000898"], wanted=[2018])
    old = library.rulebook(AsOf(date(2018, 12, 31), date(2026, 1, 1))).forms
    mappings = list(library.mappings.values())
    expected = Expected(entity=sample.company.uscc, period=Period(2018))
    results = [
        compare("three forms of our own", own, lambda: read_filing(own, "a.xlsx", forms), rounds),
        compare(
            sample.file,
            sample.content,
            lambda: read_filing(sample.content, sample.file, old, mappings, expected=expected),
            rounds,
        ),
    ]
    print(json.dumps(results, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
