"""Reads a text table (comma, tab or semicolon; UTF-8, UTF-16 or GB 18030) as one sheet without a name."""

from __future__ import annotations

import csv
import io

from guozi.core.kernel.findings import Finding, Severity, mark
from guozi.sources.grid.read import readings
from guozi.sources.grid.sheet import Grid
from guozi.sources.kinds import Kind, kind_of
from guozi.sources.reading import Ask, FileReading, Refusal, refusal

_TOO_LARGE = mark("the file has {size} MB; at most {most} MB are read")
_EXTENT = mark("the table has {rows} rows and up to {columns} columns, which is more than is read")
_ENCODING = mark("the text is neither UTF-8 nor GB 18030 and cannot be read")
_GB = mark("the text was read as GB 18030")
_NAME = mark("the file is called {name}, but its content is {kind}; it was read by its content")
_BROKEN = mark("line {line} of the table cannot be read")
_ENDINGS = ("csv", "txt", "tsv", "tab")
_MB = 1024 * 1024


def claims(data: bytes) -> bool:
    """True for text that is not JSON."""
    return kind_of(data) is Kind.TEXT


def read(data: bytes, name: str, ask: Ask) -> FileReading:
    """The form in a text table. Never raises for what is in the file."""
    try:
        grid, findings = only_grid(data, name, ask)
    except Refusal as refused:
        return FileReading((), (refused.finding,))
    return readings([grid], ask, findings)


def only_grid(data: bytes, name: str, ask: Ask) -> tuple[Grid, list[Finding]]:
    limits = ask.limits
    if len(data) > limits.file_bytes:
        raise refusal("too-large-file", _TOO_LARGE, size=len(data) // _MB, most=limits.file_bytes // _MB)
    findings: list[Finding] = []
    if "." in name and name.rpartition(".")[2].lower() not in _ENDINGS:
        findings.append(Finding("source.renamed", _NAME, {"name": name, "kind": "csv"}, severity=Severity.WARNING))
    text = _decoded(data, findings)
    head = text[:10_000]
    delimiter = max(",\t;", key=head.count)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    widest = cells = 0
    try:
        for row in reader:
            rows.append(row)
            widest = max(widest, len(row))
            cells += len(row)
            if len(rows) > limits.rows or widest > limits.columns or cells > limits.cells:
                raise refusal("too-large-sheet", _EXTENT, rows=len(rows), columns=widest)
    except csv.Error as error:
        raise refusal("corrupt", _BROKEN, line=reader.line_num) from error
    return Grid("", rows), findings


def _decoded(data: bytes, findings: list[Finding]) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise refusal("encoding", _ENCODING) from error
    findings.append(Finding("source.gb18030", _GB, severity=Severity.HINT))
    return text
