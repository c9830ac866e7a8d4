"""The reference of keys and the JSON Schema of pack files, both made from the shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from guozi.packs import shapes, specs
from guozi.packs.specs import Shape, Spec, keys
from guozi.packs.vocabulary import PLAIN_NUMBER, Vocabulary

_PLACES = {
    "vocabulary": "vocabulary.yaml",
    "pack": "<pack>/pack.yaml",
    "test": "<pack>/tests/<folder>/<id>.yaml",
    **{kind: f"<pack>/{folder}/<id>.yaml" for folder, kind in shapes.FOLDERS.items()},
}


def key_reference(kinds: tuple[str, ...] = (), translate: Callable[[str], str] = str) -> str:
    """Every key of every kind of file, in Markdown. `kinds`: only these."""
    lines = ["# Keys of pack files", "", "Made by `guozi pack keys` from the shapes; not written by hand.", ""]
    for kind, (shape, overlay) in shapes.FILES.items():
        if kinds and kind not in kinds:
            continue
        lines += [f"## {kind}: `{_PLACES[kind]}`", ""]
        lines += _table(shape, "", translate)
        if overlay is not None:
            lines += ["", f"### {kind}, where it `extends` the same file of the pack that it builds on", ""]
            lines += _table(overlay, "", translate)
        lines.append("")
    return "\n".join(lines)


def _table(shape: type[Shape], prefix: str, translate: Callable[[str], str]) -> list[str]:
    return ["| key | needed | takes | says |", "| --- | --- | --- | --- |", *_rows(shape, prefix, translate)]


def _rows(shape: type[Shape], prefix: str, translate: Callable[[str], str]) -> Iterator[str]:
    for word, each in keys(shape).items():
        needed = "yes" if each.required else ""
        yield f"| `{prefix}{word}` | {needed} | {_takes(each.spec)} | {translate(each.doc)} |".replace("||", "\\|\\|")
        inner, step = _inner(each.spec)
        if inner is not None:
            yield from _rows(inner, f"{prefix}{word}{step}.", translate)


def _inner(spec: Spec) -> tuple[type[Shape] | None, str]:
    match spec:
        case specs.Record():
            return spec.shape, ""
        case specs.Many():
            return _inner(spec.of)[0], "[]"
        case specs.Each():
            return _inner(spec.of)[0], ".*"
    return None, ""


def _takes(spec: Spec) -> str:
    match spec:
        case specs.Choice():
            return ", ".join(f"`{word}`" for word in spec.words)
        case specs.Word():
            return f"a word of `{spec.what}`"
        case specs.Many():
            return f"{'one or ' if spec.single else ''}a list of: {_takes(spec.of)}"
        case specs.Each():
            return f"{{{_takes(spec.key)}: {_takes(spec.of)}}}"
        case specs.Either():
            return f"{_takes(spec.text)}, or {_takes(spec.map)}"
        case specs.Record():
            return "keys"
    return spec.kind


def json_schema(kind: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """JSON Schema 2020-12 of one kind of file, for editors. It sees keys, words and dates; `guozi pack check` sees the rest."""
    shape, overlay = shapes.FILES[kind]
    one = _schema_of(shape, vocabulary)
    body: dict[str, Any] = one if overlay is None else {"anyOf": [one, _schema_of(overlay, vocabulary)]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind, **body}


def _schema_of(shape: type[Shape], words: Vocabulary) -> dict[str, Any]:
    declared = keys(shape)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [word for word, each in declared.items() if each.required and not each.body],
        "properties": {word: {**_schema(each.spec, words), "description": each.doc} for word, each in declared.items()},
    }


def _schema(spec: Spec, words: Vocabulary) -> dict[str, Any]:
    """An editor reads `2018-09-13` and `65` by YAML's own types, so numbers and truths are let in beside texts."""
    match spec:
        case specs.Bilingual():
            text = {"type": "string", "minLength": 1}
            return {
                "type": "object",
                "additionalProperties": False,
                "required": ["zh", "en"],
                "properties": {"zh": text, "en": text},
            }
        case specs.Day():
            return {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
        case specs.Whole():
            return {"type": "integer"}
        case specs.Number():
            return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{PLAIN_NUMBER.pattern}$"}]}
        case specs.Truth():
            return {"type": "boolean"}
        case specs.Choice():
            return {"enum": [_as_yaml(word) for word in spec.words]}
        case specs.Word():
            return {"enum": [_as_yaml(word) for word in words.words(spec.what)]}
        case specs.Code():
            return {"type": "string", "pattern": f"^{specs.CODE.pattern}$"}
        case specs.Many():
            many = {"type": "array", "items": _schema(spec.of, words)}
            return {"anyOf": [_schema(spec.of, words), many]} if spec.single else many
        case specs.Each():
            return {"type": "object", "additionalProperties": _schema(spec.of, words)}
        case specs.Either():
            return {"anyOf": [_schema(spec.text, words), _schema(spec.map, words)]}
        case specs.Record():
            return _schema_of(spec.shape, words)
    return {"type": ["string", "number", "boolean"]}


def _as_yaml(word: str) -> object:
    """A word as YAML itself would read it."""
    return {"no": False, "yes": True}.get(word, word)
