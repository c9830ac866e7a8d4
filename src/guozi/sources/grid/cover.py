"""Compares what a file's cover says with what is expected: form, enterprise, period, report type, unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from stdnum.cn import uscc

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.core.kernel.money import Type, Unit
from guozi.core.kernel.period import Period
from guozi.core.reporting.form import Form
from guozi.sources.grid.sheet import Cover, read_periods
from guozi.sources.labels import key
from guozi.sources.reading import Ask, known_units


@dataclass(slots=True)
class Judged:
    """The cover in the terms of the core, the unit and period to read with, and what was found wrong."""

    unit: Unit
    period: Period | None
    values: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def judge_cover(cover: Cover, form: Form, ask: Ask, sheet: str, unit: Unit | None) -> Judged:
    """Reads the cover of a sheet that is that form. `unit` is the mapping's, None in our own layout, where the cover decides."""
    judged = Judged(unit or form.unit, ask.expected.period)
    values = cover.values
    expected = ask.expected

    def said(
        code: str, message: str, name: str, severity: Severity = Severity.ERROR, /, hint: str = "", **args: object
    ) -> None:
        text, place = values[name]
        _, _, spot = place.rpartition("!")
        judged.findings.append(
            Finding(f"source.{code}", message, {"text": text} | args, Place(sheet=sheet, address=spot, form=form.code), hint, severity)
        )  # fmt: skip

    judged.values["form"] = form.code
    for name in ("layout", "entity_name", "currency"):
        if name in values:
            judged.values[name] = values[name][0]
    layout = ask.forms[form.code][1].effective.isoformat()
    if "layout" in values and values["layout"][0][:10] != layout:
        said("other-layout", _OTHER_LAYOUT, "layout", Severity.WARNING, expected=layout)
    if "entity" in values:
        code = "".join(unicodedata.normalize("NFKC", values["entity"][0]).upper().split())
        judged.values["entity"] = code
        if expected.entity and code != expected.entity:
            said("other-entity", _OTHER_ENTITY, "entity", expected=expected.entity)
        elif not expected.entity and not uscc.is_valid(code):
            said("not-a-uscc", _NOT_A_USCC, "entity")
    elif "entity_name" in values and _is_other(values["entity_name"][0], expected.entity_names):
        said("other-entity", _OTHER_ENTITY, "entity_name", expected=expected.entity_names[0])
    if "period" in values:
        periods = read_periods(values["period"][0])
        if not periods:
            said("not-a-period", _NOT_A_PERIOD, "period")
        elif expected.period is not None and expected.period not in periods:
            said("other-period", _OTHER_PERIOD, "period", expected=str(expected.period))
        judged.period = expected.period or (periods[0] if periods else None)
        if periods:
            judged.values["period"] = str(judged.period if judged.period in periods else periods[0])
    if "report_type" in values:
        kind = values["report_type"][0].split()[0]
        judged.values["report_type"] = kind
        if expected.report_type and kind != expected.report_type:
            said("other-report-type", _OTHER_TYPE, "report_type", expected=expected.report_type)
    if "unit" in values:
        found = read_unit(values["unit"][0], known_units(ask).values())
        if found is None:
            units = ", ".join(word.name.zh for word in known_units(ask).values() if word.type is Type.MONEY)
            said("no-such-unit", _NO_UNIT, "unit", units=units)
        elif unit is not None and found.scale != unit.scale:
            said("other-unit", _OTHER_UNIT, "unit", expected=unit.name.zh)
        else:
            judged.unit = found
    judged.values["unit"] = judged.unit.code
    return judged


def _is_other(name: str, names: tuple[str, ...]) -> bool:
    return bool(names) and key(name) not in map(key, names)


def read_unit(text: str, units: Iterable[Unit]) -> Unit | None:
    """The unit of money that is named there by code or name, `人民币万元` included."""
    names: Mapping[str, Unit] = {
        name: unit for unit in units if unit.type is Type.MONEY for name in (unit.code, key(unit.name.zh), key(unit.name.en))
    }  # fmt: skip
    bare = key(text)
    return names.get(bare) or names.get(bare.removeprefix("人民币"))


_OTHER_LAYOUT = mark("the form has the layout of {text}, not that of {expected}; its rows were found by their names")
_OTHER_ENTITY = mark("this is the form of another enterprise: {text}; {expected} is expected")
_NOT_A_USCC = mark("'{text}' is not a unified social credit code: its check character is wrong")
_NOT_A_PERIOD = mark("'{text}' is not a period")
_OTHER_PERIOD = mark("this is the form of another period: {text}; {expected} is expected")
_OTHER_TYPE = mark("this is another report type: {text}; {expected} is expected")
_NO_UNIT = mark("'{text}' is not a known unit of money; known are {units}")
_OTHER_UNIT = mark("the sheet says that it is in {text}, the mapping reads {expected}")
