"""How a password becomes a person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from guozi.app.identity.models import Person


class Password(BaseBackend):
    """By login and password. One hash is computed whoever is asked for, so that the answer's time tells nothing."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        """None for a wrong password, an unknown login, and people who may not sign in alike."""
        if not username or password is None:
            return None
        person = Person.objects.filter(login=username.strip().lower(), is_active=True, is_service=False).first()
        if person is None or not person.has_usable_password():
            Person().set_password(password)
            return None
        return person if person.check_password(password) else None

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session; None ends it."""
        return Person.objects.filter(pk=user_id, is_active=True, is_service=False).first()
