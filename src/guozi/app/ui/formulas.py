"""A formula as the why page draws it: terms, operators, and fractions that look like fractions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Op:
    """An operator, a bracket or a plain number: `+`, `(`, `÷ 2`."""

    kind: ClassVar[str] = "op"
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A named value that can be opened; `key` lights the same term in equation and tree; `lit` is the one in focus."""

    kind: ClassVar[str] = "term"
    label: str
    value: SafeString
    """Made by a tag or by `gz.money_html`, so that the unit switch reaches it."""
    url: str
    key: str
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Over:
    """A fraction: what stands above the line, and under it."""

    kind: ClassVar[str] = "over"
    top: tuple[Part, ...]
    bottom: tuple[Part, ...]


Part = Op | Term | Over
