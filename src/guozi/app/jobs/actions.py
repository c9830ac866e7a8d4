"""Queuing work."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from guozi.app.jobs.models import Progress


def enqueue(
    name: str, *, person: int, lock: str = "", subject: str = "", org_id: int | None = None, **args: JSONValue
) -> Progress:
    """Queues the task `name` for `person`, in the caller's transaction: without its commit there is no job.

    Jobs with the same `lock` run one after the other. LookupError for a task that no shelf declares.
    """
    if name not in app.tasks:
        raise LookupError(f"no shelf declares the task {name!r}")
    progress = Progress.objects.create(task=name, subject=subject, org_id=org_id, person_id=person)
    app.configure_task(name, lock=lock or None).defer(person=person, progress=progress.pk, args=args)
    return progress
