"""What figures are called and in which unit they are shown: indicators by their names, items by theirs with their column, formulas by their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from guozi.app import wiring
from guozi.app.indicators.figures import Figures
from guozi.app.ui.numbers import MoneyUnit, Number, Sense
from guozi.app.ui.templatetags import gz
from guozi.core.formula.tree import Cell, Formula, Value
from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.asof import Status
from guozi.core.kernel.citation import Label
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.unknown import Unknown

PROFITS = frozenset({"total_profit", "net_profit"})
"""Figures whose negative value is called a loss."""


def say(label: Label) -> str:
    """A text of a pack in the reader's language."""
    return label.in_language(get_language() or "zh-hans")


@dataclass(frozen=True, slots=True)
class Naming:
    """How a figure is shown: its name, unit, places, which way is better, whether the text of its law is still to be verified."""

    code: str
    name: str
    unit: Unit
    decimals: int
    direction: Direction
    uncertain: bool

    @property
    def step(self) -> str:
        """How a change is told: in percentage points for ratios, else in percent."""
        return "pp" if self.unit.type is Type.RATIO else "%"

    @property
    def sense(self) -> str:
        """What a negative value means."""
        return Sense.PROFIT if self.code in PROFITS else Sense.SIGN


def base_unit(of: Type) -> Unit:
    """The unit in which values of a type are shown where nothing else is said."""
    units = wiring.library().vocabulary.units
    code = {Type.MONEY: "yuan", Type.RATIO: "percent"}.get(of, "")
    if code in units:
        return units[code]
    return next((unit for unit in units.values() if unit.type is of), units["yuan"])


def naming(figures: Figures, code: str) -> Naming:
    """How an indicator, an item or any formula is shown in that view. NotFoundError where it is none of them."""
    bound = figures.rulebook.indicators.get(code)
    if bound is not None:
        one = bound.indicator
        uncertain = figures.rulebook.certainty(code).status is not Status.ENACTED
        return Naming(code, say(one.short or one.name), one.unit, one.decimals, one.direction, uncertain)
    known = wiring.library().indicators.get(code)
    if known is not None:
        return Naming(code, say(known.short or known.name), known.unit, known.decimals, known.direction, True)
    formula = figures.formula(code)
    unit = base_unit(formula.type)
    return Naming(code, formula_name(formula), unit, 2, Direction.NEITHER, False)


_NAME = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?")
_ORDINAL = re.compile(
    "^(?:[\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341]{1,3}\u3001|(?:\u51cf|\u52a0|\u5176\u4e2d)\uff1a)+"
)
_ASIDE = re.compile("\uff08[^\uff08\uff09]*(?:\u586b\u5217|\u6216)[^\uff08\uff09]*\uff09| \\([^()]*minus sign\\)")
_FUNCTIONS = {
    "mean": gettext_lazy("average"),
    "opening": gettext_lazy("opening"),
    "year_ago": gettext_lazy("last year's"),
    "comparative": gettext_lazy("comparative"),
}


def brief(name: str) -> str:
    """A row's printed name without its ordinal, its plus or minus, and its asides, for where there is little room."""
    text = _ASIDE.sub("", _ORDINAL.sub("", name)) or name
    return text[0].upper() + text[1:]


def formula_name(formula: Formula) -> str:
    """A formula that is one cell bears the cell's name, another one its text in words."""
    return cell_name(formula.root) if isinstance(formula.root, Cell) else formula_words(formula.text)


def formula_words(text: str) -> str:
    """A formula's text with the names of items, indicators and lags in place of their codes."""
    library = wiring.library()
    items = {item.code: item for form in library.forms.values() for item in form.items()}

    def word(found: re.Match[str]) -> str:
        code = found[0].rpartition(".")[2]
        if found[0] in _FUNCTIONS:
            return str(_FUNCTIONS[found[0]])
        if code in library.indicators:
            return say(library.indicators[code].name)
        return brief(say(items[code].name)) if code in items else found[0]

    return _NAME.sub(word, text).replace("*", "\u00d7").replace(" / ", " \u00f7 ")


def item_name(form: str, item: str) -> str:
    """An item by its name."""
    found = wiring.library().forms[form].item(item) if form in wiring.library().forms else None
    return say(found.name) if found else item


def column_name(form: str, column: str) -> str:
    """A column by its name."""
    found = next((one for one in wiring.library().forms[form].columns if one.code == column), None)
    return say(found.name) if found else column


def cell_name(cell: Cell) -> str:
    """A cell as people call it: the item, the column where it is not the form's usual one, and how many years back."""
    name = brief(item_name(cell.form, cell.item))
    if not cell.default:
        name = pgettext("cell", "{item} ({column})").format(item=name, column=column_name(cell.form, cell.column))
    if cell.years_back == 1:
        return gettext("{item}, a year earlier").format(item=name)
    if cell.years_back:
        return gettext("{item}, {years} years earlier").format(item=name, years=cell.years_back)
    return name


def value_html(value: Value | Number | None, of: Type, unit: MoneyUnit, places: int = 2) -> SafeString | str:
    """A value of any type in its base unit: money in the reader's unit, ratios in percent, text and dates as they are."""
    if value is None or isinstance(value, Unknown):
        return gz.unknown_html(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, str | date):
        return str(value)
    if of is Type.MONEY:
        return gz.money_html(value, unit, places)
    if of is Type.RATIO:
        return gz.ratio(value, places)
    return gz.number(value, 0 if of is Type.COUNT else places)
