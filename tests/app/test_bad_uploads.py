"""What bad files get, on the upload page and in the API: a clear answer in both languages, nothing taken, the draft as it was."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from guozi.app import gate
from guozi.app.files.models import Upload
from guozi.app.reporting import actions
from guozi.app.reporting.books import FilerBook
from guozi.app.reporting.models import Draft, Filing
from guozi.core.formula.tree import Cell
from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown
from tests.app.reporting import conftest as reporting
from tests.app.reporting.conftest import PERIOD, Place, sample
from tests.sources.made import compound, lying_bomb, with_part, xls, xlsx

place = reporting.place

GOOD = sample().content
MEGABYTE = 1024**2
TAKEN_ZH = "{name} 读不出来，一个数也没有取用"
OTHER_ZH = "{name} 不是这里要的文件，一个数也没有取用"
OTHER_EN = "{name} is not the file that belongs here; nothing was taken from it"
TAKEN_EN = "{name} cannot be read; nothing was taken from it"


def changed(sheet: str, cell: str, value: object) -> bytes:
    """The good workbook with one cell changed."""
    book = load_workbook(io.BytesIO(GOOD))
    book[sheet][cell] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def broken_sum() -> bytes:
    """A workbook with a bit turned over inside a part."""
    data = bytearray(GOOD)
    data[data.find(b"PK\x03\x04") + 60] ^= 0xFF
    return bytes(data)


@dataclass(frozen=True)
class Bad:
    """A file that is refused, and the sentences with which it is."""

    data: Callable[[], bytes]
    zh: str
    en: str
    name: str = "报表.xlsx"


REFUSED: Mapping[str, Bad] = {
    "empty": Bad(lambda: b"", "文件是空的", "the file is empty"),
    "only blanks": Bad(lambda: b" \r\n ", "文件是空的", "the file is empty"),
    "without content": Bad(lambda: xlsx({"Sheet1": []}), "文件没有内容：所有工作表都是空的", "the file has no content: all its sheets are empty"),
    "huge": Bad(lambda: GOOD + b"\0" * (21 * MEGABYTE), "文件有 21 MB，最多读取 20 MB", "the file has 21 MB; at most 20 MB are read"),
    "encrypted": Bad(lambda: compound({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"\x10" * 5000}), "文件设有密码，无法读取", "the file is protected by a password and cannot be read"),
    "encrypted xls": Bad(lambda: xls("资产负债表", {(0, 0): "项目"}, extra=b"\x2f\x00\x06\x00" + b"\0\0" * 3), "文件设有密码，无法读取", "the file is protected by a password and cannot be read", "报表.xls"),
    "a picture called xlsx": Bad(lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "文件是图片，不是电子表格", "the file is a picture, not a spreadsheet"),
    "a web page called xls": Bad(lambda: b"<html><body><table><tr><td>1</td></tr></table></body></html>", "文件是网页，不是电子表格", "the file is a web page, not a spreadsheet", "报表.xls"),
    "cut off": Bad(lambda: GOOD[: len(GOOD) // 2], "文件已损坏：无法读取其压缩结构", "the file is damaged: its zip container cannot be read"),
    "damaged": Bad(broken_sum, "文件已损坏：无法读取其压缩结构", "the file is damaged: its zip container cannot be read"),
    "a zip bomb": Bad(lambda: with_part(GOOD, "xl/media/a.xml", b"\0" * 200 * MEGABYTE), "文件解压后超过 64 MB，不予读取", "the file unpacks to more than 64 MB, which is not read"),
    "a zip bomb that lies": Bad(lambda: lying_bomb(100 * MEGABYTE, told=1000), "文件解压后超过 64 MB，不予读取", "the file unpacks to more than 64 MB, which is not read"),
    "a sheet of something else": Bad(lambda: xlsx({"考勤": [["姓名", "天数"], ["张三", 21]]}), "文件中没有此处所需的报表。现有工作表：考勤。应有：", "no sheet of the file is a form that is expected here. There are: 考勤. Expected: "),
    "another enterprise": Bad(lambda: sample("600011", 2018).content, "这是另一家企业的报表：91990000X06000116W；此处应为 91990000X000089853", "this is the form of another enterprise: 91990000X06000116W; 91990000X000089853 is expected"),
    "another year": Bad(lambda: sample("000898", 2017).content, "这是另一期的报表：2017-12-31；此处应为 2018", "this is the form of another period: 2017-12-31; 2018 is expected"),
}  # fmt: skip


def words(answer: HttpResponse) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def client_of(place: Place, language: str) -> Client:
    client = place.client(place.reporter)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def by_page(place: Place, language: str, data: bytes, name: str) -> HttpResponse:
    file = io.BytesIO(data)
    file.name = name
    url = f"/reporting/upload/?entity={place.steel.uid}&period=2018&type=consolidated"
    return client_of(place, language).post(url, {"file": file})  # type: ignore[return-value]


def by_api(place: Place, language: str, data: bytes, name: str, **query: str) -> HttpResponse:
    file = io.BytesIO(data)
    file.name = name
    fields = {"file": file, "entity": str(place.steel.uid), "period": "2018", "report_type": "consolidated", "form": ""}
    return client_of(place, language).post("/api/v1/reporting/uploads", fields, query_params=query)  # type: ignore[return-value]


def kept(place: Place) -> list[Any]:
    """Every filing, draft and upload that there is."""
    with gate.acting_as(place.reporter.pk):
        drafts = [vars(one) | {"_state": None} for one in Draft.objects.order_by("pk")]
        return [drafts, list(Filing.objects.order_by("pk").values()), list(Upload.objects.order_by("pk").values())]


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_file_that_cannot_be_taken_is_refused_in_words_and_the_draft_is_kept(
    place: Place, kind: str, language: str
) -> None:
    place.load()
    before, one = kept(place), REFUSED[kind]
    sentence, nothing = (one.zh, TAKEN_ZH) if language == "zh-hans" else (one.en, TAKEN_EN)
    if kind.startswith("another"):
        nothing = OTHER_ZH if language == "zh-hans" else OTHER_EN
    data = one.data()
    page = by_page(place, language, data, one.name)
    assert page.status_code == 422
    if data:  # an empty file does not come as far: the form says so in Django's own words
        assert nothing.format(name=one.name) in words(page)
        assert sentence in words(page)
    else:
        assert {"zh-hans": "所提交的是空文件", "en": "The submitted file is empty"}[language] in words(page)
    answer = by_api(place, language, data, one.name)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    said = answer.json()
    assert said["title"] == nothing.format(name=one.name)
    assert all(error["detail"].startswith(sentence) for error in said["errors"])
    assert said["errors"]
    assert kept(place) == before


def test_nothing_is_made_where_there_was_nothing_before(place: Place) -> None:
    for one in REFUSED.values():
        assert by_page(place, "zh-hans", one.data(), one.name).status_code == 422
    assert kept(place) == [[], [], []]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-hans", "不是数"), ("en", "is not a number")],
)
def test_text_where_a_number_belongs_is_named_with_its_cell_and_is_unknown_not_zero(
    place: Place, language: str, sentence: str
) -> None:
    data = changed("资产负债表", "B8", "约二百万")
    page = by_page(place, language, data, "报表.xlsx")
    assert page.status_code == 200
    assert "资产负债表!B8" in words(page)
    assert "约二百万" in words(page)
    assert sentence in words(page)
    with gate.acting_as(place.reporter.pk):
        filing = Filing.objects.get(form="balance_sheet")
        draft = Draft.objects.get(filing=filing)
        assert "closing" not in draft.cells.get("cash", {})
        book = FilerBook(filing.org_id, filing.report_type, PERIOD, {filing.form: draft})
        value = book.cell(Cell(Type.MONEY, "balance_sheet", "cash", "closing"))
    assert isinstance(value, Unknown)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("215400", "215400"),
        ("215,400.50", "215400.50"),
        ("（215,400）", "-215400"),
        ("(215400)", "-215400"),
        ("２１５，４００", "215400"),
        (" 215 400 ", "215400"),
        ("−215400", "-215400"),
    ],
)
def test_numbers_as_people_write_them_are_read(place: Place, typed: str, stored: str) -> None:
    page = by_page(place, "zh-hans", changed("资产负债表", "B8", typed), "报表.xlsx")
    assert page.status_code == 200
    with gate.acting_as(place.reporter.pk):
        assert Draft.objects.get(filing__form="balance_sheet").cells["cash"]["closing"] == stored


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-hans", "文件内容与已报的第 1 版（回执 "),
        ("en", "This file says what has been filed already (version 1, receipt "),
    ],
)
def test_the_same_file_twice_is_told_once_it_was_filed(place: Place, language: str, sentence: str) -> None:
    filed = place.load()
    with gate.acting_as(place.reporter.pk):
        for filing, draft, found in filed:
            assert draft is not None
            actions.submit(filing, explanations={one.rule_code: "按年报填列" for one in found if one.stops or one.asks})
    before = kept(place)
    page = by_page(place, language, GOOD, "报表.xlsx")
    assert page.status_code == 409
    assert sentence in words(page)
    answer = by_api(place, language, GOOD, "报表.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert sentence in answer.json()["title"]
    assert kept(place) == before


def test_the_same_file_twice_before_it_was_filed_changes_no_cell(place: Place) -> None:
    by_page(place, "zh-hans", GOOD, "报表.xlsx")
    cells = [draft["cells"] for draft in kept(place)[0]]
    assert by_page(place, "zh-hans", GOOD, "报表.xlsx").status_code == 200
    assert [draft["cells"] for draft in kept(place)[0]] == cells


def test_a_dry_run_of_the_api_keeps_nothing(place: Place) -> None:
    answer = by_api(place, "en", GOOD, "报表.xlsx", dry_run="true")
    assert answer.status_code == 200
    assert [len(answer.json()["filings"]), answer.json()["dry_run"]] == [3, True]
    assert kept(place) == [[], [], []]
