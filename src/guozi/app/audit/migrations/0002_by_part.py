"""Who reads the audit trail for a part of the tree reads the entries about its enterprises alone."""

from django.db import migrations

READ = """
create or replace function app.audit_entries(
    since timestamptz, an_action text, org integer, before bigint, at_most integer)
returns table (id bigint, at timestamptz, person integer, action text, subject text, org_id integer, detail jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    who integer := app.person();
    whole boolean;
    seen integer[];
begin
    if not app.may(who, 'audit.read', null) then
        raise exception 'the audit trail is read by its administrator' using errcode = 'insufficient_privilege';
    end if;
    whole := exists (select from app.granted(who, 'audit.read') g where g.tree_id is null and g.node_id is null);
    seen := app.orgs_of(who, 'audit.read');
    return query select e.id, e.at, e.person, e.action, e.subject, e.org_id, e.detail from audit_entry e
        where (since is null or e.at >= since) and (an_action is null or e.action = an_action)
          and (org is null or e.org_id = org) and (before is null or e.id < before)
          and (whole or e.org_id = any(seen))
        order by e.id desc limit at_most;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunSQL(READ, migrations.RunSQL.noop)]
