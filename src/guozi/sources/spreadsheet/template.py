"""Writes our forms as xlsx: the template that reporters fill in, empty or filled, one sheet a form, printable on A4."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from guozi.core.kernel.money import Type, Unit
from guozi.core.reporting.form import Form, Item, Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One sheet to write: a form in a layout, what its cover says, and the cells if it is to be filled.

    `cover` may hold entity, entity_name, period, report_type, currency; `unit` is the filing's unit of money (default: the form's).
    """

    form: Form
    layout: Layout
    cover: Mapping[str, str] = field(default_factory=dict)
    unit: Unit | None = None
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_COVER = (
    ("entity_name", "编制单位", "Enterprise"),
    ("entity", "统一社会信用代码", "USCC"),
    ("period", "报告期", "Period"),
    ("report_type", "报表类型", "Report type"),
    ("unit", "金额单位", "Unit"),
    ("currency", "币种", "Currency"),
    ("form", "表样代码", "Form code"),
    ("layout", "表样版本", "Layout of"),
)
_HEADS = {"line": ("行次", "Line"), "item": ("项目", "Item"), "code": ("代码", "Code")}
_HEAD_ROW = len(_COVER) + 1
_SAFE_DIGITS = 15  # a spreadsheet program keeps no more of a number; a longer amount is written as text


def write_template(blocks: Sequence[Block], language: str = "zh") -> bytes:
    """The workbook, a sheet for each block in order. What `read_filing` reads from it equals in value what was written."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        writer = _Writer(book, 0 if language.startswith("zh") else 1)
        for block in blocks:
            writer.sheet(block)
    return target.getvalue()


class _Writer:
    """The workbook's formats, made once, and the sheets written with them."""

    def __init__(self, book: xlsxwriter.Workbook, language: int) -> None:
        self.book, self.language = book, language
        grey = "#8a8f98"
        edge = {"border": 1, "border_color": "#d0d4da"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.label = book.add_format({"font_color": grey})
        self.text = book.add_format({"num_format": "@", "align": "left"})
        self.head = book.add_format({"bold": True, "align": "center", "bg_color": "#f2f4f7", "text_wrap": True} | edge)
        self.section = book.add_format({"bold": True} | edge)
        self.line = book.add_format({"align": "center", "font_color": grey} | edge)
        self.code = book.add_format({"font_size": 8, "font_color": grey} | edge)
        self.names = {
            (level, bold): book.add_format({"indent": level, "bold": bold, "text_wrap": True} | edge)
            for level in range(8)
            for bold in (False, True)
        }
        self.kinds = {
            "cents": book.add_format({"num_format": "#,##0.00"} | edge),
            "fine": book.add_format({"num_format": "#,##0.######"} | edge),
            "count": book.add_format({"num_format": "#,##0"} | edge),
            "ratio": book.add_format({"num_format": "0.00######"} | edge),
            "text": book.add_format({"num_format": "@"} | edge),
        }

    def sheet(self, block: Block) -> None:
        """One form: cover, heads, rows, and how it prints."""
        form = block.form
        unit = block.unit or form.unit
        sheet = self.book.add_worksheet(_sheet_name(self._say(form.name.zh, form.name.en)))
        last = 2 + len(form.columns)
        sheet.write_string(0, 0, f"{self._say(form.name.zh, form.name.en)}  {form.number}".strip(), self.title)
        cover = {"form": form.code, "layout": block.layout.effective.isoformat(), "unit": self._say(unit.name.zh, unit.name.en)} | dict(block.cover)  # fmt: skip
        for row, (name, zh, en) in enumerate(_COVER, start=1):
            sheet.write_string(row, 0, self._say(zh, en), self.label)
            sheet.write_string(row, 1, cover.get(name, ""), self.text)
        heads = [_HEADS["item"], _HEADS["line"], *((c.name.zh, c.name.en) for c in form.columns), _HEADS["code"]]
        for column, texts in enumerate(heads):
            sheet.write_string(_HEAD_ROW, column, texts[self.language], self.head)
        row = _HEAD_ROW + 1
        number = 0
        for section in form.sections:
            items = [item for item in section.items if item.in_layout(block.layout.effective)]
            if not items:
                continue
            if section.title is not None:
                sheet.write_string(row, 0, self._say(section.title.zh, section.title.en), self.section)
                for column in range(1, last + 1):
                    sheet.write_blank(row, column, None, self.section)
                row += 1
            for item in items:
                number += 1
                self._row(sheet, row, item, item.line or number, block, unit)
                row += 1
        sheet.set_column(0, 0, 46)
        sheet.set_column(1, 1, 6)
        sheet.set_column(2, last - 1, 20)
        sheet.set_column(last, last, 14)
        sheet.freeze_panes(_HEAD_ROW + 1, 1)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        sheet.print_area(0, 0, max(row - 1, _HEAD_ROW), last)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C&P / &N")

    def _row(self, sheet: Worksheet, row: int, item: Item, line: int, block: Block, unit: Unit) -> None:
        level = min(7, max(item.level, 1 if item.part_of else 0))
        sheet.write_string(row, 0, self._say(item.name.zh, item.name.en), self.names[(level, bool(item.total))])
        sheet.write_number(row, 1, line, self.line)
        kind = _kind(item, unit)
        filled = block.cells.get(item.code, {})
        for column, head in enumerate(block.form.columns, start=2):
            text = filled.get(head.code)
            if text is None:
                sheet.write_blank(row, column, None, self.kinds[kind])
            elif kind != "text" and _fits_a_number(text):
                sheet.write_number(row, column, float(text), self.kinds[kind])
            else:
                sheet.write_string(row, column, text, self.kinds["text"])
        sheet.write_string(row, 2 + len(block.form.columns), item.code, self.code)

    def _say(self, zh: str, en: str) -> str:
        return (zh, en)[self.language]


def _kind(item: Item, money: Unit) -> str:
    """The number format by the item's type; money in a unit above yuan may have decimals down to the cent."""
    if item.unit.type is Type.MONEY:
        return "cents" if money.scale == 1 else "fine"
    if item.unit.type in (Type.TEXT, Type.DATE):
        return "text"
    return "count" if item.unit.type is Type.COUNT else "ratio"


def _fits_a_number(text: str) -> bool:
    """True where a binary fraction gives the same decimal back."""
    value = Decimal(text)
    return len(value.as_tuple().digits) <= _SAFE_DIGITS and Decimal(repr(float(text))) == value


def _sheet_name(text: str) -> str:
    """Within what spreadsheet programs allow: 31 characters, none of []:*?/\\ ."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in text)[:31]
