"""The form as a spreadsheet: what is written into it comes out of it."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
from hypothesis import given, settings, strategies as st

from guozi.core.kernel.period import Period
from guozi.sources import Expected, read_filing
from guozi.sources.spreadsheet import Block, write_template
from tests.sources.made import BALANCE, FORMS, INCOME, USCC, WAN, layout, only

AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2).map(lambda value: f"{value:f}")
CELLS = st.dictionaries(
    st.sampled_from([item.code for item in BALANCE.items()]),
    st.dictionaries(st.sampled_from(["closing", "opening"]), AMOUNTS, min_size=1),
)
COVER = {"entity": USCC, "period": "2026-09", "report_type": "0"}


def values(cells: object) -> dict[tuple[str, str], Decimal]:
    assert isinstance(cells, dict)
    return {(item, column): Decimal(text) for item, row in cells.items() for column, text in row.items()}


@settings(max_examples=40, deadline=None)
@given(CELLS, st.sampled_from(["zh", "en"]))
def test_what_is_written_into_the_form_is_read_from_it(cells: dict[str, dict[str, str]], language: str) -> None:
    data = write_template([Block(form=BALANCE, layout=layout(), cover=COVER, cells=cells)], language)
    found = read_filing(
        data, "a.xlsx", FORMS, expected=Expected(entity=USCC, period=Period.parse("2026-09"), report_type="0")
    )
    assert values(only(found).cells) == values(cells)
    assert [finding for finding in found.all_findings() if finding.code != "source.number-as-text"] == []


def test_an_empty_form_offers_every_cell_and_has_none() -> None:
    found = only(read_filing(write_template([Block(form=BALANCE, layout=layout())]), "a.xlsx", FORMS))
    assert found.cells == {}
    assert found.offered == {(item.code, column.code) for item in BALANCE.items() for column in BALANCE.columns}


def test_a_form_in_wan_yuan_comes_back_in_wan_yuan() -> None:
    data = write_template([Block(form=BALANCE, layout=layout(), unit=WAN, cells={"cash": {"closing": "1234.567891"}})])
    found = only(read_filing(data, "a.xlsx", FORMS, units=[WAN]))
    assert found.unit == WAN
    assert found.cells == {"cash": {"closing": "1234.567891"}}


def test_all_forms_in_one_workbook_come_back() -> None:
    data = write_template([Block(form=BALANCE, layout=layout()), Block(form=INCOME, layout=layout(), cells={"share_of_group": {"ytd": "12.5"}, "other_gains": {"ytd": "2"}})])  # fmt: skip
    found = read_filing(data, "a.xlsx", FORMS)
    assert [reading.form for reading in found.readings] == ["balance_sheet", "income_statement"]
    assert found.readings[1].cells == {"share_of_group": {"ytd": "12.5"}, "other_gains": {"ytd": "2"}}
    assert found.all_findings() == ()


def test_a_form_of_another_layout_is_said_and_read() -> None:
    old = write_template(
        [Block(form=BALANCE, layout=layout(), cover={"layout": "2007-01-01"}, cells={"cash": {"closing": "1"}})]
    )
    found = read_filing(old, "a.xlsx", FORMS)
    assert only(found).cells == {"cash": {"closing": "1"}}
    (finding,) = found.all_findings()
    assert (finding.code, finding.severity) == ("source.other-layout", "warning")


def test_the_form_prints_on_a4_one_page_wide_with_heads_that_stay() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template([Block(form=BALANCE, layout=layout())])))
    sheet = book["资产负债表"]
    assert sheet.page_setup.paperSize == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is what the format leaves out
    assert sheet.freeze_panes == "B11"
    assert sheet.print_title_rows == "$10:$10"
    section = next(cell for row in sheet.iter_rows(max_col=1) for cell in row if cell.value == "流动资产：")
    assert section.font.bold
