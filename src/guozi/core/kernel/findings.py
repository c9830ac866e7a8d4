"""Findings: problems in data as values, collected whole, each with its place and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


def mark(text: str) -> str:
    """Marks an English template as a text for people, so that the catalogue holds its translation; returns it unchanged."""
    return text


class Severity(StrEnum):
    """How grave: an error stops, a warning asks for a look, a hint may be ignored."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a file with line and columns (1-based, end exclusive), or a sheet and an address, or a form's item and column."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    end_column: int | None = None
    sheet: str = ""
    address: str = ""
    form: str = ""
    item: str = ""
    item_column: str = ""

    def __str__(self) -> str:
        if self.line is not None:
            return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        spot = f"{self.sheet}!{self.address}" if self.sheet else self.address
        cell = "/".join(part for part in (self.form, self.item, self.item_column) if part)
        return " ".join(part for part in (self.file, spot, cell) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. `code` is stable (dotted, kebab-case words); `message` and `hint` are English templates (msgids) filled from `args`.

    Translation first, filling after: `translate(finding.message).format(**finding.args)`.
    """

    code: str
    message: str
    args: Mapping[str, object] = field(default_factory=dict)
    place: Place = Place()
    hint: str = ""
    severity: Severity = Severity.ERROR
    source_line: str = ""

    def text(self) -> str:
        """The message in English, filled in."""
        return self.message.format(**self.args)

    def hint_text(self) -> str:
        """The hint in English, filled in; empty where there is none."""
        return self.hint.format(**self.args)
