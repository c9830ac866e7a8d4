"""Checks that the rows of a form imply: totals, parts that add up, parts that may not exceed, layout by layout."""

from datetime import date
from decimal import Decimal

from guozi.core.kernel.asof import Status
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.money import Type, Unit
from guozi.core.reporting.form import Blank, Check, Column, Covers, Form, Item, Kind, Layout, Nature, Section
from guozi.core.reporting.totals import derived_checks

YUAN = Unit("yuan", Label(zh="元", en="yuan"), Type.MONEY, Decimal(1))
NEW, OLD = date(2019, 1, 1), date(2007, 1, 1)
LAYOUTS = tuple(
    Layout(effective=day, issued=day, status=Status.ENACTED, cite=Citation("law", str(day.year))) for day in (NEW, OLD)
)


def item(code: str, **words: object) -> Item:
    return Item(code, Label(zh=f"甲{code}", en=f"The {code}"), YUAN, Nature.STOCK, Blank.ZERO, **words)  # type: ignore[arg-type]


def checks(
    *items: Item, layout: Layout = LAYOUTS[0], sections: tuple[Section, ...] = (), when: str = ""
) -> list[Check]:
    column = Column("closing", Label(zh="期末", en="Closing"), Covers.CLOSING)
    all_sections = (Section(None, items), *sections)
    name = Label(zh="表", en="Form")
    return list(derived_checks(Form("f", "01", name, YUAN, (column,), all_sections, LAYOUTS, checks_when=when), layout))


def holds(*items: Item, layout: Layout = LAYOUTS[0]) -> dict[str, str]:
    return {check.code: check.holds for check in checks(*items, layout=layout)}


def test_a_section_is_summed_by_the_sign_of_each_row() -> None:
    assert holds(item("a"), item("b", minus=True), item("t", total="sum(section)")) == {"t.total": "t = a - b"}


def test_a_first_row_that_is_subtracted_has_its_sign() -> None:
    assert holds(item("a", minus=True), item("t", total="sum(section)")) == {"t.total": "t = -a"}


def test_of_which_rows_and_other_totals_are_left_out_of_a_sum() -> None:
    rows = (item("a"), item("b", part_of="a"), item("s", total="a + a"), item("t", total="sum(section)"))
    assert holds(*rows)["t.total"] == "t = a"


def test_a_sum_stays_in_its_section() -> None:
    found = checks(item("a"), sections=(Section(None, (item("b"), item("t", total="sum(section)"))),))
    assert [check.holds for check in found] == ["t = b"]


def test_a_layout_sums_the_rows_that_it_carries() -> None:
    rows = (item("a"), item("new", since=NEW), item("old", until=NEW), item("t", total="sum(section)"))
    assert holds(*rows) == {"t.total": "t = a + new"}
    assert holds(*rows, layout=LAYOUTS[1]) == {"t.total": "t = a + old"}


def test_a_total_that_the_layout_lacks_makes_no_check() -> None:
    assert holds(item("a"), item("t", total="sum(section)", since=NEW), layout=LAYOUTS[1]) == {}


def test_a_sum_of_nothing_makes_no_check() -> None:
    assert holds(item("t", total="sum(section)")) == {}
    assert holds(item("a", parts="all"), item("b", part_of="a", since=NEW), layout=LAYOUTS[1]) == {}


def test_a_written_total_is_taken_as_it_is() -> None:
    assert holds(item("a"), item("b"), item("t", total="a - b")) == {"t.total": "t = a - b"}


def test_parts_add_up_to_their_row_or_to_no_more() -> None:
    parts = (item("b", part_of="a"), item("c", part_of="a", minus=True))
    assert holds(item("a", parts="all"), *parts) == {"a.parts": "a = b - c"}
    assert holds(item("a", parts="at_most"), *parts) == {"a.parts": "b - c <= a"}


def test_a_printed_number_names_the_check() -> None:
    assert list(holds(item("a"), item("t", total="a + a", check="B1"))) == ["B1"]
    both = (item("t", total="a + b", parts="all", check="B1"), item("a", part_of="t"), item("b", part_of="t"))
    assert list(holds(*both)) == ["B1", "t.parts"]


def test_an_implied_check_is_cited_by_its_layout_and_holds_in_every_column() -> None:
    (check,) = checks(item("a"), item("t", total="sum(section)"), when="cover.report_type = 'x'")
    assert (check.cite, check.columns, check.kind, check.derived) == (
        Citation("law", "2019"),
        ("closing",),
        Kind.LOGICAL,
        True,
    )
    assert check.when == "cover.report_type = 'x'"


def test_messages_take_both_sides_in_both_languages() -> None:
    (check,) = checks(item("a"), item("t", total="sum(section)"))
    said = {"left": "1", "right": "2", "difference": "-1"}
    assert check.message.en.format(**said) == "The t 1 is not the total 2 that it should be; difference -1"
    assert check.message.zh.format(**said) == "甲t 1 与应有合计 2 不符，差 -1"


def test_a_brace_in_a_name_does_no_harm() -> None:
    odd = Item("t", Label(zh="{甲}", en="{A}"), YUAN, Nature.STOCK, Blank.ZERO, total="a + a")
    (check,) = checks(item("a"), odd)
    assert check.message.en.format(left=1, right=2, difference=3).startswith("{A} 1 ")
