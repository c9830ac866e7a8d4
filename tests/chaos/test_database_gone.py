"""The database gone in the middle of a save: said in words, in the reader's language, and nothing that was saved is lost."""

import json
import threading
from http.client import HTTPException

import pytest

from benchmarks._client import Answer, Client
from tests.chaos.town import Town, until

WORDS = {"en": "The database cannot be reached just now", "zh-hans": "数据库"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_save_without_a_database_says_so_and_loses_nothing(town: Town, language: str, round: int) -> None:
    town.start()
    one = town.told["entities"][0]
    year = "2018"
    with town.person() as reporter:
        # from whatever state the filing is in to a draft
        query = f"entity={one['uid']}&form=balance_sheet&period={year}&type=single"
        begun = reporter.form("/reporting/new/", dict(pair.split("=") for pair in query.split("&")))
        assert begun.status == 302, begun.text[:500]
        filing = int(begun.location.strip("/").split("/")[-1])
        if town.rows("select state from reporting_filing where id = %s", filing) == [("submitted",)]:
            assert reporter.form(f"/reporting/{filing}/withdraw/", {}).status == 302
        reporter.form("/language/", {"language": language, "next": "/"})
        answers, saved = _save_until_it_is_back(town, reporter, filing)
    refused = [answer for answer in answers if answer.status != 200]
    assert refused, "no save met the gap"
    assert {answer.status for answer in refused} == {503}
    assert all(WORDS[language] in answer.text for answer in refused), refused[0].text[:800]
    revision, cells = town.rows("select revision, cells from reporting_draft where filing_id = %s", filing)[0]
    # a commit whose answer was cut off may have been done; one that was acknowledged was done
    assert revision - saved[0] in (0, 1)
    assert int(cells["inventories"]["closing"]) - saved[1] in (0, 1)
    town.settle()
    town.prove()


def _save_until_it_is_back(town: Town, reporter: Client, filing: int) -> tuple[list[Answer], tuple[int, int]]:
    """Saves one cell again and again while the database is killed, until it is taken again: all answers; the last revision and value acknowledged."""
    revision = town.rows("select revision from reporting_draft where filing_id = %s", filing)[0][0]
    answers: list[Answer] = []
    value, last = 1000, (revision, 1000)
    kill = threading.Timer(0.4, town.kill, ["database"])
    kill.start()

    def save() -> bool:
        nonlocal value, last, revision
        value += 1
        try:
            answer = reporter.patch(
                f"/reporting/{filing}/save/",
                {"revision": revision, "cells": {"inventories": {"closing": str(value)}}, "explanations": {}},
            )
        except (OSError, HTTPException):
            return False
        if answer.status == 409:  # the cut-off one was done after all
            revision += 1
            return False
        answers.append(answer)
        if answer.status == 200:
            revision = json.loads(answer.body)["revision"]
            last = (revision, value)
        return answer.status == 200 and any(one.status == 503 for one in answers)

    until(save, 60, "saving never went on")
    kill.join()
    return answers, last
