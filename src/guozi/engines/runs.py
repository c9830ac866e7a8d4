"""The values of a run as Parquet: one row an (entity, report type), one column an indicator, and the reasons of what is unknown."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from guozi.core.formula.engine import ValueTable
from guozi.core.kernel.unknown import Unknown
from guozi.engines.parts import Part, write_table


def write_values(path: Path, table: ValueTable, orgs: Collection[int] | None = None) -> Part:
    """Writes a run's values, of `orgs` only where given; numbers as DECIMAL(38,8), whole or not at all."""
    kept = [index for index, (org, _kind) in enumerate(table.subjects) if orgs is None or org in orgs]
    arrays: dict[str, pa.Array] = {
        "org_id": pa.array([table.subjects[index][0] for index in kept], pa.int32()),
        "report_type": pa.array([table.subjects[index][1] for index in kept], pa.string()),
    }
    reasons: list[list[tuple[str, str]]] = [[] for _ in kept]
    for code, column in table.columns.items():
        values = [column[index] for index in kept]
        for place, value in enumerate(values):
            if isinstance(value, Unknown):
                reasons[place].append((code, str(value)))
        known = [None if isinstance(value, Unknown) else value for value in values]
        numbers = all(value is None or isinstance(value, Decimal) for value in known)
        arrays[code] = pa.array(
            known if numbers else [None if value is None else str(value) for value in known],
            pa.decimal128(38, 8) if numbers else pa.string(),
        )
    arrays["_unknown"] = pa.array(reasons, pa.map_(pa.string(), pa.string()))
    return write_table(path, pa.table(arrays))
