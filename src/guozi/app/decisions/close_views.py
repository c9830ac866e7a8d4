"""Closing periods: which are open, which are closed and what came in since, starting a close, and every close that there was."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guozi.app import gate
from guozi.app.decisions.actions import start_close
from guozi.app.entities import queries as entities
from guozi.app.facts.models import CalcRun
from guozi.app.identity.queries import names
from guozi.app.jobs.models import Progress, State
from guozi.app.jobs.queries import mine
from guozi.app.jobs.views import shown
from guozi.app.reporting.models import Filing, Obligation
from guozi.app.reporting.queries import periods_with_filings
from guozi.app.reporting.words import period_words
from guozi.core.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Line:
    """A period: how many enterprises owe and have every form accepted, its last close, what came in since, the job that runs for it."""

    period: Period
    words: str
    owing: int
    accepted: int
    run: CalcRun | None
    by: str
    since: int
    broken: bool
    job: dict[str, object] | None


@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """All periods in which something was filed, the newest first, and the closes that there were."""
    gate.require("decisions.close")
    tree = entities.tree()
    runs = list(CalcRun.objects.filter(tree=tree).select_related("pack_release").order_by("-id"))
    people = names({run.by_id for run in runs})
    jobs = {job.subject: job for job in reversed(mine(gate.current())) if job.task == "decisions.close"}
    lines = [_line(one, runs, people, jobs) for one in periods_with_filings()]
    history = [
        (run, period_words(run.period), people.get(run.by_id, ""), sum(stage["seconds"] for stage in run.stages))
        for run in runs[:50]
    ]
    return render(request, "decisions/close.html", {"lines": lines, "history": history})


def _line(period: Period, runs: list[CalcRun], people: dict[int, str], jobs: dict[str, Progress]) -> Line:
    mine_ = [run for run in runs if run.period == str(period)]
    whole = (one for one in mine_ if one.scope_node_id is None and one.superseded_by_id is None)
    run = next((one for one in whole if one.state == CalcRun.State.DONE), None)
    broken = any(one.state == CalcRun.State.RUNNING for one in mine_)
    words = period_words(period)
    owed: dict[int, list[bool]] = {}
    rows = Obligation.objects.filter(task__period=str(period), waived_reason="").values_list("org_id", "filing__state")
    for org, state in rows:
        owed.setdefault(org, []).append(state == "accepted")
    since = 0
    if run is not None:
        later = Filing.objects.filter(period=str(period), current_version__submitted_at__gt=run.known_at)
        since = later.values("org_id").distinct().count()
    job = jobs.get(_subject(words))
    running = job is not None and job.state in (State.QUEUED, State.RUNNING, State.FAILED)
    over = job is not None and job.state == State.FAILED and run is not None and job.created < run.known_at
    return Line(
        period,
        words,
        len(owed),
        sum(all(one) for one in owed.values()),
        run,
        people.get(run.by_id, "") if run else "",
        since,
        broken and not running,
        shown(job) if job is not None and running and not over else None,
    )


def _subject(words: str) -> str:
    return _("Close of {period}").format(period=words)


@require_POST
def start(request: HttpRequest, period: str) -> HttpResponse:
    """Queues it; what was interrupted is taken up where it stood."""
    one, tree = Period.parse(period), entities.tree()
    start_close(tree, one, _subject(period_words(one)))
    messages.info(
        request,
        _("The close of {period} has begun. You may leave this page; it goes on.").format(period=period_words(one)),
    )
    return redirect("decisions:close")
