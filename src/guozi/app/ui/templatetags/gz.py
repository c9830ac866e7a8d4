"""The components as tags. Formatting itself is in `ui.numbers`; here it only gets its markup, without style attributes or handlers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext_lazy

from guozi.app.ui import numbers, problems
from guozi.app.ui.formulas import Part
from guozi.app.ui.numbers import Change, MoneyUnit, Number, Sense
from guozi.app.ui.paging import Order, page_numbers
from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.citation import Label
from guozi.core.kernel.findings import Finding
from guozi.core.kernel.money import Type, Unit, round_half_away
from guozi.core.kernel.unknown import Unknown

register = template.Library()

Value = Number | Unknown | None
"""None is taken as not filed."""

STATES: Final[dict[str, tuple[str, object]]] = {
    "none": ("", gettext_lazy("Not started")),
    "draft": ("pencil", gettext_lazy("In progress")),
    "wait": ("hourglass", gettext_lazy("To review")),
    "fail": ("x", gettext_lazy("Failing")),
    "late": ("clock", gettext_lazy("Overdue")),
    "ret": ("arrow-back-up", gettext_lazy("Returned")),
    "ok": ("check", gettext_lazy("Accepted")),
    "na": ("", gettext_lazy("Not owed")),
}
"""The states of a filing: icon and word."""

LEVELS: Final[dict[int, tuple[object, object]]] = {
    1: (pgettext_lazy("warning", "Red"), pgettext_lazy("warning, one letter", "R")),
    2: (pgettext_lazy("warning", "Orange"), pgettext_lazy("warning, one letter", "O")),
    3: (pgettext_lazy("warning", "Yellow"), pgettext_lazy("warning, one letter", "Y")),
    4: (pgettext_lazy("warning", "Blue"), pgettext_lazy("warning, one letter", "B")),
}
"""The warning levels: word and the one character that tables have room for."""


@register.filter
def words(text: str) -> list[str]:
    """Splits at blanks."""
    return text.split()


@register.simple_tag
def sheet(name: str) -> str:
    """The address of a stylesheet of ours: `{% sheet "pages/why" %}`."""
    return static(f"ui/css/{name}.css")


@register.filter
def label(value: Label) -> str:
    """A text of a pack in the reader's language."""
    return value.in_language(get_language() or "zh-hans")


@register.filter
def finding_words(finding: Finding) -> str:
    """What a finding says in the reader's language."""
    return problems.finding_words(finding)


@register.simple_tag
def icon(name: str, small: bool = False, title: str = "") -> SafeString:
    """An icon of the sprite. With a title it speaks, else it is decoration."""
    said = format_html('role="img" aria-label="{}"', title) if title else mark_safe('aria-hidden="true"')
    size = " gz-i-s" if small else ""
    return format_html(
        '<svg class="gz-i{}" {}><use href="{}#{}"></use></svg>', size, said, static("ui/vendor/icons.svg"), name
    )


def unknown_html(value: Unknown | None) -> SafeString:
    """A dash (or the words for not owed) with its reason for eye and ear."""
    if value is None:
        return format_html(
            '<span class="gz-m"><span aria-hidden="true">{}</span><span class="gz-vh">{}</span></span>',
            numbers.NOT_FILED,
            gettext("not filed"),
        )
    word, reason = numbers.unknown_word(value), numbers.unknown_reason(value)
    return format_html(
        '<span class="gz-m" title="{}"><span aria-hidden="true">{}</span><span class="gz-vh">{}</span></span>',
        reason,
        word,
        reason,
    )


