"""Where filings stand: lists for filers, the matrix for reviewers, what each person owes. One row an obligation, or a filing that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, DateTimeField, F, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from guozi.app import gate, wiring
from guozi.app.entities import queries as entities
from guozi.app.reporting.models import Filing, Obligation
from guozi.core.kernel.errors import NotFoundError

STATES = ("late", "fail", "ret", "expl", "wait", "draft", "none", "ok")
"""In the order in which they need a person. `fail`: a draft with checks that stop it; `expl`: submitted with explanations."""

WORDS = {
    "late": gettext_lazy("Overdue"),
    "fail": gettext_lazy("Failing"),
    "ret": gettext_lazy("Returned"),
    "expl": pgettext_lazy("filing", "Explained"),
    "wait": gettext_lazy("To review"),
    "draft": gettext_lazy("In progress"),
    "none": gettext_lazy("Not started"),
    "ok": gettext_lazy("Accepted"),
}
SHAPES = {"expl": "wait"}
"""States that look like another one in `{% state %}`."""

FIELDS = (
    "owed_id",
    "entity_id",
    "entity_name",
    "entity_uid",
    "form",
    "period",
    "ends",
    "report_type",
    "filing_pk",
    "number",
    "due",
    "task_zh",
    "task_en",
    "at",
    "stops",
    "explained",
    "is_draft",
    "standing",
)


def _standing(filing: str, now: datetime) -> Case:
    """The state of a row in the database; `filing` is the way to the filing's fields."""

    def about(name: str, value: object) -> Q:
        return Q(**{f"{filing}{name}": value})

    late = Q(due__lt=now) & Q(**{f"{filing}current_version": None})
    return Case(
        When(about("state", "accepted"), then=Value("ok")),
        When(about("state", "submitted") & Q(explained__gt=0), then=Value("expl")),
        When(about("state", "submitted"), then=Value("wait")),
        When(about("state", "returned"), then=Value("ret")),
        When(about("state", "draft") & Q(stops__gt=0), then=Value("fail")),
        When(late, then=Value("late")),
        When(about("state", "draft"), then=Value("draft")),
        default=Value("none"),
        output_field=CharField(),
    )


def _columns(filing: str) -> dict[str, Any]:
    explanations = Count(
        f"{filing}current_version__findings",
        filter=Q(
            **{f"{filing}current_version__findings__run": None, f"{filing}current_version__findings__outcome": "fails"}
        ),
        distinct=True,
    )
    return {
        "entity_name": F("org__name"),
        "entity_id": F("org__id"),
        "entity_uid": F("org__uid"),
        "number": F(f"{filing}current_version__number"),
        "at": F(f"{filing}current_version__submitted_at"),
        "stops": Coalesce(Max(F(f"{filing}draft__failing") + F(f"{filing}draft__asking")), 0),
        "explained": explanations,
        "is_draft": F(f"{filing}draft__filing_id"),
    }


def rows(*, period: str = "", form: str = "", org: int | None = None, task: int | None = None) -> QuerySet[Any, Any]:
    """All rows as dictionaries of FIELDS, with or without a filing, each once for each task that asks for it."""
    now = timezone.now()
    owed = Obligation.objects.filter(waived_reason="")
    extra = Filing.objects.filter(obligation=None)
    for name, value in (("period", period), ("form", form), ("org_id", org)):
        if value:
            owed = owed.filter(**{f"task__{name}" if name == "period" else name: value})
            extra = extra.filter(**{name: value})
    if task:
        owed, extra = owed.filter(task_id=task), extra.none()
    first = (
        owed.annotate(
            owed_id=F("id"), period=F("task__period"), ends=F("task__period_end"), filing_pk=F("filing_id"),
            due=F("task__due_at"), task_zh=F("task__name_zh"), task_en=F("task__name_en"), **_columns("filing__"),
        )
        .annotate(standing=_standing("filing__", now))
        .values(*FIELDS)
    )  # fmt: skip
    second = (
        extra.annotate(
            owed_id=Cast(Value(None), IntegerField()), ends=F("period_end"), filing_pk=F("id"),
            due=Cast(Value(None), DateTimeField()), task_zh=Value(""), task_en=Value(""), **_columns(""),
        )
        .annotate(standing=_standing("", now))
        .values(*FIELDS)
    )  # fmt: skip
    both: QuerySet[Any, Any] = first.union(second, all=True)
    return both


