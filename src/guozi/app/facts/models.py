"""Tables of the projection: events that await it, the parts it wrote, the runs that computed on it."""

from __future__ import annotations

from django.db import models


class FactPart(models.Model):
    """One Parquet file of a dataset (a form's code, `entities`, `indicators`) and period. Readers take their list of files from here."""

    dataset = models.TextField()
    period = models.TextField()
    path = models.TextField(unique=True)
    sha256 = models.TextField()
    rows = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dataset", "period"], condition=models.Q(superseded_at=None), name="facts_part_live")
        ]


class FactEvent(models.Model):
    """A filing version was submitted: written with it, taken by the projection, tied to the part that holds its row."""

    seq = models.BigAutoField(primary_key=True)
    version_id = models.BigIntegerField(unique=True)
    form = models.TextField()
    period = models.TextField()
    at = models.DateTimeField(auto_now_add=True)
    part = models.ForeignKey(FactPart, null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [models.Index(fields=["seq"], condition=models.Q(part=None), name="facts_event_waiting")]


class CalcRun(models.Model):
    """A computation over a period: a close that froze the official figures, or a rerun of one."""

    class Kind(models.TextChoices):
        CLOSE = "close"
        RERUN = "rerun"

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.TextField(choices=Kind.choices)
    period = models.TextField()
    tree = models.ForeignKey("entities.Tree", on_delete=models.PROTECT)
    scope_node_id = models.IntegerField(null=True)
    pack_release = models.ForeignKey("regulation.PackRelease", on_delete=models.PROTECT)
    known_at = models.DateTimeField()
    last_event_seq = models.BigIntegerField()
    by_id = models.IntegerField()
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    stages = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tree", "period"],
                condition=models.Q(state="running"),
                name="facts_one_running_close",
            )
        ]
