"""YAML without YAML's own types: libyaml's events become texts, lists and maps that know their line and column; anything cleverer is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from guozi.core.kernel.findings import Finding, Place, mark

LARGEST_FILE = 2_000_000
"""Bytes; the largest form of the field takes a tenth of it."""
DEEPEST = 40
"""Levels of nesting; no shape needs more than ten."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True, eq=False)
class Node:
    """Where something stands: line and column count from 1, `end` is exclusive and on the same line. `bad`: its fault has been told already."""

    line: int
    column: int
    end: int
    bad: bool = field(default=False, kw_only=True)


@dataclass(slots=True, eq=False)
class Text(Node):
    """A scalar as written, quotes taken off. `plain`: it stood without quotes; `start` is where its first character stands."""

    value: str
    plain: bool = True
    start: tuple[int, int] = (0, 0)


@dataclass(slots=True, eq=False)
class List(Node):
    """A list."""

    items: list[Node]


@dataclass(slots=True, eq=False)
class Map(Node):
    """A map in the order of the file. `flow`: written in { }."""

    entries: dict[str, tuple[Text, Node]]
    flow: bool = False

    def key(self, name: str) -> Node:
        """The key where it stands, else the map: where to point when something is said about that key."""
        found = self.entries.get(name)
        return found[0] if found else self

    def value(self, name: str) -> Node:
        """The value where it stands, else the map."""
        found = self.entries.get(name)
        return found[1] if found else self

    def get(self, name: str) -> Node | None:
        """The value, or None."""
        found = self.entries.get(name)
        return found[1] if found else None


@dataclass(slots=True)
class Document:
    """One file as read: its lines, its root (None where syntax failed) and what was wrong with it."""

    file: str
    lines: list[str]
    root: Map | None = None
    findings: list[Finding] = field(default_factory=list)

    def line(self, number: int) -> str:
        """A line of the file, counted from 1; empty beyond its end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def place(self, node: Node) -> Place:
        """The node's place; `end_column` is at least one column on."""
        return Place(self.file, node.line, node.column, max(node.end, node.column + 1))

    def say(self, code: str, message: str, node: Node, hint: str = "", /, **args: object) -> None:
        """Adds a finding at the node."""
        self.findings.append(
            Finding(f"pack.{code}", message, args, self.place(node), hint, source_line=self.line(node.line))
        )


def parse(data: bytes, file: str) -> Document:
    """Reads one YAML file. Never raises: whatever the bytes are, the answer is a document with findings."""
    top = Node(1, 1, 2)
    if len(data) > LARGEST_FILE:
        document = Document(file, [])
        document.say(
            "too-large",
            mark("the file has {size} bytes, at most {most} are read"),
            top,
            size=len(data),
            most=LARGEST_FILE,
        )
        return document
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        document = Document(file, [])
        hint = mark("it looks like GBK: save it as UTF-8") if _is_gbk(data) else mark("save it as UTF-8")
        document.say("not-utf-8", mark("this file is not UTF-8"), Node(line, 1, 2), hint)
        return document
    document = Document(file, _BREAK.split(text))
    builder = _Builder(document)
    try:
        builder.build(text)
    except yaml.MarkedYAMLError as error:
        _explain_syntax(document, error, builder.long_quote)
        document.root = None
    except yaml.reader.ReaderError as error:
        position = error.position if isinstance(error.position, int) else 0
        before = _BREAK.split(text[:position])
        here = Node(len(before), len(before[-1]) + 1, len(before[-1]) + 2)
        document.say("character", mark("a character that may not stand in a text file"), here)
        document.root = None
    return document


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


class _TooDeep(yaml.MarkedYAMLError):
    """Nesting beyond what any shape has."""


