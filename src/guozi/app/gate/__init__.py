"""Who is asking, and may they: the current person, the declared permissions, the shape of an action. Knows nobody; `identity` installs the answers."""

from guozi.app.gate.action import NotAuditedError, action, audited
from guozi.app.gate.person import acting_as, as_person, current, somebody
from guozi.app.gate.rights import Answers, Permission, declare, install, may, permissions, require, scope

__all__ = [
    "Answers",
    "NotAuditedError",
    "Permission",
    "acting_as",
    "action",
    "as_person",
    "audited",
    "current",
    "declare",
    "install",
    "may",
    "permissions",
    "require",
    "scope",
    "somebody",
]
