"""Signals raised by the warning rules in a run."""

from __future__ import annotations

from django.db import models


class Signal(models.Model):
    """One rule's signal for one entity and period  预警信号. `evidence`: formula → value as text; `raised_now`: it was not there a period before."""

    run = models.ForeignKey("facts.CalcRun", on_delete=models.CASCADE, related_name="signals")
    rule_object = models.ForeignKey("regulation.PackObject", on_delete=models.PROTECT)
    rule_code = models.TextField()
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    report_type = models.TextField()
    period = models.TextField()
    level = models.TextField()
    quiet = models.IntegerField(default=0)
    raised_now = models.BooleanField(default=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "rule_code", "org", "report_type"], name="warning_signal_once")
        ]
        indexes = [models.Index(fields=["period", "level"], name="warning_signal_period")]
