"""Nobody, a newcomer, a stranger, a colleague and those who are responsible, at every page and operation of seeing."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from guozi.app import gate
from guozi.app.decisions.actions import start_close
from guozi.app.entities import queries as entities
from guozi.app.indicators.figures import figures
from guozi.core.kernel.errors import DeniedError
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown
from tests.app.decisions.town import STOVE, WATER, YEAST, Town

OWN = ("decisions", "indicators", "warning")
PAGES = {
    "decisions:panorama": ("/panorama/", "decisions.read"),
    "decisions:panorama_pulse": ("/panorama/pulse/", "decisions.read"),
    "decisions:enterprises": ("/enterprises/", "entities.read"),
    "decisions:enterprise": ("/enterprises/{water}/", "decisions.read"),
    "decisions:why": ("/why/{water}/2017/?code=total_profit", "decisions.read"),
    "decisions:search": ("/search/?q=2", ""),
    "decisions:close": ("/close/", "decisions.close"),
    "decisions:start_close": ("/close/2018/", "decisions.close"),
    "decisions:desk": ("/desk/", ""),
    "indicators:library": ("/indicators/", "indicators.read"),
    "indicators:indicator": ("/indicators/debt_ratio/", "indicators.read"),
    "warning:warnings": ("/warning/", "warning.read"),
}
OPERATIONS = (
    "/api/v1/decisions/periods",
    "/api/v1/decisions/enterprises/{water}/figures",
    "/api/v1/decisions/enterprises/{water}/why?code=total_profit",
    "/api/v1/indicators/",
    "/api/v1/indicators/debt_ratio",
    "/api/v1/indicators/values/?code=total_profit",
    "/api/v1/indicators/nodes/?code=total_profit&node={water}",
    "/api/v1/warning/",
    "/api/v1/facts/",
)


def _address(town: Town, text: str) -> str:
    return text.replace("{water}", str(town.by[WATER].uid))


def test_no_page_of_these_shelves_is_forgotten_here() -> None:
    names = {
        f"{space}:{name}"
        for space in OWN
        for name in get_resolver().namespace_dict[space][1].reverse_dict
        if isinstance(name, str)
    }
    assert names == set(PAGES)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_nobody_is_asked_to_sign_in(town: Town, name: str) -> None:
    answer = town.client(None).get(_address(town, PAGES[name][0]))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("name", sorted(name for name, (_, right) in PAGES.items() if right))
def test_a_newcomer_without_a_grant_sees_no_page(town: Town, name: str) -> None:
    client, (url, _) = town.client(town.newcomer), PAGES[name]
    answer = client.post(_address(town, url)) if name == "decisions:start_close" else client.get(_address(town, url))
    assert answer.status_code in (403, 404)


@pytest.mark.parametrize("url", OPERATIONS)
def test_the_api_turns_away_nobody_and_the_newcomer_with_a_problem_document(town: Town, url: str) -> None:
    for person, statuses in ((None, (401,)), (town.newcomer, (403, 404))):
        answer = town.client(person).get(_address(town, url))
        assert answer.status_code in statuses, url
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("url", OPERATIONS)
def test_the_api_answers_the_leader(town: Town, url: str) -> None:
    answer = town.client(town.leader).get(_address(town, url))
    assert answer.status_code == 200, answer.content
    assert answer.json()


def test_a_stranger_finds_neither_the_enterprise_nor_its_numbers(town: Town) -> None:
    client = town.client(town.stranger)
    uid = town.by[YEAST].uid
    assert client.get(f"/enterprises/{uid}/").status_code == 404
    assert client.get(f"/why/{uid}/2017/?code=total_profit").status_code == 404
    assert client.get(f"/why/{town.by['S'].uid}/2017/?code=total_profit&kind=sum").status_code == 404
    assert town.by[YEAST].name not in client.get(f"/search/?q={YEAST}").content.decode()
    assert town.by[YEAST].name not in client.get("/enterprises/").content.decode()
    assert town.by[YEAST].name not in client.get("/indicators/debt_ratio/?period=2017").content.decode()


def test_a_strangers_aggregate_is_empty_though_the_files_hold_the_rows(town: Town) -> None:
    nodes = {town.by["G1"].pk: [town.by[YEAST].pk, town.by[STOVE].pk]}
    with gate.acting_as(town.leader.pk):
        table = figures(Period(2017), tree_id=town.tree.pk).nodes(["total_profit"], nodes)
        assert not isinstance(table.columns["total_profit"][0], Unknown)
    with gate.acting_as(town.stranger.pk):
        table = figures(Period(2017), tree_id=town.tree.pk).nodes(["total_profit"], nodes)
        assert table.subjects == ()


def test_a_groups_reviewer_sees_the_groups_panorama_and_no_more(town: Town) -> None:
    found = town.client(town.reviewer).get("/panorama/?period=2017").context["pano"]
    assert found.node.code == "G1"
    assert {row.entity.code for row in found.ranking} == {YEAST, STOVE}
    assert town.client(town.reviewer).get(f"/panorama/?node={town.by['S'].uid}").status_code == 404


def test_who_has_one_enterprise_is_led_to_it(town: Town) -> None:
    answer = town.client(town.reporter).get("/panorama/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/enterprises/{town.by[YEAST].uid}/")


@pytest.mark.parametrize("who", ["leader", "reviewer", "reporter", "stranger"])
def test_only_an_officer_of_the_whole_tree_may_close(town: Town, who: str) -> None:
    person = getattr(town, who)
    assert town.client(person).post("/close/2018/").status_code == 403
    assert town.client(person).get("/close/").status_code == 403
    with gate.acting_as(person.pk), pytest.raises(DeniedError):
        start_close(town.tree, Period(2018), "2018")


def test_an_officer_starts_a_close(town: Town) -> None:
    answer = town.client(town.officer).post("/close/2018/")
    assert (answer.status_code, answer["Location"]) == (302, "/close/")
    page = town.client(town.officer).get("/close/")
    line = next(line for line in page.context["lines"] if line.period == Period(2018))
    assert line.job is not None
    assert line.job["state"] == "running"


def test_the_tree_of_a_stranger_has_no_part_above(town: Town) -> None:
    with gate.acting_as(town.stranger.pk):
        assert [node.entity.code for node in entities.nodes(town.tree, Period(2017).end)] == [WATER]