def money_html(
    value: Value, unit: MoneyUnit, places: int = 2, *, fixed: bool = False, tile: bool = False, cls: str = ""
) -> SafeString:
    """An amount of yuan as `<data>`; the browser's unit switch rewrites its text unless `fixed`; a `tile` drops decimals in yuan."""
    if value is None or isinstance(value, Unknown):
        return unknown_html(value)
    shown = 0 if tile and unit is MoneyUnit.YUAN else places
    return format_html(
        '<data class="gz-n{} {}" value="{}" data-d="{}"{}>{}</data>',
        "" if fixed else " gz-money",
        cls,
        numbers.plain(value),
        places,
        mark_safe(" data-tile") if tile else "",
        numbers.money(value, unit, shown),
    )


def _unit(context: Context, unit: str) -> MoneyUnit:
    return MoneyUnit(unit or context.get("gz_unit") or MoneyUnit.YI)


@register.simple_tag(takes_context=True)
def money(
    context: Context,
    value: Value,
    unit: str = "",
    places: int = 2,
    tile: bool = False,
    cls: str = "",
    with_unit: bool = False,
) -> SafeString:
    """An amount of yuan in the reader's unit, or fixed in `unit` (yuan, wan, yi)."""
    chosen = _unit(context, unit)
    amount = money_html(value, chosen, places, fixed=bool(unit), tile=tile, cls=cls)
    if not with_unit or value is None or isinstance(value, Unknown):
        return amount
    return format_html('{}<span class="gz-u{}">{}</span>', amount, "" if unit else " gz-unit", chosen.word)


@register.simple_tag(takes_context=True)
def money_unit(context: Context, unit: str = "") -> SafeString:
    """The name of the reader's unit (or of a fixed one), small and grey: once per column or tile."""
    return format_html('<span class="gz-u{}">{}</span>', "" if unit else " gz-unit", _unit(context, unit).word)


@register.simple_tag
def ratio(value: Value, places: int = 2, sign: bool = True) -> SafeString:
    """A ratio (0.6184) as `61.84 %`."""
    if value is None or isinstance(value, Unknown):
        return unknown_html(value)
    mark = mark_safe('<span class="gz-u">%</span>') if sign else ""
    return format_html(
        '<data class="gz-n" value="{}">{}</data>{}', numbers.plain(value), numbers.percent(value, places), mark
    )


@register.simple_tag
def number(value: Value, places: int = 0, unit: str = "") -> SafeString:
    """A count or any other number with thousands."""
    if value is None or isinstance(value, Unknown):
        return unknown_html(value)
    word = format_html('<span class="gz-u">{}</span>', unit) if unit else ""
    return format_html(
        '<data class="gz-n" value="{}">{}</data>{}', numbers.plain(value), numbers.grouped(value, places), word
    )


@register.simple_tag(takes_context=True)
def measure(
    context: Context, value: Value, unit: Unit, places: int = 2, tile: bool = False, with_unit: bool = False
) -> SafeString:
    """A value of any type by its kernel Unit: money follows the switch, a ratio is shown in percent, the rest in its own unit."""
    if value is None or isinstance(value, Unknown):
        return unknown_html(value)
    if unit.type is Type.MONEY:
        return money(context, value, places=places, tile=tile, with_unit=with_unit)
    if unit.type is Type.RATIO and unit.code == "percent":
        return ratio(value, places, with_unit)
    return number(Fraction(value) / Fraction(unit.scale), places, label(unit.name) if with_unit else "")


@register.simple_tag(takes_context=True)
def measure_unit(context: Context, unit: Unit) -> SafeString:
    """The name of the unit in which `measure` shows, small and grey."""
    if unit.type is Type.MONEY:
        return money_unit(context)
    return format_html('<span class="gz-u">{}</span>', "%" if unit.code == "percent" else label(unit.name))


def _change_html(change: Change) -> SafeString:
    tone = f" is-{change.tone}" if change.tone else ""
    if not change.arrow:
        return format_html('<span class="gz-d{}">{}</span>', tone, change.text)
    arrow = "\u25b2" if change.arrow == "up" else "\u25bc"
    unit = format_html('<span class="gz-u">{}</span>', change.unit) if change.unit else ""
    return format_html(
        '<span class="gz-d{}"><i aria-hidden="true">{}</i><span class="gz-vh">{} </span>{}{}</span>',
        tone,
        arrow,
        change.spoken,
        change.text,
        unit,
    )


