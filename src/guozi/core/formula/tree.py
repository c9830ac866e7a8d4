"""The checked tree of a formula: what every engine walks. Built only by `compile_formula`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown

Known = Fraction | str | date | bool
"""A known value: numbers are exact fractions (money in yuan), text, date, truth."""
Value = Known | Unknown


@dataclass(frozen=True, slots=True)
class Node:
    """Any node: its type, and the span of the text that it came from (start, end; for carets and for explanations)."""

    type: Type
    span: tuple[int, int] = field(default=(0, 0), compare=False, kw_only=True)

    def children(self) -> tuple[Node, ...]:
        """The nodes under this one, left to right."""
        return ()


@dataclass(frozen=True, slots=True)
class Cell(Node):
    """One cell: an item of a form in a column, so many years back. `otherwise` is taken where the layout does not offer the column.

    `default` says that the column is the form's default one: its facts stand under the bare item code (`fact`).
    """

    form: str
    item: str
    column: str
    years_back: int = 0
    otherwise: Node | None = None
    default: bool = field(default=False, compare=False)

    @property
    def fact(self) -> str:
        """The name of its column in the part files of the form: `<item>`, or `<item>__<column>` for columns that are not the default."""
        return self.item if self.default else f"{self.item}__{self.column}"

    def children(self) -> tuple[Node, ...]:
        return () if self.otherwise is None else (self.otherwise,)


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number, text, date or truth written in the formula; `text` as written."""

    value: Known
    text: str = ""


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """A fact about the filer: `enterprise.industry` (of the register, at the period's end) or `cover.report_type` (of the cover)."""

    source: str
    name: str


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """`param('file.member', key)`: a dated value of the pack, at the period's end, known as of the run."""

    name: str
    key: Node | None = None

    def children(self) -> tuple[Node, ...]:
        return () if self.key is None else (self.key,)


@dataclass(frozen=True, slots=True)
class Named(Node):
    """An indicator used by its id in another formula; `body` is its own tree, with spans in its own `text`, for explanations."""

    code: str
    body: Node
    text: str = field(default="", compare=False)

    def children(self) -> tuple[Node, ...]:
        return (self.body,)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the functions table, operators included (`add`, `divide`, `equal`, `and`, `mean`, `coalesce` …)."""

    function: str
    args: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.args


def walk(node: Node) -> Iterator[Node]:
    """The node and all under it, depth first, left to right."""
    yield node
    for child in node.children():
        yield from walk(child)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that may be run: its text as written, its checked tree."""

    text: str
    root: Node

    @property
    def type(self) -> Type:
        """The type of what it gives."""
        return self.root.type

    def cells(self) -> frozenset[Cell]:
        """Every cell that it reads, those under `otherwise` included."""
        return frozenset(node for node in walk(self.root) if isinstance(node, Cell))


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A column of a form as names see it: `otherwise` is a formula text like `year_ago(closing)`; in it columns stand for this item."""

    code: str
    covers: str
    default: bool = False
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class ItemName:
    """An item of a form as names see it. `columns` in the form's order, one of them the default."""

    form: str
    code: str
    type: Type
    nature: str
    columns: tuple[ColumnName, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """All that a formula may name, on one date of the law.

    `items`: item code → the items of that code (two forms may share one; then `form.code` is demanded). `labels`: label → code.
    `indicators`: id → formula text. `attributes`: `enterprise.x` / `cover.x` → type. `parameters`: `file.member` → (type, demands a key).
    `words`: attribute → the words it may be compared with (for "is not a debt_class").
    """

    items: Mapping[str, tuple[ItemName, ...]]
    labels: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Type] = field(default_factory=dict)
    parameters: Mapping[str, tuple[Type, bool]] = field(default_factory=dict)
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
