"""Values as files: csv, xlsx or parquet by the file's ending; text can never become a formula."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from xlsxwriter import Workbook

from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.unknown import Unknown

Rows = Sequence[Mapping[str, object]]


def write_values(path: Path, rows: Rows) -> None:
    """Writes rows of the same columns; an unknown is an empty cell, its reason stands in the column `<name>: unknown`."""
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    writers = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    if path.suffix not in writers:
        raise UsageError(mark("{name} ends neither in .csv nor .xlsx nor .parquet"), name=path.name)
    writers[path.suffix](path, columns, flat)


def _flat(row: Mapping[str, object]) -> dict[str, Decimal | str | None]:
    out: dict[str, Decimal | str | None] = {}
    for name, value in row.items():
        if isinstance(value, Unknown):
            out[name], out[f"{name}: unknown"] = None, str(value)
        else:
            out[name] = value if isinstance(value, Decimal) or value is None else str(value)
    return out


def _csv(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Decimal | str | None]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_safe(row.get(name)) for name in columns])


def _safe(value: Decimal | str | None) -> str:
    if value is None or isinstance(value, Decimal):
        return "" if value is None else f"{value:f}"
    return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value


def _xlsx(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Decimal | str | None]]) -> None:
    with Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name)
            for line, row in enumerate(rows, 1):
                value = row.get(name)
                if isinstance(value, Decimal):
                    sheet.write_number(line, at, float(value))
                elif value is not None:
                    sheet.write_string(line, at, value)


def _parquet(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Decimal | str | None]]) -> None:
    arrays = {}
    for name in columns:
        values = [row.get(name) for row in rows]
        text = any(isinstance(value, str) for value in values)
        arrays[name] = pa.array(
            [str(value) if text and value is not None else value for value in values],
            pa.string() if text else pa.decimal128(38, 8),
        )
    pq.write_table(pa.table(arrays), path)
