"""Three forms read from xlsx, without and with their checks, against calamine's bare read of the same bytes in the same run. Goal: at most 3 times.

Usage: python -m benchmarks.read_xlsx [--small]      prints one JSON document
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import python_calamine

from guozi import packs
from guozi.core.formula.engine import CheckResult
from guozi.core.formula.tree import Attribute, Cell, Value
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.facts import FactValue, exact, fact_row
from guozi.core.reporting.filing import Offered
from guozi.engines.reference import Judge
from guozi.packs import Rulebook
from guozi.sources import Expected, FileReading, read_filing, samples
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


class ReadBook:
    """The book of what was just read: one filer, one period, nothing before it."""

    def __init__(self, rulebook: Rulebook, read: FileReading) -> None:
        self.parameters = rulebook.parameters
        self.rows: dict[str, dict[str, FactValue]] = {
            reading.form: fact_row(*rulebook.forms[reading.form], reading.cells, reading.unit, Offered(reading.offered))
            for reading in read.readings
        }

    def cell(self, cell: Cell) -> Value:
        """A cell of this filing; earlier years were not read."""
        if cell.years_back or cell.form not in self.rows:
            return Unknown(Why.NOT_FILED, cell.form)
        return exact(self.rows[cell.form].get(cell.fact, Unknown(Why.NOT_OFFERED, cell.item)))

    def attribute(self, attribute: Attribute) -> Value:
        """The cover's report type; nothing of the register."""
        return "consolidated" if attribute.name == "report_type" else Unknown(Why.NO_ATTRIBUTE, attribute.name)

    def parameter(self, name: str, key: str) -> Value:
        """The parameter in force."""
        value = self.parameters.get(name, key)
        return Unknown(Why.NO_PARAMETER, name) if value is None else value


def checked(rulebook: Rulebook, read: FileReading, step: Decimal) -> list[CheckResult]:
    """Every check of the forms that were read, by the judge, as a reporter sees them after an upload."""
    judge = Judge(ReadBook(rulebook, read))
    return [judge.check(bound.rule, step) for reading in read.readings for bound in rulebook.checks(reading.form)]


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


def main(rounds: int) -> int:
    """Our own three forms with every cell filled, and a published filing by its mappings."""
    library = packs.load(packs.default_root()).demand_sound()
    rulebook = library.rulebook(AsOf(date(2025, 12, 31), date(2026, 1, 1)))
    forms = rulebook.forms
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
    former = library.rulebook(AsOf(date(2018, 12, 31), date(2026, 1, 1)))
    mappings = list(library.mappings.values())
    expected = Expected(entity=sample.company.uscc, period=Period(2018))

    def read_own() -> FileReading:
        return read_filing(own, "a.xlsx", forms)

    def read_published() -> FileReading:
        return read_filing(sample.content, sample.file, former.forms, mappings, expected=expected)

    cent, wan = Decimal("0.01"), Decimal(10000)
    results = [
        compare("three forms of our own", own, read_own, rounds),
        compare("three forms of our own, with checks", own, lambda: checked(rulebook, read_own(), cent), rounds),
        compare(sample.file, sample.content, read_published, rounds),
        compare(f"{sample.file}, with checks", sample.content, lambda: checked(former, read_published(), wan), rounds),
    ]
    print(json.dumps(results, ensure_ascii=False, indent=1))
    return 0 if all(one["ratio"] <= GOAL for one in results) else 1  # type: ignore[operator]


if __name__ == "__main__":
    small = "--small" in sys.argv
    code = main(20 if small else 200)
    sys.exit(0 if small else code)
