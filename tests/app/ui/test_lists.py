"""Paging, order, and lists as files."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
from django.test import RequestFactory
from django.utils import translation

from guozi.app.ui.export import Column, csv_lines, csv_response, xlsx_response
from guozi.app.ui.paging import Order, ordered, page_numbers, paged
from guozi.core.kernel.unknown import Unknown, Why

get = RequestFactory().get
Row = tuple[str, Decimal | Unknown]
COLUMNS: list[Column[Row]] = [Column("=Name", lambda row: row[0]), Column("Amount", lambda row: row[1])]


def test_a_page_beyond_the_end_is_the_last_and_nonsense_is_the_first() -> None:
    assert paged(get("/", {"page": "99"}), range(60)).number == 3
    assert paged(get("/", {"page": "x"}), range(60)).number == 1


def test_a_size_that_is_not_offered_is_not_given() -> None:
    assert len(paged(get("/", {"size": "1000000"}), range(600))) == 25
    assert len(paged(get("/", {"size": "100"}), range(600))) == 100


def test_an_order_can_only_name_a_column_of_the_page() -> None:
    columns = {"name": "entity__name"}
    assert ordered(get("/", {"sort": "-name"}), columns, "name") == (Order("name", True), "-entity__name")
    assert ordered(get("/", {"sort": "password"}), columns, "name") == (Order("name", False), "entity__name")


def test_the_numbers_of_many_pages_have_gaps() -> None:
    assert list(page_numbers(paged(get("/", {"page": "6"}), range(260)))) == [1, None, 5, 6, 7, None, 11]


def test_a_csv_begins_with_a_byte_order_mark_and_keeps_exact_numbers() -> None:
    lines = list(csv_lines(COLUMNS, [("鞍钢", Decimal("-1234567.80"))]))
    assert lines == ["\ufeff'=Name,Amount\r\n", "鞍钢,-1234567.8\r\n"]


def test_text_in_a_csv_cannot_become_a_formula() -> None:
    for evil in ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"):
        assert list(csv_lines(COLUMNS, [(evil, Decimal(1))]))[1].lstrip('"').startswith("'")


def test_an_unknown_is_written_as_the_page_shows_it_and_never_as_zero() -> None:
    with translation.override("en"):
        assert list(csv_lines(COLUMNS, [("a", Unknown(Why.NOT_FILED))]))[1] == "a,\u2014\r\n"


def test_an_attached_file_keeps_its_chinese_name() -> None:
    assert (
        csv_response("企业", COLUMNS, [])["Content-Disposition"]
        == "attachment; filename*=utf-8''%E4%BC%81%E4%B8%9A.csv"
    )


def test_a_spreadsheet_holds_numbers_as_numbers_dates_as_dates_and_formulas_as_text() -> None:
    columns = [*COLUMNS, Column("Day", lambda row: date(2025, 12, 31))]
    response = xlsx_response("list", columns, [("=1+1", Decimal("1234.56")), ("long", Decimal("9999999999999999.99"))])
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response))).active
    response.file_to_stream.close()  # not response.close(): that signals the end of a request, and looks at the database
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("=Name", "Amount", "Day")
    assert rows[1][:2] == ("=1+1", 1234.56)
    assert sheet["A2"].data_type == "s"
    assert str(rows[1][2]).startswith("2025-12-31")
    assert rows[2][1] == "9999999999999999.99"
