"""Looks into a zipped spreadsheet (xlsx, ods) before a reader does: true sizes, extent, error cells, formulas without result."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from guozi.core.kernel.findings import mark
from guozi.sources.grid.sheet import NO_VALUE
from guozi.sources.reading import Limits, refusal

_CORRUPT = mark("the file is damaged: its zip container cannot be read")
_CORRUPT_HINT = mark("Open it in a spreadsheet program, save it anew and send that file")
_ENTRIES = mark("the file has {count} parts inside; at most {most} are read")
_BOMB = mark("the file unpacks to more than {most} MB, which is not read")
_ENCRYPTED = mark("the file is protected by a password and cannot be read")
ENCRYPTED_HINT = mark("Save it without a password and send that file; what you send is transferred safely")
_DOCTYPE = mark("the file has parts that no spreadsheet program writes (a document type declaration), and is not read")
_EXTENT = mark("the sheet reaches to row {row} and column {column}, which is more than is read")
EXTENT_HINT = mark("Delete the empty rows under the table and the empty columns beside it, and save the file anew")
_WORD = mark("the file is a text document (Word), not a spreadsheet")
_ARCHIVE = mark("the file is a zip archive, not a spreadsheet")
_BINARY = mark("the file is a binary workbook (xlsb), which is not read")
_BINARY_HINT = mark("Save it as xlsx and send that file")

_MB = 1024 * 1024


@dataclass(slots=True)
class Package:
    """What was seen. `flaws` are by the name of the sheet; `macros` says that programs are in it, which are never run."""

    kind: str
    macros: bool = False
    flaws: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def inspect(data: bytes, limits: Limits) -> Package:
    """Unpacks every part once within the limits and says what the package is; Refusal where it may not be given to a reader."""
    parts = _unpack(data, limits)
    names = {name.lower(): name for name in parts}
    if any(_declares_type(content) for content in parts.values()):
        raise refusal("strange-file", _DOCTYPE)
    if "xl/workbook.xml" in names:
        flaws = {name: found for name, content in parts.items() if (found := _scan_sheet(content, limits))}
        macros = any(name.endswith("vbaproject.bin") for name in names)
        return Package("xlsx", macros, _by_sheet(parts, flaws) if flaws else {})
    if parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"manifest:encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise refusal("encrypted", _ENCRYPTED, ENCRYPTED_HINT)
        macros = any(name.startswith("basic/") for name in names)
        return Package("ods", macros, _scan_ods(parts.get("content.xml", b""), limits))
    if "xl/workbook.bin" in names:
        raise refusal("not-a-spreadsheet", _BINARY, _BINARY_HINT)
    if any(name.startswith("word/") for name in names):
        raise refusal("not-a-spreadsheet", _WORD)
    raise refusal("not-a-spreadsheet", _ARCHIVE)


def _unpack(data: bytes, limits: Limits) -> dict[str, bytes]:
    """The parts by name. Sizes are counted while unpacking: what the directory says of itself is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT) from error
    if len(entries) > limits.entries:
        raise refusal("too-many-parts", _ENTRIES, count=len(entries), most=limits.entries)
    parts: dict[str, bytes] = {}
    left = limits.unpacked_bytes
    for entry in entries:
        if entry.flag_bits & 1:
            raise refusal("encrypted", _ENCRYPTED, ENCRYPTED_HINT)
        content = _part(data, entry, left)
        left -= len(content)
        if left < 0:
            raise refusal("zip-bomb", _BOMB, most=limits.unpacked_bytes // _MB)
        parts[entry.filename] = content
    return parts


def _part(data: bytes, entry: zipfile.ZipInfo, most: int) -> bytes:
    """One part, at most one byte more than `most` of it."""
    start = entry.header_offset
    header = data[start : start + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT)
    name, extra = struct.unpack("<HH", header[26:30])
    begin = start + 30 + name + extra
    packed = data[begin : begin + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        content = packed[: most + 1]
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = unpacker.decompress(packed, most + 1)
        except zlib.error as error:
            raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT) from error
        if not unpacker.eof and len(content) <= most:
            raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT)
    else:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT)
    if len(content) <= most and zlib.crc32(content) != entry.CRC:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT)
    return content


