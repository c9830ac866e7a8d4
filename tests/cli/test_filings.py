"""`guozi filing …`: a spreadsheet as a filing, the steps of its way, and what the checks say over all of them."""

from pathlib import Path

import pytest

from guozi.sources import samples
from tests.cli.conftest import Done, Instance

DOCUMENT = Path(__file__).parents[2] / "docs" / "explanation" / "published-statements.md"
LEFT_OPEN = [("000898", 2018), ("600011", 2019), ("600298", 2019)]
"""What the demo leaves for people to file."""
BY_STEPS = LEFT_OPEN[-1]
FORMS = ("balance_sheet", "income_statement", "cash_flow")
REASON = "as disclosed"


@pytest.fixture(scope="module")
def loaded(guozi: Instance, tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """The three that were left open: two loaded and submitted in one go, the last one step by step."""
    folder, done = tmp_path_factory.mktemp("sent"), []
    for code, year in LEFT_OPEN:
        (sample,) = samples.published(codes=[code], wanted=[year])
        file = folder / sample.file
        file.write_bytes(sample.content)
        where = ("--entity", code, "--period", str(year), "--json")
        steps = () if (code, year) == BY_STEPS else ("--submit", "--explain", REASON)
        done.append(guozi("filing", "load", str(file), *where, *steps))
    for form in FORMS:
        submitted = guozi("filing", "submit", BY_STEPS[0], form, str(BY_STEPS[1]), "--reason", REASON, "--json")
        assert (submitted.code, submitted.document["state"]) == (0, "submitted"), submitted.err
    assert guozi("worker", "--once").code == 0
    return done


def test_a_spreadsheet_becomes_filings_with_their_findings(loaded: list[Done]) -> None:
    for done in loaded:
        assert done.code in (0, 1), done.err
        document = done.document
        assert set(document) == {"filings", "findings", "unmapped", "unreadable"}
        submitted = (1, "submitted") if done is not loaded[-1] else (None, "draft")
        assert [(one["form"], one["version"], one["state"]) for one in document["filings"]] == [
            (form, *submitted) for form in FORMS
        ]
        assert all(
            {"check", "kind", "outcome", "left", "right", "difference", "cells"} <= set(one)
            for one in document["findings"]
        )
        assert all(set(one) >= {"name", "place"} for one in document["unmapped"])
        assert document["unmapped"], "the supplement of the cash flow statement has no row of ours"
        failing = any(one["outcome"] == "fails" for one in document["findings"])
        assert done.code == (1 if failing or document["unreadable"] else 0)


def test_a_dry_run_changes_nothing(guozi: Instance, loaded: list[Done], tmp_path: Path) -> None:
    (sample,) = samples.published(codes=["002236"], wanted=[2018])
    file = tmp_path / sample.file
    file.write_bytes(sample.content)
    done = guozi("filing", "load", str(file), "--entity", "002236", "--period", "2018", "--dry-run", "--json")
    assert {one["id"] for one in done.document["filings"]} == {None}


def test_what_cannot_be_read_is_refused_with_its_reasons(guozi: Instance, tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    file.write_bytes(b"%PDF-1.4 nothing")
    done = guozi("filing", "load", str(file), "--entity", "002236", "--period", "2018", "--json")
    assert done.code == 1
    assert done.document["error"] == "refused"
    assert done.document["findings"][0]["code"] == "source.not-a-spreadsheet"


def test_the_table_of_the_document_is_what_the_command_gives(guozi: Instance, loaded: list[Done]) -> None:
    done = guozi("filing", "checks", "--markdown")
    assert done.code == 1
    assert done.out.strip() in DOCUMENT.read_text(encoding="utf-8"), (
        "run: GUOZI_LANGUAGE=en guozi filing checks --markdown"
    )


def test_every_failing_check_has_its_numbers_and_its_explanation(guozi: Instance, loaded: list[Done]) -> None:
    document = guozi("filing", "checks", "--period", "2010", "--json").document
    assert document["failures"]
    for one in document["failures"]:
        assert {"check", "entity", "period", "left", "right", "difference", "explanation"} <= set(one)
        assert one["explanation"]
    by_check = {one["check"]: one for one in document["checks"]}
    assert by_check["B1.closing"]["evaluated"] == by_check["B1.closing"]["holds"] + by_check["B1.closing"]["fails"]
    assert sum(one["fails"] for one in document["checks"]) == len(document["failures"])


def test_a_filing_is_accepted_returned_and_shown(guozi: Instance, loaded: list[Done]) -> None:
    accepted = guozi("filing", "accept", "600011", "balance_sheet", "2019", "--json")
    assert accepted.code == 0, accepted.err
    assert (accepted.document["version"], accepted.document["state"]) == (1, "accepted")
    assert set(accepted.document["receipt"]) == {"number", "at", "sha256"}
    returned = guozi("filing", "return", "600298", "income_statement", "2019", "--reason", "please look at the costs", "--json")  # fmt: skip
    assert returned.document["state"] == "returned"
    again = guozi("filing", "submit", "600298", "income_statement", "2019", "--json")
    assert (again.code, again.document["error"]) == (2, "usage"), "nothing was changed since it was returned"
    shown = guozi("filing", "show", "600011", "balance_sheet", "2019", "--version", "1", "--json").document
    assert shown["cells"]["total_assets"]["closing"].isdigit()
    assert "!" in shown["origins"]["total_assets"]["closing"]
    missing = guozi("filing", "show", "600011", "balance_sheet", "2019", "--version", "9", "--json")
    assert (missing.code, missing.document["error"]) == (2, "not-found")
