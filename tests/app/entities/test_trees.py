"""Trees are dated: who stood under whom on a day can be asked for every day, and a move rewrites nothing that was."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from guozi.app import gate
from guozi.app.entities import actions, queries
from guozi.app.entities.models import Entity, TreeNode, TreePath
from guozi.core.kernel.errors import DeniedError, NotFoundError, UsageError
from tests.app.world import START, World

BEFORE, MOVED, AFTER = date(2019, 12, 31), date(2020, 1, 1), date(2024, 6, 30)


def names(entities: list[Entity]) -> list[str]:
    return [entity.code for entity in entities]


def test_a_move_takes_all_that_stands_below_and_keeps_what_was(world: World) -> None:
    with gate.acting_as(world.console):
        actions.move(world.north, world.tree, world.south, MOVED)
        assert names(queries.ancestors(world.tree, world.mill.pk, BEFORE)) == ["1", "0"]
        assert names(queries.ancestors(world.tree, world.mill.pk, AFTER)) == ["1", "2", "0"]
        assert names(queries.descendants(world.tree, world.south.pk, BEFORE)) == ["2", "21"]
        assert names(queries.descendants(world.tree, world.south.pk, MOVED)) == ["1", "11", "12", "2", "21"]
        assert queries.members(world.tree, world.north.pk, AFTER) == [world.north.pk, world.mill.pk, world.mine.pk]
        assert names(queries.children(world.tree, world.sasac.pk, AFTER)) == ["2"]


def test_the_closure_is_what_walking_up_day_by_day_gives(world: World) -> None:
    with gate.acting_as(world.console):
        actions.move(world.mill, world.tree, world.south, date(2018, 1, 1))
        actions.move(world.north, world.tree, world.port, date(2020, 1, 1))
        actions.move(world.mill, world.tree, world.north, date(2022, 1, 1))
        actions.move(world.mine, world.tree, world.sasac, date(2017, 1, 1))  # entered late: before the other moves
        for day in (START, date(2017, 6, 1), date(2018, 6, 1), date(2020, 6, 1), date(2023, 1, 1)):
            parent = {
                node.entity_id: node.parent_id for node in TreeNode.objects.filter(tree=world.tree, valid__contains=day)
            }
            walked = set()
            for entity in parent:
                above, depth = entity, 0
                while above is not None:
                    walked.add((above, entity, depth))
                    above, depth = parent[above], depth + 1
            paths = TreePath.objects.filter(tree=world.tree, valid__contains=day)
            assert set(paths.values_list("ancestor_id", "descendant_id", "depth")) == walked


def test_a_move_acts_on_what_people_see_at_once(world: World) -> None:
    with gate.acting_as(world.console):
        actions.move(world.port, world.tree, world.north, MOVED)
    assert world.port.pk in gate.scope(world.reviewer.pk, "reporting").orgs
    with gate.acting_as(world.reviewer.pk):
        assert queries.by_id(world.port.pk).code == "21"


def test_nothing_can_stand_under_itself(world: World) -> None:
    with gate.acting_as(world.console):
        for parent in (world.mill, world.north):
            with pytest.raises(UsageError, match="part of it"):
                actions.move(world.north, world.tree, parent, MOVED)


def test_a_loop_that_would_only_come_later_is_seen_too(world: World) -> None:
    with gate.acting_as(world.console):
        actions.move(world.south, world.tree, world.mine, date(2022, 1, 1))
        with pytest.raises(UsageError, match="part of it"):
            actions.move(world.north, world.tree, world.port, date(2020, 1, 1))


def test_two_parents_at_once_are_refused_by_the_database(world: World) -> None:
    with gate.acting_as(world.console), pytest.raises(IntegrityError, match="one_parent"), transaction.atomic():
        TreeNode.objects.create(
            tree=world.tree, entity=world.mill, parent=world.south, valid=("2016-01-01", "2016-02-01")
        )


def test_a_move_needs_the_right_over_both_places(world: World) -> None:
    with gate.acting_as(world.officer.pk):
        actions.move(world.mine, world.tree, world.mill, MOVED)
    with gate.acting_as(world.reviewer.pk), pytest.raises(DeniedError):
        actions.move(world.mill, world.tree, world.mine, MOVED)


def test_a_day_on_which_it_did_not_stand_there_is_refused(world: World) -> None:
    with gate.acting_as(world.console), pytest.raises(UsageError, match="does not stand"):
        actions.move(world.mill, world.tree, world.south, date(2001, 1, 1))


def test_what_one_may_not_see_is_not_found(world: World) -> None:
    with gate.acting_as(world.stranger.pk):
        assert queries.ancestors(world.tree, world.port.pk, AFTER) == []
        assert queries.descendants(world.tree, world.sasac.pk, AFTER) == [world.port]
        assert queries.members(world.tree, world.north.pk, AFTER) == []
        assert [node.entity for node in queries.nodes(world.tree, AFTER)] == [world.port]
        assert queries.roots(world.tree, AFTER) == []
        with pytest.raises(NotFoundError):
            queries.by_id(world.mill.pk)
        with pytest.raises(NotFoundError):
            queries.by_uid(world.mill.uid)
