"""Every broken file of the zoo gives one message, and exactly the picture that stands in it."""

import re

import pytest

from guozi.packs import picture
from tests.packs.small import ZOO, animal, load_small
from tests.structure.source import ROOT

NAMES = sorted(path.stem for path in ZOO.glob("*.txt"))


def said_in_the_source() -> set[str]:
    """The codes that the packs room gives to findings."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "src/guozi/packs").glob("*.py"))
    pattern = r'(?:\bsay|unlike|_wrong|_missing|_say|_unlike|_about|document_say)\((?:\s*(?:entry|subject|path|self\.findings|document|findings|f"[^"]*"),)*\s*"([a-z-]+)"'
    return set(re.findall(pattern, text))


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_gives_one_picture(name: str) -> None:
    changed, expected = animal(name)
    findings = load_small(changed).findings
    assert "\n".join(picture(finding) for finding in findings) == expected
    assert len(findings) == 1


def test_all_broken_files_are_told_at_once() -> None:
    together: dict[str, bytes] = {}
    for name in ("unknown_key", "date_with_slashes", "unknown_class", "table_with_too_many_cells", "case_like_nothing"):
        together |= animal(name)[0]
    assert len(load_small(together).findings) == 5


def test_every_code_of_a_finding_lives_in_the_zoo_or_in_a_test() -> None:
    zoo = {code for name in NAMES for code in (finding.code for finding in load_small(animal(name)[0]).findings)}
    tests = "\n".join(path.read_text("utf-8") for path in ZOO.parent.glob("test_*.py"))
    untried = {code for code in said_in_the_source() if f"pack.{code}" not in zoo and f'"pack.{code}"' not in tests}
    assert untried == set()
    assert len(said_in_the_source()) > 50
