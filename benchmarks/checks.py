"""All checks of a period with all three outcomes and the details of what fails, against a bare DuckDB query that only counts, in one run. Goal: at most 1.5 times.

Usage: python benchmarks/checks.py [--small]      prints one JSON document, fails where the goal is missed
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb

from guozi import packs
from guozi.core.formula.checks import applied_tolerance
from guozi.core.formula.engine import CheckTable, Facts, Outcome, Parameters, Rule, Selection, Versions
from guozi.core.formula.tree import Call, Cell, Constant, Node
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.duckdb import DuckDBEngine
from guozi.engines.parts import FactRow, form_path, write_part

GOAL = 1.5
YEAR = Period(2025)
PARAMETERS = Parameters()
STEP = Decimal("0.01")
WRONG, BLANK, LATE = 0.05, 0.02, 0.01
"""Shares of filings with a wrong amount, with an unknown one, and of enterprises that have not filed one of the forms."""


def linear(node: Node) -> dict[Cell, int]:
    """A sum as coefficients; the checks of forms are nothing else."""
    match node:
        case Cell():
            return {node: 1}
        case Constant(value=Fraction(numerator=0)):
            return {}
        case Call(function="add" | "subtract" as function, args=args):
            total: dict[Cell, int] = {}
            for place, arg in enumerate(args):
                sign = -1 if function == "subtract" and place else 1
                for cell, factor in linear(arg).items():
                    total[cell] = total.get(cell, 0) + sign * factor
            return total
        case _:
            raise ValueError(f"not a sum: {node}")


class Filings:
    """Draws the cells of filings in which every equation holds: some cells are free, the others follow from them."""

    def __init__(self, rules: Sequence[Rule], chance: random.Random) -> None:
        self._chance = chance
        self._rows: dict[Cell, dict[Cell, Fraction]] = {}
        self.depth: dict[Cell, int] = {}
        for rule in (*rules, *rules):  # twice: a part's parts may stand before it
            top = rule.formula.root
            if not isinstance(top, Call):
                continue
            if top.function == "equal" and not _only_single(rule):
                self._solve(linear(top.args[0]), linear(top.args[1]))
            else:
                whole = max(self.depth.get(cell, 0) for cell in linear(top.args[1]) or [None])
                self.depth |= dict.fromkeys(linear(top.args[0]), whole + 1)
        self.cells = sorted({cell for rule in rules for cell in rule.formula.cells()}, key=lambda cell: cell.fact)

    def _solve(self, left: Mapping[Cell, int], right: Mapping[Cell, int]) -> None:
        row: dict[Cell, Fraction] = {}
        for cell, factor in [*left.items(), *((cell, -factor) for cell, factor in right.items())]:
            for free, share in self._rows.get(cell, {cell: Fraction(1)}).items():
                row[free] = row.get(free, Fraction(0)) + factor * share
        row = {cell: factor for cell, factor in row.items() if factor}
        pivot = next((cell for cell, factor in row.items() if abs(factor) == 1), None)
        if pivot is None:
            return
        factor = row.pop(pivot)
        solved = {cell: -share / factor for cell, share in row.items()}
        for cell, old in self._rows.items():
            if pivot in old:
                share = old.pop(pivot)
                for free, more in solved.items():
                    old[free] = old.get(free, Fraction(0)) + share * more
                self._rows[cell] = {free: share for free, share in old.items() if share}
        self._rows[pivot] = solved

    def draw(self) -> dict[str, Decimal]:
        """One filing, in cents below a billion yuan."""
        chance = self._chance
        cents = {
            cell: chance.randrange(10 ** (11 - 3 * self.depth.get(cell, 0)), 10 ** (12 - 3 * self.depth.get(cell, 0)))
            for cell in self.cells
            if cell not in self._rows
        }
        for cell, row in self._rows.items():
            cents[cell] = int(sum(share * cents[free] for free, share in row.items()))
        return {cell.fact: Decimal(amount).scaleb(-2) for cell, amount in cents.items()}


def _only_single(rule: Rule) -> bool:
    return rule.when is not None and "single" in rule.when.text


def facts(root: Path, rules: Mapping[str, Sequence[Rule]], orgs: int) -> tuple[Facts, Selection, int]:
    """Writes a year's filings of so many enterprises; also how many cells that is."""
    chance = random.Random(20251231)
    parts, versions, cells, number = {}, {}, 0, 0
    for form, of_form in rules.items():
        filings, rows = Filings(of_form, chance), []
        names = [cell.fact for cell in filings.cells]
        for org in range(orgs):
            if chance.random() < LATE:
                continue
            filed: dict[str, Decimal | Unknown] = dict(filings.draw())
            if chance.random() < WRONG:
                wrong = chance.choice(names)
                filed[wrong] = Decimal(str(filed[wrong])) + 1000
            if chance.random() < BLANK:
                blank = chance.choice(names)
                filed[blank] = Unknown(Why.BLANK, blank.partition("__")[0])
            number += 1
            rows.append(FactRow(number, org, "consolidated", STEP, filed))
        part = write_part(form_path(root, form, YEAR, 0), dict.fromkeys(names, Type.MONEY), rows)
        parts[form, YEAR] = (str(part.path),)
        versions[form, YEAR] = Versions(
            [row.org_id for row in rows], [row.report_type for row in rows], [row.version_id for row in rows]
        )
        cells += len(names) * len(rows)
    return Facts(parts, {}), Selection("benchmark", versions), cells


