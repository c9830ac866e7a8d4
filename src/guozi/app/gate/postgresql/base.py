"""Django's PostgreSQL connection that keeps `app.person`, read by the row policies, equal to the current person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from guozi.app.gate.person import somebody

_UNSURE = -1
"""What the transaction believes is not known: it must be told, even that nobody is asking."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Sends the person before the first statement of a transaction and before any statement at which they have changed.

    The setting is local to the transaction and a rollback to a savepoint reverts it, so what was sent is then forgotten.
    Outside a transaction nothing is sent: guarded tables cannot be reached there.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sent: int | None = _UNSURE
        self.execute_wrappers.append(self._tell)

    def _tell(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        person = somebody()
        if (
            self.in_atomic_block
            and person != self._sent
            and self.connection.info.transaction_status != TransactionStatus.INERROR
        ):
            with self.connection.cursor() as cursor:
                cursor.execute("select set_config('app.person', %s, true)", ["" if person is None else str(person)])
            self._sent = person
        return execute(sql, params, many, context)

    def _forget(self) -> None:
        self._sent = _UNSURE

    def _set_autocommit(self, autocommit: bool) -> None:
        self._forget()
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _commit(self) -> None:
        self._forget()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self._forget()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._forget()

    def connect(self) -> None:
        self._forget()
        super().connect()
