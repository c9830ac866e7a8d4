"""What is queued, running, done or failed."""

from __future__ import annotations

from uuid import UUID

from guozi.app import gate
from guozi.app.jobs.models import Progress, State
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark


def progress(uid: UUID) -> Progress:
    """One's own, or any with `jobs.read`; else NotFoundError."""
    found = Progress.objects.filter(uid=uid).first()
    person = gate.current()
    if found is None or not (found.person_id == person or gate.may(person, "jobs.read")):
        raise NotFoundError(mark("There is no such job that you may see."))
    return found


def mine(person_id: int, limit: int = 20) -> list[Progress]:
    """A person's newest jobs."""
    return list(Progress.objects.filter(person_id=person_id).order_by("-id")[:limit])


def failed(limit: int = 200) -> list[Progress]:
    """Those that ended with an error, the newest first; needs `jobs.read`."""
    gate.require("jobs.read")
    return list(Progress.objects.filter(state=State.FAILED).order_by("-id")[:limit])


def waiting() -> int:
    """How many are queued or running."""
    return Progress.objects.filter(state__in=[State.QUEUED, State.RUNNING]).count()
