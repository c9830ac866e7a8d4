"""Printed: the why page is a document of its own, on A4 across, with where it is from, and nothing to press on it."""

from __future__ import annotations

import re
import zlib

import pytest

from tests.journeys.conftest import Visit

MILLIMETRE = 72 / 25.4


@pytest.mark.parametrize("path", ["why", "receipt", "panorama"])
def test_a_page_is_printed_as_a_document(visit: Visit, path: str) -> None:
    gu = visit("gu")
    page = gu.page
    gu.go("/panorama/?period=2017&of=companies")
    if path == "why":
        page.locator(".gz-tile a.gz-why").first.click()
        page.wait_for_url(re.compile("/why/"))
    elif path == "receipt":
        gu.go("/reporting/?period=2017&q=安琪")
        page.locator("main a[data-item]").first.click()
        page.locator("main a[href*='/receipts/']").first.click()
        page.wait_for_url(re.compile("/receipts/"))
    page.emulate_media(media="print")
    for selector in (".gz-rail", ".gz-tabbar", "button:visible", "nav .gz-langs"):
        assert page.locator(f"{selector}:visible".replace(":visible:visible", ":visible")).count() == 0, selector
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0
    document = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    assert document.startswith(b"%PDF-")
    sizes = {(round(float(w) / MILLIMETRE), round(float(h) / MILLIMETRE)) for w, h in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", plain(document))}  # fmt: skip
    assert sizes <= {(210, 297), (297, 210), (297, 420), (420, 297)}, sizes
    pages = len(re.findall(rb"/Type /Page\b", plain(document)))
    assert 1 <= pages <= 2
    assert plain(document).count(b"/Type /Font") >= 1  # text, not a picture of it
    assert b"/StructTreeRoot" in plain(document)  # read aloud in its order


def plain(document: bytes) -> bytes:
    """A PDF with its streams unpacked, as far as they can be."""
    parts = [document]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(parts)
