"""Forms, mappings and files made for the tests of sources: real bytes of each kind, built by hand where no writer exists."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import xlsxwriter

from guozi.core.kernel.asof import Status
from guozi.core.kernel.citation import Citation, Label
from guozi.core.kernel.money import Type, Unit
from guozi.core.reporting.form import Blank, Column, Covers, Form, Item, Layout, Nature, Section
from guozi.core.reporting.mapping import LayoutMapping, MappingRow
from guozi.sources import FileReading, Reading

YUAN = Unit("yuan", Label("元", "Yuan"), Type.MONEY, Decimal(1))
WAN = Unit("wan_yuan", Label("万元", "10 000 yuan"), Type.MONEY, Decimal(10000))
PERCENT = Unit("percent", Label("%", "%"), Type.RATIO, Decimal("0.01"))
HEADS = Unit("persons", Label("人", "Persons"), Type.COUNT, Decimal(1))
CITE = Citation("made-up")
USCC = "91990000X0000898X8"


def item(code: str, zh: str, unit: Unit = YUAN, **more: object) -> Item:
    """A row of a made-up form."""
    return Item(code, Label(zh, code.replace("_", " ").capitalize()), unit, Nature.STOCK, Blank.ZERO, **more)  # type: ignore[arg-type]


def layout() -> Layout:
    """The layout in force in all tests."""
    return Layout(effective=date(2019, 1, 1), issued=date(2019, 4, 30), status=Status.ENACTED, cite=CITE)


CLOSING = Column("closing", Label("期末余额", "Closing balance"), Covers.CLOSING, default=True)
OPENING = Column("opening", Label("年初余额", "Opening balance"), Covers.OPENING)

BALANCE = Form(
    code="balance_sheet",
    number="企财01",
    name=Label("资产负债表", "Balance sheet"),
    unit=YUAN,
    columns=(CLOSING, OPENING),
    sections=(
        Section(
            Label("流动资产：", "Current assets"),
            (
                item("cash", "货币资金"),
                item("notes_receivable", "应收票据"),
                item("accounts_receivable", "应收账款"),
                item("other_receivables", "其他应收款"),
                item("inventories", "存货"),
                item("raw_materials", "其中：原材料", part_of="inventories"),
                item("contract_assets", "☆合同资产"),
                item("current_assets", "流动资产合计", total="sum(section)"),
            ),
        ),
        Section(
            Label("所有者权益：", "Equity"),
            (
                item("paid_in_capital", "实收资本（或股本）"),
                item("treasury_shares", "减：库存股", minus=True),
                item("total_equity", "所有者权益（或股东权益）合计", total="sum(section)"),
            ),
        ),
    ),
    layouts=(layout(),),
)
INCOME = Form(
    code="income_statement",
    number="企财02",
    name=Label("利润表", "Income statement"),
    unit=YUAN,
    columns=(
        Column("ytd", Label("本期金额", "This period"), Covers.YTD, default=True),
        Column("prior_ytd", Label("上期金额", "Prior period"), Covers.PRIOR_YTD),
    ),
    sections=(
        Section(
            None,
            (
                item("revenue", "一、营业收入"),
                item("cost", "减：营业成本"),
                item("other_cost", "其他"),
                item("operating_profit", "二、营业利润（亏损以“－”号填列）"),
                item("other_gains", "5.其他"),
                item("share_of_group", "集团占比", PERCENT),
                item("staff", "从业人数", HEADS),
            ),
        ),
    ),
    layouts=(layout(),),
)
FORMS = {form.code: (form, layout()) for form in (BALANCE, INCOME)}

MAPPING = LayoutMapping(
    code="published_balance_sheet",
    name=Label("公开披露资产负债表", "Published balance sheet"),
    form="balance_sheet",
    unit=WAN,
    name_in="item",
    columns={"closing": "amount"},
    rows=(
        MappingRow("货币资金", "cash"),
        MappingRow("其他应收款", "other_receivables"),
        MappingRow("应收利息", "other_receivables"),
        MappingRow("应收股利", "other_receivables", until=date(2018, 12, 31)),
        MappingRow("坏账准备", "other_receivables", sign=-1),
        MappingRow("存货", "inventories"),
        MappingRow("减:库存股", "treasury_shares"),
    ),
)


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = (), merged: Mapping[str, Sequence[tuple[int, int, int, int, str]]] | None = None) -> bytes:  # fmt: skip
    """A workbook as a spreadsheet program writes it. A text that begins with `=` is a formula; `=x→v` one with the stored result v."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, content in enumerate(cells):
                    if isinstance(content, str) and content.startswith("="):
                        formula, arrow, result = content.partition("→")
                        sheet.write_formula(row, column, formula, None, result if arrow else "")
                    elif isinstance(content, date):
                        sheet.write_datetime(row, column, content, day)
                    elif isinstance(content, str):
                        sheet.write_string(row, column, content)
                    elif content is not None:
                        sheet.write(row, column, content)
            for area in (merged or {}).get(name, ()):
                sheet.merge_range(*area)
            if name in hidden:
                sheet.hide()
    return target.getvalue()


