"""The Django app `identity`."""

from django.apps import AppConfig

from guozi.app import gate
from guozi.app.identity.granted import Granted


class IdentityConfig(AppConfig):
    """People and their rights; installs the answers that the gate gives."""

    name = "guozi.app.identity"
    label = "identity"

    def ready(self) -> None:
        gate.declare("identity.manage", zh="管理用户账号", en="Manage people's accounts")
        gate.declare("identity.grant", zh="授予和收回角色", en="Grant and take back roles")
        gate.install(Granted())
