"""A sheet laid out as one of our forms is read by names, codes and heads, as accountants really write them."""

from __future__ import annotations

from datetime import date

from guozi.sources import Expected, Unmapped, Unreadable, read_filing
from tests.sources.made import FORMS, balance, codes, ods, only, part, with_part, xls, xlsx


def test_names_are_found_in_spite_of_width_spaces_numbers_and_marks() -> None:
    found = only(read_filing(xlsx({"Sheet1": [["资产负债表"], ["项 目", "期 末 余 额"], ["货 币 资 金", 1], ["一、应收票据", 2], ["*应收账款：", 3],
        ["　　其中:原材料", 4], ["合同资产", 5], ["库存股", 6], ["所有者权益合计", 7], ["实收资本(或股本)", 8]]}), "a.xlsx", FORMS))  # fmt: skip
    assert {item: row["closing"] for item, row in found.cells.items()} == {
        "cash": "1", "notes_receivable": "2", "accounts_receivable": "3", "raw_materials": "4", "contract_assets": "5",
        "treasury_shares": "6", "total_equity": "7", "paid_in_capital": "8",
    }  # fmt: skip
    assert found.origins["cash"]["closing"] == "Sheet1!B3"


def test_rows_of_the_same_name_are_told_apart_by_their_order() -> None:
    rows = [
        ["利润表"],
        ["项目", "本期金额"],
        ["一、营业收入", 10],
        ["其他", 1],
        ["二、营业利润（亏损以“－”号填列）", 9],
        ["其他", 2],
    ]
    found = only(read_filing(xlsx({"s": rows}), "a.xlsx", FORMS))
    assert found.cells["other_cost"] == {"ytd": "1"}
    assert found.cells["other_gains"] == {"ytd": "2"}


def test_a_code_wins_over_a_name() -> None:
    rows = [["利润表"], ["项目", "代码", "本期金额"], ["其他", "other_gains", 2], ["随便写的", "revenue", 3]]
    assert only(read_filing(xlsx({"s": rows}), "a.xlsx", FORMS)).cells == {
        "other_gains": {"ytd": "2"},
        "revenue": {"ytd": "3"},
    }


def test_a_sheet_printed_in_two_halves_is_read_on_both_sides() -> None:
    rows = [["资产负债表"], ["资产", "行次", "期末余额", "年初余额", "负债和所有者权益", "行次", "期末余额", "年初余额"],
            ["货币资金", 1, 5, 6, "实收资本（或股本）", 9, 7, 8]]  # fmt: skip
    found = only(read_filing(xlsx({"s": rows}), "a.xlsx", FORMS))
    assert found.cells == {
        "cash": {"closing": "5", "opening": "6"},
        "paid_in_capital": {"closing": "7", "opening": "8"},
    }
    assert found.origins["paid_in_capital"] == {"closing": "s!G3", "opening": "s!H3"}


def test_merged_heads_in_two_rows_are_read() -> None:
    rows = [["资产负债表"], ["项目", "", ""], ["", "期末余额", "年初余额"], ["货币资金", 5, 6]]
    data = xlsx({"s": rows}, merged={"s": [(1, 1, 1, 2, "2018年12月31日"), (1, 0, 2, 0, "项目")]})
    assert only(read_filing(data, "a.xlsx", FORMS)).cells == {"cash": {"closing": "5", "opening": "6"}}


def test_two_columns_under_one_merged_head_are_not_guessed_between() -> None:
    rows = [["资产负债表"], ["项目", "", ""], ["", "合并", "母公司"], ["货币资金", 5, 6]]
    data = xlsx({"s": rows}, merged={"s": [(1, 1, 1, 2, "期末余额")]})
    found = read_filing(data, "a.xlsx", FORMS)
    assert "source.column-twice" in codes(found)
    assert only(found).cells == {}


def test_a_dash_is_a_blank_that_was_offered() -> None:
    found = only(read_filing(xlsx({"s": balance(("货币资金", 1, "-", "——"))}), "a.xlsx", FORMS))
    assert found.cells == {}
    assert found.offered == {("cash", "closing"), ("cash", "opening")}


