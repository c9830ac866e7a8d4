"""Citations: which regulation, and where in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source  依据. `source` is the id of a file in a pack's `sources/`; `article` may be empty."""

    source: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A text of a pack in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Chinese for any `zh…` language code, else English."""
        return self.zh if language.startswith("zh") else self.en
