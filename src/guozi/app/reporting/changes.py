"""What changed from one version of a filing to the next, cell by cell; and what happened to a filing, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from guozi.app import wiring
from guozi.app.identity.queries import names
from guozi.app.reporting.books import Source, meaning
from guozi.app.reporting.models import Filing, FilingVersion, Return
from guozi.app.reporting.sheet import cell_id
from guozi.app.reporting.words import say
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.period import Period
from guozi.core.reporting.facts import FactValue, column_name


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell whose meaning differs: in yuan or base units."""

    line: int
    item: str
    name: str
    column: str
    before: FactValue
    after: FactValue
    unit: Unit
    id: str

    @property
    def money(self) -> bool:
        """An amount of money."""
        return self.unit.type is Type.MONEY

    @property
    def number(self) -> bool:
        """Any number: it is shown in its unit."""
        return self.unit.type not in (Type.TEXT, Type.DATE)


def changes(filing: Filing, old: Source | None, new: Source | None) -> list[CellChange]:
    """The cells that differ in what they mean, in the order of the form."""
    period = Period.parse(filing.period)
    form = wiring.library().forms[filing.form]
    layout = form.layout(AsOf(period.end, date.max))
    if layout is None or old is None or new is None:
        return []
    before, after = (meaning(form.code, period, source) for source in (old, new))
    out = []
    for number, item in enumerate(form.items(layout), 1):
        for column in form.columns:
            name = column_name(form, item.code, column.code)
            if before[name] != after[name]:
                out.append(
                    CellChange(
                        item.line or number,
                        item.code,
                        say(item.name),
                        say(column.name),
                        before[name],
                        after[name],
                        item.unit,
                        cell_id(item.code, column.code),
                    )
                )
    return out


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a filing. `kind`: submitted, returned, accepted."""

    kind: str
    at: datetime
    who: str
    version: FilingVersion
    words: str = ""
    changed: int | None = None


def story(filing: Filing) -> list[Event]:
    """All that happened, the newest first."""
    versions = list(filing.versions.order_by("number").prefetch_related("acceptances"))
    returns = list(Return.objects.filter(version__filing=filing).order_by("at"))
    people: Mapping[int, str] = names(
        {version.actor_id for version in versions}
        | {one.by_id for one in returns}
        | {one.by_id for version in versions for one in version.acceptances.all()}
    )
    by_id = {version.pk: version for version in versions}
    events = []
    for at, version in enumerate(versions):
        changed = len(changes(filing, versions[at - 1], version)) if at else None
        events.append(Event("submitted", version.submitted_at, people.get(version.actor_id, ""), version, "", changed))
        events += [
            Event("accepted", one.known.lower, people.get(one.by_id, ""), version, one.reason)
            for one in version.acceptances.all()
        ]
    events += [
        Event("returned", one.at, people.get(one.by_id, ""), by_id[one.version_id], one.reason) for one in returns
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)
