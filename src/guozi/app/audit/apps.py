"""The Django app `audit`."""

from django.apps import AppConfig

from guozi.app import gate


class AuditConfig(AppConfig):
    """What was done, by whom, to what."""

    name = "guozi.app.audit"
    label = "audit"

    def ready(self) -> None:
        gate.declare("audit.read", zh="查看审计记录", en="Read the audit trail")
