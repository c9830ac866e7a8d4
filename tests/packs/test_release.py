"""What was published stays: a row that says something else is refused unless it says that it was corrected."""

import pytest

from guozi.packs import picture
from guozi.packs.release import released_csv
from tests.packs.small import edited, load_small

RELEASED = {"mini/released.csv": released_csv(load_small(), "mini").encode()}
RATIO = "mini/indicators/debt_ratio.yaml"
SHEET = "mini/reporting/sheet.yaml"


def codes(changed: dict[str, bytes]) -> list[str]:
    return [finding.code for finding in load_small(RELEASED | changed).findings]


def test_what_was_released_and_did_not_change_passes() -> None:
    assert codes({}) == []
    assert RELEASED["mini/released.csv"].decode().splitlines()[0] == "id,effective,issued,status,corrections,sha256"


def test_a_published_row_may_not_say_something_else() -> None:
    changed = edited(RATIO, "formula: total_liabilities", "formula: 2 * total_liabilities")
    (finding,) = load_small(RELEASED | changed).findings
    assert finding.code == "pack.changed"
    assert picture(finding).splitlines()[0] == f"{RATIO}:5:16: this row was published and says something else now"


def test_a_correction_that_says_so_passes_once() -> None:
    corrected = edited(
        RATIO,
        "    formula: total_liabilities /",
        "    corrected: [{on: 2026-11-24, was: something, why: misread}]\n    formula: 2 * total_liabilities /",
    )
    assert codes(corrected) == []
    again = {"mini/released.csv": released_csv(load_small(corrected), "mini").encode()}
    worse = {RATIO: corrected[RATIO].replace(b"2 * ", b"3 * ")}
    assert [finding.code for finding in load_small(again | worse).findings] == ["pack.changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("en: Debt ratio}", "en: Ratio of debt}"),
        ("    status: unverified", "    status: draft"),
        ("versions:\n", "note: a remark\nversions:\n"),
        ("versions:\n  -", "versions:  # the newest first\n  -"),
    ],
)
def test_labels_remarks_and_status_are_not_law(old: str, new: str) -> None:
    assert codes(edited(RATIO, old, new)) == []


def test_a_unit_is_law() -> None:
    assert "pack.changed" in codes(edited("mini/parameters/floor.yaml", "unit: yuan", "unit: wan_yuan"))


def test_a_new_row_changes_no_old_one() -> None:
    new = "versions:\n  - {effective: 2027-01-01, issued: 2026-12-01, status: unverified, values: {assets: 1亿元}, cite: {source: law-0}}\n"
    assert codes(edited("mini/parameters/floor.yaml", "versions:\n", new)) == []


def test_a_row_of_a_form_counts_in_the_layouts_that_carry_it() -> None:
    found = load_small(
        RELEASED | edited(SHEET, "Contract assets, since", "Contract assets, minus: true, since")
    ).findings
    assert [(finding.code, finding.place.line) for finding in found] == [("pack.changed", 13)]


def test_a_published_row_may_not_vanish() -> None:
    gone = edited(RATIO, "effective: 2007-01-01", "effective: 2007-01-02")
    (finding,) = load_small(RELEASED | gone).findings
    assert (finding.code, finding.place.file) == ("pack.vanished", "mini/released.csv")


def test_a_file_that_cannot_be_read_has_not_vanished() -> None:
    assert codes(edited(RATIO, "direction", "directon")) == ["pack.unknown-key"]


def test_drafts_are_not_published() -> None:
    drafted = load_small(edited(RATIO, "status: enacted", "status: draft"))
    assert len(released_csv(drafted, "mini").splitlines()) == len(RELEASED["mini/released.csv"].splitlines()) - 1


def test_the_list_of_what_was_released_is_read_as_strictly() -> None:
    broken = RELEASED["mini/released.csv"].replace(b"2019-01-01", b"2019/01/01", 1)
    assert codes({"mini/released.csv": broken}) == ["pack.date"]
