"""`guozi filing checks`: over all filings in scope, what each check says, how often, and every failure with its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
from django.utils.translation import get_language, gettext as _

from guozi.app import gate, wiring
from guozi.app.entities import queries as entities
from guozi.app.indicators.figures import Figures
from guozi.app.reporting.models import FilingVersion
from guozi.app.reporting.queries import cells_of, periods_with_filings, selection
from guozi.cli.base import FOUND, acting, as_option, ends_well, json_option, plain, say_what_is_late, show, the_period
from guozi.core.formula.engine import CheckResult, Outcome
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown


@dataclass(slots=True)
class Tally:
    """One check over all filings: how often each outcome came, and why it could not be evaluated."""

    code: str
    check: str
    name: Mapping[str, str]
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def evaluated(self) -> int:
        """How often it held or failed."""
        return self.outcomes[Outcome.HOLDS] + self.outcomes[Outcome.FAILS]

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "check": self.code,
            "name": dict(self.name),
            "evaluated": self.evaluated,
            "holds": self.outcomes[Outcome.HOLDS],
            "fails": self.outcomes[Outcome.FAILS],
            "not_evaluated": self.outcomes[Outcome.UNKNOWN],
            "reasons": dict(self.reasons.most_common()),
        }


@click.command(
    "checks",
    help=_("What every check says over all filings: evaluated, holds, fails, and each failure with its numbers."),
)
@click.option("--period", "periods", multiple=True, help="2026 · 2026Q3 · 2026-09")
@click.option("--markdown", is_flag=True, help=_("The table as Markdown, for a document."))
@json_option
@as_option
@ends_well
def checks(periods: tuple[str, ...], markdown: bool, as_json: bool, login: str | None) -> int:
    tallies: dict[str, Tally] = {}
    failures: list[dict[str, Any]] = []
    with acting(login):
        gate.require("reporting.read")
        say_what_is_late()
        for period in sorted(
            [the_period(text) for text in periods] or periods_with_filings(), key=lambda one: (one.end, str(one))
        ):
            failures += _period(period, tallies)
    language = (get_language() or "en")[:2]
    ordered = sorted(tallies.values(), key=lambda one: one.code)
    if markdown and not as_json:
        click.echo("\n".join(markdown_table(ordered, language)))
    else:
        lines = [
            f"{one.code:<48} {one.evaluated:>6} {one.outcomes[Outcome.HOLDS]:>6} {one.outcomes[Outcome.FAILS]:>6} {one.outcomes[Outcome.UNKNOWN]:>6}"
            for one in ordered
        ]
        lines += [
            f"{one['period']} {one['entity']} {one['check']}: {one['left']} / {one['right']} ({one['difference']}) {one['explanation']}"
            for one in failures
        ]
        first, *others = _heads()
        head = f"{first:<48} {' '.join(others)}"
        show({"checks": [one.document() for one in ordered], "failures": failures}, as_json, [head, *lines])
    return FOUND if failures else 0


def _period(period: Period, tallies: dict[str, Tally]) -> list[dict[str, Any]]:
    """Adds a period to the tallies; gives its failures."""
    figures = Figures(period)
    bound = {one.rule.code: one for one in figures.rulebook.all_checks()}
    table = figures.checks([one.rule for one in bound.values()])
    for code, counts in table.counts.items():
        name = bound[code].check.name
        tally = tallies.setdefault(code, Tally(code, bound[code].check.code, {"zh": name.zh, "en": name.en}))
        tally.outcomes.update(dict(counts))
    for result in table.results:
        if isinstance(result.reason, Unknown):
            tallies[result.code].reasons[str(result.reason)] += 1
    failing = [result for result in table.results if result.outcome is Outcome.FAILS]
    forms = {code: cells_of(bound[code].rule.formula)[0][0] for code in {result.code for result in failing}}
    explained = _explanations(period, forms.values())
    names = entities.names([result.org_id for result in failing])
    return [
        _failure(period, result, names, explained.get((forms[result.code], result.org_id, result.report_type), {}))
        for result in failing
    ]


def _failure(
    period: Period, result: CheckResult, names: Mapping[int, str], explanations: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "check": result.code,
        "entity": names.get(result.org_id, str(result.org_id)),
        "period": str(period),
        "report_type": result.report_type,
        "left": plain(result.left),
        "right": plain(result.right),
        "difference": plain(result.difference),
        "tolerance": plain(result.tolerance),
        "explanation": explanations.get(result.code, ""),
    }


def _explanations(period: Period, forms: Iterable[str]) -> dict[tuple[str, int, str], Mapping[str, str]]:
    """(form, org, report type) → check → what the filer said of it."""
    chosen = selection(forms, [period])
    ids = [pk for versions in chosen.versions.values() for pk in versions.version_ids]
    rows = FilingVersion.objects.filter(pk__in=ids).exclude(explanations={})
    return {
        (form, org_id, kind): said
        for form, org_id, kind, said in rows.values_list(
            "filing__form", "org_id", "filing__report_type", "explanations"
        )
    }


def markdown_table(tallies: Sequence[Tally], language: str) -> list[str]:
    """A row a check (and column, where several were) that could be evaluated at least once, then those that never could."""
    names = {
        item.code: item.name.in_language(language) for form in wiring.library().forms.values() for item in form.items()
    }
    lines = [
        f"| {' | '.join(_heads())} |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    columns = Counter(one.check for one in tallies if one.evaluated)
    for one in tallies:
        if one.evaluated:
            missing = one.outcomes[Outcome.UNKNOWN]
            reasons = ", ".join(_reason(reason, count, names) for reason, count in one.reasons.most_common())
            lines.append(
                f"| `{one.check if columns[one.check] == 1 else one.code}` {one.name[language]} | {one.evaluated} "
                f"| {one.outcomes[Outcome.HOLDS]} | {one.outcomes[Outcome.FAILS]} | {f'{missing}: {reasons}' if missing else ''} |"
            )
    never = dict.fromkeys(
        f"`{one.check}`" for one in tallies if one.outcomes[Outcome.UNKNOWN] and not columns[one.check]
    )
    return [*lines, "", _("Never evaluated: {checks}").format(checks=", ".join(never) or "—")]


def _heads() -> tuple[str, ...]:
    return _("check"), _("evaluated"), _("holds"), _("fails"), _("not evaluated")


def _reason(reason: str, count: int, names: Mapping[str, str]) -> str:
    why, _space, what = reason.partition(" ")
    return f"{names.get(what, what) if why == 'not-offered' else reason} {count}"
