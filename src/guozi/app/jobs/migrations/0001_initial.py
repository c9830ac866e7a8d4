import django.db.models.functions.datetime
import uuid_utils.compat
from django.db import migrations, models

from guozi.app.gate import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("gate", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True)),
                ("task", models.TextField()),
                ("subject", models.TextField(blank=True, default="")),
                ("org_id", models.IntegerField(null=True)),
                ("person_id", models.IntegerField(db_index=True)),
                ("total", models.IntegerField(null=True)),
                ("done", models.IntegerField(default=0)),
                (
                    "state",
                    models.TextField(
                        choices=[("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                    ),
                ),
                ("message", models.TextField(blank=True, default="")),
                ("error", models.TextField(blank=True, default="")),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started", models.DateTimeField(null=True)),
                ("finished", models.DateTimeField(null=True)),
            ],
        ),
        rls.Open("jobs_progress", why="each person asks for their own"),
        *(
            rls.Open(f"procrastinate_{table}", why="the queue")
            for table in ("jobs", "events", "workers", "periodic_defers")
        ),
        migrations.RunSQL(
            """
            grant usage on sequence procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_workers_id_seq,
                procrastinate_periodic_defers_id_seq to guozi_app
            """,
            migrations.RunSQL.noop,
        ),
    ]
