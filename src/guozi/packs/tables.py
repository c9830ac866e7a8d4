"""CSV tables beside the YAML that declares them: each cell a text that knows its line and column, read by a shape like everything else."""

# ruff: noqa: RUF009  (`key` makes a dataclass field, as `field` does)

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from guozi.core.kernel.findings import mark
from guozi.packs.nodes import LARGEST_FILE, Document, Map, Node, Text
from guozi.packs.reader import DID_YOU_MEAN, FAULTY, Reader, guess
from guozi.packs.specs import Choice, Code, Day, Plain, Shape, key, keys

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)')


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingLine(Shape):
    """A row of a mapping's table."""

    item: str = key(Plain(), "the name as the sheet prints it")
    code: str = key(Code("item"), "the item of the form; empty: kept and listed", default="")
    sign: str = key(Choice("sign", ("+", "-", "1", "-1")), "- where it is subtracted", default="+")
    since: date | None = key(Day(), "for periods that end on this day or later", default=None)
    until: date | None = key(Day(), "for periods that end before this day", default=None)
    note: str = key(Plain(), "a remark for editors", default="")


def read_table(data: bytes, file: str, shape: type[Shape]) -> tuple[Document, list[Any]]:
    """The rows of a CSV file, each the shape or left out where faulty; the document holds the findings."""
    document = Document(file, [])
    if len(data) > LARGEST_FILE:
        document.say(
            "too-large",
            mark("the file has {size} bytes, at most {most} are read"),
            Node(1, 1, 2),
            size=len(data),
            most=LARGEST_FILE,
        )
        return document, []
    try:
        document.lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        document.say("not-utf-8", mark("this file is not UTF-8"), Node(line, 1, 2), mark("save it as UTF-8"))
        return document, []
    declared = list(keys(shape))
    header = _cells(document, 1)
    if header is None:
        return document, []
    if not _header_is_right(document, header, declared, keys(shape)):
        return document, []
    reader = Reader(document, None)
    rows = []
    for number in range(2, len(document.lines) + 1):
        if not document.line(number).strip():
            continue
        cells = _cells(document, number)
        if cells is None:
            continue
        if len(cells) != len(header):
            document.say(
                "cells",
                mark("{found} cells here, the first line has {wanted}"),
                Node(number, 1, len(document.line(number)) + 1),
                mark("put a text that holds a comma in quotation marks"),
                found=len(cells),
                wanted=len(header),
            )
            continue
        node = Map(number, 1, len(document.line(number)) + 1, {})
        node.entries = {name.value: (cell, cell) for name, cell in zip(header, cells, strict=True) if cell.value}
        row = reader.record(shape, "row", node)
        if row is not FAULTY:
            rows.append(row)
    return document, rows


def _header_is_right(document: Document, header: list[Text], declared: list[str], shape: Any) -> bool:
    before = len(document.findings)
    names = [cell.value for cell in header]
    for cell in header:
        if cell.value not in declared:
            near = guess(cell.value, declared)
            document.say(
                "unknown-column",
                mark("'{column}' is not a column of this table"),
                cell,
                DID_YOU_MEAN if near else mark("its columns: {columns}"),
                column=cell.value,
                guess=near,
                columns=", ".join(declared),
            )
        elif names.index(cell.value) != header.index(cell):
            document.say("column-twice", mark("the column {column} stands here twice"), cell, column=cell.value)
    if len(document.findings) == before:
        for name in declared:
            if shape[name].required and name not in names:
                document.say("missing-column", mark("the table lacks the column {column}"), Node(1, 1, 2), column=name)
    return len(document.findings) == before


def _cells(document: Document, number: int) -> list[Text] | None:
    """The cells of a line with their places, or None where a quotation mark stands wrong."""
    line = document.line(number)
    cells: list[Text] = []
    position = 0
    while True:
        match = _CELL.match(line, position)
        if match is None:
            document.say(
                "csv-quote",
                mark("a quotation mark stands wrong here"),
                Node(number, position + 1, len(line) + 1),
                mark("double it inside a text, and close it on the same line"),
            )
            return None
        quoted = match[1] is not None
        value = match[1].replace('""', '"') if quoted else match[2].strip()
        column = match.start() + 1 + quoted
        cells.append(Text(number, column, match.end() + 1 - len(match[3]) - quoted, value, False, (number, column)))
        position = match.end()
        if not match[3]:
            return cells
