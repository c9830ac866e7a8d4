"""Rights are granted by those who may, to others, for a part of a tree and a time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import get_hasher
from django.test import override_settings
from django.utils import timezone

from guozi.app import gate
from guozi.app.entities import actions as entities
from guozi.app.identity import actions, queries
from guozi.app.identity.models import Person, Role
from guozi.core.kernel.errors import ConflictError, DeniedError, NotFoundError, RefusedError, UsageError
from tests.app.world import PASSWORD, START, World


def orgs(person: Person) -> set[int]:
    return set(queries.scope_of(person.pk, "reporting").orgs)


def test_a_grant_reaches_from_its_node_down(world: World) -> None:
    assert orgs(world.reviewer) == {world.north.pk, world.mill.pk, world.mine.pk}
    assert orgs(world.reporter) == {world.mill.pk}
    assert orgs(world.newcomer) == set()


def test_a_grant_holds_from_its_first_day_until_its_last(world: World) -> None:
    today = timezone.localdate()
    with gate.acting_as(world.console):
        grant = actions.grant(
            world.newcomer, "leader", tree=world.tree, node=world.south, start=today + timedelta(days=1)
        )
        assert orgs(world.newcomer) == set()
        grant.valid = (START, None)
        grant.save()
        assert orgs(world.newcomer) == {world.south.pk, world.port.pk}
        grant.refresh_from_db()
        actions.end_grant(grant, today)
        assert orgs(world.newcomer) == set()
    assert [given.pk for given in queries.grants_of(world.newcomer.pk)] == [grant.pk]


def test_a_grant_without_a_node_reaches_the_whole_tree_and_not_another_one(world: World) -> None:
    with gate.acting_as(world.console):
        other = entities.create_tree("property", zh="产权树", en="Property")
        holder = entities.create(other, name="holder", parent=None, start=START)
        actions.grant(world.newcomer, "leader", tree=other)
        assert orgs(world.newcomer) == {holder.pk}
        assert len(orgs(world.officer)) == 6


def test_security_administrators_grant_and_nobody_grants_to_themselves(world: World) -> None:
    with gate.acting_as(world.console):
        actions.grant(world.newcomer, "security_admin", tree=world.tree, node=world.sasac)
    with gate.acting_as(world.newcomer.pk):
        actions.grant(world.stranger, "leader", tree=world.tree, node=world.south)
        with pytest.raises(DeniedError, match="themselves"):
            actions.grant(world.newcomer, "officer", tree=world.tree, node=world.sasac)
        with pytest.raises(DeniedError):
            actions.create_person(login="x", name="x")
        with pytest.raises(NotFoundError):
            actions.grant(world.stranger, "emperor", tree=world.tree, node=world.south)


def test_who_grants_for_a_part_gives_and_takes_nothing_beyond_it(world: World) -> None:
    with gate.acting_as(world.console):
        actions.grant(world.newcomer, "security_admin", tree=world.tree, node=world.north)
        everywhere = actions.grant(world.colleague, "leader")
    with gate.acting_as(world.newcomer.pk):
        given = actions.grant(world.stranger, "leader", tree=world.tree, node=world.mill)
        for tree, node in ((None, None), (world.tree, None), (None, world.mill), (world.tree, world.south)):
            with pytest.raises(DeniedError):
                actions.grant(world.stranger, "leader", tree=tree, node=node)
        with pytest.raises(DeniedError):
            actions.end_grant(everywhere, timezone.localdate())
        actions.end_grant(given, timezone.localdate())


@pytest.mark.parametrize("who", ["reporter", "reviewer", "officer", "leader", "stranger", "newcomer"])
def test_who_may_not_administer_changes_nobody(world: World, who: str) -> None:
    target = world.colleague
    with gate.acting_as(getattr(world, who).pk):
        for attempt in (
            lambda: actions.create_person(login="x", name="x"),
            lambda: actions.deactivate(target),
            lambda: actions.set_password(target, "taken-over-by-somebody"),
            lambda: actions.change_own_password(target, "taken-over-by-somebody"),
            lambda: actions.choose_language(target, "en"),
            lambda: actions.grant(target, "officer", tree=world.tree, node=world.mill),
            lambda: actions.end_grant(target.grants.get(), date(2020, 1, 1)),
        ):
            with pytest.raises(DeniedError):
                attempt()
    target.refresh_from_db()
    assert target.check_password(PASSWORD)
    assert target.is_active


def test_logins_are_one_persons_whatever_their_case(world: World) -> None:
    with gate.acting_as(world.console):
        with pytest.raises(ConflictError):
            actions.create_person(login="REPORTER", name="Somebody else")
        with pytest.raises(UsageError):
            actions.create_person(login=" ", name="x")
    assert queries.person("Reporter") == world.reporter
    with pytest.raises(NotFoundError):
        queries.person("nobody")
    assert queries.names([world.reporter.pk, 0]) == {world.reporter.pk: "Reporter"}


@pytest.mark.parametrize("password", ["short", "1234567890", "newperson1"])
def test_weak_passwords_are_refused_with_each_reason(console: int, password: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        actions.create_person(login="newperson", name="新人", password=password)
    assert refusal.value.findings


def test_someone_without_a_password_cannot_sign_in(console: int) -> None:
    person = actions.create_person(login="later", name="Later")
    assert not person.has_usable_password()


def test_passwords_are_kept_by_argon2() -> None:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"]):
        assert get_hasher().algorithm == "argon2"
        assert get_hasher().encode("x" * 12, "somesalt1234").startswith("argon2$argon2id$")


def test_the_built_in_roles_allow_only_what_some_shelf_declares(db: None) -> None:
    known = set(gate.permissions())
    held = {name for role in Role.objects.all() for name in role.permissions} - {"*"}
    assert held - known == set()
