"""Finding indicators and items of forms by their names and codes."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from guozi.app import gate, wiring
from guozi.app.indicators.names import say
from guozi.app.reporting.words import form_words
from guozi.app.ui.registry import Hit


def indicators(request: HttpRequest, words: str, limit: int) -> list[Hit]:
    """By a part of either name, or of the code."""
    if not gate.may(request.user.pk, "indicators.read"):
        return []
    text = words.lower()
    hits = (
        Hit(say(one.name), reverse("indicators:indicator", args=[code]), code)
        for code, one in wiring.library().indicators.items()
        if any(text in name.lower() for name in (one.name.zh, one.name.en, code))
    )
    return [hit for hit, _ in zip(hits, range(limit), strict=False)]


def items(request: HttpRequest, words: str, limit: int) -> list[Hit]:
    """Rows of the report forms; each leads to the filings of its form."""
    if not gate.may(request.user.pk, "reporting.read"):
        return []
    text = words.lower()

    def found() -> Iterator[Hit]:
        for code, form in wiring.library().forms.items():
            for item in form.items():
                if any(text in name.lower() for name in (item.name.zh, item.name.en, item.code)):
                    yield Hit(say(item.name), f"{reverse('reporting:filings')}?form={code}", form_words(code))

    return [hit for hit, _ in zip(found(), range(limit), strict=False)]
