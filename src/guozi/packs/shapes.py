"""The shape of every kind of file in a pack, written once: the reader, its messages, the key reference and the JSON Schema come from here."""

# ruff: noqa: RUF009  (`key` makes a dataclass field, as `field` does)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from guozi.core.indicators.indicator import Direction
from guozi.core.kernel.asof import Status
from guozi.core.kernel.citation import Label
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import PeriodType
from guozi.core.kernel.unknown import Why
from guozi.core.reporting.form import Blank, Covers, Kind, Nature
from guozi.packs.specs import (
    Bilingual,
    Choice,
    Code,
    Day,
    Each,
    Either,
    FormulaText,
    Many,
    Number,
    Plain,
    Record,
    Shape,
    Truth,
    Whole,
    Word,
    key,
)

STATUS = Choice("status", tuple(Status))
KIND = Choice("kind", tuple(Kind))
PERIOD_TYPE = Choice("period type", tuple(PeriodType))
VALUES = Each(Plain("value"), Plain("cell"))

# ── vocabulary.yaml ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class WordShape(Shape):
    zh: str = key(Plain(), "the word in Chinese")
    en: str = key(Plain(), "the word in English")
    sign: str = key(Plain(), "the sign or code by which it is printed", default="")
    type: str = key(Choice("type", tuple(Type)), "of a unit: the kind of value", default="")
    scale: Decimal | None = key(Number(), "of a unit: how many base units one is", default=None)
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSetShape(Shape):
    name: Label | None = key(Bilingual(), "the name of the set; a pack that adds words leaves it out", default=None)
    open: bool = key(Truth(), "other packs may add words", default=False)
    attribute: str = key(
        Plain(), "the name by which formulas ask for it: enterprise.industry, cover.report_type", default=""
    )
    words: Mapping[str, WordShape] = key(Each(Record("word", WordShape), Plain("word")), "the words")


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyFile(Shape):
    sets: Mapping[str, WordSetShape] = key(Each(Record("set", WordSetShape)), "the sets of words")


# ── pack.yaml and sources ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile(Shape):
    name: Label = key(Bilingual(), "the pack's name")
    version: str = key(Plain(), "the pack's version")
    authority: Label = key(Bilingual(), "who issues what stands in it")
    builds_on: str = key(Code(), "the pack whose rules it adds to", default="")
    prefix: str = key(Plain(), "how its new ids begin; demanded where it builds on another", default="")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile(Shape):
    title: Label = key(Bilingual(), "the title of the text")
    number: str = key(Plain(), "its number", default="")
    issuer: Label | None = key(Bilingual(), "who issued it", default=None)
    issued: date | None = key(Day(), "when it was issued", default=None)
    effective: date | None = key(Day(), "from when it holds", default=None)
    repealed_by: str = key(Plain("source"), "the source that put an end to it", default="")
    where: tuple[str, ...] = key(Many(Plain(), single=True), "where it was read", default=())
    seen: str = key(Choice("way of having seen", ("full", "part", "quoted", "no")), "how much of the text was seen")
    seen_articles: tuple[str, ...] = key(Many(Plain(), single=True), "the articles that were seen", default=())
    texts: Mapping[str, str] = key(Each(Plain(), Plain("article")), "the words of articles", default={})
    note: str = key(Plain(), "a remark for editors", default="")


