"""A small instance with a made-up municipality, for benchmarks and for tests that kill it; and its server while a block runs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

from benchmarks._client import Client

START_SECONDS = 60


def environment(home: Path) -> dict[str, str]:
    """What a process of that instance runs in: nothing of another one's database."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    return inherited | {"GUOZI_HOME": str(home), "GUOZI_LANGUAGE": "en", "GUOZI_LOG": "ERROR"}


def made(home: Path, entities: int, groups: int, *, filed: bool) -> dict[str, Any]:
    """Makes the instance in a process of its own (`_make.py`), its database stopped again.

    The document says the login and password of one who may do everything, and for the first enterprises their uid, id and
    the cells that they owe: year → form → item → column.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks._make", str(entities), str(groups), "filed" if filed else "empty"],
        env=environment(home),
        stdout=subprocess.PIPE,
        check=True,
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_well(port: int, seconds: float = START_SECONDS) -> None:
    """Returns once /health/ says that the server and its database answer; AssertionError when the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        client = Client(port, timeout=5)
        try:
            if client.get("/health/").status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            client.close()
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up within {seconds} seconds")


@contextmanager
def served(home: Path, *arguments: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`guozi serve` in a process group of its own, ready: its port and the process; ended at the end of the block."""
    port = free_port()
    with (home / "serve.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "guozi", "serve", "--port", str(port), *arguments],
            env=environment(home),
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until_well(port)
        yield port, server
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
