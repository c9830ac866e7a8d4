"""A finding as a person sees it: place and text, the line, carets under the fault, what would be right."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from guozi.core.kernel.findings import Finding

_WINDOW = 100


def width(text: str) -> int:
    """Columns that a text takes on a terminal: two for a wide character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def picture(finding: Finding, translate: Callable[[str], str] = str) -> str:
    """The finding with its line and carets; `translate` gives a template in the reader's language before it is filled."""
    head = f"{finding.place}: {translate(finding.message).format(**finding.args)}".removeprefix(": ")
    hint = translate(finding.hint).format(**finding.args) if finding.hint else ""
    place = finding.place
    if place.line is None or place.column is None or not finding.source_line:
        return f"{head}\n    {hint}" if hint else head
    line = finding.source_line.replace("\t", " ")
    start = place.column - 1
    end = max(place.end_column or 0, place.column + 1) - 1
    left = 0 if len(line) <= _WINDOW else max(0, min(start - _WINDOW // 3, len(line) - _WINDOW))
    shown = line[left : left + _WINDOW].rstrip()
    before = "…" if left else ""
    after = "…" if left + _WINDOW < len(line) else ""
    gutter = f"{place.line:>6} | "
    marked = shown[start - left : end - left]
    carets = " " * (width(before + shown[: start - left]) + max(0, start - left - len(shown)))
    carets += "^" * max(1, width(marked))
    under = f"{'':>6} | {carets}"
    return "\n".join((head, f"{gutter}{before}{shown}{after}", f"{under} {hint}" if hint else under))
