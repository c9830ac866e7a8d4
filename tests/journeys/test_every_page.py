"""Every page, in both languages, on a desk and on a phone: no barrier for anybody, nothing wider than the window, no fault in the console."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.journeys.conftest import Visit
from tests.journeys.stage import PHONE, WIDE, Visitor, workbook

PAGES: dict[str, Sequence[tuple[str, str, int]]] = {
    "decisions:desk": [("zhou", "/desk/", 200), ("lin", "/desk/", 200), ("gu", "/desk/", 200), ("sys", "/desk/", 200)],
    "decisions:panorama": [
        ("gu", "/panorama/", 200),
        ("gu", "/panorama/?period=2017&by=return_on_equity&of=groups", 200),
    ],
    "decisions:enterprises": [("gu", "/enterprises/", 200)],
    "decisions:enterprise": [("gu", "{enterprise}?period=2017", 200), ("gu", "{group}?period=2017", 200)],
    "decisions:why": [("gu", "{why}", 200), ("gu", "{why_of_one}", 200)],
    "decisions:search": [("gu", "/search/?q=鞍钢", 200)],
    "decisions:close": [("fang", "/close/", 200)],
    "warning:warnings": [("gu", "/warning/?period=2018", 200)],
    "indicators:library": [("gu", "/indicators/", 200)],
    "indicators:indicator": [("gu", "/indicators/return_on_equity/?period=2017", 200)],
    "reporting:filings": [("zhou", "/reporting/", 200), ("fang", "/reporting/?period=2018", 200)],
    "reporting:new": [("he", "{new}", 200)],
    "reporting:upload": [("he", "/reporting/upload/", 200), ("he", "{upload}", 200)],
    "reporting:receipts": [("zhou", "/reporting/receipts/", 200)],
    "reporting:receipt": [("lin", "{receipt}", 200)],
    "reporting:review": [("lin", "/reporting/review/?period=2017", 200)],
    "reporting:filing": [("lin", "{filing}", 200)],
    "reporting:versions": [("lin", "{filing}versions/", 200)],
    "identity:signin": [("", "/sign-in/", 200)],
    "identity:password": [("zhou", "/password/", 200)],
    "an error": [("zhou", "/no-such-page/", 404), ("zhou", "/reporting/review/", 403)],
}

NO_PAGES = {
    "home", "health", "set_language", "files:download", "jobs:progress", "ui:components", "decisions:panorama_pulse",
    "decisions:start_close", "identity:signout", "reporting:template", "reporting:save", "reporting:edit", "reporting:submit",
    "reporting:withdraw", "reporting:accept", "reporting:return", "reporting:spreadsheet",
}  # fmt: skip
"""Addresses that lead on, give a file or a fragment, take a write, or are for developers."""


def names(patterns: Sequence[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


def test_every_page_is_looked_at() -> None:
    pages = {name for name in names(get_resolver().url_patterns) if not name.startswith("api:")}
    assert pages - NO_PAGES == PAGES.keys() - {"an error"}
    assert pages >= NO_PAGES


@pytest.fixture(scope="package")
def places() -> dict[str, str]:
    """Addresses with ids in them, found once by walking there."""
    return {}


def found(places: dict[str, str], visit: Visit) -> dict[str, str]:
    """Walks to the pages of single things as people do, and notes where they are."""
    if places:
        return places

    def href(visitor: Visitor, selector: str) -> str:
        return str(visitor.page.locator(selector).first.get_attribute("href"))

    gu, lin, he = visit("gu"), visit("lin"), visit("he")
    gu.go("/panorama/?period=2017&of=companies")
    places["why"] = href(gu, ".gz-tile a.gz-why")
    places["enterprise"] = href(gu, ".gz-cover tr:not(.grp) th a").partition("?")[0]
    gu.go(f"{places['enterprise']}?period=2017")
    places["why_of_one"] = href(gu, ".gz-tile a.gz-why")
    above = gu.page.locator(".gz-crumb a[href*='/enterprises/']").last
    places["group"] = str(above.get_attribute("href")).partition("?")[0]
    lin.go("/reporting/?period=2017&q=安琪")
    places["filing"] = href(lin, "main a[data-item]")
    lin.go(places["filing"])
    places["receipt"] = href(lin, "main a[href*='/receipts/']")
    he.go("/enterprises/?q=华能")
    uid = href(he, "main a[data-item]").split("/")[2]
    report = f"entity={uid}&period=2021&type=consolidated"  # of which nobody has filed anything
    places["new"], places["upload"] = f"/reporting/new/?{report}&form=cash_flow", f"/reporting/upload/?{report}"
    return places


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desk", "phone"])
def test_every_page_is_open_to_everybody(
    visit: Visit, places: dict[str, str], size: tuple[int, int], language: str
) -> None:
    where = found(places, visit)
    people: dict[str, Visitor] = {}
    wrong: dict[str, list[str]] = {}
    for cases in PAGES.values():
        for login, path, status in cases:
            if login not in people:
                people[login] = visit(login, size, language)
            visitor, address = people[login], re.sub(r"\{(\w+)\}", lambda gap: where[gap[1]], path)
            assert visitor.go(address) == status, address
            assert visitor.page.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[language]
            barriers = visitor.barriers()
            if language == "en":
                barriers += [f"not translated: {text}" for text in untranslated(visitor)]
            if barriers:
                wrong[f"{login} {address}"] = barriers
    assert wrong == {}


OURS = re.compile(r"[一-鿿]{2,}")


def untranslated(visitor: Visitor) -> list[str]:
    """Chinese words in the frame of an English page: in the rail, the headings and the buttons, where no names of enterprises stand."""
    texts = visitor.page.locator("nav.gz-rail li span, button:visible, th[scope=col], label").all_inner_texts()
    person = visitor.page.locator(".gz-rail .gz-cut").all_inner_texts()
    return [text for text in texts if OURS.search(text) and text.strip().splitlines()[-1] not in person]


def test_a_form_that_is_being_filled_in_and_what_came_of_a_file_are_open_to_everybody(visit: Visit) -> None:
    """Pages that are there only after something was done: a correction of an accepted filing, a file that was refused."""
    name, data = workbook("000898", 2016)
    for size in (WIDE, PHONE):
        zhou = visit("zhou", size)
        zhou.go("/reporting/?period=2015")
        zhou.go(str(zhou.page.locator("main a[data-item]").first.get_attribute("href")))
        if zhou.page.get_by_role("button", name="更正").count():
            zhou.page.get_by_role("button", name="更正").click()
            zhou.page.locator("#saved").wait_for(state="attached")
        assert zhou.page.locator("#form input[name*='.']").count() > 50
        assert zhou.barriers() == []
        zhou.go("/enterprises/?q=鞍钢")
        uid = str(zhou.page.locator("main a[data-item]").first.get_attribute("href")).split("/")[2]
        zhou.go(f"/reporting/upload/?entity={uid}&period=2018&type=consolidated")
        zhou.page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        )
        zhou.page.get_by_role("button", name="导入").click()
        zhou.page.locator("main .gz-note.is-err").wait_for()
        assert zhou.barriers() == []
