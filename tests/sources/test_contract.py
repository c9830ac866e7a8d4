"""The contract that every door keeps: the same filing, sent in any of the ways, is the same reading."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from guozi.core.kernel.findings import Finding
from guozi.core.kernel.period import Period
from guozi.sources import DOORS, Ask, Expected, FileReading, Reading, read_filing
from guozi.sources.spreadsheet import Block, write_template
from tests.sources.made import BALANCE, FORMS, MAPPING, USCC, WAN, balance, codes, layout, only, xls, xlsx

COVER = {"entity": USCC, "entity_name": "甲公司", "period": "2018", "report_type": "9", "currency": "CNY"}
CELLS = {"cash": {"closing": "1234.5", "opening": "-7"}, "current_assets": {"closing": "99", "opening": "8"}}


def as_xlsx() -> bytes:
    return write_template([Block(form=BALANCE, layout=layout(), cover=COVER, cells=CELLS)])


def rows() -> list[list[str]]:
    """The filing as a table of texts, every row of the form in it."""
    table = [["资产负债表"], ["统一社会信用代码", USCC], ["企业名称：甲公司"], ["报告期", "2018"], ["报表类型", "9"], ["币种", "CNY"], ["项目", "期末余额", "年初余额"]]  # fmt: skip
    for row in BALANCE.items():
        table.append([row.name.zh, *(CELLS.get(row.code, {}).get(column, "") for column in ("closing", "opening"))])
    return table


def as_csv() -> bytes:
    return "\n".join(",".join(row) for row in rows()).encode()


def as_xls() -> bytes:
    cells: dict[tuple[int, int], object] = {}
    for index, row in enumerate(rows()):
        for column, text in enumerate(row):
            if text:
                cells[index, column] = float(text) if index > 6 and column else text
    return xls("资产负债表", cells)


def as_json() -> bytes:
    return json.dumps({"form": "balance_sheet", "cells": CELLS, "unit": "yuan"} | COVER, ensure_ascii=False).encode()


WAYS = {"a.xlsx": as_xlsx, "a.csv": as_csv, "a.xls": as_xls, "a.json": as_json}
EXPECTED = Expected(entity=USCC, period=Period(2018), report_type="9", form="balance_sheet")


@pytest.fixture(params=WAYS)
def filing(request: pytest.FixtureRequest) -> FileReading:
    """The same filing in each of the ways."""
    return read_filing(WAYS[request.param](), request.param, FORMS, expected=EXPECTED)


def test_the_same_filing_is_the_same_reading_by_every_door(filing: FileReading) -> None:
    reading = only(filing)
    assert filing.all_findings() == ()
    assert reading.form == "balance_sheet"
    assert reading.unit.code == "yuan"
    values = {item: {column: Decimal(text) for column, text in row.items()} for item, row in reading.cells.items()}
    assert values == {item: {column: Decimal(text) for column, text in row.items()} for item, row in CELLS.items()}
    assert reading.offered == {(item.code, column.code) for item in BALANCE.items() for column in BALANCE.columns}
    assert {"entity": USCC, "entity_name": "甲公司", "period": "2018", "report_type": "9", "unit": "yuan"}.items() <= reading.cover.items()  # fmt: skip


def test_every_amount_says_from_where_it_came(filing: FileReading) -> None:
    reading = only(filing)
    assert {(i, c) for i, row in reading.origins.items() for c in row} == {
        (i, c) for i, row in reading.cells.items() for c in row
    }
    assert all(place for row in reading.origins.values() for place in row.values())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"a,b",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"%PDF",
        b"\x00",
        b"<html>",
        "项目".encode("utf-16"),
        b"\xff",
    ],
)
def test_exactly_one_door_claims_any_file_and_it_answers_with_findings(data: bytes) -> None:
    (door,) = [door for door in DOORS if door.claims(data)]
    found = door.read(data, "a", Ask(forms=FORMS))
    assert found.readings == ()
    assert found.findings


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entity": "91310000MA1K35QX0P"}, "source.other-entity"),
        ({"period": "2017"}, "source.other-period"),
        ({"report_type": "0"}, "source.other-report-type"),
    ],
)
@pytest.mark.parametrize("way", ["xlsx", "json"])
def test_the_form_of_another_enterprise_period_or_type_is_recognised(
    change: dict[str, str], code: str, way: str
) -> None:
    cover = COVER | change
    if way == "xlsx":
        data = write_template([Block(form=BALANCE, layout=layout(), cover=cover, cells=CELLS)])
    else:
        data = json.dumps({"form": "balance_sheet", "cells": CELLS} | cover).encode()
    found = read_filing(data, f"a.{way}", FORMS, expected=EXPECTED)
    errors = [finding for finding in found.all_findings() if finding.severity == "error"]
    assert [finding.code for finding in errors] == [code]
    assert next(iter(change.values())) in errors[0].text()
    assert only(found).cells


@pytest.mark.parametrize("way", ["xlsx", "csv", "json"])
def test_a_file_with_another_form_than_the_expected_one_is_said(way: str) -> None:
    name = f"a.{way}"
    found = read_filing(WAYS[name](), name, FORMS, expected=Expected(form="income_statement"))
    (finding,) = [finding for finding in found.findings if finding.severity == "error"]
    assert finding.code == "source.other-form"
    assert "资产负债表" in finding.text()
    assert "利润表" in finding.text()


def test_another_enterprises_name_is_recognised_where_there_is_no_code() -> None:
    data = xlsx({"资产负债表": balance(("货币资金", 1, 5, 6), cover=[["编制单位：乙公司", None, "单位：元"]])})
    found = read_filing(data, "a.xlsx", FORMS, expected=Expected(entity=USCC, entity_names=("甲公司", "甲厂")))
    assert "source.other-entity" in codes(found)
    same = read_filing(data, "a.xlsx", FORMS, expected=Expected(entity=USCC, entity_names=("乙公司",)))
    assert "source.other-entity" not in codes(same)


def test_the_reading_is_in_the_unit_that_the_file_says() -> None:
    data = xlsx({"资产负债表": balance(("货币资金", 1, 5, 6), cover=[["金额单位：人民币万元"]])})
    assert only(read_filing(data, "a.xlsx", FORMS, units=[WAN])).unit == WAN
    unknown = read_filing(data, "a.xlsx", FORMS)
    assert "source.no-such-unit" in codes(unknown)


def test_a_mapping_in_another_unit_than_the_sheet_says_is_an_error() -> None:
    data = xlsx({"资产负债表": [["金额单位：元"], ["项目", "金额"], ["货币资金", 5]]})
    found = read_filing(data, "a.xlsx", FORMS, [MAPPING], expected=Expected(period=Period(2018)))
    assert "source.other-unit" in codes(found)


def test_findings_are_texts_that_can_be_filled_in(filing: FileReading) -> None:
    data = xlsx(
        {"资产负债表": balance(("货币资金", 1, "x", "=1+1"), ("货币资金", 1, 0.1 + 0.2, "1,000"), ("怪项", 1, 1))}
    )
    found = read_filing(data, "a.xlsx", FORMS)
    assert all(
        isinstance(finding, Finding) and finding.text() and "{" not in finding.text()
        for finding in found.all_findings()
    )
    assert isinstance(only(found), Reading)
