"""The pages of seeing hold together: in both languages, for every choice, with words where there is nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from uuid import UUID

import pytest

from guozi.app import gate
from guozi.app.decisions.charts import chart
from guozi.app.files.queries import upload
from tests.app.decisions.town import STOVE, YEAST, Town

ADDRESSES = (
    "/panorama/",
    "/panorama/?period=2016",
    "/panorama/?period=2018&of=companies&by=debt_ratio",
    "/panorama/?period=2017&view=live&of=groups&by=return_on_equity",
    "/enterprises/",
    "/enterprises/?q=anqi&sort=-code",
    "/enterprises/?q=nothing-like-it",
    "/indicators/",
    "/indicators/?q=zzz",
    "/indicators/return_on_equity/?period=2017&sort=before",
    "/indicators/total_profit/?period=2018&q=zzz",
    "/warning/?period=2018",
    "/warning/?period=2018&level=4",
    "/search/?q=6002",
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("url", ADDRESSES)
def test_every_page_is_whole_in_both_languages(town: Town, url: str, language: str) -> None:
    client = town.client(town.leader)
    client.cookies["django_language"] = language
    answer = client.get(url)
    assert answer.status_code == 200
    body = answer.content.decode()
    assert "style=" not in body
    assert " onclick" not in body
    assert not re.search(r"\{[a-z_]+\}", re.sub(r"<script.*?</script>", "", body, flags=re.S).replace("{{", ""))


def test_every_link_of_the_panorama_leads_somewhere(town: Town) -> None:
    client = town.client(town.leader)
    body = client.get("/panorama/?period=2018").content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/[^"#]*)"', body)}
    inside = [link for link in links if not link.startswith(("/static", "/sign", "/language"))]
    assert len(inside) > 40
    for link in inside:
        assert client.get(link).status_code in (200, 302), link


def test_an_enterprise_shows_its_years_its_filings_and_its_place(town: Town) -> None:
    found = town.client(town.leader).get(f"/enterprises/{town.by[YEAST].uid}/?period=2018").context["ent"]
    assert found.periods == ("2018", "2017", "2016")
    assert [name for name, _ in found.filings]
    assert len(found.filing_periods) == 3
    assert [one.code for one in found.above] == ["G1", "S"]
    assert found.chart is not None
    assert len(found.chart.points) == 3
    assert found.chart.limits  # the lines of the debt ratio, for its class


def test_a_group_shows_what_is_below_it_and_draws_no_line_of_one_enterprise(town: Town) -> None:
    found = town.client(town.leader).get(f"/enterprises/{town.by['G1'].uid}/?period=2017").context["ent"]
    assert {one.code for one, _ in found.children} == {YEAST, STOVE}
    assert found.chart is not None
    assert not found.chart.limits


def test_an_open_period_has_no_official_figures(town: Town) -> None:
    answer = town.client(town.leader).get("/panorama/?period=2018&view=official")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "/panorama/?period=nonsense",
        "/panorama/?node=nonsense",
        "/why/{uid}/2018/",
        "/why/{uid}/nonsense/?code=assets",
        "/why/{uid}/2018/?code=no_such_thing",
        "/why/{uid}/2018/?code=total_assets%2B",
        "/why/{uid}/2018/?code=assets&part=nonsense",
        "/indicators/no_such_thing/",
    ],
)
def test_nonsense_in_an_address_is_answered_in_words(town: Town, url: str) -> None:
    answer = town.client(town.leader).get(url.replace("{uid}", str(town.by[YEAST].uid)))
    assert answer.status_code in (400, 404)


def test_the_page_leads_to_the_original_file(town: Town) -> None:
    url = f"/why/{town.by[YEAST].uid}/2018/?code=total_profit"
    page = town.client(town.reviewer).get(url).context["page"]
    with gate.acting_as(town.reviewer.pk):
        found = upload(UUID(page.origin.file_url.split("/")[2]))
    assert found.name == page.origin.place.file == f"{YEAST}-2018.xlsx"


def test_amounts_arrive_in_the_readers_unit(town: Town) -> None:
    client = town.client(town.leader)
    client.cookies["gz_unit"] = "wan"
    for url in ("/panorama/?period=2018", f"/enterprises/{town.by['G1'].uid}/?period=2018"):
        tiles = client.get(url).content.decode().partition("</ul>")[2]
        value = re.search(r'<data class="gz-n gz-money[^"]*" value="(\d+)"[^>]*>([\d,.]+)<', tiles)
        assert value is not None
        assert Decimal(value[2].replace(",", "")) == Decimal(value[1]) / 10_000


def test_a_chart_needs_two_known_values() -> None:
    assert chart([("2017", Decimal(1), ""), ("2018", None, "")], [], str) is None
    found = chart(
        [("2016", Decimal(1), ""), ("2017", None, ""), ("2018", Decimal(3), "")], [(Decimal(2), "line", 1)], str
    )
    assert found is not None
    assert len(found.lines) == 2
    assert len(found.limits) == 1
