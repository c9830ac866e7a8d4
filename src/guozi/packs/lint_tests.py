"""Judges the tests of packs before they run: each check is tripped by a case, each warning fires, is silent and stands on its line once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from guozi.core.kernel.asof import Status
from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import Finding, mark
from guozi.core.kernel.period import Period
from guozi.core.reporting.form import Check
from guozi.core.reporting.totals import derived_checks
from guozi.packs import lint_formulas, shapes
from guozi.packs.lint_places import check_place
from guozi.packs.nodes import List, Map, Node, Text
from guozi.packs.reader import DID_YOU_MEAN, guess

if TYPE_CHECKING:
    from guozi.packs.library import Entry, Library

CELL = re.compile(r"(?:(?P<outer>\w+)\()?(?:(?P<inner>\w+)\()?(?P<item>\w+(?:\.\w+)?)\)*")
"""`item`, `opening(item)`, `year_ago(item)`, `year_ago(opening(item))`."""

_VALUE = ("expect", "printed", "unknown")
_OUTCOMES = {"indicator": _VALUE, "parameter": _VALUE, "warning": ("fires", "silent")}


def lint(library: Library, faulty: Collection[str]) -> list[Finding]:
    """What is wrong with tests, and what has none. Of files in `faulty` it is not asked which checks they have."""
    judge = _Judge(library, faulty)
    for entry in library.entries:
        if entry.kind == "test" and isinstance(entry.shape, shapes.TestFile):
            judge.test(entry, entry.shape)
    judge.uncovered()
    return judge.findings


class _Judge:
    def __init__(self, library: Library, faulty: Collection[str]) -> None:
        self.library = library
        self.faulty = faulty
        self.findings: list[Finding] = []
        self.subjects = {
            f"{folder}/{entry.code}": entry
            for entry in library.entries
            for folder, kind in shapes.FOLDERS.items()
            if kind == entry.kind and not entry.overlay
        }
        self.tests = {entry.code: entry for entry in library.entries if entry.kind == "test"}
        self.items = {item.code for form in library.forms.values() for item in form.items()}
        self.columns = {column.code for form in library.forms.values() for column in form.columns}

    def _say(self, entry: Entry, code: str, message: str, node: Node, hint: str = "", /, **args: object) -> None:
        lint_formulas.document_say(self.findings, entry.document, code, message, node, hint, **args)

    def _unlike(
        self, entry: Entry, code: str, message: str, node: Node, word: str, known: Iterable[str], /, **args: object
    ) -> None:
        near = guess(word, known)
        self._say(entry, code, message, node, DID_YOU_MEAN if near else "", guess=near, **args)

    def test(self, entry: Entry, shape: shapes.TestFile) -> None:
        """One file of cases."""
        subject = self.subjects.get(entry.code)
        if subject is None:
            known = [path for path in self.subjects if path not in self.tests]
            self._unlike(
                entry,
                "no-subject",
                mark("there is no {path} to test"),
                shape.at,
                entry.code,
                known,
                path=f"{entry.code}.yaml",
            )
            return
        for period, node in ((shape.period, shape.at.value("period")), *_periods(shape)):
            if period:
                self._period(entry, period, node)
        for case in shape.cases.values():
            self._case(entry, case, shape)
            if subject.kind in ("form", "checks"):
                self._trips(entry, case, subject)
            if not (case.period or shape.period):
                self._say(entry, "no-period", mark("neither the case nor the file says a period"), case.at)
            outcomes = _OUTCOMES.get(subject.kind, ())
            if outcomes and sum(word in case.at.entries for word in outcomes) != 1:
                self._say(entry, "outcome", mark("a case says one of {words}"), case.at, words=", ".join(outcomes))

    def _period(self, entry: Entry, period: str, node: Node) -> None:
        try:
            Period.parse(period)
        except UsageError as error:
            self._say(entry, "period", error.message, node, **error.args_)

    def _case(self, entry: Entry, case: shapes.CaseShape, shape: shapes.TestFile) -> None:
        if case.like and case.like not in shape.cases:
            self._unlike(
                entry,
                "no-case",
                mark("no case {case} in this file"),
                case.at.value("like"),
                case.like,
                shape.cases,
                case=case.like,
            )
        for word in ("given", "set"):
            cells = case.at.get(word)
            if isinstance(cells, Map):
                for cell, (place, _) in cells.entries.items():
                    self._cell(entry, cell, place)
        for word, prefix in (("enterprise", "enterprise"), ("cover", "cover")):
            facts = case.at.get(word)
            if isinstance(facts, Map):
                for name, (place, value) in facts.entries.items():
                    self._fact(entry, f"{prefix}.{name}", place, value)

    def _cell(self, entry: Entry, cell: str, place: Node) -> None:
        match = CELL.fullmatch(cell)
        item = match["item"] if match else cell
        known = item.rpartition(".")[2] in self.items and (
            "." not in item or item.partition(".")[0] in self.library.forms
        )
        if any(other.kind == "form" and other.shape is None for other in self.library.entries):
            return
        if not known:
            self._unlike(entry, "no-item", mark("no item {item}"), place, item, self.items, item=item)
            return
        for function in (match["outer"], match["inner"]) if match else ():
            if function and function not in self.columns and function != "year_ago":
                self._unlike(
                    entry,
                    "no-column",
                    mark("no column {column}"),
                    place,
                    function,
                    [*self.columns, "year_ago"],
                    column=function,
                )

    def _fact(self, entry: Entry, name: str, place: Node, value: Node) -> None:
        attributes = self.library.vocabulary.attributes()
        known = attributes.get(name)
        if known is None:
            self._unlike(entry, "no-attribute", mark("nothing is called {name}"), place, name, attributes, name=name)
        elif isinstance(value, Text) and value.value not in known.words:
            near = known.find(value.value) or guess(value.value, known.words)
            self._say(
                entry,
                "word",
                mark("'{word}' is not a {kind}"),
                value,
                DID_YOU_MEAN if near else "",
                word=value.value,
                kind=known.code,
                guess=near,
            )

    def _trips(self, entry: Entry, case: shapes.CaseShape, subject: Entry) -> None:
        known = {code for check in self._checks(subject) for code in (check.code, *_by_column(check))}
        node = case.at.value("trips")
        for index, number in enumerate(case.trips):
            if number not in known and subject.shape is not None and subject.path not in self.faulty:
                place = node.items[index] if isinstance(node, List) else node
                self._unlike(entry, "no-check", mark("no check {check}"), place, number, known, check=number)

    def _checks(self, subject: Entry) -> tuple[Check, ...]:
        form = self.library.forms.get(subject.code) if subject.kind == "form" else None
        if form is not None:
            found = {check.code: check for layout in form.layouts for check in derived_checks(form, layout)}
            return (*found.values(), *form.checks)
        numbers: Mapping[str, object] = getattr(subject.shape, "checks", {})
        return tuple(self.library.checks[number] for number in numbers if number in self.library.checks)

    # what has no test

    def uncovered(self) -> None:
        """Each check without a case that trips it; each indicator, parameter and warning without its cases."""
        for path, subject in self.subjects.items():
            test = self.tests.get(path)
            if subject.shape is None or subject.path in self.faulty or (test is not None and test.shape is None):
                continue
            cases = tuple(test.shape.cases.values()) if test and isinstance(test.shape, shapes.TestFile) else ()
            file = f"{subject.pack}/tests/{path}.yaml"
            match subject.kind:
                case "form" | "checks":
                    tripped = {number for case in cases for number in case.trips}
                    for check in self._checks(subject):
                        idle = check.status in (Status.DRAFT, Status.REPEALED)
                        if not idle and not tripped & {check.code, *_by_column(check)}:
                            self._missing(
                                subject,
                                mark("check {check} has no case that trips it"),
                                file,
                                check_place(subject, check.code),
                                check=check.code,
                            )
                case "indicator" if not any(case.expect or case.printed for case in cases):
                    self._missing(subject, mark("{code} has no case that expects a value"), file, code=subject.code)
                case "parameter" if not any(case.expect or case.printed for case in cases):
                    self._missing(subject, mark("{code} has no case that expects a value"), file, code=subject.code)
                case "warning":
                    for message, there in (
                        (mark("{code} has no case in which it fires"), any(case.fires for case in cases)),
                        (mark("{code} has no case in which it is silent"), any(case.silent for case in cases)),
                        (mark("{code} has no case that stands on the line"), any(case.on_the_line for case in cases)),
                    ):
                        if not there:
                            self._missing(subject, message, file, code=subject.code)

    def _missing(self, subject: Entry, message: str, file: str, node: Node | None = None, **args: object) -> None:
        place = node or subject.document.root or Node(1, 1, 2)
        self._say(subject, "no-test", message, place, mark("add one to {file}"), file=file, **args)


def _by_column(check: Check) -> list[str]:
    return [f"{check.code}.{column}" for column in check.columns]


def _periods(shape: shapes.TestFile) -> list[tuple[str, Node]]:
    return [(case.period, case.at.value("period")) for case in shape.cases.values()]
