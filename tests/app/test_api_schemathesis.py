"""The API against its own description: whatever is sent, no answer is a fault, each fits the schema, each error is a problem document.

Schemathesis makes the requests, good ones and bad ones. Each is sent as an officer and as a reporter, as it is and with the
ids of things that exist, since made-up ids seldom lead further than 404.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.openapi.checks import UndefinedStatusCode  # noqa: F401  (loads the checks of OpenAPI)
from schemathesis.specs.openapi.checks import response_schema_conformance

from guozi.app import gate
from guozi.app.identity.models import Person
from guozi.app.jobs.models import Progress
from guozi.app.reporting.models import Filing
from guozi.app.site.api import api
from guozi.app.site.wsgi import application
from tests.app.reporting import conftest as reporting
from tests.app.reporting.conftest import Place

place = reporting.place

DESCRIBED = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
DESCRIBED.app = application

EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def one_connection() -> Iterator[None]:
    """A request over WSGI leaves the test's transaction open, as those of Django's own test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def real(place: Place) -> dict[str, str]:
    """Ids of things that the reporter filed: a submitted balance sheet, an enterprise, a receipt, a job."""
    filing = place.submitted()
    assert filing.current_version is not None
    with gate.acting_as(place.reporter.pk):
        job = Progress.objects.create(task="reporting.project", subject="2018", person_id=place.reporter.pk)
        draft = Filing.objects.get(form="cash_flow")
    return {
        "uid": str(place.steel.uid),
        "entity": str(place.steel.uid),
        "filing_id": str(draft.pk),
        "number": filing.current_version.receipt,
        "job": str(job.uid),
        "form": "income_statement",
        "period": "2018",
        "report_type": "consolidated",
    }


def signed_in(person: Person) -> dict[str, str]:
    """The cookies of a browser in which that person is signed in."""
    client = Client()
    client.force_login(person)
    client.get("/password/")  # the page that brings the token against forged requests
    return {name: cookie.value for name, cookie in client.cookies.items()}


def put(case: schemathesis.Case, real: dict[str, str]) -> None:
    """Puts ids of things that exist in the place of made-up ones."""
    of_a_job = case.operation.path.startswith("/api/v1/jobs/")
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            for name in part.keys() & real.keys():
                part[name] = real["job"] if of_a_job and name == "uid" else real[name]


@DESCRIBED.parametrize()
@EXAMPLES
def test_every_answer_of_the_api_is_as_described(case: schemathesis.Case, real: dict[str, str], place: Place) -> None:
    for known in (False, True):
        if known:
            put(case, real)
        for person in (place.world.officer, place.reporter):
            check(case, signed_in(person))


def check(case: schemathesis.Case, cookies: dict[str, str]) -> None:
    """One request and what holds of every answer."""
    headers = dict(case.headers or {}) | {"X-CSRFToken": cookies["csrftoken"]}
    with one_connection():
        answer = case.call(cookies=cookies, headers=headers)
    case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
    kind = answer.headers["content-type"][0].partition(";")[0]
    if answer.status_code < 400:
        assert kind == "application/json"
        return
    if answer.status_code == 405:
        assert answer.headers["allow"]
        return
    assert kind == "application/problem+json", answer.content
    said: dict[str, Any] = json.loads(answer.content)
    assert said["status"] == answer.status_code
    assert said.keys() >= {"type", "title", "status", "code", "instance"}
    assert all(isinstance(said[name], str) and said[name] for name in ("type", "title", "code", "instance"))
    for error in said.get("errors", ()):
        assert error.keys() >= {"code", "detail", "severity", "pointer"}
