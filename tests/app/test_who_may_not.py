"""Who may not: every address and every operation, asked by nobody, a stranger, a colleague without the role, and whoever's it is.

The addresses are found by walking the configuration, so that a new one which nobody put into the table here fails.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guozi.app import gate
from guozi.app.facts.queries import facts
from guozi.app.files.models import Upload
from guozi.app.indicators.figures import Figures
from guozi.app.jobs.models import Progress
from guozi.app.reporting import actions
from guozi.app.reporting.models import Draft, Filing
from guozi.app.reporting.tasks import project_all
from guozi.app.site.api import api
from tests.app.reporting import conftest as reporting
from tests.app.reporting.conftest import PERIOD, Place
from tests.app.world import PASSWORD

place = reporting.place

REASON = "差额系披露口径与本表口径不同"
ROOT = Path(__file__).resolve().parents[2]
WHO = ("nobody", "stranger", "colleague", "owner")
WRITES = ("POST", "PATCH", "PUT", "DELETE")
WATCHED = ("reporting", "files", "identity", "entities", "jobs", "facts", "warning", "decisions", "indicators")
"""Shelves whose tables must be as they were after a write that was not allowed."""

NEVER_ASKED = ("api:openapi-json", "api:openapi-view", "api:api-root")
"""The description of the API itself: it holds nothing of anybody, and needs a sign-in (tests/app/site)."""


@dataclass(frozen=True)
class Case:
    """One question. `wanted`: the statuses for nobody, a stranger, a colleague without the role, and `owner`."""

    method: str
    path: str
    wanted: tuple[int, int, int, int]
    owner: str = "reporter"
    send: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def get(path: str, *wanted: int, **more: Any) -> Case:
    return Case("GET", path, wanted, **more)  # type: ignore[arg-type]


def post(path: str, *wanted: int, **more: Any) -> Case:
    return Case("POST", path, wanted, **more)  # type: ignore[arg-type]


REPORT = "entity={steel}&period=2018&type=consolidated"
SENT = {"file": "<workbook>"}

PAGES: dict[str, Sequence[Case]] = {
    "home": [get("/", 302, 302, 302, 302)],
    "health": [get("/health/", 200, 200, 200, 200)],
    "set_language": [post("/language/", 302, 302, 302, 302, send={"language": "en", "next": "/"})],
    "identity:signin": [
        get("/sign-in/", 200, 302, 302, 302),
        post("/sign-in/", 422, 302, 302, 302, send={"username": "reporter", "password": "not-the-password"}),
    ],
    "identity:signout": [post("/sign-out/", 302, 302, 302, 302)],
    "identity:password": [
        get("/password/", 302, 200, 200, 200),
        post("/password/", 302, 422, 422, 422, send={"old": "not-the-password", "new": PASSWORD, "again": PASSWORD}),
    ],
    "files:download": [get("/files/{upload}/", 302, 404, 200, 200)],
    "jobs:progress": [get("/jobs/{job}/", 302, 404, 404, 200)],
    "ui:components": [get("/components", 302, 404, 404, 404)],
    "decisions:desk": [get("/desk/", 302, 200, 200, 200)],
    "decisions:panorama": [
        get("/panorama/?period=2018", 302, 200, 302, 200, owner="leader"),
        get("/panorama/?period=2018&node={north}", 302, 200, 404, 200, owner="leader"),
    ],
    "decisions:panorama_pulse": [get("/panorama/pulse/?period=2018", 302, 200, 200, 200, owner="leader")],
    "decisions:enterprises": [get("/enterprises/?q=鞍钢", 302, 200, 200, 200)],
    "decisions:enterprise": [
        get("/enterprises/{steel}/?period=2018", 302, 404, 200, 200),
        get("/enterprises/{north}/?period=2018", 302, 404, 404, 200, owner="leader"),
    ],
    "decisions:why": [
        get("/why/{steel}/2018/?code=total_assets", 302, 404, 200, 200),
        get("/why/{north}/2018/?code=total_assets&kind=sum", 302, 404, 404, 200, owner="leader"),
        get("/why/{north}/2018/?code=total_assets&kind=sum&part={steel}", 302, 404, 404, 200, owner="leader"),
    ],
    "decisions:search": [get("/search/?q=鞍钢", 302, 200, 200, 200)],
    "decisions:close": [get("/close/", 302, 403, 403, 200, owner="officer")],
    "decisions:start_close": [post("/close/2018/", 302, 403, 403, 302, owner="officer")],
    "warning:warnings": [get("/warning/?period=2018", 302, 200, 200, 200)],
    "indicators:library": [get("/indicators/", 302, 200, 200, 200)],
    "indicators:indicator": [
        get("/indicators/total_profit/?period=2018", 302, 200, 200, 200),
        get("/indicators/total_profit/?period=2018&as=csv", 302, 200, 200, 200),
    ],
    "reporting:filings": [
        get("/reporting/", 302, 200, 200, 200),
        get("/reporting/?as=csv", 302, 200, 200, 200),
        get("/reporting/?as=xlsx&q=鞍钢", 302, 200, 200, 200),
    ],
    "reporting:new": [
        get(f"/reporting/new/?{REPORT}&form=cash_flow", 302, 404, 302, 302),
        post(
            "/reporting/new/",
            302,
            404,
            403,
            302,
            send={"entity": "{steel}", "period": "2017", "form": "cash_flow", "type": "consolidated"},
        ),
    ],
    "reporting:upload": [
        get("/reporting/upload/", 302, 200, 403, 200),
        get(f"/reporting/upload/?{REPORT}", 302, 404, 403, 200),
        post(f"/reporting/upload/?{REPORT}", 302, 404, 403, 200, send=SENT),
    ],
    "reporting:template": [get(f"/reporting/template/?{REPORT}", 302, 404, 200, 200)],
    "reporting:receipts": [get("/reporting/receipts/?number={receipt}", 302, 404, 302, 302)],
    "reporting:receipt": [get("/reporting/receipts/{receipt}/", 302, 404, 200, 200)],
    "reporting:review": [
        get("/reporting/review/?period=2018", 302, 403, 403, 200, owner="reviewer"),
        get("/reporting/review/?period=2018&filing={submitted}", 302, 403, 403, 200, owner="reviewer"),
    ],
    "reporting:filing": [
        get("/reporting/{draft}/", 302, 404, 200, 200),
        get("/reporting/{submitted}/?version=1", 302, 404, 200, 200),
    ],
    "reporting:save": [
        post("/reporting/{draft}/save/", 302, 404, 403, 302, send={"revision": "1", "why:P1": REASON}),
        Case(
            "PATCH",
            "/reporting/{draft}/save/",
            (302, 404, 403, 200),
            send={"revision": 1, "cells": {"total_operating_revenue": {"current": "7"}}},
        ),
    ],
    "reporting:edit": [post("/reporting/{accepted}/edit/", 302, 404, 403, 302)],
    "reporting:submit": [post("/reporting/{draft}/submit/", 302, 404, 403, 302)],
    "reporting:withdraw": [post("/reporting/{submitted}/withdraw/", 302, 404, 403, 302)],
    "reporting:accept": [
        post("/reporting/{submitted}/accept/", 302, 404, 403, 302, owner="reviewer", send={"number": "1"}),
        post("/reporting/{submitted}/accept/", 302, 404, 403, 403),
    ],
    "reporting:return": [
        post("/reporting/{submitted}/return/", 302, 404, 403, 302, owner="reviewer", send={"reason": REASON}),
        post("/reporting/{submitted}/return/", 302, 404, 403, 403, send={"reason": REASON}),
        post("/reporting/{submitted}/return/", 302, 404, 403, 403, send={"reason": ""}),
    ],
    "reporting:versions": [get("/reporting/{submitted}/versions/", 302, 404, 200, 200)],
    "reporting:spreadsheet": [get("/reporting/{submitted}/spreadsheet/", 302, 404, 200, 200)],
}

JSON = {"content-type": "application/json"}
API = "/api/v1/reporting"
OF_STEEL = "/api/v1/decisions/enterprises/{steel}"
OPERATIONS: dict[str, Sequence[Case]] = {
    "GET /api/v1/entities/": [get("/api/v1/entities/?q=鞍钢", 401, 200, 200, 200)],
    "GET /api/v1/entities/{uid}": [get("/api/v1/entities/{steel}", 401, 404, 200, 200)],
    "GET /api/v1/jobs/{uid}": [get("/api/v1/jobs/{job}", 401, 404, 404, 200)],
    "GET /api/v1/decisions/periods": [get("/api/v1/decisions/periods", 401, 200, 200, 200)],
    "GET /api/v1/decisions/enterprises/{uid}/figures": [get(f"{OF_STEEL}/figures?period=2018", 401, 404, 200, 200)],
    "GET /api/v1/decisions/enterprises/{uid}/why": [
        get(f"{OF_STEEL}/why?period=2018&code=total_assets", 401, 404, 200, 200)
    ],
    "GET /api/v1/decisions/closes": [get("/api/v1/decisions/closes", 401, 403, 403, 200, owner="officer")],
    "POST /api/v1/decisions/closes": [post("/api/v1/decisions/closes?period=2018", 401, 403, 403, 202, owner="officer")],
    "GET /api/v1/facts/": [get("/api/v1/facts/", 401, 200, 200, 200)],
    "GET /api/v1/indicators/": [get("/api/v1/indicators/", 401, 200, 200, 200)],
    "GET /api/v1/indicators/{code}": [get("/api/v1/indicators/total_profit", 401, 200, 200, 200)],
    "GET /api/v1/indicators/values/": [
        get("/api/v1/indicators/values/?code=total_assets&period=2018", 401, 200, 200, 200)
    ],
    "GET /api/v1/indicators/nodes/": [
        get("/api/v1/indicators/nodes/?code=total_assets&period=2018&node={steel}", 401, 404, 200, 200),
        get("/api/v1/indicators/nodes/?code=total_assets&period=2018&node={north}", 401, 404, 404, 200, owner="leader"),
    ],
    "GET /api/v1/warning/": [get("/api/v1/warning/?period=2018", 401, 200, 200, 200)],
    f"GET {API}/filings": [get(f"{API}/filings?period=2018", 401, 200, 200, 200)],
    f"POST {API}/filings": [
        post(
            f"{API}/filings", 401, 404, 403, 200, headers=JSON,
            send={"entity": "{steel}", "form": "cash_flow", "period": "2017", "report_type": "consolidated"},
        )
    ],
    f"GET {API}/filings/{{filing_id}}": [get(f"{API}/filings/{{draft}}", 401, 404, 200, 200)],
    f"PATCH {API}/filings/{{filing_id}}/cells": [
        Case(
            "PATCH", f"{API}/filings/{{draft}}/cells", (401, 404, 403, 200),
            send={"cells": {"total_operating_revenue": {"current": "7"}}}, headers={"If-Match": '"r1"'},
        )
    ],
    f"GET {API}/filings/{{filing_id}}/findings": [get(f"{API}/filings/{{draft}}/findings", 401, 404, 200, 200)],
    f"POST {API}/filings/{{filing_id}}/submit": [post(f"{API}/filings/{{draft}}/submit", 401, 404, 403, 200, headers=JSON)],
    f"POST {API}/filings/{{filing_id}}/withdraw": [post(f"{API}/filings/{{submitted}}/withdraw", 401, 404, 403, 200)],
    f"POST {API}/filings/{{filing_id}}/accept": [
        post(f"{API}/filings/{{submitted}}/accept", 401, 404, 403, 200, owner="reviewer", headers=JSON),
        post(f"{API}/filings/{{submitted}}/accept", 401, 404, 403, 403, headers=JSON),
    ],
    f"POST {API}/filings/{{filing_id}}/return": [
        post(f"{API}/filings/{{submitted}}/return", 401, 404, 403, 200, owner="reviewer", headers=JSON, send={"reason": REASON}),
        post(f"{API}/filings/{{submitted}}/return", 401, 404, 403, 403, headers=JSON, send={"reason": REASON}),
    ],
    f"POST {API}/uploads": [
        post(f"{API}/uploads", 401, 404, 403, 200, send={"entity": "{steel}", "period": "2018", "report_type": "consolidated", "form": ""} | SENT),
        post(f"{API}/uploads?dry_run=true", 401, 404, 403, 200, send={"entity": "{steel}", "period": "2018", "report_type": "consolidated", "form": ""} | SENT),
    ],
    f"GET {API}/receipts/{{number}}": [get(f"{API}/receipts/{{receipt}}", 401, 404, 200, 200)],
    f"GET {API}/tasks": [get(f"{API}/tasks", 401, 200, 200, 200)],
    f"GET {API}/obligations": [get(f"{API}/obligations?period=2018", 401, 200, 200, 200)],
}  # fmt: skip

CASES = [case for cases in (*PAGES.values(), *OPERATIONS.values()) for case in cases]


@dataclass(frozen=True)
class Things:
    """What is asked for: all of it the steel company's. `names` fill the paths, `secrets` may not reach a stranger."""

    place: Place
    names: Mapping[str, str]
    secrets: Sequence[str]


