"""Tables of filings: who owes what by when, the draft that may change, the versions that never do, how far each was accepted."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models

from guozi.core.reporting.filing import State


class Task(models.Model):
    """A reporting task  报送任务: forms asked of every entity of a tree for one period. `strict`: a failing logical check stops a filing; else it is explained."""

    tree = models.ForeignKey("entities.Tree", on_delete=models.PROTECT)
    name_zh = models.TextField()
    name_en = models.TextField()
    period = models.TextField()
    period_end = models.DateField()
    forms = models.JSONField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    strict = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tree", "period", "name_zh"], name="reporting_task_once")]


class Filing(models.Model):
    """One form of one entity for one period and report type: its state, and which versions are current and accepted."""

    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    form = models.TextField()
    period = models.TextField()
    period_end = models.DateField()
    report_type = models.TextField()
    state = models.TextField(choices=[(state.value, state.value) for state in State], default=State.DRAFT.value)
    current_version = models.ForeignKey("FilingVersion", null=True, on_delete=models.PROTECT, related_name="+")
    accepted_version = models.ForeignKey("FilingVersion", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "form", "period", "report_type"], name="reporting_filing_once")
        ]
        indexes = [models.Index(fields=["period", "form"], name="reporting_filing_period")]


class Obligation(models.Model):
    """Who owes which form: "not filed" is a row, not an absence."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    form = models.TextField()
    report_type = models.TextField()
    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT)
    waived_reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "org", "form", "report_type"], name="reporting_obligation_once")
        ]


class Draft(models.Model):
    """The only copy that may change; `revision` locks it optimistically. `explanations`: check code → text.

    `failing`, `asking`, `explained` count what its checks said when it was last saved, so that lists need not check anew.
    """

    filing = models.OneToOneField(Filing, primary_key=True, on_delete=models.CASCADE)
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    revision = models.IntegerField(default=0)
    cells = models.JSONField(default=dict)
    origins = models.JSONField(default=dict)
    offered = models.JSONField(default=dict)
    explanations = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    unit = models.TextField()
    currency = models.TextField(default="CNY")
    channel = models.TextField(default="web")
    upload_sha256 = models.TextField(default="")
    upload_uid = models.UUIDField(null=True)
    mapping = models.TextField(default="")
    editor_id = models.IntegerField()
    saved_at = models.DateTimeField(auto_now=True)
    failing = models.IntegerField(default=0)
    asking = models.IntegerField(default=0)
    explained = models.IntegerField(default=0)


class FilingVersion(models.Model):
    """What was submitted, for ever: a trigger refuses UPDATE and DELETE. `kept` are rows of the file that map to no item: listed, never dropped."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="versions")
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    number = models.IntegerField()
    receipt = models.TextField(unique=True)
    pack_release = models.ForeignKey("regulation.PackRelease", on_delete=models.PROTECT)
    form_object = models.ForeignKey("regulation.PackObject", on_delete=models.PROTECT)
    cells_as_filed = models.JSONField()
    origins = models.JSONField(default=dict)
    offered = models.JSONField(default=dict)
    explanations = models.JSONField(default=dict)
    kept = models.JSONField(default=list)
    unit = models.TextField()
    currency = models.TextField()
    channel = models.TextField()
    mapping = models.TextField(default="")
    file_sha256 = models.TextField(default="")
    upload_uid = models.UUIDField(null=True)
    content_sha256 = models.TextField()
    actor_id = models.IntegerField()
    submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["filing", "number"], name="reporting_version_number")]


class Acceptance(models.Model):
    """A version accepted at a level of the chain, from when until when: the one place where the time of knowledge lives."""

    version = models.ForeignKey(FilingVersion, on_delete=models.PROTECT, related_name="acceptances")
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    level = models.TextField(default="final")
    known = DateTimeRangeField()
    by_id = models.IntegerField()
    reason = models.TextField(default="")


class Return(models.Model):
    """A version sent back, with the reason and the cells it is about."""

    version = models.ForeignKey(FilingVersion, on_delete=models.PROTECT, related_name="returns")
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    at = models.DateTimeField(auto_now_add=True)
    by_id = models.IntegerField()
    reason = models.TextField()
    cells = models.JSONField(default=list)


class CheckFinding(models.Model):
    """A check that did not hold, or could not be evaluated, at submission (`run` null) or in a close. Money in yuan."""

    run = models.ForeignKey("facts.CalcRun", null=True, on_delete=models.CASCADE)
    version = models.ForeignKey(FilingVersion, on_delete=models.PROTECT, related_name="findings")
    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    check_code = models.TextField()
    check_object = models.ForeignKey("regulation.PackObject", on_delete=models.PROTECT)
    kind = models.TextField()
    outcome = models.TextField()
    left = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    right = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    difference = models.DecimalField(max_digits=28, decimal_places=8, null=True)
    tolerance = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    reason = models.TextField(default="")
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["run", "org"], name="reporting_finding_run")]


class Answered(models.Model):
    """What a write of the API answered to an `Idempotency-Key`: the same request again gets the same answer, and nothing is done twice."""

    org = models.ForeignKey("entities.Entity", on_delete=models.PROTECT, db_column="org_id")
    person_id = models.IntegerField()
    key = models.TextField()
    request_sha256 = models.TextField()
    status = models.IntegerField()
    body = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person_id", "key"], name="reporting_answered_once")]
        indexes = [models.Index(fields=["org"], name="reporting_answered_org")]
