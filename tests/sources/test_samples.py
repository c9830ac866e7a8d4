"""The published statements come in through the reporter's door, and no figure is lost on the way."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import cache

from stdnum.cn import uscc

from guozi import packs
from guozi.core.kernel.asof import AsOf
from guozi.core.kernel.period import Period
from guozi.sources import Expected, FileReading, read_filing, samples


@cache
def library() -> packs.Library:
    loaded = packs.load(packs.default_root())
    assert isinstance(loaded, packs.Library)
    return loaded


def read(sample: samples.Sample) -> FileReading:
    """A sample read by the pack's own mappings."""
    book = library().rulebook(AsOf(date(sample.year, 12, 31), date(2026, 1, 1)))
    expected = Expected(entity=sample.company.uscc, period=Period(sample.year))
    return read_filing(sample.content, sample.file, book.forms, list(library().mappings.values()), expected=expected)


def test_every_made_up_code_has_right_check_characters_and_a_region_that_does_not_exist() -> None:
    found = samples.companies()
    assert len({company.uscc for company in found}) == 10
    assert all(uscc.is_valid(company.uscc) and company.uscc.startswith("91990000") for company in found)


def test_the_samples_are_137_company_years_of_ten_companies_and_18756_figures() -> None:
    assert sum(len(samples.years(company)) for company in samples.companies()) == 137
    figures = 0
    for company in samples.companies():
        with (samples.default_root() / "published" / f"{company.code}.csv").open(encoding="utf-8", newline="") as file:
            figures += sum(1 for row in list(csv.reader(file))[1:] for text in row[2:] if text)
    assert figures == 18_756


def test_each_figure_of_one_company_is_in_a_cell_or_on_a_list() -> None:
    for sample in samples.published(codes=["000898"]):
        found = read(sample)
        assert {reading.form for reading in found.readings} == {"balance_sheet", "income_statement", "cash_flow"}
        assert not [finding for finding in found.all_findings() if finding.severity == "error"]
        with (samples.default_root() / "published" / "000898.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        year = rows[0].index(str(sample.year))
        filed = sum(1 for row in rows[1:] if row[year])
        used = sum(len(origin.replace("-B", "+B").split("!")[1].split("+B")) for reading in found.readings for row in reading.origins.values() for origin in row.values())  # fmt: skip
        assert used + sum(len(reading.unmapped) for reading in found.readings) == filed


def test_the_balance_sheet_of_2018_is_read_to_the_figure_with_its_place() -> None:
    (sample,) = samples.published(codes=["000898"], wanted=[2018])
    balance = next(reading for reading in read(sample).readings if reading.form == "balance_sheet")
    assert balance.unit.code == "wan_yuan"
    assert Decimal(balance.cells["cash"]["closing"]) == 215_400
    assert balance.origins["cash"]["closing"] == "资产负债表!B8"
    assert ("cash", "opening") not in balance.offered
