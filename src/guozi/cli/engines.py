"""`guozi engine …`: engines against the judge."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from guozi.app import gate, wiring
from guozi.app.facts.queries import facts
from guozi.app.reporting.queries import periods_with_filings, selection
from guozi.cli.base import FOUND, acting, as_option, ends_well, json_option, plain, show, the_period


@click.group(help=_("Engines."))
def engine() -> None:
    """The group of commands about engines."""


@engine.command(
    "compare",
    help=_("All indicators and checks of a period (default: of every period) on each engine against the judge."),
)
@click.option(
    "--engine", "engines", multiple=True, default=["duckdb"], help=_("An engine; may be given more than once.")
)
@click.option("--period", "periods", multiple=True, help="2026 · 2026Q3 · 2026-09")
@json_option
@as_option
@ends_well
def compare(engines: tuple[str, ...], periods: tuple[str, ...], as_json: bool, login: str | None) -> int:
    cells, differences = 0, []
    with acting(login):
        scope = gate.scope(gate.current(), "facts")
        for period in [the_period(text) for text in periods] or periods_with_filings():
            rulebook = wiring.rulebook(period)
            indicators = [bound.rule for bound in rulebook.indicators.values()]
            checks = [bound.rule for bound in rulebook.all_checks()]
            read = {cell for rule in [*indicators, *checks] for cell in rule.formula.cells()}
            forms = {cell.form for cell in read}
            spans = {period.years_back(cell.years_back) for cell in read} | {period}
            count, found = wiring.compare(
                engines,
                scope,
                period,
                indicators,
                checks,
                facts(forms, spans),
                selection(forms, spans),
                rulebook.parameters,
            )
            cells += count
            differences += [
                {"period": str(period)} | {key: plain(value) for key, value in vars_of(one).items()} for one in found
            ]
    show(
        {"cells": cells, "differences": differences},
        as_json,
        [
            _("{cells} values compared, {count} differ").format(cells=cells, count=len(differences)),
            *map(str, differences),
        ],
    )
    return FOUND if differences else 0


def vars_of(difference: object) -> dict[str, object]:
    """The fields of a difference, by name."""
    return {name: getattr(difference, name) for name in getattr(type(difference), "__slots__", ())}
