"""What may be stored in a filing's cells, and what is said of those that may not."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from guozi.app.reporting.models import Filing
from guozi.app.reporting.queries import CheckFinding
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.findings import Finding, Place, mark
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.period import Period
from guozi.core.reporting.filing import NotANumber, read_amount
from guozi.core.reporting.form import Form


def wrong_cells(form: Form, period: Period, cells: Mapping[str, Mapping[str, object]]) -> list[Finding]:
    """What cannot be stored: an unknown item or column, a text where an amount belongs."""
    layout = form.layout(AsOf(period.end, timezone.localdate()))
    items = {item.code: item for item in form.items(layout)}
    columns = {column.code for column in form.columns}
    findings = []
    for code, row in cells.items():
        for column, value in row.items():
            place = Place(form=form.code, item=code, item_column=column)
            if code not in items:
                findings.append(
                    Finding(
                        "filing.no-item",
                        mark("'{item}' is not an item of {form}"),
                        {"item": code, "form": form.code},
                        place,
                    )
                )
            elif column not in columns:
                findings.append(
                    Finding(
                        "filing.no-column",
                        mark("'{column}' is not a column of {form}"),
                        {"column": column, "form": form.code},
                        place,
                    )
                )
            elif isinstance(value, dict):
                if set(value) != {"na"} or not str(value["na"]).strip():
                    findings.append(
                        Finding("filing.not-applicable", mark("not applicable needs its reason"), {}, place)
                    )
            elif items[code].unit.type not in (Type.TEXT, Type.DATE):
                try:
                    read_amount(str(value))
                except NotANumber:
                    args = {"text": str(value)[:40], "item": code}
                    findings.append(
                        Finding(
                            "filing.not-a-number",
                            mark("'{text}' is not an amount"),
                            args,
                            place,
                            mark("write a plain number, such as -1234.56"),
                        )
                    )
    return findings


def in_unit(
    form: Form, cells: Mapping[str, Mapping[str, object]], old: Unit, new: Unit
) -> dict[str, dict[str, object]]:
    """The same amounts written in another unit, exactly; what is not money stays as it is."""
    money = {item.code for item in form.items() if item.unit.type is Type.MONEY}
    shift = int((old.scale / new.scale).log10().to_integral_value())
    return {
        code: {
            column: _shifted(str(value), shift) if code in money and isinstance(value, str) else value
            for column, value in row.items()
        }
        for code, row in cells.items()
    }


def _shifted(text: str, shift: int) -> str:
    moved = f"{Decimal(text).scaleb(shift):f}"
    return moved.rstrip("0").rstrip(".") if "." in moved else moved


def as_finding(filing: Filing, finding: CheckFinding) -> Finding:
    """A failing check as a Finding of the common kind, for the API and the command line."""
    first = finding.cells[0] if finding.cells else (filing.form, "", "")
    return Finding(
        f"check.{finding.rule_code}",
        mark(
            "check {check} does not hold: {left} against {right}, difference {difference}, tolerance {tolerance} (yuan)"
        ),
        {
            "check": finding.rule_code,
            "left": finding.result.left,
            "right": finding.result.right,
            "difference": finding.result.difference,
            "tolerance": finding.result.tolerance,
        },
        Place(form=first[0], item=first[1], item_column=first[2]),
    )
