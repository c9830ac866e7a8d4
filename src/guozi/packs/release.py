"""What was published stays: the hash of each published row, and the refusal of a row that changed silently or an id that vanished."""

# ruff: noqa: RUF009  (`key` makes a dataclass field, as `field` does)

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from guozi.core.kernel.asof import Status
from guozi.core.kernel.findings import Finding, mark
from guozi.packs import shapes
from guozi.packs.nodes import Document, List, Map, Node, Text
from guozi.packs.specs import Choice, Day, Plain, Shape, Whole, key
from guozi.packs.tables import read_table

if TYPE_CHECKING:
    from guozi.packs.library import Entry, Library

FILE = "released.csv"
_NOT_LAW = frozenset(
    {"status", "unverified", "corrected", "confirmed", "note", "zh", "en", "labels", "name", "message"}
)
_FOLDER = {kind: folder for folder, kind in shapes.FOLDERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedLine(Shape):
    """A line of released.csv; `corrections` is how many `corrected` entries the row had."""

    id: str = key(Plain(), "folder and file of the thing")
    effective: date = key(Day(), "the row's date")
    issued: date = key(Day(), "the row's date")
    status: str = key(Choice("status", tuple(Status)), "the row's status")
    corrections: int = key(Whole(), "how often the row was corrected")
    sha256: str = key(Plain(), "of what the row says")


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A dated row as a release knows it."""

    id: str
    row: shapes.RowShape
    entry: Entry
    sha256: str

    @property
    def dates(self) -> tuple[str, date, date]:
        """What names it for ever."""
        return self.id, self.row.effective, self.row.issued


def rows(library: Library, pack: str) -> list[PublishedRow]:
    """Every dated row of a pack with its hash: what it says, without labels, remarks and status, which are not law; of a form with the rows in force."""
    found = []
    for entry in sorted(library.entries, key=lambda entry: entry.path):
        if entry.pack != pack or entry.shape is None or entry.kind not in _FOLDER:
            continue
        for row in getattr(entry.shape, "versions", ()):
            said = {"row": _plain(row.at), **_head(entry.shape, row)}
            text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            digest = hashlib.sha256(text.encode()).hexdigest()
            found.append(PublishedRow(f"{_FOLDER[entry.kind]}/{entry.code}", row, entry, digest))
    return found


def released_csv(library: Library, pack: str) -> str:
    """The text of `<pack>/released.csv` for the pack as it is now. Drafts are not published."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "effective", "issued", "status", "corrections", "sha256"])
    for each in rows(library, pack):
        if each.row.status != Status.DRAFT:
            row = each.row
            writer.writerow([each.id, row.effective, row.issued, row.status, len(row.corrected), each.sha256])
    return out.getvalue()


def lint(library: Library) -> list[Finding]:
    """Published rows that changed without a new `corrected`, and published rows that are gone."""
    findings: list[Finding] = []
    for pack in library.packs:
        path = f"{pack}/{FILE}"
        if path not in library.files:
            continue
        document, lines = read_table(library.files[path], path, ReleasedLine)
        findings += document.findings
        there = {each.dates: each for each in rows(library, pack)}
        faulty = {
            f"{_FOLDER[e.kind]}/{e.code}"
            for e in library.entries
            if e.pack == pack and e.shape is None and e.kind in _FOLDER
        }
        for line in lines:
            now = there.get((line.id, line.effective, line.issued))
            if now is None:
                if line.id not in faulty:
                    document = Document(path, document.lines, findings=findings)
                    document.say(
                        "vanished",
                        mark("{id} effective {effective} issued {issued} was published and is gone"),
                        line.at.value("id"),
                        mark("an id is never renamed; end it with a row that says status: repealed"),
                        id=line.id,
                        effective=line.effective,
                        issued=line.issued,
                    )
            elif now.sha256 != line.sha256 and len(now.row.corrected) <= line.corrections:
                told = now.entry.document
                Document(told.file, told.lines, findings=findings).say(
                    "changed",
                    mark("this row was published and says something else now"),
                    now.row.at.value("effective"),
                    mark("new law is a new row; an error of ours adds corrected: [{{on: …, was: …, why: …}}]"),
                )
    return findings


def _head(shape: Shape, row: shapes.RowShape) -> Mapping[str, object]:
    """What of the rest of the file gives the row its meaning: units, the key, a form's rows in that layout."""
    head: dict[str, object] = {
        word: node.value for word in ("unit", "key", "nature", "blank") if isinstance(node := shape.at.get(word), Text)
    }
    if isinstance(shape, shapes.FormFile):
        head["columns"] = _plain(shape.at.value("columns"))
        head["rows"] = [
            [code, _plain(item.at)]
            for section in shape.sections
            for code, item in section.rows.items()
            if _holds(item, row.effective)
        ]
        head["checks"] = {
            number: _plain(check.at) for number, check in shape.checks.items() if _holds(check, row.effective)
        }
    return head


def _holds(thing: shapes.ItemShape | shapes.CheckShape, day: date) -> bool:
    return (thing.since is None or thing.since <= day) and (thing.until is None or day < thing.until)


def _plain(node: Node) -> object:
    """The node as JSON, without what is not law."""
    if isinstance(node, Map):
        return {word: _plain(value) for word, (_, value) in node.entries.items() if word not in _NOT_LAW}
    if isinstance(node, List):
        return [_plain(item) for item in node.items]
    return node.value if isinstance(node, Text) else None
