"""Makes the instance of `_instance.py` in the home that GUOZI_HOME names, and prints what there is in it as JSON."""

from __future__ import annotations

import json
import secrets
import sys

from guozi.cli import demo  # isort: skip  (sets Django up)

from guozi.app import gate
from guozi.app.decisions.close import close
from guozi.app.entities import actions as entity_actions
from guozi.app.identity import actions as people
from guozi.app.identity.queries import console
from guozi.app.jobs.actions import absorb
from guozi.app.regulation.actions import load_release
from guozi.app.reporting.tasks import PROJECT, project_all
from guozi.app.site.setup import migrate
from guozi.cli.base import database
from guozi.cli.city import UNIT, City
from guozi.core.kernel.period import Period

LOGIN = "everyone"
ROLES = ("reporter", "reviewer", "officer", "leader")
TOLD = 40
"""So many enterprises are told of with all their cells."""


MANY = 100
"""More enterprises than that file one year only, so that the instance is made in a minute or two."""


def main(entities: int, groups: int, filed: bool) -> None:
    """The instance, with all filings submitted, accepted and projected, and all years but the last closed, where `filed`."""
    city, password = City(entities, groups), secrets.token_urlsafe(12)
    if entities > MANY:
        city.years = city.years[-1:]
    with database(make=True):
        migrate()
        person = console().pk
        with gate.acting_as(person):
            load_release()
            tree = entity_actions.create_tree("reporting", zh="Reporting", en="Reporting")
            root = entity_actions.create(tree, name="Root", parent=None, start=demo.BEGIN, code="DEMO-SASAC")
            found = {"DEMO-SASAC": root}
            demo.settle(tree, city, found)
            someone = people.create_person(login=LOGIN, name=LOGIN, password=password, language="en")
            for role in ROLES:
                people.grant(someone, role, tree=tree, node=root, start=demo.BEGIN)
            for year in city.years:
                demo.open_year(demo.plan(), tree, year)
        with gate.as_person(person):
            if filed:
                demo.file_city(city, found)
                absorb(PROJECT)
                project_all()
                for year in city.years[:-1]:
                    close(tree, Period(year))
        told = [
            {
                "code": one.code,
                "uid": str(found[one.code].uid),
                "id": found[one.code].pk,
                "unit": UNIT,
                "years": {str(year): cells for year, cells, _sound in city.filings(one)},
            }
            for one in city.enterprises[:TOLD]
        ]
        root_uid = str(root.uid)
    print(json.dumps({"login": LOGIN, "password": password, "root": root_uid, "entities": told}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "filed")
