"""Registers the warning app: its permissions and its place in the rail."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy

from guozi.app import gate
from guozi.app.ui import registry


class WarningConfig(AppConfig):
    """App `warning`."""

    name = "guozi.app.warning"
    label = "warning"

    def ready(self) -> None:
        gate.declare("warning.read", zh="查看预警", en="Read warnings")
        registry.register_rail(
            "warning",
            registry.RailEntry(
                70,
                pgettext_lazy("rail", "Warnings"),
                "bell-ringing",
                "warning:warnings",
                visible=lambda request: gate.may(request.user.pk, "warning.read"),
                go="w",
            ),
        )
