"""A job is queued with the transaction that needs it, runs as its person, and says how far it is."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import connection, transaction
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from guozi.app import gate
from guozi.app.entities.models import Entity
from guozi.app.jobs import declare, queries
from guozi.app.jobs.actions import enqueue
from guozi.app.jobs.models import Progress, State
from guozi.app.jobs.worker import rescue_orphans, run_pending
from guozi.core.kernel.errors import DeniedError, NotFoundError, UnavailableError
from guozi.core.kernel.findings import mark
from tests.app.world import World

SEEN: list[object] = []


@declare.task("test.look")
def look(progress: Progress, *, word: str) -> None:
    SEEN.append((word, gate.current(), Entity.objects.count()))
    progress.advance(done=1, total=2, message="looked")


@declare.task("test.steps", atomic=False)
def steps(progress: Progress) -> None:
    SEEN.append(gate.somebody())
    with gate.acting_as(progress.person_id):
        SEEN.append(Entity.objects.count())


@declare.task("test.write_and_fail")
def write_and_fail(progress: Progress, *, entity_id: int, why: str) -> None:
    Entity.objects.filter(pk=entity_id).update(name="half done")
    if why == "disk":
        raise UnavailableError(mark("The disk is full."))
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    SEEN.clear()


def test_a_job_runs_as_its_person_and_sees_what_they_see(world: World) -> None:
    for person in (world.officer.pk, world.reporter.pk):
        with gate.acting_as(world.console):
            enqueue("test.look", person=person, word="hello")
    assert run_pending() == 2
    assert [("hello", world.officer.pk, 6), ("hello", world.reporter.pk, 1)] == SEEN
    assert gate.somebody() is None
    assert ProcrastinateJob.objects.count() == 0


def test_a_page_can_say_how_far_it_is_and_how_it_ended(world: World) -> None:
    progress = enqueue("test.look", person=world.officer.pk, subject="2025", word="x")
    assert (progress.state, progress.started) == (State.QUEUED, None)
    run_pending()
    with gate.acting_as(world.officer.pk):
        found = queries.progress(progress.uid)
        assert (found.state, found.done, found.total, found.message) == (State.DONE, 1, 2, "looked")
        assert found.started <= found.finished
        assert queries.mine(world.officer.pk) == [found]


def test_without_the_commit_there_is_no_job(world: World) -> None:
    with suppress(RuntimeError), transaction.atomic():
        enqueue("test.look", person=world.officer.pk, word="x")
        raise RuntimeError
    assert (run_pending(), Progress.objects.count()) == (0, 0)


@pytest.mark.parametrize(("why", "words"), [("disk", "The disk is full."), ("bug", "the log")])
def test_a_job_that_fails_leaves_nothing_behind_but_its_error(world: World, why: str, words: str) -> None:
    progress = enqueue("test.write_and_fail", person=world.officer.pk, entity_id=world.mill.pk, why=why)
    enqueue("test.look", person=world.officer.pk, word="after it")
    with translation.override("en"):
        assert run_pending() == 2
    with gate.acting_as(world.console):
        assert Entity.objects.get(pk=world.mill.pk).name == "北方钢厂"
        assert [(job.uid, job.state) for job in queries.failed()] == [(progress.uid, State.FAILED)]
        found = queries.failed()[0]
    assert words in found.error
    assert "Zero" not in found.error
    assert len(SEEN) == 1
    assert ProcrastinateJob.objects.get().status == "failed"


def test_a_job_of_several_steps_opens_each_itself(world: World) -> None:
    enqueue("test.steps", person=world.reporter.pk)
    run_pending()
    assert SEEN == [None, 1]


def test_a_task_that_no_shelf_declares_is_a_slip_of_the_pen(world: World) -> None:
    with pytest.raises(LookupError, match=r"test\.lok"):
        enqueue("test.lok", person=world.officer.pk)


def test_other_peoples_jobs_are_not_found_and_failed_ones_are_for_those_who_run_the_system(world: World) -> None:
    progress = enqueue("test.look", person=world.officer.pk, word="x")
    with gate.acting_as(world.stranger.pk):
        with pytest.raises(NotFoundError):
            queries.progress(progress.uid)
        with pytest.raises(DeniedError):
            queries.failed()


def test_the_work_of_a_dead_worker_is_queued_again(world: World) -> None:
    enqueue("test.look", person=world.officer.pk, word="x")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour'), (now()) returning id"
        )
        (dead,), (alive,) = cursor.fetchall()
        cursor.execute("update procrastinate_jobs set status = 'doing', worker_id = %s", [alive])
        assert (rescue_orphans(), run_pending()) == (0, 0)
        cursor.execute("update procrastinate_jobs set worker_id = %s", [dead])
    assert (rescue_orphans(), run_pending()) == (1, 1)
