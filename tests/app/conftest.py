"""The application's suites: Django is set up before a model is imported; a small world of enterprises and people."""

# isort: off
import tests.database  # noqa: F401

# isort: on
from collections.abc import Iterator
from pathlib import Path

import pytest

from guozi.app import gate
from guozi.app.identity import queries
from tests.app.world import World, build


@pytest.fixture(autouse=True)
def cheap_passwords(settings: pytest.FixtureRequest) -> None:
    """Argon2 with the least work: its strength is not tried here."""
    settings.PASSWORD_HASHERS = ["tests.app.hashing.Cheap"]  # type: ignore[attr-defined]


@pytest.fixture
def files_root(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Uploads of this test."""
    settings.FILES_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    return tmp_path / "files"


@pytest.fixture
def console(db: None) -> Iterator[int]:
    """The service person of commands, acting."""
    person = queries.console().pk
    with gate.acting_as(person):
        yield person


@pytest.fixture
def world(db: None) -> World:
    """See tests/app/world.py; nobody is acting."""
    return build()
