"""The audit trail takes entries and gives none back, but to its administrator."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

import tests.database
from guozi.app import gate
from guozi.app.audit import queries
from guozi.app.audit.actions import record
from guozi.app.audit.models import Entry
from guozi.app.identity import actions as identity
from guozi.core.kernel.errors import DeniedError
from guozi.instance.postgres import ADMIN
from tests.app.world import World


@pytest.fixture
def auditor(world: World) -> int:
    with gate.acting_as(world.console):
        identity.grant(world.newcomer, "audit_admin")
    return world.newcomer.pk


def test_an_entry_says_who_did_what_to_whose_thing(world: World, auditor: int) -> None:
    uid = uuid4()
    with gate.acting_as(world.officer.pk):
        record("test.done", world.mill, world.mill.pk, amount=Decimal("1.50"), day=date(2020, 1, 2), uid=uid)
    with gate.acting_as(auditor):
        newest = queries.entries(limit=1)[0]
    assert (newest.person, newest.action, newest.subject, newest.org_id) == (
        world.officer.pk,
        "test.done",
        f"entities.entity:{world.mill.pk}",
        world.mill.pk,
    )
    assert newest.detail == {"amount": "1.50", "day": "2020-01-02", "uid": str(uid)}


def test_entries_are_found_by_action_enterprise_and_page(world: World, auditor: int) -> None:
    with gate.acting_as(world.officer.pk):
        for number in range(3):
            record("test.page", "thing", world.mill.pk, number=number)
        record("test.page", "thing", world.port.pk)
    with gate.acting_as(auditor):
        found = queries.entries(action="test.page", org_id=world.mill.pk, limit=2)
        assert [line.detail["number"] for line in found] == [2, 1]
        rest = queries.entries(action="test.page", org_id=world.mill.pk, before=found[-1].id)
        assert [line.detail["number"] for line in rest] == [0]


def test_who_audits_a_part_reads_what_concerns_it_alone(world: World) -> None:
    with gate.acting_as(world.console):
        identity.grant(world.newcomer, "audit_admin", tree=world.tree, node=world.north)
    with gate.acting_as(world.officer.pk):
        record("test.part", "thing", world.mill.pk)
        record("test.part", "thing", world.port.pk)
        record("test.part", "thing")
    with gate.acting_as(world.newcomer.pk):
        assert [line.org_id for line in queries.entries(action="test.part")] == [world.mill.pk]


@pytest.mark.parametrize("who", ["reporter", "reviewer", "officer", "leader", "stranger", "newcomer"])
def test_nobody_else_reads_it(world: World, who: str) -> None:
    person = getattr(world, who).pk
    with gate.acting_as(person), pytest.raises(DeniedError):
        queries.entries()
    with (
        gate.acting_as(person),
        pytest.raises(ProgrammingError, match="administrator"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select * from app.audit_entries(null, null, null, null, 10)")


@pytest.mark.parametrize(
    "statement",
    [
        "select detail from audit_entry",
        "select * from audit_entry",
        "update audit_entry set action = ''",
        "delete from audit_entry",
        "truncate audit_entry",
    ],
)
def test_the_application_can_only_add(console: int, statement: str) -> None:
    record("test.done", "thing")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Entry.objects.values("id").count() > 0


def test_even_the_superuser_does_not_change_a_row_by_accident(db: None) -> None:
    with psycopg.connect(tests.database.SERVER.url(ADMIN)) as admin:
        admin.execute("insert into audit_entry (at, action, subject, detail) values (now(), 'x', 'y', '{}')")
        for statement in ("update audit_entry set action = 'z'", "delete from audit_entry"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="takes new rows only"), admin.transaction():
                admin.execute(statement)
        row = admin.execute("select xid = pg_current_xact_id() from audit_entry order by id desc limit 1").fetchone()
        assert row == (True,)
        admin.rollback()


def test_what_is_rolled_back_was_not_done(world: World, auditor: int) -> None:
    with suppress(DatabaseError), gate.acting_as(world.officer.pk):
        record("test.rolled_back", "thing")
        raise DatabaseError
    with gate.acting_as(auditor):
        assert queries.entries(action="test.rolled_back") == []
