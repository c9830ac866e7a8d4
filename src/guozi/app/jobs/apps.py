"""The Django app `jobs`."""

from django.apps import AppConfig

from guozi.app import gate


class JobsConfig(AppConfig):
    """Work in the background."""

    name = "guozi.app.jobs"
    label = "jobs"

    def ready(self) -> None:
        gate.declare("jobs.read", zh="查看后台任务", en="See background jobs")
