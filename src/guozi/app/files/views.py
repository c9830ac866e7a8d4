"""Fetching an upload."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from guozi.app.files import queries


@require_safe
def download(request: HttpRequest, uid: UUID) -> FileResponse:
    """Always as an attachment of no particular type: a browser must never show what somebody handed in."""
    found = queries.upload(uid)
    return FileResponse(
        queries.path(found).open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
