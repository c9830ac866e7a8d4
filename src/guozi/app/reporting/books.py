"""What one filer's formulas read from: drafts and filing versions in PostgreSQL, as a Book for the judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from guozi.app import wiring
from guozi.app.entities.queries import facts as register_facts
from guozi.app.reporting.models import Draft, Filing, FilingVersion
from guozi.core.formula.engine import Rule
from guozi.core.formula.tree import Attribute, Cell, Value
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.money import CENT, Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why
from guozi.core.reporting.facts import FactValue, column_name, exact, fact_row
from guozi.core.reporting.filing import Offered

Source = FilingVersion | Draft


def meaning(form_code: str, period: Period, source: Source) -> dict[str, FactValue]:
    """The row of facts of a draft or version, by the layout in force for its period."""
    library = wiring.library()
    form = library.forms[form_code]
    layout = form.layout(AsOf(period.end, date.max))
    if layout is None:
        return {}
    cells = source.cells_as_filed if isinstance(source, FilingVersion) else source.cells
    return fact_row(form, layout, cells, library.vocabulary.units[source.unit], Offered.from_json(source.offered))


def rounding_step(unit_scale: Decimal, cells: Mapping[str, Mapping[str, object]]) -> Decimal:
    """The declared rounding step in yuan: one of the last place that any amount is written to, in the filing's unit; at least 0.01 yuan."""
    places = 0
    for columns in cells.values():
        for text in columns.values():
            if isinstance(text, str) and "." in text:
                places = max(places, len(text.rpartition(".")[2].rstrip("0")))
    return max(unit_scale.scaleb(-min(places, 8)), CENT)


def source_step(source: Source, form: str) -> Decimal:
    """The rounding step of a draft or version of a form, in yuan: that of its amounts of money (earnings per share have decimals anyway)."""
    filed = source.cells_as_filed if isinstance(source, FilingVersion) else source.cells
    money = {item.code for item in wiring.library().forms[form].items() if item.unit.type is Type.MONEY}
    cells = {code: row for code, row in filed.items() if code in money}
    return rounding_step(wiring.library().vocabulary.units[source.unit].scale, cells)


class FilerBook:
    """One entity's book  一户的账: current period's sources given or looked up, earlier periods looked up when a formula asks.

    `sources`: form → draft or version for the period itself. `counts`: which version of a filing counts (default: accepted, else current).
    """

    def __init__(
        self,
        org_id: int,
        report_type: str,
        period: Period,
        sources: Mapping[str, Source] | None = None,
        *,
        official: bool = False,
    ) -> None:
        self.org_id = org_id
        self.report_type = report_type
        self.period = period
        self.official = official
        self.rulebook = wiring.rulebook(period)
        self._sources: dict[tuple[str, int], Source | None] = {
            (form, 0): source for form, source in (sources or {}).items()
        }
        self._rows: dict[tuple[str, int], dict[str, FactValue] | None] = {}
        self._steps: dict[str, Decimal] = {}
        self._attributes: Mapping[str, str] | None = None

    def source(self, form: str, years_back: int = 0) -> Source | None:
        """The draft or version behind a form's cells, or None where nothing was filed."""
        key = (form, years_back)
        if key not in self._sources:
            filing = (
                Filing.objects.select_related("current_version", "accepted_version")
                .filter(
                    org_id=self.org_id,
                    form=form,
                    period=str(self.period.years_back(years_back)),
                    report_type=self.report_type,
                )
                .first()
            )
            self._sources[key] = counting_version(filing, official=self.official) if filing else None
        return self._sources[key]

    def step(self, rule: Rule) -> Decimal:
        """The coarsest rounding step, in yuan, among the filings of the period that a rule reads: as the engines take it."""
        for form in sorted({cell.form for cell in rule.formula.cells() if cell.years_back == 0} - self._steps.keys()):
            source = self.source(form)
            self._steps[form] = CENT if source is None else source_step(source, form)
        return max((self._steps[cell.form] for cell in rule.formula.cells() if cell.years_back == 0), default=CENT)

    def _row(self, form: str, years_back: int) -> dict[str, FactValue] | None:
        key = (form, years_back)
        if key not in self._rows:
            source = self.source(form, years_back)
            self._rows[key] = None if source is None else meaning(form, self.period.years_back(years_back), source)
        return self._rows[key]

    def cell(self, cell: Cell) -> Value:
        """A cell in yuan; unknown where the form was not filed or its layout lacks the cell."""
        row = self._row(cell.form, cell.years_back)
        if row is None:
            return Unknown(Why.NOT_FILED, f"{cell.form} {self.period.years_back(cell.years_back)}")
        value = row.get(
            column_name(wiring.library().forms[cell.form], cell.item, cell.column), Unknown(Why.NOT_OFFERED, cell.item)
        )
        return exact(value)

    def attribute(self, attribute: Attribute) -> Value:
        """The register's fact at the period's end, or the cover's."""
        if attribute.source == "cover":
            return {"report_type": self.report_type, "period_type": self.period.type.value}.get(
                attribute.name, Unknown(Why.NO_ATTRIBUTE, f"cover.{attribute.name}")
            )
        if self._attributes is None:
            self._attributes = register_facts([self.org_id], self.period.end).get(self.org_id, {})
        return self._attributes.get(attribute.name) or Unknown(Why.NO_ATTRIBUTE, f"enterprise.{attribute.name}")

    def parameter(self, name: str, key: str) -> Value:
        """The parameter's value at the period's end."""
        value = self.rulebook.parameters.get(name, key)
        return Unknown(Why.NO_PARAMETER, f"{name} {key}".strip()) if value is None else value


def counting_version(filing: Filing, *, official: bool) -> FilingVersion | None:
    """The version that counts: the accepted one; while provisional, the last one submitted unless it was returned or withdrawn."""
    if not official and filing.state in ("submitted", "accepted"):
        return filing.current_version
    return filing.accepted_version
