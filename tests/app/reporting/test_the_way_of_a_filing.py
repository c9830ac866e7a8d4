"""A filing goes its way: draft, findings, submission, receipt, return, correction, acceptance, and a second version beside the first."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, transaction

import tests.database
from guozi.app import gate
from guozi.app.audit.queries import entries
from guozi.app.facts.models import FactEvent
from guozi.app.reporting import actions
from guozi.app.reporting.books import FilerBook, source_step
from guozi.app.reporting.models import Acceptance, Draft, Filing, FilingVersion
from guozi.app.reporting.queries import filing_of, selection
from guozi.core.formula.compile import compile_formula
from guozi.core.formula.engine import Rule
from guozi.core.formula.tree import Formula
from guozi.core.kernel.errors import ConflictError, DeniedError, RefusedError, UsageError
from guozi.core.reporting.filing import State
from guozi.instance.postgres import ADMIN
from tests.app.reporting.conftest import FORMS, PERIOD, Place


def fresh(filing: Filing) -> Filing:
    return Filing.objects.select_related("org", "current_version", "accepted_version").get(pk=filing.pk)


def test_a_published_spreadsheet_becomes_three_drafts_whose_cells_say_where_they_came_from(place: Place) -> None:
    loaded = place.load()
    assert [filing.form for filing, _, _ in loaded] == list(FORMS)
    filing, draft, _ = loaded[0]
    assert draft.unit == "wan_yuan"
    assert draft.origins["cash"]["closing"].endswith("!B8")
    assert (filing.state, draft.revision) == (State.DRAFT, 1)


def test_a_submission_gives_a_receipt_whose_hash_can_be_computed_again(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reporter.pk):
        version = fresh(filing).current_version
        assert version is not None
        receipt = actions.receipt_of(version)
        assert (version.number, len(receipt.sha256)) == (1, 64)
        assert actions.hash_of(version) == receipt.sha256
        assert not Draft.objects.filter(filing=filing).exists()
        assert FactEvent.objects.filter(version_id=version.pk).count() == 1


def test_what_was_submitted_can_neither_be_changed_nor_deleted_by_anybody(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reporter.pk):
        for change in (
            lambda: FilingVersion.objects.filter(filing=filing).update(unit="yuan"),
            lambda: FilingVersion.objects.filter(filing=filing).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


@pytest.mark.django_db(transaction=True)
def test_not_even_the_superuser_changes_a_version(place: Place) -> None:
    place.submitted()
    with psycopg.connect(tests.database.SERVER.url(ADMIN)) as connection:
        for statement in ("update reporting_filingversion set unit = 'yuan'", "delete from reporting_filingversion"):
            with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
                connection.execute(statement)  # type: ignore[arg-type]


def test_a_returned_filing_comes_back_with_its_reason_and_goes_on_from_what_was_filed(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reviewer.pk):
        actions.send_back(filing, reason="货币资金与银行函证不符", number=1)
    with gate.acting_as(place.reporter.pk):
        back = fresh(filing)
        assert back.state == State.RETURNED
        assert Draft.objects.get(filing=back).cells == back.current_version.cells_as_filed  # type: ignore[union-attr]
        with pytest.raises(UsageError, match="Nothing has changed"):
            actions.submit(back)


def test_the_second_version_counts_only_when_it_is_accepted_and_the_first_until_then(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reviewer.pk):
        actions.accept(filing)
        first = fresh(filing).accepted_version_id
    with gate.acting_as(place.reporter.pk):
        actions.start(place.steel, "balance_sheet", PERIOD, "consolidated")
        draft = Draft.objects.get(filing=filing)
        actions.save_cells(filing, draft.revision, {"raw_materials": {"closing": "1"}})
        found = actions.findings_of_draft(filing, Draft.objects.get(filing=filing))
        second = actions.submit(
            filing, explanations={one.rule_code: "重报说明" for one in found if one.stops or one.asks}
        )
        assert second.number == 2
        key = ("balance_sheet", PERIOD)
        official = selection(["balance_sheet"], [PERIOD], official=True).versions[key]
        provisional = selection(["balance_sheet"], [PERIOD]).versions[key]
        assert (list(official.version_ids), list(provisional.version_ids)) == ([first], [second.pk])
    with gate.acting_as(place.reviewer.pk):
        actions.accept(fresh(filing), number=2)
        official = selection(["balance_sheet"], [PERIOD], official=True).versions[key]
        assert list(official.version_ids) == [second.pk]
        known = Acceptance.objects.filter(version__filing=filing).order_by("id")
        assert [one.known.upper is None for one in known] == [False, True]


def test_the_same_content_makes_no_second_version(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reporter.pk):
        actions.withdraw(filing)
        again = actions.submit(fresh(filing))
        assert again.number == 1
        assert fresh(filing).state == State.SUBMITTED
        assert filing.versions.count() == 1


def test_the_same_file_again_says_that_it_was_filed_already(place: Place) -> None:
    for form in FORMS:
        if form == "balance_sheet":
            place.submitted(form)
        else:
            with gate.acting_as(place.reporter.pk):
                filing = filing_of(place.steel, form, PERIOD)
                found = actions.findings_of_draft(filing, filing.draft)
                actions.submit(
                    filing, explanations={one.rule_code: "按年报填列" for one in found if one.stops or one.asks}
                )
    with pytest.raises(ConflictError, match="has been filed already"):
        place.load()
    with gate.acting_as(place.reporter.pk):
        assert {filing.state for filing in Filing.objects.filter(org=place.steel)} == {State.SUBMITTED}


def test_a_filing_under_review_says_that_it_must_be_withdrawn_first(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reporter.pk), pytest.raises(ConflictError, match="withdraw it first"):
        actions.save_cells(filing, 0, {"cash": {"closing": "1"}})


def test_an_older_revision_is_told_and_changes_nothing(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    with gate.acting_as(place.reporter.pk):
        actions.save_cells(filing, draft.revision, {"cash": {"closing": "5"}})
        with pytest.raises(ConflictError, match="changed elsewhere"):
            actions.save_cells(filing, draft.revision, {"cash": {"closing": "7"}})
        assert Draft.objects.get(filing=filing).cells["cash"]["closing"] == "5"


def test_a_failing_check_stops_a_submission_until_it_is_explained(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    with gate.acting_as(place.reporter.pk):
        draft, found = actions.save_cells(filing, draft.revision, {"total_assets": {"closing": "1"}})
        failing = {one.rule_code for one in found if one.stops}
        assert {"B1.closing", "B3.closing"} <= failing
        assert draft.failing == len(failing)
        with pytest.raises(RefusedError) as refused:
            actions.submit(filing)
        assert {finding.code for finding in refused.value.findings} >= {"check.B1.closing", "check.B3.closing"}
        assert not filing.versions.exists()
        actions.submit(filing, explanations=dict.fromkeys(failing, "合并范围变化所致"))
        assert filing.versions.get().findings.filter(outcome="fails").count() == len(failing)


def test_an_explanation_of_three_letters_explains_nothing(place: Place) -> None:
    filing, draft, _ = place.load()[0]
    with gate.acting_as(place.reporter.pk):
        _, found = actions.save_cells(
            filing, draft.revision, {"total_assets": {"closing": "1"}}, explanations={"B1.closing": "无"}
        )
        assert "B1.closing" in {one.rule_code for one in found if one.stops}


def test_a_cell_typed_into_a_row_that_the_file_did_not_carry_counts(place: Place) -> None:
    filing, draft, before = place.load()[0]
    assert "B3.opening" in {one.rule_code for one in before}
    with gate.acting_as(place.reporter.pk):
        typed = {"total_assets": {"opening": "10"}, "total_liabilities_and_equity": {"opening": "5"}}
        _, found = actions.save_cells(filing, draft.revision, typed)
        balance = next(one for one in found if one.rule_code == "B3.opening")
        assert (balance.result.outcome.value, balance.result.difference) == ("fails", 50000)


def test_another_unit_rewrites_the_amounts_and_changes_nothing_of_what_they_mean(place: Place) -> None:
    filing, draft, before = place.load()[0]
    cash = draft.cells["cash"]["closing"]
    with gate.acting_as(place.reporter.pk):
        changed, after = actions.save_cells(filing, draft.revision, {}, unit="yuan")
        assert changed.cells["cash"]["closing"] == f"{cash}0000"
        assert {one.rule_code for one in after} >= {one.rule_code for one in before if one.stops}


def test_every_step_leaves_an_entry_in_the_audit(place: Place) -> None:
    filing = place.submitted()
    with gate.acting_as(place.reviewer.pk):
        actions.accept(filing)
    with gate.acting_as(place.world.console):
        steps = {entry.action for entry in entries()}
    assert {"reporting.open_task", "reporting.load", "reporting.submit", "reporting.accept"} <= steps


@pytest.mark.parametrize("who", ["colleague", "stranger", "newcomer", "leader", "officer"])
def test_those_without_the_role_neither_fill_nor_submit(place: Place, who: str) -> None:
    filing = place.load()[0][0]
    with gate.acting_as(getattr(place.world, who).pk):
        for step in (
            lambda: actions.save_cells(filing, 1, {"cash": {"closing": "5"}}),
            lambda: actions.submit(filing),
            lambda: actions.withdraw(filing),
            lambda: actions.start(place.steel, "balance_sheet", PERIOD, "consolidated"),
        ):
            with pytest.raises(DeniedError):
                step()


@pytest.mark.parametrize("who", ["reporter", "colleague", "stranger", "newcomer", "leader"])
def test_those_without_the_role_neither_accept_nor_return(place: Place, who: str) -> None:
    filing = place.submitted()
    with gate.acting_as(getattr(place.world, who).pk):
        for step in (lambda: actions.accept(filing), lambda: actions.send_back(filing, reason="不符合要求")):
            with pytest.raises(DeniedError):
                step()


def test_a_check_over_two_forms_allows_for_the_coarser_rounding_of_the_two(place: Place) -> None:
    drafts = {filing.form: draft for filing, draft, _ in place.load()}
    drafts["income_statement"].unit = "yuan"
    with gate.acting_as(place.reporter.pk):
        book = FilerBook(place.steel.pk, "consolidated", PERIOD, drafts)
        formula = compile_formula(
            "balance_sheet.total_assets > income_statement.net_profit_for_period", book.rulebook.names
        )
        assert isinstance(formula, Formula)
        coarse, fine = (source_step(drafts[form], form) for form in ("balance_sheet", "income_statement"))
        assert coarse > fine
        assert book.step(Rule("both", formula)) == coarse
