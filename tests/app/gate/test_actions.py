"""An action asks for the right first, writes all or nothing, and may not forget the audit entry."""

from __future__ import annotations

import pytest
from django.db import connection

from guozi.app import gate
from guozi.app.audit.actions import record
from guozi.app.audit.models import Entry
from guozi.app.entities.models import Entity
from guozi.core.kernel.errors import DeniedError
from tests.app.world import World


@gate.action("entities.manage")
def audited_change(entity: Entity, name: str) -> str:
    entity.name = name
    entity.save()
    record("test.change", entity, entity.org_id)
    return name


@gate.action("entities.manage")
def forgetful_change(entity: Entity) -> None:
    entity.name = "forgotten"
    entity.save()


def name_of(entity: Entity) -> str:
    return Entity.objects.get(pk=entity.pk).name


def entries() -> int:
    return Entry.objects.values("id").count()


def test_who_may_changes_and_is_written_down(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        before = entries()
        assert audited_change(world.mill, "new name") == "new name"
        assert (name_of(world.mill), entries()) == ("new name", before + 1)


@pytest.mark.parametrize("who", ["reporter", "colleague", "leader", "stranger", "newcomer"])
def test_who_may_not_is_refused_before_anything_happens(world: World, who: str) -> None:
    with gate.acting_as(getattr(world, who).pk), pytest.raises(DeniedError):
        audited_change(world.mill, "x")
    with gate.acting_as(world.console):
        assert name_of(world.mill) == "北方钢厂"


def test_nobody_is_asked_to_sign_in(world: World) -> None:
    with gate.acting_as(None), pytest.raises(DeniedError, match="sign in"):
        audited_change(world.mill, "x")


def test_an_action_that_forgets_its_audit_entry_is_undone(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        with pytest.raises(gate.NotAuditedError, match="forgetful_change"):
            forgetful_change(world.mill)
        assert name_of(world.mill) == "北方钢厂"


def test_an_action_that_fails_leaves_no_audit_entry_of_what_did_not_happen(world: World) -> None:
    @gate.action("entities.manage")
    def breaks(entity: Entity) -> None:
        record("test.breaks", entity)
        raise ZeroDivisionError

    with gate.acting_as(world.officer.pk):
        before = entries()
        with pytest.raises(ZeroDivisionError):
            breaks(world.mill)
        assert entries() == before


def test_a_right_is_asked_for_on_the_enterprise_of_the_subject(world: World) -> None:
    may = {
        (who, node): gate.may(getattr(world, who).pk, "reporting_test.write", getattr(world, node))
        for who in ("officer", "reviewer", "stranger")
        for node in ("sasac", "mill", "port")
    }
    assert not any(may.values())
    assert gate.may(world.reviewer.pk, "entities.read", world.mill)
    assert not gate.may(world.reviewer.pk, "entities.read", world.port)
    assert gate.may(world.reviewer.pk, "entities.read")
    assert not gate.may(world.newcomer.pk, "entities.read")
    assert not gate.may(None, "entities.read")


gate.declare("reporting_test.write", zh="试", en="Try")


def test_a_permission_that_nobody_declared_is_a_slip_of_the_pen() -> None:
    with pytest.raises(LookupError, match=r"entities\.mange"):
        gate.may(1, "entities.mange")


def test_one_permission_has_one_meaning() -> None:
    gate.declare("entities.read", zh="查看企业名录", en="See the register of enterprises")
    with pytest.raises(ValueError, match="declare it once"):
        gate.declare("entities.read", zh="别的", en="Something else")
    with pytest.raises(ValueError, match="<shelf>"):
        gate.declare("read", zh="", en="")


def test_a_subject_that_does_not_say_whose_it_is_is_a_bug(world: World) -> None:
    with pytest.raises(TypeError, match="org_id"):
        gate.may(world.officer.pk, "entities.read", object())


def test_the_answer_and_the_row_policy_are_the_same_rows(world: World) -> None:
    for who in ("reporter", "reviewer", "officer", "stranger", "newcomer"):
        person = getattr(world, who).pk
        scope = gate.scope(person, "entities")
        with gate.acting_as(person), connection.cursor() as cursor:
            cursor.execute("select coalesce(array_agg(id order by id), '{}') from entities_entity")
            assert sorted(scope.orgs) == cursor.fetchone()[0]
        assert scope.person == person
        assert scope.shelves == ({"entities"} if scope.orgs else set())


def test_a_shelf_of_which_one_holds_no_permission_has_an_empty_scope(world: World) -> None:
    assert gate.scope(world.reporter.pk, "entities").orgs
    assert gate.scope(world.reporter.pk, "identity").orgs == {}
