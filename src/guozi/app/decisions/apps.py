"""Registers the decisions app and its permissions."""

from django.apps import AppConfig

from guozi.app import gate


class DecisionsConfig(AppConfig):
    """App `decisions`."""

    name = "guozi.app.decisions"
    label = "decisions"

    def ready(self) -> None:
        gate.declare("decisions.read", zh="查看全景与溯源", en="See the panorama and why")
        gate.declare("decisions.close", zh="关账", en="Close a period")
