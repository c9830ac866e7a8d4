"""Plain lists from spreadsheets and text tables: rows by key with their lines, all that is wrong at once, and no exception for any file."""

import io

import pytest
import xlsxwriter

from guozi.sources.listing import HEADS, read_listing

WORDS = {"report_type": {"集团合并表": "consolidated", "9": "consolidated", "consolidated": "consolidated"}}


def workbook(*rows: tuple[object, ...], more: bool = False) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("企业")
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(line, column, value)
        if more:
            book.add_worksheet("说明").write(0, 0, "请从第三行填起")
    return target.getvalue()


def test_heads_in_either_language_become_keys_and_lines_are_those_of_the_file() -> None:
    data = workbook(
        ("企业名录",), ("企业名称", "Code", "报表类型"), ("甲公司", 12, "集团合并表"), (), ("乙公司", "B-2", 9)
    )
    rows, findings = read_listing(data, "list.xlsx", HEADS, WORDS)
    assert findings == []
    assert rows == [
        (3, {"name": "甲公司", "code": "12", "report_type": "consolidated"}),
        (5, {"name": "乙公司", "code": "B-2", "report_type": "consolidated"}),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_table_is_read_in_every_usual_encoding(encoding: str) -> None:
    data = "企业名称\t统一社会信用代码\n甲公司\t91990000X000089853\n".encode(encoding)
    rows, _findings = read_listing(data, "list.txt")
    assert rows == [(2, {"name": "甲公司", "uscc": "91990000X000089853"})]


def test_all_that_is_wrong_is_told_at_once_with_its_place() -> None:
    data = workbook(("名称", "代码", "编码", "颜色", "报表类型"), ("甲公司", "A", "B", "红", "九"), more=True)
    _rows, findings = read_listing(data, "list.xlsx", HEADS, WORDS)
    assert {(one.code, one.place.address) for one in findings} == {
        ("source.sheet-left", ""),
        ("source.head-twice", "C1"),
        ("source.head-unknown", "D1"),
        ("source.word-unknown", "E2"),
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "source.empty-file"),
        (b"%PDF-1.4", "source.not-a-spreadsheet"),
        (b"PK\x03\x04 and then nothing", "source.corrupt"),
        (b'{"name": "x"}', "source.not-a-list"),
        ("项目,金额\n甲,1\n".encode(), "source.no-heads"),
        ("企业名称,代码\n,\n".encode(), "source.no-rows"),
        (workbook(()), "source.no-content"),
    ],
)
def test_what_is_no_list_is_refused_in_words(data: bytes, code: str) -> None:
    rows, findings = read_listing(data, "list.xlsx")
    assert rows == []
    assert [one.code for one in findings if one.code != "source.renamed"] == [code]
