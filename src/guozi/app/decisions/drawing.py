"""A formula with its values, drawn: as an equation with fractions that look like fractions, and as a tree, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from guozi.app import wiring
from guozi.app.indicators.names import cell_name, say, value_html
from guozi.app.ui.formulas import Op, Over, Part, Term
from guozi.app.ui.numbers import MoneyUnit
from guozi.core.formula.engine import Explanation
from guozi.core.formula.tree import Node, Value
from guozi.core.kernel.money import Type
from guozi.core.kernel.unknown import Unknown

MOST_TERMS = 6
"""Terms of one sum that an equation has room for; the tree shows them all."""

Path = tuple[int, ...]
Address = Callable[[Path], str]

_CALLS = {
    "add": pgettext_lazy("formula", "Sum"),
    "subtract": pgettext_lazy("formula", "Difference"),
    "multiply": pgettext_lazy("formula", "Product"),
    "divide": pgettext_lazy("formula", "Quotient"),
    "negate": pgettext_lazy("formula", "Opposite"),
    "mean": pgettext_lazy("formula", "Average"),
    "case": pgettext_lazy("formula", "By case"),
    "coalesce": pgettext_lazy("formula", "First known"),
    "abs": pgettext_lazy("formula", "Absolute value"),
    "min": pgettext_lazy("formula", "Least"),
    "max": pgettext_lazy("formula", "Greatest"),
    "round": pgettext_lazy("formula", "Rounded"),
}
_BETWEEN = {"add": "+", "subtract": "\u2212", "multiply": "\u00d7"}
_COMPARED = {
    "equal": "=",
    "not_equal": "\u2260",
    "less": "<",
    "less_or_equal": "\u2264",
    "greater": ">",
    "greater_or_equal": "\u2265",
}
TOP, BOTTOM = gettext_lazy("numerator"), gettext_lazy("denominator")


@dataclass(frozen=True, slots=True)
class Line:
    """One node of the tree. `sign` stands before its name; `wide` signs are words; `lines` are under it."""

    path: str
    sign: str
    wide: bool
    name: str
    value: SafeString | str
    url: str
    current: bool
    on_path: bool
    unknown: bool
    lines: tuple[Line, ...]


def path_text(path: Path) -> str:
    """A path as addresses carry it: `0.1`; the top is empty."""
    return ".".join(map(str, path))


def walk(node: Explanation, at: Path = ()) -> Iterator[tuple[Path, Explanation]]:
    """Every node with its path, depth first."""
    yield at, node
    for index, part in enumerate(node.parts):
        yield from walk(part, (*at, index))


def label(node: Explanation) -> str:
    """What a node is called."""
    if node.cell is not None:
        return cell_name(node.cell)
    if node.kind == "named":
        known = wiring.library().indicators.get(node.label)
        return say(known.name) if known else node.label
    if node.kind == "parameter":
        code, _, member = node.label.partition(".")
        table = wiring.library().parameters.get(code)
        return say(table.members[member]) if table and member in table.members else node.label
    if node.kind == "attribute":
        words = wiring.library().vocabulary.attributes().get(node.label)
        return say(words.name) if words else node.label
    if node.kind == "call":
        return str(_CALLS.get(node.label) or _COMPARED.get(node.label) or node.text)
    return node.text or node.label


def word(node: Explanation) -> Value:
    """A node's value; a word of an attribute by its name."""
    if node.kind == "attribute" and isinstance(node.value, str):
        words = wiring.library().vocabulary.attributes().get(node.label)
        if words and node.value in words.words:
            return say(words.words[node.value].name)
    return node.value


