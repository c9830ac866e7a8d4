"""The Django app `ui`."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base template, components, vendored front-end files; no models."""

    name = "guozi.app.ui"
    label = "ui"
