"""Homes of instances that the account running PostgreSQL can reach, unlike pytest's own folders; servers are stopped."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from guozi.instance.postgres import Server

collect_ignore = [] if os.geteuid() == 0 else ["test_postgres_as_root.py"]

NewServer = Callable[..., Server]


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="guozi-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "var"
    shutil.rmtree(folder)


@pytest.fixture
def new_server(home: Path) -> Iterator[NewServer]:
    """Makes servers of `home` (or of another folder), without the environment's addresses, and stops them."""
    made: list[Server] = []

    def new(folder: Path = home, **options: object) -> Server:
        options = {"environ": {}, "say": lambda line: None, "durable": False} | options
        made.append(Server(folder, **options))  # type: ignore[arg-type]
        return made[-1]

    yield new
    for server in made:
        server.stop()
