"""The demo: real companies in two made-up groups under one made-up SASAC, brought in through the reporter's own door."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from guozi.app import gate, wiring
from guozi.app.decisions.close import close
from guozi.app.entities import actions as entity_actions, queries as entities
from guozi.app.entities.models import Entity, Tree
from guozi.app.facts.queries import official_run
from guozi.app.files.actions import store
from guozi.app.files.models import Upload
from guozi.app.identity import actions as people
from guozi.app.identity.models import Person
from guozi.app.identity.queries import console
from guozi.app.jobs.actions import absorb
from guozi.app.regulation.actions import load_release
from guozi.app.reporting import actions as reporting
from guozi.app.reporting.door import read_upload
from guozi.app.reporting.models import Filing, Task
from guozi.app.reporting.tasks import PROJECT, project_all
from guozi.cli.base import say
from guozi.cli.city import REPORT_TYPE, UNIT, City
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import Offered
from guozi.instance.home import Home

BEGIN = date(2004, 1, 1)
FORMS = ("balance_sheet", "income_statement", "cash_flow")


def plan() -> dict[str, Any]:
    """Who and what the demo is made of (`samples/demo.json`): the tree, the people, the task, what is left for people to do."""
    return json.loads((wiring.samples_root() / "demo.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def make_demo(size: str) -> dict[str, Any]:
    """Makes the demo, or what is missing of it; the document that `guozi demo` prints."""
    demo, person = plan(), console().pk
    with gate.acting_as(person):
        load_release()
        tree, by_code = _register(demo)
        city = settle(tree, City.of_size(size), by_code) if size != "small" else None
        accounts = _accounts(demo, tree, by_code)
    samples = list(wiring.samples())
    years = sorted({sample.year for sample in samples})
    with gate.acting_as(person):
        for year in years:
            owing = {by_code[sample.company.code].pk for sample in samples if sample.year == year}
            if city is not None and year in city.years:
                owing |= {by_code[one.code].pk for one in city.enterprises}
            open_year(demo, tree, year, owing)
    with gate.as_person(person):
        _file(demo, samples, by_code)
        if city is not None:
            file_city(city, by_code)
        absorb(PROJECT)
        project_all()
        _close(tree, [year for year in years if year < demo["latest"]])
    with gate.acting_as(person):
        return {
            "home": str(Home.from_environment().root),
            "url": "",
            "accounts": accounts,
            "entities": len(entities.nodes(tree, date(demo["latest"], 12, 31))),
            "filings": Filing.objects.count(),
        }


def _register(demo: dict[str, Any]) -> tuple[Tree, dict[str, Entity]]:
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

    sasac = one(demo["sasac"]["code"], demo["sasac"]["name"], None)
    companies = {company.code: company for company in wiring.sample_companies()}
    for group in demo["groups"]:
        node = one(group["code"], group["name"], sasac)
        for member in group["members"]:
            company = companies[member["company"]]
            one(company.code, company.name, node, uscc=company.uscc, report_type="consolidated", facts=member["facts"])
    return tree, found


def settle(tree: Tree, city: City, found: dict[str, Entity]) -> City:
    """The municipality's groups and enterprises under the made-up SASAC; those that are there already are left alone."""
    sasac, start = found["DEMO-SASAC"], date(city.years[0], 1, 1)
    there = set(Entity.objects.values_list("code", flat=True))
    for code, name in city.groups.items():
        if code not in there:
            entity_actions.create(tree, name=name, parent=sasac, start=start, code=code)
    groups = {entity.code: entity for entity in Entity.objects.filter(code__in=city.groups)}
    for number, one in enumerate(city.enterprises, 1):
        if one.code not in there:
            entity_actions.create(
                tree,
                name=one.name,
                parent=groups[one.group],
                start=start,
                code=one.code,
                report_type=REPORT_TYPE,
                facts=one.facts,
            )
        if number % 500 == 0:
            say(_("registered {done} of {total} enterprises").format(done=number, total=len(city.enterprises)))
    found.update(
        {entity.code: entity for entity in Entity.objects.filter(code__in=[one.code for one in city.enterprises])}
    )
    return city


def file_city(city: City, by_code: dict[str, Entity]) -> None:
    """The municipality's filings, an enterprise's years in one transaction, submitted and accepted by the same actions as any other."""
    person = gate.current()
    for number, one in enumerate(city.enterprises, 1):
        entity = by_code[one.code]
        with gate.acting_as(person):
            filed = set(Filing.objects.filter(org=entity).values_list("period", flat=True))
            for year, forms, _sound in city.filings(one):
                if str(year) not in filed:
                    incoming = [reporting.Incoming(form, cells, {}, Offered(), UNIT) for form, cells in forms.items()]
                    _file_drafts(
                        entity, Period(year), REPORT_TYPE, incoming, None, city.words["explanation"], (person, person)
                    )
        if number % 100 == 0 or number == len(city.enterprises):
            say(_("filed {done} of {total} made-up enterprises").format(done=number, total=len(city.enterprises)))


