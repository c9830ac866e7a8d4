"""Which view a page shows: the period, the official figures or the provisional ones, and the choices that the reader has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count
from django.http import HttpRequest

from guozi.app.entities import queries as entities
from guozi.app.entities.models import Tree
from guozi.app.facts.models import CalcRun
from guozi.app.facts.queries import official_run
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.models import Filing, Obligation
from guozi.app.reporting.queries import periods_with_filings
from guozi.app.reporting.words import period_words
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period


@dataclass(frozen=True)
class Choice:
    """One period that may be chosen."""

    period: str
    words: str
    current: bool


@dataclass(frozen=True)
class Lens:
    """A view: `figures` are what it shows, `closed` is the close whose figures are official, whichever view is shown."""

    tree: Tree
    period: Period
    figures: Figures
    periods: tuple[Period, ...]
    closed: CalcRun | None

    @property
    def official(self) -> bool:
        """True where the official figures are shown."""
        return self.figures.official

    @property
    def view(self) -> str:
        """The view as addresses name it."""
        return "official" if self.official else "live"

    @property
    def words(self) -> str:
        """The period in words."""
        return period_words(self.period)

    @property
    def as_of(self) -> datetime | None:
        """When the official figures were frozen."""
        return self.figures.known

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The periods to choose from, newest first."""
        return tuple(Choice(str(one), period_words(one), one == self.period) for one in self.periods)


MOSTLY = Fraction(2, 3)
"""A page opens on the newest period in which so many of those who owe have filed; a period that has only just begun says little."""


def usual(periods: Sequence[Period]) -> Period | None:
    """The period that a page opens on: of those in which something is filed, the newest that is mostly there, else the newest."""
    filed = dict(
        Filing.objects.exclude(current_version=None).values_list("period").annotate(n=Count("org_id", distinct=True))
    )
    owed = dict(Obligation.objects.values_list("task__period").annotate(n=Count("org_id", distinct=True)))
    full = (one for one in periods if filed.get(str(one), 0) >= MOSTLY * owed.get(str(one), 1))
    return next(full, periods[0] if periods else None)


def lens_of(request: HttpRequest, period: Period | None = None) -> Lens:
    """The view that an address asks for: `?period=`, `?view=official|live`; without them the newest period, official where it is closed.

    NotFoundError where nothing has been filed that the person may see, or the official view of an open period is asked for.
    """
    tree = entities.tree()
    periods = tuple(periods_with_filings())
    asked = request.GET.get("period", "")
    if period is None:
        period = Period.parse(asked) if asked else usual(periods)
    if period is None:
        raise NotFoundError(
            mark(
                "Nothing has been filed yet that you may see. As soon as a filing is submitted, its figures stand here."
            )
        )
    closed = official_run(tree.pk, str(period))
    view = request.GET.get("view", "")
    if view == "official" and closed is None:
        raise NotFoundError(
            mark("{period} has not been closed: there are no official figures yet."), period=str(period)
        )
    run = None if view == "live" else closed
    figures = Figures(period, run.known_at if run else None, run)
    return Lens(tree, period, figures, periods, closed)
