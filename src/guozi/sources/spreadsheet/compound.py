"""Looks into the older container of Office (MS-CFB) before a reader does: encrypted files, and xls by its records (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from guozi.core.kernel.findings import mark
from guozi.sources.reading import Limits, refusal
from guozi.sources.spreadsheet.package import ENCRYPTED_HINT, Package, check_extent

_CORRUPT = mark("the file is damaged: its container cannot be read")
_CORRUPT_HINT = mark("Open it in a spreadsheet program, save it as xlsx and send that file")
_ENCRYPTED = mark("the file is protected by a password and cannot be read")
_NOT_A_SHEET = mark("the file is a document of an older Office program, but not a spreadsheet")

_END = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_FILEPASS, _BOUNDSHEET, _BOF, _FORMULA, _BOOLERR = 47, 133, 2057, 6, 517
_CELLS = frozenset({_FORMULA, _BOOLERR, 515, 516, 253, 638, 189, 214})  # NUMBER LABEL LABELSST RK MULRK RSTRING


def inspect(data: bytes, limits: Limits) -> Package:
    """Says whether it is an xls that may be given to a reader, with its error cells; else Refusal."""
    try:
        streams = _Container(data)
        names = streams.names
        if "encryptedpackage" in names:
            raise refusal("encrypted", _ENCRYPTED, ENCRYPTED_HINT)
        book = next((name for name in ("workbook", "book") if name in names), None)
        if book is None:
            raise refusal("not-a-spreadsheet", _NOT_A_SHEET)
        content = streams.read(book)
    except (struct.error, IndexError, ValueError) as error:
        raise refusal("corrupt", _CORRUPT, _CORRUPT_HINT) from error
    package = Package("xls", macros="_vba_project_cur" in names or "vba" in names)
    sheets: dict[int, str] = {}
    sheet, start, rows, columns = "", 0, 0, 0
    for kind, at, record in _records(content):
        if kind == _FILEPASS:
            raise refusal("encrypted", _ENCRYPTED, ENCRYPTED_HINT)
        if kind == _BOUNDSHEET and len(record) > 8:
            sheets[struct.unpack_from("<I", record)[0]] = _name(record)
        elif kind == _BOF:
            sheet, start, rows, columns = sheets.get(at, ""), at, 0, 0
        elif kind in _CELLS and start and len(record) >= 6:
            row, column = struct.unpack_from("<HH", record)
            if kind == 189:  # a row of numbers ends with its last column
                column = struct.unpack_from("<H", record, len(record) - 2)[0]
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            check_extent(rows, columns, limits, sheet)
            text = _error(kind, record)
            if text:
                package.flaws.setdefault(sheet, {})[(row, column)] = text
    return package


def _records(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, offset and body of each record."""
    at = 0
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        yield kind, at, content[at + 4 : at + 4 + size]
        at += 4 + size


def _name(record: bytes) -> str:
    """The name in a BOUNDSHEET record: 8-bit or 16-bit characters by its flag."""
    length, wide = record[6], record[7] & 1
    return (
        record[8 : 8 + 2 * length].decode("utf-16-le", "replace") if wide else record[8 : 8 + length].decode("latin-1")
    )


def _error(kind: int, record: bytes) -> str:
    if kind == _BOOLERR and len(record) >= 8 and record[7]:
        return _ERRORS.get(record[6], "#ERROR")
    if kind == _FORMULA and len(record) >= 14 and record[6] == 2 and record[12:14] == b"\xff\xff":
        return _ERRORS.get(record[8], "#ERROR")
    return ""


class _Container:
    """The streams of a compound file; every chain is bounded by the number of sectors, and a ring is an error."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sector = 1 << struct.unpack_from("<H", data, 30)[0]
        self.small = 1 << struct.unpack_from("<H", data, 32)[0]
        if self.sector not in (512, 4096) or self.small != 64:
            raise ValueError("sector size")
        self.count = len(data) // self.sector
        first_directory, self.cutoff, first_small, _, first_table = (
            struct.unpack_from("<I", data, 48)[0], *struct.unpack_from("<IIII", data, 56),
        )  # fmt: skip
        table = [number for number in struct.unpack_from("<109I", data, 76) if number < _END]
        while first_table < _END and len(table) <= self.count:
            more = struct.unpack(f"<{self.sector // 4}I", self._at(first_table))
            table += [number for number in more[:-1] if number < _END]
            first_table = more[-1]
        self.next = [
            number
            for part in table[: self.count + 1]
            for number in struct.unpack(f"<{self.sector // 4}I", self._at(part))
        ]
        self.next_small = (
            list(struct.unpack(f"<{len(chain) // 4}I", chain)) if (chain := self._chain(first_small)) else []
        )
        self.names: dict[str, tuple[int, int]] = {}
        directory = self._chain(first_directory)
        for at in range(0, len(directory) - 127, 128):
            length = struct.unpack_from("<H", directory, at + 64)[0]
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower()
            begin, size = struct.unpack_from("<II", directory, at + 116)
            if at == 0:
                self.smalls = self._chain(begin)
            elif name:
                self.names.setdefault(name, (begin, size))

    def _at(self, number: int) -> bytes:
        begin = (number + 1) * self.sector
        piece = self.data[begin : begin + self.sector]
        if not piece:
            raise ValueError("a sector outside")
        return piece.ljust(self.sector, b"\0")

    def _chain(self, number: int) -> bytes:
        pieces: list[bytes] = []
        while number < _END:
            if len(pieces) > self.count:
                raise ValueError("a ring")
            pieces.append(self._at(number))
            number = self.next[number]
        return b"".join(pieces)

    def read(self, name: str) -> bytes:
        """A stream's content."""
        begin, size = self.names[name]
        if size >= self.cutoff:
            return self._chain(begin)[:size]
        pieces: list[bytes] = []
        while begin < _END and len(pieces) <= size // self.small:
            pieces.append(self.smalls[begin * self.small : (begin + 1) * self.small])
            begin = self.next_small[begin]
        return b"".join(pieces)[:size]
