"""Registers the decisions app and its permissions."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy

from guozi.app import gate
from guozi.app.ui import registry


class DecisionsConfig(AppConfig):
    """App `decisions`."""

    name = "guozi.app.decisions"
    label = "decisions"

    def ready(self) -> None:
        gate.declare("decisions.read", zh="查看全景与溯源", en="See the panorama and why")
        gate.declare("decisions.close", zh="关账", en="Close a period")
        registry.register_rail(
            "desk",
            registry.RailEntry(
                10, pgettext_lazy("rail", "Desk"), "home", "decisions:desk", lambda request: True, go="d", phone=True
            ),
        )
