"""Enterprises from the rows of a spreadsheet: every problem is listed at once, and nothing is half imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from guozi.app import gate, wiring
from guozi.app.audit.actions import record
from guozi.app.entities import actions, queries
from guozi.app.entities.models import Entity, Tree, TreeNode
from guozi.core.kernel.errors import DeniedError, NotFoundError, UsageError
from guozi.core.kernel.findings import Finding, Place, mark

HEAD = frozenset({"name", "uscc", "code", "parent", "report_type", "start"})
"""The columns that are not attributes. `parent` holds a code or an exact name, of the file or of the register; empty: a root."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its line there, and column → text."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done; with findings, nothing was. `created` and `changed` count enterprises."""

    created: int = 0
    changed: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Plan:
    """A row as understood: the enterprise it speaks of, if there is one, and the row it stands under, if that is in the file."""

    row: Row
    start: date
    values: dict[str, str]
    entity: Entity | None = None
    parent: Entity | _Plan | None = None
    ready: bool = field(default=False)

    @property
    def names(self) -> set[str]:
        return {self.values[key] for key in ("uscc", "code", "name") if self.values[key]}


class _Reader:
    def __init__(self, file: str, start: date) -> None:
        self.file, self.start = file, start
        self.attributes = wiring.attributes()
        self.findings: list[Finding] = []

    def say(self, row: Row, column: str, code: str, message: str, /, **args: object) -> None:
        place = Place(file=self.file, line=row.line, item=column)
        self.findings.append(Finding(f"entities.{code}", message, args, place))

    def read(self, rows: Sequence[Row]) -> list[_Plan]:
        plans = [self._row(row) for row in rows]
        self._codes_twice(plans)
        self._unknown_columns(rows)
        for plan in plans:
            self._parent(plan, plans)
        self._loops(plans)
        return plans

    def _row(self, row: Row) -> _Plan:
        values = dict.fromkeys(HEAD, "") | {key: value.strip() for key, value in row.values.items()}
        start = self.start
        if values["start"]:
            try:
                start = date.fromisoformat(values["start"])
            except ValueError:
                self.say(
                    row,
                    "start",
                    "start-unreadable",
                    mark("'{text}' is not a date: write 2025-01-01"),
                    text=values["start"],
                )
        if not values["name"]:
            self.say(row, "name", "name-missing", mark("the name is missing"))
        if not (values["uscc"] or values["code"]):
            self.say(row, "code", "code-missing", mark("a social credit code or a code of your own is needed"))
        if values["uscc"]:
            try:
                values["uscc"] = actions.checked_uscc(values["uscc"])
            except UsageError as error:
                self.say(row, "uscc", "uscc-wrong", error.message, **error.args_)
        for column, value in values.items():
            words = self.attributes.get(column)
            if value and words and value not in words:
                self.say(
                    row, column, "word-unknown", mark("'{value}' is none of: {words}"),
                    value=value, words=", ".join(sorted(words)),
                )  # fmt: skip
        plan = _Plan(row, start, values)
        for key in (values["uscc"], values["code"]):
            if key and plan.entity is None:
                plan.entity = _known(key)
        return plan

    def _codes_twice(self, plans: Sequence[_Plan]) -> None:
        first: dict[tuple[str, str], int] = {}
        for plan in plans:
            for kind in ("uscc", "code"):
                value = plan.values[kind]
                line = first.setdefault((kind, value), plan.row.line) if value else plan.row.line
                if line != plan.row.line:
                    self.say(
                        plan.row,
                        kind,
                        "code-twice",
                        mark("{value} stands in line {line} already"),
                        value=value,
                        line=line,
                    )

    def _unknown_columns(self, rows: Sequence[Row]) -> None:
        known = HEAD | set(self.attributes)
        for column in sorted({column for row in rows for column in row.values} - known):
            self.say(
                rows[0], column, "column-unknown", mark("'{column}' is none of the columns: {columns}"),
                column=column, columns=", ".join(sorted(known)),
            )  # fmt: skip

    def _parent(self, plan: _Plan, plans: Sequence[_Plan]) -> None:
        wanted = plan.values["parent"]
        if not wanted:
            return
        fitting = [other for other in plans if wanted in other.names]
        if len(fitting) > 1:
            self.say(
                plan.row,
                "parent",
                "parent-ambiguous",
                mark("{parent} stands for several rows: give a code"),
                parent=wanted,
            )
        elif fitting:
            plan.parent = fitting[0]
        elif (known := _known(wanted)) is not None:
            plan.parent = known
        else:
            self.say(
                plan.row, "parent", "parent-unknown",
                mark("{parent} is neither in this file nor in the register"), parent=wanted,
            )  # fmt: skip

    def _loops(self, plans: Sequence[_Plan]) -> None:
        for plan in plans:
            above: _Plan | Entity | None = plan.parent
            for _ in plans:
                if above is plan:
                    self.say(plan.row, "parent", "parent-loop", mark("this enterprise would stand under itself"))
                    break
                above = above.parent if isinstance(above, _Plan) else None


def _known(text: str) -> Entity | None:
    try:
        return queries.find(text)
    except NotFoundError:
        return None


@gate.action(actions.MANAGE, about=None)
def import_rows(tree: Tree, rows: Sequence[Row], *, start: date, dry_run: bool = False, file: str = "") -> Imported:
    """Creates what is new and changes what differs, from `start` (or the row's own) on; a row is known again by its codes.

    With one finding nothing is changed; a dry run changes nothing either, but finds all that the database would refuse.
    """
    reader = _Reader(file, start)
    plans = reader.read(rows)
    created = changed = 0
    if not reader.findings:
        with transaction.atomic():
            for plan in plans:
                made, altered = _apply(plan, tree, reader)
                created, changed = created + made, changed + altered
            if reader.findings or dry_run:
                transaction.set_rollback(True)
    record(
        "entities.import",
        tree,
        rows=len(rows),
        created=created,
        changed=changed,
        dry_run=dry_run,
        findings=len(reader.findings),
    )
    if reader.findings:
        return Imported(findings=tuple(reader.findings))
    return Imported(created, changed)


def _apply(plan: _Plan, tree: Tree, reader: _Reader) -> tuple[int, int]:
    """(created, changed), the rows above first."""
    if plan.ready:
        return 0, 0
    plan.ready = True
    created = changed = 0
    if isinstance(plan.parent, _Plan):
        created, changed = _apply(plan.parent, tree, reader)
        plan.parent = plan.parent.entity
        if plan.parent is None:  # the row above was refused, and said why
            return created, changed
    try:
        with transaction.atomic():
            if plan.entity is None:
                plan.entity = _create(plan, plan.parent, tree)
                created += 1
            else:
                changed += _change(plan, plan.entity, plan.parent, tree)
    except (UsageError, DeniedError) as error:
        reader.say(plan.row, "", error.code, error.message, **error.args_)
    return created, changed


def _create(plan: _Plan, parent: Entity | None, tree: Tree) -> Entity:
    values = plan.values
    return actions.add(
        tree,
        name=values["name"],
        parent=parent,
        start=plan.start,
        uscc=values["uscc"],
        code=values["code"],
        report_type=values["report_type"],
        facts={key: value for key, value in values.items() if value and key not in HEAD},
    )


def _change(plan: _Plan, entity: Entity, parent: Entity | None, tree: Tree) -> bool:
    gate.require(actions.MANAGE, entity)
    changed = False
    if plan.values["name"] != entity.name:
        actions.put_name(entity, plan.values["name"], plan.start)
        changed = True
    node = TreeNode.objects.filter(tree=tree, entity=entity, valid__contains=plan.start).first()
    if node is None or node.parent_id != (parent and parent.pk):
        actions.put_under(entity, tree, parent, plan.start)
        changed = True
    said = queries.facts([entity.pk], plan.start)[entity.pk]
    for attribute, value in plan.values.items():
        if value and attribute not in HEAD and said.get(attribute) != value:
            actions.put_fact(entity, attribute, value, plan.start)
            record("entities.set_fact", entity, entity.pk, attribute=attribute, value=value, start=plan.start)
            changed = True
    return changed
