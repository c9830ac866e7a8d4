"""One row an upload; the bytes stand in the instance's home under their SHA-256."""

from __future__ import annotations

import uuid_utils.compat
from django.db import models
from django.db.models.functions import Now


class Kind(models.TextChoices):
    """What a file is by its content, whatever its name says."""

    XLSX = "xlsx"
    XLS = "xls"
    JSON = "json"
    TEXT = "text"
    OTHER = "other"


class Upload(models.Model):
    """A file that somebody handed in for an enterprise  上传文件; the same bytes twice are two rows and one file."""

    uid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    org_id = models.IntegerField(db_index=True)
    sha256 = models.TextField()
    size = models.BigIntegerField()
    name = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    person_id = models.IntegerField()
    at = models.DateTimeField(db_default=Now())
