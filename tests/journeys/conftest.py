"""Journeys in a real browser: Django is set up before a model is imported."""

import tests.database  # noqa: F401
