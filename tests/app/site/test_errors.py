"""Every error says what happened: as a page to people, as a problem document to machines; a database that is gone is 503."""

from __future__ import annotations

from types import ModuleType

import pytest
from django.conf import LazySettings
from django.db import OperationalError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

import tests.database
from guozi.app import gate
from guozi.app.entities.models import Entity
from guozi.app.site import urls
from guozi.core.kernel.errors import (
    ConflictError,
    DeniedError,
    GuoziError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    UsageError,
)
from guozi.core.kernel.findings import Finding, Place, mark
from tests.app.world import World

ERRORS: dict[str, tuple[Exception, int]] = {
    "usage": (UsageError(mark("It was asked wrongly.")), 400),
    "denied": (DeniedError(mark("It may not be.")), 403),
    "missing": (NotFoundError(mark("It is not there.")), 404),
    "conflict": (ConflictError(mark("It has changed.")), 409),
    "refused": (
        RefusedError(
            mark("It may not pass."),
            [Finding("test.wrong", mark("wrong"), {}, Place(item="cash", item_column="closing"))],
        ),
        422,
    ),
    "unavailable": (UnavailableError(mark("It is not to be had.")), 503),
    "database": (OperationalError("the connection is lost"), 503),
    "fault": (ZeroDivisionError("a bug"), 500),
}


def breaks(request: HttpRequest, kind: str) -> HttpResponse:
    Entity.objects.update(name="half done")
    raise ERRORS[kind][0]


@pytest.fixture
def breaking(settings: LazySettings) -> None:
    """A page and an operation that end with each of the errors."""
    ours = ModuleType("breaking_urls")
    vars(ours).update({name: value for name, value in vars(urls).items() if name.startswith("handler")})
    extra = [path("breaks/<kind>", breaks), path("api/v1/breaks/<kind>", breaks)]
    vars(ours)["urlpatterns"] = [*extra, *urls.urlpatterns]
    settings.ROOT_URLCONF = ours


@pytest.mark.usefixtures("breaking")
@pytest.mark.parametrize("kind", list(ERRORS))
def test_an_error_is_a_page_for_people_and_undoes_the_request(world: World, kind: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.officer)
    answer = client.get(f"/breaks/{kind}")
    assert answer.status_code == ERRORS[kind][1]
    assert answer["Content-Type"].startswith("text/html")
    assert b"a bug" not in answer.content
    with gate.acting_as(world.officer.pk):
        assert not Entity.objects.filter(name="half done").exists()


@pytest.mark.usefixtures("breaking")
@pytest.mark.parametrize("kind", list(ERRORS))
def test_an_error_is_a_problem_document_for_machines(world: World, kind: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.officer)
    answer = client.get(f"/api/v1/breaks/{kind}")
    assert answer["Content-Type"] == "application/problem+json"
    said, error = answer.json(), ERRORS[kind][0]
    assert said["status"] == answer.status_code == ERRORS[kind][1]
    if isinstance(error, GuoziError):
        assert said["code"] == error.code
    if kind == "refused":
        assert said["errors"][0]["pointer"] == "#/cells/cash/closing"


@pytest.mark.django_db(transaction=True)
def test_with_the_database_gone_people_read_that_nothing_was_lost_and_go_on_when_it_is_back(world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.officer)
    assert client.get("/password/").status_code == 200
    tests.database.SERVER.stop()
    try:
        for address in ("/password/", "/api/v1/entities/?q=x", "/", "/health/", "/sign-in/"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert b"socket" not in answer.content
        assert client.get("/api/v1/entities/?q=x").json()["status"] == 503
    finally:
        tests.database.SERVER.start()
    close_old_connections()  # as each request of a real server does; the test client leaves it out
    assert client.get("/password/").status_code == 200
    assert client.get("/health/").json() == {"ok": True, "database": True}


def test_health_tells_strangers_only_that_it_is_well(client: Client, db: None) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "database": True})


def test_a_page_that_is_not_there_is_404_and_an_operation_too(world: World, client: Client) -> None:
    client.force_login(world.officer)
    assert client.get("/no-such-page").status_code == 404
    answer = client.get("/api/v1/no-such-thing")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
