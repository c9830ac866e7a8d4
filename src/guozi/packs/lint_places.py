"""Where the things that lints speak of stand in their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guozi.packs import shapes
from guozi.packs.nodes import Map, Node

if TYPE_CHECKING:
    from guozi.packs.library import Entry


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
