"""The error tree: exceptions are for bugs and broken machinery; problems in data are Findings.

GuoziError
├── UsageError            asked wrongly: an unknown entity, period, form (exit 2, HTTP 400/404)
│   ├── NotFoundError     the thing named does not exist, or may not be seen
│   └── ConflictError     somebody was quicker: revision, state or number is no longer what was assumed
├── DeniedError           the person may not do this (HTTP 403)
├── RefusedError          the data may not pass; carries findings (exit 1, HTTP 422)
└── UnavailableError      a part of the machinery is missing or down (exit 3, HTTP 503)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guozi.core.kernel.findings import Finding


class GuoziError(Exception):
    """Root of all errors that guozi raises on purpose. `code` is stable; `message` is an English template (a msgid) filled from `args_`."""

    code = "error"

    def __init__(self, message: str, /, **args: object) -> None:
        super().__init__(message)
        self.message = message
        self.args_: Mapping[str, object] = args

    def __str__(self) -> str:
        return self.message.format(**self.args_) if self.args_ else self.message


class UsageError(GuoziError):
    """What was asked cannot be understood or does not fit."""

    code = "usage"


class NotFoundError(UsageError):
    """The thing does not exist, or this person may not know that it does."""

    code = "not-found"


class ConflictError(UsageError):
    """The thing has changed since it was read."""

    code = "conflict"


class DeniedError(GuoziError):
    """This person may not do this."""

    code = "denied"


class RefusedError(GuoziError):
    """The data may not pass as they are; `findings` says each reason."""

    code = "refused"

    def __init__(self, message: str, /, findings: Sequence[Finding] = (), **args: object) -> None:
        super().__init__(message, **args)
        self.findings = tuple(findings)


class UnavailableError(GuoziError):
    """A part of the machinery is missing, down or full; nothing was changed."""

    code = "unavailable"
