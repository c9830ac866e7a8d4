"""A warning rule as the regulation states it, and the signal that it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guozi.core.kernel.asof import AsOf, Dated, in_force
from guozi.core.kernel.citation import Label


@dataclass(frozen=True, slots=True)
class WarningLevel:
    """One level  级别: `level` is a word of the vocabulary (red, orange, yellow, blue); `when` a formula text."""

    level: str
    when: str
    message: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningVersion(Dated):
    """One dated statement of the rule; levels gravest first; evidence are formula texts shown with the signal."""

    measure: str
    levels: tuple[WarningLevel, ...]
    clears: str = ""
    clears_after: int = 1
    evidence: tuple[str, ...] = ()
    unverified: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WarningRule:
    """A warning rule  预警规则. `report_types` and `period_types` limit whom it looks at; `when` (formula text) too."""

    code: str
    name: Label
    versions: tuple[WarningVersion, ...]
    report_types: tuple[str, ...] = ()
    period_types: tuple[str, ...] = ()
    when: str = ""

    def version(self, at: AsOf) -> WarningVersion | None:
        """The statement in force, or None."""
        return in_force(self.versions, at)
