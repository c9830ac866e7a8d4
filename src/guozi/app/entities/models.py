"""Enterprises, their codes, names and attributes, and the dated trees; ranges are half-open, [from, until)."""

from __future__ import annotations

import uuid_utils.compat
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models


class Entity(models.Model):
    """One enterprise, department, bureau or holder, for ever  企业（单位）.

    Never keyed by name or code, since both change; the three texts repeat what is in force today, for lists.
    """

    id = models.AutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    name = models.TextField()
    uscc = models.TextField(blank=True, default="")
    code = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name

    @property
    def org_id(self) -> int:
        """Itself: an enterprise is its own subject of rights."""
        return self.pk


class CodeKind(models.TextChoices):
    """Kinds of codes: the unified social credit code (统一社会信用代码), our own, and those of former times."""

    USCC = "uscc"
    CODE = "code"
    FORMER = "former"


class EntityCode(models.Model):
    """A code and when it was in force; no two enterprises bear the same at once."""

    org = models.ForeignKey(Entity, models.PROTECT, related_name="codes")
    kind = models.TextField(choices=CodeKind.choices)
    value = models.TextField()
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="entities_code_once",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("value", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class EntityName(models.Model):
    """A name and when it was in force. `pinyin` is for sorting and search: the syllables, a space, their initials."""

    org = models.ForeignKey(Entity, models.PROTECT, related_name="names")
    name = models.TextField()
    pinyin = models.TextField()
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="entities_one_name",
                expressions=[("org", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]


class EntityFact(models.Model):
    """An attribute with two times: `valid` in the world, `recorded` when we knew. A correction closes `recorded`, it deletes nothing."""

    org = models.ForeignKey(Entity, models.PROTECT, related_name="facts")
    attribute = models.TextField()
    value = models.TextField()
    valid = DateRangeField()
    recorded = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="entities_one_value",
                expressions=[
                    ("org", RangeOperators.EQUAL),
                    ("attribute", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("recorded", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class Tree(models.Model):
    """One way to arrange enterprises: reporting, property, personnel …"""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()

    def __str__(self) -> str:
        return self.code


class TreeNode(models.Model):
    """Where an enterprise stands in a tree and when; no parent for a root."""

    tree = models.ForeignKey(Tree, models.PROTECT, related_name="nodes")
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="nodes")
    parent = models.ForeignKey(Entity, models.PROTECT, null=True, related_name="child_nodes")
    report_type = models.TextField(blank=True, default="")
    valid = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="entities_one_parent",
                expressions=[
                    ("tree", RangeOperators.EQUAL),
                    ("entity", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="entities_not_its_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("entity")),
            ),
        ]


class TreePath(models.Model):
    """The closure of a tree: who stood under whom, how deep, and when; rebuilt by the action that changes the tree. The row policies read it."""

    tree = models.ForeignKey(Tree, models.PROTECT, related_name="+")
    ancestor = models.ForeignKey(Entity, models.PROTECT, related_name="+", db_index=False)
    descendant = models.ForeignKey(Entity, models.PROTECT, related_name="+", db_index=False)
    depth = models.IntegerField()
    valid = DateRangeField()

    class Meta:
        indexes = [
            models.Index(fields=["ancestor", "tree"], name="entities_path_down"),
            models.Index(fields=["descendant", "tree"], name="entities_path_up"),
        ]
