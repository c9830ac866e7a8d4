"""The command line as people and scripts meet it: processes, over one instance that is made once."""

# isort: off
import tests.database  # noqa: F401

# isort: on
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guozi.instance.postgres import Server

os.environ["GUOZI_LANGUAGE"] = "en"  # of the help texts, which are made when a module of the command line is imported

GUOZI = [sys.executable, "-m", "guozi"]


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Instance:
    """An instance's home, and commands in it."""

    home: Path

    def __call__(self, *arguments: str, language: str = "en", **environment: str) -> Done:
        """Runs `guozi` with these arguments; whatever happens, no traceback may be seen."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "GUOZI_"))}
        done = subprocess.run(
            [*GUOZI, *arguments],
            env=inherited | {"GUOZI_HOME": str(self.home), "GUOZI_LANGUAGE": language, "COLUMNS": "200"} | environment,
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def made() -> Iterator[tuple[Instance, Done]]:
    """The demo's instance, and what making it said; its database runs on, so that no command has to start it."""
    with tempfile.TemporaryDirectory(prefix="guozi-cli-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        server, guozi = Server(home, durable=False, environ={}), Instance(home)
        server.start()
        try:
            yield guozi, guozi("demo", "--no-serve", "--json")
        finally:
            server.stop()


@pytest.fixture(scope="session")
def guozi(made: tuple[Instance, Done]) -> Instance:
    """Commands in the demo's instance."""
    instance, done = made
    assert done.code == 0, done.err
    return instance


@pytest.fixture
def nowhere(tmp_path: Path) -> Instance:
    """Commands where no instance is."""
    return Instance(tmp_path / "nothing")
