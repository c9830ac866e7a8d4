"""Compiles every formula of the packs and looks into every message for what it wants filled in."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from guozi.core.formula.compile import Compiler
from guozi.core.formula.tree import Attribute, Cell, Formula, Named, walk
from guozi.core.kernel.asof import AsOf, Status
from guozi.core.kernel.findings import Finding, Place, mark
from guozi.core.kernel.money import Type
from guozi.core.reporting.totals import SUM_OF_SECTION, derived_checks
from guozi.packs import shapes
from guozi.packs.nodes import Document, List, Map, Node, Text
from guozi.packs.reader import DID_YOU_MEAN, guess
from guozi.packs.rulebook import TRUTH, names_of, resolve

if TYPE_CHECKING:
    from guozi.packs.library import Entry, Library

_OF_A_CHECK = ("left", "right", "difference", "tolerance")
_OF_A_WARNING = ("line", "value")
_WORD = re.compile(r"[^\W\d]\w*")
_TOLD_ELSEWHERE = "formula.indicator"
_CYCLE = "formula.cycle"
_UNKNOWN_NAME = frozenset({"formula.name", "formula.function", "formula.column"})


def lint(library: Library) -> list[Finding]:
    """What is wrong with formulas and messages. What names something of a faulty file is not judged: its fault has been told."""
    judge = _Judge(library)
    for entry in sorted(library.entries, key=lambda entry: entry.kind != "indicator"):
        judge.entry(entry)
    return judge.findings


class _Judge:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.findings: list[Finding] = []
        self.cycles: set[frozenset[str]] = set()
        self.faulty, self.blind = _declared_by_faulty_files(library.entries)
        self.faulty |= {item.code for form in library.forms.values() for item in form.items()} & set(library.indicators)
        self._compilers: dict[tuple[object, ...], Compiler] = {}

    def entry(self, entry: Entry) -> None:
        """One file."""
        document, shape = entry.document, entry.shape
        match shape:
            case shapes.FormFile():
                self._form(entry, shape)
            case shapes.FormOverlayFile():
                self._checks(document, shape.checks, entry.code, date.max)
            case shapes.CheckFamilyFile():
                for check in shape.checks.values():
                    form = (check.forms or shape.forms)[0] if (check.forms or shape.forms) else ""
                    self._checks(document, {"": check}, form, date.max)
            case shapes.IndicatorFile() | shapes.IndicatorOverlayFile():
                self._indicator(entry, shape)
            case shapes.WarningFile() | shapes.WarningOverlayFile():
                self._warning(document, shape)

    def _indicator(self, entry: Entry, shape: shapes.IndicatorFile | shapes.IndicatorOverlayFile) -> None:
        head = self.library.indicators.get(entry.code)
        before = len(self.findings)
        for row in shape.versions:
            if row.formula and head is not None:
                node = row.at.value("formula")
                self.compile(entry.document, node, row.effective, frozenset({head.unit.type}), code=entry.code)
        if len(self.findings) > before:
            self.faulty |= {entry.code}

    def _form(self, entry: Entry, shape: shapes.FormFile) -> None:
        form = self.library.forms.get(entry.code)
        if form is None:
            return
        document = entry.document
        for section in shape.sections:
            for code, item in section.rows.items():
                if item.total and item.total != SUM_OF_SECTION:
                    type_ = self.library.vocabulary.units[item.unit or shape.unit].type
                    self.compile(document, item.at.value("total"), date.max, frozenset({type_}), form=entry.code)
                elif item.total and not any(
                    check.holds.startswith(f"{code} = ")
                    for layout in form.layouts
                    for check in derived_checks(form, layout)
                ):
                    document_say(
                        self.findings,
                        document,
                        "empty-sum",
                        mark("no row stands in this section to be summed"),
                        item.at.key("total"),
                    )
        for word, column in shape.columns.items():
            if column.otherwise:
                self._otherwise(document, word, column, entry.code)
        if shape.checks_when:
            self.compile(document, shape.at.value("checks_when"), date.max, TRUTH, form=entry.code)
        self._checks(document, shape.checks, entry.code, date.max)

    def _otherwise(self, document: Document, word: str, column: shapes.ColumnShape, form: str) -> None:
        """Tried on the first item of the form, as the compiler does for each."""
        first = next(iter(self.library.forms[form].items()), None)
        if first is None:
            return
        found = self._compiler(date.max).compile(f"{word}({form}.{first.code})")
        if not isinstance(found, Formula):
            node = column.at.value("otherwise")
            document_say(
                self.findings,
                document,
                "otherwise",
                mark("this cannot stand in for column {column}"),
                node,
                mark("write year_ago(column)"),
                column=word,
            )

    def _checks(self, document: Document, checks: Mapping[str, shapes.CheckShape], form: str, day: date) -> None:
        for check in checks.values():
            head = self.library.forms.get(form)
            columns = check.columns if head else ()
            known = {column.code for column in head.columns} if head else set()
            sound: list[str | None] = [column for column in columns if column in known]
            for column in sound[:1] or [None]:
                self.compile(document, check.at.value("holds"), day, TRUTH, form=form, column=column)
                if check.when:
                    self.compile(document, check.at.value("when"), day, TRUTH, form=form, column=column)
            self._message(
                document, check.at.value("message"), _OF_A_CHECK, mark("{{{name}}} is not a value of this check")
            )

    def _warning(self, document: Document, shape: shapes.WarningFile | shapes.WarningOverlayFile) -> None:
        scope = getattr(shape, "scope", None)
        if scope is not None and scope.when:
            self.compile(document, scope.at.value("when"), date.max, TRUTH)
        for row in shape.versions:
            if row.status == Status.REPEALED:
                continue
            formulas = [self.compile(document, row.at.value("measure"), row.effective)]
            for level in row.levels or ():
                formulas.append(self.compile(document, level.at.value("when"), row.effective, TRUTH))
            if row.clears:
                self.compile(document, row.at.value("clears"), row.effective, TRUTH)
            evidence = row.at.get("evidence")
            for node in evidence.items if isinstance(evidence, List) else [evidence] if evidence else []:
                formulas.append(self.compile(document, node, row.effective))
            names = {*_OF_A_WARNING, *(name for formula in formulas if formula for name in _named(formula))}
            if all(formulas):
                for level in row.levels or ():
                    message = mark("{{{name}}} is not a value of this warning")
                    self._message(document, level.at.value("message"), names, message)

    def _message(self, document: Document, node: Node, known: Iterable[str], message: str) -> None:
        for text in (node.get("zh"), node.get("en")) if isinstance(node, Map) else ():
            if not isinstance(text, Text):
                continue
            try:
                names = [name for _, name, _, _ in string.Formatter().parse(text.value) if name is not None]
            except ValueError:
                document_say(
                    self.findings,
                    document,
                    "brace",
                    mark("a brace without its partner"),
                    text,
                    mark("write {{{{ or }}}} for a brace itself"),
                )
                continue
            for name in names:
                if name not in known:
                    place = _inside(text, f"{{{name}}}")
                    near = guess(name, known)
                    document_say(
                        self.findings,
                        document,
                        "placeholder",
                        message,
                        place,
                        DID_YOU_MEAN if near else "",
                        name=name,
                        guess=near,
                    )

    # compiling

    def compile(
        self,
        document: Document,
        node: Node,
        day: date,
        expect: frozenset[Type] | None = None,
        *,
        code: str = "",
        form: str = "",
        column: str | None = None,
    ) -> Formula | None:
        """The formula, or None where it is wrong (said) or names something of a faulty file (not judged)."""
        if not isinstance(node, Text) or self.faulty & set(_WORD.findall(node.value)):
            return None
        line, start = node.start
        place = Place(document.file, line, start)
        found = self._compiler(day).compile(
            node.value, expect=expect, code=code, form=form, column=column, place=place, source_line=document.line(line)
        )
        if isinstance(found, Formula):
            return found
        for finding in found:
            if finding.code == _TOLD_ELSEWHERE or (self.blind and finding.code in _UNKNOWN_NAME):
                continue
            if finding.code == _CYCLE:
                members = frozenset(str(finding.args.get("way", "")).split(" → "))
                if members in self.cycles:
                    continue
                self.cycles.add(members)
            spot = finding.place.line or line
            self.findings.append(replace(finding, source_line=document.line(spot)))
        return None

    def _compiler(self, day: date) -> Compiler:
        """Over the names of that day; an indicator that is not in force then counts with its oldest definition, so that it has a type."""
        texts = {}
        at = AsOf(day, date.max)
        for code, layers in self.library.layers.indicators.items():
            row = resolve(layers, at) or next((row for rows in layers for row in reversed(rows) if row.formula), None)
            if row is not None and code in self.library.indicators:
                texts[code] = row.formula
        key = tuple(texts.items())
        if key not in self._compilers:
            self._compilers[key] = Compiler(names_of(self.library, texts))
        return self._compilers[key]


def document_say(
    findings: list[Finding], document: Document, code: str, message: str, node: Node, hint: str = "", /, **args: object
) -> None:
    """Adds a finding at a node of that document."""
    Document(document.file, document.lines, findings=findings).say(code, message, node, hint, **args)


def _declared_by_faulty_files(entries: Iterable[Entry]) -> tuple[frozenset[str], bool]:
    """The names that faulty files declare; and whether a form is among them, for then an unknown name may be one of its rows."""
    names: set[str] = set()
    blind = False
    for entry in entries:
        if entry.shape is not None:
            continue
        if entry.kind in ("indicator", "parameter"):
            names.add(entry.code)
        elif entry.kind == "form":
            root = entry.document.root
            blind = True
            names |= set(_items_in(root)) if root else set()
    return frozenset(names), blind


def _items_in(root: Map) -> Iterator[str]:
    sections = root.get("sections")
    for node in [*(sections.items if isinstance(sections, List) else []), root]:
        rows = node.get("rows") if isinstance(node, Map) else None
        if isinstance(rows, Map):
            yield from rows.entries
    columns = root.get("columns")
    if isinstance(columns, Map):
        yield from columns.entries


def _named(formula: Formula) -> Iterator[str]:
    for node in walk(formula.root):
        if isinstance(node, Named):
            yield node.code
        elif isinstance(node, Cell):
            yield node.item
        elif isinstance(node, Attribute):
            yield node.name


def _inside(text: Text, part: str) -> Node:
    """The place of a part of a text, where it stands on the text's first line as written."""
    line, column = text.start
    offset = text.value.find(part)
    if offset < 0 or text.value.find("\n") >= 0:
        return text
    return Node(line, column + offset, column + offset + len(part))
