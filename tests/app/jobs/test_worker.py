"""A worker is a process that may be killed at any moment: nothing is lost, nothing is half done, and the work is done in the end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

import tests.database
from guozi.app import gate
from guozi.app.entities.models import Entity
from guozi.app.jobs.actions import enqueue
from guozi.app.jobs.models import Progress, State
from tests.app.jobs import slow
from tests.app.world import World

Start = Callable[[], "subprocess.Popen[str]"]


@pytest.fixture
def start_worker() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", slow.__name__], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_was_at_is_undone_and_done_again_by_the_next(
    world: World, start_worker: Start, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    progress = enqueue("test.slow", person=world.officer.pk, lock="one", entity_id=world.mill.pk, log=str(log))
    worker = start_worker()
    wait_for(log.exists)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    with gate.acting_as(world.officer.pk):
        assert Entity.objects.get(pk=world.mill.pk).name == "北方钢厂"
    after = start_worker()
    wait_for(lambda: Progress.objects.get(pk=progress.pk).state == State.DONE)
    with gate.acting_as(world.officer.pk):
        assert Entity.objects.get(pk=world.mill.pk).name == "done"
    assert log.read_text().split() == [str(world.officer.pk)] * 2
    after.terminate()
    said, _ = after.communicate(timeout=30)
    assert said.strip().endswith("ended well")
    assert after.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_goes_on_when_the_database_comes_back(world: World, start_worker: Start, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    start_worker()
    first = enqueue("test.slow", person=world.officer.pk, entity_id=world.mill.pk, log=str(log))
    wait_for(lambda: Progress.objects.get(pk=first.pk).state == State.DONE)
    connection.close()
    tests.database.SERVER.stop()
    time.sleep(1)
    tests.database.SERVER.start()
    second = enqueue("test.slow", person=world.officer.pk, entity_id=world.mine.pk, log=str(log))
    wait_for(lambda: Progress.objects.get(pk=second.pk).state == State.DONE)
