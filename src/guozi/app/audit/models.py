"""The audit trail  审计记录: one row an action, naming actor and subject by id and text, without foreign keys."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Entry(models.Model):
    """One thing that was done. `subject` is `label:id` or a word; `detail` holds what changed.

    The application may add rows and learn their ids, nothing else; they are read through `audit.queries`. A further
    column `xid`, filled by the database, tells in which transaction a row was written.
    """

    at = models.DateTimeField(default=timezone.now)
    person = models.IntegerField(null=True)
    action = models.TextField()
    subject = models.TextField()
    org_id = models.IntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["org_id", "at"], name="audit_by_org"),
        ]
