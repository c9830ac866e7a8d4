"""A real enterprise's filings in the small world: 鞍钢股份 under the northern group, its published statements as a reporter would send them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.entities import actions as entities
from guozi.app.entities.models import Entity
from guozi.app.files.actions import store
from guozi.app.identity import actions as identity
from guozi.app.identity.models import Person
from guozi.app.regulation.actions import load_release
from guozi.app.reporting import actions
from guozi.app.reporting.door import read_upload
from guozi.app.reporting.models import Draft, Filing, Task
from guozi.app.reporting.queries import CheckFinding
from guozi.core.kernel.period import Period
from tests.app.world import START, World

FORMS = ("balance_sheet", "income_statement", "cash_flow")
STEEL = "000898"
YEAR = 2018
PERIOD = Period(YEAR)


@cache
def sample(code: str = STEEL, year: int = YEAR) -> wiring.Sample:
    """The spreadsheet of a company-year."""
    return next(iter(wiring.samples(codes=[code], wanted=[year])))


@dataclass(frozen=True)
class Place:
    """The world with a steel company that owes three forms; `reporter` files for it, `reviewer` and `officer` are above it."""

    world: World
    steel: Entity
    task: Task

    @property
    def reporter(self) -> Person:
        return self.world.reporter

    @property
    def reviewer(self) -> Person:
        return self.world.reviewer

    def load(self, code: str = STEEL, year: int = YEAR) -> list[tuple[Filing, Draft, tuple[CheckFinding, ...]]]:
        """The reporter sends the published statements of a year."""
        one = sample(code, year)
        with gate.acting_as(self.reporter.pk):
            read = read_upload(self.steel, Period(year), "consolidated", one.file, one.content)
            upload = store(_Stream(one.content), name=one.file, org_id=self.steel.pk)
            return actions.load_drafts(self.steel, Period(year), "consolidated", read.incoming, upload=upload)

    def submitted(self, form: str = "balance_sheet") -> Filing:
        """A filing that waits for review."""
        filing = next(filing for filing, _, _ in self.load() if filing.form == form)
        with gate.acting_as(self.reporter.pk):
            found = actions.findings_of_draft(filing, filing.draft)
            actions.submit(
                filing, explanations={one.rule_code: "按已披露年报填列" for one in found if one.stops or one.asks}
            )
            return Filing.objects.select_related("org", "current_version", "accepted_version").get(pk=filing.pk)

    def client(self, person: Person) -> Client:
        """A browser in which that person is signed in."""
        client = Client()
        client.force_login(person)
        return client


class _Stream:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, size: int, /) -> bytes:
        piece, self.data = self.data[:size], self.data[size:]
        return piece


@pytest.fixture
def place(world: World, settings: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """See Place; nobody is acting."""
    settings.FILES_ROOT, settings.FACTS_ROOT = tmp_path / "files", tmp_path / "facts"  # type: ignore[attr-defined]
    company = sample().company
    with gate.acting_as(world.console):
        load_release()
        steel = entities.create(
            world.tree,
            name=company.name,
            parent=world.north,
            start=START,
            code=company.code,
            uscc=company.uscc,
            report_type="consolidated",
        )
        for person, role in ((world.reporter, "reporter"), (world.colleague, "leader")):
            identity.grant(person, role, tree=world.tree, node=steel, start=START)
        task = actions.open_task(
            world.tree,
            name_zh="年度财务决算",
            name_en="Annual final accounts",
            period=PERIOD,
            forms=FORMS,
            opens_at=datetime(2019, 1, 1, tzinfo=UTC),
            due_at=timezone.now() + timedelta(days=2, hours=3),
            strict=False,
        )
    return Place(world, steel, task)
