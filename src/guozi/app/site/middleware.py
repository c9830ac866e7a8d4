"""Every page and operation needs a sign-in, unless it says otherwise (`login_not_required`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from guozi.app.ui.problems import problem


class SignInRequired(LoginRequiredMiddleware):
    """People are sent to the sign-in page and back again; machines get a problem document."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        """401 for the API, else a redirect."""
        if request.path.startswith("/api/"):
            return problem(request, 401, "signed-out", _("Please sign in first."))
        return super().handle_no_permission(request, view_func)
