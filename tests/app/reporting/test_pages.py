"""The pages of filing and review, as browsers ask for them: with and without JavaScript, in both languages."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guozi.app import gate
from guozi.app.reporting import actions
from guozi.app.reporting.models import Draft, Filing
from tests.app.reporting.conftest import STEEL, Place, sample


def upload_url(place: Place, period: str = "2018") -> str:
    return f"{reverse('reporting:upload')}?entity={place.steel.uid}&period={period}&type=consolidated"


def send(client: Client, url: str, data: bytes, name: str = "报表.xlsx") -> object:
    file = BytesIO(data)
    file.name = name
    return client.post(url, {"file": file})


def patch(client: Client, filing: Filing, revision: int, **document: object) -> object:
    url = reverse("reporting:save", args=[filing.pk])
    body = json.dumps({"revision": revision, **document})
    return client.patch(url, body, content_type="application/json", headers={"accept": "application/json"})


def draft_of(place: Place, filing: Filing) -> Draft:
    with gate.acting_as(place.reporter.pk):
        return Draft.objects.get(filing=filing)


def test_the_list_names_what_is_owed_before_anybody_has_begun(place: Place) -> None:
    page = place.client(place.reporter).get(reverse("reporting:filings"))
    assert [row.standing for row, *_ in page.context["rows"]] == ["none"] * 3
    assert "2018 年" in page.content.decode()


@pytest.mark.parametrize(
    "query", ["state=none", "q=angang", "q=鞍钢&sort=state", "period=2018&form=cash_flow&sort=-entity", "sort=due"]
)
def test_the_list_is_searched_filtered_and_sorted(place: Place, query: str) -> None:
    page = place.client(place.reporter).get(f"{reverse('reporting:filings')}?{query}")
    assert len(page.context["rows"]) == (1 if "form=" in query else 3)


@pytest.mark.parametrize(("kind", "head"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_goes_out_as_a_file(place: Place, kind: str, head: bytes) -> None:
    response = place.client(place.reporter).get(f"{reverse('reporting:filings')}?as={kind}")
    assert b"".join(response.streaming_content).startswith(head)


def test_a_form_that_nobody_has_begun_is_begun_by_one_button(place: Place) -> None:
    client = place.client(place.reporter)
    query = {"entity": str(place.steel.uid), "period": "2018", "form": "cash_flow", "type": "consolidated"}
    assert client.get(reverse("reporting:new"), query).status_code == 200
    response = client.post(reverse("reporting:new"), query, follow=True)
    assert response.status_code == 200
    assert 'name="operating_cash_inflows.current"' in response.content.decode() or response.context["draft"] is not None


def test_a_spreadsheet_becomes_drafts_and_what_no_item_carries_is_listed_with_its_place(place: Place) -> None:
    page = send(place.client(place.reporter), upload_url(place), sample().content)
    assert page.status_code == 200
    assert [one["filing"].form for one in page.context["taken"]] == ["balance_sheet", "income_statement", "cash_flow"]
    unmapped = page.context["read"].unmapped
    assert unmapped
    assert unmapped[0].place in page.content.decode()


@pytest.mark.parametrize(
    "data", [b"", b"not a spreadsheet at all", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken"]
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_nothing_is_taken(place: Place, data: bytes) -> None:
    page = send(place.client(place.reporter), upload_url(place), data)
    assert page.status_code == 422
    with gate.acting_as(place.reporter.pk):
        assert not Filing.objects.exists()


def test_the_form_of_another_enterprise_is_refused_and_named(place: Place) -> None:
    other = sample("600011", 2018)
    page = send(place.client(place.reporter), upload_url(place), other.content)
    assert page.status_code == 422
    assert other.company.uscc in page.content.decode()
    with gate.acting_as(place.reporter.pk):
        assert not Filing.objects.exists()


def test_the_form_of_another_year_is_refused(place: Place) -> None:
    page = send(place.client(place.reporter), upload_url(place), sample(STEEL, 2017).content)
    assert page.status_code == 422


def test_the_same_file_twice_is_told_after_its_forms_were_submitted(place: Place) -> None:
    client = place.client(place.reporter)
    send(client, upload_url(place), sample().content)
    with gate.acting_as(place.reporter.pk):
        for filing in Filing.objects.all():
            found = actions.findings_of_draft(filing, filing.draft)
            actions.submit(filing, explanations={one.rule_code: "按年报填列" for one in found if one.stops or one.asks})
    page = send(client, upload_url(place), sample().content)
    assert page.status_code == 409
    with gate.acting_as(place.reporter.pk):
        assert {filing.versions.count() for filing in Filing.objects.all()} == {1}


def test_typing_saves_by_itself_and_answers_with_the_time_and_the_findings(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    response = patch(place.client(place.reporter), filing, draft.revision, cells={"total_assets": {"closing": "1"}})
    answer = response.json()
    assert answer["revision"] == draft.revision + 1
    assert "B1.closing" in answer["panel"]
    assert answer["marks"]["c-total_assets-closing"] == "ask"
    assert answer["stopped"]


@pytest.mark.parametrize(
    ("typed", "stored"), [("1,234.50", "1234.50"), ("（56）", "-56"), ("１２３", "123"), ("", None)]
)
def test_amounts_are_read_as_people_write_them(place: Place, typed: str, stored: str | None) -> None:
    filing, draft, _ = place.load()[0]
    assert (
        patch(place.client(place.reporter), filing, draft.revision, cells={"cash": {"closing": typed}}).status_code
        == 200
    )
    assert draft_of(place, filing).cells.get("cash", {}).get("closing") == stored


def test_a_cell_that_cannot_be_read_does_not_keep_the_others_from_being_saved(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    cells = {"cash": {"closing": "约三百万"}, "inventories": {"closing": "12"}}
    answer = patch(place.client(place.reporter), filing, draft.revision, cells=cells).json()
    assert list(answer["wrong"]) == ["c-cash-closing"]
    assert draft_of(place, filing).cells["inventories"]["closing"] == "12"


def test_who_saves_over_an_older_revision_is_told_and_nothing_is_overwritten(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    client = place.client(place.reporter)
    patch(client, filing, draft.revision, cells={"cash": {"closing": "5"}})
    response = patch(client, filing, draft.revision, cells={"cash": {"closing": "7"}})
    assert (response.status_code, response.headers["Content-Type"]) == (409, "application/problem+json")
    assert draft_of(place, filing).cells["cash"]["closing"] == "5"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"revision": "x", "cells": {}}', '{"revision": 1, "cells": {"cash": 1}}']
)
def test_a_save_without_the_shape_is_refused(place: Place, body: str) -> None:
    filing = place.load()[0][0]
    url = reverse("reporting:save", args=[filing.pk])
    response = place.client(place.reporter).patch(url, body, content_type="application/json")
    assert response.status_code == 400


def test_the_form_saves_without_javascript_too(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    data = {
        "revision": draft.revision,
        "cash.closing": "77",
        "inventories.closing": draft.cells["inventories"]["closing"],
    }
    response = place.client(place.reporter).post(reverse("reporting:save", args=[filing.pk]), data)
    assert response.status_code == 302
    after = draft_of(place, filing)
    assert after.cells["cash"]["closing"] == "77"
    assert after.origins["inventories"]["closing"]


def test_a_stopped_submission_says_why_and_keeps_the_draft(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    client = place.client(place.reporter)
    patch(client, filing, draft.revision, cells={"total_assets": {"closing": "1"}})
    page = client.post(reverse("reporting:submit", args=[filing.pk]), {"revision": draft.revision + 1})
    assert page.status_code == 422
    assert "B1.closing" in page.content.decode()
    assert draft_of(place, filing).cells["total_assets"]["closing"] == "1"


def test_a_submission_leads_to_its_receipt_which_can_be_checked_later(place: Place) -> None:
    filing = place.submitted()
    number = filing.current_version.receipt  # type: ignore[union-attr]
    client = place.client(place.reporter)
    page = client.get(reverse("reporting:receipt", args=[number]))
    assert page.context["intact"] is True
    found = client.get(reverse("reporting:receipts"), {"number": number.lower()})
    assert found.headers["Location"] == reverse("reporting:receipt", args=[number])
    assert client.get(reverse("reporting:receipts"), {"number": "2018-000000000000"}).status_code == 404


def test_the_reviewer_accepts_and_returns_from_the_matrix(place: Place) -> None:
    filing = place.submitted()
    client = place.client(place.reviewer)
    page = client.get(reverse("reporting:review"))
    assert page.context["filing"] == filing
    assert page.context["acceptable"]
    back = client.post(reverse("reporting:return", args=[filing.pk]), {"reason": "请核对货币资金", "number": 1})
    assert back.status_code == 302
    assert (
        "请核对货币资金"
        in place.client(place.reporter).get(reverse("reporting:filing", args=[filing.pk])).content.decode()
    )


def test_a_return_without_a_reason_changes_nothing(place: Place) -> None:
    filing = place.submitted()
    page = place.client(place.reviewer).post(
        reverse("reporting:return", args=[filing.pk]), {"reason": " "}, follow=True
    )
    assert page.status_code == 200
    with gate.acting_as(place.reviewer.pk):
        assert Filing.objects.get(pk=filing.pk).state == "submitted"


def test_the_reviewer_does_not_accept_a_version_that_they_have_not_seen(place: Place) -> None:
    filing = place.submitted()
    client = place.client(place.reviewer)
    client.post(reverse("reporting:accept", args=[filing.pk]), {"number": 7})
    with gate.acting_as(place.reviewer.pk):
        assert Filing.objects.get(pk=filing.pk).state == "submitted"
    client.post(reverse("reporting:accept", args=[filing.pk]), {"number": 1})
    with gate.acting_as(place.reviewer.pk):
        assert Filing.objects.get(pk=filing.pk).state == "accepted"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_a_decision_never_leads_away_from_here(place: Place, elsewhere: str) -> None:
    filing = place.submitted()
    answer = place.client(place.reviewer).post(
        reverse("reporting:accept", args=[filing.pk]), {"number": 1, "next": elsewhere}
    )
    assert answer.headers["Location"] == reverse("reporting:review")


def test_after_a_decision_one_is_back_where_one_was(place: Place) -> None:
    filing = place.submitted()
    client = place.client(place.reviewer)
    back = client.get(reverse("reporting:review"), {"period": "2018", "state": "expl"}).context["back"]
    answer = client.post(reverse("reporting:accept", args=[filing.pk]), {"number": 1, "next": back})
    assert answer.headers["Location"] == back == "/reporting/review/?period=2018&state=expl"


def test_a_filing_goes_out_as_a_spreadsheet_and_comes_in_again_as_it_was(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    client = place.client(place.reporter)
    data = client.get(reverse("reporting:spreadsheet", args=[filing.pk])).content
    assert load_workbook(BytesIO(data)).active["B2"].value == place.steel.name
    page = send(client, upload_url(place), data)
    assert page.status_code == 200, page.context.get("refused")
    again = draft_of(place, filing)
    assert again.cells == draft.cells
    assert again.unit == draft.unit


def test_the_empty_form_is_fetched_with_its_cover_filled_in(place: Place) -> None:
    url = f"{reverse('reporting:template')}?entity={place.steel.uid}&period=2018&type=consolidated"
    book = load_workbook(BytesIO(place.client(place.reporter).get(url).content))
    assert len(book.sheetnames) == 3
    assert {book.active[f"B{row}"].value for row in range(2, 6)} >= {place.steel.name, place.steel.uscc, "2018"}


def test_versions_show_what_changed_cell_by_cell(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reviewer.pk):
        actions.send_back(filing, reason="请核对货币资金")
    with gate.acting_as(place.reporter.pk):
        draft = Draft.objects.get(filing=filing)
        actions.save_cells(filing, draft.revision, {"raw_materials": {"closing": "3"}})
    page = place.client(place.reporter).get(reverse("reporting:versions", args=[filing.pk]))
    assert [(one.item, str(one.after)) for one in page.context["changes"]] == [("raw_materials", "30000.00")]
    assert [event.kind for event, _ in page.context["story"]] == ["returned", "submitted"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_both_languages(place: Place, language: str) -> None:
    filing = place.submitted()
    client, above = place.client(place.reporter), place.client(place.reviewer)
    for one in (client, above):
        one.cookies["django_language"] = language
    pages = {name: client.get(reverse(f"reporting:{name}", args=[filing.pk])) for name in ("filing", "versions")}
    pages |= {name: client.get(reverse(f"reporting:{name}")) for name in ("filings", "upload", "receipts")}
    pages["review"] = above.get(reverse("reporting:review"))
    pages["desk"] = client.get(reverse("decisions:desk"))
    pages["receipt"] = client.get(reverse("reporting:receipt", args=[filing.current_version.receipt]))  # type: ignore[union-attr]
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200)
    word = "To review" if language == "en" else "待审"
    assert word in pages["review"].content.decode()


def test_the_database_gone_in_the_middle_of_a_save_is_said_in_words(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing, draft, _ = place.load()[0]

    def gone(*args: object, **kwargs: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(actions, "_counted", gone)
    client = place.client(place.reporter)
    client.raise_request_exception = False
    response = patch(client, filing, draft.revision, cells={"cash": {"closing": "5"}})
    assert response.status_code == 503
    assert response.json()["title"]
    assert draft_of(place, filing).revision == draft.revision
