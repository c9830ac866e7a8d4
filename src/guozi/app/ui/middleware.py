"""The frame of every request: a number to quote, the reader's language, the headers of the policy."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from guozi.app.ui.policy import HEADERS
from guozi.app.ui.problems import REFERENCE, reference_of, status_of
from guozi.app.ui.views import error_page
from guozi.core.kernel.errors import GuoziError

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
log = logging.getLogger("guozi.requests")


def new_reference() -> str:
    """A number that a person can read out over the telephone: `E-7F3K2QX`."""
    return "E-" + "".join(secrets.choice(_LETTERS) for _ in range(7))


class Frame:
    """After authentication: gives the number to quote, activates the language, turns our errors into pages, adds headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META[REFERENCE] = new_reference()
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response.render()
        response.headers.setdefault("Content-Language", language)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        patch_vary_headers(response, ("Cookie",))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Errors raised on purpose become a page; everything else goes on to the handler of faults."""
        if not isinstance(exception, GuoziError):
            return None
        status = status_of(exception)
        level = logging.ERROR if status >= 500 else logging.INFO
        log.log(level, "%s %s %s", reference_of(request), exception.code, exception)
        return error_page(request, status, exception)


def language_of(request: HttpRequest) -> str:
    """The reader's language: what was switched to in this browser, else the person's own, else the first of the instance (Chinese).

    The browser's wish is not asked: a Chinese office computer with an English browser gets Chinese, and one click changes it.
    """
    return (
        switched_to(request)
        or _known(getattr(getattr(request, "user", None), "language", ""))
        or settings.LANGUAGE_CODE
    )


def switched_to(request: HttpRequest) -> str:
    """The language that was switched to in this browser; empty where none was. Asks nobody, so it can be told without a database."""
    return _known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def _known(wish: str) -> str:
    return wish if wish in dict(settings.LANGUAGES) else ""
