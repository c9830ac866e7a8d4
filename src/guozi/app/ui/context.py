"""What every template finds in its context: the rail, the unit of money, the languages, who is here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from guozi.app.ui.numbers import MoneyUnit
from guozi.app.ui.registry import rail

UNIT_COOKIE = "gz_unit"
"""Set by the unit switch in the browser, read here, so that a page arrives in the reader's unit and prints so."""


def chosen_unit(request: HttpRequest) -> MoneyUnit | None:
    """The unit this reader switched to, if ever."""
    wish = request.COOKIES.get(UNIT_COOKIE, "")
    return MoneyUnit(wish) if wish in set(MoneyUnit) else None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `gz_unit` is the reader's unit, else 100m CNY; `gz_place` names the instance, `gz_demo` marks made-up data."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    name = (getattr(user, "name", "") or user.get_username()) if user and signed_in else ""
    links = rail(request) if signed_in else ()
    return {
        "gz_unit": chosen_unit(request) or MoneyUnit.YI,
        "gz_units": tuple(MoneyUnit),
        "gz_rail": links,
        "gz_tabs": tuple(link for link in links if link.phone)[:5],
        "gz_person": name,
        "gz_place": getattr(settings, "GUOZI_PLACE", ""),
        "gz_demo": getattr(settings, "GUOZI_DEMO", False),
        "gz_languages": (("zh-hans", "\u4e2d"), ("en", "EN")),
    }