@dataclass(frozen=True, slots=True)
class Row:
    """One thing owed or filed, ready to be shown."""

    owed_id: int | None
    entity_id: int
    entity_name: str
    entity_uid: Any
    form: str
    period: str
    ends: Any
    report_type: str
    filing_pk: int | None
    number: int | None
    due: datetime | None
    task_zh: str
    task_en: str
    at: datetime | None
    stops: int
    explained: int
    is_draft: int | None
    standing: str

    @property
    def shape(self) -> str:
        """The state as `{% state %}` knows it."""
        return SHAPES.get(self.standing, self.standing)

    @property
    def words(self) -> str:
        """The state in words."""
        return str(WORDS[self.standing])


def listed(found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows of the database as values."""
    return [Row(**row) for row in found]


def search(found: list[Row], text: str) -> list[Row]:
    """Those whose enterprise bears that text in a name, its pinyin or a code."""
    wanted = {entity.pk for entity in entities.search(text, 500)}
    return [row for row in found if row.entity_id in wanted]


def periods() -> list[tuple[str, Any]]:
    """Every period in which something is owed or filed, newest first, with its last day."""
    owed = Obligation.objects.values_list("task__period", "task__period_end").distinct()
    filed = Filing.objects.values_list("period", "period_end").distinct()
    return sorted({*owed, *filed}, key=lambda pair: (pair[1], pair[0]), reverse=True)


def orgs_with(permission: str, org_ids: Iterable[int]) -> set[int]:
    """Those of the enterprises over which the current person has a right, in one question."""
    ids = sorted(set(org_ids))
    if not ids or not gate.may(gate.somebody(), permission):
        return set()
    with connection.cursor() as cursor:
        cursor.execute("select app.orgs_of(%s, %s)", [gate.current(), permission])
        held = set(cursor.fetchone()[0])
    return held & set(ids)


@dataclass(slots=True)
class Line:
    """One enterprise in the matrix: form → its row."""

    entity_id: int
    name: str
    report_type: str
    cells: dict[str, Row] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """The enterprises under one parent, with how many forms are accepted."""

    name: str
    lines: list[Line]

    @property
    def total(self) -> int:
        """Forms owed or filed."""
        return sum(len(line.cells) for line in self.lines)

    @property
    def accepted(self) -> int:
        """Forms accepted."""
        return sum(row.standing == "ok" for line in self.lines for row in line.cells.values())


@dataclass(slots=True)
class Matrix:
    """Enterprises × forms of one period."""

    forms: list[str]
    groups: list[Group]
    counts: dict[str, int]
    rows: list[Row]


def matrix(period: str, ends: Any, state: str = "") -> Matrix:
    """What stands where in a period; `state` leaves only the enterprises that have a form in that state. Newer tasks cover older ones."""
    found = listed(rows(period=period).order_by("entity_name", "owed_id"))
    forms = wiring.library().forms
    lines: dict[tuple[int, str], Line] = {}
    for row in found:
        line = lines.setdefault((row.entity_id, row.report_type), Line(row.entity_id, row.entity_name, row.report_type))
        line.cells[row.form] = row
    every = [row for line in lines.values() for row in line.cells.values()]
    counts = {one: sum(row.standing == one for row in every) for one in STATES}
    shown = [line for line in lines.values() if not state or any(row.standing == state for row in line.cells.values())]
    parents = _parents(ends)
    groups: dict[str, Group] = {}
    for line in shown:
        name = parents.get(line.entity_id, "")
        groups.setdefault(name, Group(name, [])).lines.append(line)
    shown_forms = sorted({row.form for row in every}, key=lambda code: forms[code].number if code in forms else code)
    return Matrix(shown_forms, list(groups.values()), counts, every)


def _parents(ends: Any) -> dict[int, str]:
    """Enterprise → its parent's name in the reporting tree on that day."""
    try:
        tree = entities.tree()
    except NotFoundError:
        return {}
    places = entities.nodes(tree, ends)
    names = {place.entity_id: place.entity.name for place in places}
    return {place.entity_id: names.get(place.parent_id or 0, "") for place in places}


def new_url(uid: Any, form: str, period: str, report_type: str) -> str:
    """The page on which a filing is begun."""
    return f"{reverse('reporting:new')}?entity={uid}&form={form}&period={period}&type={report_type}"
