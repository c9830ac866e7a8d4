"""The library tells what an indicator means, lists its values, and hands them out as files."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from guozi.app import wiring
from guozi.app.indicators.links import genuine, known_of, known_text, signature
from guozi.app.indicators.names import brief, formula_words
from tests.app.decisions.town import STOVE, WATER, YEAST, Town, published


@pytest.mark.parametrize("code", sorted(wiring.library().indicators))
def test_every_indicator_has_its_page_with_its_basis(town: Town, code: str) -> None:
    answer = town.client(town.leader).get(f"/indicators/{code}/?period=2018")
    assert answer.status_code == 200
    for version in answer.context["versions"]:
        assert version.cite
        assert version.words


def test_values_come_as_csv_with_the_numbers_as_they_are(town: Town) -> None:
    answer = town.client(town.leader).get("/indicators/total_profit/?period=2018&as=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    values = {row[0]: Decimal(row[3]) for row in rows[1:]}
    assert values == {
        town.by[code].name: published(code, "income_statement", "利润总额", 2018) for code in (YEAST, WATER)
    }


def test_values_come_as_a_spreadsheet(town: Town) -> None:
    answer = town.client(town.leader).get("/indicators/total_profit/?period=2018&as=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet.max_row == 3


def test_what_is_unknown_comes_last_whichever_way_it_is_sorted(town: Town) -> None:
    for sort in ("value", "-value"):
        rows = town.client(town.leader).get(f"/indicators/research_intensity/?period=2017&sort={sort}").context["page"]
        known = [isinstance(row.value, Decimal) for row in rows]
        assert known == sorted(known, reverse=True)


def test_the_api_pages_values_by_cursor(town: Town) -> None:
    client = town.client(town.leader)
    url = "/api/v1/indicators/values/?code=total_profit&period=2017&limit=2"
    first = client.get(url).json()
    second = client.get(f"{url}&cursor={first['next']}").json()
    assert (len(first["values"]), len(second["values"]), second["next"]) == (2, 1, None)
    assert first["official"] is True
    assert first["as_of"]


def test_the_api_says_why_a_value_is_unknown(town: Town) -> None:
    answer = town.client(town.leader).get(
        f"/api/v1/decisions/enterprises/{town.by[STOVE].uid}/why?code=total_profit&period=2018"
    )
    assert answer.json()["value"] is None
    assert answer.json()["unknown"].startswith("not-filed income_statement 2018")


def test_the_api_explains_down_to_the_place_in_the_file(town: Town) -> None:
    url = f"/api/v1/decisions/enterprises/{town.by[YEAST].uid}/why?code=return_on_equity&period=2018"
    cells = town.client(town.leader).get(url).json()["cells"]
    assert cells
    assert all("!" in cell["place"] and cell["receipt"] for cell in cells)


def test_a_wrong_code_is_a_problem_with_words(town: Town) -> None:
    answer = town.client(town.leader).get("/api/v1/indicators/values/?code=nonsense")
    assert answer.status_code == 404
    assert "nonsense" in answer.json()["title"]


def test_a_signature_covers_everything_that_an_address_says(town: Town) -> None:
    uid = town.by[YEAST].uid
    given = ("assets", uid, "2018", "", "sum", "1.00")
    signed = signature(*given)
    assert genuine(*given, signed)
    for place, other in ((0, "revenue"), (2, "2017"), (3, "1"), (4, ""), (5, "2.00")):
        changed = [*given]
        changed[place] = other
        assert not genuine(*changed, signed)


def test_a_moment_of_knowledge_survives_its_address() -> None:
    for text in ("", "1764029412123456"):
        assert known_text(known_of(text)) == text
    assert known_of("nonsense") is None


def test_a_rows_name_is_told_briefly() -> None:
    assert brief("五、净利润（净亏损以“－”号填列）") == "净利润"
    assert brief("减：所得税费用") == "所得税费用"
    assert brief("所有者权益（或股东权益）合计") == "所有者权益合计"
    assert brief("货币资金") == "货币资金"


def test_a_formula_is_told_in_words() -> None:
    words = formula_words("net_profit_for_period / total_assets")
    assert "_" not in words
