"""The house is closed: every address asks for a sign-in but the few that are named; every answer carries the policy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.app.world import PASSWORD, World

OPEN = {"health/", "sign-in/", "sign-out/", "language/"}
"""Addresses that a stranger may ask."""

UID = "0193f3a0-0000-7000-8000-000000000000"


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, here)
        else:
            yield here


def example(route: str) -> str:
    """The address of a route, its gaps filled with what fits them."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda gap: UID if "uuid" in (gap[1] or "") else "1", route)


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere(client: Client, db: None) -> None:
    answers = {}
    for route in addresses(get_resolver().url_patterns):
        if route in OPEN:
            continue
        answer = client.get(example(route))
        wanted = (401,) if route.startswith("api/") else (302,)
        if answer.status_code not in wanted or (answer.status_code == 302 and "/sign-in/" not in answer["Location"]):
            answers[route] = answer.status_code
    assert answers == {}


def test_every_route_of_the_examples_was_filled(db: None) -> None:
    routes = [example(route) for route in addresses(get_resolver().url_patterns)]
    assert [route for route in routes if "<" in route] == []
    assert len(routes) > 10


@pytest.mark.parametrize("address", ["/sign-in/", "/health/", "/password/", "/no-such-page", "/api/v1/nothing"])
def test_every_answer_carries_the_policy(world: World, client: Client, address: str) -> None:
    client.force_login(world.officer)
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    for directive in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_cookies_cannot_be_read_by_scripts(world: World, client: Client) -> None:
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_a_write_through_the_api_needs_the_token_against_forged_requests(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.officer)
    answer = strict.post("/api/v1/entities/?q=x")
    assert answer.status_code in (403, 405)


def test_the_register_answers_by_scope(world: World, client: Client) -> None:
    client.force_login(world.stranger)
    assert client.get("/api/v1/entities/", {"q": "1"}).json() == []
    assert client.get(f"/api/v1/entities/{world.mill.uid}").status_code == 404
    client.force_login(world.officer)
    found = client.get(f"/api/v1/entities/{world.mill.uid}", {"on": "2020-01-01"}).json()
    assert (found["name"], [above["code"] for above in found["ancestors"]]) == ("北方钢厂", ["1", "0"])
    wrong = client.get("/api/v1/entities/", {"q": "x", "limit": 0})
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "application/problem+json")


def test_the_models_and_the_migrations_agree(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
