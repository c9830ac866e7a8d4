"""A town with real enterprises: three listed companies in two groups under one bureau, three years filed, the middle one closed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings

from guozi.app import gate, wiring
from guozi.app.decisions.close import close
from guozi.app.entities import actions as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.files.actions import store
from guozi.app.identity import actions as identity, queries
from guozi.app.identity.models import Person
from guozi.app.regulation.actions import load_release
from guozi.app.reporting import actions as reporting
from guozi.app.reporting.door import read_upload
from guozi.app.reporting.tasks import project_all
from guozi.core.kernel.period import Period

BEGIN = date(2010, 1, 1)
FORMS = ("balance_sheet", "income_statement", "cash_flow")
YEAST, WATER, STOVE = "600298", "002304", "002677"
GROUPS = {"G1": (YEAST, STOVE), "G2": (WATER,)}
YEARS = (2016, 2017, 2018)
LATE = (STOVE, 2018)
"""What is not filed when the town is made; `Town.late` files it."""
WAN = Decimal(10_000)


@dataclass(frozen=True)
class Town:
    """`by` maps codes to enterprises; people's names say what they are. `stranger` reports for WATER alone, `newcomer` has no grant."""

    tree: Tree
    by: dict[str, Entity]
    console: int
    leader: Person
    officer: Person
    reviewer: Person
    reporter: Person
    stranger: Person
    newcomer: Person

    def client(self, person: Person | None) -> Client:
        """A browser, signed in unless nobody is meant."""
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    def file(self, code: str, year: int, *, accept: bool = True, project: bool = True) -> None:
        """The company sends its published statements of a year."""
        one = next(iter(wiring.samples(codes=[code], wanted=[year])))
        entity, period = self.by[code], Period(year)
        with gate.acting_as(self.console):
            read = read_upload(entity, period, "consolidated", one.file, one.content)
            upload = store(BytesIO(one.content), name=one.file, org_id=entity.pk)
            for filing, _draft, found in reporting.load_drafts(
                entity, period, "consolidated", read.incoming, upload=upload
            ):
                reasons = {each.rule_code: "按已披露年报填列" for each in found if each.stops or each.asks}
                reporting.submit(filing, explanations=reasons)
                filing.refresh_from_db()
                if accept:
                    reporting.accept(filing)
        if project:
            with gate.as_person(self.console):
                project_all()

    def correct(self, code: str, year: int, form: str, item: str, text: str) -> None:
        """The company files one form anew with another amount in one cell, and is accepted."""
        with gate.acting_as(self.console):
            filing = reporting.start(self.by[code], form, Period(year), "consolidated")
            column = wiring.library().forms[form].default_column.code
            _draft, found = reporting.save_cells(filing, filing.draft.revision, {item: {column: text}})
            reporting.submit(
                filing,
                explanations={one.rule_code: "更正错填的数字，附注另有说明" for one in found if one.stops or one.asks},
            )
            filing.refresh_from_db()
            reporting.accept(filing)
        with gate.as_person(self.console):
            project_all()

    def late(self) -> None:
        """The filing that was missing comes in."""
        self.file(*LATE)


def published(code: str, form: str, name: str, year: int) -> Decimal | None:
    """A figure straight from the published table, in yuan; None where it was not disclosed."""
    with (wiring.samples_root() / "published" / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (row["form"], row["item"]) == (form, name):
                text = row[str(year)]
                return Decimal(text) * WAN if text else None
    raise AssertionError(f"{code} has no row {name}")


@contextmanager
def standing(folder: Path) -> Iterator[Town]:
    """Builds the town inside a transaction that is undone at the end; its files and facts are in `folder`."""
    with override_settings(FACTS_ROOT=folder / "facts", FILES_ROOT=folder / "files"), transaction.atomic():
        cache.clear()
        yield _build()
        transaction.set_rollback(True)
    cache.clear()


def _build() -> Town:
    console = queries.console().pk
    companies = {company.code: company for company in wiring.sample_companies()}
    with gate.acting_as(console):
        load_release()
        tree = entities.create_tree("reporting", zh="报送树", en="Reporting tree")
        by = {"S": entities.create(tree, name="测试市国资委", code="S", parent=None, start=BEGIN)}
        for group, codes in GROUPS.items():
            by[group] = entities.create(tree, name=f"集团{group}", code=group, parent=by["S"], start=BEGIN)
            for code in codes:
                company = companies[code]
                by[code] = entities.create(
                    tree,
                    name=company.name,
                    code=code,
                    uscc=company.uscc,
                    parent=by[group],
                    start=BEGIN,
                    report_type="consolidated",
                    facts={"debt_class": "industrial"},
                )

        def person(login: str, role: str, at: str) -> Person:
            someone = identity.create_person(login=login, name=login.title(), password=None)
            if role:
                identity.grant(someone, role, tree=tree, node=by[at], start=BEGIN)
            return someone

        town = Town(
            tree,
            by,
            console,
            leader=person("leader", "leader", "S"),
            officer=person("officer", "officer", "S"),
            reviewer=person("reviewer", "reviewer", "G1"),
            reporter=person("reporter", "reporter", YEAST),
            stranger=person("stranger", "reporter", WATER),
            newcomer=person("newcomer", "", ""),
        )
        for year in YEARS:
            reporting.open_task(
                tree,
                name_zh="年度财务决算",
                name_en="Annual final accounts",
                period=Period(year),
                forms=FORMS,
                opens_at=datetime(year + 1, 1, 1, tzinfo=UTC),
                due_at=datetime(year + 1, 4, 30, tzinfo=UTC),
                strict=False,
            )
    for codes in GROUPS.values():
        for code in codes:
            for year in YEARS:
                if (code, year) != LATE:
                    town.file(code, year, project=False)
    with gate.as_person(console):
        project_all()
        close(tree, Period(2017))
    return town
