"""Tables of facts, each guarded or named."""

import django.db.models.deletion
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
        ("entities", "0001_initial"),
        ("regulation", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FactPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dataset", models.TextField()),
                ("period", models.TextField()),
                ("path", models.TextField(unique=True)),
                ("sha256", models.TextField()),
                ("rows", models.IntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("superseded_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at", None)),
                        fields=["dataset", "period"],
                        name="facts_part_live",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalcRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(choices=[("close", "Close"), ("rerun", "Rerun")])),
                ("period", models.TextField()),
                ("scope_node_id", models.IntegerField(null=True)),
                ("known_at", models.DateTimeField()),
                ("last_event_seq", models.BigIntegerField()),
                ("by_id", models.IntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")], default="running"
                    ),
                ),
                ("stages", models.JSONField(default=list)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "pack_release",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packrelease"),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="facts.calcrun"),
                ),
                ("tree", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="entities.tree")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "running")),
                        fields=("tree", "period"),
                        name="facts_one_running_close",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactEvent",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("version_id", models.BigIntegerField(unique=True)),
                ("form", models.TextField()),
                ("period", models.TextField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "part",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="facts.factpart"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("part", None)), fields=["seq"], name="facts_event_waiting")
                ],
            },
        ),
        rls.Open(
            "facts_factpart",
            why="names of files and counts of rows, no figures",
            rights="select, insert, update, delete",
        ),
        rls.Open("facts_factevent", why="numbers of versions, no figures", rights="select, insert, update, delete"),
        rls.Open("facts_calcrun", why="when which period was closed, no figures", rights="select, insert, update"),
    ]
