"""The only writes of warnings: the signals of a run."""

from __future__ import annotations

from guozi.app.facts.models import CalcRun
from guozi.app.regulation.queries import pack_object
from guozi.app.warning.models import Signal
from guozi.app.warning.queries import Raised
from guozi.core.kernel.unknown import Unknown


def keep(run: CalcRun, raised: list[Raised]) -> int:
    """Keeps a run's signals; run twice, it keeps the same. Part of the close, which has checked the right and writes the audit entry."""
    Signal.objects.filter(run=run).delete()
    objects = {code: pack_object(run.pack_release, "warning", code) for code in {one.rule_code for one in raised}}
    Signal.objects.bulk_create(
        [
            Signal(
                run=run,
                rule_object=objects[one.rule_code],
                rule_code=one.rule_code,
                org_id=one.org_id,
                report_type=one.report_type,
                period=run.period,
                level=one.level,
                quiet=one.standing.quiet,
                raised_now=one.standing.raised_now,
                evidence={
                    text: None if isinstance(value, Unknown) else str(value) for text, value in one.evidence.items()
                },
            )
            for one in raised
        ]
    )
    return len(raised)
