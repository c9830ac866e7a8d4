"""Our error tree as `application/problem+json` (RFC 9457): status, stable code, words in the reader's language, a pointer to each cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext

from guozi.core.kernel.errors import (
    ConflictError,
    DeniedError,
    GuoziError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    UsageError,
)
from guozi.core.kernel.findings import Finding

_STATUS: tuple[tuple[type[GuoziError], int], ...] = (
    (NotFoundError, 404),
    (ConflictError, 409),
    (UsageError, 400),
    (DeniedError, 403),
    (RefusedError, 422),
    (UnavailableError, 503),
)


REFERENCE = "guozi.reference"
"""Where `request.META` keeps the number to quote."""


def reference_of(request: HttpRequest) -> str:
    """The number that a person can quote and the log carries; empty before `Frame` has given one."""
    return str(request.META.get(REFERENCE, ""))


def status_of(error: GuoziError) -> int:
    """The HTTP status of an error; what is not in the tree's first two storeys is a fault of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def words_of(error: GuoziError) -> str:
    """What an error says, translated first, then filled in."""
    return gettext(error.message).format(**error.args_)


def finding_words(finding: Finding) -> str:
    """What a finding says, translated first, then filled in."""
    return gettext(finding.message).format(**finding.args)


def pointer_of(finding: Finding) -> str:
    """A JSON pointer to the cell that a finding is about: `#/cells/total_assets/closing`; empty where it has no cell."""
    place = finding.place
    parts = [part for part in (place.item, place.item_column) if part]
    return "#/" + "/".join(["cells", *(part.replace("~", "~0").replace("/", "~1") for part in parts)]) if parts else ""


def problem(
    request: HttpRequest, status: int, code: str, title: str, detail: str = "", findings: Sequence[Finding] = ()
) -> JsonResponse:
    """A problem document; `instance` is the number to quote that the log carries too."""
    body: dict[str, Any] = {"type": f"urn:guozi:problem:{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if reference := reference_of(request):
        body["instance"] = f"urn:guozi:reference:{reference}"
    if findings:
        body["errors"] = [
            {
                "code": finding.code,
                "detail": finding_words(finding),
                "severity": finding.severity.value,
                "pointer": pointer_of(finding),
                "place": str(finding.place),
            }
            for finding in findings
        ]
    return JsonResponse(body, status=status, content_type="application/problem+json")


def problem_from(request: HttpRequest, error: GuoziError) -> JsonResponse:
    """The problem document of an error raised on purpose."""
    findings = error.findings if isinstance(error, RefusedError) else ()
    return problem(request, status_of(error), error.code, words_of(error), findings=findings)
