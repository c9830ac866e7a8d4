"""The job that closes a period, stage by stage; run again after a crash, it goes on where it stood."""

from __future__ import annotations

from guozi.app import gate
from guozi.app.decisions.close import close
from guozi.app.entities.queries import tree as tree_of
from guozi.app.jobs import declare
from guozi.app.jobs.models import Progress
from guozi.core.kernel.period import Period


@declare.task("decisions.close", atomic=False)
def close_period(progress: Progress, *, tree: str, period: str) -> None:
    """Closes it as the person who asked."""
    with gate.as_person(progress.person_id):
        with gate.acting_as(progress.person_id):
            found = tree_of(tree)
        close(found, Period.parse(period), progress=lambda stage, done, total: progress.advance(done=done, total=total))
