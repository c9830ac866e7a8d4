"""Every change of the register: each checked, audited, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import stdnum.cn.uscc
import stdnum.exceptions
from django.db import IntegrityError, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone
from pypinyin import lazy_pinyin

from guozi.app import gate, wiring
from guozi.app.audit.actions import record
from guozi.app.entities import closure
from guozi.app.entities.models import CodeKind, Entity, EntityCode, EntityFact, EntityName, Tree, TreeNode, TreePath
from guozi.core.kernel.errors import ConflictError, UsageError
from guozi.core.kernel.findings import mark

MANAGE = "entities.manage"


def pinyin_key(name: str) -> str:
    """What a name is sorted and searched by: its syllables joined, a space, their initials."""
    syllables = [syllable.lower().replace(" ", "") for syllable in lazy_pinyin(name)]
    return "".join(syllables) + " " + "".join(syllable[:1] for syllable in syllables)


def checked_uscc(text: str) -> str:
    """A unified social credit code in its plain form; UsageError where its check character does not fit."""
    try:
        return str(stdnum.cn.uscc.validate(text))
    except stdnum.exceptions.ValidationError:
        raise UsageError(mark("{code} is not a unified social credit code."), code=text) from None


def _not_in_future(start: date) -> None:
    if start > timezone.localdate():
        raise UsageError(mark("{start} lies in the future: enter it when it has come."), start=start)


@gate.action(MANAGE, about=None)
def create_tree(code: str, *, zh: str, en: str) -> Tree:
    """A new, empty tree."""
    if Tree.objects.filter(code=code).exists():
        raise ConflictError(mark("There is a tree {code} already."), code=code)
    tree = Tree.objects.create(code=code, name_zh=zh, name_en=en)
    record("entities.create_tree", tree, code=code)
    return tree


@gate.action(MANAGE, about=lambda tree, *, parent, **rest: parent)
def create(
    tree: Tree,
    *,
    name: str,
    parent: Entity | None,
    start: date,
    uscc: str = "",
    code: str = "",
    report_type: str = "",
    facts: Mapping[str, str] | None = None,
) -> Entity:
    """A new enterprise under `parent` (a root where None) from `start` on. ConflictError where another bears one of the codes."""
    return add(
        tree, name=name, parent=parent, start=start, uscc=uscc, code=code, report_type=report_type, facts=facts or {}
    )


def add(
    tree: Tree,
    *,
    name: str,
    parent: Entity | None,
    start: date,
    uscc: str,
    code: str,
    report_type: str,
    facts: Mapping[str, str],
) -> Entity:
    """What `create` does, for a caller that is an action itself; the right over the new place is checked here."""
    _not_in_future(start)
    if not name.strip():
        raise UsageError(mark("An enterprise needs a name."))
    Tree.objects.select_for_update().get(pk=tree.pk)
    entity = Entity(pk=closure.next_entity_id(), name=name.strip())
    valid = DateRange(start, None)
    TreeNode.objects.create(tree=tree, entity_id=entity.pk, parent=parent, report_type=report_type, valid=valid)
    closure.rebuild(tree.pk, [entity.pk])
    gate.require(MANAGE, entity.pk)
    entity.save(force_insert=True)
    EntityName.objects.create(org=entity, name=entity.name, pinyin=pinyin_key(entity.name), valid=valid)
    for kind, value in ((CodeKind.USCC, uscc), (CodeKind.CODE, code)):
        if value:
            put_code(entity, kind, value, start)
    for attribute, said in facts.items():
        put_fact(entity, attribute, said, start)
    record(
        "entities.create", entity, entity.pk, name=entity.name, tree=tree.code, parent=parent and parent.pk, start=start
    )
    return entity


@gate.action(MANAGE)
def rename(entity: Entity, name: str, start: date) -> None:
    """A new name from `start` on; the old ones are kept."""
    put_name(entity, name, start)


def put_name(entity: Entity, name: str, start: date) -> None:
    """What `rename` does, for a caller that is an action itself."""
    _not_in_future(start)
    name = name.strip()
    if not name:
        raise UsageError(mark("An enterprise needs a name."))
    _end_at(EntityName.objects.filter(org=entity), start)
    EntityName.objects.create(org=entity, name=name, pinyin=pinyin_key(name), valid=DateRange(start, None))
    was, entity.name = entity.name, name
    entity.save(update_fields=["name"])
    record("entities.rename", entity, entity.pk, was=was, name=name, start=start)


@gate.action(MANAGE)
def set_code(entity: Entity, kind: str, value: str, start: date) -> None:
    """A new code of that kind from `start` on; ConflictError where another enterprise bears it."""
    put_code(entity, CodeKind(kind), value, start)
    record("entities.set_code", entity, entity.pk, kind=kind, value=value, start=start)


def put_code(entity: Entity, kind: CodeKind, value: str, start: date) -> None:
    """What `set_code` does, without the audit entry."""
    _not_in_future(start)
    value = checked_uscc(value) if kind is CodeKind.USCC else value.strip()
    if kind is not CodeKind.FORMER:
        _end_at(EntityCode.objects.filter(org=entity, kind=kind), start)
    try:
        with transaction.atomic():
            EntityCode.objects.create(org=entity, kind=kind, value=value, valid=DateRange(start, None))
    except IntegrityError:
        raise ConflictError(mark("Another enterprise bears the code {code}."), code=value) from None
    if kind is not CodeKind.FORMER:
        setattr(entity, kind.value, value)
        entity.save(update_fields=[kind.value])


def _end_at(rows: models.QuerySet, start: date) -> None:
    """Ends the open row on that day; one that began on that very day was wrong from the first and goes."""
    row = rows.filter(valid__upper_inf=True).first()
    if row is None:
        return
    if start < row.valid.lower:
        raise UsageError(mark("Since {start} something newer is on record."), start=row.valid.lower)
    if start == row.valid.lower:
        row.delete()
    else:
        row.valid = DateRange(row.valid.lower, start)
        row.save(update_fields=["valid"])


@gate.action(MANAGE)
def move(entity: Entity, tree: Tree, parent: Entity | None, start: date) -> None:
    """From `start` on it stands under `parent` (as a root where None), with all below it; what was before stays on record.

    Needs the right over both places. UsageError for a loop, or for a day on which it did not stand in that tree.
    """
    put_under(entity, tree, parent, start)


def put_under(entity: Entity, tree: Tree, parent: Entity | None, start: date) -> None:
    """What `move` does, for a caller that is an action itself."""
    gate.require(MANAGE, parent)
    Tree.objects.select_for_update().get(pk=tree.pk)
    node = TreeNode.objects.filter(tree=tree, entity=entity, valid__contains=start).first()
    if node is None:
        raise UsageError(mark("{name} does not stand in this tree on {start}."), name=entity.name, start=start)
    gate.require(MANAGE, node.parent_id)
    later = DateRange(start, None)
    inside = TreePath.objects.filter(tree=tree, ancestor=entity, descendant=parent, valid__overlap=later)
    if parent is not None and inside.exists():
        raise UsageError(
            mark("{name} cannot stand under {parent}, which is a part of it."), name=entity.name, parent=parent.name
        )
    was = node.parent_id
    until = node.valid.upper
    if node.valid.lower == start:
        node.delete()
    else:
        node.valid = DateRange(node.valid.lower, start)
        node.save(update_fields=["valid"])
    TreeNode.objects.create(
        tree=tree, entity=entity, parent=parent, report_type=node.report_type, valid=DateRange(start, until)
    )
    below = TreePath.objects.filter(tree=tree, ancestor=entity).values_list("descendant_id", flat=True)
    closure.rebuild(tree.pk, sorted({entity.pk, *below}))
    record("entities.move", entity, entity.pk, tree=tree.code, was=was, parent=parent and parent.pk, start=start)


@gate.action(MANAGE)
def set_fact(entity: Entity, attribute: str, value: str, start: date, end: date | None = None) -> None:
    """From `start` until `end` the attribute has that value. What was recorded before is kept as what we knew then."""
    put_fact(entity, attribute, value, start, end)
    record("entities.set_fact", entity, entity.pk, attribute=attribute, value=value, start=start, end=end)


def put_fact(entity: Entity, attribute: str, value: str, start: date, end: date | None = None) -> None:
    """What `set_fact` does, without the audit entry; UsageError for an attribute or a word that the vocabulary lacks."""
    words = wiring.attributes().get(attribute)
    if words is None or value not in words:
        raise UsageError(
            mark("'{value}' is no word for {attribute} in the vocabulary."), value=value, attribute=attribute
        )
    now = timezone.now()
    new = DateRange(start, end)
    for row in EntityFact.objects.filter(org=entity, attribute=attribute, valid__overlap=new, recorded__upper_inf=True):
        row.recorded = DateTimeTZRange(row.recorded.lower, now)
        row.save(update_fields=["recorded"])
        pieces = []
        if row.valid.lower is None or row.valid.lower < start:
            pieces.append(DateRange(row.valid.lower, start))
        if end is not None and (row.valid.upper is None or end < row.valid.upper):
            pieces.append(DateRange(end, row.valid.upper))
        for piece in pieces:
            EntityFact.objects.create(
                org=entity, attribute=attribute, value=row.value, valid=piece, recorded=DateTimeTZRange(now, None)
            )
    EntityFact.objects.create(
        org=entity, attribute=attribute, value=value, valid=new, recorded=DateTimeTZRange(now, None)
    )
