"""What shelves register, as one person sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory, override_settings
from django.urls import path

from guozi.app.ui import registry
from guozi.app.ui.registry import DeskItem, Hit, RailEntry, SearchProvider, Section
from guozi.app.ui.views import components

urlpatterns = [
    path("", components, name="r-home"),
    path("file/", components, name="r-file"),
    path("file/old/", components, name="r-old"),
]
get = RequestFactory().get


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The registry without what the installed shelves put there."""
    for name in ("_rail", "_search", "_desk"):
        monkeypatch.setattr(registry, name, {})
    with override_settings(ROOT_URLCONF=__name__):
        yield


def entry(order: int, url: str, *, visible: bool = True) -> RailEntry:
    return RailEntry(order, url, "home", url, lambda request: visible)


def test_the_rail_has_only_what_the_person_may_see_in_order() -> None:
    registry.register_rail("b", entry(2, "r-file"))
    registry.register_rail("a", entry(1, "r-home"))
    registry.register_rail("c", entry(3, "r-old", visible=False))
    assert [link.url for link in registry.rail(get("/"))] == ["/", "/file/"]


def test_the_longest_address_that_fits_is_the_current_one() -> None:
    for at, url in enumerate(("r-home", "r-file", "r-old")):
        registry.register_rail(url, entry(at, url))
    assert [link.url for link in registry.rail(get("/file/old/7")) if link.current] == ["/file/old/"]
    assert [link.url for link in registry.rail(get("/file/7")) if link.current] == ["/file/"]


def test_a_search_for_nothing_asks_nobody() -> None:
    registry.register_search("a", SearchProvider(1, "A", lambda request, words, limit: pytest.fail("asked")))
    assert registry.search(get("/"), "  ") == ()


def test_a_search_is_bounded_and_leaves_out_empty_headings() -> None:
    registry.register_search(
        "a", SearchProvider(2, "A", lambda request, words, limit: [Hit(str(n), "/") for n in range(50)])
    )
    registry.register_search("b", SearchProvider(1, "B", lambda request, words, limit: []))
    found = registry.search(get("/"), "x", limit=3)
    assert [(hits.heading, len(hits.hits)) for hits in found] == [("A", 3)]


def test_my_desk_has_the_earliest_date_first_and_the_undated_last() -> None:
    def item(title: str, day: int | None) -> DeskItem:
        return DeskItem(Section.OWED, title, "/", "Open", due=datetime(2026, 1, day, tzinfo=UTC) if day else None)

    registry.register_desk("a", lambda request: [item("none", None), item("late", 9)])
    registry.register_desk("b", lambda request: [item("soon", 2)])
    desk = registry.desk(get("/"))
    assert [i.title for i in desk[Section.OWED]] == ["soon", "late", "none"]
    assert desk[Section.RETURNED] == ()
