"""Enterprises are found by code and name as they are and were; codes are checked; attributes have two times."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from guozi.app import gate
from guozi.app.entities import actions, queries
from guozi.app.entities.models import Entity, EntityFact
from guozi.core.kernel.errors import ConflictError, DeniedError, NotFoundError, UsageError
from tests.app.world import START, World

USCC = "912100002400119685"


def test_an_enterprise_is_found_by_credit_code_our_code_name_and_former_code(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        actions.set_code(world.mill, "uscc", USCC, START)
        actions.set_code(world.mill, "former", "OLD-7", START)
        for text in (USCC, USCC.lower(), " 11 ", "北方钢厂", "OLD-7"):
            assert queries.find(text) == world.mill
        with pytest.raises(NotFoundError, match="nowhere"):
            queries.find("nowhere")
        with pytest.raises(NotFoundError):
            queries.find("  ")


def test_a_name_that_fits_several_is_not_guessed(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        actions.rename(world.mine, "北方钢厂", date(2020, 1, 1))
        with pytest.raises(UsageError, match="Several"):
            queries.find("北方钢厂")


@pytest.mark.parametrize("text", ["钢厂", "beifanggang", "bfgc", "Bei Fang", "11"])
def test_search_knows_parts_pinyin_and_initials(world: World, text: str) -> None:
    with gate.acting_as(world.officer.pk):
        assert world.mill in queries.search(text)
    with gate.acting_as(world.stranger.pk):
        assert queries.search(text) == []


def test_the_old_name_still_finds_it(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        actions.rename(world.mill, "新钢厂", date(2020, 1, 1))
        assert [entity.name for entity in queries.search("北方钢厂")] == ["新钢厂"]
        assert [(str(name.valid), name.name) for name in world.mill.names.order_by("valid")] == [
            ("[2015-01-01, 2020-01-01)", "北方钢厂"),
            ("[2020-01-01, None)", "新钢厂"),
        ]


def test_a_credit_code_with_a_slip_is_refused(world: World) -> None:
    with gate.acting_as(world.officer.pk), pytest.raises(UsageError, match="91210000240011968X"):
        actions.set_code(world.mill, "uscc", "91210000240011968X", START)


def test_a_code_belongs_to_one_enterprise_at_a_time(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        with pytest.raises(ConflictError, match="21"):
            actions.set_code(world.mill, "code", "21", START)
        actions.set_code(world.port, "code", "22", date(2020, 1, 1))
        actions.set_code(world.mill, "code", "21", date(2021, 1, 1))
        assert queries.find("21") == world.mill


def test_a_code_that_a_hidden_enterprise_bears_is_a_conflict_and_no_crash(world: World) -> None:
    with gate.acting_as(world.console):
        world.colleague.grants.update(role_id=world.officer.grants.get().role_id)
    with gate.acting_as(world.colleague.pk), pytest.raises(ConflictError):
        actions.set_code(world.mill, "code", "21", date(2021, 1, 1))


def test_what_has_not_come_yet_and_what_is_overtaken_are_refused(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        with pytest.raises(UsageError, match="future"):
            actions.rename(world.mill, "x", timezone.localdate() + timedelta(days=2))
        with pytest.raises(UsageError, match="newer"):
            actions.rename(world.mill, "x", date(2001, 1, 1))
        with pytest.raises(UsageError, match="needs a name"):
            actions.rename(world.mill, "  ", date(2020, 1, 1))


def test_a_correction_of_an_attribute_deletes_nothing(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        actions.set_fact(world.mill, "industry", "mining", START)
        knew = timezone.now()
        actions.set_fact(world.mill, "industry", "manufacturing", date(2018, 1, 1), date(2020, 1, 1))

        def said(day: date, known: object = None) -> dict[str, str]:
            return queries.facts([world.mill.pk], day, known)[world.mill.pk]  # type: ignore[arg-type]

        assert said(date(2017, 12, 31)) == {"industry": "mining"}
        assert said(date(2018, 1, 1)) == {"industry": "manufacturing"}
        assert said(date(2020, 1, 1)) == {"industry": "mining"}
        assert said(date(2018, 1, 1), knew) == {"industry": "mining"}
        assert said(date(2014, 1, 1)) == {}
        assert EntityFact.objects.filter(org=world.mill, value="mining").count() == 3


def test_a_new_enterprise_stands_in_the_tree_and_is_seen_by_those_above(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        made = actions.create(
            world.tree,
            name="北方电厂",
            code="13",
            uscc=USCC,
            parent=world.north,
            start=START,
            facts={"industry": "manufacturing"},
        )
        assert (made.uscc, made.code, made.name) == (USCC, "13", "北方电厂")
        assert made.uid.version == 7
    with gate.acting_as(world.reviewer.pk):
        assert queries.find("13") == made
    with gate.acting_as(world.stranger.pk), pytest.raises(NotFoundError):
        queries.find("13")


def test_an_attribute_or_a_word_that_the_vocabulary_lacks_is_refused(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        for attribute, value in (("colour", "red"), ("industry", "manufactoring")):
            with pytest.raises(UsageError, match=value):
                actions.set_fact(world.mill, attribute, value, START)


@pytest.mark.parametrize("who", ["reporter", "colleague", "leader", "reviewer", "stranger", "newcomer"])
def test_who_may_not_keep_the_register_changes_nothing_in_it(world: World, who: str) -> None:
    with gate.acting_as(getattr(world, who).pk):
        for attempt in (
            lambda: actions.create_tree("other", zh="", en=""),
            lambda: actions.create(world.tree, name="x", parent=world.mill, start=START),
            lambda: actions.rename(world.mill, "x", date(2020, 1, 1)),
            lambda: actions.set_code(world.mill, "code", "99", START),
            lambda: actions.move(world.mill, world.tree, world.south, date(2020, 1, 1)),
            lambda: actions.set_fact(world.mill, "industry", "mining", START),
        ):
            with pytest.raises(DeniedError):
                attempt()
    with gate.acting_as(world.console):
        assert Entity.objects.count() == 6


def test_only_who_holds_the_whole_tree_makes_a_root(world: World) -> None:
    with gate.acting_as(world.officer.pk), pytest.raises(DeniedError):
        actions.create(world.tree, name="another bureau", parent=None, start=START)
    with gate.acting_as(world.console):
        root = actions.create(world.tree, name="another bureau", parent=None, start=START)
        assert queries.roots(world.tree, date(2020, 1, 1)) == [world.sasac, root]
