"""Parquet parts of the facts: written whole or not at all, read back, hashed by content, compacted.

A form's part holds one row a filing version: `version_id`, `org_id`, `report_type`, `step` (the filing's rounding step in yuan), one
column a cell (`cell_column`), and `_unknown`, which maps the name of an empty column to the reason (`str(Unknown)`); an empty cell without
a reason is `not-offered <item>`. An entities' part holds one row an enterprise: `org_id` and one text column an attribute.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guozi.core.kernel.errors import UnavailableError, UsageError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown, Why

CellValue = Decimal | Unknown | str | date
"""What a cell of a part may be: money in yuan, ratio or count, text, date, or the reason why it is none of them."""

UNKNOWN = "_unknown"
MONEY = pa.decimal128(18, 2)
NUMBER = pa.decimal128(28, 8)
HEAD = {"version_id": pa.int64(), "org_id": pa.int32(), "report_type": pa.string(), "step": MONEY}
"""The first columns of every form's part, and their types."""

_ARROW: Mapping[Type, pa.DataType] = {
    Type.MONEY: MONEY,
    Type.RATIO: NUMBER,
    Type.COUNT: NUMBER,
    Type.MONEY_PER_COUNT: NUMBER,
    Type.TEXT: pa.string(),
    Type.DATE: pa.date32(),
}
_REASONS = pa.map_(pa.string(), pa.string())
_GROUP = 20_000  # rows a row group: one enterprise is found by reading few of them, a whole period in one or two
_FIELD, _NAME = "\x1e", "\x1f"


@dataclass(frozen=True, slots=True)
class FactRow:
    """One filing version as facts hold it; `cells` by column name (`cell_column`). A column left out is not offered by its layout."""

    version_id: int
    org_id: int
    report_type: str
    step: Decimal
    cells: Mapping[str, CellValue]


@dataclass(frozen=True, slots=True)
class Part:
    """A part as written: where, the hash of what it says (`content_sha256`), how many rows."""

    path: Path
    sha256: str
    rows: int


def cell_column(item: str, column: str, default_column: str) -> str:
    """The name of a cell's column in a part: the item alone for the form's default column, `item__column` for the others."""
    return item if column == default_column else f"{item}__{column}"


def item_of(column: str) -> str:
    """The item of a cell's column."""
    return column.partition("__")[0]


def not_offered(column: str) -> Unknown:
    """The reason of an empty cell for which a part states none."""
    return Unknown(Why.NOT_OFFERED, item_of(column))


def form_path(root: Path, form: str, period: Period, number: int) -> Path:
    """Where part `number` of a form and period lies under the facts' root."""
    return root / form / f"period={period}" / f"part-{number}.parquet"


def entities_path(root: Path, period: Period, number: int) -> Path:
    """Where part `number` of the entities' attributes of a period lies under the facts' root."""
    return root / "entities" / f"period={period}" / f"part-{number}.parquet"


def write_part(path: Path, columns: Mapping[str, Type], rows: Iterable[FactRow]) -> Part:
    """Writes filing versions as one part, sorted by org_id.

    UsageError where a value does not fit its column; UnavailableError where the disk is full or fails: then nothing is there.
    """
    ordered = sorted(rows, key=lambda row: (row.org_id, row.report_type, row.version_id))
    arrays: dict[str, pa.Array] = {
        name: pa.array([getattr(row, name) for row in ordered], type_) for name, type_ in HEAD.items()
    }
    reasons: list[list[tuple[str, str]]] = [[] for _ in ordered]
    for name, type_ in columns.items():
        cells = [row.cells.get(name) for row in ordered]
        for index, cell in enumerate(cells):
            if isinstance(cell, Unknown):
                cells[index] = None
                if cell != not_offered(name):
                    reasons[index].append((name, str(cell)))
        arrays[name] = _column(name, cells, _ARROW[type_])
    arrays[UNKNOWN] = pa.array(reasons, _REASONS)
    return write_table(path, pa.table(arrays))


def write_entities(path: Path, attributes: Sequence[str], rows: Mapping[int, Mapping[str, str]]) -> Part:
    """Writes the register's attributes of enterprises (org id → attribute → word; left out: not in the register) as one part."""
    orgs = sorted(rows)
    arrays = {"org_id": pa.array(orgs, pa.int32())}
    for name in attributes:
        arrays[name] = pa.array([rows[org].get(name) for org in orgs], pa.string())
    return write_table(path, pa.table(arrays))


def compact(parts: Sequence[str | Path], path: Path) -> Part:
    """Writes many parts of one form and period as one, keeping every version; the content hash of the whole does not change."""
    return write_table(path, _together(parts).sort_by([("org_id", "ascending"), ("version_id", "ascending")]))


