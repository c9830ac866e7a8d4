"""Questions about filings: whose, in what state, which versions count, what their checks say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from guozi.app import gate, wiring
from guozi.app.entities.models import Entity
from guozi.app.reporting.books import FilerBook, Source
from guozi.app.reporting.models import Draft, Filing, FilingVersion, Obligation, Task
from guozi.core.formula.engine import CheckResult, Members, Outcome, Selection, Versions
from guozi.core.formula.tree import Formula
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.core.kernel.period import Period
from guozi.core.reporting.aggregate import own_type, summed_types
from guozi.core.reporting.form import Check, Kind

DEFAULT_REPORT_TYPES = ("consolidated", "single")
"""Which sheet is meant where a command names none: 9 where owed, else 0."""


SHORTEST_EXPLANATION = 4
"""An explanation of fewer characters explains nothing."""


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A check of a filing that fails or could not be evaluated, with all that its sentence needs. Money in yuan."""

    check: Check
    rule_code: str
    result: CheckResult
    cells: tuple[tuple[str, str, str], ...]
    explanation: str = ""

    @property
    def stops(self) -> bool:
        """A logical check that fails and is not explained."""
        return self.result.outcome is Outcome.FAILS and self.check.kind is Kind.LOGICAL and not self.explanation

    @property
    def asks(self) -> bool:
        """A reasonableness check that fails and is not explained."""
        return self.result.outcome is Outcome.FAILS and self.check.kind is Kind.REASONABLENESS and not self.explanation


def cells_of(formula: Formula) -> tuple[tuple[str, str, str], ...]:
    """The cells of the filing itself that a check reads, in the order of the formula's text: (form, item, column)."""
    found = sorted({(cell.span, cell.form, cell.item, cell.column) for cell in formula.cells() if cell.years_back == 0})
    return tuple(dict.fromkeys((form, item, column) for _, form, item, column in found))


def check_source(book: FilerBook, form: str, source: Source) -> tuple[CheckFinding, ...]:
    """Every check of a form on a draft or version that does not hold, by the judge."""
    judge = wiring.judge(book)
    findings = []
    for bound in book.rulebook.checks(form):
        result = judge.check(bound.rule, book.step(bound.rule))
        if result.outcome in (Outcome.FAILS, Outcome.UNKNOWN):
            explanation = str(source.explanations.get(bound.rule.code, ""))
            explanation = explanation if len(explanation) >= SHORTEST_EXPLANATION else ""
            findings.append(
                CheckFinding(bound.check, bound.rule.code, result, cells_of(bound.rule.formula), explanation)
            )
    return tuple(findings)


def stopping(found: Iterable[CheckFinding], *, strict: bool) -> list[CheckFinding]:
    """Those that stop a submission: what is not explained, and, where the task is strict, every logical check that fails."""
    return [
        one
        for one in found
        if one.asks or one.stops or (strict and one.check.kind is Kind.LOGICAL and one.result.outcome is Outcome.FAILS)
    ]


def task_of(filing: Filing) -> Task | None:
    """The newest task under which a filing is owed."""
    obligation = Obligation.objects.select_related("task").filter(filing=filing).order_by("-task_id").first()
    return obligation.task if obligation else None


def is_strict(filing: Filing) -> bool:
    """Whether a failing logical check stops this filing even where it is explained."""
    task = task_of(filing)
    return task is None or task.strict


def filing(filing_id: int) -> Filing:
    """NotFoundError where there is none, or none that this person may know of."""
    found = Filing.objects.select_related("org", "current_version", "accepted_version").filter(pk=filing_id).first()
    if found is None or not gate.may(gate.somebody(), "reporting.read", found):
        raise NotFoundError(mark("There is no such filing that you may see."))
    return found


def filing_of(entity: Entity, form: str, period: Period, report_type: str | None = None) -> Filing:
    """The filing of an entity; without a report type: its consolidated sheet, else its single one."""
    rows = {
        filing.report_type: filing
        for filing in Filing.objects.select_related("org", "current_version", "accepted_version").filter(
            org=entity, form=form, period=str(period)
        )
    }
    for kind in (report_type,) if report_type else (*DEFAULT_REPORT_TYPES, *rows):
        if kind in rows:
            return rows[kind]
    raise NotFoundError(
        mark("{entity} has not filed {form} for {period}"), entity=entity.name, form=form, period=str(period)
    )


