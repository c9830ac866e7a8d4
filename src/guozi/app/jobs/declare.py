"""How a shelf's `tasks.py` makes a function a job, and how a job is run: as its person, with its progress kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import procrastinate
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from guozi.app import gate
from guozi.app.jobs.models import Progress, State
from guozi.app.ui.problems import words_of
from guozi.core.kernel.errors import GuoziError, UnavailableError
from guozi.core.kernel.findings import mark

log = logging.getLogger("guozi.jobs")

RETRY = procrastinate.RetryStrategy(
    max_attempts=720, wait=5, retry_exceptions=[OperationalError, InterfaceError, OSError, UnavailableError]
)
"""A database that went away comes back, a full disk is cleared: again every 5 seconds, for an hour. Not longer and longer: jobs of its lock wait for it."""

FAULT = mark("The system made a mistake; those who run it find the reason in the log.")

Job = Callable[..., None]
F = TypeVar("F", bound=Job)


def task(name: str, *, atomic: bool = True) -> Callable[[F], F]:
    """Declares `function(progress, **args)` as the job `name`; `args` are what `enqueue` was given, as JSON brings them back.

    It runs as its person in one transaction, or, when not `atomic`, opens `gate.acting_as(progress.person_id)` for each
    step itself. A job may run twice (after a crash), so it must be safe to.
    """

    def wrap(function: F) -> F:
        @app.task(name=name, retry=RETRY)
        def run(*, person: int, progress: int, args: dict[str, Any]) -> None:
            _run(function, atomic, person, progress, args)

        return function

    return wrap


def _run(function: Job, atomic: bool, person: int, progress_id: int, args: Mapping[str, Any]) -> None:
    progress = Progress.objects.get(pk=progress_id)
    progress.enter(State.RUNNING)
    try:
        if atomic:
            with gate.acting_as(person):
                function(progress, **args)
        else:
            function(progress, **args)
    except Exception as error:
        log.exception("job %s (%s) failed", progress.task, progress.uid)
        _failed(progress, words_of(error) if isinstance(error, GuoziError) else gettext(FAULT))
        raise
    progress.enter(State.DONE)


def _failed(progress: Progress, words: str) -> None:
    try:
        progress.enter(State.FAILED, words)
    except DatabaseError:
        log.exception("that job %s failed could not be written down", progress.uid)
