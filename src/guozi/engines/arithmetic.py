"""Numbers of formulas in DuckDB's SQL: exact fractions of decimals as far as DECIMAL(38) carries, beyond that doubles with a bound on their error.

A number is known where its SQL is not NULL. Whatever a double cannot settle is a doubt, an SQL truth: where it is true the row goes to the judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce

LIMIT = 10**38
_SMALL = 10**9
_ULP = "2.3e-16"  # an operation on doubles is off by at most half of it; doubled for the error of the error
_CAST = "2e-15"  # two casts of DECIMAL(38) to double and one division
_SURE_CENTS = "1e13"  # below it a double holds cents with three digits to spare
_SURE_ROUND = "1e14"
_TIES = "1e-15"

SIGNS = {
    "equal": "=",
    "not_equal": "<>",
    "less": "<",
    "less_or_equal": "<=",
    "greater": ">",
    "greater_or_equal": ">=",
}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}


@dataclass(frozen=True, slots=True)
class Dec:
    """A DECIMAL in SQL: its value times 10^scale is never more than `bound`. `positive`: it is known to be above zero."""

    sql: str
    bound: int
    scale: int
    positive: bool = False

    def typed(self, least_width: int = 1) -> str:
        """The SQL cast to the narrowest DECIMAL that holds it (at least so wide)."""
        return f"({self.sql})::DECIMAL({max(len(str(self.bound)), self.scale, least_width)},{self.scale})"

    def at(self, scale: int) -> str:
        """The SQL at a greater scale. DuckDB would cut the scale of a mixed pair that is too wide; a stated type is never cut."""
        return self.sql if scale == self.scale else f"({self.sql})::DECIMAL(38,{scale})"


@dataclass(frozen=True, slots=True)
class Exact:
    """over / under; unknown where one is NULL or under is zero. Without `under` it is `over`."""

    over: Dec
    under: Dec | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rough:
    """A double and how far it may be from the exact value at most."""

    value: str
    error: str
    doubts: tuple[str, ...] = ()


Number = Exact | Rough


@dataclass(frozen=True, slots=True)
class Plain:
    """A text, a date or a truth."""

    sql: str
    doubts: tuple[str, ...] = ()


def merged(*parts: Sequence[str]) -> tuple[str, ...]:
    """Doubts of several parts, each once, in order."""
    return tuple(dict.fromkeys(doubt for part in parts for doubt in part))


def constant(value: Fraction) -> Number:
    """A number that the formula or a parameter states."""
    scale = 0
    while scale < 20 and (value * 10**scale).denominator != 1:
        scale += 1
    whole = value * 10**scale
    if whole.denominator == 1 and abs(whole) < LIMIT:
        return Exact(_literal(int(whole), scale))
    if abs(value.numerator) < LIMIT and value.denominator < LIMIT:
        return Exact(_literal(value.numerator, 0), _literal(value.denominator, 0))
    return Rough(f"{float(value)!r}::DOUBLE", f"{abs(float(value)) * 1e-15!r}")


def _literal(whole: int, scale: int) -> Dec:
    digits = str(abs(whole)).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    sign = "-" if whole < 0 else ""
    width = len(digits) if abs(whole) < _SMALL else 38  # sums of small ones cannot overflow in 64 bits
    return Dec(f"'{sign}{text}'::DECIMAL({width},{scale})", abs(whole), scale, positive=whole > 0)


ONE = _literal(1, 0)


def rough(number: Number) -> Rough:
    """The number as a double."""
    if isinstance(number, Rough):
        return number
    over, under = number.over, number.under
    value = f"({over.sql})::DOUBLE"
    if under is not None:
        value = f"(({over.sql})::DOUBLE / nullif(({under.sql})::DOUBLE, 0))"
    return Rough(value, f"abs({value}) * {_CAST}", number.doubts)


def known(number: Number) -> str:
    """An SQL truth, never NULL: whether the number is known."""
    if isinstance(number, Rough):
        return f"({number.value}) IS NOT NULL"
    if number.under is None:
        return f"({number.over.sql}) IS NOT NULL"
    return f"(({number.over.sql}) IS NOT NULL AND coalesce(({number.under.sql}) <> 0, FALSE))"


def is_zero(number: Number) -> str:
    """An SQL truth: whether the number is zero (doubted where a double may be)."""
    return f"({number.value}) = 0" if isinstance(number, Rough) else f"({number.over.sql}) = 0"


def negate(number: Number) -> Number:
    """-a."""
    if isinstance(number, Rough):
        return replace(number, value=f"(-{number.value})")
    return replace(number, over=replace(number.over, sql=f"(-{number.over.sql})", positive=False))


def absolute(number: Number) -> Number:
    """abs(a)."""
    if isinstance(number, Rough):
        return replace(number, value=f"abs({number.value})")
    over = replace(number.over, sql=f"abs({number.over.sql})")
    under = number.under and replace(number.under, sql=f"abs({number.under.sql})")
    return replace(number, over=over, under=under)


def _sum(left: Dec, right: Dec, sign: str) -> Dec | None:
    scale = max(left.scale, right.scale)
    bound = left.bound * 10 ** (scale - left.scale) + right.bound * 10 ** (scale - right.scale)
    if bound >= LIMIT:
        return None
    return Dec(f"({left.at(scale)} {sign} {right.at(scale)})", bound, scale)


def _times(left: Dec, right: Dec) -> Dec | None:
    if left.sql == ONE.sql:
        return right
    if right.sql == ONE.sql:
        return left
    bound, scale = left.bound * right.bound, left.scale + right.scale
    if bound >= LIMIT or scale > 38:
        return None
    # One factor of 19 digits makes DuckDB multiply in 128 bits; two of 18 digits would overflow in 64.
    return Dec(f"({left.typed(19)} * {right.typed()})", bound, scale, left.positive and right.positive)


def _product(*factors: Dec | None) -> Dec | None:
    """The product; factors that are None count as one."""
    present = [factor for factor in factors if factor is not None]
    result: Dec | None = present[0] if present else ONE
    for factor in present[1:]:
        result = result and _times(result, factor)
    return result


def add(left: Number, right: Number, sign: str = "+") -> Number:
    """a + b, or a - b."""
    doubts = merged(left.doubts, right.doubts)
    if isinstance(left, Exact) and isinstance(right, Exact):
        if left.under == right.under:
            over = _sum(left.over, right.over, sign)
            if over is not None:
                return Exact(over, left.under, doubts)
        else:
            crossed = _product(left.over, right.under), _product(right.over, left.under)
            under = _product(left.under, right.under)
            if crossed[0] and crossed[1] and under:
                over = _sum(crossed[0], crossed[1], sign)
                if over is not None:
                    return Exact(over, under, doubts)
    a, b = rough(left), rough(right)
    value = f"({a.value} {sign} {b.value})"
    return Rough(value, f"({a.error} + {b.error} + abs({value}) * {_ULP})", doubts)


def multiply(left: Number, right: Number) -> Number:
    """a * b."""
    doubts = merged(left.doubts, right.doubts)
    if isinstance(left, Exact) and isinstance(right, Exact):
        over = _product(left.over, right.over)
        under = None if left.under is None and right.under is None else _product(left.under, right.under)
        if over is not None and (under is not None or (left.under is None and right.under is None)):
            return Exact(over, under, doubts)
    a, b = rough(left), rough(right)
    value = f"({a.value} * {b.value})"
    error = f"(abs({a.value}) * {b.error} + abs({b.value}) * {a.error} + {a.error} * {b.error} + abs({value}) * {_ULP})"
    return Rough(value, error, doubts)


def divide(left: Number, right: Number) -> Number:
    """a / b; unknown where b is zero."""
    doubts = merged(left.doubts, right.doubts)
    if isinstance(left, Exact) and isinstance(right, Exact):
        over, under = _product(left.over, right.under), _product(left.under, right.over)
        if right.under is not None and not right.under.positive and under is not None:
            # What stood under a line that is turned over must not have been zero.
            under = replace(under, sql=f"(CASE WHEN ({right.under.sql}) <> 0 THEN {under.sql} END)")
        if over is not None and under is not None:
            return Exact(over, under, doubts)
    a, b = rough(left), rough(right)
    value = f"({a.value} / nullif({b.value}, 0))"
    error = f"(({a.error} + abs({value}) * {b.error}) / nullif(abs({b.value}) - {b.error}, 0) + abs({value}) * {_ULP})"
    if isinstance(right, Exact):
        return Rough(value, error, doubts)
    return Rough(value, error, merged(doubts, (f"coalesce(abs({b.value}) <= {b.error}, FALSE)",)))


def mean(numbers: Sequence[Number]) -> Number:
    """The sum over how many there are."""
    total = reduce(add, numbers)
    return total if len(numbers) == 1 else divide(total, constant(Fraction(len(numbers))))


def extreme(function: str, numbers: Sequence[Number]) -> Number:
    """`least` or `greatest`; unknown as soon as one is (DuckDB's own pass over NULL)."""
    doubts = merged(*(number.doubts for number in numbers))
    whole = [number for number in numbers if isinstance(number, Exact) and number.under is None]
    if len(whole) == len(numbers):
        scale = max(number.over.scale for number in whole)
        bound = max(number.over.bound * 10 ** (scale - number.over.scale) for number in whole)
        if bound < LIMIT:
            all_known = " AND ".join(known(number) for number in whole)
            least = f"{function}({', '.join(number.over.at(scale) for number in whole)})"
            return Exact(Dec(f"(CASE WHEN {all_known} THEN {least} END)", bound, scale), None, doubts)
    doubles = [rough(number) for number in numbers]
    all_known = " AND ".join(known(number) for number in doubles)
    value = f"(CASE WHEN {all_known} THEN {function}({', '.join(number.value for number in doubles)}) END)"
    return Rough(value, f"greatest({', '.join(number.error for number in doubles)})", doubts)


def choose(cases: Sequence[tuple[str, Number | None]]) -> Number:
    """The number of the first condition that is true; None, and no true condition: unknown."""
    numbers = [number for _, number in cases if number is not None]
    doubts = merged(*(number.doubts for number in numbers))
    exact = [number for number in numbers if isinstance(number, Exact)]
    if len(exact) == len(numbers):
        unders = [number.under or ONE for number in exact]
        whole = all(number.under is None for number in exact)
        over = _choose_dec(cases, [number.over for number in exact])
        under = None if whole else _choose_dec(cases, unders)
        if over is not None and (whole or under is not None):
            return Exact(over, under, doubts)
    doubles = iter([rough(number) for number in numbers])
    chosen = [(condition, number and next(doubles)) for condition, number in cases]
    value = _case([(condition, number.value if number else "NULL") for condition, number in chosen])
    error = _case([(condition, number.error if number else "NULL") for condition, number in chosen])
    return Rough(value, error, doubts)


def _case(cases: Sequence[tuple[str, str]]) -> str:
    return f"(CASE {' '.join(f'WHEN {condition} THEN {value}' for condition, value in cases)} END)"


def _choose_dec(cases: Sequence[tuple[str, Number | None]], decs: Sequence[Dec]) -> Dec | None:
    scale = max(dec.scale for dec in decs)
    bound = max(dec.bound * 10 ** (scale - dec.scale) for dec in decs)
    if bound >= LIMIT:
        return None
    values = iter(decs)
    return Dec(
        _case([(condition, "NULL" if number is None else next(values).at(scale)) for condition, number in cases]),
        bound,
        scale,
        all(dec.positive for dec in decs),
    )


def rounded(number: Number, places: int) -> Number:
    """Rounded to so many places (negative: tens, hundreds), halves away from zero."""
    if isinstance(number, Exact) and number.under is None:
        over = number.over
        if places >= over.scale:
            return number
        step = 10 ** (over.scale - places)
        bound = (over.bound // step + 1) * 10 ** max(-places, 0)
        # DuckDB rounds NULL to 0 where a DECIMAL has no more digits than are rounded away: 38 always have more.
        sql = f"round(({over.sql})::DECIMAL(38,{over.scale}), {places})"
        return Exact(Dec(sql, bound, max(places, 0)), None, number.doubts)
    double = rough(number)
    shifted = f"({double.value} * 1e{places})"
    doubt = _near_half(shifted, f"({double.error} * 1e{places})", _SURE_ROUND)
    scale = max(places, 0)
    back = f"* 1e{-places}" if places < 0 else f"/ 1e{places}"  # by a power of ten that a double holds exactly
    sql = f"TRY_CAST(round({shifted}) {back} AS DECIMAL(38,{scale}))"
    return Exact(Dec(sql, 10 ** (15 + scale - min(places, 0)), scale), None, merged(double.doubts, (doubt,)))


def _near_half(value: str, error: str, sure: str) -> str:
    """A doubt: whether rounding the value to a whole number may go wrong."""
    size = f"abs({value})"
    near = f"abs({size} - floor({size}) - 0.5) <= {error} + {size} * {_TIES}"
    return f"coalesce({size} >= {sure} OR NOT isfinite({size}) OR {near}, FALSE)"


def compare(function: str, left: Number, right: Number) -> Plain:
    """A comparison: multiplied out by the signs of what stands under the lines where it fits, else in doubles with a doubt about the line."""
    sign, doubts = SIGNS[function], merged(left.doubts, right.doubts)
    if isinstance(left, Exact) and isinstance(right, Exact):
        a, b = _product(left.over, right.under), _product(right.over, left.under)
        if a is not None and b is not None:
            scale = max(a.scale, b.scale)
            if max(a.bound * 10 ** (scale - a.scale), b.bound * 10 ** (scale - b.scale)) < LIMIT:
                straight = f"{a.at(scale)} {sign} {b.at(scale)}"
                flipped = f"{a.at(scale)} {_FLIPPED[sign]} {b.at(scale)}"
                return Plain(_by_signs(left.under, right.under, straight, flipped), doubts)
    x, y = rough(left), rough(right)
    gap = f"abs({x.value} - {y.value})"
    doubt = f"coalesce({gap} <= {x.error} + {y.error} OR NOT isfinite({gap}), FALSE)"
    return Plain(f"({x.value} {sign} {y.value})", merged(doubts, (doubt,)))


def _by_signs(left: Dec | None, right: Dec | None, straight: str, flipped: str) -> str:
    signs = [dec for dec in (left, right) if dec is not None and not dec.positive]
    if not signs:
        return f"({straight})"
    product = " * ".join(f"sign({dec.sql})" for dec in signs)
    return f"(CASE {product} WHEN 1 THEN {straight} WHEN -1 THEN {flipped} END)"


def as_cents(number: Number) -> tuple[str, tuple[str, ...]]:
    """DECIMAL(38,2) rounded half away from zero, and its doubts."""
    if isinstance(number, Exact) and number.under is None:
        return number.over.sql if number.over.scale == 2 else f"({number.over.sql})::DECIMAL(38,2)", number.doubts
    double = rough(number)
    doubt = _near_half(f"({double.value} * 100)", f"({double.error} * 100)", f"({_SURE_CENTS} * 100)")
    return f"TRY_CAST({double.value} AS DECIMAL(38,2))", merged(double.doubts, (doubt,))


def as_ratio(number: Number) -> tuple[str, tuple[str, ...]]:
    """DECIMAL(38,8), off by less than 1e-8 or 1e-12 of its size, and its doubts."""
    if isinstance(number, Exact) and number.under is None and number.over.bound * 10**8 < LIMIT * 10**number.over.scale:
        return f"({number.over.sql})::DECIMAL(38,8)", number.doubts
    double = rough(number)
    sql = f"TRY_CAST({double.value} AS DECIMAL(38,8))"
    doubt = f"coalesce(NOT (abs({double.value}) < 1e29), FALSE)"
    if isinstance(number, Exact):
        return sql, merged(double.doubts, (doubt,))
    wide = f"coalesce({double.error} > greatest(1e-9, abs({double.value}) * 1e-13), FALSE)"
    return sql, merged(double.doubts, (doubt, wide))
