"""Keeping `TreePath` equal to what `TreeNode` says, for the enterprises that a change concerns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

_REBUILD = """
with recursive up (descendant_id, ancestor_id, depth, valid) as (
    select entity_id, entity_id, 0, valid from entities_treenode where tree_id = %(tree)s and entity_id = any(%(ids)s)
    union all
    select up.descendant_id, node.parent_id, up.depth + 1, up.valid * node.valid
    from up join entities_treenode node
        on node.tree_id = %(tree)s and node.entity_id = up.ancestor_id and node.parent_id is not null
        and node.valid && up.valid
)
insert into entities_treepath (tree_id, ancestor_id, descendant_id, depth, valid)
select %(tree)s, ancestor_id, descendant_id, depth, valid from up
"""


def rebuild(tree_id: int, descendants: Sequence[int]) -> None:
    """Writes all paths above each of `descendants` anew, with their whole history. Loops must have been refused before."""
    values: dict[str, Any] = {"tree": tree_id, "ids": list(descendants)}
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from entities_treepath where tree_id = %(tree)s and descendant_id = any(%(ids)s)", values
        )
        cursor.execute(_REBUILD, values)


def next_entity_id() -> int:
    """The id of an enterprise that is about to be made: its place in a tree is written before itself, or its row would be refused."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('entities_entity', 'id'))")
        row = cursor.fetchone()
    return int(row[0])
