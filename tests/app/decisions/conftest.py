"""The town is built once a module; what a test changes in it is undone after the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction

from tests.app.decisions.town import Town, standing


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town of this module."""
    with django_db_blocker.unblock(), standing(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def town(built: Town, django_db_blocker) -> Iterator[Town]:
    """The town for one test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield built
        transaction.set_rollback(True)
    cache.clear()
