"""Loads packs: every file read by its shape, overlays laid over their base, then judged as a whole; all findings at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from guozi.core.kernel.citation import Label
from guozi.core.kernel.errors import NotFoundError, UnavailableError
from guozi.core.kernel.findings import Finding, mark
from guozi.packs import build, lints, shapes
from guozi.packs.library import Entry, Library, Pack, Source
from guozi.packs.nodes import Document, Node, parse
from guozi.packs.reader import DID_YOU_MEAN, FAULTY, Reader, guess
from guozi.packs.rulebook import Layers
from guozi.packs.specs import CODE, Shape
from guozi.packs.tables import MappingLine, read_table
from guozi.packs.vocabulary import Vocabulary

ROOT_VARIABLE = "GUOZI_PACKS"
_KEPT = frozenset({".yaml", ".csv"})
_S = TypeVar("_S", bound=Shape)


def default_root() -> Path:
    """The folder that holds the packs: `$GUOZI_PACKS`, else `packs/` of the repository."""
    named = os.environ.get(ROOT_VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[3] / "packs"


def load(root: Path | None = None, names: Sequence[str] = ("national",)) -> Library:
    """Loads those packs and what they build on. Faults are in `Library.findings`.

    NotFoundError: there is no such pack. UnavailableError: the files cannot be read.
    """
    return load_files(read_files(root or default_root()), names)


def read_files(root: Path) -> dict[str, bytes]:
    """Every file of every pack under the root: path from the root → content. Symbolic links that lead out of the root are not followed."""
    try:
        home = root.resolve(strict=True)
        paths = sorted(path for path in home.rglob("*") if path.suffix in _KEPT)
        return {
            path.relative_to(home).as_posix(): path.read_bytes()
            for path in paths
            if path.is_file() and path.resolve().is_relative_to(home)
        }
    except OSError as error:
        raise UnavailableError(
            mark("the packs under {root} cannot be read: {why}"), root=root, why=error.strerror
        ) from error


def load_files(files: Mapping[str, bytes], names: Sequence[str] = ("national",)) -> Library:
    """As `load`, from contents: the same files give the same library, whenever that is."""
    return _Loader(files, names).library()


class _Loader:
    """The state of one loading."""

    def __init__(self, files: Mapping[str, bytes], names: Sequence[str]) -> None:
        self.files = files
        self.findings: list[Finding] = []
        self.entries: list[Entry] = []
        self.tables: dict[str, list[MappingLine]] = {}
        folders = {path.split("/")[0] for path in files if "/" in path}
        for name in names:
            if name not in folders:
                raise NotFoundError(mark("no pack {pack}"), pack=name)
        self.folders = folders
        self.names = names

    def library(self) -> Library:
        vocabulary_files = self._vocabulary_files()
        words = build.vocabulary(file for file in vocabulary_files if file is not None)
        judged = None if None in vocabulary_files else words
        packs = self._packs(judged)
        for pack in packs:
            for path in sorted(self.files):
                inside = path.removeprefix(f"{pack}/")
                if inside != path and inside not in ("pack.yaml", "vocabulary.yaml", "released.csv"):
                    self._file(path, pack, inside, judged)
        self._tables()
        library = self._built(packs, words)
        found = lints.lint(library, judged is not None)
        library.findings = tuple(_in_order([*self.findings, *found]))
        return library

    # reading

    def _read(self, path: str, shape: type[_S], name: str, vocabulary: Vocabulary | None) -> tuple[Document, _S | None]:
        document = parse(self.files[path], path)
        value: Any = FAULTY
        if document.root is not None:
            value = Reader(document, vocabulary).record(shape, name, document.root)
        self.findings += document.findings
        return document, None if value is FAULTY or document.findings else value

    def _vocabulary_files(self) -> list[shapes.VocabularyFile | None]:
        order = ["vocabulary.yaml", *(f"{pack}/vocabulary.yaml" for pack in sorted(self.folders))]
        read = []
        for path in order:
            if path in self.files:
                document, shape = self._read(path, shapes.VocabularyFile, "vocabulary", None)
                self.entries.append(Entry("vocabulary", path.rpartition("/")[0], "vocabulary", document, shape))
                read.append(shape)
        return read

    def _packs(self, vocabulary: Vocabulary | None) -> dict[str, Pack]:
        """The packs asked for and all that they build on, a base before what builds on it."""
        found: dict[str, Pack] = {}
        pending = [*self.names]
        read: dict[str, shapes.PackFile] = {}
        while pending:
            code = pending.pop(0)
            if code in read:
                continue
            path = f"{code}/pack.yaml"
            if path not in self.files:
                self.findings.append(_about(path, "no-pack-file", mark("the pack {pack} has no pack.yaml"), pack=code))
                found[code] = _unnamed(code)
                continue
            document, shape = self._read(path, shapes.PackFile, "pack", vocabulary)
            self.entries.append(Entry("pack", code, "pack", document, shape))
            if shape is None:
                found[code] = _unnamed(code)
                continue
            read[code] = shape
            if shape.builds_on in self.folders:
                pending.append(shape.builds_on)
            elif shape.builds_on:
                near = guess(shape.builds_on, self.folders)
                document = Document(path, document.lines)
                document.say(
                    "no-pack",
                    mark("no pack {pack}"),
                    shape.at.value("builds_on"),
                    DID_YOU_MEAN if near else "",
                    pack=shape.builds_on,
                    guess=near,
                )
                self.findings += document.findings
        depth = {code: self._depth(code, read) for code in read}
        for code, shape in read.items():
            found[code] = Pack(
                code, shape.name, shape.version, shape.authority, shape.builds_on, shape.prefix, depth[code]
            )
        return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0])))

    def _depth(self, code: str, read: Mapping[str, shapes.PackFile]) -> int:
        way = [code]
        while (base := read[way[-1]].builds_on) in read:
            if base in way:
                self.findings.append(
                    _about(
                        f"{code}/pack.yaml",
                        "pack-circle",
                        mark("packs that build on each other: {way}"),
                        way=" → ".join([*way, base]),
                    )
                )
                break
            way.append(base)
        return len(way) - 1

    def _file(self, path: str, pack: str, inside: str, vocabulary: Vocabulary | None) -> None:
        where = PurePosixPath(inside)
        is_test = where.parts[0] == "tests"
        folder = "/".join(where.parts[1:-1] if is_test else where.parts[:-1])
        kind = shapes.FOLDERS.get(folder)
        if kind is None:
            near = guess(folder, shapes.FOLDERS)
            self.findings.append(
                _about(
                    path,
                    "folder",
                    mark("{folder}/ is not a folder of a pack"),
                    DID_YOU_MEAN if near else mark("its folders: {folders}"),
                    folder=folder,
                    guess=f"{near}/",
                    folders=", ".join(shapes.FOLDERS),
                )
            )
            return
        if where.suffix == ".csv":
            return  # read through the file that declares it
        code = where.stem
        if not CODE.fullmatch(code.replace("-", "_") if kind == "source" else code):
            self.findings.append(
                _about(
                    path, "file-name", mark("'{word}' cannot be an id"), mark("small letters, digits and _"), word=code
                )
            )
            return
        usual, overlay = shapes.FILES["test" if is_test else kind]
        document = parse(self.files[path], path)
        value: Any = FAULTY
        over = False
        if document.root is not None:
            over = overlay is not None and "extends" in document.root.entries
            shape = overlay if over and overlay else usual
            value = Reader(document, vocabulary).record(shape, "test" if is_test else kind, document.root)
        self.findings += document.findings
        sound = None if value is FAULTY or document.findings else value
        self.entries.append(
            Entry("test" if is_test else kind, pack, f"{folder}/{code}" if is_test else code, document, sound, over)
        )

    def _tables(self) -> None:
        for entry in self.entries:
            if not isinstance(entry.shape, shapes.MappingFile):
                continue
            path = f"{entry.path.rpartition('/')[0]}/{entry.shape.table}"
            if path not in self.files:
                document = Document(entry.path, entry.document.lines)
                document.say(
                    "no-table",
                    mark("no file {table} beside this one"),
                    entry.shape.at.value("table"),
                    table=entry.shape.table,
                )
                self.findings += document.findings
                continue
            document, lines = read_table(self.files[path], path, MappingLine)
            self.findings += document.findings
            self.tables[entry.path] = lines

    # building

    def _built(self, packs: Mapping[str, Pack], words: Vocabulary) -> Library:
        """Core objects of what is sound. A form needs its own file; overlays that are faulty are left out."""
        sources: dict[str, Source] = {}
        library = Library(
            packs,
            words,
            sources,
            {},
            {},
            {},
            {},
            {},
            {},
            (),
            tuple(self.entries),
            dict(self.files),
            Layers(),
            self.tables,
        )
        forms, indicators, parameters, warnings = {}, {}, {}, {}
        mappings, checks = {}, {}
        layers: dict[str, dict[str, list[tuple[int, Any]]]] = {kind: {} for kind in shapes.FILES}
        for entry in self.entries:
            order = packs[entry.pack].order if entry.pack in packs else 0
            match entry.shape:
                case shapes.SourceFile() as shape:
                    sources[entry.code] = _source(entry.code, shape)
                case shapes.FormFile() as shape if shape.unit in words.units:
                    overlays = self._overlays(entry, shapes.FormOverlayFile)
                    forms[entry.code] = build.form(entry.code, shape, overlays, words)
                    layers["form"].setdefault(entry.code, []).append((order, forms[entry.code].layouts))
                case shapes.FormOverlayFile() as shape if shape.versions:
                    layers["form"].setdefault(entry.code, []).append((order, build.layouts(shape.versions)))
                case shapes.CheckFamilyFile() as shape:
                    for number, check in shape.checks.items():
                        checks[number] = build.check(number, check, shape.forms, words)
                case shapes.IndicatorFile() as shape if shape.unit in words.units:
                    indicators[entry.code] = build.indicator(entry.code, shape, words)
                    layers["indicator"].setdefault(entry.code, []).append((order, indicators[entry.code].versions))
                case shapes.IndicatorOverlayFile() as shape:
                    rows: Any = build.indicator_versions(shape.versions)
                    layers["indicator"].setdefault(entry.code, []).append((order, rows))
                case shapes.ParameterFile() as shape if shape.unit in words.units:
                    parameters[entry.code] = build.parameter(entry.code, shape, words)
                    layers["parameter"].setdefault(entry.code, []).append((order, parameters[entry.code].versions))
                case shapes.ParameterOverlayFile() as shape:
                    rows = build.parameter_versions(shape.versions)
                    layers["parameter"].setdefault(entry.code, []).append((order, rows))
                case shapes.WarningFile() as shape:
                    warnings[entry.code] = build.warning(entry.code, shape)
                    layers["warning"].setdefault(entry.code, []).append((order, warnings[entry.code].versions))
                case shapes.WarningOverlayFile() as shape:
                    rows = build.warning_versions(shape.versions)
                    layers["warning"].setdefault(entry.code, []).append((order, rows))
                case shapes.MappingFile() as shape if shape.unit in words.units:
                    mappings[entry.code] = build.mapping(entry.code, shape, self.tables.get(entry.path, ()), words)
        library.forms, library.indicators, library.parameters = forms, indicators, parameters
        library.warnings, library.mappings, library.checks = warnings, mappings, checks
        library.layers = Layers(
            *(_nearest_first(layers[kind]) for kind in ("form", "indicator", "parameter", "warning"))
        )
        return library

    def _overlays(self, entry: Entry, shape: type[_S]) -> list[_S]:
        return [
            other.shape
            for other in self.entries
            if other.kind == entry.kind and other.code == entry.code and isinstance(other.shape, shape)
        ]


def _source(code: str, shape: shapes.SourceFile) -> Source:
    return Source(
        code,
        shape.title,
        shape.number,
        shape.issuer,
        shape.issued,
        shape.effective,
        shape.repealed_by,
        shape.where,
        shape.seen,
        shape.seen_articles,
        shape.texts,
    )


def _unnamed(code: str) -> Pack:
    label = Label(code, code)
    return Pack(code, label, "", label, "", "", 0)


def _nearest_first(layers: Mapping[str, list[tuple[int, Any]]]) -> dict[str, Any]:
    return {code: tuple(rows for _, rows in sorted(found, key=lambda pair: -pair[0])) for code, found in layers.items()}


def _about(file: str, code: str, message: str, hint: str = "", **args: object) -> Finding:
    document = Document(file, [])
    document.say(code, message, Node(1, 1, 2), hint, **args)
    return document.findings[0]


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By file and line; the same fault at the same place once."""
    once = {(finding.place, finding.code, finding.text()): finding for finding in findings}
    return sorted(once.values(), key=lambda found: (found.place.file, found.place.line or 0, found.place.column or 0))