@pytest.fixture
def things(place: Place) -> Things:
    """A balance sheet under review, an income statement as a draft that could be submitted, an accepted cash flow, a file, a job."""
    by_form = {filing.form: filing for filing, _, _ in place.load()}
    with gate.acting_as(place.reporter.pk):
        for filing in by_form.values():
            draft = Draft.objects.get(filing=filing)
            found = actions.findings_of_draft(filing, draft)
            why = {one.rule_code: REASON for one in found if one.stops or one.asks}
            draft.explanations = why
            draft.save()
            if filing.form != "income_statement":
                actions.submit(filing, explanations=why)
        job = Progress.objects.create(task="reporting.project", subject="2018", person_id=place.reporter.pk)
        upload = Upload.objects.get()
    with gate.acting_as(place.reviewer.pk):
        actions.accept(Filing.objects.get(form="cash_flow"))
        Draft.objects.filter(filing=by_form["income_statement"]).update(revision=1)
        receipt = Filing.objects.get(form="balance_sheet").current_version.receipt  # type: ignore[union-attr]
    with gate.as_person(place.world.console):
        project_all()
    names = {
        "north": str(place.world.north.uid),
        "steel": str(place.steel.uid),
        "draft": str(by_form["income_statement"].pk),
        "submitted": str(by_form["balance_sheet"].pk),
        "accepted": str(by_form["cash_flow"].pk),
        "receipt": receipt,
        "upload": str(upload.uid),
        "job": str(job.uid),
    }
    return Things(place, names, (place.steel.name, place.steel.uscc, upload.name, REASON, "7952"))


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """A path or a body with its gaps filled."""
    if isinstance(value, dict):
        return {key: filled(one, names) for key, one in value.items()}
    return re.sub(r"\{(\w+)\}", lambda gap: names[gap[1]], value) if isinstance(value, str) else value


