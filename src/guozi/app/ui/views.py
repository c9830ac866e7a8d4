"""Pages of errors, and the living page of components."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from guozi.app.ui.paging import ordered, paged
from guozi.app.ui.problems import problem, problem_from, reference_of, words_of
from guozi.app.ui.samples import samples
from guozi.core.kernel.errors import GuoziError, RefusedError

log = logging.getLogger("guozi.requests")
_TEMPLATES = {400: "ui/400.html", 403: "ui/403.html", 404: "ui/404.html", 500: "ui/500.html"}
"""A status without a page of its own takes that of its hundred."""
_MACHINE = {
    400: ("usage", "bad request"),
    403: ("denied", "not allowed"),
    404: ("not-found", "not found"),
    500: ("fault", "fault"),
}


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json")


def error_page(request: HttpRequest, status: int, error: GuoziError | None = None, reason: str = "") -> HttpResponse:
    """What happened, that nothing was lost, what to do, and a number to quote; as a problem document where a machine asks."""
    if _wants_json(request):
        if error is not None:
            return problem_from(request, error)
        code, title = _MACHINE.get(status, ("error", "error"))
        return problem(request, status, code, reason or title)
    context = {
        "status": status,
        "reference": reference_of(request),
        "what": words_of(error) if error else reason,
        "findings": error.findings if isinstance(error, RefusedError) else (),
    }
    return _bare(_TEMPLATES.get(status, "ui/400.html" if status < 500 else "ui/500.html"), context)


def _bare(template: str, context: dict[str, object]) -> HttpResponse:
    """Rendered without the request, so that no context processor can fail once more: needs neither database nor session."""
    return HttpResponse(render_to_string(template, context), status=int(str(context["status"])))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: the log line carries the number that the person is shown."""
    log.error("%s fault %s", reference_of(request), request.path)
    return error_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`: a form from a page that has grown old, or from elsewhere."""
    log.info("%s csrf %s", reference_of(request), reason)
    return _bare("ui/403.html", {"status": 403, "reference": reference_of(request), "stale": True})


def components(request: HttpRequest) -> HttpResponse:
    """The living page of every component, with made-up numbers; there only while developing, and for staff."""
    if not (settings.DEBUG or getattr(request.user, "is_staff", False)):
        raise Http404
    return render(
        request,
        "ui/components.html",
        {**samples(), "page": paged(request, range(260)), "sort": ordered(request, {"name": "name"}, "name")[0]},
    )
