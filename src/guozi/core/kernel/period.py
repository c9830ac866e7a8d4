"""Periods of reporting: a year `2026`, a quarter `2026Q3`, a month `2026-09`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import mark


class PeriodType(StrEnum):
    """The three lengths of a reporting period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS = {PeriodType.MONTH: 1, PeriodType.QUARTER: 3, PeriodType.YEAR: 12}
_SHAPE = re.compile(r"([12]\d{3})(?:Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period  报告期. `number` is the quarter or month within the year (1 for a year)."""

    year: int
    type: PeriodType = PeriodType.YEAR
    number: int = 1

    def __post_init__(self) -> None:
        if not (1000 <= self.year <= 2999 and 1 <= self.number <= 12 // _MONTHS[self.type]):
            raise UsageError(mark("{period} is not a period"), period=f"{self.year}/{self.type}/{self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `2026`, `2026Q3` or `2026-09`; anything else is a UsageError."""
        match = _SHAPE.fullmatch(text.strip())
        if match is None:
            raise UsageError(mark("'{period}' is not a period: write 2026, 2026Q3 or 2026-09"), period=text)
        year, quarter, month = match.groups()
        if quarter:
            return cls(int(year), PeriodType.QUARTER, int(quarter))
        if month:
            return cls(int(year), PeriodType.MONTH, int(month))
        return cls(int(year))

    def __str__(self) -> str:
        return {
            PeriodType.YEAR: f"{self.year}",
            PeriodType.QUARTER: f"{self.year}Q{self.number}",
            PeriodType.MONTH: f"{self.year}-{self.number:02}",
        }[self.type]

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, (self.number - 1) * _MONTHS[self.type] + 1, 1)

    @property
    def end(self) -> date:
        """Last day; the date on which trees, attributes and law are read."""
        month = self.number * _MONTHS[self.type]
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def shift(self, periods: int) -> Self:
        """The period so many periods of the same length later (negative: earlier)."""
        per_year = 12 // _MONTHS[self.type]
        index = self.year * per_year + self.number - 1 + periods
        return type(self)(index // per_year, self.type, index % per_year + 1)

    def years_back(self, years: int) -> Self:
        """The same period so many years earlier."""
        return type(self)(self.year - years, self.type, self.number)