@register.simple_tag
def delta(
    now: Value, before: Value, direction: str = Direction.NEITHER, unit: str = "%", sense: str = Sense.SIGN
) -> SafeString:
    """The change against an earlier value. `unit`: `%` for amounts and counts, `pp` for ratios.

    `sense`: `profit` calls a negative value a loss, `sign` only says that it is negative.

    Where one of the two is unknown there is nothing to say, and nothing is said.
    """
    if now is None or before is None or isinstance(now, Unknown) or isinstance(before, Unknown):
        return mark_safe("")
    if unit == "pp":
        return _change_html(numbers.points(now, before, Direction(direction)))
    return _change_html(numbers.change(now, before, Direction(direction), Sense(sense)))


@register.simple_tag
def level(number: int, short: bool = False, bare: bool = False) -> SafeString:
    """A warning level 1 to 4: shape, and its word; `short` for tables (one character, the whole word hidden)."""
    word, letter = LEVELS[int(number)]
    text = (
        format_html('<span aria-hidden="true">{}</span><span class="gz-vh">{}</span>', letter, word) if short else word
    )
    return format_html(
        '<span class="gz-lv l{}{}"><svg aria-hidden="true"><use href="{}#l{}"></use></svg>{}</span>',
        number,
        " is-bare" if bare else "",
        static("ui/levels.svg"),
        number,
        text,
    )


@register.simple_tag
def state(code: str, text: str = "", url: str = "") -> SafeString:
    """The state of a filing as a chip (`none draft wait fail late ret ok na`); `text` instead of its word, `url` makes it a link."""
    picture, word = STATES[code]
    inner = format_html("{}{}", icon(picture) if picture else "", text or word)
    if url:
        return format_html('<a class="gz-st s-{}" href="{}">{}</a>', code, url, inner)
    return format_html('<span class="gz-st s-{}">{}</span>', code, inner)


@register.simple_block_tag
def why(content: SafeString, url: str, name: str = "", cls: str = "") -> SafeString:
    """The door around a number: `{% why url name="Total assets" %}{% money v %}{% endwhy %}`. Without an address the number stays plain."""
    if not url:
        return format_html('<span class="{}">{}</span>', cls, content) if cls else content
    said = format_html('<span class="gz-vh">{} </span>', name) if name else ""
    return format_html(
        '<a class="gz-why {}" href="{}">{}{}<span class="gz-vh"> {}</span></a>', cls, url, said, content, gettext("why")
    )


def _at(value: Fraction) -> str:
    return f"{round_half_away(value, Decimal('0.1')):f}"


Line = list[tuple[Fraction, Fraction]]


def _lines(series: Sequence[Value], count: int, low: Fraction, high: Fraction) -> list[Line]:
    """Points of a series in a box of 120 × 28, broken where a value is unknown."""
    lines: list[Line] = [[]]
    for at, value in enumerate(series):
        if value is None or isinstance(value, Unknown):
            lines.append([])
            continue
        x = 2 + Fraction(114 * at, max(count - 1, 1))
        y = 24 - (Fraction(value) - low) / (high - low) * 20 if high != low else Fraction(14)
        lines[-1].append((x, y))
    return [line for line in lines if line]


def _points(line: Line) -> str:
    return " ".join(f"{_at(x)},{_at(y)}" for x, y in line)


