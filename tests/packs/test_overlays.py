"""A pack that builds on another only adds: nearest authority first, key by key; a repealed row gives the word back."""

from datetime import date
from fractions import Fraction

import pytest

from guozi.core.kernel.asof import AsOf
from guozi.packs.library import Library
from tests.packs.small import load_small

HEAD = "name: {zh: 地方包, en: Local pack}\nversion: 1\nauthority: {zh: 某市, en: A city}\n"
PACK = {"city/pack.yaml": f"{HEAD}builds_on: mini\nprefix: sh_\n"}
LINES = """extends: mini
versions:
  - effective: 2021-01-01
    issued: 2020-12-01
    status: unverified
    values:
      warning_line: {research: 58%}
    cite: {source: law-0}
"""


def city(**changed: str) -> Library:
    texts = PACK | {f"city/{path.replace('__', '/')}.yaml": text for path, text in changed.items()}
    return load_small({path: text.encode() for path, text in texts.items()}, ("city",))


def codes(**changed: str) -> list[str]:
    return [finding.code for finding in city(**changed).findings]


def at(year: int) -> AsOf:
    return AsOf(date(year, 12, 31), date(2026, 1, 1))


def line(library: Library, year: int, word: str) -> Fraction | None:
    return library.rulebook(at(year)).parameters.get("lines.warning_line", word)


def test_a_base_is_loaded_with_what_builds_on_it() -> None:
    assert list(city().packs) == ["mini", "city"]


def test_an_overlay_speaks_only_for_the_keys_that_it_names() -> None:
    library = city(parameters__lines=LINES)
    assert library.findings == ()
    assert line(library, 2021, "research") == Fraction(58, 100)
    assert line(library, 2021, "industrial") == Fraction(65, 100)


def test_before_its_date_an_overlay_says_nothing() -> None:
    assert line(city(parameters__lines=LINES), 2020, "research") == Fraction(60, 100)


def test_a_repealed_overlay_gives_the_word_back_to_the_base() -> None:
    row = "versions:\n  - {effective: 2022-01-01, issued: 2021-12-01, status: repealed, cite: {source: law-0}}\n"
    library = city(parameters__lines=LINES.replace("versions:\n", row))
    assert library.findings == ()
    assert line(library, 2021, "research") == Fraction(58, 100)
    assert line(library, 2022, "research") == Fraction(60, 100)


def test_an_overlay_may_hold_no_key_of_the_head() -> None:
    assert codes(parameters__lines=f"{LINES}unit: percent\n") == ["pack.unknown-key"]


def test_a_newer_row_of_the_base_under_an_older_overlay_wants_a_look() -> None:
    older = LINES.replace("2021-01-01", "2018-01-01").replace("2020-12-01", "2017-12-01")
    assert codes(parameters__lines=older) == ["pack.hidden"]
    assert codes(parameters__lines=older.replace("    values", "    confirmed: 2018-06-01\n    values")) == []
    assert codes(parameters__lines=older.replace("    values", "    confirmed: 2018-05-31\n    values")) == [
        "pack.hidden"
    ]


def test_an_overlay_extends_what_its_pack_builds_on() -> None:
    assert codes(parameters__lines=LINES.replace("extends: mini", "extends: other")) == ["pack.extends"]
    assert codes(parameters__sh_lines=LINES) == ["pack.no-base"]


def test_new_ids_begin_with_the_prefix() -> None:
    new = """name: {zh: 本地指标, en: Local}
unit: percent
direction: neither
versions:
  - {effective: 2021-01-01, issued: 2020-12-01, status: unverified, formula: cash / total_assets, cite: {source: law-0}}
"""
    test = "period: 2021\ncases:\n  a: {given: {cash: 1, total_assets: 2}, expect: 50%}\n"
    assert codes(indicators__cash_share=new, tests__indicators__cash_share=test) == ["pack.prefix"]
    library = city(indicators__sh_cash_share=new, tests__indicators__sh_cash_share=test)
    assert library.findings == ()
    assert list(library.rulebook(at(2021)).indicators) == ["debt_ratio", "return_on_equity", "sh_cash_share"]


def test_an_id_is_declared_once() -> None:
    new = "name: {zh: 某, en: x}\nunit: percent\ndirection: neither\nversions:\n  - {effective: 2021-01-01, issued: 2020-12-01, status: unverified, formula: cash / total_assets, cite: {source: law-0}}\n"
    assert "pack.id-twice" in codes(indicators__debt_ratio=new)


def test_an_overlay_adds_rows_to_a_form_after_others() -> None:
    rows = """extends: mini
rows:
  sh_gold: {zh: 黄金, en: Gold, after: cash}
  sh_coins: {zh: 金币, en: Coins, after: sh_gold}
"""
    library = city(reporting__sheet=rows)
    assert library.findings == ()
    assert [item.code for item in library.forms["sheet"].items()][:4] == ["cash", "sh_gold", "sh_coins", "inventories"]
    total = next(check for check in library.rulebook(at(2021)).checks("sheet") if check.check.code == "B1")
    assert total.check.holds == "total_assets = cash + sh_gold + sh_coins + inventories + contract_assets - allowance"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("sh_gold: {zh: 黄金, en: Gold, after: cahs}", "pack.no-item"),
        ("gold: {zh: 黄金, en: Gold, after: cash}", "pack.prefix"),
        ("sh_gold: {zh: 黄金, en: Gold, after: cash, since: 2020-01-01}", "pack.no-layout"),
    ],
)
def test_added_rows_are_judged_like_others(row: str, code: str) -> None:
    assert codes(reporting__sheet=f"extends: mini\nrows:\n  {row}\n") == [code]


def test_an_overlay_gives_an_indicator_another_definition() -> None:
    row = "extends: mini\nversions:\n  - {effective: 2021-01-01, issued: 2020-12-01, status: unverified, formula: cash / total_assets, cite: {source: law-0}}\n"
    library = city(indicators__debt_ratio=row)
    assert library.findings == ()
    assert library.rulebook(at(2020)).indicators["debt_ratio"].formula.text == "total_liabilities / total_assets"
    assert library.rulebook(at(2021)).indicators["debt_ratio"].formula.text == "cash / total_assets"


def test_a_pack_that_builds_on_another_has_a_prefix() -> None:
    found = load_small({"city/pack.yaml": f"{HEAD}builds_on: mini\n".encode()}, ("city",)).findings
    assert [finding.code for finding in found] == ["pack.no-prefix"]
