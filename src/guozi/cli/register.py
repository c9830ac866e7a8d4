"""`guozi entity …`: enterprises and trees."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from django.utils.translation import gettext as _

from guozi.app import wiring
from guozi.app.entities import queries as entities
from guozi.app.entities.importing import Imported, Row, import_rows
from guozi.cli.base import (
    FOUND,
    acting,
    as_option,
    ends_well,
    finding_json,
    json_option,
    say,
    show,
    tell_finding,
    the_day,
    the_entity,
    the_tree,
)
from guozi.core.kernel.findings import Severity


@click.group(help=_("Enterprises and trees."))
def entity() -> None:
    """The group of commands about entities."""


@entity.command("list", help=_("All enterprises of the reporting tree."))
@click.option("--on", metavar=_("DATE"), help=_("As of this date (default: today)."))
@json_option
@as_option
@ends_well
def list_(on: str | None, as_json: bool, login: str | None) -> None:
    day = the_day(on)
    with acting(login):
        nodes = entities.nodes(the_tree(), day)
        names = entities.names({node.parent_id for node in nodes if node.parent_id})
        rows = [
            {
                "code": node.entity.code,
                "uscc": node.entity.uscc,
                "name": node.entity.name,
                "parent": names.get(node.parent_id or 0),  # null, too, for one that this person does not see
                "report_type": node.report_type,
            }
            for node in nodes
        ]
    show(
        rows,
        as_json,
        [f"{row['uscc'] or row['code'] or '':<20} {row['name']}  ← {row['parent'] or '—'}" for row in rows],
    )


@entity.command(
    "import",
    help=_(
        "Takes enterprises in from a spreadsheet or CSV; every problem is listed at once and nothing is taken where there is one."
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--start", metavar=_("DATE"), help=_("From when they hold (default: 1 January of this year)."))
@click.option("--dry-run", is_flag=True, help=_("Only say what would happen."))
@json_option
@as_option
@ends_well
def import_(file: Path, start: str | None, dry_run: bool, as_json: bool, login: str | None) -> int:
    begin = the_day(start) if start else date(the_day(None).year, 1, 1)
    rows, problems = wiring.read_table(file.read_bytes(), file.name)
    broken = any(finding.severity is Severity.ERROR for finding in problems)
    with acting(login):
        done = import_rows(
            the_tree(),
            [Row(line, values) for line, values in rows],
            start=begin,
            dry_run=dry_run or broken,
            file=file.name,
        )
    if broken:
        done = Imported(findings=done.findings)
    findings = [*problems, *done.findings]
    for finding in findings:
        say(tell_finding(finding))
    show(
        {"created": done.created, "changed": done.changed, "findings": [finding_json(finding) for finding in findings]},
        as_json,
        [
            _("{created} created, {changed} changed, {found} problems").format(
                created=done.created, changed=done.changed, found=len(findings)
            )
        ],
    )
    return FOUND if any(finding.severity is Severity.ERROR for finding in findings) else 0


@entity.command("show", help=_("One enterprise: names, codes, facts, place in the tree."))
@click.argument("entity")
@click.option("--on", metavar=_("DATE"), help=_("As of this date (default: today)."))
@json_option
@as_option
@ends_well
def show_(entity: str, on: str | None, as_json: bool, login: str | None) -> None:
    day = the_day(on)
    with acting(login):
        one = the_entity(entity)
        document = {
            "uid": str(one.uid),
            "name": one.name,
            "uscc": one.uscc,
            "code": one.code,
            "facts": entities.facts([one.pk], day).get(one.pk, {}),
            "ancestors": [up.name for up in entities.ancestors(the_tree(), one.pk, day)],
            "children": [down.name for down in entities.children(the_tree(), one.pk, day)],
        }
    lines = [
        f"{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for key, value in document.items()
    ]
    show(document, as_json, lines)
