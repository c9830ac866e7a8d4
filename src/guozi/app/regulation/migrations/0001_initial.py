import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PackRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("version", models.TextField()),
                ("sha256", models.TextField()),
                ("active", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
            ],
        ),
        migrations.CreateModel(
            name="PackObject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("pack", models.TextField()),
                ("code", models.TextField()),
                ("sha256", models.TextField()),
                ("files", models.JSONField()),
                ("effective", models.DateField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "pack", "code", "sha256"), name="regulation_object_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseObject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("object", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packobject")),
                (
                    "release",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="regulation.packrelease"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="packrelease",
            name="things",
            field=models.ManyToManyField(
                related_name="releases", through="regulation.ReleaseObject", to="regulation.packobject"
            ),
        ),
        migrations.AddConstraint(
            model_name="releaseobject",
            constraint=models.UniqueConstraint(fields=("release", "object"), name="regulation_release_object_once"),
        ),
        migrations.AddConstraint(
            model_name="packrelease",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("name", "="), ("active", "&&")], name="regulation_one_active"
            ),
        ),
        rls.Open("regulation_packobject", why="the law is public", rights="select, insert"),
        rls.Open("regulation_packrelease", why="the law is public", rights="select, insert, update"),
        rls.Open("regulation_releaseobject", why="the law is public", rights="select, insert"),
        rls.AppendOnly("regulation_packobject"),
        rls.AppendOnly("regulation_releaseobject"),
    ]
