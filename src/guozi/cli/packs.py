"""`guozi pack …` and `guozi indicator …`: the regulation as data."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.utils.translation import get_language, gettext as _

from guozi.app import wiring
from guozi.cli.base import FOUND, ends_well, finding_json, json_option, say, show, the_day
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark
from guozi.packs import Library, diff as pack_diff, load, picture, reference, release, shapes, testing


@click.group(help=_("Packs: the regulation as data."))
def pack() -> None:
    """The group of commands about packs."""


def _library(root: Path | None = None) -> Library:
    return load(root or wiring.pack_root())


def _language() -> str:
    return get_language() or "en"


@pack.command("list", help=_("The packs that are there."))
@json_option
@ends_well
def list_(as_json: bool) -> None:
    library = _library()
    rows: list[dict[str, Any]] = [
        {
            "id": one.code,
            "name": {"zh": one.name.zh, "en": one.name.en},
            "version": one.version,
            "builds_on": one.builds_on or None,
        }
        for one in library.packs.values()
    ]
    show(rows, as_json, [f"{row['id']:<16} {row['version']:<10} {row['name'][_language()[:2]]}" for row in rows])


@pack.command("check", help=_("Reads every file and lists every fault, with its place and what would be right."))
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=_("Folder of packs (default: those shipped)."),
)
@json_option
@ends_well
def check(root: Path | None, as_json: bool) -> int:
    library = _library(root)
    for finding in library.findings:
        say(picture(finding, _))
    show(
        {"findings": [finding_json(finding) for finding in library.findings]},
        as_json,
        [_("{files} files, {count} faults").format(files=len(library.files), count=len(library.findings))],
    )
    return FOUND if library.findings else 0


@pack.command("test", help=_("Runs the worked examples beside the rules, by the judge."))
@click.argument("paths", nargs=-1)
@json_option
@ends_well
def test(paths: tuple[str, ...], as_json: bool) -> int:
    results = testing.run(_library().demand_sound(), wiring.judge, paths)
    failed = [one for one in results if not one.ok]
    document = {
        "passed": len(results) - len(failed),
        "failed": len(failed),
        "cases": [{"id": one.id, "ok": one.ok, "expected": one.expected, "got": one.got} for one in results],
    }
    lines = [f"{one.place}: {one.id}: {one.expected} ≠ {one.got}" for one in failed]
    show(
        document,
        as_json,
        [*lines, _("{passed} passed, {failed} failed").format(passed=document["passed"], failed=document["failed"])],
    )
    return FOUND if failed else 0


@pack.command("keys", help=_("The keys of every kind of file; with --schema, JSON Schema for editors."))
@click.argument("kinds", nargs=-1)
@click.option("--schema", is_flag=True, help=_("JSON Schema instead."))
@json_option
@ends_well
def keys(kinds: tuple[str, ...], schema: bool, as_json: bool) -> None:
    unknown = [kind for kind in kinds if kind not in shapes.FILES]
    if unknown:
        raise NotFoundError(mark("no kind of file {kind}"), kind=unknown[0])
    if schema or as_json:
        library = _library()
        schemas = {kind: reference.json_schema(kind, library.vocabulary) for kind in kinds or shapes.FILES}
        click.echo(json.dumps(schemas, ensure_ascii=False, indent=2))
    else:
        click.echo(reference.key_reference(kinds, _))


@pack.command(
    "release",
    help=_(
        "Writes the hash of every published row into released.csv; from then on a changed row needs its correction said."
    ),
)
@click.argument("name")
@json_option
@ends_well
def release_(name: str, as_json: bool) -> None:
    library = _library().demand_sound()
    if name not in library.packs:
        raise NotFoundError(mark("no pack {name}"), name=name)
    path = wiring.pack_root() / name / release.FILE
    path.write_text(release.released_csv(library, name), encoding="utf-8")
    count = len(release.rows(library, name))
    show({"file": str(path), "rows": count}, as_json, [f"{path}: {count}"])


@pack.command("show", help=_("What holds of one thing on a date."))
@click.argument("code")
@click.option("--on", metavar=_("DATE"), help=_("As of this date (default: today)."))
@json_option
@ends_well
def show_(code: str, on: str | None, as_json: bool) -> None:
    library = _library()
    found = [entry for entry in library.entries if entry.code == code]
    if not found:
        raise NotFoundError(mark("nothing in the packs is called {code}"), code=code)
    certainty = library.rulebook(AsOf(the_day(on), date.max)).certainty(code)
    document = [
        {
            "kind": entry.kind,
            "file": entry.path,
            "status": certainty.status.value,
            "text": library.files[entry.path].decode(),
        }
        for entry in found
    ]
    show(document, as_json, [f"# {one['file']} ({one['status']})\n{one['text']}" for one in document])


@pack.command("diff", help=_("What the law says differently on two days, in words."))
@click.option("--from", "before", metavar=_("DATE"), required=True, help=_("A period that ends on this day …"))
@click.option("--to", "after", metavar=_("DATE"), required=True, help=_("… against one that ends on that day."))
@click.argument("paths", nargs=-1)
@json_option
@ends_well
def diff_(before: str, after: str, paths: tuple[str, ...], as_json: bool) -> int:
    changes = pack_diff.diff(_library().demand_sound(), the_day(before), the_day(after), paths=paths)
    document: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "code": one.code,
            "zh": one.text("zh"),
            "en": one.text("en"),
            "effective": one.effective,
            "source": one.cite.source,
        }
        for one in changes
    ]
    show(document, as_json, [one.text(_language(), _) for one in changes])
    return FOUND if changes else 0


@click.group(help=_("Indicators."))
def indicator() -> None:
    """The group of commands about indicators."""


def _indicators(on: str | None) -> dict[str, dict[str, Any]]:
    rulebook = _library().rulebook(AsOf(the_day(on), date.max))
    return {
        code: {
            "id": code,
            "name": {"zh": bound.indicator.name.zh, "en": bound.indicator.name.en},
            "unit": bound.indicator.unit.code,
            "formula": bound.version.formula,
            "cite": {"source": bound.version.cite.source, "article": bound.version.cite.article},
            "status": bound.version.status.value,
        }
        for code, bound in rulebook.indicators.items()
    }


@indicator.command("list", help=_("Indicators in force on a date."))
@click.option("--on", metavar=_("DATE"), help=_("As of this date (default: today)."))
@json_option
@ends_well
def indicator_list(on: str | None, as_json: bool) -> None:
    rows = _indicators(on)
    show(
        list(rows.values()),
        as_json,
        [f"{row['id']:<28} {row['name'][_language()[:2]]:<20} {row['formula']}" for row in rows.values()],
    )


@indicator.command("show", help=_("One indicator on a date."))
@click.argument("code")
@click.option("--on", metavar=_("DATE"), help=_("As of this date (default: today)."))
@json_option
@ends_well
def indicator_show(code: str, on: str | None, as_json: bool) -> None:
    row = _indicators(on).get(code)
    if row is None:
        raise NotFoundError(mark("no indicator {code} is in force on {day}"), code=code, day=str(the_day(on)))
    show(row, as_json, [f"{key}: {value}" for key, value in row.items()])
