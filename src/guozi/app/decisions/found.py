"""Finding enterprises by any name, pinyin or code, and pages by their words."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from guozi.app import gate
from guozi.app.entities.queries import search
from guozi.app.ui.registry import Hit, rail


def enterprises(request: HttpRequest, words: str, limit: int) -> list[Hit]:
    """Those that the person sees."""
    if not gate.may(request.user.pk, "decisions.read"):
        return []
    return [
        Hit(one.name, reverse("decisions:enterprise", args=[one.uid]), one.uscc or one.code)
        for one in search(words, limit)
    ]


def pages(request: HttpRequest, words: str, limit: int) -> list[Hit]:
    """The places of the person's rail."""
    text = words.lower()
    return [Hit(link.word, link.url) for link in rail(request) if text in link.word.lower()][:limit]
