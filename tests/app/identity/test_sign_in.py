"""Signing in by password: one answer for all that is wrong, a new session, and nowhere else to be sent to."""

from __future__ import annotations

import pytest
from django.test import Client

from guozi.app import gate
from guozi.app.audit import queries as audit
from guozi.app.identity import actions, limits
from guozi.app.identity.models import Attempt, Person
from tests.app.world import PASSWORD, World

URL = "/sign-in/"


def attempt(client: Client, login: str = "reporter", password: str = PASSWORD, **rest: str):
    return client.post(URL, {"username": login, "password": password, **rest})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_opens_and_sign_out_closes(world: World, client: Client) -> None:
    assert client.get(URL).status_code == 200
    answer = attempt(client, " Reporter ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/")["Location"] == URL
    assert not signed_in(client)


@pytest.mark.parametrize("login", ["reporter", "nobody-of-that-name", "console", "left", ""])
def test_one_answer_for_all_that_is_wrong(world: World, client: Client, login: str) -> None:
    with gate.acting_as(world.console):
        actions.deactivate(actions.create_person(login="left", name="Left", password=PASSWORD))
    answer = attempt(client, login, "wrong-password" if login == "reporter" else PASSWORD)
    assert answer.status_code == 422
    assert not signed_in(client)
    if login:
        assert (
            answer.context["form"].non_field_errors() == ["Login or password is wrong."]
            or len(answer.context["form"].non_field_errors()) == 1
        )


def test_the_session_of_before_is_not_the_session_of_after(world: World, client: Client) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    attempt(client)
    assert client.session.session_key != before
    assert not Client(headers={"cookie": f"sessionid={before}"}).session.get("_auth_user_id")


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/password/", "/password/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_leads_only_to_this_server(world: World, client: Client, wanted: str, given: str) -> None:
    assert attempt(client, next=wanted)["Location"] == given


def test_after_five_failures_the_right_password_waits_too_but_only_from_that_place(
    world: World, client: Client
) -> None:
    for _ in range(limits.FAILURES):
        assert attempt(client, password="wrong").status_code == 422
    assert attempt(client).status_code == 429
    assert not signed_in(client)
    elsewhere = Client(REMOTE_ADDR="10.0.0.7")
    assert attempt(elsewhere).status_code == 302
    Attempt.objects.update(since="2020-01-01T00:00:00Z")
    assert attempt(client).status_code == 302


def test_failures_and_successes_are_in_the_audit_trail(world: World, client: Client) -> None:
    attempt(client, password="wrong")
    attempt(client)
    with gate.acting_as(world.console):
        actions.grant(world.newcomer, "audit_admin")
    with gate.acting_as(world.newcomer.pk):
        assert [(line.person, line.subject) for line in audit.entries(action="identity.sign_in")] == [
            (world.reporter.pk, f"identity.person:{world.reporter.pk}")
        ]
        assert [(line.person, line.subject) for line in audit.entries(action="identity.sign_in_failed")] == [
            (None, "reporter")
        ]


def test_a_person_who_is_shut_out_is_out_at_the_next_click(world: World, client: Client) -> None:
    attempt(client)
    assert client.get("/password/").status_code == 200
    with gate.acting_as(world.console):
        actions.deactivate(world.reporter)
    assert client.get("/password/").status_code == 302


def test_a_form_from_elsewhere_is_refused(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert attempt(strict).status_code == 403
    strict.force_login(world.reporter)
    assert strict.post("/sign-out/").status_code == 403


def change(client: Client, old: str, new: str, again: str | None = None) -> int:
    return client.post("/password/", {"old": old, "new": new, "again": new if again is None else again}).status_code


def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(world: World, client: Client) -> None:
    other = Client()
    for browser in (client, other):
        attempt(browser)
    new = "another-long-password"
    assert change(client, "wrong", new) == 422
    assert change(client, PASSWORD, new, "something else") == 422
    assert change(client, PASSWORD, "short") == 422
    assert change(client, PASSWORD, new) == 302
    assert client.get("/password/").status_code == 200
    assert other.get("/password/").status_code == 302
    assert Person.objects.get(login="reporter").check_password(new)


def test_the_language_is_the_persons_and_can_be_switched(world: World, client: Client) -> None:
    assert attempt(client).cookies["django_language"].value == "zh-hans"
    answer = client.post("/language/", {"language": "en", "next": "/password/"})
    assert (answer["Location"], answer.cookies["django_language"].value) == ("/password/", "en")
    assert Person.objects.get(login="reporter").language == "en"
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"
