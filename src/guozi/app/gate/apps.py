"""The Django app `gate`: no models; its migration makes the database's own idea of a person."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """Who is asking."""

    name = "guozi.app.gate"
    label = "gate"
