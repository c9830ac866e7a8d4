"""Where the things that lints speak of stand in their files, and how a finding gets there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from guozi.core.kernel.findings import Finding
from guozi.packs import shapes
from guozi.packs.nodes import Document, Map, Node
from guozi.packs.reader import DID_YOU_MEAN, guess

if TYPE_CHECKING:
    from guozi.packs.library import Entry


class Told:
    """Where a finding goes: the entry's document for place and line, one list for all."""

    def __init__(self, document: Document, findings: list[Finding]) -> None:
        self._document = Document(document.file, document.lines, findings=findings)

    def say(self, code: str, message: str, node: Node, hint: str = "", /, **args: object) -> None:
        """Adds a finding at the node."""
        self._document.say(code, message, node, hint, **args)

    def unlike(self, code: str, message: str, node: Node, word: str, known: Iterable[str], /, **args: object) -> None:
        """A finding with the nearest of what there is, where one is near."""
        near = guess(word, known)
        self.say(code, message, node, DID_YOU_MEAN if near else "", guess=near, **args)


def key_of(node: Map, name: str, word: str) -> Node:
    """The key `word` under `name`."""
    inner = node.get(name)
    return inner.key(word) if isinstance(inner, Map) else node


def check_place(entry: Entry, number: str) -> Node:
    """Where a check stands: written, or the row that implies it."""
    shape = entry.shape
    if isinstance(shape, shapes.FormFile):
        if number in shape.checks:
            return key_of(shape.at, "checks", number)
        for section in shape.sections:
            for code, item in section.rows.items():
                if number in (item.check, f"{code}.total", f"{code}.parts"):
                    return key_of(section.at, "rows", code)
    if isinstance(shape, shapes.CheckFamilyFile):
        return key_of(shape.at, "checks", number)
    return entry.document.root or Node(1, 1, 2)
