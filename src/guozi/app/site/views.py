"""Health, the way home, and what is said when the database is gone."""

from __future__ import annotations

import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from guozi.app.ui.middleware import switched_to
from guozi.app.ui.views import error_page, server_error as fault
from guozi.core.kernel.errors import UnavailableError
from guozi.core.kernel.findings import mark

DESKS = ("decisions:desk", "decisions:panorama", "identity:password")
"""Where one begins: the first that is there."""


@login_not_required
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503; for load balancers and scripts. Tells nothing that a stranger may not know."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return JsonResponse({"ok": False, "database": False}, status=503)
    return JsonResponse({"ok": True, "database": True})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To my desk."""
    for name in DESKS:
        try:
            return redirect(reverse(name))
        except NoReverseMatch:
            continue
    return redirect(settings.LOGIN_URL)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a database that is gone is no fault of the page, and nothing of what was being done is half there."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    return fault(request)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503, rendered without the database, in the language that was switched to in this browser."""
    error = UnavailableError(mark("The database cannot be reached just now. Nothing was lost: try again in a minute."))
    with translation.override(switched_to(request) or settings.LANGUAGE_CODE):
        return error_page(request, 503, error)
