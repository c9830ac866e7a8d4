"""What loading gives: everything that the packs loaded together declare, as core objects, with the files and findings that they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from guozi.core.indicators.indicator import Indicator, ParameterTable
from guozi.core.kernel.asof import AsOf, Dated
from guozi.core.kernel.citation import Label
from guozi.core.kernel.errors import RefusedError
from guozi.core.kernel.findings import Finding, mark
from guozi.core.reporting.form import Check, Form
from guozi.core.reporting.mapping import LayoutMapping
from guozi.core.warning.rule import WarningRule
from guozi.packs.nodes import Document
from guozi.packs.rulebook import Layers, Rulebook, Rules
from guozi.packs.specs import Shape
from guozi.packs.tables import MappingLine
from guozi.packs.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack  规则包. `order`: packs that build on it have a greater one."""

    code: str
    name: Label
    version: str
    authority: Label
    builds_on: str
    prefix: str
    order: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text of law  法规. `seen`: full, part, quoted or no."""

    code: str
    title: Label
    number: str
    issuer: Label | None
    issued: date | None
    effective: date | None
    repealed_by: str
    where: tuple[str, ...]
    seen: str
    seen_articles: tuple[str, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a pack. `shape` is None where it is faulty; its id counts as declared all the same."""

    kind: str
    pack: str
    code: str
    document: Document
    shape: Shape | None
    overlay: bool = False

    @property
    def path(self) -> str:
        """The file, from the folder that holds the packs."""
        return self.document.file


@dataclass(frozen=True, slots=True)
class PackObject:
    """One thing of a pack as an application keeps it: its file (and table) as text, hashed; `effective` is when its first row begins."""

    kind: str
    pack: str
    code: str
    path: str
    sha256: str
    files: Mapping[str, bytes]
    effective: date | None


@dataclass(slots=True)
class Library:
    """Packs loaded together. Where `findings` holds errors, only what is sound stands in it; `demand_sound` refuses such a library."""

    packs: Mapping[str, Pack]
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    forms: Mapping[str, Form]
    indicators: Mapping[str, Indicator]
    parameters: Mapping[str, ParameterTable]
    warnings: Mapping[str, WarningRule]
    mappings: Mapping[str, LayoutMapping]
    checks: Mapping[str, Check]
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    files: Mapping[str, bytes]
    layers: Layers
    tables: Mapping[str, list[MappingLine]] = field(default_factory=dict)
    _rules: Rules | None = None

    def demand_sound(self) -> Library:
        """Itself; RefusedError with the findings where anything is wrong."""
        if self.findings:
            raise RefusedError(mark("the packs have faults"), self.findings)
        return self

    def rulebook(self, at: AsOf) -> Rulebook:
        """What is in force from that point of view; made once for each set of rows in force."""
        if self._rules is None:
            self._rules = Rules(self)
        return self._rules.at(at)

    def objects(self) -> tuple[PackObject, ...]:
        """Every thing with its files, in a fixed order. `load_files` of all `files` of a release gives its library again."""
        return tuple(self._object(entry) for entry in sorted(self.entries, key=lambda entry: entry.path))

    def _object(self, entry: Entry) -> PackObject:
        table = getattr(entry.shape, "table", None)
        paths = [entry.path, *([f"{entry.path.rpartition('/')[0]}/{table}"] if table else [])]
        files = {path: self.files[path] for path in paths if path in self.files}
        digest = hashlib.sha256()
        for path, data in files.items():
            digest.update(path.encode() + b"\0" + str(len(data)).encode() + b"\0" + data)
        rows: tuple[Dated, ...] = getattr(entry.shape, "versions", ()) if entry.shape else ()
        first = min((row.effective for row in rows), default=None)
        return PackObject(entry.kind, entry.pack, entry.code, entry.path, digest.hexdigest(), files, first)
