"""Registers the facts app and its permissions."""

from django.apps import AppConfig

from guozi.app import gate


class FactsConfig(AppConfig):
    """App `facts`."""

    name = "guozi.app.facts"
    label = "facts"

    def ready(self) -> None:
        gate.declare("facts.read", zh="查看数据集市", en="Read facts")
        gate.declare("facts.rebuild", zh="重建数据集市", en="Rebuild facts")
