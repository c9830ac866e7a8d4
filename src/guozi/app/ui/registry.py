"""What each shelf registers for the pages that all share: rail entries, search, items for my desk. Filled in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One place in the rail. `visible` asks the gate; `go` is the letter after G; `phone` puts it into the bottom bar (five at most)."""

    order: int
    word: object
    """A lazy translation; short enough for a rail of 64 px."""
    icon: str
    url_name: str
    visible: Callable[[HttpRequest], bool]
    go: str = ""
    phone: bool = False
    waiting: Callable[[HttpRequest], int] | None = None
    """How many things wait there for this person."""


@dataclass(frozen=True, slots=True)
class RailLink:
    """A rail entry as one request shows it."""

    word: str
    icon: str
    url: str
    go: str
    phone: bool
    waiting: int
    current: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found by a search."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one provider found: its heading (Enterprises, Indicators …) and its hits, best first."""

    heading: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SearchProvider:
    """How one shelf is searched: `find(request, words, limit)`, within what the person may see."""

    order: int
    heading: object
    find: Callable[[HttpRequest, str, int], Sequence[Hit]]


class Section(StrEnum):
    """The three lists of my desk, in their order."""

    RETURNED = "returned"
    OWED = "owed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing that a person owes, got back, or has to decide; `action` is the word on its button."""

    section: Section
    title: str
    url: str
    action: str
    detail: str = ""
    due: datetime | None = None
    state: str = ""
    """A filing state as `{% state %}` knows it."""
    state_words: str = ""
    quote: str = ""
    """What the other side wrote, e.g. the reason of a return."""
    done: int | None = None
    total: int | None = None
    group: str = ""
    """Whose it is, where one person works for several."""


DeskProvider = Callable[[HttpRequest], Sequence[DeskItem]]

_rail: dict[str, RailEntry] = {}
_search: dict[str, SearchProvider] = {}
_desk: dict[str, DeskProvider] = {}


def register_rail(key: str, entry: RailEntry) -> None:
    """Adds a place to the rail; the same key again replaces it."""
    _rail[key] = entry


def register_search(key: str, provider: SearchProvider) -> None:
    """Adds a shelf to the search; the same key again replaces it."""
    _search[key] = provider


def register_desk(key: str, provider: DeskProvider) -> None:
    """Adds a shelf's items to my desk; the same key again replaces it."""
    _desk[key] = provider


def rail(request: HttpRequest) -> tuple[RailLink, ...]:
    """The rail of this person, in order; the entry whose address is the longest beginning of the path is the current one."""
    entries = [entry for entry in sorted(_rail.values(), key=lambda entry: entry.order) if entry.visible(request)]
    urls = [reverse(entry.url_name) for entry in entries]
    current = max((url for url in urls if request.path.startswith(url)), key=len, default="")
    return tuple(
        RailLink(
            word=str(entry.word),
            icon=entry.icon,
            url=url,
            go=entry.go,
            phone=entry.phone,
            waiting=entry.waiting(request) if entry.waiting else 0,
            current=url == current,
        )
        for entry, url in zip(entries, urls, strict=True)
    )


def search(request: HttpRequest, words: str, limit: int = 8) -> tuple[Hits, ...]:
    """Asks every shelf; headings without a hit are left out, and nothing is asked for less than one character."""
    words = words.strip()
    if not words:
        return ()
    found = (
        Hits(str(provider.heading), tuple(provider.find(request, words, limit))[:limit])
        for provider in sorted(_search.values(), key=lambda provider: provider.order)
    )
    return tuple(hits for hits in found if hits.hits)


def desk(request: HttpRequest) -> dict[Section, tuple[DeskItem, ...]]:
    """Everything for this person, by section; inside a section the earliest date first, what has none last."""
    items = [item for provider in _desk.values() for item in provider(request)]
    items.sort(key=lambda item: (item.due is None, item.due.timestamp() if item.due else 0, item.title))
    return {section: tuple(item for item in items if item.section is section) for section in Section}