class Drawing:
    """Draws one explanation. `types` are those of the formula's own nodes; `chosen` is lit; `address` gives each node's link."""

    def __init__(
        self, root: Node, explanation: Explanation, unit: MoneyUnit, chosen: Path, address: Address, title: str = ""
    ) -> None:
        self._title = title
        self._root, self._explanation, self._unit, self._chosen, self._address = (
            root,
            explanation,
            unit,
            chosen,
            address,
        )

    def equation(self, percent: bool) -> tuple[Part, ...]:
        """The right side of the equation, the sign = included."""
        parts = self._draw(self._explanation, self._root, ())
        tail = (Op("\u00d7 100%"),) if percent and self._explanation.kind == "call" else ()
        return (Op("="), *parts, *tail)

    def tree(self) -> Line:
        """The same, line by line."""
        return self._line(self._explanation, self._root, (), "", False)

    def _shown(self, node: Explanation, of: Type) -> SafeString | str:
        return value_html(word(node), of, self._unit)

    def _term(self, node: Explanation, of: Type, at: Path) -> Term:
        value = self._shown(node, of)
        key = path_text(at)
        return Term(label(node), SafeString(value), self._address(at), key, lit=at == self._chosen)

    def _draw(self, node: Explanation, tree: Node, at: Path, inside: str = "") -> tuple[Part, ...]:
        if node.kind == "constant":
            return (Op(node.text),)
        if node.kind != "call":
            return (self._term(node, tree.type, at),)
        children = tree.children()
        parts = [
            self._draw(one, child, (*at, index), node.label)
            for index, (one, child) in enumerate(zip(node.parts, children, strict=True))
        ]
        if node.label == "divide":
            return (Over(parts[0], parts[1]),)
        if node.label == "mean":
            count = gettext("\u00f7 {count}").format(count=len(parts))
            return (Op("("), *_joined(parts, "+"), Op(f") {count}"))
        if node.label in _BETWEEN:
            joined = _joined(parts, _BETWEEN[node.label])
            bracketed = node.label != "multiply" and inside in ("multiply", "subtract", "negate")
            return (Op("("), *joined, Op(")")) if bracketed else joined
        if node.label == "negate":
            return (Op("\u2212"), *parts[0])
        if node.label in _COMPARED:
            return (*parts[0], Op(_COMPARED[node.label]), *parts[1])
        return (Op(f"{label(node)} ("), *_joined(parts, ","), Op(")"))

    def _line(self, node: Explanation, tree: Node, at: Path, sign: str, wide: bool) -> Line:
        below = _under(tree, node)
        lines = tuple(
            self._line(part, child, (*at, index), *_sign(node.label if node.kind == "call" else "", index))
            for index, (part, child) in enumerate(zip(node.parts, below, strict=True))
        )
        return Line(
            path_text(at),
            sign,
            wide,
            label(node) if at or not self._title else self._title,
            self._shown(node, tree.type),
            self._address(at) if node.cell is not None or any(one.url for one in lines) else "",
            at == self._chosen,
            at != self._chosen and self._chosen[: len(at)] == at,
            isinstance(node.value, Unknown),
            lines,
        )


def _under(tree: Node, node: Explanation) -> tuple[Node, ...]:
    """The formula's nodes under one that its explanation shows: a cell shows what stands in for it only where it did."""
    return tree.children()[: len(node.parts)]


def _joined(parts: list[tuple[Part, ...]], sign: str) -> tuple[Part, ...]:
    shown = parts if len(parts) <= MOST_TERMS else parts[: MOST_TERMS - 1]
    out: list[Part] = []
    for index, part in enumerate(shown):
        out += [Op(sign), *part] if index else part
    if len(shown) < len(parts):
        out.append(Op(f"{sign} \u2026 ({len(parts) - len(shown)})"))
    return tuple(out)


def _sign(function: str, index: int) -> tuple[str, bool]:
    if function == "divide":
        return str((TOP, BOTTOM)[index]), True
    if function == "subtract" and index:
        return "\u2212", False
    if function in ("add", "mean") and index:
        return "+", False
    if function == "multiply" and index:
        return "\u00d7", False
    if function == "negate":
        return "\u2212", False
    return "", False
