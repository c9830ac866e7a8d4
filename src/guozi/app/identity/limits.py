"""How many wrong passwords one login may be given from one place."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.db import connection
from django.utils import timezone

from guozi.app.identity.models import Attempt

FAILURES = 5
WINDOW = timedelta(minutes=5)


def _key(login: str, place: str) -> str:
    return sha256(f"{login.strip().lower()}\0{place}".encode()).hexdigest()


def exhausted(login: str, place: str) -> bool:
    """Whether no further attempt is taken for now. The place counts too: nobody can lock another out from elsewhere."""
    recent = timezone.now() - WINDOW
    return Attempt.objects.filter(key=_key(login, place), failures__gte=FAILURES, since__gt=recent).exists()


def failed(login: str, place: str) -> None:
    """Counts one, in one statement, so that many at once are all counted."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into identity_attempt as a (key, failures, since) values (%(key)s, 1, %(now)s)
            on conflict (key) do update set
                failures = case when a.since > %(recent)s then a.failures + 1 else 1 end,
                since = case when a.since > %(recent)s then a.since else %(now)s end
            """,
            {"key": _key(login, place), "now": now, "recent": now - WINDOW},
        )


def succeeded(login: str, place: str) -> None:
    """Forgets what was counted."""
    Attempt.objects.filter(key=_key(login, place)).delete()
