"""`kill -9` in the middle of upload, submission, projection and close: what was acknowledged is there once, nothing is half."""

import random
import re
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
            until(lambda: bool(town.rows("select 1 from facts_factevent where part_id is null")), 30, "nothing to project")
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


def closing(town: Town) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "guozi", "close", "2017"],
        env=environment(town.home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("target", ["close", "database"])
def test_a_close_that_was_killed_is_taken_up_where_it_stood(town: Town, target: str, round: int) -> None:
    town.start()
    with town.people():
        until(lambda: len(town.rows("select 1 from reporting_filingversion v join reporting_filing f on f.id = v.filing_id "
                                    "where f.period = '2017'")) > 6, 90, "too little to close")  # fmt: skip
    town.settle()
    with town.person() as reviewer:
        for (filing,) in town.rows("select id from reporting_filing where period = '2017' and state = 'submitted'"):
            assert reviewer.form(f"/reporting/{filing}/accept/", {}).status == 302
    run = closing(town)
    assert run.stderr is not None
    for line in run.stderr:
        if re.match(rf"\[{random.randint(1, 3)}/", line):
            break
    if target == "close":
        run.send_signal(signal.SIGKILL)
    else:
        town.kill("database")
    said = run.stderr.read()
    assert run.wait(60) != 0, said
    assert "Traceback" not in said
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
