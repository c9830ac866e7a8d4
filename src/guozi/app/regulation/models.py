"""Releases of packs and the things in them, as they stood."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models


class PackObject(models.Model):
    """One thing of a pack as it stood  规则对象, by the hash of its files: what judged a filing is named by this row, for ever.

    `files` is a list of [path, text]; `effective` is the first day that its rows govern, None where it is not dated.
    """

    kind = models.TextField()
    pack = models.TextField()
    code = models.TextField()
    sha256 = models.TextField()
    files = models.JSONField()
    effective = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "pack", "code", "sha256"], name="regulation_object_once")
        ]


class PackRelease(models.Model):
    """A pack as a whole, and from when until when it was the one in use; one at a time."""

    name = models.TextField()
    version = models.TextField()
    sha256 = models.TextField()
    active = DateTimeRangeField()
    things = models.ManyToManyField(PackObject, through="ReleaseObject", related_name="releases")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="regulation_one_active",
                expressions=[("name", RangeOperators.EQUAL), ("active", RangeOperators.OVERLAPS)],
            ),
        ]


class ReleaseObject(models.Model):
    """Which files a release is made of."""

    release = models.ForeignKey(PackRelease, models.PROTECT)
    object = models.ForeignKey(PackObject, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "object"], name="regulation_release_object_once")]
