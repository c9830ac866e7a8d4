"""Queuing a close."""

from __future__ import annotations

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.entities.models import Tree
from guozi.app.facts.actions import closed_node
from guozi.app.jobs.actions import enqueue
from guozi.app.jobs.models import Progress
from guozi.core.kernel.period import Period


def _whole(tree: Tree, period: Period, words: str) -> int:
    """The root of the tree: who closes a period must be responsible for all of it."""
    return closed_node(tree, str(period))


@gate.action("decisions.close", about=_whole)
def start_close(tree: Tree, period: Period, words: str) -> Progress:
    """Queues the close of a period; closes of one period follow one another. `words`: what people call it."""
    record("decisions.close-asked", f"close {period}", tree=tree.code)
    return enqueue(
        "decisions.close",
        person=gate.current(),
        lock=f"close {tree.code} {period}",
        subject=words,
        tree=tree.code,
        period=str(period),
    )
