"""A line over the periods as SVG: axes with words, limits as hairlines, doors on the points; the numbers also stand in a table and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from guozi.core.kernel.money import round_half_away

WIDTH, HEIGHT = 560, 230
LEFT, RIGHT, TOP, BOTTOM = 58, 74, 14, 24


@dataclass(frozen=True, slots=True)
class Point:
    """A known value in the picture; `url` is its door."""

    x: str
    y: str
    words: str
    period: str
    url: str
    last: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A line of the grid with its words."""

    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with its words; `level` is the warning level that begins there."""

    y: str
    words: str
    level: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the template draws. `lines` are broken where a value is unknown."""

    lines: tuple[str, ...]
    points: tuple[Point, ...]
    grid: tuple[Grid, ...]
    limits: tuple[Limit, ...]
    labels: tuple[tuple[str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def _at(value: Fraction) -> str:
    return f"{round_half_away(value, Decimal('0.1')):f}"


def _steps(low: Fraction, high: Fraction) -> list[Fraction]:
    """Three to six round values from below the lowest to above the highest."""
    span = high - low or abs(high) or Fraction(1)
    size = Fraction(10) ** (len(str(int(span))) - 1) if span >= 1 else Fraction(1)
    while size > span / 3:
        size /= 10
    step = next(size * many for many in (1, 2, 5, 10, 20, 50) if span / (size * many) <= 4)
    first = (low / step).__floor__() * step
    out = [first]
    while out[-1] < high:
        out.append(out[-1] + step)
    return out


def chart(
    series: Sequence[tuple[str, object, str]],
    limits: Sequence[tuple[Decimal, str, int]],
    words: Callable[[Decimal], str],
) -> Chart | None:
    """A chart of (period's words, value, address); None with less than two known values."""
    known = [Fraction(value) for _, value, _ in series if isinstance(value, Decimal)]
    if len(known) < 2:
        return None
    lines_at = [Fraction(value) for value, _, _ in limits]
    steps = _steps(min([*known, *lines_at]), max([*known, *lines_at]))
    low, high = steps[0], steps[-1]
    wide, tall = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def across(index: int) -> Fraction:
        return LEFT + Fraction(wide * index, max(len(series) - 1, 1))

    def down(value: Fraction) -> Fraction:
        return TOP + (high - value) / (high - low) * tall

    lines: list[list[str]] = [[]]
    points: list[Point] = []
    for index, (period, value, url) in enumerate(series):
        if not isinstance(value, Decimal):
            lines.append([])
            continue
        x, y = _at(across(index)), _at(down(Fraction(value)))
        lines[-1].append(f"{x},{y}")
        points.append(Point(x, y, words(value), period, url, False))
    last = points[-1]
    points[-1] = Point(last.x, last.y, last.words, last.period, last.url, True)
    every = 1 if len(series) <= 9 else 2
    return Chart(
        tuple(" ".join(line) for line in lines if line),
        tuple(points),
        tuple(Grid(_at(down(step)), words(Decimal(step.numerator) / Decimal(step.denominator))) for step in steps),
        tuple(Limit(_at(down(Fraction(value))), text, level) for value, text, level in limits),
        tuple(
            (_at(across(index)), period)
            for index, (period, _, _) in enumerate(series)
            if (len(series) - 1 - index) % every == 0
        ),
    )
