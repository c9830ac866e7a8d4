"""Reads a document by its shape: every fault of the file at once, each said once, each with its place and what would be right."""

from __future__ import annotations

import difflib
import enum
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from guozi.core.kernel.asof import Status
from guozi.core.kernel.citation import Label
from guozi.core.kernel.findings import mark
from guozi.packs import specs
from guozi.packs.nodes import Document, List, Map, Node, Text
from guozi.packs.specs import Shape, Spec, keys
from guozi.packs.vocabulary import PLAIN_NUMBER, Vocabulary, suggest_number

DID_YOU_MEAN = mark("did you mean {guess}?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOOSE_DATE = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})\D?")


class _Faulty(enum.Enum):
    FAULTY = 0


FAULTY = _Faulty.FAULTY
"""Stands for a value that could not be read; its finding has been made."""


def guess(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or an empty text."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)
    return found[0] if found else ""


def read_day(text: str) -> date | None:
    """A date written 2006-10-12, else None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Reader:
    """Reads nodes of one document. `vocabulary` None: the vocabulary itself is faulty, so no word can be judged."""

    def __init__(self, document: Document, vocabulary: Vocabulary | None) -> None:
        self.document = document
        self.vocabulary = vocabulary

    def record(self, shape: type[Shape], name: str, node: Node) -> Any:
        """The shape, or FAULTY where anything in it could not be read."""
        if node.bad:
            return FAULTY
        if not isinstance(node, Map):
            return self._wrong("kind", node, mark("{thing} takes keys and values"), thing=name)
        declared = keys(shape)
        values: dict[str, Any] = {}
        sound = self._unknown_keys(node, name, declared)
        misspelt = set(sound or ())
        sound_so_far = sound is not None and not misspelt
        status = node.get("status")
        repealed = isinstance(status, Text) and status.value == Status.REPEALED.value and "status" in declared
        for word, each in declared.items():
            found = node.entries.get(word)
            if found is None:
                if each.required and not (repealed and each.body) and word not in misspelt:
                    self.document.say("missing-key", mark("{thing} lacks {key}"), node, thing=name, key=word)
                    sound_so_far = False
                continue
            if repealed and each.body:
                self.document.say("repealed-body", mark("a repealed row has no {key}"), found[0], key=word)
                sound_so_far = False
                continue
            value = self.value(each.spec, found[1], found[0], word)
            if value is FAULTY:
                sound_so_far = False
            values[each.name] = value
        return shape(at=node, **values) if sound_so_far else FAULTY

    def _unknown_keys(self, node: Map, name: str, declared: Any) -> list[str] | None:
        """Says each unknown key; returns the keys that were meant, or None where an unknown key means none."""
        meant: list[str] = []
        strange = False
        for word, (place, value) in node.entries.items():
            if word in declared:
                continue
            if node.flow and isinstance(value, Text) and value.plain and not value.value:
                self.document.say(
                    "comma",
                    mark("inside {{ }} a comma begins a new key"),
                    place,
                    mark("quote the text that holds the comma"),
                )
                strange = True
                continue
            near = guess(word, [key for key in declared if key not in node.entries])
            self.document.say(
                "unknown-key",
                mark("'{key}' is not a key of {thing}"),
                place,
                DID_YOU_MEAN if near else mark("its keys: {keys}"),
                key=word,
                thing=name,
                guess=near,
                keys=", ".join(declared),
            )
            strange = strange or not near
            if near:
                meant.append(near)
        return None if strange and not meant else meant

    def value(self, spec: Spec, node: Node, key: Node, name: str) -> Any:
        """One value; `key` is where a missing value is pointed at, `name` what the value is called."""
        if node.bad:
            return FAULTY
        if isinstance(node, Text) and node.plain and not node.value.strip():
            return self._empty(node, key)
        match spec:
            case specs.Record():
                return self.record(spec.shape, spec.what, node)
            case specs.Bilingual():
                return self._label(node, name)
            case specs.Many():
                return self._many(spec, node, key, name)
            case specs.Each():
                return self._each(spec, node, name)
            case specs.Either():
                return self.value(spec.map if isinstance(node, Map) else spec.text, node, key, name)
        if not isinstance(node, Text):
            return self._wrong("kind", node, mark("{thing} takes {kind}"), thing=name, kind=spec.kind)
        return self._text(spec, node)

    def _empty(self, node: Text, key: Node) -> Any:
        rest = self.document.line(node.line)[node.column - 1 :].lstrip()
        if rest.startswith("#") and not rest.startswith(("# ", "##")):
            sign = Node(
                node.line,
                self.document.line(node.line).index("#", node.column - 1) + 1,
                len(self.document.line(node.line)) + 1,
            )
            self.document.say(
                "comment", mark("a # begins a comment, so the rest of this line is lost"), sign, mark("quote the text")
            )
        else:
            self.document.say("nothing", mark("nothing stands here"), key, mark("leave the key out"))
        return FAULTY

    def _label(self, node: Node, name: str) -> Any:
        if not isinstance(node, Map):
            return self._wrong(
                "kind", node, mark("{thing} takes a text in both languages"), mark("write {{zh: …, en: …}}"), thing=name
            )
        sound = self._unknown_keys(node, name, {"zh": None, "en": None})
        texts: list[Any] = []
        for language in ("zh", "en"):
            found = node.entries.get(language)
            if found is None:
                if language not in (sound or ()):
                    self.document.say("missing-key", mark("{thing} lacks {key}"), node, thing=name, key=language)
                texts.append(FAULTY)
            else:
                texts.append(self.value(specs.Plain(), found[1], found[0], language))
        if sound is None or sound or FAULTY in texts:
            return FAULTY
        return Label(*texts)

    def _many(self, spec: specs.Many, node: Node, key: Node, name: str) -> Any:
        if not isinstance(node, List):
            if not spec.single:
                return self._wrong("kind", node, mark("{thing} takes a list"), mark("write [ … ]"), thing=name)
            value = self.value(spec.of, node, key, name)
            return FAULTY if value is FAULTY else (value,)
        values = [self.value(spec.of, item, item, name) for item in node.items]
        return FAULTY if FAULTY in values else tuple(values)

    def _each(self, spec: specs.Each, node: Node, name: str) -> Any:
        if not isinstance(node, Map):
            return self._wrong("kind", node, mark("{thing} takes keys and values"), thing=name)
        values: dict[str, Any] = {}
        sound = True
        for word, (place, value) in node.entries.items():
            if isinstance(spec.key, specs.Code) and not specs.CODE.fullmatch(word):
                self.document.say(
                    "id", mark("'{word}' cannot be an id"), place, mark("small letters, digits and _"), word=word
                )
                sound = False
                continue
            values[word] = self.value(spec.of, value, place, word)
            sound = sound and values[word] is not FAULTY
        return values if sound else FAULTY

    def _text(self, spec: Spec, node: Text) -> Any:
        text = node.value
        match spec:
            case specs.Day():
                day = read_day(text)
                return day if day else self._not_a_date(node)
            case specs.Truth():
                if text in ("true", "false"):
                    return text == "true"
                right = "false" if text.lower() in ("no", "off", "n", "0") else "true"
                return self._wrong(
                    "truth",
                    node,
                    mark("'{text}' is neither true nor false"),
                    mark("write {right}"),
                    text=text,
                    right=right,
                )
            case specs.Number() | specs.Whole():
                return self._number(spec, node)
            case specs.Choice():
                return text if text in spec.words else self._not_a_word(node, spec.what, spec.words)
            case specs.Word():
                return self._word(spec, node)
            case specs.Code():
                if specs.CODE.fullmatch(text):
                    return text
                return self._wrong(
                    "id", node, mark("'{word}' cannot be an id"), mark("small letters, digits and _"), word=text
                )
        return (
            text
            if text.strip()
            else self._wrong("nothing", node, mark("nothing stands here"), mark("leave the key out"))
        )

    def _word(self, spec: specs.Word, node: Text) -> Any:
        if self.vocabulary is None:
            return node.value
        known = self.vocabulary.sets.get(spec.what)
        words = tuple(known.words) if known else ()
        if node.value in words:
            return node.value
        return self._not_a_word(node, spec.what, words, known.find(node.value) if known else None)

    def _not_a_word(self, node: Text, what: str, words: tuple[str, ...], meant: str | None = None) -> Any:
        near = meant or guess(node.value, words)
        self.document.say(
            "word",
            mark("'{word}' is not a {kind}"),
            node,
            DID_YOU_MEAN if near else mark("one of {words}") if words else mark("the vocabulary has no such set"),
            word=node.value,
            kind=what,
            guess=near,
            words=", ".join(words[:12]) + (" …" if len(words) > 12 else ""),
        )
        return FAULTY

    def _number(self, spec: Spec, node: Text) -> Any:
        text = node.value
        if PLAIN_NUMBER.fullmatch(text) and len(text) <= 40:
            if isinstance(spec, specs.Number):
                return Decimal(text)
            if "." not in text:
                return int(text)
            return self._wrong("number", node, mark("'{text}' is not a whole number"), text=text)
        right = suggest_number(text)
        if right is None or len(right) > 40:
            return self._wrong("number", node, mark("'{text}' is not a number"), text=text)
        return self._wrong(
            "number", node, mark("'{text}' is not written as a number"), mark("write {right}"), text=text, right=right
        )

    def _not_a_date(self, node: Text) -> Any:
        match = _LOOSE_DATE.fullmatch(unicodedata.normalize("NFKC", node.value))
        right = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""
        hint = mark("write {right}") if right and read_day(right) else mark("write it as 2006-10-12")
        return self._wrong("date", node, mark("'{text}' is not a date"), hint, text=node.value, right=right)

    def _wrong(self, code: str, node: Node, message: str, hint: str = "", /, **args: object) -> Any:
        self.document.say(code, message, node, hint, **args)
        return FAULTY
