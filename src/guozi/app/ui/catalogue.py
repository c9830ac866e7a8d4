"""The texts of the interface: what there is to translate, the Chinese for it, and whether the two fit (`scripts/messages`).

Each room keeps its own `locale/zh_Hans/fragments/<room>.po`; `compile` merges them into `django.po` and `django.mo`, both committed
(a bare machine has no msgfmt). `extract` adds what a room lacks to its fragment, with an empty translation; it never removes.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE: Final = Path(__file__).resolve().parents[2]
LOCALE: Final = "zh_Hans"
_HEADER: Final = (
    ("Language", LOCALE),
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Plural-Forms", "nplurals=1; plural=0;"),
)

_PLAIN: Final = ("gettext", "gettext_lazy", "gettext_noop", "_", "mark")
_KEYWORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(_PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_HAN: Final = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[sd]|\{(\w+)(?:[^{}]*)\}|(%[sd])")

Key = tuple[str | None, str]
"""Context and msgid; of a plural the singular."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text in the sources: its plural, and the places (path from the package, line) where it stands."""

    plural: str
    places: list[tuple[str, int]] = field(default_factory=list)


def room_of(path: str) -> str:
    """Who translates a source file: `<shelf>` for `app/<shelf>`, `core-<shelf>` for `core/<shelf>`, else its first folder."""
    first, *rest = Path(path).parts
    if first in ("app", "core") and rest:
        return ("core-" if first == "core" else "") + rest[0].removesuffix(".py")
    return first.removesuffix(".py")


def _sources(package: Path, *suffixes: str) -> Iterator[tuple[str, str]]:
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if path.suffix in suffixes and inside.parts[0] != "locale" and "vendor" not in inside.parts:
            yield inside.as_posix(), path.read_text(encoding="utf-8")


class _Dateless(Catalog):
    """A catalogue whose header holds neither date nor program, so that equal texts are equal bytes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return list(_HEADER)


def texts(package: Path = PACKAGE) -> dict[Key, Text]:
    """Every text for people in the sources: gettext and its kin, `mark`, and template tags."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    found: dict[Key, Text] = {}
    for path, source in _sources(package, ".py", ".html", ".txt"):
        code = source if path.endswith(".py") else templatize(source)
        for line, function, messages, _ in extract_python(
            io.BytesIO(code.encode()), _KEYWORDS, [], {"encoding": "utf-8"}
        ):
            key, plural = _key(str(function), messages)
            if key[1]:
                found.setdefault(key, Text(plural)).places.append((path, line))
    return found


def _key(function: str, messages: Any) -> tuple[Key, str]:
    args = list(messages) if isinstance(messages, tuple) else [messages]
    context = args.pop(0) if "p" in function.split("gettext")[0] and function not in _PLAIN else None
    return (context, args[0] or ""), (args[1] or "") if "n" in function.split("gettext")[0] and len(args) > 1 else ""


def _fragments(package: Path) -> Path:
    return package / "locale" / LOCALE / "fragments"


def _outputs(package: Path) -> tuple[Path, Path]:
    folder = package / "locale" / LOCALE / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def _messages(catalog: Catalog) -> dict[Key, Message]:
    return {(m.context, m.id[0] if isinstance(m.id, tuple | list) else m.id): m for m in catalog if m.id}


def _rooms(package: Path) -> dict[str, dict[Key, Message]]:
    return {path.stem: _messages(_read(path)) for path in sorted(_fragments(package).glob("*.po"))}


