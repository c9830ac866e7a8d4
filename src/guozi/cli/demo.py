"""The demo: real companies in two made-up groups under one made-up SASAC, brought in through the reporter's own door."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from guozi.app import gate, wiring
from guozi.app.decisions.close import close
from guozi.app.entities import actions as entity_actions
from guozi.app.entities import queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.facts.queries import official_run
from guozi.app.files.actions import store
from guozi.app.identity import actions as people
from guozi.app.identity.models import Person
from guozi.app.identity.queries import console
from guozi.app.regulation.actions import load_release
from guozi.app.reporting import actions as reporting
from guozi.app.reporting.door import read_upload
from guozi.app.reporting.models import Filing, Task
from guozi.app.reporting.tasks import project_all
from guozi.cli.base import say
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.period import Period
from guozi.instance.home import Home

BEGIN = date(2004, 1, 1)
SASAC = ("示例市国资委", "DEMO-SASAC")
GROUPS: dict[str, tuple[str, Sequence[tuple[str, dict[str, str]]]]] = {
    "江澜产业集团（虚构）": (
        "DEMO-G1",
        [
            ("000898", {"debt_class": "industrial"}),
            ("002202", {"debt_class": "industrial"}),
            ("002236", {"debt_class": "industrial"}),
            ("002677", {"debt_class": "industrial"}),
            ("600298", {"debt_class": "industrial"}),
        ],
    ),
    "恒岳能源投资集团（虚构）": (
        "DEMO-G2",
        [
            ("003816", {"debt_class": "industrial"}),
            ("600011", {"debt_class": "industrial"}),
            ("600027", {"debt_class": "industrial"}),
            ("002304", {"debt_class": "industrial"}),
            ("600340", {"debt_class": "non_industrial"}),
        ],
    ),
}
PEOPLE: Sequence[tuple[str, str, str, str]] = (
    # login, name, role, where (a company's code, a group's code, or the SASAC)
    ("zhou", "周若岚", "reporter", "000898"),
    ("lin", "林听澜", "reviewer", "DEMO-G1"),
    ("he", "何予安", "reporter", "600011"),
    ("fang", "方启明", "officer", "DEMO-SASAC"),
    ("gu", "顾明昭", "leader", "DEMO-SASAC"),
    ("sys", "系统管理员", "system_admin", ""),
    ("sec", "安全管理员", "security_admin", ""),
    ("aud", "审计管理员", "audit_admin", ""),
)
FORMS = ("balance_sheet", "income_statement", "cash_flow")
TASK = ("年度财务决算", "Annual final accounts")
EXPLANATION = "按已披露的年报数填列，差额系披露口径与本表口径不同 (as disclosed in the annual report)"
OPEN = {("000898", 2018), ("600011", 2019), ("600298", 2019)}
"""Filings that are left for people to do: not yet filed, awaiting review, returned, in this order."""
LATEST = 2018
"""The last year in which all ten companies have figures: the year that the demo closes and opens with."""


def make_demo(size: str) -> dict[str, Any]:
    """Makes the demo, or what is missing of it; the document that `guozi demo` prints."""
    person = console().pk
    with gate.acting_as(person):
        load_release()
        tree, by_code = _register()
        accounts = _accounts(tree, by_code)
    samples = list(wiring.samples())
    years = sorted({sample.year for sample in samples})
    with gate.acting_as(person):
        for year in years:
            _task(tree, year)
    with gate.as_person(person):
        _file(samples, by_code)
        project_all()
        if size != "small":
            wiring.make_city(tree, size)
        _close(tree, years)
    with gate.acting_as(person):
        return {
            "home": str(Home.from_environment().root),
            "url": "",
            "accounts": accounts,
            "entities": len(entities.nodes(tree, date(LATEST, 12, 31))),
            "filings": Filing.objects.count(),
        }


def _register() -> tuple[Tree, dict[str, Entity]]:
    try:
        tree = entities.tree()
    except NotFoundError:
        tree = entity_actions.create_tree("reporting", zh="报送树", en="Reporting tree")
    found: dict[str, Entity] = {}

    def one(code: str, name: str, parent: Entity | None, **more: Any) -> Entity:
        try:
            found[code] = entities.find(code)
        except NotFoundError:
            found[code] = entity_actions.create(tree, name=name, parent=parent, start=BEGIN, code=code, **more)
        return found[code]

    sasac = one(SASAC[1], SASAC[0], None)
    companies = {company.code: company for company in wiring.sample_companies()}
    for group, (group_code, members) in GROUPS.items():
        node = one(group_code, group, sasac)
        for code, facts in members:
            company = companies[code]
            one(code, company.name, node, uscc=company.uscc, report_type="consolidated", facts=facts)
    return tree, found


def _accounts(tree: Tree, by_code: dict[str, Entity]) -> list[dict[str, str]]:
    """One account a role; passwords are made once and kept beside the instance, for a demo only."""
    path = Home.from_environment().root / "demo-accounts.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for login, name, role, where in PEOPLE:
        if not Person.objects.filter(login=login).exists():
            kept[login] = kept.get(login) or f"{secrets.token_urlsafe(9)}-1a"
            person = people.create_person(login=login, name=name, password=kept[login], language="zh-hans")
            people.grant(person, role, tree=tree if where else None, node=by_code.get(where), start=BEGIN)
    path.write_text(json.dumps(kept, indent=1))
    path.chmod(0o600)
    return [{"role": role, "login": login, "password": kept[login]} for login, _name, role, _where in PEOPLE]


def _task(tree: Tree, year: int) -> Task:
    zone = ZoneInfo(settings.TIME_ZONE)
    opens = datetime.combine(date(year + 1, 1, 1), time(9), zone)
    due = datetime.combine(date(year + 1, 4, 30), time(18), zone)
    return reporting.open_task(
        tree, name_zh=TASK[0], name_en=TASK[1], period=Period(year), forms=FORMS, opens_at=opens, due_at=due, strict=False
    )


def _file(samples: Sequence[Any], by_code: dict[str, Entity]) -> None:
    """Each spreadsheet in one transaction: read, made a draft, submitted, accepted; what is there already is left alone."""
    person = gate.current()
    for number, sample in enumerate(samples, 1):
        entity, period = by_code[sample.company.code], Period(sample.year)
        with gate.acting_as(person):
            done = Filing.objects.filter(org=entity, period=str(period)).exists()
            if not done and (sample.company.code, sample.year) not in OPEN:
                _one_filing(entity, period, sample.name, sample.data)
        if number % 25 == 0 or number == len(samples):
            say(_("filed {done} of {total} company-years").format(done=number, total=len(samples)))


def _one_filing(entity: Entity, period: Period, name: str, data: bytes) -> None:
    read = read_upload(entity, period, "consolidated", name, data)
    upload = store(data, name=name, org_id=entity.pk)
    for filing, _draft, found in reporting.load_drafts(entity, period, "consolidated", read.incoming, upload=upload):
        failing = {one.rule_code: EXPLANATION for one in found if one.stops or one.asks}
        reporting.submit(filing, explanations=failing)
        filing.refresh_from_db()
        reporting.accept(filing)


def _close(tree: Tree, years: Sequence[int]) -> None:
    for year in _years_to_close(tree, years):
        say(_("closing {year}").format(year=year))
        close(tree, Period(year))


def _years_to_close(tree: Tree, years: Sequence[int]) -> Iterator[int]:
    for year in years:
        if year < LATEST:
            with transaction.atomic():
                closed = official_run(tree.pk, str(year)) is not None
            if not closed:
                yield year


