"""The Django app `entities`."""

from django.apps import AppConfig

from guozi.app import gate


class EntitiesConfig(AppConfig):
    """Who is supervised, and under whom."""

    name = "guozi.app.entities"
    label = "entities"

    def ready(self) -> None:
        gate.declare("entities.read", zh="查看企业名录", en="See the register of enterprises")
        gate.declare("entities.manage", zh="维护企业名录与组织树", en="Keep the register of enterprises and its trees")
