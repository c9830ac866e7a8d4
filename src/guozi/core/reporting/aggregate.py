"""Which sheets of an entity are added up in a node's sum (regulations: report-type codes and the difference sheet)."""

from __future__ import annotations

from collections.abc import Collection

from guozi.core.kernel.errors import UsageError
from guozi.core.kernel.findings import mark

LEAF_TYPES = ("single", "difference", "financial", "overseas", "institution", "construction")
"""单户、差额、金融、境外、事业、基建 (0–5): their plain sum over a group equals the group's consolidated sheet."""
CONSOLIDATED = "consolidated"


def summed_types(owed: Collection[str]) -> tuple[str, ...]:
    """The report types of one entity that are added up: the leaf types it owes; where it owes none, its consolidated sheet (9)."""
    leaves = tuple(kind for kind in LEAF_TYPES if kind in owed)
    if leaves:
        return leaves
    return (CONSOLIDATED,) if CONSOLIDATED in owed else ()


def own_type(owed: Collection[str]) -> str:
    """The sheet that is the entity's own value: its consolidated one where owed, else the single one, else the first it owes."""
    for kind in (CONSOLIDATED, *LEAF_TYPES):
        if kind in owed:
            return kind
    raise UsageError(mark("this entity owes no sheet"))
