"""Registers the warning app and its permissions."""

from django.apps import AppConfig

from guozi.app import gate


class WarningConfig(AppConfig):
    """App `warning`."""

    name = "guozi.app.warning"
    label = "warning"

    def ready(self) -> None:
        gate.declare("warning.read", zh="查看预警", en="Read warnings")
        gate.declare("warning.handle", zh="处置预警", en="Handle warnings")
