"""`kill -9` in the middle of upload, submission, projection and close: what was acknowledged is there once, nothing is half."""

import random
import signal
import subprocess
import sys
import time

import pytest

from benchmarks._instance import environment
from tests.chaos.town import Town, until


@pytest.mark.parametrize("moment", ["upload", "submit", "projection"])
@pytest.mark.parametrize("target", ["web", "worker", "database", "everything"])
def test_a_kill_loses_nothing_and_doubles_nothing(town: Town, target: str, moment: str, round: int) -> None:
    town.start()
    before = len(town.ledger.receipts)
    with town.people() as events:
        until(lambda: len(town.ledger.receipts) > before, 60, "nobody could file")
        if moment == "projection":
            until(
                lambda: bool(town.rows("select 1 from facts_factevent where part_id is null")), 30, "nothing to project"
            )
        else:
            event = events[moment == "submit"]
            event.clear()
            assert event.wait(30)
        time.sleep(random.uniform(0, 0.05))
        town.kill(target)
        after = len(town.ledger.receipts)
        town.start()
        until(lambda: len(town.ledger.receipts) > after + 3, 60, "filing did not go on")
    town.settle()
    town.prove()


ACCEPTED = "select id from reporting_filing where period = '2017' and accepted_version_id is not null"


def killed_while_closing(town: Town, target: str) -> tuple[int, str]:
    """Begins a close and kills it, or the database under it, at one of its stages: its exit code and what it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "guozi", "close", "2017"],
        env=environment(town.home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        stage = random.randint(0, 2)
        for line in run.stderr:
            if line.startswith(f"[{stage}/"):
                break
        if target == "close":
            run.send_signal(signal.SIGKILL)
        else:
            town.kill("database")
        said = run.stderr.read()
        return run.wait(60), said


@pytest.mark.parametrize("target", ["close", "database"])
def test_a_close_that_was_killed_is_taken_up_where_it_stood(town: Town, target: str, round: int) -> None:
    town.start()
    with town.people():
        until(lambda: len(town.rows(ACCEPTED)) > 6, 90, "too little to close")
    town.settle()
    for _attempt in range(10):  # a close of so few takes moments: now and then it is done before it is dead
        code, said = killed_while_closing(town, target)
        assert "Traceback" not in said
        if code:
            break
        town.start()
    assert code, "no close could be caught in the middle"
    town.start()
    stages = town.rows("select id, stages from facts_calcrun where state = 'running'")
    assert len(stages) <= 1
    code, done = town.command("close", "2017")
    assert code in (0, 1), done
    assert [stage["name"] for stage in done["stages"]] == ["facts", "checks", "indicators", "signals"]
    if stages:
        finished = list(stages[0][1])
        assert done["stages"][: len(finished)] == finished, "a finished stage was done again"
    assert town.rows("select count(*) from facts_calcrun where state = 'running'") == [(0,)]
    assert town.rows("select count(*) from facts_calcrun where state = 'done' and superseded_by_id is null") == [(1,)]
    values = town.rows("select rows from facts_factpart where dataset = 'indicators' and superseded_at is null order by id desc limit 1")  # fmt: skip
    filers = town.rows("select count(distinct (org_id, report_type)) from reporting_filing where period = '2017' and accepted_version_id is not null")  # fmt: skip
    assert values == filers
    town.prove()
