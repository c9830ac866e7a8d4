import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import uuid_utils.compat
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Entity",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("uid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("name", models.TextField()),
                ("uscc", models.TextField(blank=True, default="")),
                ("code", models.TextField(blank=True, default="")),
            ],
        ),
        migrations.CreateModel(
            name="Tree",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("code", models.TextField(unique=True)),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="EntityCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(choices=[("uscc", "Uscc"), ("code", "Code"), ("former", "Former")])),
                ("value", models.TextField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="entities.entity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("kind", "="), ("value", "="), ("valid", "&&")], name="entities_code_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EntityFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attribute", models.TextField()),
                ("value", models.TextField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("recorded", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="entities.entity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("org", "="), ("attribute", "="), ("valid", "&&"), ("recorded", "&&")],
                        name="entities_one_value",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EntityName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("pinyin", models.TextField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "org",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="names", to="entities.entity"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("org", "="), ("valid", "&&")], name="entities_one_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TreeNode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("report_type", models.TextField(blank=True, default="")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="entities.entity"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="child_nodes",
                        to="entities.entity",
                    ),
                ),
                (
                    "tree",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="entities.tree"
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("tree", "="), ("entity", "="), ("valid", "&&")], name="entities_one_parent"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("parent__isnull", True),
                            models.Q(("parent", models.F("entity")), _negated=True),
                            _connector="OR",
                        ),
                        name="entities_not_its_own_parent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TreePath",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("depth", models.IntegerField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "ancestor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="entities.entity",
                    ),
                ),
                (
                    "descendant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="entities.entity",
                    ),
                ),
                (
                    "tree",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="entities.tree"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["ancestor", "tree"], name="entities_path_down"),
                    models.Index(fields=["descendant", "tree"], name="entities_path_up"),
                ],
            },
        ),
        rls.Guard("entities_entity", shelf="entities", column="id"),
        rls.Guard("entities_entitycode", shelf="entities"),
        rls.Guard("entities_entityname", shelf="entities"),
        rls.Guard("entities_entityfact", shelf="entities"),
        rls.Open("entities_tree", why="the names of the trees"),
        rls.Open("entities_treenode", why="numbers only; the closure is made of it"),
        rls.Open("entities_treepath", why="numbers only; the policies themselves read it"),
        migrations.RunSQL("grant usage on sequence entities_entity_id_seq to guozi_app", migrations.RunSQL.noop),
    ]