class _Builder:
    """Puts the tree together from events, with a stack of its own, so that no nesting can exhaust Python's."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stack: list[List | Map] = []
        self.keys: list[Text | None] = []
        self.documents = 0
        self.long_quote: Node | None = None

    def build(self, text: str) -> None:
        events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, Map(*self._spot(event), {}, bool(event.flow_style)))
            elif kind is yaml.SequenceStartEvent:
                self._open(event, List(*self._spot(event), []))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.stack.pop()
                self.keys.pop()
            elif kind is yaml.AliasEvent:
                node = Text(*self._spot(event), "", bad=True)
                self.document.say(
                    "alias",
                    mark("anchors and aliases are not allowed"),
                    node,
                    mark("write it out, or quote a text that begins with * or &"),
                )
                self._add(node)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    here = Node(*self._spot(event))
                    self.document.say(
                        "second-document", mark("a second document begins here"), here, mark("write a second file")
                    )
                    return
        if self.document.root is None and not self.document.findings:
            self.document.say("empty", mark("the file is empty"), Node(1, 1, 2))

    def _spot(self, event: Any) -> tuple[int, int, int]:
        start, end = event.start_mark, event.end_mark
        line, column = start.line + 1, start.column + 1
        last = end.column + 1 if end.line == start.line else len(self.document.line(line)) + 1
        return line, column, last

    def _scalar(self, event: Any) -> None:
        line, column, end = self._spot(event)
        style = event.style
        start = (line, column)
        if style in ("'", '"'):
            start = (line, column + 1)
            if event.end_mark.line > event.start_mark.line:
                self.long_quote = Node(line, column, column + 1)
        elif style in ("|", ">"):
            inner = self.document.line(line + 1)
            start = (line + 1, len(inner) - len(inner.lstrip()) + 1)
        node = Text(line, column, end, event.value, not style, start)
        self._refuse_cleverness(event, node)
        self._add(node)

    def _open(self, event: Any, node: List | Map) -> None:
        if len(self.stack) >= DEEPEST:
            raise _TooDeep(problem="too deep", problem_mark=event.start_mark)
        self._refuse_cleverness(event, node)
        self._add(node)
        self.stack.append(node)
        self.keys.append(None)

    def _refuse_cleverness(self, event: Any, node: Node) -> None:
        if event.anchor is not None:
            self.document.say(
                "anchor",
                mark("anchors and aliases are not allowed"),
                node,
                mark("write it out, or quote a text that begins with * or &"),
            )
            node.bad = True
        if event.tag is not None:
            self.document.say(
                "tag", mark("tags are not allowed"), node, mark("take the ! away, or quote a text that begins with !")
            )
            node.bad = True

    def _add(self, node: Node) -> None:
        if not self.stack:
            if isinstance(node, Map):
                self.document.root = node
            elif not node.bad:
                if isinstance(node, Text) and not node.value:
                    return
                self.document.say("not-a-map", mark("a file holds keys and values"), node, mark("begin with a key:"))
            return
        parent = self.stack[-1]
        if isinstance(parent, List):
            parent.items.append(node)
            return
        key = self.keys[-1]
        if key is None:
            self.keys[-1] = self._as_key(node)
            return
        self.keys[-1] = None
        if key.bad:
            return
        first = parent.entries.get(key.value)
        if first is not None:
            self.document.say(
                "twice",
                mark("{key} stands here twice (first on line {line})"),
                key,
                key=key.value,
                line=first[0].line,
            )
            return
        parent.entries[key.value] = (key, node)

    def _as_key(self, node: Node) -> Text:
        if not isinstance(node, Text):
            self.document.say("key", mark("a key is one word"), node)
            return Text(node.line, node.column, node.end, "", bad=True)
        if node.plain and node.value == "<<":
            self.document.say("merge", mark("merge keys are not allowed"), node, mark("write it out"))
            node.bad = True
        return node


def _explain_syntax(document: Document, error: yaml.MarkedYAMLError, long_quote: Node | None) -> None:
    """One message of ours for what libyaml says, at the place that a person would look at."""
    spot = error.problem_mark or error.context_mark
    line, column = (spot.line + 1, spot.column + 1) if spot else (1, 1)
    here = Node(line, column, column + 1)
    text = document.line(line)
    problem = f"{error.problem or ''} {error.context or ''}"
    if isinstance(error, _TooDeep) or "nesting" in problem:
        document.say("too-deep", mark("nested deeper than {most} levels"), here, most=DEEPEST)
        return
    indentation = len(text) - len(text.lstrip())
    tab = text.find("\t", 0, indentation)
    if tab >= 0:
        document.say("tab", mark("a tab in the indentation"), Node(line, tab + 1, tab + 2), mark("write spaces"))
        return
    sign = text[column - 1 : column]
    if "alias" in problem or "anchor" in problem:
        start = error.context_mark.column + 1 if error.context_mark else column
        sign_node = Node(line, start, start + 1)
        document.say(
            "sign",
            mark("a text that begins with * or & must be quoted"),
            sign_node,
            mark('write "{text}"'),
            text=_rest(text, start),
        )
        return
    if "cannot start any token" in problem or "directive" in problem:
        document.say(
            "sign-other",
            mark("a text that begins with {sign} must be quoted"),
            here,
            mark('write "{sign}…"'),
            sign=sign,
        )
        return
    if "mapping values are not allowed" in problem:
        document.say(
            "colon", mark("a colon and a space inside a text"), here, mark("quote the text, or mend the indentation")
        )
        return
    comment = _comment_before(document, error)
    if comment is not None:
        document.say(
            "comment", mark("a # begins a comment, so the rest of this line is lost"), comment, mark("quote the text")
        )
        return
    if "quoted scalar" in problem and error.context_mark is not None:
        opened = error.context_mark
        long_quote = Node(opened.line + 1, opened.column + 1, opened.column + 2)
    if long_quote is not None:
        document.say("quote", mark("this quotation mark is never closed"), long_quote, mark("close it on its line"))
        return
    if error.context_mark is not None and "flow" in problem:
        opened = error.context_mark
        document.say(
            "bracket",
            mark("this bracket is not closed, or a comma is missing before {line}:{column}"),
            Node(opened.line + 1, opened.column + 1, opened.column + 2),
            line=line,
            column=column,
        )
        return
    document.say("syntax", mark("this cannot be read"), here, mark("look at the indentation and at the brackets"))


def _rest(text: str, column: int) -> str:
    return re.split(r"[,}\]]", text[column - 1 :])[0].strip()


def _comment_before(document: Document, error: yaml.MarkedYAMLError) -> Node | None:
    """The # that swallowed a closing bracket, where that is why a bracket stays open."""
    if error.context_mark is None or error.problem_mark is None or "flow" not in (error.context or ""):
        return None
    for number in range(error.context_mark.line + 1, error.problem_mark.line + 2):
        found = re.search(r"(?:[:,]\s+|\s)(#[^\s].*[}\]])", document.line(number))
        if found:
            return Node(number, found.start(1) + 1, len(document.line(number)) + 1)
    return None
