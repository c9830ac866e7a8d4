"""What holds for every suite: nothing is skipped, Hypothesis repeats itself, and the database is made by the owner."""

import os
from collections.abc import Generator

import hypothesis
import pytest

hypothesis.settings.register_profile("guozi", derandomize=True, deadline=None)
hypothesis.settings.load_profile("guozi")

NOT_SKIPPED = "A test that does not run proves nothing: make it run, or remove it."


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers choose a database of their own; pytest-django would take this process's from the environment first."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test (one expected to fail included) is a failed one."""
    report = yield
    if report.skipped:
        report.outcome, report.longrepr = "failed", f"{report.longrepr}\n{NOT_SKIPPED}"
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself is a failed one."""
    report = yield
    if report.outcome == "skipped":
        report.outcome, report.longrepr = "failed", f"{report.longrepr}\n{NOT_SKIPPED}"
    return report


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker) -> None:
    """The database of this process: migrated as the owner, used as the application's role.

    A test that commits (`django_db(transaction=True)`, `live_server`) leaves a fresh copy of the migrated database
    behind it, since the application's role may not empty tables, and rows that a migration wrote must be there again.
    """
    from django.db import connections
    from django.test import TransactionTestCase

    from tests import database

    def renew(case: TransactionTestCase) -> None:
        for connection in connections.all():
            connection.close()
            if getattr(connection, "pool", None):
                connection.close_pool()
        database.renew()

    with django_db_blocker.unblock():
        database.migrate()
    TransactionTestCase._fixture_teardown = renew
