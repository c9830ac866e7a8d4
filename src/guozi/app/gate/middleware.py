"""Each request runs as its person, in one transaction around view and template."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from guozi.app.gate.person import acting_as


class Acting:
    """Comes after authentication. A view that fails leaves nothing behind; an action that was refused undoes only itself.

    Streaming responses are read after the transaction: their generators open `acting_as` themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user.pk if request.user.is_authenticated else None
        with acting_as(person):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Every exception that leaves a view undoes it; others turn it into a page."""
        transaction.set_rollback(True)
