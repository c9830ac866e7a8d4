"""The main path without a mouse: sign in, send a spreadsheet, submit, accept, open a number and walk it to its source."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit
from tests.journeys.stage import Visitor, workbook

POWER, YEAR = "600011", 2019


def sign_in(visitor: Visitor, login: str) -> None:
    """The cursor stands in the first box already."""
    visitor.go("/sign-in/")
    keyboard = visitor.page.keyboard
    keyboard.type(login)
    keyboard.press("Tab")
    keyboard.type(visitor.instance.passwords[login])
    keyboard.press("Enter")
    visitor.page.wait_for_url(re.compile("/desk/"))


def test_the_main_path_needs_no_mouse(visit: Visit) -> None:
    he, fang = visit(), visit()
    page, keyboard = he.page, he.page.keyboard
    sign_in(he, "he")

    # J walks over what is owed; Enter opens it
    wanted = page.locator("main a[data-item]", has_text=f"{YEAR} 年").first
    for _ in range(30):
        keyboard.press("j")
        if wanted.evaluate("element => element === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    keyboard.press("Enter")
    he.tab_to(page.get_by_role("link", name="导入表格").first)
    keyboard.press("Enter")
    he.tab_to(page.locator("input[type=file]"))
    name, data = workbook(POWER, YEAR)
    with page.expect_file_chooser() as chooser:
        keyboard.press("Space")
    chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
    he.tab_to(page.get_by_role("button", name="导入"))
    keyboard.press("Enter")
    expect(page.get_by_role("heading", name="3 张表已读入草稿")).to_be_visible()

    # each form: what must be explained is explained, Ctrl Enter submits, the receipt leads on to the next one
    he.tab_to(page.get_by_role("link", name="打开", exact=True).first)
    keyboard.press("Enter")
    for number in range(3):
        page.wait_for_url(re.compile(r"/reporting/\d+/"))
        boxes = page.locator("textarea[data-why]")
        for box in range(boxes.count()):
            he.tab_to(boxes.nth(box), most=600)
            keyboard.type("按已披露的年报数填列")
        expect(page.get_by_role("button", name="提交")).to_be_enabled()
        keyboard.press("Control+Enter")
        page.wait_for_url(re.compile("/reporting/receipts/"))
        if number < 2:
            he.tab_to(page.locator("main a.btn-p"))
            keyboard.press("Enter")

    # the officer: G R goes to the review, A accepts
    page, keyboard = fang.page, fang.page.keyboard
    sign_in(fang, "fang")
    keyboard.press("g")
    keyboard.press("r")
    page.wait_for_url(re.compile("/reporting/review/"))
    expect(page.locator("#unit")).to_contain_text("华能国际")
    for _ in range(3):
        keyboard.press("a")
        expect(page.locator(".gz-messages")).to_contain_text("已接受")
        page.wait_for_load_state()

    # G P goes to the panorama; a number is a link; arrows walk its steps; Esc goes back
    keyboard.press("g")
    keyboard.press("p")
    page.wait_for_url(re.compile("/panorama/"))
    fang.tab_to(page.locator(".gz-tile a.gz-why").first)
    keyboard.press("Enter")
    page.wait_for_url(re.compile("/why/"))
    fang.tab_to(page.locator('#flow a[data-col="0"]').first)
    keyboard.press("ArrowRight")
    expect(fang.focused()).to_have_attribute("data-col", "1")
    before = page.locator('[data-step="4"]').inner_text()
    keyboard.press("ArrowDown")
    expect(page.locator('[data-step="4"]')).not_to_have_text(before)
    expect(page.locator('[data-step="4"]')).to_contain_text("资产负债表!")
    expect(fang.focused()).to_have_attribute("data-col", "1")  # the focus stayed where it was put
    keyboard.press("ArrowLeft")
    expect(fang.focused()).to_have_attribute("data-col", "0")
    keyboard.press("Escape")
    page.wait_for_url(re.compile("/enterprises/|/panorama/"))


def test_every_focus_can_be_seen(visit: Visit) -> None:
    """Walking over the desk and the panorama by Tab, each stop has an outline (WCAG 2.4.7)."""
    gu = visit("gu")
    for path in ("/desk/", "/panorama/?period=2017"):
        gu.go(path)
        stops = 0
        for _ in range(40):
            gu.page.keyboard.press("Tab")
            if not gu.focused().count():  # past the last one
                break
            stops += 1
            seen = gu.focused().evaluate(
                "element => { const style = getComputedStyle(element); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }"
            )
            assert seen, gu.focused().evaluate("element => element.outerHTML.slice(0, 200)")
        assert stops >= 10
