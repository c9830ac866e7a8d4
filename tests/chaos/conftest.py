"""A real instance that is killed: its own database, server and worker, people who go on filing, and a ledger of what was acknowledged."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.town import Town

ROUNDS = int(os.environ.get("GUOZI_CHAOS_ROUNDS", "1"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test that asks for a `round` runs so often."""
    if "round" in metafunc.fixturenames:
        metafunc.parametrize("round", range(1, ROUNDS + 1))


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """One instance for the whole session: what one test left behind, the next one must live with."""
    with tempfile.TemporaryDirectory(prefix="guozi-chaos-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        town = Town(home)
        try:
            yield town
        finally:
            town.stop_everything()
