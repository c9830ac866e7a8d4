"""What one call asks of the DuckDB engine, resolved: the selected rows in scope of each form and lag, what their parts hold, and the joins."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from guozi.core.formula.engine import Facts, Members, Parameters, Rule, Selection, Versions
from guozi.core.kernel.errors import UnavailableError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period
from guozi.core.kernel.scope import Scope
from guozi.engines.sql import Columns, Place, Translator, text

PEOPLE = "people"
"""The table of subjects, where they are not simply those who filed the one form that is read; under nodes, where a call has those."""


class Same:
    """Objects as a key of a cache, equal only to themselves: rules and parameters live long and are dear to hash."""

    __slots__ = ("held",)

    def __init__(self, *held: object) -> None:
        self.held = held

    def __hash__(self) -> int:
        return hash(tuple(map(id, self.held)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Same)
            and len(self.held) == len(other.held)
            and all(mine is theirs for mine, theirs in zip(self.held, other.held, strict=True))
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """The rows and columns that a call may read; a form and lag of which nobody in scope filed anything is not among `places`."""

    period: Period
    rules: tuple[Rule, ...]
    parameters: Parameters
    parts: Mapping[Place, tuple[str, ...]]
    places: Mapping[Place, Columns]
    selected: Mapping[Place, pa.Table]
    entities: tuple[str, ...]
    attributes: frozenset[str]

    @property
    def filed(self) -> tuple[Place, ...]:
        """The forms read of which somebody in scope filed the asked period."""
        return tuple(place for place in self.places if place[1] == 0)

    def only(self, rules: tuple[Rule, ...]) -> Asked:
        """The same asked of some of the rules; who the subjects are does not change."""
        return replace(self, rules=rules)

    def people(self) -> pa.Table | None:
        """Everybody in scope who filed any of the forms read; None where the rows of one form say it themselves."""
        if len(self.filed) == 1:
            return None
        tables = [self.selected[place].select(["org_id", "report_type"]) for place in self.filed]
        return pa.concat_tables(tables).group_by(["org_id", "report_type"]).aggregate([])

    def base(self, translator: Translator, people: pa.Table | None) -> str:
        """The tables `subjects` and `base` of a query, once all that it reads is translated: selection, scope and parts joined once.

        With people the subjects are they, whether they filed or not; else everybody who filed the one form that is read.
        """
        tables = {place: alias for place, alias in translator.tables.items() if place in self.places}
        aliases = tables.values()
        joins = [
            f"LEFT JOIN {read_parts(self.parts[place])} {alias} ON {alias}.version_id = k.v_{alias}"
            for place, alias in tables.items()
        ]
        keys, lookups = f"{PEOPLE} k", list(aliases)
        if people is not None and "node" in people.column_names:
            keys = f"(SELECT DISTINCT org_id, report_type FROM {PEOPLE}) k"
        if people is None:
            keys, joins[0] = f"s_{lookups.pop(0)} k", joins[0].removeprefix("LEFT ")
        versions = ", ".join(
            [
                "k.org_id",
                "k.report_type",
                *(f"{'s_' + a if a in lookups else 'k'}.version_id AS v_{a}" for a in aliases),
            ]
        )
        found = " ".join(
            f"LEFT JOIN s_{a} ON s_{a}.org_id = k.org_id AND s_{a}.report_type = k.report_type" for a in lookups
        )
        if translator.uses_register:
            joins.append(f"LEFT JOIN {read_parts(self.entities)} e ON e.org_id = k.org_id")
        columns = ", ".join(
            ["k.org_id", "k.report_type", *(f"{sql} AS {name}" for name, sql in translator.base.items())]
        )
        subjects = f"SELECT {versions} FROM {keys} {found}"
        return f"WITH subjects AS ({subjects}), base AS (SELECT {columns} FROM subjects k {' '.join(joins)})"

    def tables(self, translator: Translator) -> dict[str, pa.Table]:
        """The small tables that a query joins, by name."""
        return {
            f"s_{alias}": self.selected[place] for place, alias in translator.tables.items() if place in self.places
        }


def read_parts(parts: Sequence[str]) -> str:
    """Parquet parts as a table in SQL."""
    by_name = len({frozenset(_footer(part)) for part in parts}) > 1
    files = ", ".join(text(part) for part in parts)
    return f"read_parquet([{files}], hive_partitioning = false, union_by_name = {str(by_name).lower()})"


@lru_cache(maxsize=64)
def by_places(rules: Same) -> Mapping[frozenset[Place], tuple[int, ...]]:
    """Rules (their numbers) by the forms and lags that they read: one join as wide as all forms costs more than a query for each kind."""
    groups: dict[frozenset[Place], tuple[int, ...]] = {}
    for index, rule in enumerate(rules.held):
        assert isinstance(rule, Rule)
        cells = rule.formula.cells() | (rule.when.cells() if rule.when else frozenset())
        places = frozenset((cell.form, cell.years_back) for cell in cells)
        groups[places] = (*groups.get(places, ()), index)
    return groups


def resolve(
    scope: Scope, period: Period, rules: Sequence[Rule], facts: Facts, selection: Selection, parameters: Parameters
) -> Asked:
    """Looks up what the rules read, as far as the scope allows."""
    parts: dict[Place, tuple[str, ...]] = {}
    places: dict[Place, Columns] = {}
    selected: dict[Place, pa.Table] = {}
    seen: dict[date, pa.Array] = {}
    read = frozenset[Place]().union(*by_places(Same(*rules)))
    for place in sorted(read | {(form, 0) for form, _ in read}):
        then = period.years_back(place[1])
        versions, files = selection.versions.get((place[0], then)), facts.parts.get((place[0], then), ())
        if versions is None or not files:
            continue
        if then.end not in seen:
            seen[then.end] = _seen(scope, then.end)
        rows = _there(_versions_in(seen[then.end], versions), files)
        if rows.num_rows:
            parts[place], places[place], selected[place] = files, _columns(files), rows
    entities = facts.entities.get(period, ())
    attributes = frozenset(name for part in entities for name in _footer(part) if name != "org_id")
    return Asked(period, tuple(rules), parameters, parts, places, selected, entities, attributes)


def members_table(members: Members, scope: Scope, period: Period) -> pa.Table:
    """Members in scope at the period's end, each once under a node."""
    table = pa.table(
        {
            "node": pa.array(members.nodes, pa.int64()),
            "org_id": pa.array(members.org_ids, pa.int32()),
            "report_type": pa.array(members.report_types, pa.string()),
        }
    )
    return (
        table.filter(pc.is_in(table["org_id"], _seen(scope, period.end)))
        .group_by(["node", "org_id", "report_type"])
        .aggregate([])
    )


