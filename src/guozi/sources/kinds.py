"""What a file is, by its content and never by its name."""

from __future__ import annotations

import re
from enum import StrEnum

from guozi.core.kernel.findings import mark


class Kind(StrEnum):
    """The kinds that are told apart, those that nobody can read included, so that the answer can say what was sent."""

    EMPTY = "empty"
    ZIP = "zip"
    COMPOUND = "compound"  # the older container of Office: xls, doc, and encrypted files of any age
    JSON = "json"
    TEXT = "text"
    PDF = "pdf"
    HTML = "html"
    XML = "xml"
    IMAGE = "image"
    UNKNOWN = "unknown"


NOT_A_SPREADSHEET = {
    Kind.PDF: mark("the file is a PDF document, not a spreadsheet"),
    Kind.HTML: mark("the file is a web page, not a spreadsheet"),
    Kind.XML: mark("the file is an XML document, not a spreadsheet"),
    Kind.IMAGE: mark("the file is a picture, not a spreadsheet"),
    Kind.UNKNOWN: mark("the file is of a kind that is not known here, not a spreadsheet"),
}

_STARTS = (
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind.COMPOUND),
    (b"%PDF", Kind.PDF),
    (b"\x89PNG", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
)
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta|div)\b", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes) -> Kind:
    """The kind by the first bytes; text is what has no control characters in its first 4 KB, UTF-16 with its mark included."""
    if not data.strip():
        return Kind.EMPTY
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.TEXT
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.search(bare[:1024]) and bare.startswith(b"<"):
        return Kind.HTML
    if bare.startswith(b"<?xml"):
        return Kind.XML
    if _CONTROL.search(head):
        return Kind.UNKNOWN
    return Kind.JSON if bare[:1] in (b"{", b"[") else Kind.TEXT
