"""Registers the indicators app: its permission, its place in the rail, its search."""

import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

from guozi.app import gate
from guozi.app.ui import registry


class IndicatorsConfig(AppConfig):
    """App `indicators`."""

    name = "guozi.app.indicators"
    label = "indicators"

    def ready(self) -> None:
        gate.declare("indicators.read", zh="查看指标", en="Read indicators")
        found = importlib.import_module("guozi.app.indicators.found")  # its models exist only now
        registry.register_rail(
            "indicators",
            registry.RailEntry(
                60,
                pgettext_lazy("rail", "Indicators"),
                "gauge",
                "indicators:library",
                visible=lambda request: gate.may(request.user.pk, "indicators.read"),
                go="i",
            ),
        )
        registry.register_search(
            "indicators", registry.SearchProvider(20, gettext_lazy("Indicators"), found.indicators)
        )
        registry.register_search("items", registry.SearchProvider(50, gettext_lazy("Items of forms"), found.items))
