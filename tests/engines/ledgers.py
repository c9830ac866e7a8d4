"""Facts of a few enterprises as Parquet parts, for tests that ask every engine the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from guozi.core.formula.compile import compile_formula
from guozi.core.formula.engine import Facts, Parameters, Rule, Selection, Versions
from guozi.core.formula.tree import ColumnName, Formula, ItemName, Names
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.engines.parts import CellValue, FactRow, entities_path, form_path, write_entities, write_part

YEAR = Period.parse("2025")
BALANCE = (
    ColumnName("closing", "closing", default=True),
    ColumnName("opening", "opening", otherwise="year_ago(closing)"),
)
INCOME = (ColumnName("this", "ytd", default=True), ColumnName("last", "prior_ytd"))

ITEMS: Mapping[str, ItemName] = {
    item.code: item
    for item in (
        *(
            ItemName("balance", code, Type.MONEY, "stock", BALANCE)
            for code in ("assets", "debts", "equity", "cash", "stores")
        ),
        *(ItemName("income", code, Type.MONEY, "flow", INCOME) for code in ("revenue", "profit")),
        ItemName("income", "staff", Type.COUNT, "stock", INCOME),
        ItemName("income", "share", Type.RATIO, "stock", INCOME),
        ItemName("income", "auditor", Type.TEXT, "stock", INCOME),
        ItemName("income", "audited_on", Type.DATE, "stock", INCOME),
    )
}
NAMES = Names(
    items={code: (item,) for code, item in ITEMS.items()},
    attributes={"enterprise.industry": Type.TEXT, "enterprise.debt_class": Type.TEXT, "cover.report_type": Type.TEXT},
    parameters={"line.debt": (Type.RATIO, True), "line.single": (Type.RATIO, False), "line.third": (Type.RATIO, False)},
)
COLUMNS: Mapping[str, Mapping[str, Type]] = {
    form: {
        name: item.type
        for item in ITEMS.values()
        if item.form == form
        for name in (item.code, f"{item.code}__{item.columns[1].code}")
    }
    for form in ("balance", "income")
}


def formula(text: str) -> Formula:
    """The formula of a text over these items."""
    compiled = compile_formula(text, NAMES)
    assert isinstance(compiled, Formula), [finding.text() for finding in compiled]
    return compiled


def rule(text: str, when: str = "", tolerance: Decimal | None = None, code: str = "") -> Rule:
    """A rule of a text; its code is the text where no other is given."""
    return Rule(code or text, formula(text), formula(when) if when else None, tolerance)


@dataclass
class Ledger:
    """Enterprises' filings, written as parts under a folder: `file` them, then hand `facts()` and `selection()` to an engine."""

    folder: Path
    rows: dict[tuple[str, Period], list[FactRow]] = field(default_factory=dict)
    register: dict[int, dict[str, str]] = field(default_factory=dict)
    offered: Mapping[str, Mapping[str, Type]] = field(default_factory=lambda: COLUMNS)

    def file(
        self,
        org: int,
        form: str,
        cells: Mapping[str, CellValue],
        *,
        period: Period = YEAR,
        report_type: str = "0",
        step: str = "0.01",
    ) -> None:
        """One accepted filing."""
        rows = self.rows.setdefault((form, period), [])
        version = 1 + sum(len(filed) for filed in self.rows.values())
        rows.append(FactRow(version, org, report_type, Decimal(step), cells))

    def facts(self, parts: int = 1) -> Facts:
        """Writes what was filed, in so many parts a form and period."""
        written: dict[tuple[str, Period], tuple[str, ...]] = {}
        for (form, period), rows in self.rows.items():
            paths = []
            for number in range(parts):
                path = form_path(self.folder, form, period, number)
                paths.append(str(write_part(path, self.offered[form], rows[number::parts]).path))
            written[form, period] = tuple(paths)
        path = entities_path(self.folder, YEAR, 0)
        entities = {YEAR: (str(write_entities(path, ("industry", "debt_class"), self.register).path),)}
        return Facts(written, entities if self.register else {})

    def selection(self) -> Selection:
        """All of it."""
        return Selection("all", {key: versions(rows) for key, rows in self.rows.items()})

    def scope(self) -> Scope:
        """Everybody, always."""
        return scope_of({row.org_id for rows in self.rows.values() for row in rows})


def versions(rows: Sequence[FactRow]) -> Versions:
    """The versions of these rows."""
    return Versions([row.org_id for row in rows], [row.report_type for row in rows], [row.version_id for row in rows])


def scope_of(orgs: Mapping[int, tuple[tuple[date | None, date | None], ...]] | set[int]) -> Scope:
    """A scope of these enterprises, for ever or in the ranges given."""
    ranges = orgs if isinstance(orgs, Mapping) else dict.fromkeys(orgs, ((None, None),))
    return Scope(1, ranges, frozenset({"reporting"}))


NO_PARAMETERS = Parameters()
