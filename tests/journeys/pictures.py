"""Takes the pictures of `docs/images`: the journey of a filing on a demo instance of its own. Called by `scripts/pictures`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.journeys.stage import PHONE, ROOT, Instance, Visitor, launch, workbook

IMAGES = ROOT / "docs" / "images"
STEEL, YEAR = "000898", 2018


def take(page: Page, name: str) -> None:
    """One picture of what the window shows, once it has come to rest."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
    print(f"docs/images/{name}.png")


def filed(zhou: Visitor) -> None:
    """Sends the spreadsheet, looks at what it says, submits the three forms."""
    page = zhou.page
    take(page, "desk")
    page.get_by_role("link", name=f"年度财务决算 {YEAR} 年").first.click()
    page.get_by_role("link", name="导入表格").first.click()
    page.wait_for_url(re.compile("/upload/"))
    name, data = workbook(STEEL, YEAR)
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="导入").click()
    page.get_by_role("link", name="打开", exact=True).first.wait_for()
    take(page, "upload")
    opened = [str(link.get_attribute("href")) for link in page.get_by_role("link", name="打开", exact=True).all()]
    zhou.go(opened[0])
    cell = page.locator('input[name="total_assets.closing"]')
    right = cell.input_value().replace(",", "")
    cell.fill(str(int(right) + 10_000))
    cell.press("Enter")
    page.locator("#findings a.gz-cell").first.click()
    take(page, "form")
    cell.fill(right)
    cell.press("Enter")
    expect(page.locator("#findings .gz-find")).to_have_count(0)
    for address in opened:
        zhou.go(address)
        expect(page.get_by_role("button", name="提交")).to_be_enabled()
        page.get_by_role("button", name="提交").click()
        page.wait_for_url(re.compile("/receipts/"))
    take(page, "receipt")


def main() -> None:
    """Makes the demo, walks, takes the pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="guozi-pictures-", dir="/tmp"))
    home.chmod(0o711)
    instance = Instance(home)
    try:
        instance.start()
        with sync_playwright() as playwright:
            browser = launch(playwright)
            nobody, zhou, lin, gu = (Visitor.arrives(browser, instance) for _ in range(4))
            nobody.go("/sign-in/")
            take(nobody.page, "signin")
            zhou.sign_in("zhou")
            filed(zhou)
            lin.sign_in("lin")
            lin.go(f"/reporting/review/?period={YEAR}")
            take(lin.page, "review")
            for _ in range(3):
                lin.page.locator("#unit").get_by_role("button", name="接受").click()
                lin.page.locator(".gz-messages .gz-note").wait_for()
            gu.sign_in("gu")
            gu.go(f"/panorama/?period={YEAR}&of=companies")
            take(gu.page, "panorama")
            gu.page.get_by_role("link", name="鞍钢股份").first.click()
            gu.page.wait_for_url(re.compile("/enterprises/"))
            enterprise = gu.path().partition("?")[0]
            take(gu.page, "enterprise")
            gu.page.locator(".gz-tile", has_text="净资产收益率").locator("a.gz-why").first.click()
            gu.page.wait_for_url(re.compile("/why/"))
            why = gu.path()
            take(gu.page, "why")
            gu.page.pdf(path=home / "why.pdf", prefer_css_page_size=True, print_background=True)
            if shutil.which("pdftoppm"):
                command = [
                    "pdftoppm",
                    "-r",
                    "90",
                    "-f",
                    "1",
                    "-l",
                    "1",
                    "-singlefile",
                    "-png",
                    home / "why.pdf",
                    IMAGES / "why-printed",
                ]
                subprocess.run(command, check=True)
                print("docs/images/why-printed.png")
            gu.go(f"/indicators/return_on_equity/?period={YEAR}")
            take(gu.page, "indicator")
            gu.go(f"/warning/?period={YEAR}")
            take(gu.page, "warnings")
            phone = Visitor.arrives(browser, instance, PHONE)
            phone.sign_in("gu")
            for name, path in (
                ("panorama", f"/panorama/?period={YEAR}"),
                ("enterprise", f"{enterprise}?period={YEAR}"),
                ("why", why),
            ):
                phone.go(path)
                take(phone.page, f"phone-{name}")
            english = Visitor.arrives(browser, instance, language="en")
            english.sign_in("gu")
            english.go(f"/panorama/?period={YEAR}&of=companies")
            take(english.page, "panorama-en")
            browser.close()
    finally:
        instance.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
