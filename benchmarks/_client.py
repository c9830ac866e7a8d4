"""A person at a browser, as far as HTTP goes: one kept connection, cookies, the token of forms."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


class Client:
    """Requests one after another; `OSError` or `http.client.HTTPException` where the server went away, and then a new connection."""

    def __init__(self, port: int, *, timeout: float = 30) -> None:
        self.port, self.timeout = port, timeout
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str) -> Answer:
        """One request; redirects are not followed."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        sent |= {"Content-Type": kind} if kind else {}
        sent |= {"X-CSRFToken": self.cookies["csrftoken"]} if "csrftoken" in self.cookies else {}
        try:
            self._connection.request(method, path, body or None, sent)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return Answer(answer.status, answer.headers.get("Location") or "", content)

    def close(self) -> None:
        """Ends the connection; the next request makes another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str) -> Answer:
        """GET."""
        return self.request("GET", path)

    def form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """POST of a form."""
        return self.request("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def patch(self, path: str, document: object) -> Answer:
        """PATCH of a JSON document."""
        return self.request("PATCH", path, json.dumps(document).encode(), "application/json")

    def send_file(self, path: str, name: str, data: bytes) -> Answer:
        """POST of a form with one file, `file`."""
        edge = secrets.token_hex(16)
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        return self.request("POST", path, body, f"multipart/form-data; boundary={edge}")

    def sign_in(self, login: str, password: str) -> None:
        """AssertionError where it is refused."""
        self.get("/sign-in/")
        answer = self.form("/sign-in/", {"username": login, "password": password})
        assert answer.status == 302, f"sign-in was refused: {answer.status} {answer.text[:500]}"
