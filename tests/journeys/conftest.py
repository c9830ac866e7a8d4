"""Journeys in a real browser: one demo instance for all of them. Django is set up for the list of addresses alone."""

# isort: off
import tests.database  # noqa: F401

# isort: on
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.stage import WIDE, Instance, Visitor, launch

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def instance() -> Iterator[Instance]:
    """The demo, served."""
    home = Path(tempfile.mkdtemp(prefix="guozi-journeys-", dir="/tmp"))
    home.chmod(0o711)
    one = Instance(home)
    try:
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    with sync_playwright() as playwright:
        one = launch(playwright)
        yield one
        one.close()


@pytest.fixture
def visit(browser: Browser, instance: Instance) -> Iterator[Visit]:
    """`visit("zhou")`: that person, signed in at a browser of their own; what goes wrong on any page fails the test."""
    there: list[Visitor] = []

    def come(login: str = "", size: tuple[int, int] = WIDE, language: str = "zh-hans") -> Visitor:
        visitor = Visitor.arrives(browser, instance, size, language)
        there.append(visitor)
        if login:
            visitor.sign_in(login)
        return visitor

    yield come
    for visitor in there:
        visitor.leave()
