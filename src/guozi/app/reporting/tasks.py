"""Jobs of reporting: the projection of submitted versions into facts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.entities.queries import facts as register_facts
from guozi.app.facts import actions as facts
from guozi.app.facts.models import FactEvent
from guozi.app.identity.queries import console
from guozi.app.jobs import declare
from guozi.app.jobs.actions import absorb
from guozi.app.jobs.models import Progress
from guozi.app.reporting.books import meaning, source_step
from guozi.app.reporting.models import Filing, FilingVersion
from guozi.core.kernel.period import Period
from guozi.core.reporting.facts import fact_columns

PROJECT = "reporting.project"


def write_form_part(form: str, period: Period, events: list[FactEvent], path: Path) -> tuple[str, int]:
    """Writes one part: a row a version of these events."""
    versions = FilingVersion.objects.filter(pk__in=[event.version_id for event in events]).select_related("filing")
    rows = [
        wiring.FactRow(
            version.pk,
            version.org_id,
            version.filing.report_type,
            source_step(version, form),
            meaning(form, period, version),
        )
        for version in versions
    ]
    part = wiring.write_part(path, fact_columns(wiring.library().forms[form]), rows)
    return part.sha256, part.rows


def write_register(period: Period) -> None:
    """The entities' attributes as of a period's end, for all who filed in it."""
    orgs = sorted(set(Filing.objects.filter(period=str(period)).values_list("org_id", flat=True)))
    attributes = register_facts(orgs, period.end)
    facts.write_entities(str(period), {org: attributes.get(org, {}) for org in orgs})


def project_once() -> int:
    """One step: takes waiting events, writes their parts, ties them together. Gives the number of versions taken."""
    taken = facts.take()
    for (form, text), events in taken.items():
        period = Period.parse(text)
        facts.append_part(form, text, lambda path, f=form, p=period, e=events: write_form_part(f, p, e, path), events)  # type: ignore[misc]
    for text in sorted({text for _, text in taken}):
        write_register(Period.parse(text))
    return sum(len(events) for events in taken.values())


def project_all() -> int:
    """Steps until nothing waits, each its own transaction, as the console's person."""
    person, total = console().pk, 0
    while True:
        with gate.acting_as(person):
            count = project_once()
        if not count:
            return total
        total += count


@declare.task(PROJECT, atomic=False)
def project(progress: Progress) -> None:
    """The projection: submitted versions become facts, within seconds of their submission. One run does what all that wait would."""
    absorb(PROJECT)
    progress.advance(done=project_all())


@declare.task("reporting.sweep", atomic=True)
def sweep(progress: Progress) -> None:
    """Removes files that no part names any more."""
    progress.advance(done=facts.sweep(timezone.now() - timedelta(hours=1)))
