"""Findings as sentences: what is compared, both values with their names, the difference, the tolerance, the article, the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from guozi.app import wiring
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.models import CheckFinding as FindingRow, Filing, FilingVersion
from guozi.app.reporting.queries import CheckFinding, cells_of, stopping
from guozi.app.reporting.sheet import cell_id, layout_of, lines
from guozi.app.reporting.words import cite_words, form_words, reason_words, say
from guozi.app.ui.numbers import MoneyUnit
from guozi.app.ui.templatetags.gz import money_html, number, ratio
from guozi.core.formula.checks import top_comparison
from guozi.core.formula.engine import CheckResult, Outcome
from guozi.core.kernel.asof import Status
from guozi.core.kernel.money import Type
from guozi.core.kernel.period import Period
from guozi.core.kernel.unknown import Unknown
from guozi.core.reporting.form import Form

SHOWN_CELLS = 6
"""Cells named under a finding; a sum over a section has more, which the form shows."""

STATUS_WORDS = {
    Status.UNVERIFIED: gettext_lazy("text not yet verified"),
    Status.DRAFT: gettext_lazy("draft"),
    Status.REPEALED: gettext_lazy("repealed"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A cell that a finding is about, and the way to it."""

    words: str
    url: str
    cell: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding for a reader. `kind`: err (stops), ask (wants an explanation), done (explained), hint, open (could not be evaluated)."""

    code: str
    kind: str
    title: str
    what: SafeString
    basis: str
    chips: tuple[Chip, ...]
    more: int
    explanation: str
    may_explain: bool


def kind_of(finding: CheckFinding, *, strict: bool) -> str:
    """How a finding is shown."""
    if finding.result.outcome is Outcome.UNKNOWN:
        return "open"
    if finding in stopping([finding], strict=strict):
        return "ask" if finding.asks or not strict else "err"
    return "done" if finding.explanation else "hint"


def kinds(found: Iterable[CheckFinding], *, strict: bool) -> list[tuple[CheckFinding, str]]:
    """Each finding with its kind, the gravest first; one that is explained keeps its place, so that nothing jumps while one writes."""
    order = {"err": 0, "ask": 1, "done": 1, "hint": 2, "open": 3}
    return sorted(((one, kind_of(one, strict=strict)) for one in found), key=lambda pair: order[pair[1]])


def of_version(version: FilingVersion, rows: Iterable[FindingRow] | None = None) -> tuple[CheckFinding, ...]:
    """What the checks said of a version when it was submitted, from what was kept."""
    filing = version.filing
    bound = {one.rule.code: one for one in wiring.rulebook(Period.parse(filing.period)).checks(filing.form)}
    out = []
    for row in version.findings.filter(run=None).order_by("id") if rows is None else rows:
        one = bound.get(row.check_code)
        if one is None:
            continue
        result = CheckResult(
            row.check_code,
            version.org_id,
            filing.report_type,
            Outcome(row.outcome),
            row.left,
            row.right,
            row.difference,
            row.tolerance,
            Unknown.parse(row.reason) if row.reason else None,
        )
        cells = tuple((str(form), str(item), str(column)) for form, item, column in row.cells)
        explanation = str(version.explanations.get(row.check_code, ""))
        out.append(CheckFinding(one.check, row.check_code, result, cells or cells_of(one.rule.formula), explanation))
    return tuple(out)


class Sentences:
    """Writes the findings of one filing in one unit of money."""

    def __init__(
        self, filing: Filing, book: FilerBook, unit: MoneyUnit, siblings: Mapping[str, int] | None = None
    ) -> None:
        self.filing, self.book, self.unit = filing, book, unit
        self.siblings = {filing.form: filing.pk} | dict(siblings or {})
        self._numbers: dict[str, dict[str, int]] = {}
        self.types = {
            one.rule.code: top.args[0].type
            for one in book.rulebook.checks(filing.form)
            if (top := top_comparison(one.rule.formula.root)) is not None
        }

    def write(self, found: Sequence[CheckFinding], *, strict: bool) -> list[Sentence]:
        """All of them, the gravest first."""
        return [self.one(finding, kind) for finding, kind in kinds(found, strict=strict)]

    def one(self, finding: CheckFinding, kind: str) -> Sentence:
        """One finding."""
        result, check = finding.result, finding.check
        type_ = self.types.get(finding.rule_code, Type.MONEY)
        if result.outcome is Outcome.UNKNOWN:
            what = format_html(
                "{}",
                gettext("Cannot be checked: {reason}.").format(
                    reason=reason_words(result.reason) if result.reason else ""
                ),
            )
        else:
            what = format_html(
                "{}",
                format_html(
                    say(check.message),
                    left=self._value(result.left, type_),
                    right=self._value(result.right, type_),
                    difference=format_html("<b>{}</b>", self._value(result.difference, type_, with_unit=True)),
                ),
            )
        column = finding.cells[0][2] if finding.cells else ""
        several = len(self.book.rulebook.forms[self.filing.form][0].columns) > 1 and "." in finding.rule_code
        name = say(check.name)
        if several and finding.rule_code != check.code:
            name = gettext("{check}, {column}").format(
                check=name, column=self._column(finding.cells[0][0], column) if finding.cells else column
            )
        chips = [] if kind == "open" else [self._chip(cell) for cell in finding.cells[:SHOWN_CELLS]]
        return Sentence(
            finding.rule_code,
            kind,
            name,
            what,
            self._basis(finding, type_),
            tuple(chips),
            max(0, len(finding.cells) - SHOWN_CELLS),
            finding.explanation,
            kind == "ask" or (kind == "done" and bool(finding.explanation)),
        )

    def _basis(self, finding: CheckFinding, type_: Type) -> str:
        """The tolerance, the article, and how certain the text is."""
        parts = []
        if finding.result.tolerance is not None:
            parts.append(gettext("tolerance {amount} CNY").format(amount=f"{finding.result.tolerance:,.2f}"))
        parts.append(cite_words(finding.check.cite))
        if finding.check.status in STATUS_WORDS:
            parts.append(str(STATUS_WORDS[finding.check.status]))
        return " \u00b7 ".join(parts)

    def _value(self, value: object, type_: Type, with_unit: bool = False) -> SafeString:
        if not isinstance(value, Decimal):
            return format_html("{}", "" if value is None else str(value))
        if type_ is Type.RATIO:
            return ratio(value)
        if type_ is not Type.MONEY:
            return number(value)
        amount = money_html(value, self.unit)
        return format_html('{}<span class="gz-u gz-unit">{}</span>', amount, self.unit.word) if with_unit else amount

    def _column(self, form: str, column: str) -> str:
        columns = wiring.library().forms[form].columns
        return next((say(one.name) for one in columns if one.code == column), column)

    def _lines(self, form: Form) -> dict[str, int]:
        if form.code not in self._numbers:
            self._numbers[form.code] = lines(form, layout_of(form, self.book.period))
        return self._numbers[form.code]

    def _chip(self, cell: tuple[str, str, str]) -> Chip:
        code, item_code, column = cell
        form = wiring.library().forms[code]
        item = form.item(item_code)
        line = self._lines(form).get(item_code)
        words = gettext("line {line} {name}").format(line=line, name=say(item.name)) if item and line else item_code
        at = self.siblings.get(code)
        if code != self.filing.form:
            words = f"{form_words(code)} {words}"
        url = f"{reverse('reporting:filing', args=[at])}#{cell_id(item_code, column)}" if at else ""
        return Chip(words, url, cell_id(item_code, column) if code == self.filing.form else "")


def counts(found: Iterable[CheckFinding], *, strict: bool) -> dict[str, int]:
    """How many of each kind."""
    out = dict.fromkeys(("err", "ask", "done", "hint", "open"), 0)
    for one in found:
        out[kind_of(one, strict=strict)] += 1
    return out


def why_stopped(number_of: Mapping[str, int]) -> str:
    """What is still to do before a submission, as a sentence; empty where nothing stops it."""
    errors, asks = number_of["err"], number_of["ask"]
    if errors and asks:
        return gettext("Mend {errors} and explain {asks}, then it can be submitted.").format(errors=errors, asks=asks)
    if errors:
        return gettext("Mend {errors}, then it can be submitted.").format(errors=errors)
    if asks:
        return gettext("Explain {asks}, then it can be submitted.").format(asks=asks)
    return ""


def balance(sentences: Sequence[Sentence]) -> Sentence | None:
    """The gravest finding that has values, for the bar under the form."""
    return next((one for one in sentences if one.kind in ("err", "ask")), None)
