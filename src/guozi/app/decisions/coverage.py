"""How much of a total is there: who has filed what they owe, whose is missing, and how much of last year's amount that was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from guozi.app.entities.models import Entity
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.models import Filing, Obligation
from guozi.app.reporting.queries import selection


@dataclass(frozen=True, slots=True)
class Standing:
    """One enterprise: how many of the forms that it owes count in this view. `last` is last year's amount, None where it is not known."""

    entity: Entity
    owed: int
    filed: int
    last: Decimal | None

    @property
    def complete(self) -> bool:
        """True where nothing is missing."""
        return self.filed >= self.owed


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a node: its enterprises that owe something, those without all of it, and the share of last year's amount that these had."""

    standings: tuple[Standing, ...]

    @property
    def owing(self) -> int:
        """Enterprises that owe."""
        return len(self.standings)

    @property
    def filed(self) -> int:
        """Enterprises whose every form counts."""
        return sum(one.complete for one in self.standings)

    @property
    def missing(self) -> tuple[Standing, ...]:
        """Those whose forms are not all there, the greatest of last year first."""
        return tuple(
            sorted(
                (one for one in self.standings if not one.complete), key=lambda one: (-(one.last or 0), one.entity.name)
            )
        )

    @property
    def missing_share(self) -> Decimal | None:
        """Their part of last year's amount; None where last year is not known."""
        amounts = [one.last for one in self.standings if one.last is not None]
        total = sum(amounts, Decimal(0))
        if not total:
            return None
        return sum((one.last for one in self.missing if one.last is not None), Decimal(0)) / total

    def of(self, org_ids: Collection[int]) -> Coverage:
        """The same for a part of the enterprises."""
        return Coverage(tuple(one for one in self.standings if one.entity.pk in org_ids))


def coverage(figures: Figures, known: Mapping[int, Entity], last: Mapping[int, object]) -> Coverage:
    """Of the enterprises `known`; `last`: org id → last year's amount."""
    period = str(figures.period)
    owed: dict[int, set[tuple[str, str]]] = {}
    obligations = Obligation.objects.filter(task__period=period, waived_reason="", org_id__in=known)
    filings = Filing.objects.filter(period=period, org_id__in=known)
    for rows in (obligations, filings):
        for org, form, kind in rows.values_list("org_id", "form", "report_type"):
            owed.setdefault(org, set()).add((form, kind))
    forms = {form for pairs in owed.values() for form, _ in pairs}
    chosen = selection(forms, [figures.period], official=figures.official, known=figures.known)
    there: dict[int, set[tuple[str, str]]] = {}
    for (form, _), versions in chosen.versions.items():
        for org, kind in zip(versions.org_ids, versions.report_types, strict=True):
            there.setdefault(org, set()).add((form, kind))
    standings = []
    for org, pairs in owed.items():
        amount = last.get(org)
        standings.append(
            Standing(
                known[org],
                len(pairs),
                len(pairs & there.get(org, set())),
                amount if isinstance(amount, Decimal) else None,
            )
        )
    return Coverage(tuple(sorted(standings, key=lambda one: one.entity.name)))
