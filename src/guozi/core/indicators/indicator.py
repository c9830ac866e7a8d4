"""An indicator as the regulation defines it, in dated versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guozi.core.kernel.asof import AsOf, Dated, in_force
from guozi.core.kernel.citation import Label
from guozi.core.kernel.money import Unit


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher_is_better"
    LOWER = "lower_is_better"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorVersion(Dated):
    """One dated definition; `comparable_with_older` is None for the oldest, else whether the series goes on unbroken, with the reason."""

    formula: str
    comparable_with_older: bool | None = None
    why: Label | None = None
    unverified: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator  指标. `code` is its id for ever; `decimals` is how many places are shown in its unit."""

    code: str
    name: Label
    unit: Unit
    direction: Direction
    versions: tuple[IndicatorVersion, ...]
    group: str = ""
    decimals: int = 2
    short: Label | None = None

    def version(self, at: AsOf) -> IndicatorVersion | None:
        """The definition in force, or None."""
        return in_force(self.versions, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterVersion(Dated):
    """One dated table: member → key → text of the value (read by the unit of the parameter)."""

    values: Mapping[str, Mapping[str, str]]
    unverified: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParameterTable:
    """A parameter file  参数: `param('<code>.<member>', key)`. `key` is a vocabulary set, or empty where values are single."""

    code: str
    name: Label
    unit: Unit
    members: Mapping[str, Label]
    versions: tuple[ParameterVersion, ...]
    key: str = ""
