"""Registers the decisions app and its permissions."""

import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

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
        registry.register_rail(
            "panorama",
            registry.RailEntry(
                40,
                pgettext_lazy("rail", "Panorama"),
                "layout-dashboard",
                "decisions:panorama",
                lambda request: gate.may(request.user.pk, "decisions.read"),
                go="p",
                phone=True,
            ),
        )
        registry.register_rail(
            "enterprises",
            registry.RailEntry(
                50,
                pgettext_lazy("rail", "Firms"),
                "building-skyscraper",
                "decisions:enterprises",
                lambda request: gate.may(request.user.pk, "decisions.read"),
                go="e",
                phone=True,
            ),
        )
        registry.register_rail(
            "close",
            registry.RailEntry(
                80,
                pgettext_lazy("rail", "Close"),
                "lock",
                "decisions:close",
                lambda request: gate.may(request.user.pk, "decisions.close"),
            ),
        )
        found = importlib.import_module("guozi.app.decisions.found")  # its models exist only now
        registry.register_search(
            "enterprises", registry.SearchProvider(10, gettext_lazy("Enterprises"), found.enterprises)
        )
        registry.register_search("pages", registry.SearchProvider(90, gettext_lazy("Pages"), found.pages))
