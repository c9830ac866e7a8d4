"""What the panorama shows is the sum that anyone can work out from the published statements, and each number opens into itself."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from html import unescape

import pytest
from django.test import RequestFactory

from guozi.app import gate, wiring
from guozi.app.decisions.close import close
from guozi.app.decisions.panorama import panorama
from guozi.app.decisions.why import explain
from guozi.app.entities import queries as entities
from guozi.app.indicators.figures import Figures, figures
from guozi.app.indicators.lens import lens_of
from guozi.core.kernel.money import to_ratio
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from tests.app.decisions.town import GROUPS, STOVE, WAN, WATER, YEARS, YEAST, Town, published

IN_2018 = (YEAST, WATER)


def _tiles(town: Town, client, period: str) -> dict[str, object]:
    answer = client.get(f"/panorama/?period={period}")
    assert answer.status_code == 200
    return {tile.naming.code: tile for tile in answer.context["pano"].tiles}


def test_the_profit_on_the_panorama_is_the_sum_of_the_published_profits(town: Town) -> None:
    by_hand = sum(published(code, "income_statement", "利润总额", 2018) for code in IN_2018)
    tile = _tiles(town, town.client(town.leader), "2018")["total_profit"]
    assert tile.value == by_hand
    assert f'value="{by_hand.normalize():f}"' in town.client(town.leader).get("/panorama/?period=2018").content.decode()


def test_a_ratio_on_the_panorama_is_the_ratio_of_the_sums_never_a_mean(town: Town) -> None:
    debts = sum(published(code, "balance_sheet", "负债合计", 2017) for code in (YEAST, WATER, STOVE))
    assets = sum(published(code, "balance_sheet", "资产总计", 2017) for code in (YEAST, WATER, STOVE))
    tile = _tiles(town, town.client(town.leader), "2017")["debt_ratio"]
    assert tile.value == to_ratio(Fraction(debts) / Fraction(assets))


def test_last_year_and_the_trend_stand_beside_the_number(town: Town) -> None:
    tile = _tiles(town, town.client(town.leader), "2018")["total_profit"]
    every = (YEAST, WATER, STOVE)
    assert tile.before == sum(published(code, "income_statement", "利润总额", 2017) for code in every)
    assert tile.series[0] == sum(published(code, "income_statement", "利润总额", 2016) for code in every)
    assert tile.series[-1] == tile.value


def test_while_one_is_missing_changes_are_told_against_the_same_enterprises(town: Town) -> None:
    tile = _tiles(town, town.client(town.leader), "2018")["total_profit"]
    assert tile.base == sum(published(code, "income_statement", "利润总额", 2017) for code in IN_2018)


def test_coverage_says_who_is_missing_and_how_much_that_was(town: Town) -> None:
    found = town.client(town.leader).get("/panorama/?period=2018").context["pano"].coverage
    stove = published(STOVE, "balance_sheet", "资产总计", 2017)
    whole = sum(published(code, "balance_sheet", "资产总计", 2017) for code in (YEAST, WATER, STOVE))
    assert (found.filed, found.owing) == (2, 3)
    assert [one.entity.code for one in found.missing] == [STOVE]
    assert found.missing_share == stove / whole


def test_a_late_filing_moves_the_panorama_and_completes_its_coverage(town: Town) -> None:
    client = town.client(town.leader)
    before = client.get("/panorama/pulse/?period=2018")["ETag"]
    assert client.get("/panorama/pulse/?period=2018", headers={"If-None-Match": before}).status_code == 304
    town.late()
    assert client.get("/panorama/pulse/?period=2018", headers={"If-None-Match": before}).status_code == 200
    found = client.get("/panorama/?period=2018").context["pano"]
    tiles = {tile.naming.code: tile for tile in found.tiles}
    assert not found.coverage.missing
    assert tiles["total_profit"].value == sum(
        published(code, "income_statement", "利润总额", 2018) for code in (YEAST, WATER, STOVE)
    )


def test_after_a_close_a_late_filing_moves_the_provisional_figures_only(town: Town) -> None:
    with gate.as_person(town.console):
        close(town.tree, Period(2018))
    client = town.client(town.leader)
    official = _tiles(town, client, "2018")["total_profit"].value
    town.late()
    assert _tiles(town, client, "2018&view=official")["total_profit"].value == official
    moved = _tiles(town, client, "2018&view=live")["total_profit"].value
    assert moved == official + published(STOVE, "income_statement", "利润总额", 2018)
    assert client.get("/panorama/?period=2018&view=official").context["pano"].late == 1


def test_every_explanation_begins_with_the_number_that_is_shown(town: Town) -> None:
    seen = 0
    with gate.acting_as(town.leader.pk):
        for year in YEARS:
            for view in ("live", "official"):
                lens = figures(Period(year), tree_id=town.tree.pk, official=False if view == "live" else None)
                codes = list(lens.rulebook.indicators)
                table = lens.own(codes)
                for org, kind in table.subjects:
                    entity = entities.by_id(org)
                    for code in codes:
                        answer = explain(lens, code, entity, town.tree, aggregate=False, report_type=kind)
                        assert answer.value == table.get(code, org, kind), (year, view, entity.name, code)
                        seen += 1
                for node in ("S", *GROUPS):
                    entity = town.by[node]
                    members = entities.members(town.tree, entity.pk, lens.period.end)
                    sums = lens.nodes(codes, {entity.pk: members})
                    for code in codes:
                        answer = explain(lens, code, entity, town.tree, aggregate=True)
                        assert answer.value == sums.get(code, entity.pk), (year, view, node, code)
                        assert answer.coverage == sums.coverage[code][0], (year, view, node, code)
                        seen += 1
    assert seen > 200


def test_official_explanations_stay_with_what_was_known_at_the_close(town: Town) -> None:
    with gate.acting_as(town.leader.pk):
        closed = figures(Period(2017), tree_id=town.tree.pk, official=True)
        before = explain(closed, "total_profit", town.by[YEAST], town.tree, aggregate=False).value
    town.correct(YEAST, 2017, "income_statement", "profit_before_tax", "1")
    with gate.acting_as(town.leader.pk):
        lens = Figures(Period(2017), closed.known, closed.run)
        again = explain(lens, "total_profit", town.by[YEAST], town.tree, aggregate=False).value
        assert again == before == lens.own(["total_profit"]).get("total_profit", town.by[YEAST].pk, "consolidated")
        live = Figures(Period(2017))
        now = explain(live, "total_profit", town.by[YEAST], town.tree, aggregate=False).value
        assert now == WAN == live.own(["total_profit"]).get("total_profit", town.by[YEAST].pk, "consolidated")


def test_a_corrected_cell_shows_both_versions_and_the_difference(town: Town) -> None:
    town.correct(YEAST, 2017, "income_statement", "profit_before_tax", "1")
    page = town.client(town.leader).get(f"/why/{town.by[YEAST].uid}/2017/?code=total_profit").context["page"]
    assert [row.number for row in page.origin.versions] == [2, 1]
    assert page.origin.versions[0].text == "1"
    assert page.origin.versions[0].change.startswith("\u2212")
    assert page.form.failing  # the parts no longer add up to it, and the page says so instead of a green line


def test_the_parts_of_a_sum_add_up_to_it_and_lead_down_to_the_cell_in_the_spreadsheet(town: Town) -> None:
    client = town.client(town.leader)
    tile = _tiles(town, client, "2018")["total_profit"]
    page = client.get(tile.url).context["page"]
    assert page.sum_holds
    assert page.recomputed
    assert page.leaf is not None
    assert page.leaf.code == WATER
    assert page.origin is not None
    assert page.origin.intact
    assert re.fullmatch(r"利润表!B\d+", page.origin.place.address)
    assert page.origin.place.file == f"{WATER}-2018.xlsx"
    hit = next(row for row in page.form.rows if row.hit)
    assert Decimal(hit.text.replace(",", "")) * 10_000 == published(WATER, "income_statement", "利润总额", 2018)


def test_each_step_of_the_page_is_a_link_that_works_without_a_script(town: Town) -> None:
    client = town.client(town.leader)
    tile = _tiles(town, client, "2018")["return_on_equity"]
    body = client.get(tile.url).content.decode()
    links = {unescape(link) for link in re.findall(r'<a class="gz-(?:node|term)[^"]*"[^>]*href="([^"]+)"', body)}
    assert len(links) > 5
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200, link
        assert answer.context["page"].answer.value == tile.value


def test_one_enterprise_says_that_nothing_is_added_up_and_shows_the_sums_that_it_is_part_of(town: Town) -> None:
    client = town.client(town.leader)
    page = client.get(f"/why/{town.by[YEAST].uid}/2018/?code=total_profit").context["page"]
    assert [one.name for one in page.above] == ["集团G1", "测试市国资委"]
    assert page.above[1].value == sum(published(code, "income_statement", "利润总额", 2018) for code in IN_2018)


def test_an_unknown_number_says_what_is_missing(town: Town) -> None:
    client = town.client(town.leader)
    answer = client.get(f"/why/{town.by[STOVE].uid}/2018/?code=return_on_equity")
    page = answer.context["page"]
    assert isinstance(page.answer.value, Unknown)
    assert page.answer.value.why is Why.NOT_FILED
    assert page.missing
    assert all(one.reason for one in page.missing)


def test_a_sum_names_those_that_are_not_in_it(town: Town) -> None:
    page = town.client(town.leader).get(f"/why/{town.by['G1'].uid}/2018/?code=total_profit&kind=sum").context["page"]
    assert [(one.name, bool(one.reason)) for one in page.left_out] == [(town.by[STOVE].name, True)]


def test_a_link_remembers_what_it_showed_and_says_when_the_number_has_moved(town: Town) -> None:
    client = town.client(town.leader)
    tile = _tiles(town, client, "2018")["total_profit"]
    assert not client.get(tile.url).context["moved"]
    town.late()
    after = client.get(tile.url).context
    assert after["moved"]
    assert after["shown"] == tile.value


def test_a_link_that_was_altered_is_not_believed(town: Town) -> None:
    client = town.client(town.leader)
    tile = _tiles(town, client, "2018")["total_profit"]
    forged = client.get(tile.url.replace(f"shown={tile.value}", "shown=1.00")).context
    assert forged["altered"]
    assert not forged["moved"]


def test_the_panorama_asks_the_engine_a_few_times_however_much_it_shows(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, calls = wiring.engine(), []
    for name in ("values", "node_values", "contributions"):
        inner = getattr(engine, name)
        monkeypatch.setattr(
            engine, name, lambda *a, _inner=inner, _name=name, **k: (calls.append(_name), _inner(*a, **k))[1]
        )
    with gate.acting_as(town.leader.pk):
        lens = lens_of(RequestFactory().get("/?period=2018"))
        panorama(lens, None, "", "")
        calls.clear()
        panorama(lens, None, "", "")
    assert calls.count("node_values") == 3  # this year, last year, last year of those that are there


def test_the_why_page_tells_a_change_against_the_same_enterprises_as_the_panorama(town: Town) -> None:
    client = town.client(town.leader)
    tile = _tiles(town, client, "2018")["total_profit"]
    assert client.get(tile.url).context["page"].like == tile.like
    assert tile.like is not None
    before = _tiles(town, client, "2017")["total_profit"]
    assert client.get(before.url).context["page"].like is None
