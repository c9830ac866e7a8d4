"""How far a job is, as a piece of a page that fetches itself anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guozi.app.jobs import queries
from guozi.app.jobs.models import Progress, State


def shown(job: Progress) -> dict[str, object]:
    """The context of `ui/parts/progress.html` for a job."""
    over = job.state in (State.DONE, State.FAILED)
    return {
        "name": job.subject or job.task,
        "done": job.done,
        "total": job.total,
        "state": job.state if over else "running",
        "remaining": job.message,
        "what": job.error or job.message or _("Done."),
        "url": reverse("jobs:progress", args=[job.uid]),
    }


@require_safe
def progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One's own job; those who run the system see all."""
    return render(request, "ui/parts/progress.html", shown(queries.progress(uid)))
