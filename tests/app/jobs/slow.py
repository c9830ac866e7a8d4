"""A worker process for tests, with one job that hangs the first time it runs."""

from __future__ import annotations

import time
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:  # a process of its own: the address of the database is in its environment
    django.setup()

from guozi.app import gate
from guozi.app.entities.models import Entity
from guozi.app.jobs import declare, worker
from guozi.app.jobs.models import Progress


@declare.task("test.slow")
def slow(progress: Progress, *, entity_id: int, log: str) -> None:
    """Writes a row, says so in a file, and hangs unless it has been here before."""
    first = not Path(log).exists()
    Entity.objects.filter(pk=entity_id).update(name="half done" if first else "done")
    with Path(log).open("a") as lines:
        lines.write(f"{gate.current()}\n")
    if first:
        time.sleep(60)


if __name__ == "__main__":
    worker.HEARTBEAT, worker.DEAD_AFTER = 0.3, 1.5
    worker.run_worker()
    print("ended well")
