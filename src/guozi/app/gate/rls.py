"""Migration operations that guard a table by row policies, or name it as one that needs no guard."""

from __future__ import annotations

import re

from django.db.migrations.operations import RunSQL

ROLE = "guozi_app"
"""The role that the application connects as; it owns nothing and has the rights that migrations grant."""

ALL = "select, insert, update, delete"
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


def _plain(*names: str) -> None:
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain name")


class Guard(RunSQL):
    """Rows of `table` exist only for persons who hold a permission of `shelf` over the enterprise in `column`.

    FORCE binds the owner too, so a later migration that must see rows makes a policy for itself and drops it again.
    """

    def __init__(self, table: str, *, shelf: str, column: str = "org_id", rights: str = ALL) -> None:
        _plain(table, shelf, column)
        mine = f"{column} = any((select app.orgs('{shelf}'))::int[])"
        super().__init__(
            f"""
            alter table {table} enable row level security;
            alter table {table} force row level security;
            create policy {table}_scope on {table} to {ROLE} using ({mine}) with check ({mine});
            grant {rights} on {table} to {ROLE};
            """,
            f"""
            revoke all on {table} from {ROLE};
            drop policy {table}_scope on {table};
            alter table {table} no force row level security;
            alter table {table} disable row level security;
            """,
        )


class Open(RunSQL):
    """Names a table that belongs to no enterprise, with the reason, and grants `rights` on it (empty: none)."""

    def __init__(self, table: str, *, why: str, rights: str = ALL) -> None:
        _plain(table)
        reason = why.replace("'", "''")
        super().__init__(
            f"comment on table {table} is 'unguarded: {reason}';"
            + (f"grant {rights} on {table} to {ROLE};" if rights else ""),
            f"comment on table {table} is null; revoke all on {table} from {ROLE};",
        )


class AppendOnly(RunSQL):
    """A trigger refuses UPDATE and DELETE on `table`, whoever asks."""

    def __init__(self, table: str) -> None:
        _plain(table)
        super().__init__(
            f"""
            create trigger {table}_append_only before update or delete on {table}
            for each row execute function app.refuse_change();
            """,
            f"drop trigger {table}_append_only on {table};",
        )


class SameOrg(RunSQL):
    """Holds `org_id` of a child equal to that of its parent, by a composite foreign key on (`column`, org_id)."""

    def __init__(self, child: str, column: str, parent: str) -> None:
        _plain(child, column, parent)
        super().__init__(
            f"""
            create unique index if not exists {parent}_id_org on {parent} (id, org_id);
            alter table {child} add constraint {child}_{column}_same_org
                foreign key ({column}, org_id) references {parent} (id, org_id) deferrable initially deferred;
            """,
            f"alter table {child} drop constraint {child}_{column}_same_org;",
        )
