"""Shapes to core objects: what a file says becomes what the product computes with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from guozi.core.indicators.indicator import (
    Direction,
    Indicator,
    IndicatorVersion,
    ParameterTable,
    ParameterVersion,
)
from guozi.core.kernel.asof import Dated, Status
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.money import Type, Unit
from guozi.core.reporting.form import Blank, Check, Column, Covers, Form, Item, Kind, Layout, Nature, Section
from guozi.core.reporting.mapping import LayoutMapping, MappingRow
from guozi.core.warning.rule import WarningLevel, WarningRule, WarningVersion
from guozi.packs import shapes
from guozi.packs.tables import MappingLine
from guozi.packs.vocabulary import AmountError, Vocabulary, WordOf, WordSet, read_amount

YUAN = Unit("yuan", Label(zh="元", en="yuan"), Type.MONEY, Decimal(1))


def citation(cite: shapes.CiteShape) -> Citation:
    """A citation."""
    return Citation(cite.source, cite.article)


def vocabulary(files: Iterable[shapes.VocabularyFile]) -> Vocabulary:
    """All words; a later file adds words to sets of an earlier one (lints see that those are open)."""
    sets: dict[str, WordSet] = {}
    units: dict[str, Unit] = {}
    for file in files:
        for code, shape in file.sets.items():
            words = {word: WordOf(word, Label(each.zh, each.en), each.sign) for word, each in shape.words.items()}
            old = sets.get(code)
            if old is None:
                sets[code] = WordSet(code, shape.name or Label(code, code), words, shape.open, shape.attribute)
            else:
                sets[code] = WordSet(code, old.name, {**old.words, **words}, old.open, old.attribute)
            if code == "unit":
                for word, each in shape.words.items():
                    if each.type and each.scale is not None:
                        units[word] = Unit(word, Label(each.zh, each.en), Type(each.type), each.scale)
    return Vocabulary(sets, units)


def form(code: str, file: shapes.FormFile, overlays: Iterable[shapes.FormOverlayFile], words: Vocabulary) -> Form:
    """A form, with the rows and checks that overlays add; layouts are the base's (an overlay's layers are resolved apart)."""
    sections = []
    added = {row: item for overlay in overlays for row, item in overlay.rows.items()}
    for section in file.sections:
        rows: dict[str, shapes.ItemShape] = {}
        for row, item in section.rows.items():
            rows[row] = item
            _put_after(row, added, rows)
        levels = {row: _level(row, rows) for row in rows}
        items = tuple(_item(row, each, file, words, levels[row]) for row, each in rows.items())
        sections.append(Section(section.title, items))
    columns = tuple(
        Column(column, each.name, Covers(each.covers), each.default, each.otherwise)
        for column, each in file.columns.items()
    )
    layers = layouts(file.versions)
    written = [(number, each) for number, each in file.checks.items()]
    written += [(number, each) for overlay in overlays for number, each in overlay.checks.items()]
    checks = tuple(check(number, each, (code,), words) for number, each in written)
    labels = _labels(sections)
    cover = file.cover
    return Form(
        code,
        file.number,
        file.name,
        words.units[file.unit],
        columns,
        tuple(sections),
        layers,
        checks,
        cover.report_types,
        cover.period_types,
        cover.fields,
        labels,
        file.checks_when,
    )


def _put_after(row: str, added: Mapping[str, shapes.ItemShape], rows: dict[str, shapes.ItemShape]) -> None:
    for code, item in added.items():
        if item.after == row and code not in rows:
            rows[code] = item
            _put_after(code, added, rows)


def _level(row: str, rows: Mapping[str, shapes.ItemShape]) -> int:
    level = 0
    while row in rows and rows[row].part_of and level < len(rows):
        row, level = rows[row].part_of, level + 1
    return level


def _item(code: str, shape: shapes.ItemShape, file: shapes.FormFile, words: Vocabulary, level: int) -> Item:
    return Item(
        code,
        Label(shape.zh, shape.en),
        words.units[shape.unit or file.unit],
        Nature(shape.nature or file.nature),
        Blank(shape.blank or file.blank),
        shape.mark,
        shape.since,
        shape.until,
        shape.part_of,
        shape.minus,
        shape.total,
        shape.parts,
        shape.check,
        shape.line,
        level,
        shape.labels,
    )


def _labels(sections: Iterable[Section]) -> dict[str, str]:
    """Label → code; a label that two rows bear names neither."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for section in sections:
        for item in section.items:
            for label in {item.name.zh, item.name.en, *item.labels}:
                if found.setdefault(label, item.code) != item.code:
                    twice.add(label)
    return {label: code for label, code in found.items() if label not in twice}


