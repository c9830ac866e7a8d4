"""The kinds of value that a pack's keys may have, and the way a shape declares its keys."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from guozi.packs.nodes import Map

CODE = re.compile(r"[a-z][a-z0-9_]*")
"""An id that can stand in a formula."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of value. `what` names it in messages and in the key reference."""

    @property
    def kind(self) -> str:
        """The word for it."""
        return str(getattr(self, "what", ""))


@dataclass(frozen=True, slots=True)
class Plain(Spec):
    """A text."""

    what: str = "text"


@dataclass(frozen=True, slots=True)
class FormulaText(Spec):
    """A formula (docs: the formula language); lints compile it."""

    what: str = "formula"


@dataclass(frozen=True, slots=True)
class Bilingual(Spec):
    """{zh: …, en: …}; read as a Label."""

    what: str = "text in both languages"


@dataclass(frozen=True, slots=True)
class Day(Spec):
    """A date, written 2006-10-12."""

    what: str = "date"


@dataclass(frozen=True, slots=True)
class Whole(Spec):
    """A whole number."""

    what: str = "whole number"


@dataclass(frozen=True, slots=True)
class Number(Spec):
    """A number in plain decimal notation; read as a Decimal."""

    what: str = "number"


@dataclass(frozen=True, slots=True)
class Truth(Spec):
    """true or false."""

    what: str = "true or false"


@dataclass(frozen=True, slots=True)
class Choice(Spec):
    """One of a closed list of words."""

    what: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word(Spec):
    """A word of a set of the vocabulary; `what` is the set."""

    what: str


@dataclass(frozen=True, slots=True)
class Code(Spec):
    """A snake_case id."""

    what: str = "id"


@dataclass(frozen=True, slots=True)
class Many(Spec):
    """A list; `single`: one may stand without brackets. Read as a tuple."""

    of: Spec = field(default_factory=Plain)
    single: bool = False


@dataclass(frozen=True, slots=True)
class Each(Spec):
    """A map from keys of one kind to values of one kind."""

    of: Spec = field(default_factory=Plain)
    key: Spec = field(default_factory=Code)


@dataclass(frozen=True, slots=True)
class Either(Spec):
    """A text of one kind, or a map of another."""

    text: Spec = field(default_factory=Plain)
    map: Spec = field(default_factory=Each)


@dataclass(frozen=True, slots=True)
class Record(Spec):
    """A map with the keys of a shape."""

    what: str
    shape: type[Shape]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Base of all shapes. `at` is the map that it was read from: where each key stands."""

    at: Map = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Key:
    """What a shape says of one key. `body`: it belongs to what a repealed row no longer has."""

    name: str
    spec: Spec
    doc: str
    required: bool
    default: Any
    body: bool


def key(spec: Spec, doc: str, *, default: Any = dataclasses.MISSING, body: bool = False, name: str = "") -> Any:
    """Declares a key of a shape; without a default it is required. `name` where the key is a word that Python keeps."""
    metadata = {"spec": spec, "doc": doc, "body": body, "name": name, "required": default is dataclasses.MISSING}
    if default is dataclasses.MISSING and body:
        default = None
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


_KEYS: dict[type[Shape], Mapping[str, Key]] = {}


def keys(shape: type[Shape]) -> Mapping[str, Key]:
    """The keys of a shape in the order of its declaration."""
    if shape not in _KEYS:
        _KEYS[shape] = {
            (each.metadata["name"] or each.name): Key(
                each.name,
                each.metadata["spec"],
                each.metadata["doc"],
                each.metadata["required"],
                each.default,
                each.metadata["body"],
            )
            for each in dataclasses.fields(shape)
            if "spec" in each.metadata
        }
    return _KEYS[shape]