def test_rows_and_columns_that_are_not_there_are_not_offered_and_said() -> None:
    data = xlsx({"s": [["资产负债表"], ["项目", "期末余额"], ["货币资金", 5]]})
    found = read_filing(data, "a.xlsx", FORMS)
    assert only(found).offered == {("cash", "closing")}
    assert {"source.column-missing", "source.rows-missing"} <= codes(found)


def test_text_where_a_number_belongs_is_listed_with_its_place_and_is_not_blank() -> None:
    found = read_filing(xlsx({"s": balance(("货币资金", 1, "约五百", 6))}), "a.xlsx", FORMS)
    reading = only(found)
    assert reading.unreadable == (Unreadable("s!C3", "约五百"),)
    assert reading.cells == {"cash": {"opening": "6"}}
    assert ("cash", "closing") not in reading.offered
    finding = next(finding for finding in reading.findings if finding.code == "source.not-a-number")
    assert (finding.place.sheet, finding.place.address, finding.place.item) == ("s", "C3", "cash")


def test_a_date_in_an_amount_is_unreadable() -> None:
    found = read_filing(xlsx({"s": balance(("货币资金", 1, date(2018, 1, 2), 6))}), "a.xlsx", FORMS)
    assert only(found).unreadable == (Unreadable("s!C3", "2018-01-02"),)


def test_an_error_cell_is_unreadable_and_not_blank_in_xlsx() -> None:
    found = read_filing(xlsx({"注": [["x"]], "s": balance(("货币资金", 1, "=B9/0→#DIV/0!", 6))}), "a.xlsx", FORMS)
    assert only(found).unreadable == (Unreadable("s!C3", "#DIV/0!"),)
    assert "source.error-in-cell" in codes(found)


def test_an_error_cell_is_unreadable_and_not_blank_in_xls() -> None:
    found = read_filing(xls("资产负债表", {(0, 0): "项目", (0, 1): "期末余额", (1, 0): "货币资金", (1, 1): ("error", 0x17)}), "a.xls", FORMS)  # fmt: skip
    assert only(found).unreadable == (Unreadable("资产负债表!B2", "#REF!"),)


