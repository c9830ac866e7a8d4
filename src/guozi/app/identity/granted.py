"""The answers that the gate gives: the same functions of the database answer here and in the row policies."""

from __future__ import annotations

from django.db import connection

from guozi.core.kernel.scope import Scope


class Granted:
    """See `gate.Answers`."""

    def may(self, person: int, permission: str, org_id: int | None) -> bool:
        """See `gate.may`."""
        with connection.cursor() as cursor:
            cursor.execute("select app.may(%s, %s, %s)", [person, permission, org_id])
            row = cursor.fetchone()
        return bool(row[0])

    def scope(self, person: int, shelf: str) -> Scope:
        """See `gate.scope`. A member of today is seen for all dates: the new parent has its whole history."""
        with connection.cursor() as cursor:
            cursor.execute("select app.orgs_of(%s, %s)", [person, shelf])
            row = cursor.fetchone()
        orgs = row[0]
        return Scope(person, dict.fromkeys(orgs, ((None, None),)), frozenset({shelf}) if orgs else frozenset())
