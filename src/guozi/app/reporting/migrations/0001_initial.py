"""Tables of reporting, each guarded or named."""

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
        ("entities", "0001_initial"),
        ("facts", "0001_initial"),
        ("regulation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.TextField()),
                ("period", models.TextField()),
                ("period_end", models.DateField()),
                ("report_type", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("returned", "returned"),
                            ("accepted", "accepted"),
                        ],
                        default="draft",
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FilingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("receipt", models.TextField(unique=True)),
                ("cells_as_filed", models.JSONField()),
                ("origins", models.JSONField(default=dict)),
                ("offered", models.JSONField(default=dict)),
                ("explanations", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=list)),
                ("unit", models.TextField()),
                ("currency", models.TextField()),
                ("channel", models.TextField()),
                ("mapping", models.TextField(default="")),
                ("file_sha256", models.TextField(default="")),
                ("upload_uid", models.UUIDField(null=True)),
                ("content_sha256", models.TextField()),
                ("actor_id", models.IntegerField()),
                ("submitted_at", models.DateTimeField(auto_now_add=True)),
                (
                    "filing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="reporting.filing"
                    ),
                ),
                (
                    "form_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packobject"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                (
                    "pack_release",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packrelease"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="filing",
            name="accepted_version",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.filingversion"
            ),
        ),
        migrations.AddField(
            model_name="filing",
            name="current_version",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reporting.filingversion"
            ),
        ),
        migrations.CreateModel(
            name="CheckFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("check_code", models.TextField()),
                ("kind", models.TextField()),
                ("outcome", models.TextField()),
                ("left", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("right", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("difference", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("tolerance", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
                ("reason", models.TextField(default="")),
                ("cells", models.JSONField(default=list)),
                (
                    "check_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packobject"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                ("run", models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to="facts.calcrun")),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="reporting.filingversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.TextField(default="final")),
                ("known", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("by_id", models.IntegerField()),
                ("reason", models.TextField(default="")),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="reporting.filingversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Return",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by_id", models.IntegerField()),
                ("reason", models.TextField()),
                ("cells", models.JSONField(default=list)),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="reporting.filingversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField()),
                ("period", models.TextField()),
                ("period_end", models.DateField()),
                ("forms", models.JSONField()),
                ("opens_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("strict", models.BooleanField(default=True)),
                ("tree", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="entities.tree")),
            ],
        ),
        migrations.CreateModel(
            name="Obligation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.TextField()),
                ("report_type", models.TextField()),
                ("waived_reason", models.TextField(default="")),
                (
                    "filing",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="reporting.filing"),
                ),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                ("task", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="reporting.task")),
            ],
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "filing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="reporting.filing",
                    ),
                ),
                ("revision", models.IntegerField(default=0)),
                ("cells", models.JSONField(default=dict)),
                ("origins", models.JSONField(default=dict)),
                ("offered", models.JSONField(default=dict)),
                ("explanations", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=list)),
                ("unit", models.TextField()),
                ("currency", models.TextField(default="CNY")),
                ("channel", models.TextField(default="web")),
                ("upload_sha256", models.TextField(default="")),
                ("upload_uid", models.UUIDField(null=True)),
                ("mapping", models.TextField(default="")),
                ("editor_id", models.IntegerField()),
                ("saved_at", models.DateTimeField(auto_now=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="filingversion",
            constraint=models.UniqueConstraint(fields=("filing", "number"), name="reporting_version_number"),
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["period", "form"], name="reporting_filing_period"),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(
                fields=("org", "form", "period", "report_type"), name="reporting_filing_once"
            ),
        ),
        migrations.AddIndex(
            model_name="checkfinding",
            index=models.Index(fields=["run", "org"], name="reporting_finding_run"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("tree", "period", "name_zh"), name="reporting_task_once"),
        ),
        migrations.AddConstraint(
            model_name="obligation",
            constraint=models.UniqueConstraint(
                fields=("task", "org", "form", "report_type"), name="reporting_obligation_once"
            ),
        ),
        rls.Open("reporting_task", why="a task is known to all who report"),
        *(
            rls.SameOrg(f"reporting_{child}", column, f"reporting_{parent}")
            for child, column, parent in (
                ("filingversion", "filing_id", "filing"),
                ("draft", "filing_id", "filing"),
                ("obligation", "filing_id", "filing"),
                ("acceptance", "version_id", "filingversion"),
                ("return", "version_id", "filingversion"),
                ("checkfinding", "version_id", "filingversion"),
            )
        ),
        rls.Guard("reporting_filing", shelf="reporting", rights="select, insert, update"),
        rls.Guard("reporting_filingversion", shelf="reporting", rights="select, insert"),
        rls.AppendOnly("reporting_filingversion"),
        rls.Guard("reporting_draft", shelf="reporting"),
        rls.Guard("reporting_obligation", shelf="reporting"),
        rls.Guard("reporting_acceptance", shelf="reporting", rights="select, insert, update"),
        rls.Guard("reporting_return", shelf="reporting", rights="select, insert"),
        rls.Guard("reporting_checkfinding", shelf="reporting", rights="select, insert, delete"),
    ]