def layouts(rows: Iterable[shapes.RowShape]) -> tuple[Layout, ...]:
    """Dated layouts."""
    return tuple(
        Layout(
            effective=row.effective,
            issued=row.issued,
            status=Status(row.status),
            cite=citation(row.cite),
            unverified=row.unverified,
        )
        for row in rows
    )


def check(code: str, shape: shapes.CheckShape, forms: tuple[str, ...], words: Vocabulary) -> Check:
    """A written check; its tolerance in yuan (None where it cannot be read: a lint says so)."""
    tolerance = None
    if shape.tolerance:
        try:
            exact = read_amount(shape.tolerance, words.units.get("yuan", YUAN), words)
            tolerance = Decimal(exact.numerator) / Decimal(exact.denominator)
        except AmountError:
            tolerance = None
    return Check(
        code,
        shape.name,
        Kind(shape.kind),
        shape.holds,
        shape.message,
        citation(shape.cite),
        shape.columns,
        shape.when,
        tolerance,
        shape.forms or forms,
        shape.since,
        shape.until,
        status=Status(shape.status),
    )


def indicator(code: str, file: shapes.IndicatorFile, words: Vocabulary) -> Indicator:
    """An indicator with its base's versions."""
    display = file.display
    return Indicator(
        code,
        file.name,
        words.units[file.unit],
        Direction(file.direction),
        indicator_versions(file.versions),
        file.group,
        display.decimals if display else 2,
        display.short if display else None,
    )


def indicator_versions(rows: Iterable[shapes.IndicatorRow]) -> tuple[IndicatorVersion, ...]:
    """Dated definitions."""
    return tuple(
        IndicatorVersion(
            effective=row.effective,
            issued=row.issued,
            status=Status(row.status),
            cite=citation(row.cite),
            formula=row.formula or "",
            comparable_with_older=row.comparable.with_older == "unbroken" if row.comparable else None,
            why=row.comparable.why if row.comparable else None,
            unverified=row.unverified,
        )
        for row in rows
    )


def parameter(code: str, file: shapes.ParameterFile, words: Vocabulary) -> ParameterTable:
    """A parameter file with its base's versions."""
    return ParameterTable(
        code, file.name, words.units[file.unit], file.members, parameter_versions(file.versions), file.keyed_by
    )


def parameter_versions(rows: Iterable[shapes.ParameterRow]) -> tuple[ParameterVersion, ...]:
    """Dated tables; a single value stands under the key ''."""
    return tuple(
        ParameterVersion(
            effective=row.effective,
            issued=row.issued,
            status=Status(row.status),
            cite=citation(row.cite),
            values={
                member: {"": value} if isinstance(value, str) else value for member, value in (row.values or {}).items()
            },
            unverified=row.unverified,
        )
        for row in rows
    )


def warning(code: str, file: shapes.WarningFile) -> WarningRule:
    """A warning rule with its base's versions."""
    scope = file.scope
    return WarningRule(
        code,
        file.name,
        warning_versions(file.versions),
        scope.report_types if scope else (),
        scope.period_types if scope else (),
        scope.when if scope else "",
    )


def warning_versions(rows: Iterable[shapes.WarningRow]) -> tuple[WarningVersion, ...]:
    """Dated statements of a rule."""
    return tuple(
        WarningVersion(
            effective=row.effective,
            issued=row.issued,
            status=Status(row.status),
            cite=citation(row.cite),
            measure=row.measure or "",
            levels=tuple(WarningLevel(level.level, level.when, level.message) for level in row.levels or ()),
            clears=row.clears,
            clears_after=row.clears_after,
            evidence=row.evidence,
            unverified=row.unverified,
        )
        for row in rows
    )


def mapping(code: str, file: shapes.MappingFile, lines: Iterable[MappingLine], words: Vocabulary) -> LayoutMapping:
    """A mapping with its table."""
    rows = tuple(
        MappingRow(line.item, line.code, -1 if line.sign in ("-", "-1") else 1, line.since, line.until, line.note)
        for line in lines
    )
    versions = tuple(
        Dated(effective=row.effective, issued=row.issued, status=Status(row.status), cite=citation(row.cite))
        for row in file.versions
    )
    return LayoutMapping(
        code, file.name, file.form, words.units[file.unit], file.name_in, file.columns, rows, file.unmapped, versions
    )
