"""Signals as pages show them: the sentence with its values, the evidence with its doors, the level with its number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from guozi.app import wiring
from guozi.app.entities.models import Entity
from guozi.app.indicators.figures import Figures
from guozi.app.indicators.lens import Lens
from guozi.app.indicators.links import why_url
from guozi.app.indicators.names import Naming, naming, say
from guozi.app.reporting.words import cite_words
from guozi.app.ui.numbers import MoneyUnit, grouped, percent, unknown_word
from guozi.app.warning.queries import Raised, levels, shown
from guozi.core.kernel.asof import Status
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.unknown import Unknown

_NAMED = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A value that the signal rests on."""

    naming: Naming
    value: object
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """A signal for a reader. `level` is its number, 1 the gravest; the first evidence is what was measured."""

    level: int
    word: str
    rule: str
    rule_code: str
    entity: Entity
    sentence: str
    evidence: tuple[Evidence, ...]
    new: bool
    cite: str
    uncertain: bool

    @property
    def url(self) -> str:
        """Why the measured value is what it is."""
        return self.evidence[0].url if self.evidence else ""


def plain(value: object, unit: Unit, decimals: int = 2) -> str:
    """A value in a sentence: ratios in percent, money in 100m CNY."""
    if value is None or isinstance(value, Unknown):
        return unknown_word(value) if isinstance(value, Unknown) else "\u2014"
    if isinstance(value, Decimal) and unit.type is Type.RATIO:
        return f"{percent(value, decimals)}%"
    if isinstance(value, Decimal) and unit.type is Type.MONEY:
        return f"{grouped(value / MoneyUnit.YI.scale, decimals)} {MoneyUnit.YI.word}"
    return grouped(value, decimals) if isinstance(value, Decimal) else str(value)


def sentence(figures: Figures, one: Raised) -> str:
    """The rule's message with the values that it names; `{line}` is the line that was reached."""
    measured = naming(figures, one.measure)

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name == "line":
            return plain(one.line, measured.unit)
        if name in one.evidence:
            return plain(one.evidence[name], naming(figures, name).unit)
        return found[0]

    return _NAMED.sub(fill, say(one.message))


def told(figures: Figures, raised: Iterable[Raised], known: Mapping[int, Entity]) -> list[Told]:
    """Signals with their words and doors, of those enterprises that are known."""
    numbers = levels()
    words = wiring.library().vocabulary.sets["level"].words
    out = []
    for one in raised:
        entity = known.get(one.org_id)
        if entity is None:
            continue
        bound = figures.rulebook.warnings[one.rule_code]
        evidence = tuple(
            Evidence(named, value, why_url(figures, text, entity.uid, value, kind=one.report_type))
            for text, value in one.evidence.items()
            if (named := naming(figures, text))
        )
        out.append(
            Told(
                numbers.get(one.level, len(numbers)),
                say(words[one.level].name),
                say(one.name),
                one.rule_code,
                entity,
                sentence(figures, one),
                evidence,
                one.standing.raised_now,
                cite_words(bound.version.cite),
                figures.rulebook.certainty(one.rule_code).status is not Status.ENACTED,
            )
        )
    return out


def found(lens: Lens) -> list[Told]:
    """Every signal of a view that the person may see, the gravest first."""
    raised = shown(lens.figures, lens.tree.pk)
    known = {one.pk: one for one in Entity.objects.filter(pk__in={one.org_id for one in raised})}
    return told(lens.figures, raised, known)
