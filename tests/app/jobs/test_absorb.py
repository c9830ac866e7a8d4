"""One job that does what all waiting ones of its task would takes them out of the queue."""

from guozi.app.jobs.actions import absorb, enqueue
from guozi.app.jobs.models import Progress, State
from guozi.app.jobs.worker import run_pending
from guozi.app.reporting.tasks import PROJECT


def test_waiting_jobs_of_a_task_are_absorbed_and_told_as_done(console: int) -> None:
    for _number in range(3):
        enqueue(PROJECT, person=console, lock=PROJECT)
    other = enqueue("reporting.sweep", person=console)
    assert absorb(PROJECT) == 3
    assert set(Progress.objects.filter(task=PROJECT).values_list("state", flat=True)) == {State.DONE}
    other.refresh_from_db()
    assert other.state == State.QUEUED
    assert run_pending() == 1
    assert absorb(PROJECT) == 0
