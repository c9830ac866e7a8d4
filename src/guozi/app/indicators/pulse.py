"""Whether figures may have moved: one short text that changes with every submission, acceptance, return, projection and close."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from django.db.models import Count, Max, Sum

from guozi.app.facts.models import CalcRun, FactEvent
from guozi.app.reporting.models import Filing, Obligation
from guozi.core.kernel.period import Period


def pulse(periods: Iterable[Period]) -> str:
    """The state of the filings of these periods in the person's scope, how far they are projected, and the last close. Cheap: sums, no rows."""
    wanted = sorted(str(period) for period in periods)
    filings = (
        Filing.objects.filter(period__in=wanted)
        .values("period", "state")
        .annotate(count=Count("id"), current=Sum("current_version_id"), accepted=Sum("accepted_version_id"))
        .order_by("period", "state")
    )
    owed = Obligation.objects.filter(task__period__in=wanted).aggregate(count=Count("id"), last=Max("id"))
    waiting = FactEvent.objects.filter(period__in=wanted, part=None).count()
    closed = CalcRun.objects.filter(period__in=wanted, state=CalcRun.State.DONE).aggregate(last=Max("id"))
    text = repr([list(filings.values_list()), owed, waiting, closed])
    return sha256(text.encode()).hexdigest()[:20]
