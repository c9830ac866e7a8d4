import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from guozi.app.gate import rls

# one join answers all: who holds something that allows `wanted` (a permission, or any of a shelf), where, today
ANSWERS = """
create function app.granted(who integer, wanted text) returns table (tree_id integer, node_id integer)
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select g.tree_id, g.node_id
    from identity_grant g join identity_role r on r.id = g.role_id join identity_person p on p.id = g.person_id
    where g.person_id = who and p.is_active and g.valid @> app.today() and exists (
        select from unnest(r.permissions) held
        where held in ('*', wanted) or split_part(held, '.', 1) = wanted)
$$;

create function app.orgs_of(who integer, wanted text) returns integer[]
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select array(
        select path.descendant_id from app.granted(who, wanted) g join entities_treepath path
            on path.ancestor_id = g.node_id and path.valid @> app.today()
        where g.tree_id is null or path.tree_id = g.tree_id
        union
        select path.descendant_id from app.granted(who, wanted) g join entities_treepath path
            on path.depth = 0 and (g.tree_id is null or path.tree_id = g.tree_id)
        where g.node_id is null)
$$;

create or replace function app.orgs(shelf text) returns integer[]
language sql stable parallel safe security definer set search_path = pg_catalog, public as
    $$ select app.orgs_of(app.person(), shelf) $$;

create or replace function app.may(who integer, permission text, org integer) returns boolean
language sql stable parallel safe security definer set search_path = pg_catalog, public as $$
    select case when org is null then exists (select from app.granted(who, permission))
        else org = any(app.orgs_of(who, permission)) end
$$;
"""

TAKEN_BACK = """
create or replace function app.orgs(shelf text) returns integer[]
language plpgsql stable parallel safe security invoker as
    $$ begin perform app.person(); return '{}'; end $$;
create or replace function app.may(who integer, permission text, org integer) returns boolean
language sql stable parallel safe security invoker as $$ select false $$;
drop function app.orgs_of;
drop function app.granted;
"""

_READS = ["entities", "reporting", "facts", "indicators", "warning", "decisions", "files"]
READS = [f"{shelf}.read" for shelf in _READS]

ROLES = {
    "reporter": ("填报员", "Reporter", [*READS, "files.upload", "reporting.fill", "reporting.submit"]),
    "reviewer": ("集团审核员", "Group reviewer", [*READS, "files.upload", "reporting.review"]),
    "officer": (
        "监管处室人员",
        "Officer of the supervisor",
        [
            *READS,
            "files.upload",
            "reporting.review",
            "reporting.open_task",
            "entities.manage",
            "facts.rebuild",
            "decisions.close",
            "regulation.load",
            "jobs.read",
        ],
    ),
    "leader": ("委领导", "Leader of the supervisor", READS),
    "system_admin": ("系统管理员", "System administrator", ["identity.manage", "jobs.read"]),
    "security_admin": ("安全保密管理员", "Security administrator", ["identity.grant", "entities.read"]),
    "audit_admin": ("安全审计员", "Audit administrator", ["audit.read"]),
    "console": ("控制台", "Console", ["*"]),
}


def make_roles(apps, schema_editor):
    """The built-in roles, and the service person that commands run as, which holds all of them at once."""
    people, roles, grants = (apps.get_model("identity", name) for name in ("Person", "Role", "Grant"))
    for code, (zh, en, permissions) in ROLES.items():
        roles.objects.create(code=code, name_zh=zh, name_en=en, permissions=permissions)
    console = people.objects.create(login="console", name="控制台", password="!", is_service=True)
    grants.objects.create(person=console, role=roles.objects.get(code="console"), valid=(None, None))


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("entities", "0001_initial"),
        ("gate", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("failures", models.IntegerField()),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("permissions", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("uid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("login", models.TextField(unique=True)),
                ("name", models.TextField()),
                ("language", models.TextField(default="zh-hans")),
                ("is_active", models.BooleanField(default=True)),
                ("is_service", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("login", django.db.models.functions.text.Lower("login"))),
                        name="identity_login_lower",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "node",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="entities.entity"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "tree",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="entities.tree"
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="identity.role"
                    ),
                ),
            ],
        ),
        rls.Open("identity_person", why="signing in reads it before anyone is there", rights="select, insert, update"),
        rls.Open("identity_role", why="the policies themselves read it", rights="select"),
        rls.Open("identity_grant", why="the policies themselves read it", rights="select, insert, update"),
        rls.Open("identity_attempt", why="counted before anyone is there"),
        migrations.RunSQL(ANSWERS, TAKEN_BACK),
        migrations.RunPython(make_roles, migrations.RunPython.noop),
    ]
