"""What reporting puts on people's desks, into the rail and into the search."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext, pgettext

from guozi.app import gate
from guozi.app.entities import queries as entities
from guozi.app.identity.queries import names
from guozi.app.reporting import standing
from guozi.app.reporting.models import Filing, Return
from guozi.app.reporting.words import due_words, form_words, moment, period_words, say
from guozi.app.ui.registry import DeskItem, Hit, Section
from guozi.core.kernel.citation import Label

MOST = 60
"""Items of one kind that a desk shows; the lists have the rest."""

DONE = ("ok", "wait", "expl")
"""States in which the filer has done their part."""


def items(request: HttpRequest) -> Sequence[DeskItem]:
    """Returned to me, owed by me, waiting for my decision."""
    person = request.user.pk
    found: list[DeskItem] = []
    if gate.may(person, "reporting.fill"):
        rows = standing.listed(standing.rows().order_by("ends", "entity_name", "owed_id"))
        mine = standing.orgs_with("reporting.fill", (row.entity_id for row in rows))
        rows = [row for row in rows if row.entity_id in mine]
        found += _returned([row for row in rows if row.standing == "ret"])
        found += _owed(rows)
    if gate.may(person, "reporting.review"):
        found += _waiting()
    return found


def _returned(rows: list[standing.Row]) -> list[DeskItem]:
    ids = [row.filing_pk for row in rows]
    last: dict[int, Return] = {}
    for each in Return.objects.filter(version__filing__in=ids).order_by("at").select_related("version"):
        last[each.version.filing_id] = each
    who = names(one.by_id for one in last.values())
    out = []
    for row in rows[:MOST]:
        one = last.get(row.filing_pk or 0)
        by = f"{who.get(one.by_id, '')} \u00b7 {moment(one.at)}" if one else ""
        out.append(
            DeskItem(
                Section.RETURNED,
                f"{period_words(row.period)} \u00b7 {form_words(row.form)}",
                reverse("reporting:filing", args=[row.filing_pk]),
                _("Correct it"),
                detail=by,
                due=row.due,
                state="ret",
                quote=one.reason if one else "",
                group=row.entity_name,
            )
        )
    return out


def _owed(rows: list[standing.Row]) -> list[DeskItem]:
    """One item for each task, enterprise and report type: how many forms are done, and the next one to open."""
    reports: dict[tuple[int, str, str, str], list[standing.Row]] = {}
    for row in rows:
        reports.setdefault((row.entity_id, row.period, row.report_type, row.task_zh), []).append(row)
    out = []
    for part in reports.values():
        todo = [row for row in part if row.standing not in DONE and row.standing != "ret"]
        if not todo:
            continue
        order = {state: at for at, state in enumerate(("fail", "draft", "late", "none"))}
        first = min(todo, key=lambda row: order.get(row.standing, 9))
        begun = first.filing_pk is not None
        worst = min((row.standing for row in todo), key=standing.STATES.index)
        stops = sum(row.stops for row in todo)
        total = len(part)
        words = (
            ngettext("{count} check stops it", "{count} checks stop it", stops).format(count=stops)
            if worst == "fail"
            else ""
        )
        late = bool(first.due and first.due < timezone.now())
        task = say(Label(first.task_zh, first.task_en))
        out.append(
            DeskItem(
                Section.OWED,
                f"{task} {period_words(first.period)}".strip(),
                reverse("reporting:filing", args=[first.filing_pk])
                if first.filing_pk
                else standing.new_url(first.entity_uid, first.form, first.period, first.report_type),
                _("Go on") if begun else _("Begin"),
                detail=pgettext("between names", ", ").join(form_words(row.form) for row in todo),
                due=first.due,
                state="fail" if worst == "fail" else "late" if late else "draft" if begun else "none",
                state_words=words or (due_words(first.due) if first.due and late else ""),
                done=sum(row.standing in DONE for row in part),
                total=total,
                group=first.entity_name,
            )
        )
    return out


def _waiting() -> list[DeskItem]:
    """One item for each enterprise and period that has something to decide."""
    filings = list(
        Filing.objects.filter(state="submitted")
        .select_related("org", "current_version")
        .order_by("period_end", "org__name", "form")[: MOST * 5]
    )
    mine = standing.orgs_with("reporting.review", (one.org_id for one in filings))
    reports: dict[tuple[int, str], list[Filing]] = {}
    for one in filings:
        if one.org_id in mine:
            reports.setdefault((one.org_id, one.period), []).append(one)
    out = []
    for part in list(reports.values())[:MOST]:
        first, count = part[0], len(part)
        version = first.current_version
        out.append(
            DeskItem(
                Section.WAITING,
                f"{first.org.name} {period_words(first.period)}",
                f"{reverse('reporting:review')}?period={first.period}&filing={first.pk}",
                _("Review"),
                detail=ngettext("{count} form to review", "{count} forms to review", count).format(count=count)
                + (f" \u00b7 {_('submitted')} {moment(version.submitted_at)}" if version else ""),
                state="wait",
            )
        )
    return out


def waiting(request: HttpRequest) -> int:
    """How many filings wait for this person's decision."""
    if not gate.may(request.user.pk, "reporting.review"):
        return 0
    ids = list(Filing.objects.filter(state="submitted").values_list("org_id", flat=True)[:2000])
    mine = standing.orgs_with("reporting.review", ids)
    return sum(org in mine for org in ids)


def find(request: HttpRequest, words: str, limit: int) -> Sequence[Hit]:
    """Filings of the enterprises that are called so, the newest first."""
    if not gate.may(request.user.pk, "reporting.read"):
        return ()
    wanted = [entity.pk for entity in entities.search(words, 20)]
    filings = Filing.objects.filter(org__in=wanted).select_related("org").order_by("-period_end", "form")[:limit]
    return [
        Hit(
            f"{one.org.name} {period_words(one.period)} {form_words(one.form)}",
            reverse("reporting:filing", args=[one.pk]),
        )
        for one in filings
    ]
