"""Lists in pages: bounded sizes, an order that only known columns may give, with the query string kept (the API pages by cursor)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

SIZES: Final = (25, 50, 100, 200)
"""Rows on a page; anything else asked for becomes the first."""


def paged(request: HttpRequest, items: QuerySet[Any] | Sequence[Any], size: int = SIZES[0]) -> Page[Any]:
    """The page that `?page=` and `?size=` ask for; a number beyond the end gives the last page, nonsense the first."""
    asked = request.GET.get("size", "")
    if asked.isascii() and asked.isdigit() and int(asked) in SIZES:
        size = int(asked)
    return Paginator(items, min(size, SIZES[-1])).get_page(request.GET.get("page"))


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: the key of a column as the page names it, and the direction."""

    key: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key


def ordered(request: HttpRequest, columns: Mapping[str, str], default: str) -> tuple[Order, str]:
    """What `?sort=` asks for, as an Order and as the field for `order_by`; an unknown column gives the default.

    `columns` maps the page's keys to fields, so that an address can never sort by a field that the page does not offer.
    """
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in columns:
        asked = default
    order = Order(asked.removeprefix("-"), asked.startswith("-"))
    field = columns[order.key]
    return order, f"-{field}" if order.descending else field


def page_numbers(page: Page[Any]) -> Iterator[int | None]:
    """The numbers to show, `None` for a gap."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return (number if isinstance(number, int) else None for number in elided)