def _written(catalog: Catalog) -> bytes:
    """A po file without dates and places, so that a file changes only where a text does."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, no_location=True, omit_header=True, sort_output=True)
    header = "".join(f'"{name}: {value}\\n"\n' for name, value in _HEADER)
    return f'msgid ""\nmsgstr ""\n{header}\n'.encode() + out.getvalue()


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_bytes(data)
    fresh.replace(path)


def extract(package: Path = PACKAGE, only: str = "") -> list[str]:
    """Adds to each room's fragment (or to one room's) what its sources say and no fragment has; returns a line a text added."""
    rooms = _rooms(package)
    held = {key for messages in rooms.values() for key in messages}
    missing: dict[str, list[tuple[Key, Text]]] = defaultdict(list)
    for key, text in texts(package).items():
        room = room_of(text.places[0][0])
        if key not in held and only in ("", room):
            missing[room].append((key, text))
    added = []
    for room, new in sorted(missing.items()):
        path = _fragments(package) / f"{room}.po"
        catalog = _read(path) if path.exists() else Catalog(locale=LOCALE, domain="django", fuzzy=False)
        for (context, msgid), text in new:
            catalog.add((msgid, text.plural) if text.plural else msgid, context=context)
            added.append(f"{room}: {msgid}")
        _replace(path, _written(catalog))
    return added


def merged(package: Path = PACKAGE) -> Catalog:
    """All fragments as one catalogue."""
    catalog = Catalog(locale=LOCALE, domain="django", fuzzy=False, charset="utf-8")
    for messages in _rooms(package).values():
        for message in messages.values():
            catalog.add(message.id, message.string, context=message.context)
    return catalog


def _mo(catalog: Catalog) -> bytes:
    """The compiled catalogue, with a header that holds no date."""
    out = io.BytesIO()
    plain = _Dateless(locale=LOCALE, domain="django", fuzzy=False, charset="utf-8")
    for message in catalog:
        if message.id:
            plain.add(message.id, message.string, context=message.context)
    write_mo(out, plain)
    return out.getvalue()


def compile_catalogue(package: Path = PACKAGE) -> None:
    """Merges the fragments into django.po and compiles django.mo."""
    catalog = merged(package)
    po, mo = _outputs(package)
    _replace(po, _written(catalog))
    _replace(mo, _mo(catalog))


def _placeholders(text: str) -> set[str]:
    return {next(name for name in found.groups() if name) for found in _PLACEHOLDER.finditer(text)}


def _free(tree: ast.AST, lines: list[str]) -> set[tuple[int, int]]:
    """Where strings begin that may be Chinese: docstrings (of attributes too), and Chinese beside its English (`zh=`, `Label`)."""
    found: list[ast.expr] = [
        node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "zh"
    ]
    found += [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    found += [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Label" and node.args
    ]
    return {(node.lineno, len(lines[node.lineno - 1].encode()[: node.col_offset].decode())) for node in found}


def chinese_outside(package: Path = PACKAGE) -> list[str]:
    """Places where Chinese stands in a string of code, in a template, stylesheet or script, instead of in the catalogue or a pack.

    Docstrings, comments, `zh=` arguments, a `Label(zh, en)` and migrations (rows in both languages) may be Chinese; so may `sources`,
    which know the words that stand in other people's files. Other code that must name a character writes its escape.
    """
    found = []
    strings = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for path, source in _sources(package, ".py"):
        if not _HAN.search(source) or "/migrations/" in path or path.startswith("sources/"):
            continue
        free = _free(ast.parse(source), source.split("\n"))
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in strings and _HAN.search(token.string) and token.start not in free:
                found.append(f"{path}:{token.start[0]}: Chinese in a string: move it into the catalogue or a pack")
    for path, source in _sources(package, ".html", ".txt", ".css", ".js"):
        found += [
            f"{path}:{at}: Chinese in a file for the browser: move it into the catalogue"
            for at, line in enumerate(source.splitlines(), 1)
            if _HAN.search(line)
        ]
    return found


def of_room(lines: list[str], room: str) -> list[str]:
    """The lines of `check` that one room has to mend; that the catalogue is not compiled is everybody's."""
    return [
        line for line in lines if line.startswith((f"{room}.po:", "django.")) or room_of(line.split(":")[0]) == room
    ]


def check(package: Path = PACKAGE) -> list[str]:
    """Everything that is wrong with the texts, a line each; empty when all is well."""
    sources, rooms = texts(package), _rooms(package)
    wrong: list[str] = []
    holders: dict[Key, list[str]] = defaultdict(list)
    for room, messages in rooms.items():
        for key, message in messages.items():
            holders[key].append(room)
            wrong += _check_message(f"{room}.po", key, message, sources)
    for key, text in sources.items():
        where = "{}:{}".format(*text.places[0])
        if key not in holders:
            wrong.append(f"{where}: not in any fragment: {key[1]!r}")
        if _HAN.search(key[1]):
            wrong.append(f"{where}: a msgid is English: {key[1]!r}")
    wrong += [
        f"{', '.join(names)}: in more than one fragment: {key[1]!r}" for key, names in holders.items() if len(names) > 1
    ]
    catalog, (po, mo) = merged(package), _outputs(package)
    if not po.exists() or po.read_bytes() != _written(catalog):
        wrong.append("django.po is not what the fragments say: run scripts/messages compile")
    if not mo.exists() or mo.read_bytes() != _mo(catalog):
        wrong.append("django.mo is not what the fragments say: run scripts/messages compile")
    return wrong + chinese_outside(package)


def _check_message(where: str, key: Key, message: Message, sources: dict[Key, Text]) -> Iterator[str]:
    ids = [str(text) for text in (message.id if isinstance(message.id, tuple | list) else [message.id])]
    strings = [
        text or "" for text in (message.string if isinstance(message.string, tuple | list) else [message.string])
    ]
    text = sources.get(key)
    if text is None:
        yield f"{where}: nothing says this any more, delete it: {key[1]!r}"
    elif text.plural != (ids[1] if len(ids) > 1 else ""):
        yield f"{where}: the plural is another one now: {key[1]!r}"
    if message.fuzzy:
        yield f"{where}: fuzzy: {key[1]!r}"
    if not all(strings):
        yield f"{where}: not translated: {key[1]!r}"
    elif _placeholders(" ".join(strings)) not in [_placeholders(said) for said in (" ".join(ids), *ids)]:
        yield f"{where}: other placeholders in the translation: {key[1]!r}"


def main(arguments: list[str]) -> int:
    """`extract`, `compile` or `check`; the first and the last for one room where it is named."""
    what, room = [*arguments, "", ""][:2]
    if what == "extract":
        lines = extract(only=room)
        print("\n".join([*lines, f"{len(lines)} added"]))
    elif what == "compile":
        compile_catalogue()
    elif what == "check":
        lines = of_room(check(), room) if room else check()
        print("\n".join(lines) or "texts: every one translated")
        return 1 if lines else 0
    else:
        print("usage: scripts/messages extract|compile|check [room]", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