def test_an_error_cell_is_unreadable_and_not_blank_in_ods() -> None:
    def text(content: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{content}</text:p></table:table-cell>'

    error = '<table:table-cell office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>'
    amount = '<table:table-cell office:value-type="float" office:value="12.5"><text:p>12.5</text:p></table:table-cell>'
    rest = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    rows = [text("项目") + text("期末余额"), text("货币资金") + error, text("存货") + amount]
    data = ods("资产负债表", "".join(f"<table:table-row>{row}</table:table-row>" for row in rows) + rest)
    reading = only(read_filing(data, "a.ods", FORMS))
    assert reading.unreadable == (Unreadable("资产负债表!B2", "#REF!"),)
    assert reading.cells == {"inventories": {"closing": "12.5"}}


def test_a_formula_without_a_stored_result_is_unreadable_and_not_blank() -> None:
    found = read_filing(xlsx({"s": balance(("货币资金", 1, "=1+1", "=2+2→4"))}), "a.xlsx", FORMS)
    assert only(found).unreadable == (Unreadable("s!C3", "="),)
    assert only(found).cells == {"cash": {"opening": "4"}}
    assert "source.formula-without-result" in codes(found)


def test_what_was_done_to_numbers_is_said_once_a_kind() -> None:
    rows = [(name, 1, "1,000", 0.3) for name in ("货币资金", "应收票据", "应收账款")]
    data = xlsx({"s": balance(*rows)})
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(b"<v>0.3</v>", b"<v>0.30000000000000004</v>")
    found = only(read_filing(with_part(data, "xl/worksheets/sheet1.xml", sheet), "a.xlsx", FORMS))
    texts = {finding.code: finding.text() for finding in found.findings}
    assert texts["source.number-as-text"].startswith("3 numbers are stored as text")
    assert "C3, C4, C5" in texts["source.number-as-text"]
    assert "0.30000000000000004 to 0.3" in texts["source.float-noise"]


def test_an_unknown_name_with_an_amount_is_kept_and_listed() -> None:
    found = read_filing(
        xlsx({"s": balance(("货币资金", 1, 5, 6), ("神秘资产", 2, 7, None), ("企业负责人：", None, None))}),
        "a.xlsx",
        FORMS,
    )
    assert only(found).unmapped == (Unmapped("神秘资产", "s!C4", "7"),)
    assert "source.no-such-item" in codes(found)


def test_an_item_that_stands_twice_is_an_error_and_the_second_is_kept() -> None:
    found = read_filing(xlsx({"s": balance(("货币资金", 1, 5, 6), ("货币资金", 2, 7, 8))}), "a.xlsx", FORMS)
    assert only(found).cells == {"cash": {"closing": "5", "opening": "6"}}
    assert [entry.text for entry in only(found).unmapped] == ["7", "8"]
    assert "source.item-twice" in codes(found)


def test_not_applicable_is_kept_with_its_words() -> None:
    found = only(read_filing(xlsx({"s": balance(("货币资金", 1, "不适用", 6))}), "a.xlsx", FORMS))
    assert found.not_applicable == {"cash": {"closing": "不适用"}}
    assert found.cells == {"cash": {"opening": "6"}}


def test_a_wrong_sheet_gets_the_names_of_those_there_and_of_those_expected() -> None:
    data = xlsx({"封面": [["年度报告"]], "附注": [["一、公司概况"]]})
    found = read_filing(data, "a.xlsx", FORMS, expected=Expected(form="balance_sheet"))
    (finding,) = found.findings
    assert finding.code == "source.wrong-sheet"
    assert "封面、附注" in finding.text()
    assert "资产负债表" in finding.text()
    assert "利润表" not in finding.text()


def test_hidden_sheets_are_not_read_and_said() -> None:
    data = xlsx(
        {"资产负债表": balance(("货币资金", 1, 5, 6)), "利润表": [["项目", "本期金额"], ["营业收入", 1]]},
        hidden=["利润表"],
    )
    found = read_filing(data, "a.xlsx", FORMS)
    assert [reading.form for reading in found.readings] == ["balance_sheet"]
    assert "source.hidden-sheets" in codes(found)


def test_one_workbook_holds_several_forms_and_other_sheets_are_said() -> None:
    data = xlsx(
        {
            "封面": [["年报"]],
            "资产负债表": balance(("货币资金", 1, 5, 6)),
            "利润表": [["项目", "本期金额"], ["营业收入", 1]],
        }
    )
    found = read_filing(data, "a.xlsx", FORMS)
    assert [reading.form for reading in found.readings] == ["balance_sheet", "income_statement"]
    assert "source.sheet-left" in codes(found)


def test_a_form_in_two_sheets_is_read_once_and_said() -> None:
    data = xlsx({"资产负债表": balance(("货币资金", 1, 5, 6)), "资产负债表 (2)": balance(("货币资金", 1, 7, 8))})
    found = read_filing(data, "a.xlsx", FORMS)
    assert only(found).cells == {"cash": {"closing": "5", "opening": "6"}}
    assert "source.form-twice" in codes(found)


def test_a_sheet_without_a_title_is_known_by_its_names() -> None:
    names = ("货币资金", "应收票据", "应收账款", "其他应收款", "存货")
    rows = [["项目", "期末余额"], *([name, 1] for name in names)]
    assert only(read_filing(xlsx({"Sheet1": rows}), "a.xlsx", FORMS)).form == "balance_sheet"


def test_a_form_without_heads_is_said() -> None:
    found = read_filing(xlsx({"资产负债表": [["货币资金", 5], ["存货", 6]]}), "a.xlsx", FORMS)
    assert codes(found) == {"source.no-heads"}