def _declares_type(content: bytes) -> bool:
    return content[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<!DOCTYPE" in content


_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_FAR = re.compile(rb'r(?:="(?:[A-Za-z]{2}|[A-Za-z]?[0-9]{5})|\s|=[^"])')
"""Where a sheet has no such reference, and none that is written unusually, it lies within 26 columns and 9,999 rows and need not be measured."""
_CELL = re.compile(rb"<(?:\w{1,10}:)?c\s([^<>]{0,400})>")
_SIGNS = (b'"e"', b"<f", b"'e'", b":f")
"""Without one of these a sheet has neither an error cell nor a formula."""
_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_TEXT_RESULT = re.compile(rb"""\bt\s*=\s*["']str["']""")
_VALUE = re.compile(rb"<(?:\w{1,10}:)?v\s*>([^<]{0,40})")
_FORMULA = re.compile(rb"\s*<(?:\w{1,10}:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w{1,10}:)?f\s*>)\s*")
_NOTHING = re.compile(rb"</(?:\w{1,10}:)?c\s*>|<(?:\w{1,10}:)?v\s*/>|<(?:\w{1,10}:)?v\s*>\s*<")


def _scan_sheet(xml: bytes, limits: Limits) -> dict[tuple[int, int], str]:
    """Error cells and formulas without result of one part, if it is a sheet; Refusal where its last cell lies too far out."""
    start = xml.find(b"sheetData")
    if start < 0:
        return {}
    if _FAR.search(xml, start):
        rows = columns = 0
        for letters, digits in _REFERENCE.findall(xml):
            rows = max(rows, int(digits[:9]))
            columns = max(columns, _column(letters) + 1)
        check_extent(rows, max(columns, 26), limits)
    flaws: dict[tuple[int, int], str] = {}
    if not any(sign in xml for sign in _SIGNS):
        return flaws
    for cell in _CELL.finditer(xml):
        spot = _REFERENCE.search(cell[1])
        if spot is None:
            continue
        where = int(spot[2][:9]) - 1, _column(spot[1])
        if _ERROR.search(cell[1]):
            value = _VALUE.search(xml, cell.end(), cell.end() + 20_000)
            flaws[where] = value[1].decode("utf-8", "replace") if value else "#ERROR"
        elif (
            not _TEXT_RESULT.search(cell[1])
            and (formula := _FORMULA.match(xml, cell.end()))
            and _NOTHING.match(xml, formula.end())
        ):
            flaws[where] = NO_VALUE
    return flaws


def check_extent(rows: int, columns: int, limits: Limits, sheet: str = "") -> None:
    """Refuses a sheet whose rectangle from A1 to its last cell is beyond the limits."""
    if rows > limits.rows or columns > limits.columns or rows * columns > limits.cells:
        raise refusal("too-large-sheet", _EXTENT, EXTENT_HINT, sheet, row=rows, column=columns)


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters[:8].upper():
        index = index * 26 + letter - 64
    return index - 1


def _by_sheet(parts: dict[str, bytes], flaws: dict[str, dict[tuple[int, int], str]]) -> dict[str, dict[tuple[int, int], str]]:  # fmt: skip
    """From parts' names to sheets' names, by the workbook's own list."""
    try:
        relations = {
            node.get("Id", ""): node.get("Target", "")
            for node in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
        }
        sheets = {
            next((value for name, value in node.items() if name.endswith("}id")), ""): node.get("name", "")
            for node in ElementTree.fromstring(parts["xl/workbook.xml"]).iter()
            if node.tag.endswith("}sheet")
        }
    except (KeyError, ElementTree.ParseError) as error:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT) from error
    targets = {_target(relations.get(relation, "")): name for relation, name in sheets.items()}
    return {targets[part]: found for part, found in flaws.items() if part in targets}


def _target(path: str) -> str:
    return path.removeprefix("/") if path.startswith("/") else f"xl/{path}"


class _OdsScan:
    """Walks an ods document: the extent of what is filled in each table, repetition counted, and error cells."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.flaws: dict[str, dict[tuple[int, int], str]] = {}
        self.sheet = ""
        self.row = self.column = self.rows_here = self.columns_here = 0
        self.last_row = self.last_column = 0
        self.error = False
        self.text = ""
        self.filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A table, a row, a cell, or text in it."""
        local = tag.rpartition(":")[2]
        if local == "table":
            self.sheet = attributes.get("table:name", "")
            self.row = self.last_row = self.last_column = 0
        elif local == "table-row":
            self.rows_here, self.column = _times(attributes, "table:number-rows-repeated"), 0
        elif local in ("table-cell", "covered-table-cell"):
            self.columns_here, self.text = _times(attributes, "table:number-columns-repeated"), ""
            self.error = attributes.get("calcext:value-type") == "error"
            self.filled = any(name.startswith(("office:", "table:formula")) for name in attributes)
        elif local == "p":
            self.filled = True

    def data(self, text: str) -> None:
        """The text of a cell, of which a little is enough."""
        if len(self.text) < 40:
            self.text += text

    def end(self, tag: str) -> None:
        """The end of a cell or row moves on; the end of a cell counts it."""
        local = tag.rpartition(":")[2]
        if local in ("table-cell", "covered-table-cell"):
            if self.filled:
                self.last_row = max(self.last_row, self.row + self.rows_here)
                self.last_column = max(self.last_column, self.column + self.columns_here)
                check_extent(self.last_row, self.last_column, self.limits, self.sheet)
            if self.filled and (self.error or self.text.strip() in _ODS_ERRORS or self.text.startswith("Err:")):
                self.flaws.setdefault(self.sheet, {})[(self.row, self.column)] = self.text.strip()
            self.column += self.columns_here
            self.filled = False
        elif local == "table-row":
            self.row += self.rows_here


_ODS_ERRORS = frozenset({"#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"})


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 10**9 if len(text) >= 10 else 1


def _scan_ods(xml: bytes, limits: Limits) -> dict[str, dict[tuple[int, int], str]]:
    scan = _OdsScan(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.CharacterDataHandler = scan.data
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT) from error
    return scan.flaws
