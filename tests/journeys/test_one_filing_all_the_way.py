"""One real filing all the way: an accountant sends a spreadsheet, a reviewer accepts it, a leader taps a number and sees why."""

from __future__ import annotations

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from guozi.sources import samples
from tests.journeys.conftest import Visit
from tests.journeys.stage import Visitor, workbook

STEEL, YEAR = "000898", 2018
WAN, YI = Decimal(10_000), Decimal(100_000_000)
SLIP = Decimal(10_000)
"""By how much, in 万元, the accountant types total assets wrong."""

WHY = "差额待与附注核对"
RETURNED = "资产总计比年报多一亿元，请核对后重报"


def disclosed(code: str, year: int, form: str, item: str) -> Decimal:
    """A figure as the company disclosed it, in yuan; read here from the samples' table, past everything that guozi does."""
    with (samples.default_root() / "published" / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        (text,) = [row[str(year)] for row in csv.DictReader(file) if (row["form"], row["item"]) == (form, item)]
    return Decimal(text) * WAN


def total(form: str, item: str, without: str = "") -> Decimal:
    """The sum over the ten companies, worked by hand."""
    codes = [company.code for company in samples.companies() if company.code != without]
    return sum((disclosed(code, YEAR, form, item) for code in codes), Decimal(0))


def in_yi(yuan: Decimal) -> str:
    """As a leader reads it: 亿元 with two places."""
    return f"{(yuan / YI).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def address_of(name: str, data: bytes, sheet: str) -> tuple[str, Decimal]:
    """Where a row's amount stands in the spreadsheet that was sent, and the amount in it."""
    for name_cell, amount in load_workbook(io.BytesIO(data))[sheet].iter_rows(max_col=2):
        if name_cell.value == name:
            return amount.coordinate, Decimal(str(amount.value))
    raise AssertionError(f"{sheet} has no row {name}")


def tile(page: Page, name: str) -> object:
    """The value of a tile, in yuan or as a plain ratio, as it stands in the page's data."""
    return page.locator(".gz-tile", has=page.locator("h2", has_text=re.compile(f"^{name}"))).locator(
        ".gz-tile-v data.gz-n"
    )


def send(zhou: Visitor, name: str, data: bytes) -> None:
    """Sends the spreadsheet on the page that is open."""
    zhou.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    zhou.page.get_by_role("button", name="导入").click()


def submit(zhou: Visitor) -> str:
    """Submits the form that is open; gives the number of the receipt."""
    page = zhou.page
    expect(page.get_by_role("button", name="提交")).to_be_enabled()
    assert zhou.barriers() == []
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/reporting/receipts/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("回执")
    assert zhou.barriers() == []
    return page.locator(".gz-rnum b").inner_text()


def test_an_accountant_sends_a_reviewer_accepts_and_a_leader_sees_why(visit: Visit) -> None:
    zhou, lin, gu = visit("zhou"), visit("lin"), visit("gu")
    name, data = workbook(STEEL, YEAR)

    # the leader has the panorama open all the while; one enterprise is missing from it
    gu.go(f"/panorama/?period={YEAR}")
    leaders_assets = tile(gu.page, "资产总额")
    expect(leaders_assets).to_have_attribute("value", f"{total('balance_sheet', '资产总计', without=STEEL):f}")
    gu.page.evaluate("() => { window.opened = true }")

    # the accountant: desk → what is owed → spreadsheet → findings
    page = zhou.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("我的工作台")
    assert zhou.barriers() == []
    page.get_by_role("link", name=f"年度财务决算 {YEAR} 年").first.click()
    page.get_by_role("link", name="导入表格").first.click()
    page.wait_for_url(re.compile("/reporting/upload/"))
    send(zhou, name, data)
    expect(page.get_by_role("heading", name="3 张表已读入草稿")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("固定资产原值")  # no item carries it: it is listed, and kept
    assert zhou.barriers() == []
    opened = [link.get_attribute("href") for link in page.get_by_role("link", name="打开", exact=True).all()]
    assert len(opened) == 3

    # a slip of the hand in the balance sheet: the finding says it in a sentence, and stops the submission until it is explained
    receipts = []
    zhou.go(str(opened[0]))
    expect(page.get_by_role("heading", level=1)).to_contain_text("资产负债表")
    right = disclosed(STEEL, YEAR, "balance_sheet", "资产总计") / WAN
    page.locator('input[name="total_assets.closing"]').fill(f"{right + SLIP:f}")
    page.keyboard.press("Enter")
    findings = page.locator("#findings")
    expect(findings.locator(".gz-find").first).to_contain_text(f"{right + SLIP:,.2f}")
    expect(findings.locator(".gz-find").first).to_contain_text(f"{SLIP:,.2f}")
    expect(page.get_by_role("button", name="提交")).to_be_disabled()
    findings.locator("a.gz-cell").first.click()  # the cell of a finding is one click away
    expect(zhou.focused()).to_have_attribute("name", re.compile("^total_"))
    assert zhou.barriers() == []
    for number in range(findings.locator("textarea").count()):
        findings.locator("textarea").nth(number).fill(WHY)
    receipts.append(submit(zhou))
    for address in opened[1:]:
        zhou.go(str(address))
        receipts.append(submit(zhou))
    assert len(set(receipts)) == 3

    # the panorama moves by itself, within seconds, to the sum over all ten
    whole = total("balance_sheet", "资产总计")
    expect(leaders_assets).to_have_attribute("value", f"{whole + SLIP * WAN:f}", timeout=30_000)
    assert gu.page.evaluate("() => window.opened") is True

    # the reviewer: sees it waiting, returns the balance sheet with a reason
    page = lin.page
    lin.go("/desk/")
    page.get_by_role("link", name=re.compile("鞍钢股份")).first.click()
    page.wait_for_url(re.compile("/reporting/review/"))
    side = page.locator("#unit")
    expect(side).to_contain_text("鞍钢股份")
    assert lin.barriers() == []
    expect(side).to_contain_text("资产负债表")
    expect(side).to_contain_text(WHY)
    side.locator("summary", has_text="退回").click()
    side.locator("textarea[name=reason]").fill(RETURNED)
    side.get_by_role("button", name="按此原因退回").click()
    expect(page.locator(".gz-messages")).to_contain_text("已退回")

    # the accountant finds it with the reason, sends the spreadsheet again, submits a second version
    page = zhou.page
    zhou.go("/desk/")
    expect(page.locator("blockquote")).to_have_text(RETURNED)
    page.get_by_role("main").get_by_role("link", name=re.compile("资产负债表")).first.click()
    expect(page.get_by_role("main")).to_contain_text(RETURNED)
    page.get_by_role("link", name="导入表格").first.click()
    send(zhou, name, data)
    page.get_by_role("link", name="打开", exact=True).first.click()
    receipts.append(submit(zhou))
    assert len(set(receipts)) == 4
    expect(leaders_assets).to_have_attribute("value", f"{whole:f}", timeout=30_000)
    expect(leaders_assets).to_have_text(in_yi(whole))
    assert gu.page.evaluate("() => window.opened") is True

    # the reviewer accepts all three
    page = lin.page
    lin.go(f"/reporting/review/?period={YEAR}")
    for _ in range(3):
        page.locator("#unit").get_by_role("button", name="接受").click()
        expect(page.locator(".gz-messages")).to_contain_text("已接受")
    expect(page.locator("#unit").get_by_role("button", name="接受")).to_have_count(0)

    # the leader taps the number: how → who makes it up → which cell → who filed
    page = gu.page
    leaders_assets.click()
    page.wait_for_url(re.compile("/why/"))
    expect(page.locator(".gz-hero .big")).to_contain_text(in_yi(whole))
    assert gu.barriers() == []
    page.locator('[data-step="2"]').get_by_role("link", name=re.compile("江澜产业集团")).click()
    expect(page.locator('[data-step="2"] a[aria-current]')).to_contain_text("鞍钢股份")  # the largest part of the group
    cell, amount = address_of("资产总计", data, "资产负债表")
    expect(page.locator('[data-step="3"] tr.hit')).to_contain_text(f"{amount:,}")
    filed = page.locator('[data-step="4"]')
    expect(filed).to_contain_text(f"资产负债表!{cell}")
    expect(filed).to_contain_text(name)
    expect(filed.locator("tr[data-sel]")).to_contain_text(f"{amount:,}")
    expect(filed).to_contain_text("周若岚")
    expect(filed).to_contain_text("林听澜")
    expect(filed).to_contain_text(receipts[-1])
    expect(filed).to_contain_text("第 2 版")
    assert gu.barriers() == []

    # and return on equity, whose opening comes from the year before
    opening, closing = (
        disclosed(STEEL, year, "balance_sheet", "所有者权益(或股东权益)合计") for year in (YEAR - 1, YEAR)
    )
    profit = disclosed(STEEL, YEAR, "income_statement", "净利润")
    by_hand = (profit / ((opening + closing) / 2) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    as_zero = (profit / (closing / 2) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (by_hand, as_zero) == (Decimal("15.46"), Decimal("30.31"))
    gu.go(f"/panorama/?period={YEAR}")
    page.get_by_role("link", name="鞍钢股份").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("鞍钢股份")
    shown = tile(page, "净资产收益率")
    expect(shown).to_have_text("15.46")
    shown.click()
    page.wait_for_url(re.compile("/why/"))
    expect(page.locator(".gz-hero .big")).to_contain_text("15.46")
    expect(page.locator('[data-step="1"]')).to_contain_text(in_yi(opening))
    page.locator('[data-step="1"]').get_by_role("link", name=re.compile("上年所有者权益合计")).click()
    cell, amount = address_of("所有者权益(或股东权益)合计", workbook(STEEL, YEAR - 1)[1], "资产负债表")
    expect(page.locator('[data-step="4"]')).to_contain_text(f"资产负债表!{cell}")
    expect(page.locator('[data-step="4"]')).to_contain_text(f"{STEEL}-{YEAR - 1}.xlsx")
    expect(page.locator('[data-step="3"] tr.hit')).to_contain_text(f"{amount:,}")
    assert gu.barriers() == []
