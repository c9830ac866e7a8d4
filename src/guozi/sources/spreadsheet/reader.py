"""Reads xlsx, xlsm, xls and ods: bounds first, then calamine, then the sheets as forms. Content decides, never the file's name."""

from __future__ import annotations

import io
import time

import python_calamine as calamine

from guozi.core.kernel.findings import Finding, Place, Severity, mark
from guozi.sources.grid.read import readings
from guozi.sources.grid.rows import listed
from guozi.sources.grid.sheet import Grid
from guozi.sources.kinds import KIND_NAMES, Kind, kind_of
from guozi.sources.reading import Ask, FileReading, Refusal, refusal
from guozi.sources.spreadsheet import compound, package

_EMPTY = mark("the file is empty")
_TOO_LARGE = mark("the file has {size} MB; at most {most} MB are read")
_NOT_A_SHEET = mark("the file is {what}, not a spreadsheet")
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
        grids, findings = _grids(data, name, ask)
    except Refusal as refused:
        return FileReading((), (refused.finding,))
    return readings(grids, ask, findings)


def _grids(data: bytes, name: str, ask: Ask) -> tuple[list[Grid], list[Finding]]:
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
        raise refusal("not-a-spreadsheet", _NOT_A_SHEET, _NOT_A_SHEET_HINT, what=KIND_NAMES[kind])
    findings: list[Finding] = []
    if seen.macros:
        findings.append(Finding("source.macros", _MACROS, severity=Severity.HINT))
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending not in _ENDINGS[seen.kind]:
        findings.append(Finding("source.renamed", _NAME, {"name": name, "kind": seen.kind}, severity=Severity.WARNING))
    grids = _parse(data, seen, ask, deadline, findings)
    return grids, findings


def _parse(data: bytes, seen: package.Package, ask: Ask, deadline: float, findings: list[Finding]) -> list[Grid]:
    limits = ask.limits
    grids: list[Grid] = []
    hidden: list[str] = []
    cells = 0
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        if len(book.sheets_metadata) > limits.sheets:
            raise refusal("too-many-sheets", _SHEETS, count=len(book.sheets_metadata), most=limits.sheets)
        for index, sheet in enumerate(book.sheets_metadata):
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible != calamine.SheetVisibleEnum.Visible:
                hidden.append(sheet.name)
                continue
            if time.monotonic() > deadline:
                raise refusal("too-slow", _SLOW, seconds=limits.seconds)
            content = book.get_sheet_by_index(index)
            height, width = content.total_height + 1, content.total_width + 1
            cells += height * width
            package.check_extent(max(height, cells // max(width, 1)), width, limits, sheet.name)
            merged = content.merged_cell_ranges or ()
            rows = content.to_python(skip_empty_area=False)
            grids.append(Grid(sheet.name, rows, seen.flaws.get(sheet.name, {}), merged))
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


_ENCRYPTED = mark("the file is protected by a password and cannot be read")