@register.simple_tag
def sparkline(values: Sequence[Value], last_year: Sequence[Value] = (), name: str = "") -> SafeString:
    """A line without axes: this year solid with its last point, last year dashed; a gap where a value is unknown."""
    known = [Fraction(v) for v in (*values, *last_year) if v is not None and not isinstance(v, Unknown)]
    if not known:
        return mark_safe("")
    count, low, high = max(len(values), len(last_year)), min(known), max(known)
    now, before = _lines(values, count, low, high), _lines(last_year, count, low, high)
    parts = [
        format_html('<polygon class="area" points="{},28 {} {},28"/>', _at(line[0][0]), _points(line), _at(line[-1][0]))
        for line in now
        if len(line) > 1
    ]
    parts += [format_html('<polyline class="ly" points="{}"/>', _points(line)) for line in before]
    parts += [format_html('<polyline class="now" points="{}"/>', _points(line)) for line in now]
    if now:
        x, y = now[-1][-1]
        parts.append(format_html('<path class="pt" d="M{} {}h.01"/>', _at(x), _at(y)))
    said = format_html('role="img" aria-label="{}"', name) if name else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="gz-spark" viewBox="0 0 120 28" preserveAspectRatio="none" {}>{}</svg>',
        said,
        mark_safe("".join(parts)),
    )


@register.simple_tag
def bar(value: Value, top: Value, last_year: Value = None, thin: bool = False) -> SafeString:
    """A bar as a share of `top`, with last year as a line across; a negative value is drawn by its size in the unfavourable colour."""
    if value is None or top is None or isinstance(value, Unknown) or isinstance(top, Unknown) or not top:
        return mark_safe("")
    share = min(abs(Fraction(value) / Fraction(top)) * 100, Fraction(100))
    mark: SafeString | str = ""
    if last_year is not None and not isinstance(last_year, Unknown):
        mark = format_html(
            '<path class="ly" d="M{} 0v10"/>', _at(min(abs(Fraction(last_year) / Fraction(top)) * 100, Fraction(100)))
        )
    box = ("0", "10") if thin else ("1.5", "7")
    return format_html(
        '<svg class="gz-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="bg" width="100" height="10"/>'
        '<rect class="v{}" y="{}" width="{}" height="{}"/>{}</svg>',
        " neg" if value < 0 else "",
        box[0],
        _at(share),
        box[1],
        mark,
    )


@register.inclusion_tag("ui/parts/math.html")
def fraction(parts: Iterable[Part]) -> dict[str, Any]:
    """A formula drawn: `ui.formulas` parts, left to right."""
    return {"parts": tuple(parts)}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where one is in a list, and the other pages."""
    return {"page": page, "numbers": tuple(page_numbers(page)), "request": context["request"]}


@register.simple_tag(takes_context=True)
def sort_head(context: Context, key: str, title: str, order: Order, right: bool = False) -> SafeString:
    """A table head that sorts: `{% sort_head "name" _("Name") order %}` gives the whole `<th>`."""
    query = context["request"].GET.copy()
    here = order.key == key
    query["sort"] = f"-{key}" if here and not order.descending else key
    query.pop("page", None)
    picture = icon(("arrow-down" if order.descending else "arrow-up") if here else "arrows-sort", small=True)
    said = format_html(' aria-sort="{}"', "descending" if order.descending else "ascending") if here else ""
    return format_html(
        '<th scope="col"{}{}><a class="gz-sort" href="?{}">{}{}</a></th>',
        mark_safe(' class="r"') if right else "",
        said,
        query.urlencode(),
        conditional_escape(title),
        picture,
    )


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field of a form: label, widget, help, errors, tied together for a screen reader (Django sets aria-describedby and aria-invalid)."""
    kind = "form-select" if getattr(bound.field.widget, "input_type", "") == "select" else "form-control"
    extra: dict[str, str | bool] = {"class": f"{kind} {bound.field.widget.attrs.get('class', '')}".strip()}
    if bound.errors:
        extra["aria-describedby"] = " ".join(
            [f"{bound.auto_id}_helptext"] * bool(bound.help_text) + [f"{bound.auto_id}_error"]
        )
    return {"field": bound, "widget": bound.as_widget(attrs=extra)}
