"""The only writes of indicator values: those of a run, frozen as a Parquet part."""

from __future__ import annotations

from guozi.app import wiring
from guozi.app.facts.actions import part_path, supersede
from guozi.app.facts.models import CalcRun, FactPart
from guozi.app.facts.queries import INDICATORS
from guozi.core.formula.engine import ValueTable


def keep_values(run: CalcRun, table: ValueTable, orgs: frozenset[int] | None) -> int:
    """Writes a run's values: a row an (entity, report type), a column an indicator, and the reasons of what is unknown.

    Run twice, the later file stands for the run. Part of the close, which has checked the right.
    """
    supersede(list(FactPart.objects.filter(dataset=INDICATORS, path__contains=f"/run={run.pk}/", superseded_at=None)))
    path = part_path(INDICATORS, run.period, run.pk)
    part = wiring.write_values(path, table, orgs)
    FactPart.objects.create(dataset=INDICATORS, period=run.period, path=str(path), sha256=part.sha256, rows=part.rows)
    return part.rows
