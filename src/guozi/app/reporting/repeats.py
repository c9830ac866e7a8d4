"""The same request again gets the same answer: what `Idempotency-Key` promises on every write of the API."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest

from guozi.app import gate
from guozi.app.reporting.models import Answered
from guozi.core.kernel.errors import ConflictError
from guozi.core.kernel.findings import mark

HEADER = "Idempotency-Key"
LONGEST = 200


def once(
    request: HttpRequest, org_id: int, run: Callable[[], tuple[int, dict[str, Any]]]
) -> tuple[int, dict[str, Any]]:
    """Runs and remembers, or gives what was answered before; in the caller's transaction, so that what fails is not remembered.

    Two at the same time: the second waits for the first. ConflictError where the key came with another request before.
    """
    key = request.headers.get(HEADER, "")[:LONGEST]
    if not key:
        return run()
    person = gate.current()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reporting {person} {key}"])
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for name, files in sorted(request.FILES.lists()):
        digest.update(f"{name}\n".encode())
        for file in files:
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    fields = request.content_type in ("multipart/form-data", "application/x-www-form-urlencoded")
    digest.update(repr(sorted(request.POST.lists())).encode() if fields else request.body)
    known = Answered.objects.filter(person_id=person, key=key).first()
    if known is not None:
        if known.request_sha256 != digest.hexdigest():
            raise ConflictError(mark("This Idempotency-Key was used for another request; take a new one."))
        return known.status, known.body
    status, body = run()
    Answered.objects.create(
        org_id=org_id, person_id=person, key=key, request_sha256=digest.hexdigest(), status=status, body=body
    )
    return status, body
