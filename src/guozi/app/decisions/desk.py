"""My desk: what came back, what I owe and by when, what waits for me, what runs for me; nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from guozi.app import gate
from guozi.app.jobs.models import State
from guozi.app.jobs.queries import mine
from guozi.app.jobs.views import shown
from guozi.app.reporting.words import due_words, weekday
from guozi.app.ui.registry import DeskItem, Section, desk as gathered

SOON = timedelta(days=3)
SHOWN = 12
"""Things owed that are named; the list of filings has all of them."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A thing owed, with its day: `soon` where it is late or due within three days."""

    item: DeskItem
    day: str
    under: str
    left: str
    soon: bool
    percent: int


@dataclass(frozen=True, slots=True)
class First:
    """What to do first: a sentence around one link."""

    before: str
    link: str
    url: str
    after: str


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """For whoever is signed in; what others owe is not here."""
    found = gathered(request)
    owed = found[Section.OWED]
    now = timezone.now()
    jobs = [job for job in mine(gate.current()) if _to_show(job, now)]
    context: dict[str, Any] = {
        "greeting": greeting(),
        "first": first(found),
        "returned": grouped(found[Section.RETURNED]),
        "owed": [(name, [_owed(item) for item in part]) for name, part in grouped(owed[:SHOWN])],
        "owed_count": len(owed),
        "owed_more": max(0, len(owed) - SHOWN),
        "waiting": found[Section.WAITING],
        "returned_count": len(found[Section.RETURNED]),
        "jobs": [shown(job) for job in jobs],
        "idle": not any(found.values()) and not jobs,
        "elsewhere": _elsewhere(request),
    }
    return render(request, "decisions/desk.html", context)


def _to_show(job: Any, now: Any) -> bool:
    """What runs, what failed of late, what ended within the hour."""
    if job.state in (State.QUEUED, State.RUNNING):
        return True
    ended = job.finished or job.created
    return bool(now - ended < (timedelta(days=2) if job.state == State.FAILED else timedelta(hours=1)))


def greeting() -> str:
    """By the hour of the day."""
    hour = timezone.localtime().hour
    if 5 <= hour < 12:
        return _("good morning")
    return _("good afternoon") if 12 <= hour < 18 else _("good evening")


def first(found: Mapping[Section, Sequence[DeskItem]]) -> First | None:
    """The one thing to begin with: what came back, then what is late or due next, then what others wait for."""
    returned, owed, waiting = found[Section.RETURNED], found[Section.OWED], found[Section.WAITING]
    if returned:
        words = ngettext("One form came back: begin with", "{count} forms came back: begin with", len(returned))
        return First(words.format(count=len(returned)), returned[0].title, returned[0].url, _("."))
    if owed:
        item = next((one for one in owed if one.state in ("fail", "draft")), owed[0])
        after = _("({left}).").format(left=due_words(item.due)) if item.due else _(".")
        return First(_("First of all") if _late(item) else _("Next is"), item.title, item.url, after)
    if waiting:
        words = ngettext(
            "One report waits for your review:", "{count} reports wait for your review, first", len(waiting)
        )
        return First(words.format(count=len(waiting)), waiting[0].title, waiting[0].url, _("."))
    return None


def _late(item: DeskItem) -> bool:
    return item.due is not None and item.due < timezone.now()


def grouped(items: Sequence[DeskItem]) -> list[tuple[str, list[DeskItem]]]:
    """By whose they are, in the order in which they come; without headings where all are of one."""
    parts: dict[str, list[DeskItem]] = {}
    for item in items:
        parts.setdefault(item.group, []).append(item)
    return list(parts.items())


def _owed(item: DeskItem) -> Owed:
    if item.due is None:
        return Owed(item, "", _("no date"), "", False, _percent(item))
    local, now = timezone.localtime(item.due), timezone.localtime()
    far = local.year != now.year
    day = f"{local:%Y}" if far else f"{local:%d}"
    under = f"{local:%m-%d}" if far else f"{local:%m} \u00b7 {weekday(item.due)} {local:%H:%M}"
    return Owed(item, day, under, due_words(item.due), item.due - now < SOON, _percent(item))


def _percent(item: DeskItem) -> int:
    return 100 * item.done // item.total if item.done is not None and item.total else 0


def _elsewhere(request: HttpRequest) -> tuple[str, str] | None:
    """Where to go when nothing waits: the panorama, for those who may see it."""
    if not gate.may(request.user.pk, "decisions.read"):
        return None
    try:
        return reverse("decisions:panorama"), _("See the panorama")
    except NoReverseMatch:
        return None
