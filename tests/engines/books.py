"""Names, formulas and in-memory books for tests of the formula language and of its engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from guozi.core.formula.compile import Compiler
from guozi.core.formula.engine import Rule
from guozi.core.formula.tree import Attribute, Cell, ColumnName, Formula, ItemName, Names, Value
from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown, Why

BALANCE = (
    ColumnName("closing", "closing", default=True),
    ColumnName("opening", "opening", otherwise="year_ago(closing)"),
)
INCOME = (ColumnName("current", "ytd", default=True), ColumnName("prior", "prior_ytd"))
FACTS = (ColumnName("value", "closing", default=True),)

_BALANCE_ITEMS = "total_assets total_liabilities total_equity current_assets non_current_assets cash inventories"
_INCOME_ITEMS = "revenue net_profit total_profit cost"
_FACT_ITEMS = {"headcount": Type.COUNT, "rate": Type.RATIO, "remark": Type.TEXT, "listed_on": Type.DATE}


def _items() -> dict[str, tuple[ItemName, ...]]:
    balance = {code: (ItemName("balance", code, Type.MONEY, "stock", BALANCE),) for code in _BALANCE_ITEMS.split()}
    income = {code: (ItemName("income", code, Type.MONEY, "flow", INCOME),) for code in _INCOME_ITEMS.split()}
    facts = {code: (ItemName("facts", code, type_, "stock", FACTS),) for code, type_ in _FACT_ITEMS.items()}
    shared = tuple(ItemName(form, "shared", Type.MONEY, "flow", INCOME) for form in ("income", "cash_flow"))
    return balance | income | facts | {"shared": shared}


NAMES = Names(
    items=_items(),
    labels={
        "资产总计": "total_assets",
        "所有者权益（或股东权益）合计": "total_equity",
        "应收账款1-2年": "inventories",
        "减：营业成本": "cost",
        "Total assets": "total_assets",
    },
    indicators={
        "debt_ratio": "total_liabilities / total_assets",
        "return_on_equity": "net_profit / mean(opening(total_equity), total_equity)",
        "growth": "revenue / year_ago(revenue) - 1",
        "line": "param('debt_ratio.warning_line', enterprise.debt_class)",
        "broken": "no_such_thing / 2",
        "chicken": "egg + 1",
        "egg": "chicken * 2",
        "farm": "chicken / 2",
    },
    attributes={"enterprise.debt_class": Type.TEXT, "enterprise.industry": Type.TEXT, "cover.report_type": Type.TEXT},
    parameters={"debt_ratio.warning_line": (Type.RATIO, True), "profit.floor": (Type.MONEY, False)},
    words={"enterprise.debt_class": frozenset({"industrial", "non_industrial", "research"})},
)
"""Three small forms (balance, income, facts) and `shared`, which stands in two forms."""

COMPILER = Compiler(NAMES)


def formula(text: str, column: str | None = None) -> Formula:
    """The formula over NAMES; an assertion fails with all findings where it does not compile."""
    compiled = COMPILER.compile(text, column=column)
    assert isinstance(compiled, Formula), [finding.text() for finding in compiled]
    return compiled


def rule(text: str, when: str = "", tolerance: str | None = None, code: str = "R") -> Rule:
    """A rule over NAMES."""
    condition = formula(when) if when else None
    return Rule(code, formula(text), condition, None if tolerance is None else Decimal(tolerance))


Given = str | int | Decimal | Fraction | date | Unknown


@dataclass(frozen=True)
class DictBook:
    """A Book from dictionaries. A cell that is not given was not filed."""

    cells: Mapping[Cell, Value]
    attributes: Mapping[str, Value] = field(default_factory=dict)
    parameters: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)

    def cell(self, cell: Cell) -> Value:
        return self.cells.get(cell, Unknown(Why.NOT_FILED, cell.form))

    def attribute(self, attribute: Attribute) -> Value:
        name = f"{attribute.source}.{attribute.name}"
        return self.attributes.get(name, Unknown(Why.NO_ATTRIBUTE, name))

    def parameter(self, name: str, key: str) -> Value:
        return self.parameters.get((name, key), Unknown(Why.NO_PARAMETER, f"{name} {key}".strip()))


def book(
    cells: Mapping[str, Given] | None = None,
    attributes: Mapping[str, str] | None = None,
    parameters: Mapping[tuple[str, str], str] | None = None,
) -> DictBook:
    """A book whose cells are named as formulas name them: `{"cash": "1.5", "opening(cash)": Unknown(…), "year_ago(revenue)": 7}`."""
    found: dict[Cell, Value] = {}
    for text, given in (cells or {}).items():
        cell = formula(text).root
        assert isinstance(cell, Cell), text
        found[cell] = _value(cell.type, given)
    known = {key: Fraction(Decimal(value)) for key, value in (parameters or {}).items()}
    return DictBook(found, dict(attributes or {}), known)


def _value(type_: Type, given: Given) -> Value:
    if isinstance(given, Unknown | date) or type_ is Type.TEXT:
        return str(given) if isinstance(given, int | Decimal | Fraction) else given
    return Fraction(given)
