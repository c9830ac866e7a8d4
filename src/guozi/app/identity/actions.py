"""Changes to people and their rights."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.entities.models import Entity, Tree
from guozi.app.identity.models import Grant, Person, Role
from guozi.app.identity.queries import covers
from guozi.core.kernel.errors import ConflictError, DeniedError, NotFoundError, RefusedError, UsageError
from guozi.core.kernel.findings import Finding, Place, mark

MANAGE = "identity.manage"
GRANT = "identity.grant"


def check_password(person: Person, password: str) -> None:
    """RefusedError with a finding for each rule that the password breaks."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        findings = [
            Finding("identity.password", "{text}", {"text": text}, Place(item="password")) for text in error.messages
        ]
        raise RefusedError(mark("This password is too weak."), findings) from None


@gate.action(MANAGE, about=None)
def create_person(
    *, login: str, name: str, password: str | None = None, language: str = "zh-hans", is_service: bool = False
) -> Person:
    """Somebody new, who may nothing yet. Without a password they cannot sign in."""
    person = Person(login=login.strip().lower(), name=name.strip(), language=language, is_service=is_service)
    if not (person.login and person.name):
        raise UsageError(mark("A person needs a login and a name."))
    if password is None:
        person.set_unusable_password()
    else:
        check_password(person, password)
        person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise ConflictError(mark("Somebody has the login {login} already."), login=person.login) from None
    record("identity.create_person", person, login=person.login, name=person.name)
    return person


@gate.action(MANAGE, about=None)
def deactivate(person: Person) -> None:
    """They cannot sign in any more, and what is open of theirs ends at the next click."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("identity.deactivate", person)


@gate.action(GRANT, about=lambda person, role_code, *, node=None, **rest: node)
def grant(
    person: Person,
    role_code: str,
    *,
    tree: Tree | None = None,
    node: Entity | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Grant:
    """Gives a role: in one tree or in every one, from a node down or everywhere; from today on unless told otherwise. Nobody grants to themselves."""
    if person.pk == gate.current():
        raise DeniedError(mark("Nobody may grant a role to themselves."))
    _within_reach(tree.pk if tree else None, node.pk if node else None)
    role = Role.objects.filter(code=role_code).first()
    if role is None:
        raise NotFoundError(mark("There is no role {code}."), code=role_code)
    given = Grant.objects.create(
        person=person, role=role, tree=tree, node=node, valid=DateRange(start or timezone.localdate(), end)
    )
    record(
        "identity.grant", given, node.pk if node else None,
        person=person.pk, role=role.code, tree=tree.code if tree else None, start=start, end=end,
    )  # fmt: skip
    return given


def _within_reach(tree_id: int | None, node_id: int | None) -> None:
    """Who may grant for a part of a tree gives and takes nothing beyond that part: a grant without a node reaches everywhere."""
    if not covers(gate.current(), GRANT, tree_id, node_id):
        raise DeniedError(mark("You may grant roles only for the part of the tree that you are responsible for."))


@gate.action(GRANT, about=lambda grant, on: grant.node_id)
def end_grant(grant: Grant, on: date) -> None:
    """From that day on it no longer holds."""
    _within_reach(grant.tree_id, grant.node_id)
    if grant.valid.lower is not None and on < grant.valid.lower:
        on = grant.valid.lower
    grant.valid = DateRange(grant.valid.lower, on)
    grant.save(update_fields=["valid"])
    record("identity.end_grant", grant, grant.node_id, person=grant.person_id, on=on)


def change_own_password(person: Person, password: str) -> None:
    """For oneself only; the caller has asked for the old one."""
    _only_oneself(person)
    check_password(person, password)
    person.set_password(password)
    person.save(update_fields=["password"])
    record("identity.change_password", person)


@gate.action(MANAGE, about=None)
def set_password(person: Person, password: str) -> None:
    """A new password for somebody, by an administrator."""
    check_password(person, password)
    person.set_password(password)
    person.save(update_fields=["password"])
    record("identity.set_password", person)


def choose_language(person: Person, language: str) -> None:
    """For oneself; a taste, so without an audit entry."""
    _only_oneself(person)
    if language in dict(settings.LANGUAGES):
        person.language = language
        person.save(update_fields=["language"])


def _only_oneself(person: Person) -> None:
    if person.pk != gate.current():
        raise DeniedError(mark("Only they themselves may do this."))