def ask(things: Things, case: Case, who: str) -> HttpResponse:
    """The answer to one of them."""
    client = Client(raise_request_exception=False)
    if who != "nobody":
        client.force_login(getattr(things.place.world, case.owner if who == "owner" else who))
    path, body = filled(case.path, things.names), filled(dict(case.send), things.names)
    headers = {name: text for name, text in case.headers.items() if name != "content-type"}
    if body.get("file") == "<workbook>":
        one = reporting.sample()
        body["file"] = BytesIO(one.content)
        body["file"].name = one.file
    if case.method == "PATCH" or "content-type" in case.headers:
        return client.generic(case.method, path, json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[return-value]
    send = client.get if case.method == "GET" else client.post
    return send(path, body or None, headers=headers)  # type: ignore[return-value]


def content(answer: HttpResponse) -> str:
    """All of an answer, whether streamed or not."""
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return whole.decode("utf-8", "replace") + "".join(f"{name}: {text}" for name, text in answer.items())


def everything(things: Things) -> dict[str, list[Any]]:
    """All rows of the watched tables, as the console sees them; but for the time of the last sign-in."""
    with gate.acting_as(things.place.world.console):
        models = [model for model in apps.get_models() if model._meta.app_label in WATCHED]
        columns = {
            model: [one.attname for one in model._meta.concrete_fields if one.attname != "last_login"]
            for model in models
        }
        return {model.__name__: sorted(map(repr, model._base_manager.values_list(*columns[model]))) for model in models}


def routes(patterns: Sequence[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """The names of all addresses; an address without a name stands as its path."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield space + (pattern.name or str(pattern.pattern))


def operations() -> set[str]:
    """All operations of the API, as its own description has them."""
    described = json.loads(json.dumps(api.get_openapi_schema(), default=str))["paths"]
    return {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}


def test_every_address_is_in_the_table() -> None:
    pages = {name for name in routes(get_resolver().url_patterns) if not name.startswith("api:")}
    assert pages == set(PAGES)
    assert {name for name in routes(get_resolver().url_patterns) if name.startswith("api:open")} <= set(NEVER_ASKED)


def test_every_operation_is_in_the_table() -> None:
    assert operations() == set(OPERATIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_gets_what_is_theirs_and_no_more(things: Things, case: Case) -> None:
    before = everything(things)
    got = {}
    for who in WHO:
        answer = ask(things, case, who)
        got[who], said = answer.status_code, content(answer)
        if who in ("nobody", "stranger"):
            assert [secret for secret in things.secrets if secret in said] == [], who
        if who == "nobody" and answer.status_code == 302 and case.path not in ("/language/", "/sign-out/"):
            assert answer["Location"].startswith("/sign-in/")
        if who == "stranger" or (who == "colleague" and answer.status_code == 403):
            after = everything(things)
            assert [name for name in after if after[name] != before[name] and not harmless(case, name)] == [], who
    assert got == dict(zip(WHO, case.wanted, strict=True))


def harmless(case: Case, table: str) -> bool:
    """What somebody may change of their own: their language; how often they gave a wrong password."""
    return (case.path, table) in {("/language/", "Person"), ("/sign-in/", "Attempt"), ("/password/", "Attempt")}


def test_where_the_table_has_no_write_a_write_is_refused_by_its_method(things: Things) -> None:
    answers = {}
    for name, cases in PAGES.items():
        if any(case.method in WRITES for case in cases) or name == "ui:components":
            continue
        for method in WRITES:
            client = Client(raise_request_exception=False)
            client.force_login(getattr(things.place.world, cases[0].owner))
            answers[f"{method} {name}"] = client.generic(method, filled(cases[0].path, things.names)).status_code
    assert {name: status for name, status in answers.items() if status != 405} == {}


def test_a_colleagues_write_is_said_to_be_denied_and_not_that_there_is_nothing(things: Things) -> None:
    answer = ask(things, OPERATIONS[f"POST {API}/filings/{{filing_id}}/accept"][0], "colleague")
    said = answer.json()  # type: ignore[attr-defined]
    assert (said["status"], said["code"]) == (403, "denied")


def test_a_strangers_aggregate_is_empty_though_the_files_hold_the_rows(things: Things) -> None:
    world = things.place.world
    nodes = {world.sasac.pk: [things.place.steel.pk]}
    seen = {}
    for person in (world.officer, world.stranger, world.newcomer):
        with gate.acting_as(person.pk):
            table = Figures(PERIOD).nodes(["total_assets"], nodes)
            own = Figures(PERIOD).own(["total_assets"])
            seen[person.login] = (list(table.subjects), list(own.subjects))
    with gate.acting_as(world.officer.pk):
        parts = facts(["balance_sheet"], [PERIOD]).parts["balance_sheet", PERIOD]
    assert sum(parquet.read_table(part).num_rows for part in parts) == 1
    assert len(seen["officer"][0]) == 1
    assert len(seen["officer"][1]) == 1
    assert seen["stranger"] == seen["newcomer"] == ([], [])


def test_the_files_hold_the_rows_and_a_strangers_scope_over_them_by_hand_finds_none(things: Things) -> None:
    """Not by the selection of versions (which the row policies empty) but by the engine's own filter."""
    world = things.place.world
    with gate.acting_as(world.officer.pk):
        officers, strangers = Figures(PERIOD), Figures(PERIOD, scope=gate.scope(world.stranger.pk, "decisions"))
        assert len(officers.own(["total_assets"]).subjects) == 1
        assert len(strangers.own(["total_assets"]).subjects) == 0
        assert len(strangers.nodes(["total_assets"], {world.sasac.pk: [things.place.steel.pk]}).subjects) == 0


WITHOUT_A_SCOPE = """
from guozi.core.formula.engine import Engine, Facts, Parameters, Selection, ValueTable
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope

def ask(engine: Engine, scope: Scope, facts: Facts, selection: Selection) -> ValueTable:
    return engine.values({scope}Period(2018), [], facts, selection, Parameters())
"""


@pytest.mark.parametrize(("scope", "errors"), [("", 1), ("scope, ", 0), ("None, ", 1), ("scope.orgs, ", 1)])
def test_an_engine_call_without_a_scope_cannot_be_written(scope: str, errors: int, tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(WITHOUT_A_SCOPE.replace("{scope}", scope))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={ROOT / '.mypy_cache'}",
        str(snippet),
    ]
    done = subprocess.run(command, capture_output=True, text=True, env={"MYPYPATH": str(ROOT / "src"), "PATH": ""})
    said = [line for line in done.stdout.splitlines() if "error:" in line]
    assert (done.returncode, bool(said)) == (errors, bool(errors)), done.stdout + done.stderr
    assert all("snippet.py:7" in line and ("argument" in line.lower()) for line in said)


def test_only_identity_makes_a_scope() -> None:
    """Besides, the gate has one that sees nothing, for the time before anybody answers for it."""
    makers = {}
    for path in (ROOT / "src" / "guozi").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("Scope", "replace_scope"):
                makers.setdefault(str(path.relative_to(ROOT / "src" / "guozi")), []).append(ast.unparse(node))
    assert set(makers) == {"app/identity/granted.py", "app/gate/rights.py"}
    assert makers["app/gate/rights.py"] == ["Scope(person, {}, frozenset())"]
