"""A sheet in another layout is read by a mapping: names add up, and nothing that is not mapped is lost."""

from __future__ import annotations

from dataclasses import replace

from guozi.core.kernel.period import Period
from guozi.sources import Expected, FileReading, Unmapped, read_filing
from tests.sources.made import FORMS, MAPPING, WAN, codes, only, xlsx

IN_2018 = Expected(period=Period(2018))
IN_2017 = Expected(period=Period(2017))


def read(
    *rows: tuple[object, ...], expected: Expected = IN_2017, heads: tuple[str, str] = ("项目", "金额")
) -> FileReading:
    """A published balance sheet with these rows."""
    return read_filing(
        xlsx({"资产负债表": [list(heads), *map(list, rows)]}), "a.xlsx", FORMS, [MAPPING], expected=expected
    )


def test_several_names_add_up_with_their_signs_and_say_where_they_stood() -> None:
    reading = only(read(("其他应收款", 100), ("应收利息", 20.5), ("坏账准备", 3)))
    assert reading.unit == WAN
    assert reading.mapping == "published_balance_sheet"
    assert reading.cells == {"other_receivables": {"closing": "117.5"}}
    assert reading.origins == {"other_receivables": {"closing": "资产负债表!B2+B3-B4"}}


def test_a_single_name_keeps_its_text_as_filed() -> None:
    reading = only(read(("货币资金", "1,200.50")))
    assert reading.cells == {"cash": {"closing": "1200.50"}}


def test_a_negative_sign_alone_turns_the_amount() -> None:
    assert only(read(("坏账准备", 3))).cells == {"other_receivables": {"closing": "-3"}}


def test_a_name_maps_only_in_the_periods_for_which_its_row_speaks() -> None:
    assert only(read(("应收股利", 5))).cells == {"other_receivables": {"closing": "5"}}
    later = only(read(("应收股利", 5), expected=IN_2018))
    assert later.cells == {}
    assert later.unmapped == (Unmapped("应收股利", "资产负债表!B2", "5"),)


def test_what_is_offered_is_what_the_mapping_names_and_not_the_form() -> None:
    reading = only(read(("货币资金", 5), ("存货", "--")))
    assert reading.offered == {
        (item, "closing") for item in ("cash", "other_receivables", "inventories", "treasury_shares")
    }
    assert "inventories" not in reading.cells


def test_an_unmapped_name_is_kept_and_listed_even_at_zero() -> None:
    found = read(("货币资金", 5), ("待摊费用", 7), ("预提费用", 0), ("空项", "--"))
    assert only(found).unmapped == (
        Unmapped("待摊费用", "资产负债表!B3", "7"),
        Unmapped("预提费用", "资产负债表!B4", "0"),
    )
    assert "source.unmapped" in codes(found)


def test_a_mapping_that_refuses_unmapped_names_makes_them_errors() -> None:
    strict = replace(MAPPING, unmapped="refuse")
    found = read_filing(
        xlsx({"资产负债表": [["项目", "金额"], ["待摊费用", 7]]}), "a.xlsx", FORMS, [strict], expected=IN_2017
    )
    (finding,) = only(found).findings
    assert (finding.code, finding.severity) == ("source.unmapped", "error")


def test_a_name_that_stands_twice_is_counted_once_and_said() -> None:
    same = read(("货币资金", 5), ("货币资金", 5))
    assert only(same).cells == {"cash": {"closing": "5"}}
    assert [(f.code, f.severity) for f in only(same).findings] == [("source.name-twice", "hint")]
    other = read(("货币资金", 5), ("货币资金", 6))
    assert only(other).cells == {"cash": {"closing": "5"}}
    assert ("source.name-twice", "error") in [(f.code, f.severity) for f in only(other).findings]
    assert only(other).unmapped == (Unmapped("货币资金", "资产负债表!B3", "6"),)


def test_a_part_that_cannot_be_read_leaves_the_sum_unknown() -> None:
    reading = only(read(("其他应收款", 100), ("应收利息", "x")))
    assert reading.cells == {}
    assert ("other_receivables", "closing") not in reading.offered


def test_the_head_may_be_the_periods_own_date_or_year() -> None:
    assert only(read(("货币资金", 5), heads=("项目", "2017-12-31"))).cells
    assert only(read(("货币资金", 5), heads=("报表项目", "2017年"))).cells
    assert codes(read(("货币资金", 5), heads=("项目", "2016-12-31"))) == {"source.no-heads"}


def test_without_a_period_nothing_is_mapped_and_nothing_is_lost() -> None:
    found = read(("货币资金", 5), expected=Expected())
    assert only(found).cells == {}
    assert only(found).unmapped == (Unmapped("货币资金", "资产负债表!B2", "5"),)
    assert "source.no-period" in codes(found)


def test_a_csv_in_the_published_layout_is_read_by_the_same_mapping() -> None:
    data = '资产负债表\n单位：万元\n项目,金额\n货币资金,"1,200"\n'.encode("gb18030")
    found = read_filing(data, "a.csv", FORMS, [MAPPING], expected=IN_2017)
    assert only(found).cells == {"cash": {"closing": "1200"}}
    assert only(found).origins == {"cash": {"closing": "B4"}}
    assert "source.gb18030" in codes(found)
