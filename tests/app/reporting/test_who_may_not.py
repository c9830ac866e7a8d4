"""Every page and every operation of reporting, tried as nobody, a stranger, a colleague without the role, and the owner."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import reverse

from guozi.app import gate
from guozi.app.reporting.models import Filing
from guozi.app.reporting.urls import urlpatterns
from guozi.app.site.api import api
from tests.app.reporting.conftest import Place

NOBODY_S = {"filings", "receipts", "review", "upload"}
"""Pages without a filing in their address."""


def address(name: str, filing: Filing, place: Place) -> str:
    if name == "receipt":
        return reverse("reporting:receipt", args=[filing.current_version.receipt])  # type: ignore[union-attr]
    if name in ("new", "template", "upload"):
        query = f"?entity={place.steel.uid}&period=2018&form=balance_sheet&type=consolidated"
        return reverse(f"reporting:{name}") + query
    return reverse(f"reporting:{name}", args=[filing.pk] if name not in NOBODY_S else [])


READ = ("filings", "new", "template", "receipts", "receipt", "filing", "versions", "spreadsheet")
FILL = ("upload",)
REVIEW = ("review",)
WRITE = ("save", "edit", "submit", "withdraw")
DECIDE = ("accept", "return")


def test_the_lists_of_this_file_hold_every_address() -> None:
    assert {pattern.name for pattern in urlpatterns} == {*READ, *FILL, *REVIEW, *WRITE, *DECIDE}


@pytest.mark.parametrize("name", [*READ, *FILL, *REVIEW])
def test_pages_are_for_those_who_may(place: Place, name: str) -> None:
    filing = place.submitted()
    url = address(name, filing, place)
    expected = {
        "reporter": 200 if name not in REVIEW else 403,
        "reviewer": 200 if name not in FILL else 403,
        "colleague": 200 if name not in FILL + REVIEW else 403,
        "leader": 200 if name not in FILL + REVIEW else 403,
    }
    for who, status in expected.items():
        got = place.client(getattr(place.world, who)).get(url).status_code
        assert got == status or (name == "new" and got == 302), (who, got)
    assert Client().get(url).status_code == 302
    stranger = place.client(place.world.stranger).get(url)
    if name in ("filings", "receipts"):
        assert stranger.status_code == 200
        assert place.steel.name not in stranger.content.decode()
    else:
        assert stranger.status_code in (403, 404)
    assert place.client(place.world.newcomer).get(url).status_code in (403, 404)


@pytest.mark.parametrize("name", [*WRITE, *DECIDE])
def test_steps_are_for_those_who_may(place: Place, name: str) -> None:
    filing = place.submitted()
    url = address(name, filing, place)
    data = {"revision": 0, "reason": "请核对货币资金", "number": 1}
    refused: Iterable[str] = (
        ("colleague", "leader", "reviewer") if name in WRITE else ("colleague", "leader", "reporter")
    )
    for who in refused:
        assert place.client(getattr(place.world, who)).post(url, data).status_code == 403, who
    for who in ("stranger", "newcomer"):
        assert place.client(getattr(place.world, who)).post(url, data).status_code == 404, who
    assert Client().post(url, data).headers["Location"].startswith(reverse("identity:signin"))
    with gate.acting_as(place.world.console):
        assert Filing.objects.get(pk=filing.pk).state == "submitted"


def operations() -> list[tuple[str, str]]:
    """Every operation of reporting, from the description that the API gives of itself."""
    paths = api.get_openapi_schema()["paths"]
    return [(method, path) for path, ways in paths.items() if "/reporting/" in path for method in ways]


BODY = {
    "cells": {"cash": {"closing": "1"}},
    "explanations": {},
    "reason": "请核对货币资金",
    "form": "balance_sheet",
    "period": "2018",
    "report_type": "consolidated",
}
LISTS = ("/filings", "/tasks", "/obligations")


@pytest.mark.parametrize(("method", "path"), operations())
def test_operations_are_for_those_who_may(place: Place, method: str, path: str) -> None:
    filing = place.submitted()
    url = path.replace("{filing_id}", str(filing.pk)).replace("{number}", filing.current_version.receipt)  # type: ignore[union-attr]
    decides = path.endswith(("/accept", "/return"))

    def call(client: Client) -> int:
        send = getattr(client, method)
        if method == "get":
            return int(send(url).status_code)
        if path.endswith("/uploads"):
            with open(__file__, "rb") as file:
                return int(send(url, {"file": file, "entity": str(place.steel.uid), "period": "2018"}).status_code)
        body = BODY | {"entity": str(place.steel.uid)}
        return int(send(url, body, content_type="application/json", headers={"if-match": '"r0"'}).status_code)

    assert call(Client()) == 401
    if method == "get" and path.endswith(LISTS):
        stranger = place.client(place.world.stranger)
        assert call(stranger) == 200
        assert str(place.steel.uid) not in stranger.get(url).content.decode()
        assert call(place.client(place.world.newcomer)) == 403
        return
    assert call(place.client(place.world.stranger)) == 404
    assert call(place.client(place.world.newcomer)) == 404
    if method == "get":
        assert call(place.client(place.world.colleague)) == 200
        return
    wrong = ("colleague", "leader", "reporter") if decides else ("colleague", "leader", "reviewer")
    assert [call(place.client(getattr(place.world, who))) for who in wrong] == [403, 403, 403]
    right = place.reviewer if decides else place.reporter
    assert call(place.client(right)) in (200, 409, 422)
