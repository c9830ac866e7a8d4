"""Queuing work."""

from __future__ import annotations

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from guozi.app.jobs.models import Progress, State


def enqueue(
    name: str, *, person: int, lock: str = "", subject: str = "", org_id: int | None = None, **args: JSONValue
) -> Progress:
    """Queues the task `name` for `person`, in the caller's transaction: without its commit there is no job.

    `args` are the task's own, and none of them can bear a name that stands before them here. Jobs with the same `lock` run
    one after the other. LookupError for a task that no shelf declares.
    """
    if name not in app.tasks:
        raise LookupError(f"no shelf declares the task {name!r}")
    progress = Progress.objects.create(task=name, subject=subject, org_id=org_id, person_id=person)
    app.configure_task(name, lock=lock or None).defer(person=person, progress=progress.pk, args=args)
    return progress


_ABSORB = """
delete from procrastinate_jobs where id in (
    select id from procrastinate_jobs where task_name = %s and status = 'todo' for update skip locked)
returning (args->>'progress')::bigint
"""


def absorb(name: str) -> int:
    """Takes the waiting jobs of the task out of the queue: for a job (without arguments) that now does what all of them would.

    In a transaction of its own, before that work begins: what a job was queued with is then committed, thus seen by the work.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ABSORB, [name])
            progresses = [row[0] for row in cursor.fetchall()]
        for progress in Progress.objects.filter(pk__in=progresses):
            progress.enter(State.DONE)
    return len(progresses)
