"""Reads `{"form","period","entity","unit","cells":{item:{column:"…"}}}`, one such object or a list of them; amounts keep their digits."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.core.kernel.money import Unit
from guozi.core.reporting.form import Form, Item, Layout
from guozi.sources.amounts import Amount, Bad, read_amount
from guozi.sources.grid.cover import judge_cover
from guozi.sources.grid.sheet import Cover
from guozi.sources.kinds import Kind, kind_of
from guozi.sources.reading import Ask, FileReading, Notes, Reading, Refusal, Unmapped, Unreadable, refusal

_TOO_LARGE = mark("the file has {size} MB; at most {most} MB are read")
_NOT_JSON = mark("the file begins like JSON, but cannot be read as JSON at line {line}, column {column}: {problem}")
_SHAPE = mark("{place} is not what it must be: {expected}")
_NO_FORM = mark("'{form}' is not a form that is known here; known are {forms}")
_KEY = mark("'{key}' is not a key of a filing")
_TWICE = mark("'{key}' stands twice in one object")
_NO_ITEM = mark("'{item}' is not an item of {form}; its amount is kept and listed")
_NO_COLUMN = mark("'{column}' is not a column of {form}; its amount is kept and listed")
_MEANT = mark("did you mean {meant}?")
_FORM_TWICE = mark("{form} stands twice in the file; only the first was read")
_NAME = mark("the file is called {name}, but its content is {kind}; it was read by its content")
_KEYS = ("form", "layout", "period", "entity", "entity_name", "report_type", "unit", "currency", "cells")
_MB = 1024 * 1024


def claims(data: bytes) -> bool:
    """True for text that begins like JSON."""
    return kind_of(data) is Kind.JSON


class _Twice(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


class _Digits(str):
    """A JSON number, as its digits: never a binary fraction."""


def read(data: bytes, name: str, ask: Ask) -> FileReading:
    """The forms in a JSON document. Never raises for what is in the file.

    The layout offered is the form's own, in those columns that occur; `null`, `""` and a missing item are
    blank; `{"na": "reason"}` is not applicable.
    """
    try:
        root = _parsed(data, ask)
    except Refusal as refused:
        return FileReading((), (refused.finding,))
    findings: list[Finding] = []
    if "." in name and not name.lower().endswith(".json"):
        findings.append(Finding("source.renamed", _NAME, {"name": name, "kind": "json"}, severity=Severity.WARNING))
    found: dict[str, Reading] = {}
    entries = root if isinstance(root, list) else [root]
    for index, entry in enumerate(entries):
        at = f"/{index}" if isinstance(root, list) else ""
        reading = _filing(entry, at, ask)
        if isinstance(reading, Finding):
            findings.append(reading)
        elif reading.form in found:
            findings.append(
                Finding(
                    "source.form-twice", _FORM_TWICE, {"form": ask.forms[reading.form][0].name.zh}, Place(address=at)
                )
            )
        else:
            found[reading.form] = reading
    if not entries:
        findings.append(_wrong("/", '{"form": …} / [{"form": …}, …]'))
    wanted = ask.expected.form
    if wanted and found and wanted not in found:
        names = ", ".join(ask.forms[code][0].name.zh for code in found)
        args = {"found": names, "expected": ask.forms[wanted][0].name.zh if wanted in ask.forms else wanted}
        findings.append(Finding("source.other-form", _OTHER_FORM, args, Place(form=wanted)))
    return FileReading(tuple(found.values()), tuple(findings))


_OTHER_FORM = mark("the file holds {found}, but {expected} is expected")


def _parsed(data: bytes, ask: Ask) -> object:
    limits = ask.limits
    if len(data) > limits.file_bytes:
        raise refusal("too-large-file", _TOO_LARGE, size=len(data) // _MB, most=limits.file_bytes // _MB)
    try:
        text = data.decode("utf-8-sig")
        root: object = json.loads(
            text, object_pairs_hook=_once, parse_float=_Digits, parse_int=_Digits, parse_constant=_Digits
        )
    except json.JSONDecodeError as error:
        raise refusal("not-json", _NOT_JSON, line=error.lineno, column=error.colno, problem=error.msg) from error
    except _Twice as error:
        raise refusal("key-twice", _TWICE, key=error.name) from error
    except (UnicodeDecodeError, RecursionError) as error:
        problem = "UTF-8" if isinstance(error, UnicodeDecodeError) else "depth"
        raise refusal("not-json", _NOT_JSON, line=1, column=1, problem=problem) from error
    return root


def _wrong(place: str, expected: str) -> Finding:
    return Finding("source.wrong-shape", _SHAPE, {"place": place, "expected": expected}, Place(address=place))


def _filing(entry: object, at: str, ask: Ask) -> Reading | Finding:
    if not isinstance(entry, dict):
        return _wrong(at or "/", '{"form": …, "period": …, "cells": {…}}')
    code = entry.get("form")
    if not isinstance(code, str) or code not in ask.forms:
        hint, meant = _near(str(code), ask.forms)
        args = {"form": str(code), "forms": ", ".join(sorted(ask.forms))} | meant
        return Finding("source.no-such-form", _NO_FORM, args, Place(address=f"{at}/form"), hint)
    cells = entry.get("cells")
    if not isinstance(cells, dict) or not all(isinstance(columns, dict) for columns in cells.values()):
        return _wrong(f"{at}/cells", '{"<item>": {"<column>": "<amount>"}}')
    form, layout = ask.forms[code]
    return _Filing(form, layout, at, ask).read(entry, cells)


def _near(text: str, words: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The hint and its argument, where one of the words is near."""
    near = difflib.get_close_matches(text, list(words), 1)
    return (_MEANT, {"meant": near[0]}) if near else ("", {})


