"""The disk full in the middle of a projection: said clearly, tried again, nothing half; space freed, it catches up by itself."""

import errno
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks._instance import environment
from tests.chaos.town import Town, until

SMALL = 2 * 1024 * 1024


@contextmanager
def full(home: Path) -> Iterator[tuple[Town, Callable[[], None]]]:
    """A town whose facts find no room, and what makes room: a small file system that is full; where none can be mounted, a worker that may write no file of any size."""
    facts = home / "facts"
    facts.mkdir(mode=0o700)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(facts)], capture_output=True
        ).returncode
    )
    town, worker = Town(home), None
    try:
        if mounted:
            ballast = facts / "ballast"
            _fill(ballast)
            town.start()
            yield town, ballast.unlink
        else:
            town.start("--no-worker")
            worker = subprocess.Popen(
                [sys.executable, "-m", "guozi", "worker"], env=environment(home), preexec_fn=_no_files
            )
            pid = worker.pid
            yield town, lambda: _any_files(pid)
    finally:
        if worker is not None:
            worker.terminate()
            worker.wait()
        town.stop_everything()
        if mounted:
            subprocess.run(["umount", "-l", str(facts)], check=True)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def _no_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, resource.RLIM_INFINITY))


def _any_files(pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_a_full_disk_is_said_and_got_over() -> None:
    with tempfile.TemporaryDirectory(prefix="guozi-chaos-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        with full(home) as (town, make_room):
            with town.person() as reporter:
                events = [threading.Event(), threading.Event()]
                town.file(reporter, town.told["entities"][0], "2018", random.Random(1), events)
            assert len(town.ledger.receipts) == 3
            failed = "select error from jobs_progress where task = 'reporting.project' and state = 'failed'"
            until(lambda: bool(town.rows(failed)), 30, "nobody noticed that the disk is full")
            assert any(word in town.rows(failed)[0][0] for word in ("No space left", "File too large")), town.rows(
                failed
            )
            assert town.rows("select count(*) from facts_factpart") == [(0,)]
            assert list((home / "facts").rglob("*.parquet*")) == [], "something half was left"
            code, said = town.command("doctor")
            facts = next(check for check in said["checks"] if check["name"] == "facts")
            assert (code, facts["ok"]) == (1, False)
            make_room()
            town.settle()
            town.prove()
            assert town.rows("select count(*) from jobs_progress where state <> 'done'") == [(0,)]