def _versions_in(seen: pa.Array, versions: Versions) -> pa.Table:
    table = pa.table(
        {
            "org_id": pa.array(versions.org_ids, pa.int32()),
            "report_type": pa.array(versions.report_types, pa.string()),
            "version_id": pa.array(versions.version_ids, pa.int64()),
        }
    )
    return table.filter(pc.is_in(table["org_id"], seen))


def _seen(scope: Scope, day: date) -> pa.Array:
    """The enterprises in scope on a day: `Scope.sees` without a call for each."""
    return pa.array(
        [
            org
            for org, ranges in scope.orgs.items()
            for start, end in ranges
            if (start is None or start <= day) and (end is None or day < end)
        ],
        pa.int32(),
    )


def _there(rows: pa.Table, parts: Sequence[str]) -> pa.Table:
    """The rows whose versions the parts hold, of the same enterprise: no version is read under another's name."""
    held = pa.concat_tables([_versions(*_stamp(part)) for part in parts])
    at = pc.index_in(rows["version_id"], held["version_id"])
    return rows.filter(pc.fill_null(pc.equal(held["org_id"].take(at), rows["org_id"]), False))


def _columns(parts: Sequence[str]) -> Columns:
    footers = [_footer(part) for part in parts]
    names = frozenset(name for footer in footers for name in footer)
    return Columns(names, frozenset(name for name in names if any(footer.get(name, True) for footer in footers)))


def _footer(part: str) -> Mapping[str, bool]:
    """The columns of a part, and whether some row is empty there."""
    return _read_footer(*_stamp(part))


def _stamp(part: str) -> tuple[str, int, int]:
    """A part as a key: what is read once holds as long as the file is the same."""
    try:
        found = os.stat(part)
    except OSError as error:
        raise UnavailableError(mark("facts cannot be read: {reason}"), reason=str(error)) from error
    return part, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1024)
def _versions(part: str, mtime: int, size: int) -> pa.Table:
    with _opened(part) as file:
        return file.read(columns=["version_id", "org_id"])


@lru_cache(maxsize=4096)
def _read_footer(part: str, mtime: int, size: int) -> Mapping[str, bool]:
    with _opened(part) as file:
        metadata, empty = file.metadata, dict.fromkeys(file.schema_arrow.names, False)
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for index in range(metadata.num_columns):
            column = row_group.column(index)
            statistics = column.statistics
            if column.path_in_schema in empty and (statistics is None or statistics.null_count != 0):
                empty[column.path_in_schema] = True
    return empty


def _opened(part: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(part)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnavailableError(mark("facts cannot be read: {reason}"), reason=str(error)) from error
