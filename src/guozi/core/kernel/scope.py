"""Who may see: the one value that every engine call demands, filled only by `app.identity`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import final

DateRange = tuple[date | None, date | None]
"""A half-open range [from, until); None means unbounded."""


@final
@dataclass(frozen=True, slots=True)
class Scope:
    """The enterprises (and for which dates) and the shelves that the asking person may read.

    `orgs` maps an org id to the date ranges in which it was in the person's part of a tree; a period counts when its end lies in one of them.
    `person` is the asking person's id, for the record. An empty scope sees nothing.
    """

    person: int
    orgs: Mapping[int, tuple[DateRange, ...]]
    shelves: frozenset[str]

    def sees(self, org_id: int, day: date) -> bool:
        """True where the enterprise was in scope on that day."""
        return any(
            (start is None or start <= day) and (end is None or day < end) for start, end in self.orgs.get(org_id, ())
        )

    def org_ids(self, day: date) -> frozenset[int]:
        """All enterprises in scope on that day."""
        return frozenset(org for org in self.orgs if self.sees(org, day))