def read_rows(
    parts: Sequence[str | Path], version_ids: frozenset[int] | None = None, columns: frozenset[str] | None = None
) -> Iterator[FactRow]:
    """The filing versions of parts, every empty cell with its reason; only those versions and cells that are named, where some are."""
    table = _together(parts, None if columns is None else columns | {*HEAD, UNKNOWN})
    if version_ids is not None:
        table = table.filter(pc.is_in(table["version_id"], pa.array(sorted(version_ids), pa.int64())))
    names = [name for name in table.column_names if name not in HEAD and name != UNKNOWN]
    head = [table[name].to_pylist() for name in HEAD]
    reasons = table[UNKNOWN].to_pylist()
    cells = {name: table[name].to_pylist() for name in names}
    for index, (version_id, org_id, report_type, step) in enumerate(zip(*head, strict=True)):
        told = dict(reasons[index] or ())
        yield FactRow(
            version_id,
            org_id,
            report_type,
            step,
            {name: _cell(cells[name][index], name, told) for name in names},
        )


def read_reasons(parts: Sequence[str | Path], columns: frozenset[str]) -> dict[str, dict[int, Unknown]]:
    """The reasons that parts state for empty cells of these columns: by column and version."""
    found: dict[str, dict[int, Unknown]] = {}
    parsed: dict[str, Unknown] = {}
    wanted = pa.array(sorted(columns), pa.string())
    for chunk in _together(parts, frozenset({"version_id", UNKNOWN})).to_batches():
        told = chunk[UNKNOWN]
        at = pc.indices_nonzero(pc.is_in(told.keys, wanted))
        rows = pc.list_parent_indices(pa.ListArray.from_arrays(told.offsets, told.keys)).take(at)
        versions, names = chunk["version_id"].take(rows).to_pylist(), told.keys.take(at).to_pylist()
        for version, name, reason in zip(versions, names, told.items.take(at).to_pylist(), strict=True):
            if reason not in parsed:
                parsed[reason] = Unknown.parse(reason)
            found.setdefault(name, {})[version] = parsed[reason]
    return found


def read_entities(parts: Sequence[str | Path]) -> dict[int, dict[str, str]]:
    """The register's attributes of each enterprise; what the register does not say is left out."""
    found: dict[int, dict[str, str]] = {}
    for row in _together(parts).to_pylist():
        org = row.pop("org_id")
        found[org] = {name: word for name, word in row.items() if word is not None}
    return found


def content_sha256(parts: Sequence[str | Path]) -> str:
    """The hash of what parts say together, whatever their number, order, columns' order, compression or writer.

    A row's text is `name US value RS …` in order of the columns' names, what is not offered left out: a known value as Python
    prints it (decimals at their column's scale), a reason as `?` and its text, reasons last. The hash is SHA-256 over the
    SHA-256 of every row's text, sorted.
    """
    return _content_sha256(_together(parts)) if parts else hashlib.sha256().hexdigest()


def _cell(value: Any, name: str, told: Mapping[str, str]) -> CellValue:
    if value is not None:
        return value  # type: ignore[no-any-return]
    return Unknown.parse(told[name]) if name in told else not_offered(name)


def _column(name: str, cells: Sequence[Any], type_: pa.DataType) -> pa.Array:
    try:
        return pa.array(cells, type_)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise UsageError(
            mark("a value of {column} does not fit its column: {reason}"), column=name, reason=str(error)
        ) from error


def _together(parts: Sequence[str | Path], columns: frozenset[str] | None = None) -> pa.Table:
    tables = []
    try:
        for path in parts:
            # Each file by itself and no dataset: a folder called `period=…` must not become a column.
            with pq.ParquetFile(path) as file:
                names = file.schema_arrow.names
                tables.append(file.read(columns=[name for name in names if columns is None or name in columns]))
    except (OSError, pa.ArrowInvalid) as error:
        raise UnavailableError(mark("facts cannot be read: {reason}"), reason=str(error)) from error
    return pa.concat_tables(tables, promote_options="default")


def _content_sha256(table: pa.Table) -> str:
    texts = []
    for name in sorted(table.column_names):
        if name != UNKNOWN:
            words = pc.cast(table[name].combine_chunks(), pa.string())
            texts.append(pc.binary_join_element_wise(pa.scalar(name), words, _NAME))
    if UNKNOWN in table.column_names:
        reasons = [
            _FIELD.join(f"{name}{_NAME}?{reason}" for name, reason in sorted(told or ()))
            for told in table[UNKNOWN].to_pylist()
        ]
        texts.append(pa.array([reason or None for reason in reasons], pa.string()))
    rows = pc.binary_join_element_wise(*texts, _FIELD, null_handling="skip")
    digests = sorted(hashlib.sha256(row.encode()).digest() for row in rows.to_pylist())
    return hashlib.sha256(b"".join(digests)).hexdigest()


def write_table(path: Path, table: pa.Table) -> Part:
    """Whole or not at all: a temporary file beside it, synced, renamed, and the folder synced."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                pq.write_table(table, file, compression="zstd", row_group_size=_GROUP)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UnavailableError(
            mark("facts could not be written to {path}: {reason}; nothing was changed"),
            path=str(path),
            reason=error.strerror or str(error),
        ) from error
    return Part(path, _content_sha256(table), table.num_rows)
