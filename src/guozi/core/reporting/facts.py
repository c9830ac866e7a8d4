"""What a filed cell means: from cells as filed to the row of facts that formulas read, blanks interpreted by the item's rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from guozi.core.formula.tree import Value
from guozi.core.kernel.money import LARGEST, Type, Unit, to_cents
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.filing import Cells, NotANumber, Offered, read_amount
from guozi.core.reporting.form import Blank, Form, Item, Layout

FactValue = Decimal | str | Unknown


def column_name(form: Form, item: str, column: str) -> str:
    """The name of a cell in a fact row: the item's code for the form's default column, else `item__column`."""
    return item if column == form.default_column.code else f"{item}__{column}"


def fact_columns(form: Form) -> dict[str, Type]:
    """The columns of a form's facts, those of every layout, with their types."""
    return {
        column_name(form, item.code, column.code): item.unit.type for item in form.items() for column in form.columns
    }


def cell_meaning(item: Item, column: str, cells: Cells, unit: Unit, offered: Offered) -> FactValue:
    """One cell: money in yuan to the cent, other numbers in base units, text as it is; unknown with its reason."""
    if not offered.has(item.code, column):
        return Unknown(Why.NOT_OFFERED, item.code)
    filed = cells.get(item.code, {}).get(column)
    if filed is None or filed == "":
        return Decimal(0) if item.blank is Blank.ZERO else Unknown(Why.BLANK, item.code)
    if isinstance(filed, dict):
        return Unknown(Why.NOT_APPLICABLE, str(filed.get("na", item.code)))
    text = str(filed)
    if item.unit.type in (Type.TEXT, Type.DATE):
        return text
    try:
        amount = read_amount(text)
    except NotANumber:
        return Unknown(Why.BLANK, item.code)
    scale = unit.scale if item.unit.type is Type.MONEY else item.unit.scale
    value = amount * scale
    if abs(value) > LARGEST:
        return Unknown(Why.TOO_LARGE, item.code)
    return to_cents(value) if item.unit.type is Type.MONEY else value


def fact_row(form: Form, layout: Layout, cells: Cells, unit: Unit, offered: Offered) -> dict[str, FactValue]:
    """The row of facts of one filing version; every item of every layout has its column, those not in this layout are unknown."""
    row: dict[str, FactValue] = {}
    for item in form.items():
        for column in form.columns:
            name = column_name(form, item.code, column.code)
            if item.in_layout(layout.effective):
                row[name] = cell_meaning(item, column.code, cells, unit, offered)
            else:
                row[name] = Unknown(Why.NOT_OFFERED, item.code)
    return row


def exact(value: FactValue) -> Value:
    """A fact as the judge reads it: decimals become exact fractions."""
    return Fraction(value) if isinstance(value, Decimal) else value
