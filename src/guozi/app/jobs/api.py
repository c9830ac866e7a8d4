"""Jobs in the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from guozi.app.jobs import queries
from guozi.app.jobs.models import Progress

router = Router()


class ProgressOut(Schema):
    """How far a job is; `total` is null until it is known."""

    uid: UUID
    task: str
    subject: str
    done: int
    total: int | None
    state: str
    message: str
    error: str
    created: datetime
    started: datetime | None
    finished: datetime | None


@router.get("{uuid:uid}", response=ProgressOut, summary="How far a job is")
def progress(request: HttpRequest, uid: UUID) -> Progress:
    """One's own, or any for those who run the system."""
    return queries.progress(uid)
