"""The database itself lets a person see and write the rows of their own part of the tree, and nothing else."""

from __future__ import annotations

from contextlib import suppress

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

import tests.database
from guozi.app import gate
from guozi.app.entities.models import Entity, EntityName
from guozi.instance.postgres import OWNER
from tests.app.world import World


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return cursor.fetchone()[0]


def seen_by(person: int | None) -> set[str]:
    with gate.acting_as(person):
        return set(Entity.objects.values_list("name", flat=True))


def test_the_suite_runs_as_the_role_of_the_application(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == ("guozi_app", False, False, False)


def test_rows_are_counted_by_scope_without_any_filter(world: World) -> None:
    counts = {}
    for name in ("reporter", "reviewer", "officer", "stranger", "newcomer"):
        with gate.acting_as(getattr(world, name).pk):
            counts[name] = (count("entities_entity"), count("entities_entityname"), count("entities_entitycode"))
    assert counts == {
        "reporter": (1, 1, 1),
        "reviewer": (3, 3, 3),
        "officer": (6, 6, 6),
        "stranger": (1, 1, 1),
        "newcomer": (0, 0, 0),
    }


@pytest.mark.usefixtures("world")
def test_nobody_is_an_error_and_never_an_empty_page() -> None:
    for _ in range(2):
        with pytest.raises(ProgrammingError, match="no person is set"), transaction.atomic():
            count("entities_entity")
    with pytest.raises(ProgrammingError, match="no person is set"), gate.acting_as(None):
        count("entities_entity")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_guarded_tables_cannot_be_reached(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        assert count("entities_entity") == 6
    with pytest.raises(ProgrammingError, match="no person is set"):
        count("entities_entity")


def test_a_narrower_person_inside_a_wider_one_sees_less_and_the_wider_one_is_back_afterwards(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        assert count("entities_entity") == 6
        with gate.acting_as(world.reporter.pk):
            assert count("entities_entity") == 1
            with pytest.raises(ProgrammingError), gate.acting_as(None):
                count("entities_entity")
            assert count("entities_entity") == 1
        assert count("entities_entity") == 6


def test_after_a_rollback_to_a_savepoint_the_person_is_told_again(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        with suppress(RuntimeError), gate.acting_as(world.reporter.pk):
            assert count("entities_entity") == 1
            raise RuntimeError
        assert count("entities_entity") == 6
    with gate.acting_as(world.reporter.pk):
        with suppress(RuntimeError), transaction.atomic(), gate.acting_as(world.officer.pk):
            assert count("entities_entity") == 6
            raise RuntimeError
        assert count("entities_entity") == 1


def test_after_a_failed_statement_the_savepoint_can_still_be_left(world: World) -> None:
    with gate.acting_as(world.reporter.pk):
        with pytest.raises(DatabaseError), gate.acting_as(world.officer.pk):
            count("no_such_table")
        assert count("entities_entity") == 1


def test_after_a_rollback_nobody_does_not_inherit_the_rights_of_the_one_before(world: World) -> None:
    with suppress(RuntimeError), gate.acting_as(world.officer.pk):
        assert count("entities_entity") == 6
        raise RuntimeError
    with pytest.raises(ProgrammingError, match="no person is set"), transaction.atomic():
        count("entities_entity")


def test_a_row_of_another_part_of_the_tree_can_be_neither_written_nor_changed_nor_removed(world: World) -> None:
    with gate.acting_as(world.reporter.pk):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            EntityName.objects.create(org_id=world.port.pk, name="x", pinyin="x", valid=("2001-01-01", "2002-01-01"))
        assert Entity.objects.filter(pk=world.port.pk).update(name="taken over") == 0
        assert EntityName.objects.filter(org_id=world.port.pk).delete()[0] == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            EntityName.objects.update(org_id=world.port.pk)
    assert "南方港口" in seen_by(world.officer.pk)


def test_a_grant_that_ends_acts_at_the_next_statement(world: World) -> None:
    with gate.acting_as(world.reporter.pk):
        assert count("entities_entity") == 1
        world.reporter.grants.update(valid=("2015-01-01", "2016-01-01"))
        assert count("entities_entity") == 0


def test_somebody_who_was_shut_out_sees_nothing(world: World) -> None:
    world.officer.is_active = False
    world.officer.save()
    assert seen_by(world.officer.pk) == set()


def test_the_owner_is_bound_by_the_policies_too(db: None) -> None:
    with psycopg.connect(tests.database.SERVER.url(OWNER)) as owner:
        assert owner.execute("select count(*) from entities_entity").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("insert into entities_entity (uid, name, uscc, code) values (gen_random_uuid(), '', '', '')")


@pytest.mark.parametrize("table", ["identity_role", "django_migrations", "auth_permission"])
def test_the_application_may_not_write_what_it_has_no_business_with(db: None, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"delete from {table}")