def balance(*rows: tuple[object, ...], heads: Sequence[object] = ("项目", "行次", "期末余额", "年初余额"), cover: Sequence[Sequence[object]] = ()) -> list[list[object]]:  # fmt: skip
    """The rows of a balance sheet as an accountant's own spreadsheet has them."""
    return [["资产负债表"], *map(list, cover), list(heads), *map(list, rows)]


def only(found: FileReading) -> Reading:
    """The one reading of a file."""
    (reading,) = found.readings
    return reading


def codes(found: FileReading) -> set[str]:
    """The codes of all findings."""
    return {finding.code for finding in found.all_findings()}


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A package with one part put in or replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        new.writestr(name, content)
    return target.getvalue()


def part(data: bytes, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def lying_bomb(unpacked: int, told: int) -> bytes:
    """A workbook with a part that unpacks to `unpacked` zeros while its directory says `told`."""
    data = bytearray(with_part(xlsx({"a": [["x"]]}), "xl/worksheets/sheet9.xml", b"\0" * unpacked))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark)
        while at >= 0:
            if struct.unpack_from("<I", data, at + offset)[0] == unpacked:
                struct.pack_into("<I", data, at + offset, told)
                struct.pack_into("<I", data, at + offset - 8, zlib.crc32(b"\0" * told))
            at = data.find(mark, at + 4)
    return bytes(data)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (MS-CFB, version 3) with these streams, each at least 4096 bytes long so that no small sectors are needed."""
    sector, end, free, table_mark = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    bodies = {
        name: content.ljust(max(4096, -(-len(content) // sector) * sector), b"\0") for name, content in streams.items()
    }
    chains: list[int] = []
    starts: dict[str, int] = {}
    directory_sectors = -(-(1 + len(bodies)) // 4)
    chains += [*range(1, directory_sectors), end]
    for name, body in bodies.items():
        starts[name] = len(chains)
        count = len(body) // sector
        chains += [*range(len(chains) + 1, len(chains) + count), end]
    tables = 1
    while tables * 128 < len(chains) + tables:
        tables += 1
    first_table = len(chains)
    chains += [table_mark] * tables
    chains += [free] * (tables * 128 - len(chains))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, tables, 0, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", *[first_table + n if n < tables else free for n in range(109)])

    def entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
        wide = name.encode("utf-16-le") + b"\0\0"
        return (
            wide.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(wide), kind, 1, free, right, child)
            + b"\0" * 36
            + struct.pack("<III", start, size, 0)
        )

    directory = entry("Root Entry", 5, 1, free, end, 0)
    for index, (name, body) in enumerate(bodies.items(), start=1):
        size = len(body) if len(streams[name]) < 4096 else len(streams[name])
        directory += entry(name, 2, free, index + 1 if index < len(bodies) else free, starts[name], size)
    directory = directory.ljust(directory_sectors * sector, b"\0")
    return header + directory + b"".join(bodies.values()) + struct.pack(f"<{len(chains)}I", *chains)


def xls(name: str, cells: Mapping[tuple[int, int], object], extra: bytes = b"") -> bytes:
    """An xls of one sheet (BIFF8): texts, numbers, and errors given as `("error", code)`. `extra` are records before the sheet's list."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    wide = name.encode("utf-16-le")
    begin = (
        record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0x7CC, 0, 6)) + record(0x42, struct.pack("<H", 1200)) + extra
    )
    sheet_list = 4 + 8 + len(wide)
    at = len(begin) + sheet_list + 4
    head = begin + record(0x85, struct.pack("<IHBB", at, 0, len(name), 1) + wide) + record(0x0A, b"")
    body = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0x7CC, 0, 6))
    for (row, column), content in cells.items():
        where = struct.pack("<HHH", row, column, 0)
        if isinstance(content, str):
            body += record(0x204, where + struct.pack("<HB", len(content), 1) + content.encode("utf-16-le"))
        elif isinstance(content, tuple):
            body += record(0x205, where + struct.pack("<BB", content[1], 1))
        else:
            body += record(0x203, where + struct.pack("<d", content))
    return compound({"Workbook": head + body + record(0x0A, b"")})


def ods(name: str, rows: str) -> bytes:
    """An ods of one sheet with these table rows, as XML."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
        f' office:version="1.2"><office:body><office:spreadsheet><table:table table:name="{name}">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content)
    return target.getvalue()
