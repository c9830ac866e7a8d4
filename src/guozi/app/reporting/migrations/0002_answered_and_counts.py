"""What the API answered to a key, and what a draft's checks said when it was saved."""

import django.db.models.deletion
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]

    operations = [
        *(
            migrations.AddField(model_name="draft", name=name, field=models.IntegerField(default=0))
            for name in ("failing", "asking", "explained")
        ),
        migrations.CreateModel(
            name="Answered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.IntegerField()),
                ("key", models.TextField()),
                ("request_sha256", models.TextField()),
                ("status", models.IntegerField()),
                ("body", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "org",
                    models.ForeignKey(
                        db_column="org_id", on_delete=django.db.models.deletion.PROTECT, to="entities.entity"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["org"], name="reporting_answered_org")],
                "constraints": [models.UniqueConstraint(fields=("person_id", "key"), name="reporting_answered_once")],
            },
        ),
        rls.Guard("reporting_answered", shelf="reporting", rights="select, insert, delete"),
    ]
