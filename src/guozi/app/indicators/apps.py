"""Registers the indicators app and its permissions."""

from django.apps import AppConfig

from guozi.app import gate


class IndicatorsConfig(AppConfig):
    """App `indicators`."""

    name = "guozi.app.indicators"
    label = "indicators"

    def ready(self) -> None:
        gate.declare("indicators.read", zh="查看指标", en="Read indicators")
