"""The API of filing: pages by cursor, ETags, keys that make a write happen once, problems with pointers."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from guozi.app import gate
from guozi.app.reporting import actions
from guozi.app.reporting.models import Answered, Draft, Filing
from tests.app.reporting.conftest import Place, sample

ROOT = "/api/v1/reporting"


def call(client: Client, method: str, path: str, body: object = None, **headers: str) -> HttpResponse:
    send = getattr(client, method)
    if body is None:
        return send(f"{ROOT}/{path}", headers=headers)  # type: ignore[no-any-return]
    return send(f"{ROOT}/{path}", json.dumps(body), content_type="application/json", headers=headers)  # type: ignore[no-any-return]


def upload(client: Client, place: Place, data: bytes, query: str = "", **headers: str) -> HttpResponse:
    file = BytesIO(data)
    file.name = "statements.xlsx"
    form = {"file": file, "entity": str(place.steel.uid), "period": "2018", "report_type": "consolidated"}
    return client.post(f"{ROOT}/uploads{query}", form, headers=headers)


def test_a_list_is_read_page_by_page_to_its_end(place: Place) -> None:
    place.load()
    client, seen, cursor = place.client(place.reporter), [], 0
    while cursor is not None:
        page = call(client, "get", f"filings?limit=2&cursor={cursor}").json()
        seen += [one["form"] for one in page["items"]]
        cursor = page["next"]
    assert seen == ["balance_sheet", "income_statement", "cash_flow"]


def test_cells_are_changed_against_the_revision_that_was_read(place: Place) -> None:
    filing = place.load()[0][0]
    client = place.client(place.reporter)
    etag = call(client, "get", f"filings/{filing.pk}").headers["ETag"]
    body = {"cells": {"cash": {"closing": "5"}, "inventories": {"closing": None}}}
    first = call(client, "patch", f"filings/{filing.pk}/cells", body, **{"If-Match": etag})
    assert (first.status_code, first.headers["ETag"]) == (200, '"r2"')
    stale = call(client, "patch", f"filings/{filing.pk}/cells", body, **{"If-Match": etag})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    assert call(client, "patch", f"filings/{filing.pk}/cells", body).status_code == 400
    cells = call(client, "get", f"filings/{filing.pk}").json()["cells"]
    assert cells["cash"]["closing"] == "5"
    assert "inventories" not in cells


def test_what_is_no_amount_is_pointed_to(place: Place) -> None:
    filing = place.load()[0][0]
    body = {"cells": {"cash": {"closing": "1,5"}, "no_such": {"closing": "1"}}}
    answer = call(place.client(place.reporter), "patch", f"filings/{filing.pk}/cells", body, **{"If-Match": '"r1"'})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"#/cells/cash/closing", "#/cells/no_such/closing"}


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(place: Place) -> None:
    filing = place.load()[0][0]
    client = place.client(place.reporter)
    body = {"cells": {"cash": {"closing": "5"}}}
    headers = {"If-Match": '"r1"', "Idempotency-Key": "k-1"}
    first = call(client, "patch", f"filings/{filing.pk}/cells", body, **headers)
    again = call(client, "patch", f"filings/{filing.pk}/cells", body, **headers)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    with gate.acting_as(place.reporter.pk):
        assert Draft.objects.get(filing=filing).revision == 2


def test_a_key_used_for_another_request_is_refused(place: Place) -> None:
    filing = place.load()[0][0]
    client = place.client(place.reporter)
    headers = {"If-Match": '"r1"', "Idempotency-Key": "k-1"}
    call(client, "patch", f"filings/{filing.pk}/cells", {"cells": {"cash": {"closing": "5"}}}, **headers)
    other = call(client, "patch", f"filings/{filing.pk}/cells", {"cells": {"cash": {"closing": "6"}}}, **headers)
    assert other.status_code == 409


def test_what_failed_is_not_remembered_under_its_key(place: Place) -> None:
    filing = place.load()[0][0]
    client = place.client(place.reporter)
    bad = {"cells": {"cash": {"closing": "many"}}}
    headers = {"If-Match": '"r1"', "Idempotency-Key": "k-2"}
    assert call(client, "patch", f"filings/{filing.pk}/cells", bad, **headers).status_code == 422
    with gate.acting_as(place.reporter.pk):
        assert not Answered.objects.exists()
    good = {"cells": {"cash": {"closing": "5"}}}
    assert call(client, "patch", f"filings/{filing.pk}/cells", good, **headers).status_code == 200


def test_one_persons_key_is_not_anothers(place: Place) -> None:
    filing = place.submitted()
    call(place.client(place.reporter), "post", f"filings/{filing.pk}/withdraw", **{"Idempotency-Key": "k"})
    answer = call(place.client(place.reviewer), "post", f"filings/{filing.pk}/accept", {}, **{"Idempotency-Key": "k"})
    assert answer.status_code == 409
    assert "key" not in answer.json()["title"].lower()


def test_a_dry_run_says_everything_and_stores_nothing(place: Place) -> None:
    answer = upload(place.client(place.reporter), place, sample().content, "?dry_run=true").json()
    assert len(answer["filings"]) == 3
    assert answer["unmapped"][0]["place"]
    with gate.acting_as(place.reporter.pk):
        assert not Filing.objects.exists()


def test_an_upload_under_a_key_is_taken_once(place: Place) -> None:
    client = place.client(place.reporter)
    first = upload(client, place, sample().content, **{"Idempotency-Key": "file-1"})
    again = upload(client, place, sample().content, **{"Idempotency-Key": "file-1"})
    assert (first.status_code, first.json()) == (200, again.json())
    with gate.acting_as(place.reporter.pk):
        assert set(Draft.objects.values_list("revision", flat=True)) == {1}


def test_a_file_that_cannot_be_read_is_a_problem_with_its_findings(place: Place) -> None:
    answer = upload(place.client(place.reporter), place, b"nonsense")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"].startswith("source.")


def test_a_stopped_submission_points_to_its_cells(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    with gate.acting_as(place.reporter.pk):
        actions.save_cells(filing, draft.revision, {"total_assets": {"closing": "1"}})
    client = place.client(place.reporter)
    stopped = call(client, "post", f"filings/{filing.pk}/submit", {})
    assert stopped.status_code == 422
    assert "#/cells/total_assets/closing" in {one["pointer"] for one in stopped.json()["errors"]}
    found = call(client, "get", f"filings/{filing.pk}/findings").json()
    why: dict[str, Any] = {one["check"]: "合并范围变化所致" for one in found if one["stops"]}
    done = call(client, "post", f"filings/{filing.pk}/submit", {"explanations": why})
    assert done.status_code == 200
    receipt = call(client, "get", f"receipts/{done.json()['receipt']}").json()
    assert receipt["intact"] is True


def test_a_filing_goes_its_whole_way_by_the_api(place: Place) -> None:
    filer, above = place.client(place.reporter), place.client(place.reviewer)
    begun = call(
        filer, "post", "filings",
        {"entity": str(place.steel.uid), "form": "cash_flow", "period": "2018", "report_type": "consolidated"},
    ).json()  # fmt: skip
    path = f"filings/{begun['filing']}"
    call(filer, "patch", f"{path}/cells", {"cells": {"taxes_paid": {"current": "0"}}}, **{"If-Match": '"r0"'})
    assert call(filer, "post", f"{path}/submit", {}).json()["filing"]["state"] == "submitted"
    assert (
        call(above, "post", f"{path}/return", {"reason": "数据不全，请补报", "version": 1}).json()["filing"]["state"]
        == "returned"
    )
    call(filer, "patch", f"{path}/cells", {"cells": {"taxes_paid": {"current": "1"}}}, **{"If-Match": '"r0"'})
    assert call(filer, "post", f"{path}/submit", {}).status_code in (200, 422)


def test_obligations_name_what_nobody_has_begun(place: Place) -> None:
    answer = call(place.client(place.reporter), "get", "obligations?period=2018").json()
    assert [(one["form"], one["filing"]) for one in answer["items"]] == [
        ("balance_sheet", None),
        ("income_statement", None),
        ("cash_flow", None),
    ]
    assert call(place.client(place.reporter), "get", "tasks").json()[0]["strict"] is False


@pytest.mark.parametrize(
    "path", ["filings?limit=0", "filings?limit=9999", "filings?cursor=x", "filings?entity=x", "filings/x"]
)
def test_what_was_asked_wrongly_is_a_problem_not_a_fault(place: Place, path: str) -> None:
    assert call(place.client(place.reporter), "get", path).status_code == 422
