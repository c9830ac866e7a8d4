"""Lists as files: CSV with a byte-order mark, and xlsx; text can never become a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Generic, TypeVar

from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from xlsxwriter import Workbook

from guozi.app.ui.numbers import plain, unknown_word
from guozi.core.kernel.unknown import Unknown

Row = TypeVar("Row")
Cell = str | Decimal | int | date | datetime | Unknown | None
"""What a column may give; an unknown is written as the page shows it, None as nothing."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_EXACT_DIGITS: Final = 15
"""Significant digits that a spreadsheet's number keeps; longer ones are written as text."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column of an export: its heading (with the unit in words) and how a row gives its cell."""

    heading: str
    value: Callable[[Row], Cell]
    number_format: str = "#,##0.00"
    """How a spreadsheet shows its numbers; a count takes `#,##0`, a ratio `0.00%`."""


def _safe(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _csv_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Unknown):
        return unknown_word(cell)
    if isinstance(cell, str):
        return _safe(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else plain(cell)


class _Line:
    """A file for csv.writer that keeps nothing: `write` hands the line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Iterable[Column[Row]], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV, the first with a byte-order mark so that every spreadsheet program reads it as UTF-8."""
    columns = list(columns)
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([_safe(column.heading) for column in columns])
    for row in rows:
        yield writer.writerow([_csv_text(column.value(row)) for column in columns])


def csv_response(name: str, columns: Iterable[Column[Row]], rows: Iterable[Row]) -> StreamingHttpResponse:
    """A CSV sent line by line, so that its length does not matter; `name` without extension."""
    response = StreamingHttpResponse(csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    return _attached(response, f"{name}.csv")


def xlsx_response(name: str, columns: Iterable[Column[Row]], rows: Iterable[Row]) -> FileResponse:
    """A spreadsheet with one sheet, written row by row to a temporary file; `name` without extension."""
    columns = list(columns)
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (FileResponse closes it)
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold, formats = (
        book.add_format({"bold": True}),
        {c.number_format: book.add_format({"num_format": c.number_format}) for c in columns},
    )
    day, moment = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.heading, bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(columns) - 1, 0), 18)
    for line, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            cell = column.value(row)
            if isinstance(cell, datetime):
                sheet.write_datetime(line, at, cell.replace(tzinfo=None), moment)
            elif isinstance(cell, date):
                sheet.write_datetime(line, at, cell, day)
            elif isinstance(cell, Decimal | int) and len(Decimal(cell).normalize().as_tuple().digits) <= _EXACT_DIGITS:
                sheet.write_number(line, at, cell, formats[column.number_format])
            elif cell is not None:
                sheet.write_string(line, at, cell if isinstance(cell, str) else _csv_text(cell))
    book.close()
    file.seek(0)
    response = FileResponse(file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    return _attached(response, f"{name}.xlsx")


Attached = TypeVar("Attached", StreamingHttpResponse, FileResponse)


def _attached(response: Attached, filename: str) -> Attached:
    header = content_disposition_header(True, filename)
    if header:
        response["Content-Disposition"] = header
    return response
