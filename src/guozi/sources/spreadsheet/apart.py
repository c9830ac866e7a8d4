"""Reads an xls in a process of its own, with bounded memory and time: its native reader trusts counts in the file and can bring a process down."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space that the process may have."""

Cell = str | float | bool | date | datetime | time | timedelta
Sheet = tuple[str, bool, list[list[Cell]]]
"""Name, whether it is shown, and its rows from A1."""


class Failed(Exception):
    """The process could not read the file; `str()` is `password`, `slow` or `damaged`."""


def sheets_apart(data: bytes, seconds: float) -> list[Sheet]:
    """The sheets with cells of an xls; Failed where it cannot be read within the time and memory."""
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(max(1, round(seconds)))]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds + 1, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed("slow") from error
    if done.returncode:
        raise Failed("password" if done.returncode == _PASSWORD else "damaged")
    return [
        (name, shown, [[_back(cell) for cell in row] for row in rows]) for name, shown, rows in json.loads(done.stdout)
    ]


_PASSWORD = 4


def _back(cell: object) -> Cell:
    if isinstance(cell, list):
        kind, text = cell
        return (
            date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text) if kind == "datetime" else text
        )
    return cell  # type: ignore[return-value]


def _out(cell: Cell) -> object:
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    return ["time", str(cell)] if isinstance(cell, (time, timedelta)) else cell


def main(seconds: int) -> int:
    """The process: an xls on standard input, its sheets as JSON on standard output."""
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        return _PASSWORD
    found = [
        (
            sheet.name,
            sheet.visible == calamine.SheetVisibleEnum.Visible,
            [[_out(cell) for cell in row] for row in book.get_sheet_by_index(index).to_python(skip_empty_area=False)],
        )
        for index, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
