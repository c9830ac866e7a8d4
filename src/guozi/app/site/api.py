"""The API: each shelf's router under one roof, errors as problem documents."""

from __future__ import annotations

import importlib.util

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import SessionAuth

from guozi.app.ui.problems import problem
from guozi.core.kernel.findings import Finding, Place, mark

ROUTED = ("entities", "jobs", "regulation", "reporting", "indicators", "warning", "decisions", "facts")

api = NinjaAPI(title="guozi", version="1", urls_namespace="api", auth=SessionAuth(csrf=True), docs_url="/docs")

for _shelf in ROUTED:
    if f"guozi.app.{_shelf}" in settings.INSTALLED_APPS and importlib.util.find_spec(f"guozi.app.{_shelf}.api"):
        api.add_router(f"/{_shelf}/", import_string(f"guozi.app.{_shelf}.api.router"), tags=[_shelf])


@api.exception_handler(ValidationError)
def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: each thing that does not fit, with its place."""
    transaction.set_rollback(True)
    findings = [
        Finding(
            "api.shape",
            mark("{place}: {text}"),
            {"place": "/".join(map(str, fault["loc"])), "text": fault["msg"]},
            Place(item="/".join(map(str, fault["loc"]))),
        )
        for fault in error.errors
    ]
    return problem(
        request, 422, "shape", _("The request does not have the shape that is described."), findings=findings
    )


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Whatever status the operation names."""
    transaction.set_rollback(True)
    return problem(request, error.status_code, "refused", str(error))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """404."""
    transaction.set_rollback(True)
    return problem(request, 404, "not-found", _("There is no such thing here."))
