"""`guozi close, facts, value, values, explain, check`: figures, and why they are what they are."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from django.conf import settings
from django.utils.translation import gettext as _

from guozi.app import gate
from guozi.app.decisions.close import close
from guozi.app.decisions.why import Answer, Shown, explain
from guozi.app.entities import queries as entities
from guozi.app.indicators.figures import Figures, figures
from guozi.app.reporting import rebuild
from guozi.app.reporting.models import CheckFinding
from guozi.cli.base import (
    FOUND,
    acting,
    as_option,
    database,
    ends_well,
    json_option,
    plain,
    say,
    say_what_is_late,
    show,
    the_day,
    the_entity,
    the_period,
    the_tree,
    who,
    with_reason,
)
from guozi.cli.out import write_values
from guozi.core.formula.engine import Explanation
from guozi.core.formula.tree import Cell
from guozi.core.kernel.period import Period


@click.command(
    "close",
    help=_(
        "Closes a period: checks, facts, indicators, signals. Interrupted, it is taken up where it stood; run twice, it does no harm."
    ),
)
@click.argument("period")
@click.option("--scope", "node", default="", help=_("Only the part of the tree under this entity."))
@json_option
@as_option
@ends_well
def close_(period: str, node: str, as_json: bool, login: str | None) -> int:
    with database():
        person = who(login)
        with gate.acting_as(person):
            tree, under = the_tree(), the_entity(node) if node else None
        with gate.as_person(person):
            run = close(
                tree,
                the_period(period),
                node=under,
                progress=lambda stage, done, total: say(f"[{done}/{total}] {stage}"),
            )
        with gate.acting_as(person):
            kinds: dict[str, int] = {}
            for kind, outcome in CheckFinding.objects.filter(run=run).values_list("kind", "outcome"):
                key = kind if outcome == "fails" else "not_evaluated"
                kinds[key] = kinds.get(key, 0) + 1
            count = len(entities.nodes(tree, the_period(period).end))
    document = {"period": period, "entities": count, "stages": run.stages, "findings": kinds}
    show(
        document,
        as_json,
        [f"{stage['name']:<12} {stage['seconds']:>8.3f} s {stage['rows']:>8}" for stage in run.stages] + [str(kinds)],
    )
    return FOUND if any(kind != "not_evaluated" for kind in kinds) else 0


@click.group("facts", help=_("The projection of filings into facts."))
def facts_() -> None:
    """The group of commands about facts."""


@facts_.command("rebuild", help=_("Makes the projection anew from the filings; the content is the same."))
@json_option
@as_option
@ends_well
def rebuild_(as_json: bool, login: str | None) -> int:
    with database(), gate.as_person(who(login)):
        result = rebuild.rebuild()
    show(result, as_json, [str(result)])
    return 0 if result["equal"] else FOUND


@facts_.command("verify", help=_("Compares the projection with the filings, cell by cell."))
@click.argument("period", nargs=-1)
@json_option
@as_option
@ends_well
def verify_(period: tuple[str, ...], as_json: bool, login: str | None) -> int:
    with database(), gate.as_person(who(login)):
        result = rebuild.verify([the_period(one) for one in period])
    show(result, as_json, [str(result)])
    return 0 if result["equal"] else FOUND


def _figures(period: Period, known: str | None) -> Figures:
    if known is None:
        return figures(period, tree_id=the_tree().pk)
    end_of_day = datetime.combine(the_day(known), time.max, ZoneInfo(settings.TIME_ZONE))
    return Figures(period, end_of_day)


@click.command(
    "value", help=_("One item, indicator or score of one enterprise (or, with --aggregate, of all under it).")
)
@click.argument("code")
@click.option("--entity", required=True, help=_("USCC, code or exact name."))
@click.option("--period", required=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--known", metavar=_("DATE"), help=_("As it was known at the end of this day."))
@click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
@click.option("--aggregate", is_flag=True, help=_("The sum of all under the entity."))
@json_option
@as_option
@ends_well
def value_(
    code: str,
    entity: str,
    period: str,
    known: str | None,
    report_type: str | None,
    aggregate: bool,
    as_json: bool,
    login: str | None,
) -> None:
    with acting(login):
        answer = _answer(code, entity, period, known, report_type, aggregate)
        document = (
            {"id": code, "entity": answer.entity.name, "period": period}
            | with_reason(answer.value)
            | {"unit": _unit(answer)}
        )
    show(
        document,
        as_json,
        [f"{document['value'] if document['value'] is not None else document['unknown']} {document['unit']}"],
    )


def _answer(code: str, entity: str, period: str, known: str | None, report_type: str | None, aggregate: bool) -> Answer:
    gate.require("decisions.read")
    return explain(
        _figures(the_period(period), known),
        code,
        the_entity(entity),
        the_tree(),
        aggregate=aggregate,
        report_type=report_type,
    )


def _unit(answer: Answer) -> str:
    return "yuan" if answer.rule.formula.type.value == "money" else answer.rule.formula.type.value


@click.command(
    "values",
    help=_(
        "Many values: every enterprise (or those under --scope) by indicator and period; csv, xlsx or parquet by the file's ending."
    ),
)
@click.argument("codes", nargs=-1, required=True)
@click.option("--period", "periods", multiple=True, required=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--scope", "node", default="", help=_("Only the part of the tree under this entity."))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=_("Write to this file (csv, xlsx, parquet).")
)
@json_option
@as_option
@ends_well
def values_(
    codes: tuple[str, ...], periods: tuple[str, ...], node: str, out: Path | None, as_json: bool, login: str | None
) -> None:
    rows: list[dict[str, Any]] = []
    with acting(login):
        gate.require("indicators.read")
        say_what_is_late()
        for text in periods:
            period = the_period(text)
            under = set(entities.members(the_tree(), the_entity(node).pk, period.end)) if node else None
            table = _figures(period, None).own(list(codes))
            names = entities.names([org for org, _kind in table.subjects])
            for index, (org, kind) in enumerate(table.subjects):
                if under is None or org in under:
                    values = {code: table.columns[code][index] for code in codes}
                    rows.append({"entity": names.get(org, str(org)), "report_type": kind, "period": text, **values})
    if out is not None:
        write_values(out, rows)
        say(_("{count} rows written to {file}").format(count=len(rows), file=out))
    document = [{key: with_reason(value) if key in codes else value for key, value in row.items()} for row in rows]
    show(document, as_json, [] if out else ["\t".join(str(plain(value)) for value in row.values()) for row in rows])


def explanation_json(node: Explanation) -> dict[str, Any]:
    """An explanation as the contract has it: the same shape at every depth."""
    return (
        {"id": node.label, "kind": node.kind, "formula": node.text}
        | with_reason(node.value)
        | {"operands": [explanation_json(part) for part in node.parts]}
    )


def cell_json(answer: Answer, cell: Cell, value: Shown) -> dict[str, Any]:
    """A cell with the filing it came from, its version, who filed it, when, and from which place of which file."""
    found = None if answer.aggregate else answer.source(cell)
    return {
        "form": cell.form,
        "item": cell.item,
        "column": cell.column,
        "years_back": cell.years_back,
        "value": plain(value),
        "filing": found.filing.pk if found else None,
        "version": found.version.number if found else None,
        "by": found.version.actor_id if found else None,
        "at": plain(found.version.submitted_at) if found else None,
        "origin": found.origin if found else None,
    }


@click.command("explain", help=_("Why a number is what it is: formula, values, cells, filing, place in the file."))
@click.argument("code")
@click.option("--entity", required=True, help=_("USCC, code or exact name."))
@click.option("--period", required=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--known", metavar=_("DATE"), help=_("As it was known at the end of this day."))
@click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
@click.option("--aggregate", is_flag=True, help=_("The sum of all under the entity."))
@json_option
@as_option
@ends_well
def explain_(
    code: str,
    entity: str,
    period: str,
    known: str | None,
    report_type: str | None,
    aggregate: bool,
    as_json: bool,
    login: str | None,
) -> None:
    with acting(login):
        answer = _answer(code, entity, period, known, report_type, aggregate)
        bound = answer.figures.rulebook.indicators.get(code)
        values = {node.cell: node.value for node in answer.explanation.walk() if node.cell is not None}
        cells = [cell_json(answer, cell, values.get(cell, answer.value)) for cell in answer.cells]
        document = {
            "id": code,
            **with_reason(answer.value),
            "formula": answer.rule.formula.text,
            "cite": {"source": bound.version.cite.source, "article": bound.version.cite.article} if bound else None,
            "operands": [explanation_json(part) for part in answer.explanation.parts],
            "cells": cells,
        }
        if answer.aggregate:
            document["coverage"] = list(answer.coverage or ())
    lines = [
        f"{code} = {document['value'] if document['value'] is not None else document['unknown']}",
        f"  {document['formula']}",
    ]
    lines += [
        "  " * depth + f"{node.label} = {plain(node.value) if plain(node.value) is not None else node.value}"
        for depth, node in _walk(answer.explanation, 1)
    ]
    lines += [
        f"  {cell['form']}/{cell['item']}/{cell['column']} ← {cell['origin'] or '—'} · v{cell['version']} · {cell['at']}"
        for cell in cells
        if cell["filing"]
    ]
    show(document, as_json, lines)


def _walk(node: Explanation, depth: int) -> list[tuple[int, Explanation]]:
    return [(depth, node)] + [found for part in node.parts for found in _walk(part, depth + 1)]


@click.command("check", help=_("Tries a formula on what is there."))
@click.argument("formula")
@click.option("--entity", required=True, help=_("USCC, code or exact name."))
@click.option("--period", required=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--report-type", default=None, help=_("Which sheet (default: consolidated where owed, else single)."))
@click.option("--aggregate", is_flag=True, help=_("The sum of all under the entity."))
@json_option
@as_option
@ends_well
def check_(
    formula: str, entity: str, period: str, report_type: str | None, aggregate: bool, as_json: bool, login: str | None
) -> None:
    with acting(login):
        answer = _answer(formula, entity, period, None, report_type, aggregate)
    document = with_reason(answer.value) | {"type": answer.rule.formula.type.value}
    show(
        document,
        as_json,
        [f"{document['value'] if document['value'] is not None else document['unknown']} ({document['type']})"],
    )
