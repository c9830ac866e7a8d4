"""A small pack that is right in everything, and ways to make it wrong; nothing here is a test."""

from pathlib import Path

from guozi.packs import load_files, read_files
from guozi.packs.library import Library

GOOD = Path(__file__).parent / "good"
ZOO = Path(__file__).parent / "zoo"


def files() -> dict[str, bytes]:
    """The files of the small pack."""
    return read_files(GOOD)


def load_small(changed: dict[str, bytes] | None = None, names: tuple[str, ...] = ("mini",)) -> Library:
    """The small pack with some files put in place of its own."""
    return load_files({**files(), **(changed or {})}, names)


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    """One file of the small pack with a text replaced; the text must be there."""
    text = files()[path].decode()
    assert text.count(old) >= 1, f"{path} does not hold {old!r}"
    return {path: text.replace(old, new, 1).encode()}


def animal(name: str) -> tuple[dict[str, bytes], str]:
    """A file of the zoo: the broken file, and the pictures that it must give.

    First line: the file (below the pack). Then lines that are taken out (-) and put in (+) in one place; only +: the whole file. After a line `=`: the pictures.
    """
    change, _, expected = (ZOO / f"{name}.txt").read_text("utf-8").partition("\n=\n")
    head, *lines = change.split("\n")
    path = head.removeprefix("../") if head.startswith("../") else f"mini/{head}"
    out = "\n".join(line[1:] for line in lines if line.startswith("-"))
    into = "\n".join(line[1:] for line in lines if line.startswith("+"))
    if not any(line.startswith("-") for line in lines):
        return {path: f"{into}\n".encode() if into else b""}, expected.rstrip("\n")
    return edited(path, out, into), expected.rstrip("\n")
