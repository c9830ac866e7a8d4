"""The same work without HTTP, in a process of the instance: `save` times a draft's save by its action, `sum` answers each line of stdin with a figure."""

from __future__ import annotations

import json
import sys
import time

from guozi.cli import base  # isort: skip  (sets Django up)

from guozi.app import gate
from guozi.app.entities import queries as entities
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.actions import save_cells
from guozi.app.reporting.models import Draft, Filing


def save(filing_id: int, rounds: int) -> None:
    """Prints the milliseconds of each save, checks and commit included, as JSON."""
    person, times = base.who(None), []
    for value in range(rounds):
        started = time.perf_counter()
        with gate.acting_as(person):
            filing = Filing.objects.get(pk=filing_id)
            draft = Draft.objects.get(filing=filing)
            save_cells(filing, draft.revision, {"inventories": {"closing": str(5000 + value)}})
        times.append((time.perf_counter() - started) * 1000)
    print(json.dumps(times))


def figure(item: str, period: str) -> None:
    """For each line of stdin, the sum of an item over the whole tree, as the panorama asks for it."""
    person = base.who(None)
    for _line in sys.stdin:
        with gate.acting_as(person):
            figures = Figures(base.the_period(period))
            root = entities.roots(base.the_tree(), figures.period.end)[0]
            under = entities.members(base.the_tree(), root.pk, figures.period.end)
            value = figures.nodes([item], {root.pk: under}).get(item, root.pk, "")
        print(value, flush=True)


if __name__ == "__main__":
    with base.database():
        if sys.argv[1] == "save":
            save(int(sys.argv[2]), int(sys.argv[3]))
        else:
            figure(sys.argv[2], sys.argv[3])
