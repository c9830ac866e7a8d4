"""Parts are written whole or not at all, read back as they were, and hashed by what they say."""

from __future__ import annotations

import resource
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from guozi.core.kernel.errors import UnavailableError, UsageError
from guozi.core.kernel.money import LARGEST, Type
from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.parts import (
    FactRow,
    cell_column,
    compact,
    content_sha256,
    read_entities,
    read_reasons,
    read_rows,
    write_entities,
    write_part,
)

COLUMNS = {
    "assets": Type.MONEY,
    "assets__opening": Type.MONEY,
    "staff": Type.COUNT,
    "auditor": Type.TEXT,
    "audited": Type.DATE,
}
BLANK = Unknown(Why.BLANK, "assets")
NOT_OFFERED = Unknown(Why.NOT_OFFERED, "assets")


def row(version: int, org: int, **cells: object) -> FactRow:
    return FactRow(version, org, "0", Decimal("0.01"), cells)  # type: ignore[arg-type]


ROWS = [
    row(
        1, 9, assets=LARGEST, assets__opening=NOT_OFFERED, staff=Decimal("3"), auditor="立信", audited=date(2026, 3, 1)
    ),
    row(2, 4, assets=BLANK, assets__opening=Decimal("-0.01"), staff=Decimal("0.00000001")),
    row(3, 4, assets=Decimal(0), auditor=Unknown(Why.NOT_APPLICABLE, "not audited: exempt")),
]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    part = write_part(tmp_path / "period=2025" / "part-0.parquet", COLUMNS, ROWS)
    found = {read.version_id: read for read in read_rows([part.path])}
    assert part.rows == 3
    assert found.keys() == {1, 2, 3}
    for written in ROWS:
        read = found[written.version_id]
        assert (read.org_id, read.report_type, read.step) == (written.org_id, written.report_type, written.step)
        for name in COLUMNS:
            expected = written.cells.get(name, Unknown(Why.NOT_OFFERED, name.partition("__")[0]))
            assert read.cells[name] == expected


def test_a_part_is_sorted_by_enterprise(tmp_path: Path) -> None:
    part = write_part(tmp_path / "part-0.parquet", COLUMNS, ROWS)
    assert pq.read_table(part.path)["org_id"].to_pylist() == [4, 4, 9]


def test_only_the_versions_and_cells_that_are_named_are_read(tmp_path: Path) -> None:
    part = write_part(tmp_path / "part-0.parquet", COLUMNS, ROWS)
    (found,) = read_rows([part.path], frozenset({2}), frozenset({"staff"}))
    assert found == row(2, 4, staff=Decimal("0.00000001"))


def test_reasons_are_read_by_themselves(tmp_path: Path) -> None:
    part = write_part(tmp_path / "part-0.parquet", COLUMNS, ROWS)
    assert read_reasons([part.path], frozenset({"assets", "staff"})) == {"assets": {2: BLANK}}


def test_the_hash_tells_content_and_not_layout(tmp_path: Path) -> None:
    whole = write_part(tmp_path / "a.parquet", COLUMNS, ROWS)
    backwards = dict(reversed(COLUMNS.items()))
    parts = [write_part(tmp_path / f"b{at}.parquet", backwards, [filed]) for at, filed in enumerate(ROWS)]
    # A column that nobody is offered says nothing.
    parts[0] = write_part(tmp_path / "b0.parquet", {**COLUMNS, "goodwill": Type.MONEY}, ROWS[:1])
    assert content_sha256([part.path for part in reversed(parts)]) == whole.sha256
    assert content_sha256([whole.path]) == whole.sha256


@pytest.mark.parametrize(
    "other",
    [
        row(3, 4, assets=Decimal("0.01"), auditor=ROWS[2].cells["auditor"]),
        row(3, 4, assets=Decimal(0), auditor=Unknown(Why.BLANK, "auditor")),
        row(3, 4, assets=Decimal(0)),
        row(3, 5, assets=Decimal(0), auditor=ROWS[2].cells["auditor"]),
    ],
)
def test_the_hash_changes_with_any_cell_reason_or_owner(tmp_path: Path, other: FactRow) -> None:
    one = write_part(tmp_path / "a.parquet", COLUMNS, ROWS)
    assert write_part(tmp_path / "b.parquet", COLUMNS, [*ROWS[:2], other]).sha256 != one.sha256


def test_the_hash_is_what_it_was(tmp_path: Path) -> None:
    part = write_part(tmp_path / "a.parquet", COLUMNS, ROWS)
    assert part.sha256 == "c8e74bf705c0f354f97eb34e9dbafaf03b7af7f9c772c71d836df2adf4dd21f2"


def test_compaction_keeps_every_version_and_the_hash(tmp_path: Path) -> None:
    parts = [write_part(tmp_path / f"{at}.parquet", COLUMNS, [filed]).path for at, filed in enumerate(ROWS)]
    one = compact(parts, tmp_path / "9.parquet")
    assert one.rows == 3
    assert one.sha256 == content_sha256(parts)
    assert sorted(read.version_id for read in read_rows([one.path])) == [1, 2, 3]


def test_parts_of_different_layouts_are_read_together(tmp_path: Path) -> None:
    old = write_part(tmp_path / "0.parquet", {"assets": Type.MONEY}, [row(1, 1, assets=Decimal(5))])
    new = write_part(tmp_path / "1.parquet", COLUMNS, [row(2, 2, assets=Decimal(6), staff=Decimal(7))])
    found = {read.version_id: read.cells for read in read_rows([old.path, new.path])}
    assert found[1]["staff"] == Unknown(Why.NOT_OFFERED, "staff")
    assert found[2]["staff"] == 7


def test_a_full_disk_leaves_nothing_half(tmp_path: Path) -> None:
    path = tmp_path / "part-0.parquet"
    before = write_part(path, COLUMNS, ROWS[:1])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, limits[1]))
    try:
        with pytest.raises(UnavailableError, match="nothing was changed"):
            write_part(path, COLUMNS, ROWS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [found.name for found in tmp_path.iterdir()] == ["part-0.parquet"]
    assert content_sha256([path]) == before.sha256


def test_a_value_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="assets does not fit"):
        write_part(tmp_path / "0.parquet", COLUMNS, [row(1, 1, assets=Decimal("0.001"))])
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_gone_is_said_to_be_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="facts cannot be read"):
        list(read_rows([tmp_path / "none.parquet"]))


def test_what_the_register_does_not_say_is_left_out(tmp_path: Path) -> None:
    part = write_entities(tmp_path / "part-0.parquet", ["industry", "size"], {7: {"industry": "steel"}, 3: {}})
    assert read_entities([part.path]) == {3: {}, 7: {"industry": "steel"}}


def test_cells_of_other_columns_bear_their_columns_name() -> None:
    assert cell_column("assets", "closing", "closing") == "assets"
    assert cell_column("assets", "opening", "closing") == "assets__opening"
