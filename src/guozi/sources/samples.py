"""The sample filings as a reporter would send them: a workbook a company and year, in the layout in which listed companies publish."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import xlsxwriter

from guozi.core.kernel.errors import NotFoundError
from guozi.core.kernel.findings import mark

TITLES = {"balance_sheet": "资产负债表", "income_statement": "利润表", "cash_flow": "现金流量表"}
UNIT = "万元"
_ASIDE = "--"


@dataclass(frozen=True, slots=True)
class Company:
    """A company of the samples  样例企业. `code` is its stock code; `uscc` is made up, with right check characters."""

    code: str
    name: str
    uscc: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A company's statements of one year, as an xlsx of three sheets; `file` is a name for it."""

    company: Company
    year: int
    file: str
    content: bytes


def default_root() -> Path:
    """Where the samples are: `$GUOZI_SAMPLES`, else the checkout's `samples`, else beside the package."""
    named = os.environ.get("GUOZI_SAMPLES")
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent.parent / "samples"
    return checkout if checkout.is_dir() else package / "_samples"


def companies(root: Path | None = None) -> tuple[Company, ...]:
    """All companies, by stock code; NotFoundError where there are no samples."""
    table = (root or default_root()) / "companies.csv"
    if not table.is_file():
        raise NotFoundError(mark("there are no sample filings in {folder}"), folder=str(table.parent))
    with table.open(encoding="utf-8", newline="") as file:
        return tuple(Company(row["code"], row["name"], row["made_up_uscc"]) for row in csv.DictReader(file))


def years(company: Company, root: Path | None = None) -> tuple[int, ...]:
    """The years for which a company has statements, earliest first."""
    head, _ = _table((root or default_root()) / "published" / f"{company.code}.csv")
    return tuple(sorted(head))


def published(root: Path | None = None, codes: Sequence[str] = (), wanted: Sequence[int] = ()) -> Iterator[Sample]:
    """Each company's each year, earliest first; only of those stock codes and years where any are given."""
    base = root or default_root()
    for company in companies(base):
        if codes and company.code not in codes:
            continue
        head, rows = _table(base / "published" / f"{company.code}.csv")
        for year in sorted(head):
            if not wanted or year in wanted:
                content = _workbook(company, year, head.index(year), rows)
                yield Sample(company, year, f"{company.code}-{year}.xlsx", content)


@lru_cache(maxsize=16)
def _table(path: Path) -> tuple[tuple[int, ...], tuple[tuple[str, str, tuple[str, ...]], ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.reader(file)
        head = tuple(int(year) for year in next(table)[2:])
        return head, tuple((row[0], row[1], tuple(row[2:])) for row in table)


def _workbook(company: Company, year: int, index: int, rows: Sequence[tuple[str, str, tuple[str, ...]]]) -> bytes:
    """Three sheets: title, company, date, unit; then 项目 and 金额. What was disclosed empty stands as `--`, as in the exports."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        head, amount = book.add_format({"bold": True, "border": 1}), book.add_format({"num_format": "#,##0"})
        for form, title in TITLES.items():
            sheet = book.add_worksheet(title)
            sheet.set_column(0, 0, 46)
            sheet.set_column(1, 1, 18)
            sheet.write_string(0, 0, f"{company.name} {title}（合并）", head)
            for row, (label, text) in enumerate(
                (
                    ("编制单位", company.name),
                    ("统一社会信用代码", company.uscc),
                    ("报告期", f"{year}-12-31"),
                    ("金额单位", UNIT),
                ),
                1,
            ):
                sheet.write_string(row, 0, label)
                sheet.write_string(row, 1, text)
            sheet.write_string(6, 0, "项目", head)
            sheet.write_string(6, 1, "金额", head)
            names = ((name, values[index]) for kind, name, values in rows if kind == form)
            for row, (name, text) in enumerate(names, 7):
                sheet.write_string(row, 0, name)
                if text and Decimal(text) == Decimal(repr(float(text))):
                    sheet.write_number(row, 1, float(text), amount)
                else:
                    sheet.write_string(row, 1, text or _ASIDE)
    return target.getvalue()
