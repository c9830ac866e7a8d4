"""A register comes in by spreadsheet: all that is wrong is said at once, and nothing is half imported."""

from __future__ import annotations

from datetime import date

import pytest

from guozi.app import gate
from guozi.app.entities import queries
from guozi.app.entities.importing import Imported, Row, import_rows
from guozi.app.entities.models import Entity
from guozi.core.kernel.errors import DeniedError
from tests.app.world import START, World


def rows(*lines: dict[str, str]) -> list[Row]:
    return [Row(number, values) for number, values in enumerate(lines, 2)]


def do(world: World, *lines: dict[str, str], dry_run: bool = False, who: str = "officer") -> Imported:
    with gate.acting_as(getattr(world, who).pk):
        return import_rows(world.tree, rows(*lines), start=START, dry_run=dry_run, file="register.xlsx")


def count(world: World) -> int:
    with gate.acting_as(world.console):
        return Entity.objects.count()


def test_rows_in_any_order_become_a_tree(world: World) -> None:
    done = do(
        world,
        {"name": "三号矿", "code": "123", "parent": "122"},
        {"name": "二号矿", "code": "122", "parent": "北方矿山", "start": "2016-03-01"},
    )
    assert (done.created, done.changed, done.findings) == (2, 0, ())
    with gate.acting_as(world.officer.pk):
        third = queries.find("123")
        assert [entity.code for entity in queries.ancestors(world.tree, third.pk, date(2020, 1, 1))] == [
            "122",
            "12",
            "1",
            "0",
        ]


def test_everything_that_is_wrong_is_listed_with_its_line_and_nothing_comes_in(world: World) -> None:
    done = do(
        world,
        {"name": "", "code": "a"},
        {"name": "b", "uscc": "91210000240011968X", "parent": "1"},
        {"name": "c", "code": "c", "parent": "nowhere"},
        {"name": "d", "code": "d", "parent": "e"},
        {"name": "e", "code": "e", "parent": "d"},
        {"name": "f", "code": "c", "parent": "1", "start": "last year"},
        {"name": "g", "parent": "1", "colour": "red"},
        {"name": "h", "code": "h", "parent": "1", "debt_class": "no such class"},
        {"name": "good", "code": "good", "parent": "1"},
    )
    assert (done.created, done.changed) == (0, 0)
    found = {(finding.place.line, finding.code.removeprefix("entities.")) for finding in done.findings}
    assert found == {
        (2, "name-missing"),
        (3, "uscc-wrong"),
        (4, "parent-unknown"),
        (5, "parent-loop"),
        (6, "parent-loop"),
        (7, "code-twice"),
        (7, "start-unreadable"),
        (8, "code-missing"),
        (2, "column-unknown"),
        (9, "word-unknown"),
    }
    assert all(finding.text() and "{" not in finding.text() for finding in done.findings)
    assert count(world) == 6


def test_what_only_the_database_can_refuse_is_listed_too(world: World) -> None:
    done = do(
        world,
        {"name": "x", "code": "x", "parent": "1"},
        {"name": "north", "code": "1", "parent": "11"},
        {"name": "y", "code": "y", "parent": "1", "start": "2999-01-01"},
        {"name": "under y", "code": "z", "parent": "y"},
        who="console_person",
    )
    assert [(finding.place.line, finding.code) for finding in done.findings] == [
        (3, "entities.usage"),
        (4, "entities.usage"),
    ]
    assert count(world) == 6


def test_a_dry_run_says_what_it_would_do_and_does_nothing(world: World) -> None:
    done = do(
        world,
        {"name": "二号矿", "code": "122", "parent": "12"},
        {"name": "钢铁厂", "code": "11", "parent": "1"},
        dry_run=True,
    )
    assert (done.created, done.changed, done.findings) == (1, 1, ())
    assert count(world) == 6
    with gate.acting_as(world.officer.pk):
        assert queries.find("11").name == "北方钢厂"


def test_the_same_file_again_changes_nothing_and_a_changed_row_only_itself(world: World) -> None:
    line = {"name": "北方钢厂", "code": "11", "parent": "1", "debt_class": "industrial"}
    first, again = do(world, line), do(world, line)
    assert (first.created, first.changed) == (0, 1)
    assert (again.created, again.changed, again.findings) == (0, 0, ())
    moved = do(world, line | {"parent": "2", "start": "2020-01-01"})
    assert (moved.created, moved.changed) == (0, 1)
    with gate.acting_as(world.officer.pk):
        assert queries.ancestors(world.tree, world.mill.pk, date(2020, 1, 1))[0] == world.south
        assert queries.ancestors(world.tree, world.mill.pk, date(2019, 1, 1))[0] == world.north


def test_an_empty_file_is_nothing(world: World) -> None:
    assert do(world) == Imported()


@pytest.mark.parametrize("who", ["reporter", "leader", "stranger", "newcomer"])
def test_who_may_not_keep_the_register_cannot_import(world: World, who: str) -> None:
    with pytest.raises(DeniedError):
        do(world, {"name": "x", "code": "x", "parent": "1"}, who=who)


def test_a_parent_in_another_part_of_the_tree_is_unknown(world: World) -> None:
    with gate.acting_as(world.console):
        world.reviewer.grants.update(role_id=world.officer.grants.get().role_id)
    done = do(world, {"name": "x", "code": "x", "parent": "2"}, {"name": "y", "code": "y"}, who="reviewer")
    assert {finding.code for finding in done.findings} == {"entities.parent-unknown"}
    done = do(world, {"name": "y", "code": "y"}, who="reviewer")
    assert {finding.code for finding in done.findings} == {"entities.denied"}
    assert count(world) == 6