def owed_types(period: Period, org_ids: Iterable[int] | None = None) -> dict[int, tuple[str, ...]]:
    """The report types that each entity owes (or has filed) in a period."""
    owed: dict[int, set[str]] = {}
    obligations = Obligation.objects.filter(task__period=str(period))
    filings = Filing.objects.filter(period=str(period))
    if org_ids is not None:
        ids = list(org_ids)
        obligations, filings = obligations.filter(org_id__in=ids), filings.filter(org_id__in=ids)
    for rows in (obligations, filings):
        for org_id, kind in rows.values_list("org_id", "report_type").distinct():
            owed.setdefault(org_id, set()).add(kind)
    return {org_id: tuple(sorted(kinds)) for org_id, kinds in owed.items()}


def own_report_type(org_id: int, period: Period) -> str:
    """The sheet that is the entity's own value in a period."""
    return own_type(owed_types(period, [org_id]).get(org_id, ("consolidated",)))


def members(period: Period, nodes: Mapping[int, Sequence[int]]) -> Members:
    """Who is added up under each node, by the rule of report types: node → org ids in, rows out."""
    owed = owed_types(period)
    node_ids: list[int] = []
    org_ids: list[int] = []
    kinds: list[str] = []
    for node, orgs in nodes.items():
        for org in orgs:
            for kind in summed_types(owed.get(org, ())):
                node_ids.append(node)
                org_ids.append(org)
                kinds.append(kind)
    return Members(node_ids, org_ids, kinds)


_COUNTING = """
select form, period, org_id, report_type,
       case when %(official)s or state not in ('submitted', 'accepted') then accepted_version_id else current_version_id end as version_id
from reporting_filing
where period = any(%(periods)s) and form = any(%(forms)s)
"""
_KNOWN = """
select distinct on (f.id) f.form, f.period, f.org_id, f.report_type, a.version_id
from reporting_acceptance a join reporting_filingversion v on v.id = a.version_id join reporting_filing f on f.id = v.filing_id
where f.period = any(%(periods)s) and f.form = any(%(forms)s) and a.known @> %(known)s::timestamptz
order by f.id, v.number desc
"""


def selection(
    forms: Iterable[str], periods: Iterable[Period], *, official: bool = False, known: datetime | None = None
) -> Selection:
    """Which versions count: provisional (what was last submitted), official (accepted), or accepted as we knew it at `known`."""
    wanted = {str(period): period for period in periods}
    form_list = sorted(set(forms))
    query = _COUNTING if known is None else _KNOWN
    parameters: dict[str, Any] = {"periods": list(wanted), "forms": form_list, "official": official, "known": known}
    columns: dict[tuple[str, Period], tuple[list[int], list[str], list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for form, period, org_id, report_type, version_id in cursor.fetchall():
            if version_id is not None:
                orgs, kinds, ids = columns.setdefault((form, wanted[period]), ([], [], []))
                orgs.append(org_id)
                kinds.append(report_type)
                ids.append(version_id)
    key = f"{'official' if official else 'provisional'} {known or ''} {timezone.now().isoformat()}"
    return Selection(key, {name: Versions(*rows) for name, rows in columns.items()})


def tasks() -> list[Task]:
    """All tasks, the newest period first."""
    return list(Task.objects.order_by("-period_end", "id"))


def periods_with_filings() -> list[Period]:
    """Every period in which the person sees a filing, newest first."""
    found = Filing.objects.values_list("period", "period_end").distinct()
    return [Period.parse(period) for period, _ in sorted(found, key=lambda row: row[1], reverse=True)]


@dataclass(frozen=True, slots=True)
class CellTrace:
    """From a cell to the filing, its version, who filed it, when, and from which place of which file."""

    filing: Filing
    version: FilingVersion
    value: str | None
    origin: str
    column_name: str


def source_of(filing: Filing, number: str = "") -> Source | None:
    """What a page shows: the version asked for, else the draft, else the current version."""
    if number:
        version = (
            filing.versions.filter(number=int(number)).first()
            if number.isascii() and number.isdigit() and len(number) < 6
            else None
        )
        if version is None:
            raise NotFoundError(mark("This filing has no version {number}."), number=number[:12])
        return version
    return Draft.objects.filter(filing=filing).first() or filing.current_version
