"""What no file of the repository may hold, and that what is named is there."""

import re
from pathlib import Path

import pytest

from tests.structure.source import ROOT

LOCKS = ("requirements.lock", "requirements-run.lock", "scripts/uv.txt")
ADDRESS = re.compile(r"(?:https?|file)://|--(?:extra-)?index-url|--find-links|--trusted-host")

OURS_THOUGH_HIDDEN = {".ci", ".gitignore", ".importlinter"}
NOT_OURS = {"var", "build", "node_modules", "static", "vendor", "__pycache__"}
"""Folders that are not the repository's own words: made by machines, or other people's."""
WORKPLACE = re.compile(r"/work/|/root/(?!repo\b)|/home/\w+/|/tmp/guozi/")
"""Paths of the machine that someone worked on."""

COMMANDS = ("setup", "demo", "test", "check", "bench", "messages", "lock", "browser")


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def unhashed(text: str) -> list[str]:
    """The packages of a lock that stand there without a hash."""
    entries = re.sub(r"\\\n", " ", text).splitlines()
    return [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def hidden(part: str) -> bool:
    """A cache of some tool, or what an installer wrote."""
    return (part.startswith(".") and part not in OURS_THOUGH_HIDDEN) or part.endswith(".egg-info")


def words() -> list[tuple[Path, str]]:
    """The text files of the repository but the ones that are not our words."""
    found = []
    for file in sorted(ROOT.rglob("*")):
        parts = file.relative_to(ROOT).parts
        if NOT_OURS.isdisjoint(parts) and not any(map(hidden, parts)) and file.is_file():
            try:
                found.append((file.relative_to(ROOT), file.read_text("utf-8")))
            except UnicodeDecodeError:
                continue
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "==" in text
    assert addresses(text) == []
    assert unhashed(text) == []


def test_what_runs_is_locked_as_it_is_tested() -> None:
    tested = set(re.findall(r"^(\S+==\S+)", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE))
    runs = set(re.findall(r"^(\S+==\S+)", (ROOT / LOCKS[1]).read_text("utf-8"), re.MULTILINE))
    assert runs - tested == set()


def test_no_file_names_the_machine_that_it_was_written_on() -> None:
    here = Path(__file__).relative_to(ROOT)
    assert [f"{path}: {found[0]}" for path, text in words() if path != here and (found := WORKPLACE.search(text))] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_there_says_what_it_does_and_can_be_run(command: str) -> None:
    file = ROOT / "scripts" / command
    assert file.read_text("utf-8").startswith("#!/bin/sh\n# ")
    assert file.stat().st_mode & 0o111 == 0o111


def test_an_address_and_a_missing_hash_are_seen() -> None:
    assert addresses("x==1 @ https://example.org/x.whl")
    assert addresses("--index-url x")
    assert unhashed("x==1 \\\n    --hash=sha256:00\ny==2") == ["y==2"]


@pytest.mark.parametrize("text", ["see /work/elsewhere", "/home/me/guozi"])
def test_a_workplace_is_seen(text: str) -> None:
    assert WORKPLACE.search(text)
