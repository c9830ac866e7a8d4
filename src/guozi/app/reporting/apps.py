"""Registers the reporting app and its permissions."""

from django.apps import AppConfig

from guozi.app import gate


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
