"""The progress of a job, as pages show it."""

from __future__ import annotations

import uuid_utils.compat
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class State(models.TextChoices):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Progress(models.Model):
    """How far a job is  任务进度. `subject` says to people what it is about; `total` is None until it is known; `error` is for them, too."""

    uid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    task = models.TextField()
    subject = models.TextField(blank=True, default="")
    org_id = models.IntegerField(null=True)
    person_id = models.IntegerField(db_index=True)
    total = models.IntegerField(null=True)
    done = models.IntegerField(default=0)
    state = models.TextField(choices=State.choices, default=State.QUEUED)
    message = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")
    created = models.DateTimeField(db_default=Now())
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    def advance(self, *, done: int | None = None, total: int | None = None, message: str | None = None) -> None:
        """Called by the task. Others see it once the transaction ends in which it is called: a long task has one a step."""
        for name, value in (("done", done), ("total", total), ("message", message)):
            if value is not None:
                setattr(self, name, value)
        self.save(update_fields=["done", "total", "message"])

    def enter(self, state: State, error: str = "") -> None:
        """Called by the runner of jobs."""
        now = timezone.now()
        self.state, self.error = state, error
        if state is State.RUNNING:
            self.started, self.finished = now, None
        else:
            self.finished = now
        self.save(update_fields=["state", "error", "started", "finished"])
