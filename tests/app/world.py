"""A small world for the application's suites: a bureau with two groups, and people with and without rights in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from guozi.app import gate
from guozi.app.entities import actions as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.identity import actions as identity, queries
from guozi.app.identity.models import Person

START = date(2015, 1, 1)
PASSWORD = "correct-horse-battery"


@dataclass(frozen=True)
class World:
    """The tree is sasac > (north > (mill, mine)), (south > port). Each person's name says their role; `stranger` is a reporter of port."""

    tree: Tree
    sasac: Entity
    north: Entity
    mill: Entity
    mine: Entity
    south: Entity
    port: Entity
    console: int
    console_person: Person
    reporter: Person  # of mill
    reviewer: Person  # of north
    officer: Person  # of sasac
    leader: Person  # of sasac
    colleague: Person  # a leader's view of mill alone: sees it, may not write
    stranger: Person  # a reporter of port
    newcomer: Person  # signed up, no grant at all


def build() -> World:
    """Makes it in the present transaction, as the console person."""
    console = queries.console().pk
    with gate.acting_as(console):
        tree = entities.create_tree("reporting", zh="报表树", en="Reporting")

        def make(name: str, code: str, parent: Entity | None) -> Entity:
            return entities.create(tree, name=name, code=code, parent=parent, start=START)

        sasac = make("示例市国资委", "0", None)
        north = make("北方集团", "1", sasac)
        mill = make("北方钢厂", "11", north)
        mine = make("北方矿山", "12", north)
        south = make("南方集团", "2", sasac)
        port = make("南方港口", "21", south)

        def person(login: str, role: str, node: Entity | None) -> Person:
            someone = identity.create_person(login=login, name=login.title(), password=PASSWORD)
            if node is not None:
                identity.grant(someone, role, tree=tree, node=node, start=START)
            return someone

        return World(
            tree,
            sasac,
            north,
            mill,
            mine,
            south,
            port,
            console,
            queries.console(),
            reporter=person("reporter", "reporter", mill),
            reviewer=person("reviewer", "reviewer", north),
            officer=person("officer", "officer", sasac),
            leader=person("leader", "leader", sasac),
            colleague=person("colleague", "leader", mill),
            stranger=person("stranger", "reporter", port),
            newcomer=person("newcomer", "", None),
        )
