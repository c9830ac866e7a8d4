"""Each table of the database is under row policies, or says why it is not."""

from __future__ import annotations

from django.db import connection

_TABLES = """
select c.relname, c.relrowsecurity and c.relforcerowsecurity, obj_description(c.oid), c.relkind,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped),
    array(select p.polname from pg_policy p where p.polrelid = c.oid and p.polroles <> '{0}'),
    exists (select from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
            where i.indrelid = c.oid and a.attname in ('org_id', 'id'))
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""

MAY_NAME_AN_ENTERPRISE = {"audit_entry", "jobs_progress"}
"""Tables that name an enterprise and are open all the same; each says why in its comment."""


def tables() -> list[tuple[str, bool, str | None, str, bool, list[str], bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return cursor.fetchall()


def test_each_table_is_guarded_or_named(db: None) -> None:
    bare = [name for name, forced, why, *_ in tables() if not forced and not (why or "").startswith("unguarded: ")]
    assert bare == [], "rls.Guard or rls.Open is missing in the migration that made it"


def test_a_guarded_table_has_its_policy_and_an_index_on_the_enterprise(db: None) -> None:
    guarded = [row for row in tables() if row[1]]
    assert {row[0] for row in guarded} >= {"entities_entity", "entities_entityname", "files_upload"}
    assert [row[0] for row in guarded if row[5] != [f"{row[0]}_scope"] or not row[6]] == []


def test_what_belongs_to_an_enterprise_is_guarded(db: None) -> None:
    open_ = {name for name, forced, _, _, has_org, *_ in tables() if has_org and not forced}
    assert open_ == MAY_NAME_AN_ENTERPRISE


def test_there_is_no_view_that_could_look_past_the_policies(db: None) -> None:
    assert [row[0] for row in tables() if row[3] in ("v", "m", "f")] == []


def test_no_function_reads_as_the_owner_but_the_known_ones(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select proname from pg_proc where prosecdef and pronamespace in ('app'::regnamespace, 'public'::regnamespace)"
        )
        assert {name for (name,) in cursor.fetchall()} == {"granted", "orgs_of", "orgs", "may", "audit_entries"}
