import django.utils.timezone
from django.db import migrations, models

from guozi.app.gate import rls

READ = """
alter table audit_entry add column xid xid8 not null default pg_current_xact_id();

create function app.audit_entries(since timestamptz, an_action text, org integer, before bigint, at_most integer)
returns table (id bigint, at timestamptz, person integer, action text, subject text, org_id integer, detail jsonb)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    if not app.may(app.person(), 'audit.read', null) then
        raise exception 'the audit trail is read by its administrator' using errcode = 'insufficient_privilege';
    end if;
    return query select e.id, e.at, e.person, e.action, e.subject, e.org_id, e.detail from audit_entry e
        where (since is null or e.at >= since) and (an_action is null or e.action = an_action)
          and (org is null or e.org_id = org) and (before is null or e.id < before)
        order by e.id desc limit at_most;
end $$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("person", models.IntegerField(null=True)),
                ("action", models.TextField()),
                ("subject", models.TextField()),
                ("org_id", models.IntegerField(null=True)),
                ("detail", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="audit_by_time"),
                    models.Index(fields=["org_id", "at"], name="audit_by_org"),
                ],
            },
        ),
        migrations.RunSQL(READ, "drop function app.audit_entries; alter table audit_entry drop column xid"),
        rls.Open(
            "audit_entry",
            why="all write it, nobody reads it but through app.audit_entries",
            rights="insert, select (id)",
        ),
        rls.AppendOnly("audit_entry"),
    ]
