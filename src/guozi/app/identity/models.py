"""People and rights: a person holds a role over a part of a tree, for a time."""

from __future__ import annotations

from typing import ClassVar

import uuid_utils.compat
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models.functions import Lower

from guozi.app.entities.models import Entity, Tree


class People(BaseUserManager["Person"]):
    """Finds people by login, whatever the case it is typed in."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Someone who signs in  用户, or a service person that commands and jobs run as (which cannot)."""

    id = models.AutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    login = models.TextField(unique=True)
    name = models.TextField()
    language = models.TextField(default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "login"

    class Meta:
        constraints = [models.CheckConstraint(name="identity_login_lower", condition=models.Q(login=Lower("login")))]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A set of permissions under a name  角色; `*` stands for every permission."""

    id = models.AutoField(primary_key=True)
    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField()
    permissions = ArrayField(models.TextField())

    def __str__(self) -> str:
        return self.code


class Grant(models.Model):
    """A person holds a role  授权: in one tree or (None) in every tree, from one node down or (None) everywhere, for a time.

    The row policies read this table: a change acts at the next statement.
    """

    id = models.AutoField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants")
    tree = models.ForeignKey(Tree, models.PROTECT, null=True, related_name="+")
    node = models.ForeignKey(Entity, models.PROTECT, null=True, related_name="+")
    valid = DateRangeField()


class Attempt(models.Model):
    """Failed sign-ins of one login from one place within one window of time; the key is a hash of both."""

    key = models.TextField(primary_key=True)
    failures = models.IntegerField()
    since = models.DateTimeField()
