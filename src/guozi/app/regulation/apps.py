"""The Django app `regulation`."""

from django.apps import AppConfig

from guozi.app import gate


class RegulationConfig(AppConfig):
    """Pack releases."""

    name = "guozi.app.regulation"
    label = "regulation"

    def ready(self) -> None:
        gate.declare("regulation.load", zh="装载规则包", en="Load rule packs")
