"""Reads xlsx, xlsm, xls and ods: bounds first, then calamine, then the sheets as forms. Content decides, never the file's name."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence

import python_calamine as calamine

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.sources.amounts import Content
from guozi.sources.grid.read import readings
from guozi.sources.grid.rows import listed
from guozi.sources.grid.sheet import Grid
from guozi.sources.kinds import NOT_A_SPREADSHEET, Kind, kind_of
from guozi.sources.reading import Ask, FileReading, Refusal, refusal
from guozi.sources.spreadsheet import apart, compound, package

_EMPTY = mark("the file is empty")
_TOO_LARGE = mark("the file has {size} MB; at most {most} MB are read")
_NOT_A_SHEET_HINT = mark("Renaming a file does not convert it: open it in the program that made it and save it as xlsx")
_DAMAGED = mark("the spreadsheet is damaged and cannot be read")
_DAMAGED_HINT = mark("Open it in a spreadsheet program, save it anew and send that file")
_SHEETS = mark("the file has {count} sheets; at most {most} are read")
_SLOW = mark("reading the file takes longer than {seconds} seconds and was given up")
_MACROS = mark("the file contains macros; they were not run, only the cells were read")
_HIDDEN = mark("hidden sheets were not read: {sheets}")
_NAME = mark("the file is called {name}, but its content is {kind}; it was read by its content")
_ENDINGS = {"xlsx": ("xlsx", "xlsm", "xltx", "xltm"), "xls": ("xls", "xlt", "et"), "ods": ("ods", "ots")}
_MB = 1024 * 1024


def claims(data: bytes) -> bool:
    """True where this door answers for the content: whatever is not text, so that every such file gets its answer here."""
    return kind_of(data) not in (Kind.JSON, Kind.TEXT)


def read(data: bytes, name: str, ask: Ask) -> FileReading:
    """The forms in a spreadsheet. Never raises for what is in the file: a file that cannot be read has no reading and one error."""
    try:
        grids, findings = all_grids(data, name, ask)
    except Refusal as refused:
        return FileReading((), (refused.finding,))
    return readings(grids, ask, findings)


def all_grids(data: bytes, name: str, ask: Ask) -> tuple[list[Grid], list[Finding]]:
    limits = ask.limits
    deadline = time.monotonic() + limits.seconds
    if len(data) > limits.file_bytes:
        raise refusal("too-large-file", _TOO_LARGE, size=len(data) // _MB, most=limits.file_bytes // _MB)
    kind = kind_of(data)
    if kind is Kind.EMPTY:
        raise refusal("empty-file", _EMPTY)
    if kind is Kind.ZIP:
        seen = package.inspect(data, limits)
    elif kind is Kind.COMPOUND:
        seen = compound.inspect(data, limits)
    else:
        raise refusal("not-a-spreadsheet", NOT_A_SPREADSHEET[kind], _NOT_A_SHEET_HINT)
    findings: list[Finding] = []
    if seen.macros:
        findings.append(Finding("source.macros", _MACROS, severity=Severity.HINT))
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending not in _ENDINGS[seen.kind]:
        findings.append(Finding("source.renamed", _NAME, {"name": name, "kind": seen.kind}, severity=Severity.WARNING))
    grids = _parse(data, seen, ask, deadline, findings)
    return grids, findings


def _parse(data: bytes, seen: package.Package, ask: Ask, deadline: float, findings: list[Finding]) -> list[Grid]:
    grids: list[Grid] = []
    hidden: list[str] = []
    try:
        sheets = _sheets_of_xls(data, ask, deadline) if seen.kind == "xls" else _sheets(data, ask, deadline)
        for name, visible, rows, merged in sheets:
            if visible:
                grids.append(Grid(name, rows, seen.flaws.get(name, {}), merged))
            else:
                hidden.append(name)
    except calamine.PasswordError as error:
        raise refusal("encrypted", _ENCRYPTED, package.ENCRYPTED_HINT) from error
    except Refusal:
        raise
    except Exception as error:
        raise refusal("corrupt", _DAMAGED, _DAMAGED_HINT) from error
    except BaseException as error:
        # A panic of the native reader is no Exception; anything else of that rank (interrupt, exit) is not ours to hold.
        if type(error).__name__ != "PanicException":
            raise
        raise refusal("corrupt", _DAMAGED, _DAMAGED_HINT) from error
    if hidden:
        place = Place(sheet=hidden[0])
        findings.append(
            Finding("source.hidden-sheets", _HIDDEN, {"sheets": listed(hidden)}, place, severity=Severity.HINT)
        )
    return grids


Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


def _sheets(data: bytes, ask: Ask, deadline: float) -> Iterator[tuple[str, bool, Sequence[Sequence[Content]], Merged]]:
    """Name, visibility, rows and merged ranges of each sheet with cells; those of hidden sheets are not laid out."""
    limits = ask.limits
    cells = 0
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    _bound_sheets(len(book.sheets_metadata), ask)
    for index, sheet in enumerate(book.sheets_metadata):
        if time.monotonic() > deadline:
            raise refusal("too-slow", _SLOW, seconds=limits.seconds)
        if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != calamine.SheetVisibleEnum.Visible:
            yield sheet.name, False, (), ()
            continue
        content = book.get_sheet_by_index(index)
        height, width = content.total_height + 1, content.total_width + 1
        cells += height * width
        package.check_extent(max(height, cells // width), width, limits, sheet.name)
        yield sheet.name, True, content.to_python(skip_empty_area=False), content.merged_cell_ranges or ()


def _sheets_of_xls(
    data: bytes, ask: Ask, deadline: float
) -> Iterator[tuple[str, bool, Sequence[Sequence[Content]], Merged]]:
    try:
        sheets = apart.sheets_apart(data, max(deadline - time.monotonic(), 0))
    except apart.Failed as error:
        if str(error) == "password":
            raise refusal("encrypted", _ENCRYPTED, package.ENCRYPTED_HINT) from error
        if str(error) == "slow":
            raise refusal("too-slow", _SLOW, seconds=ask.limits.seconds) from error
        raise refusal("corrupt", _DAMAGED, _DAMAGED_HINT) from error
    _bound_sheets(len(sheets), ask)
    for name, visible, rows in sheets:
        yield name, visible, rows, ()


def _bound_sheets(count: int, ask: Ask) -> None:
    if count > ask.limits.sheets:
        raise refusal("too-many-sheets", _SHEETS, count=count, most=ask.limits.sheets)


_ENCRYPTED = mark("the file is protected by a password and cannot be read")
