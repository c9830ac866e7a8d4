"""My desk holds what came back, what one owes, what waits for a decision and what runs for one, and nothing of anybody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from guozi.app import gate
from guozi.app.jobs.models import Progress, State
from guozi.app.reporting import actions
from guozi.app.reporting.models import Draft, Filing
from tests.app.reporting.conftest import Place, place  # noqa: F401

DESK = "/desk/"


def test_the_way_home_leads_to_my_desk(place: Place) -> None:  # noqa: F811
    assert place.client(place.reporter).get("/").headers["Location"] == DESK == reverse("decisions:desk")


def test_what_nobody_has_begun_is_owed_with_its_day(place: Place) -> None:  # noqa: F811
    page = place.client(place.reporter).get(DESK)
    ((name, owed),) = page.context["owed"]
    assert (name, len(owed), owed[0].item.done, owed[0].item.total) == (place.steel.name, 1, 0, 3)
    assert owed[0].soon
    assert "还剩 2 天 2 小时" in page.content.decode()


def test_submitted_forms_count_as_done_by_the_filer(place: Place) -> None:  # noqa: F811
    place.submitted()
    ((_, owed),) = place.client(place.reporter).get(DESK).context["owed"]
    assert (owed[0].item.done, owed[0].item.total, owed[0].item.state) == (1, 3, "draft")


def test_checks_that_stop_a_draft_come_first(place: Place) -> None:  # noqa: F811
    filing, draft, _ = place.load()[0]
    with gate.acting_as(place.reporter.pk):
        actions.save_cells(filing, draft.revision, {"total_assets": {"closing": "1"}})
        stops = Draft.objects.get(filing=filing).failing
    page = place.client(place.reporter).get(DESK)
    ((_, owed),) = page.context["owed"]
    assert owed[0].item.state == "fail"
    assert str(stops) in owed[0].item.state_words
    assert page.context["first"].url == reverse("reporting:filing", args=[filing.pk])


def test_what_came_back_stands_first_with_its_reason(place: Place) -> None:  # noqa: F811
    filing = place.submitted()
    with gate.acting_as(place.reviewer.pk):
        actions.send_back(filing, reason="货币资金与函证不符")
    page = place.client(place.reporter).get(DESK)
    assert "货币资金与函证不符" in page.content.decode()
    assert page.context["first"].url == reverse("reporting:filing", args=[filing.pk])
    assert page.context["returned_count"] == 1


def test_a_submission_waits_on_the_reviewers_desk_until_it_is_decided(place: Place) -> None:  # noqa: F811
    filing = place.submitted()
    client = place.client(place.reviewer)
    (item,) = client.get(DESK).context["waiting"]
    assert f"filing={filing.pk}" in item.url
    with gate.acting_as(place.reviewer.pk):
        actions.accept(Filing.objects.get(pk=filing.pk))
    assert client.get(DESK).context["waiting"] == ()


@pytest.mark.parametrize("who", ["stranger", "newcomer", "leader", "colleague"])
def test_nothing_of_others_stands_on_ones_desk(place: Place, who: str) -> None:  # noqa: F811
    place.submitted()
    page = place.client(getattr(place.world, who)).get(DESK)
    assert page.status_code == 200
    assert page.context["idle"]
    assert place.steel.name not in page.content.decode()


def test_an_empty_desk_says_what_will_stand_there(place: Place) -> None:  # noqa: F811
    assert "没有要办的事" in place.client(place.world.newcomer).get(DESK).content.decode()


def test_nobody_is_asked_to_sign_in(place: Place) -> None:  # noqa: F811
    assert Client().get(DESK).status_code == 302


def test_only_my_own_jobs_run_there(place: Place) -> None:  # noqa: F811
    for person in (place.reporter, place.reviewer):
        with gate.acting_as(person.pk):
            Progress.objects.create(
                task="t", subject=f"job of {person.login}", person_id=person.pk, state=State.RUNNING
            )
    page = place.client(place.reporter).get(DESK).content.decode()
    assert "job of reporter" in page
    assert "job of reviewer" not in page
