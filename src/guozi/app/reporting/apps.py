"""Registers the reporting app and its permissions."""

import importlib

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

from guozi.app import gate
from guozi.app.ui import registry


class ReportingConfig(AppConfig):
    """App `reporting`."""

    name = "guozi.app.reporting"
    label = "reporting"

    def ready(self) -> None:
        gate.declare("reporting.read", zh="查看报表", en="Read filings")
        gate.declare("reporting.fill", zh="填报", en="Fill in filings")
        gate.declare("reporting.submit", zh="报送", en="Submit filings")
        gate.declare("reporting.review", zh="审核", en="Review filings")
        gate.declare("reporting.open_task", zh="下达报送任务", en="Open reporting tasks")
        desk = importlib.import_module("guozi.app.reporting.desk")  # its models exist only now
        registry.register_rail(
            "reporting",
            registry.RailEntry(
                20,
                pgettext_lazy("rail", "File"),
                "table",
                "reporting:filings",
                visible=lambda request: gate.may(request.user.pk, "reporting.read"),
                go="f",
                phone=True,
            ),
        )
        registry.register_rail(
            "review",
            registry.RailEntry(
                30,
                pgettext_lazy("rail", "Review"),
                "checklist",
                "reporting:review",
                visible=lambda request: gate.may(request.user.pk, "reporting.review"),
                go="r",
                phone=True,
                waiting=desk.waiting,
            ),
        )
        registry.register_search("reporting", registry.SearchProvider(40, gettext_lazy("Filings"), desk.find))
        registry.register_desk("reporting", desk.items)
