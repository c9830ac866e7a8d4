"""The instance under attack: starting, killing, and proving that nothing was lost, doubled or left half."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg

from benchmarks._client import Answer, Client
from benchmarks._instance import environment, free_port, made, wait_until_well
from guozi.instance.postgres import ADMIN, Server

ENTITIES, GROUPS = 6, 2
SETTLE_SECONDS = 60
"""The longest that a queue may take to be drained after a restart; a dead worker's jobs are given to others after ten seconds."""

GONE = (OSError, HTTPException)
FORMS = ("balance_sheet", "income_statement", "cash_flow")
_NUMBER = re.compile(r"/reporting/receipts/([^/]+)/")


@dataclass
class Ledger:
    """What the server said it had done. Shared by threads."""

    receipts: list[str] = field(default_factory=list)
    uploads: int = 0
    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, receipt: str) -> None:
        """A submission was acknowledged."""
        with self.lock:
            self.receipts.append(receipt)


class Town:
    """The instance, and what has been acknowledged in it since it was made."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.told: dict[str, Any] = made(home, ENTITIES, GROUPS, filed=False)
        self.ledger = Ledger()
        self.database = Server(home, environ={})
        self.port = free_port()
        self.server: subprocess.Popen[bytes] | None = None

    # ── life ──

    def start(self, *arguments: str) -> None:
        """`guozi serve`, ready; nothing is done where it runs already."""
        if self.server is None or self.server.poll() is not None:
            with (self.home / "serve.log").open("ab") as log:
                self.server = subprocess.Popen(
                    [sys.executable, "-m", "guozi", "serve", "--port", str(self.port), *arguments],
                    env=environment(self.home),
                    stderr=log,
                    start_new_session=True,
                )
        wait_until_well(self.port)

    def stop_everything(self) -> None:
        """Ends the server and its database, by force where words do not help."""
        if self.server is not None:
            self.server.terminate()
            try:
                self.server.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
            self.server = None
        self.database.stop()

    def processes(self, *words: str) -> list[int]:
        """The server's processes whose command line holds all the words, itself aside."""
        assert self.server is not None
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode()
                session = int(process.joinpath("stat").read_text().rpartition(")")[2].split()[3])
            except OSError:
                continue
            if session == self.server.pid and int(process.name) != self.server.pid and all(w in line for w in words):
                found.append(int(process.name))
        return found

    def kill(self, target: str) -> None:
        """`kill -9` of the `web` server, the `worker`, the `database`, or `everything` at once."""
        assert self.server is not None
        postmaster = int((self.database.data / "postmaster.pid").read_text().split()[0])
        victims = {
            "web": lambda: self.processes("granian"),
            "worker": lambda: self.processes("guozi worker"),
            "database": lambda: [postmaster],
            "everything": lambda: [self.server.pid, *self.processes(), postmaster],  # type: ignore[union-attr]
        }[target]()
        assert victims, f"no {target} to kill"
        for pid in victims:
            with_no_mercy(pid)
        if target == "everything":
            self.server.wait()

    # ── people ──

    @contextmanager
    def person(self) -> Iterator[Client]:
        """Somebody signed in."""
        client = Client(self.port)
        try:
            client.sign_in(self.told["login"], self.told["password"])
            yield client
        finally:
            client.close()

    @contextmanager
    def people(self, *, pause: float = 0.0) -> Iterator[list[threading.Event]]:
        """Two people who file for different enterprises while the block runs, whatever happens to the server. Events: (sending a file, submitting)."""
        over, events = threading.Event(), [threading.Event(), threading.Event()]
        clerks = [
            threading.Thread(target=self._clerk, args=(index, over, events, pause), daemon=True) for index in range(2)
        ]
        for clerk in clerks:
            clerk.start()
        try:
            yield events
        finally:
            over.set()
            for clerk in clerks:
                clerk.join(60)
            assert not any(clerk.is_alive() for clerk in clerks), "a request never came to an end"

    def _clerk(self, index: int, over: threading.Event, events: list[threading.Event], pause: float) -> None:
        pick = random.Random(f"{index} {time.time()}")
        client, signed_in = Client(self.port), False
        while not over.wait(pause):
            try:
                if not signed_in:
                    client.sign_in(self.told["login"], self.told["password"])
                    signed_in = True
                one = self.told["entities"][index + 2 * pick.randrange(ENTITIES // 2)]
                self.file(client, one, pick.choice(sorted(one["years"])), pick, events)
            except (*GONE, AssertionError):
                client.close()
                over.wait(0.2)
        client.close()

    def file(
        self, client: Client, one: dict[str, Any], year: str, pick: random.Random, events: list[threading.Event]
    ) -> None:
        """Sends a file with the three forms of a year, then submits each form and notes every receipt."""
        cells = json.loads(json.dumps(one["years"][year]))
        raise_by = pick.randrange(1, 10**6)  # a correction is never what was filed before
        for item in ("cash_received_from_sales", "operating_cash_inflows", "net_cash_from_operating_activities"):
            _add(cells["cash_flow"], item, "current", raise_by)
        for item in ("exchange_rate_effect_on_cash",):
            cells["cash_flow"].setdefault(item, {})["current"] = str(-raise_by)
        for item in ("inventories", "current_assets", "total_assets", "short_term_borrowings", "current_liabilities",
                     "total_liabilities", "total_liabilities_and_equity"):  # fmt: skip
            _add(cells["balance_sheet"], item, "closing", raise_by)
        for item in ("operating_revenue", "total_operating_revenue", "cost_of_sales", "total_operating_costs"):
            _add(cells["income_statement"], item, "current", raise_by)
        document = [
            {"form": form, "period": year, "report_type": "single", "unit": one["unit"], "cells": rows}
            for form, rows in cells.items()
        ]
        events[0].set()
        query = f"?entity={one['uid']}&period={year}&type=single"
        answer = client.send_file(f"/reporting/upload/{query}", f"{year}.json", json.dumps(document).encode())
        if answer.status == 200:
            with self.ledger.lock:
                self.ledger.uploads += 1
        else:  # what was submitted when the server died still waits to be decided on
            self._not_done(answer)
        for filing in self._in_state(one["id"], year, "draft"):
            events[1].set()
            answer = client.form(f"/reporting/{filing}/submit/", {})
            found = _NUMBER.search(answer.location)
            if answer.status == 302 and found:
                self.ledger.note(found[1])
            else:
                self._not_done(answer)
        for filing in self._in_state(one["id"], year, "submitted"):
            answer = client.form(f"/reporting/{filing}/accept/", {})
            if answer.status == 302:
                with self.ledger.lock:
                    self.ledger.accepted += 1
            else:
                self._not_done(answer)

    def _not_done(self, answer: Answer) -> None:
        """A refusal must be said in words: 409 and 422 by rule, 503 while something is gone; a 500 is a fault of ours."""
        with self.ledger.lock:
            if answer.status not in (302, 409, 422, 503):
                self.ledger.refused.append(f"{answer.status} {answer.text[:300]}")

    def _in_state(self, org_id: int, year: str, state: str) -> list[int]:
        """The filings of an enterprise and year in that state; ConnectionError where the database is gone."""
        try:
            found = self.rows(
                "select id from reporting_filing where org_id = %s and period = %s and state = %s", org_id, year, state
            )
        except psycopg.OperationalError as error:
            raise ConnectionError from error
        return [row[0] for row in found]

    # ── proof ──

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, seen by its superuser, whom no policy holds back."""
        with psycopg.connect(self.database.url(ADMIN), autocommit=True) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def settle(self) -> None:
        """Waits until no job waits and every version is in the facts."""
        until = time.monotonic() + SETTLE_SECONDS
        waiting: Any = None
        while time.monotonic() < until:
            try:
                waiting = self.rows(
                    "select (select count(*) from procrastinate_jobs where status in ('todo', 'doing')), "
                    "(select count(*) from facts_factevent where part_id is null)"
                )[0]
            except psycopg.OperationalError:
                waiting = None
            if waiting == (0, 0):
                return
            time.sleep(0.25)
        raise AssertionError(f"(jobs, versions not in the facts) after {SETTLE_SECONDS} s: {waiting}")

    def command(self, *arguments: str) -> tuple[int, Any]:
        """A `guozi` command with --json: exit code and document."""
        done = subprocess.run(
            [sys.executable, "-m", "guozi", *arguments, "--json"],
            env=environment(self.home),
            capture_output=True,
            text=True,
        )
        return done.returncode, json.loads(done.stdout or "null")

    def prove(self) -> None:
        """Everything that was acknowledged is there exactly once, nothing is half, and the facts say what the filings say."""
        assert self.ledger.refused == []
        kept = [row[0] for row in self.rows("select receipt from reporting_filingversion")]
        assert len(kept) == len(set(kept)), "a receipt stands twice"
        lost = set(self.ledger.receipts) - set(kept)
        assert not lost, f"acknowledged and lost: {lost}"
        assert self._none(
            "gaps in the numbers of versions",
            """
            select filing_id from reporting_filingversion group by filing_id having max(number) <> count(*)""",
        )
        assert self._none(
            "versions without their event, or with two",
            """
            select v.id from reporting_filingversion v left join facts_factevent e on e.version_id = v.id
            group by v.id having count(e.seq) <> 1""",
        )
        assert self._none(
            "events that are in no live part",
            """
            select e.seq from facts_factevent e left join facts_factpart p on p.id = e.part_id and p.superseded_at is null
            where p.id is null""",
        )
        assert self._none(
            "filings whose state and content do not fit",
            """
            select f.id from reporting_filing f left join reporting_draft d on d.filing_id = f.id
            where (f.state = 'submitted' and (f.current_version_id is null or d.filing_id is not null))
               or (f.state = 'draft' and d.filing_id is null)
               or f.current_version_id is distinct from
                  (select v.id from reporting_filingversion v where v.filing_id = f.id order by number desc limit 1)""",
        )
        assert self._none(
            "submissions without their audit entry, or with two",
            """
            select v.receipt from reporting_filingversion v
            left join audit_entry a on a.action = 'reporting.submit' and a.detail->>'receipt' = v.receipt
            group by v.receipt having count(a.id) <> 1""",
        )
        accepted = self.rows("select count(*) from reporting_acceptance")[0][0]
        assert accepted >= self.ledger.accepted, "an acknowledged acceptance is gone"
        assert self._none(
            "filings with two accepted versions at once, or none where one was accepted",
            """
            select f.id from reporting_filing f left join reporting_filingversion v on v.filing_id = f.id
            left join reporting_acceptance a on a.version_id = v.id and upper_inf(a.known)
            group by f.id having count(a.id) <> case when f.accepted_version_id is null then 0 else 1 end""",
        )
        uploads = self.rows("select sha256, size from files_upload")
        assert len(uploads) >= self.ledger.uploads, "an acknowledged upload is gone"
        for sha256, size in uploads:
            assert (self.home / "files" / sha256[:2] / sha256).stat().st_size == size
        paths = self.rows("select path from facts_factpart where superseded_at is null")
        assert all(Path(path).is_file() for (path,) in paths)
        code, proof = self.command("facts", "verify")
        assert (code, proof["equal"], proof["rows"]) == (0, True, len(kept)), proof

    def _none(self, what: str, query: str) -> bool:
        found = self.rows(query)
        assert not found, f"{what}: {found[:10]}"
        return True


def with_no_mercy(pid: int) -> None:
    """`kill -9`; nothing happens where it has ended meanwhile."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def until(what: Callable[[], bool], seconds: float, words: str) -> None:
    """Waits; AssertionError with the words when the time is over."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"within {seconds} s: {words}"
        time.sleep(0.02)


def _add(rows: dict[str, dict[str, str]], item: str, column: str, amount: int) -> None:
    rows[item][column] = str(int(rows[item][column]) + amount)
