"""The same town as the suite of decisions."""

from tests.app.decisions.conftest import built, town

__all__ = ["built", "town"]
