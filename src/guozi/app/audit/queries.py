"""Reading the audit trail; the database itself asks for the right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from guozi.app import gate


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as read."""

    id: int
    at: datetime
    person: int | None
    action: str
    subject: str
    org_id: int | None
    detail: dict[str, Any]


def entries(
    since: datetime | None = None,
    action: str = "",
    org_id: int | None = None,
    *,
    before: int | None = None,
    limit: int = 200,
) -> list[Line]:
    """Newest first; `before` an id pages on; of those about the enterprises that one may audit. DeniedError without `audit.read`."""
    gate.require("audit.read")
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from app.audit_entries(%s, %s, %s, %s, %s)", [since, action or None, org_id, before, limit]
        )
        return [
            Line(number, at, person, done, subject, org, json.loads(detail))
            for number, at, person, done, subject, org, detail in cursor.fetchall()
        ]
