import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("org_id", models.IntegerField(db_index=True)),
                ("sha256", models.TextField()),
                ("size", models.BigIntegerField()),
                ("name", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("xlsx", "Xlsx"),
                            ("xls", "Xls"),
                            ("json", "Json"),
                            ("text", "Text"),
                            ("other", "Other"),
                        ]
                    ),
                ),
                ("person_id", models.IntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        rls.Guard("files_upload", shelf="files", rights="select, insert"),
    ]