def _accounts(demo: dict[str, Any], tree: Tree, by_code: dict[str, Entity]) -> list[dict[str, str]]:
    """One account a role; passwords are made once and kept beside the instance, for a demo only."""
    path = Home.from_environment().root / "demo-accounts.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for one in demo["people"]:
        if one["login"] not in kept:
            kept[one["login"]] = f"{secrets.token_urlsafe(9)}-1a"
    path.write_text(json.dumps(kept, indent=1))  # before the accounts: a demo that is cut off can still be signed in to
    path.chmod(0o600)
    for one in demo["people"]:
        if not Person.objects.filter(login=one["login"]).exists():
            person = people.create_person(
                login=one["login"], name=one["name"], password=kept[one["login"]], language="zh-hans"
            )
            people.grant(
                person, one["role"], tree=tree if one["at"] else None, node=by_code.get(one["at"]), start=BEGIN
            )
    return [{"role": one["role"], "login": one["login"], "password": kept[one["login"]]} for one in demo["people"]]


def open_year(demo: dict[str, Any], tree: Tree, year: int, owing: Collection[int] | None = None) -> Task:
    """The year's task: closed years were due in the April after; the years that are left open are due in a few days, as in real life."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if year < demo["latest"]:
        opens = datetime.combine(date(year + 1, 1, 1), time(9), zone)
        due = datetime.combine(date(year + 1, 4, 30), time(18), zone)
    else:
        today = timezone.localdate()
        opens = datetime.combine(today - timedelta(days=20), time(9), zone)
        due = datetime.combine(today + timedelta(days=demo["days_left"]), time(18), zone)
    return reporting.open_task(
        tree,
        name_zh=demo["task"]["zh"],
        name_en=demo["task"]["en"],
        period=Period(year),
        forms=FORMS,
        opens_at=opens,
        due_at=due,
        strict=False,
        only=owing,
    )


def _file(demo: dict[str, Any], samples: Sequence[Any], by_code: dict[str, Entity]) -> None:
    """Each spreadsheet in one transaction: read, made a draft, submitted, accepted; what is there already is left alone."""
    person, hands = gate.current(), _hands(demo, by_code)
    left_open = {tuple(one) for one in demo["left_open"]}
    for number, sample in enumerate(samples, 1):
        entity, period = by_code[sample.company.code], Period(sample.year)
        with gate.acting_as(person):
            done = Filing.objects.filter(org=entity, period=str(period)).exists()
            if not done and (sample.company.code, sample.year) not in left_open:
                _one_filing(
                    entity, period, sample.file, sample.content, demo["explanation"], hands[sample.company.code]
                )
        if number % 25 == 0 or number == len(samples):
            say(_("filed {done} of {total} company-years").format(done=number, total=len(samples)))


def _hands(demo: dict[str, Any], by_code: dict[str, Entity]) -> dict[str, tuple[int, int]]:
    """Who files for each company and who accepts for its group; filers who are no account of the demo cannot sign in."""
    logins = {one["name"]: one["login"] for one in demo["people"]}
    found = {}
    with gate.acting_as(gate.current()):
        for group in demo["groups"]:
            reviewer = Person.objects.get(login=group["reviewer"]).pk
            for member in group["members"]:
                login = logins.get(member["filer"], f"filer-{member['company']}")
                filer = Person.objects.filter(login=login).first()
                if filer is None:
                    filer = people.create_person(login=login, name=member["filer"], password=None, language="zh-hans")
                    people.grant(filer, "reporter", tree=entities.tree(), node=by_code[member["company"]], start=BEGIN)
                found[member["company"]] = (filer.pk, reviewer)
    return found


def _one_filing(
    entity: Entity, period: Period, name: str, data: bytes, explanation: str, hands: tuple[int, int]
) -> None:
    with gate.acting_as(hands[0]):
        read = read_upload(entity, period, "consolidated", name, data)
        upload = store(io.BytesIO(data), name=name, org_id=entity.pk)
    _file_drafts(entity, period, "consolidated", read.incoming, upload, explanation, hands)


def _file_drafts(
    entity: Entity,
    period: Period,
    report_type: str,
    incoming: Sequence[reporting.Incoming],
    upload: Upload | None,
    explanation: str,
    hands: tuple[int, int],
) -> None:
    """Filed by the first of `hands`, accepted by the second, in the caller's transaction."""
    filer, reviewer = hands
    with gate.acting_as(filer):
        loaded = reporting.load_drafts(entity, period, report_type, incoming, upload=upload)
        for filing, _draft, found in loaded:
            failing = {one.rule_code: explanation for one in found if one.stops or one.asks}
            reporting.submit(filing, explanations=failing)
    with gate.acting_as(reviewer):
        for filing, _draft, _found in loaded:
            filing.refresh_from_db()
            reporting.accept(filing)


def _close(tree: Tree, years: Sequence[int]) -> None:
    for year in years:
        with gate.acting_as(gate.current()):
            closed = official_run(tree.pk, str(year)) is not None
        if not closed:
            say(_("closing {year}").format(year=year))
            close(tree, Period(year))
