"""Tables of warning, each guarded or named."""

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
            name="Signal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule_code", models.TextField()),
                ("report_type", models.TextField()),
                ("period", models.TextField()),
                ("level", models.TextField()),
                ("quiet", models.IntegerField(default=0)),
                ("raised_now", models.BooleanField(default=True)),
                ("evidence", models.JSONField(default=dict)),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
                (
                    "rule_object",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packobject"),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="signals", to="facts.calcrun"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["period", "level"], name="warning_signal_period")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "rule_code", "org", "report_type"), name="warning_signal_once"
                    )
                ],
            },
        ),
        rls.Guard("warning_signal", shelf="warning", rights="select, insert, delete"),
    ]