# ── what every dated row has ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CiteShape(Shape):
    source: str = key(Plain("source"), "the id of a file in sources/")
    article: str = key(Plain(), "where in it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedShape(Shape):
    on: date = key(Day(), "when our error was mended")
    was: str = key(Plain(), "what stood there")
    why: Label | str = key(Either(text=Plain(), map=Bilingual()), "how the error was seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShape(Shape):
    effective: date = key(Day(), "the row governs periods that end on this day or later")
    issued: date = key(Day(), "from when it could be known")
    status: str = key(
        STATUS, "enacted: the text was seen; unverified: not yet; draft: laboratory only; repealed: nothing holds"
    )
    cite: CiteShape = key(Record("cite", CiteShape), "the text that says so")
    unverified: Mapping[str, Label] = key(
        Each(Bilingual(), Plain("path")),
        "paths in this row that are weaker than the row, each with the reason",
        default={},
    )
    corrected: tuple[CorrectedShape, ...] = key(
        Many(Record("corrected", CorrectedShape)), "errors of ours mended after publication", default=()
    )
    confirmed: date | None = key(
        Day(), "of an overlay's row: when it was last held against a newer row of the base", default=None
    )
    note: str = key(Plain(), "a remark for editors", default="")


# ── reporting/<form>.yaml, reporting/checks/<family>.yaml ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverShape(Shape):
    report_types: tuple[str, ...] = key(Many(Word("report_type")), "the report types that file it", default=())
    period_types: tuple[str, ...] = key(Many(PERIOD_TYPE), "month, quarter, year", default=())
    fields: tuple[str, ...] = key(Many(Code("field")), "the fields of the cover", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape(Shape):
    name: Label = key(Bilingual(), "the printed heading")
    covers: str = key(Choice("way of covering", tuple(Covers)), "what the column covers")
    default: bool = key(Truth(), "the column meant where a formula names none", default=False)
    otherwise: str = key(FormulaText(), "what stands in where a layout does not offer it", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShape(Shape):
    zh: str = key(Plain(), "the printed name")
    en: str = key(Plain(), "the name in English")
    labels: tuple[str, ...] = key(Many(Plain(), single=True), "other names for it", default=())
    unit: str = key(Word("unit"), "where it differs from the form's", default="")
    nature: str = key(Choice("nature", tuple(Nature)), "where it differs from the form's", default="")
    blank: str = key(Choice("blank rule", tuple(Blank)), "where it differs from the form's", default="")
    mark: tuple[str, ...] = key(Many(Word("mark"), single=True), "printed marks", default=())
    since: date | None = key(Day(), "the first layout that carries it", default=None)
    until: date | None = key(Day(), "the first layout without it", default=None)
    part_of: str = key(Code("item"), "an 'of which' row: the row that it is a part of", default="")
    minus: bool = key(Truth(), "it is subtracted where rows are summed", default=False)
    total: str = key(FormulaText(), "sum(section), or a formula over items", default="")
    parts: str = key(
        Choice("rule for parts", ("all", "at_most")), "its parts add up to it, or to no more than it", default=""
    )
    check: str = key(Plain(), "the printed number of the check that total or parts makes", default="")
    line: int | None = key(Whole(), "its printed number where the order does not give it", default=None)
    after: str = key(Code("item"), "of an overlay's row: the row that it comes after", default="")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionShape(Shape):
    title: Label | None = key(Bilingual(), "the printed heading", default=None)
    rows: Mapping[str, ItemShape] = key(Each(Record("row", ItemShape), Code("id")), "the rows as printed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckShape(Shape):
    name: Label = key(Bilingual(), "what it asks")
    kind: str = key(KIND, "logical: must hold; reasonableness: holds or is explained; hint")
    columns: tuple[str, ...] = key(Many(Code("column")), "checked in each of these columns", default=())
    when: str = key(FormulaText(), "skipped unless this is true", default="")
    holds: str = key(FormulaText(), "what must be true")
    message: Label = key(Bilingual(), "said where it fails; {left} {right} {difference} are filled in")
    tolerance: str = key(
        Plain("amount"), "how far both sides may differ; else by the rounding of the filing", default=""
    )
    forms: tuple[str, ...] = key(Many(Code("form")), "of a check between forms: which", default=())
    since: date | None = key(Day(), "the first layout for which it holds", default=None)
    until: date | None = key(Day(), "the first layout for which it no longer holds", default=None)
    status: str = key(STATUS, "how certain", default=Status.UNVERIFIED.value)
    cite: CiteShape = key(Record("cite", CiteShape), "the text that says so")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFile(Shape):
    name: Label = key(Bilingual(), "the form's name")
    number: str = key(Plain(), "its printed number", default="")
    unit: str = key(Word("unit"), "the unit of its rows")
    nature: str = key(Choice("nature", tuple(Nature)), "stock: on a day; flow: over a time")
    blank: str = key(Choice("blank rule", tuple(Blank)), "what an empty cell means")
    cover: CoverShape = key(Record("cover", CoverShape), "who files it and when")
    columns: Mapping[str, ColumnShape] = key(Each(Record("column", ColumnShape)), "the columns")
    versions: tuple[RowShape, ...] = key(Many(Record("versions", RowShape)), "one a layout, newest first")
    sections: tuple[SectionShape, ...] = key(Many(Record("section", SectionShape)), "as printed")
    checks_when: str = key(FormulaText(), "the checks that rows imply are skipped unless this is true", default="")
    checks: Mapping[str, CheckShape] = key(
        Each(Record("check", CheckShape), Plain("number")), "what rows do not already say", default={}
    )
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOverlayFile(Shape):
    extends: str = key(Code("pack"), "the pack that it adds to")
    versions: tuple[RowShape, ...] = key(Many(Record("versions", RowShape)), "further layouts", default=())
    rows: Mapping[str, ItemShape] = key(
        Each(Record("row", ItemShape), Code("id")), "rows added, each `after` another", default={}
    )
    checks: Mapping[str, CheckShape] = key(
        Each(Record("check", CheckShape), Plain("number")), "checks added", default={}
    )
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFamilyFile(Shape):
    name: Label = key(Bilingual(), "what these checks are about")
    forms: tuple[str, ...] = key(Many(Code("form")), "the forms that they compare")
    checks: Mapping[str, CheckShape] = key(Each(Record("check", CheckShape), Plain("number")), "the checks")
    note: str = key(Plain(), "a remark for editors", default="")


# ── mappings/<name>.yaml + .csv ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingFile(Shape):
    name: Label = key(Bilingual(), "the mapping's name")
    form: str = key(Code("form"), "the form whose cells it fills")
    unit: str = key(Word("unit"), "the unit of the sheet, unless the sheet says its own")
    table: str = key(Plain("file"), "the CSV beside it: item,code,sign,since,until,note")
    name_in: str = key(Plain("column"), "the column of the sheet that holds the names of rows")
    columns: Mapping[str, str] = key(Each(Plain("column"), Code("column")), "our column: the sheet's column")
    unmapped: str = key(
        Choice("rule for unmapped names", ("keep", "refuse")), "what becomes of a name without a code", default="keep"
    )
    versions: tuple[RowShape, ...] = key(Many(Record("versions", RowShape)), "newest first", default=())
    note: str = key(Plain(), "a remark for editors", default="")


# ── indicators, parameters, warnings ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayShape(Shape):
    decimals: int = key(Whole(), "places shown, in its unit", default=2)
    short: Label | None = key(Bilingual(), "a short name for narrow places", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparableShape(Shape):
    with_older: str = key(Choice("comparability", ("unbroken", "broken")), "whether the series goes on")
    why: Label | None = key(Bilingual(), "why", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow(RowShape):
    formula: str = key(FormulaText(), "the formula; it gives a ratio where the unit is one", body=True)
    comparable: ComparableShape | None = key(
        Record("comparable", ComparableShape), "demanded where an older row exists", default=None, body=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFile(Shape):
    name: Label = key(Bilingual(), "the indicator's name")
    unit: str = key(Word("unit"), "how it is read and shown")
    direction: str = key(Choice("direction", tuple(Direction)), "which way is better")
    display: DisplayShape | None = key(Record("display", DisplayShape), "how it is shown", default=None)
    group: str = key(Code("group"), "the group that it is shown in", default="")
    versions: tuple[IndicatorRow, ...] = key(Many(Record("versions", IndicatorRow)), "newest first")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorOverlayFile(Shape):
    extends: str = key(Code("pack"), "the pack that it adds to")
    versions: tuple[IndicatorRow, ...] = key(Many(Record("versions", IndicatorRow)), "newest first")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow(RowShape):
    values: Mapping[str, str | Mapping[str, str]] = key(
        Each(Either(text=Plain("value"), map=Each(Plain("value"), Plain("word")))),
        "member: value, or member: {word: value} where the file has a key",
        body=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFile(Shape):
    name: Label = key(Bilingual(), "what the values are")
    unit: str = key(Word("unit"), "their unit; 70%, 0.70 and amounts with a unit of the vocabulary are read exactly")
    keyed_by: str = key(Plain("set"), "the set of words by which they differ", default="", name="key")
    members: Mapping[str, Label] = key(Each(Bilingual()), "the values of the file, by id")
    versions: tuple[ParameterRow, ...] = key(Many(Record("versions", ParameterRow)), "newest first")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterOverlayFile(Shape):
    extends: str = key(Code("pack"), "the pack that it adds to")
    versions: tuple[ParameterRow, ...] = key(Many(Record("versions", ParameterRow)), "newest first")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeShape(Shape):
    report_types: tuple[str, ...] = key(Many(Word("report_type")), "whom it looks at", default=())
    period_types: tuple[str, ...] = key(Many(PERIOD_TYPE), "which periods it looks at", default=())
    when: str = key(FormulaText(), "only where this is true", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShape(Shape):
    level: str = key(Word("level"), "the level")
    when: str = key(FormulaText(), "when it is reached")
    message: Label = key(Bilingual(), "what is said; {line} is what it was compared with, an id its value")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRow(RowShape):
    measure: str = key(FormulaText(), "what is watched", body=True)
    levels: tuple[LevelShape, ...] = key(Many(Record("levels", LevelShape)), "gravest first", body=True)
    clears: str = key(FormulaText(), "when it is over; else when no level is reached", default="", body=True)
    clears_after: int = key(Whole(), "for so many periods in a row", default=1, body=True)
    evidence: tuple[str, ...] = key(
        Many(FormulaText(), single=True), "what is shown with the signal", default=(), body=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningFile(Shape):
    name: Label = key(Bilingual(), "the rule's name")
    scope: ScopeShape | None = key(Record("scope", ScopeShape), "whom it looks at", default=None)
    versions: tuple[WarningRow, ...] = key(Many(Record("versions", WarningRow)), "newest first")
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningOverlayFile(Shape):
    extends: str = key(Code("pack"), "the pack that it adds to")
    versions: tuple[WarningRow, ...] = key(Many(Record("versions", WarningRow)), "newest first")


# ── tests/<same path>.yaml ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseShape(Shape):
    name: str = key(Plain(), "what it shows", default="")
    like: str = key(Plain("case"), "begin with the cells of that case", default="")
    given: Mapping[str, str | Mapping[str, str]] = key(
        Each(Either(text=Plain("value"), map=VALUES), Plain("cell")),
        "cells: item, opening(item), year_ago(item), or item: {column: value}; `blank` is an empty cell",
        default={},
    )
    set: Mapping[str, str | Mapping[str, str]] = key(
        Each(Either(text=Plain("value"), map=VALUES), Plain("cell")),
        "what differs from the case it is like",
        default={},
    )
    unit: str = key(Word("unit"), "the unit of the given amounts, else the form's", default="")
    period: str = key(Plain("period"), "the period, else the file's", default="")
    known: date | None = key(Day(), "what was known on that day", default=None)
    enterprise: Mapping[str, str] = key(Each(Plain("word")), "facts of the enterprise", default={})
    cover: Mapping[str, str] = key(Each(Plain("word")), "fields of the cover", default={})
    cite: CiteShape | None = key(Record("cite", CiteShape), "where the example is printed", default=None)
    trips: tuple[str, ...] = key(Many(Plain("check"), single=True), "of a form: exactly these checks fail", default=())
    expect: str = key(Plain("value"), "exactly this, at eight places", default="")
    printed: str = key(Plain("value"), "this, at the places that were printed", default="")
    unknown: str = key(Choice("reason", tuple(Why)), "no value, for this reason", default="")
    member: str = key(Code("member"), "of a parameter: which value", default="")
    word: str = key(Plain("word"), "of a parameter: for which word", default="", name="key")
    fires: str = key(Word("level"), "of a warning: this level", default="")
    silent: bool = key(Truth(), "of a warning: none", default=False)
    on_the_line: bool = key(Truth(), "of a warning: both sides of a level's comparison are equal", default=False)
    note: str = key(Plain(), "a remark for editors", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestFile(Shape):
    period: str = key(Plain("period"), "the period of the cases", default="")
    known: date | None = key(Day(), "what was known on that day, else all", default=None)
    unit: str = key(Word("unit"), "the unit of the given amounts, else the form's", default="")
    cite: CiteShape | None = key(Record("cite", CiteShape), "where the examples are printed", default=None)
    cases: Mapping[str, CaseShape] = key(Each(Record("case", CaseShape), Plain("case")), "the cases")
    note: str = key(Plain(), "a remark for editors", default="")


FILES: Mapping[str, tuple[type[Shape], type[Shape] | None]] = {
    "vocabulary": (VocabularyFile, None),
    "pack": (PackFile, None),
    "source": (SourceFile, None),
    "form": (FormFile, FormOverlayFile),
    "checks": (CheckFamilyFile, None),
    "mapping": (MappingFile, None),
    "indicator": (IndicatorFile, IndicatorOverlayFile),
    "parameter": (ParameterFile, ParameterOverlayFile),
    "warning": (WarningFile, WarningOverlayFile),
    "test": (TestFile, None),
}
"""Kind of file → its shape, and the shape of an overlay (`extends:`) where one may be written."""

FOLDERS = {
    "sources": "source",
    "reporting": "form",
    "reporting/checks": "checks",
    "mappings": "mapping",
    "indicators": "indicator",
    "parameters": "parameter",
    "warning": "warning",
}
"""Folder of a pack → kind of its files; `tests/` holds the same folders again."""