class _Filing:
    """One filing of a document while it is read."""

    def __init__(self, form: Form, layout: Layout, at: str, ask: Ask) -> None:
        self.form, self.layout, self.at, self.ask = form, layout, at, ask
        self.cells: dict[str, dict[str, str]] = {}
        self.origins: dict[str, dict[str, str]] = {}
        self.not_applicable: dict[str, dict[str, str]] = {}
        self.unmapped: list[Unmapped] = []
        self.unreadable: list[Unreadable] = []
        self.findings: list[Finding] = []
        self.unread: set[tuple[str, str]] = set()
        self.notes = Notes("")

    def read(self, entry: Mapping[str, object], cells: Mapping[str, Mapping[str, object]]) -> Reading:
        """The whole object, key by key."""
        for name in sorted(entry.keys() - set(_KEYS)):
            self._strange("key", _KEY, name, f"{self.at}/{name}", _KEYS)
        values = {
            name: (str(entry[name]), f"{self.at}/{name}") for name in _KEYS[1:-1] if isinstance(entry.get(name), str)
        }
        judged = judge_cover(Cover(values, ()), self.form, self.ask, "", None)
        self.findings += judged.findings
        items = {item.code: item for item in self.form.items(self.layout)}
        columns = {column.code: column for column in self.form.columns}
        used: set[str] = set()
        for code, row in cells.items():
            if code not in items:
                self._strange("item", _NO_ITEM, code, f"{self.at}/cells", items)
            for column, content in row.items():
                if column not in columns:
                    self._strange("column", _NO_COLUMN, column, f"{self.at}/cells", columns)
                if code in items and column in columns:
                    used.add(column)
                    self._cell(items[code], column, content, judged.unit)
                elif content not in (None, ""):
                    self.unmapped.append(Unmapped(f"{code}/{column}", self._place(code, column), str(content)))
        return Reading(
            form=self.form.code,
            place=self.at,
            unit=judged.unit,
            cells=self.cells,
            origins=self.origins,
            not_applicable=self.not_applicable,
            offered=frozenset((item, column) for item in items for column in used) - self.unread,
            unmapped=tuple(self.unmapped),
            unreadable=tuple(self.unreadable),
            cover=judged.values,
            findings=(*self.findings, *self.notes.findings()),
        )

    def _place(self, item: str, column: str) -> str:
        return f"{self.at}/cells/{item}/{column}"

    def _strange(self, what: str, message: str, code: str, at: str, words: Iterable[str]) -> None:
        """Says once that no key, item or column of that name is known, and which one may be meant."""
        hint, meant = _near(code, words)
        args = {what: code, "form": self.form.name.zh} | meant
        place = Place(address=at, form=self.form.code)
        finding = Finding(f"source.no-such-{what}", message, args, place, hint, Severity.WARNING)
        if finding not in self.findings:
            self.findings.append(finding)

    def _cell(self, item: Item, column: str, content: object, money: Unit) -> None:
        place = self._place(item.code, column)
        if (
            isinstance(content, dict)
            and set(content) == {"na"}
            and isinstance(content["na"], str)
            and content["na"].strip()
        ):
            self.not_applicable.setdefault(item.code, {})[column] = content["na"]
            self.origins.setdefault(item.code, {})[column] = place
            return
        if content is not None and not isinstance(content, str):
            read: Amount | Bad = Bad("wrong-shape", _SHAPE, json.dumps(content, ensure_ascii=False))
        else:
            read = read_amount(content, item.unit, money)
        if isinstance(read, Bad):
            self.unreadable.append(Unreadable(place, read.text))
            self.unread.add((item.code, column))
            args = {
                "text": read.text,
                "item": item.name.zh,
                "unit": item.unit.name.zh,
                "place": place,
                "expected": '"1234.50", null, {"na": "…"}',
            }
            spot = Place(address=place, form=self.form.code, item=item.code, item_column=column)
            self.findings.append(Finding(f"source.{read.kind}", read.message, args, spot))
            return
        if read.not_applicable:
            self.not_applicable.setdefault(item.code, {})[column] = read.not_applicable
        elif read.text is not None:
            self.cells.setdefault(item.code, {})[column] = read.text
            if read.note and not isinstance(content, _Digits) and read.note != "number-as-text":
                self.notes.add(read.note, place, read.before, read.text)
        else:
            return
        self.origins.setdefault(item.code, {})[column] = place
