"""Running jobs: the worker process, and draining the queue where one stands."""

from __future__ import annotations

import json
import logging
import threading
from typing import cast

import procrastinate.exceptions
from django.db import DatabaseError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

log = logging.getLogger("guozi.jobs")

HEARTBEAT = 2.0
"""Seconds between two signs of life of a worker."""

DEAD_AFTER = 10.0
"""Seconds without a sign of life after which a worker's jobs are given to others."""

_ORPHANS = """
select procrastinate_retry_job_v2(job.id, now(), null, null, null)
from procrastinate_jobs job left join procrastinate_workers worker on worker.id = job.worker_id
where job.status = 'doing' and (worker.id is null or worker.last_heartbeat < now() - make_interval(secs => %s))
"""

_NEXT = """
update procrastinate_jobs set status = 'doing' where id = (
    select id from procrastinate_jobs where status = 'todo' and (scheduled_at is null or scheduled_at <= now())
    order by priority desc, id limit 1 for update skip locked)
returning id, task_name, args::text
"""


def run_worker(*, concurrency: int = 1) -> None:
    """Runs jobs until a signal ends it (SIGINT, SIGTERM: the present job is finished first). Survives the loss of the database."""
    over = threading.Event()
    rescue = threading.Thread(target=_rescue, args=(over,), daemon=True)
    rescue.start()
    try:
        while not over.is_set():
            try:
                _work(concurrency)
                over.set()
            except (procrastinate.exceptions.ConnectorException, DatabaseError):
                log.exception("the database is gone; trying again")
                over.wait(HEARTBEAT)
    finally:
        over.set()
        rescue.join()


def _work(concurrency: int) -> None:
    with app.replace_connector(cast(DjangoConnector, app.connector).get_worker_connector()), app.open():
        app.run_worker(
            concurrency=concurrency,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=DEAD_AFTER,
            fetch_job_polling_interval=HEARTBEAT,
            delete_jobs="successful",
        )


def _rescue(over: threading.Event) -> None:
    while not over.wait(HEARTBEAT):
        try:
            rescue_orphans()
        except DatabaseError:
            log.warning("orphaned jobs could not be looked for")
        finally:
            connection.close_if_unusable_or_obsolete()
    connection.close()


def rescue_orphans() -> int:
    """Queues again what a dead worker was at; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS, [DEAD_AFTER])
        return len(cursor.fetchall())


def run_pending() -> int:
    """Runs what is due, in this thread and on this connection, until nothing is left; returns how many jobs ran.

    A failure stays in the job's progress and stops nothing. For tests and for commands that bring no worker.
    """
    count = 0
    while (job := _take()) is not None:
        job_id, name, args = job
        try:
            app.tasks[name].func(**args)
            status = "succeeded"
        except Exception:  # said in the progress and the log by the job itself
            status = "failed"
        with connection.cursor() as cursor:
            cursor.execute("select procrastinate_finish_job_v1(%s, %s, %s)", [job_id, status, status == "succeeded"])
        count += 1
    return count


def _take() -> tuple[int, str, dict[str, object]] | None:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1], json.loads(row[2]))