def bare(files: Mapping[str, str], rules: Mapping[str, Sequence[Rule]]) -> str:
    """What somebody who knows DuckDB would write to count the three outcomes, form by form, without versions, rights or reasons."""
    counts = []
    for form, of_form in rules.items():
        columns = []
        for rule in of_form:
            top = rule.formula.root
            assert isinstance(top, Call)
            difference = f"({_side(top.args[0])} - ({_side(top.args[1])}))"
            size = f"abs({difference})" if top.function == "equal" else difference
            asked = "report_type = 'single'" if _only_single(rule) else "report_type <> 'difference'"
            most = applied_tolerance(rule, STEP)
            columns += [
                f"count_if({asked} AND {size} <= {most})",
                f"count_if({asked} AND {size} > {most})",
                f"count_if({asked} AND {difference} IS NULL)",
            ]
        counts.append(f"SELECT {', '.join(columns)} FROM read_parquet('{files[form]}')")
    return ";".join(counts)


def _side(node: Node) -> str:
    signs = [f"{'+' if factor > 0 else '-'} {cell.fact}" for cell, factor in linear(node).items()]
    return " ".join(signs).removeprefix("+ ") or "0"


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Processor time of one call on all threads (what else runs on the machine does not count), and time on the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return (time.process_time() - processor) * 1000, (time.perf_counter() - clock) * 1000


def measure(rules: Mapping[str, Sequence[Rule]], orgs: int, rounds: int) -> dict[str, object]:
    """Both in turn, so that what disturbs one disturbs the other; the best of each, which was disturbed least."""
    with tempfile.TemporaryDirectory() as folder:
        written, selection, cells = facts(Path(folder), rules, orgs)
        scope = Scope(1, {org: ((date(2020, 1, 1), None),) for org in range(orgs)}, frozenset({"reporting"}))
        engine, peer = DuckDBEngine(), duckdb.connect(config={"threads": 2})
        asked = [rule for of_form in rules.values() for rule in of_form]
        queries = bare({form: written.parts[form, YEAR][0] for form in rules}, rules).split(";")

        def ours() -> CheckTable:
            return engine.checks(scope, YEAR, asked, written, selection, PARAMETERS)

        def theirs() -> list[object]:
            return [peer.execute(query).fetchall() for query in queries]

        table = ours()
        theirs()
        pairs = [(milliseconds(theirs), milliseconds(ours)) for _ in range(rounds)]
    bare_processor, bare_clock = (min(found[at] for found, _ in pairs) for at in range(2))
    our_processor, our_clock = (min(found[at] for _, found in pairs) for at in range(2))
    return {
        "enterprises": orgs,
        "checks": len(asked),
        "cells": cells,
        "outcomes": {outcome: sum(count[outcome] for count in table.counts.values()) for outcome in Outcome},
        "details": len(table.results),
        "ours_ms": {"processor": round(our_processor, 1), "clock": round(our_clock, 1)},
        "bare_ms": {"processor": round(bare_processor, 1), "clock": round(bare_clock, 1)},
        "ratio_of_processor_time": round(our_processor / bare_processor, 2),
        "ratio": round(our_clock / bare_clock, 2),
        "goal": GOAL,
    }


def main(small: bool) -> int:
    """The checks of the national pack's statements, each for both of its columns."""
    book = packs.load().rulebook(AsOf(YEAR.end, date(2026, 6, 1)))
    rules = {form: [bound.rule for bound in book.checks(form)] for form in book.forms}
    result = measure(rules, 100 if small else 10_000, 3 if small else 40)
    print(json.dumps(result, indent=1))
    return 0 if small or float(str(result["ratio"])) <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main("--small" in sys.argv[1:]))
