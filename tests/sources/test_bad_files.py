"""A file that cannot be read gets one clear answer, quickly, whatever it is called."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from guozi.sources import FileReading, Limits, read_filing
from tests.sources.made import FORMS, balance, codes, compound, lying_bomb, ods, only, part, with_part, xls, xlsx

GOOD = xlsx({"资产负债表": balance(("货币资金", 1, 5, 6))})


def refused(data: bytes, name: str = "报表.xlsx", limits: Limits = Limits()) -> tuple[str, str]:  # noqa: B008
    """The one error of a file that is refused, within two seconds."""
    begin = time.monotonic()
    found = read_filing(data, name, FORMS, limits=limits)
    assert time.monotonic() - begin < 2
    assert found.readings == ()
    (finding,) = found.findings
    assert finding.severity == "error"
    return finding.code, finding.text()


def test_an_empty_file_is_said_to_be_empty() -> None:
    assert refused(b"") == ("source.empty-file", "the file is empty")
    assert refused(b" \r\n ")[0] == "source.empty-file"


def test_a_workbook_without_content_is_said_to_have_none() -> None:
    assert refused(xlsx({"Sheet1": []}))[0] == "source.no-content"


def test_a_huge_file_is_refused_by_its_size_alone() -> None:
    code, text = refused(b"PK\x03\x04" + b"\0" * 100_000_000)
    assert code == "source.too-large-file"
    assert "at most 20 MB" in text
    assert refused(b"\0" * 100_000_000)[0] == "source.too-large-file"
    assert refused(b"1," * 50_000_000, "a.csv")[0] == "source.too-large-file"
    assert refused(b"[" * 30_000_000, "a.json")[0] == "source.too-large-file"


def test_an_encrypted_workbook_is_said_to_be_encrypted() -> None:
    data = compound({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"\x10" * 5000})
    code, text = refused(data)
    assert code == "source.encrypted"
    assert "password" in text


def test_an_encrypted_xls_is_said_to_be_encrypted() -> None:
    locked = xls("资产负债表", {(0, 0): "项目"}, extra=b"\x2f\x00\x06\x00" + b"\0\0" * 3)
    assert refused(locked, "a.xls")[0] == "source.encrypted"


def test_an_encrypted_zip_is_said_to_be_encrypted() -> None:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    assert refused(bytes(data))[0] == "source.encrypted"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "a web page"),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "an XML document"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a picture"),
        (b"\x00\x01\x02\x03", "of a kind that is not known here"),
    ],
)
def test_a_renamed_file_is_called_what_it_is(data: bytes, what: str) -> None:
    code, text = refused(data)
    assert code == "source.not-a-spreadsheet"
    assert what in text


def test_another_kind_of_package_is_called_what_it_is() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "Word" in refused(target.getvalue())[1]
    assert refused(compound({"WordDocument": b"x"}))[0] == "source.not-a-spreadsheet"
    binary = with_part(GOOD, "xl/workbook.bin", b"\x83\x01")
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(binary)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            if entry != "xl/workbook.xml":
                new.writestr(entry, old.read(entry))
    assert "xlsb" in refused(target.getvalue())[1]


@pytest.mark.parametrize("cut", [10, 200, 1000, len(GOOD) - 30])
def test_a_cut_off_zip_is_said_to_be_damaged(cut: int) -> None:
    assert refused(GOOD[:cut])[0] == "source.corrupt"


def test_a_part_with_a_wrong_check_sum_is_said_to_be_damaged() -> None:
    data = bytearray(GOOD)
    at = GOOD.find(b"PK\x03\x04")
    data[at + 30 + 25] ^= 0xFF
    assert refused(bytes(data))[0] == "source.corrupt"


def test_a_package_with_a_broken_sheet_is_said_to_be_damaged() -> None:
    assert refused(with_part(GOOD, "xl/workbook.xml", b"<workbook"))[0] == "source.corrupt"


def test_a_cut_off_xls_is_said_to_be_damaged() -> None:
    data = xls("资产负债表", {(0, 0): "项目"})
    assert refused(data[:600], "a.xls")[0] == "source.corrupt"
    assert refused(data[:80], "a.xls")[0] == "source.corrupt"


def test_a_ring_of_sectors_in_a_compound_file_ends() -> None:
    data = bytearray(xls("资产负债表", {(0, 0): "项目"}))
    table = 512 * (1 + int.from_bytes(data[76:80], "little"))
    for sector in range(8):
        data[table + 4 * sector : table + 4 * sector + 4] = sector.to_bytes(4, "little")
    assert refused(bytes(data), "a.xls")[0] in ("source.corrupt", "source.not-a-spreadsheet")


def test_an_xls_that_tells_of_more_texts_than_memory_holds_does_no_harm() -> None:
    table = b"\xfc\x00\x08\x00" + b"\xff\xff\xff\x7f" * 2
    assert refused(xls("资产负债表", {(0, 0): "项目"}, extra=table), "a.xls")[0] in (
        "source.corrupt",
        "source.no-heads",
    )


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    bomb = with_part(GOOD, "xl/media/a.xml", b"\0" * 200_000_000)
    assert len(bomb) < 300_000
    code, text = refused(bomb)
    assert code == "source.zip-bomb"
    assert "64 MB" in text


def test_a_zip_bomb_that_lies_about_its_size_is_refused_all_the_same() -> None:
    assert refused(lying_bomb(100_000_000, told=1000))[0] in ("source.zip-bomb", "source.corrupt")


def test_a_package_of_too_many_parts_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}", "")
    assert refused(target.getvalue())[0] == "source.too-many-parts"


def test_a_cell_at_the_far_end_of_a_sheet_is_refused_before_the_sheet_is_laid_out() -> None:
    sheet = part(GOOD, "xl/worksheets/sheet1.xml")
    for far in (
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r = '1048576'><c r='xfd1048576'><v>1</v></c></row>",
    ):
        bad = with_part(GOOD, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", far + b"</sheetData>"))
        code, text = refused(bad)
        assert code == "source.too-large-sheet"
        assert "1048576" in text


def test_a_far_cell_in_a_sheet_under_an_unusual_part_name_is_refused_too() -> None:
    sheet = part(GOOD, "xl/worksheets/sheet1.xml").replace(b'r="A3"', b'r="XFD1048576"')
    moved = with_part(with_part(GOOD, "xl/odd.bin", sheet), "xl/_rels/workbook.xml.rels", part(GOOD, "xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"odd.bin"))  # fmt: skip
    assert refused(moved)[0] == "source.too-large-sheet"


def test_a_far_cell_in_an_xls_is_refused() -> None:
    limits = Limits(cells=100_000)
    assert (
        refused(xls("资产负债表", {(0, 0): "项目", (65535, 255): 1.0}), "a.xls", limits)[0] == "source.too-large-sheet"
    )


def test_a_cell_repeated_without_end_in_an_ods_is_refused() -> None:
    row = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
    assert refused(ods("资产负债表", row), "a.ods")[0] == "source.too-large-sheet"


def test_a_part_that_declares_entities_is_refused() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst xmlns="x"/>'
    assert refused(with_part(GOOD, "xl/sharedStrings.xml", evil))[0] == "source.strange-file"


def test_a_workbook_of_too_many_sheets_is_refused() -> None:
    assert refused(xlsx({f"s{n}": [[n]] for n in range(12)}), limits=Limits(sheets=10))[0] == "source.too-many-sheets"


def test_reading_is_given_up_when_its_time_is_over() -> None:
    assert refused(GOOD, limits=Limits(seconds=-1))[0] == "source.too-slow"


def test_a_table_wider_or_longer_than_any_form_is_refused() -> None:
    assert refused(b"a," * 5000, "a.csv")[0] == "source.too-large-sheet"
    assert refused(b"a\n" * 200_000, "a.csv")[0] == "source.too-large-sheet"


def test_the_largest_sheet_that_is_read_is_read_in_time() -> None:
    rows: list[list[object]] = balance(("货币资金", 1, 5, 6))
    rows += [[f"注 {number}", number, 1, 2] for number in range(50_000)]
    data = xlsx({"资产负债表": rows})
    begin = time.monotonic()
    found = read_filing(data, "a.xlsx", FORMS)
    assert time.monotonic() - begin < Limits().seconds
    assert len(only(found).unmapped) == 100_000


def test_a_csv_named_xlsx_is_read_and_said_to_be_a_csv() -> None:
    found = read_filing("资产负债表\n项目,期末余额\n货币资金,5\n".encode(), "报表.xlsx", FORMS)
    assert only(found).cells == {"cash": {"closing": "5"}}
    assert "source.renamed" in codes(found)


def test_an_xlsx_named_csv_is_read_and_said_to_be_an_xlsx() -> None:
    found = read_filing(GOOD, "报表.csv", FORMS)
    assert only(found).cells["cash"] == {"closing": "5", "opening": "6"}
    assert "source.renamed" in codes(found)


def test_a_workbook_with_macros_is_read_as_data_and_said() -> None:
    found = read_filing(with_part(GOOD, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "报表.xlsm", FORMS)
    assert only(found).cells["cash"] == {"closing": "5", "opening": "6"}
    assert "source.macros" in codes(found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([GOOD, xls("资产负债表", {(0, 0): "项目", (1, 1): 5.0}), ods("资产负债表", "<table:table-row/>")]),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=12),
)
def test_no_damage_raises(data: bytes, hits: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for at, value in hits:
        damaged[at % len(damaged)] = value
    assert isinstance(read_filing(bytes(damaged), "a.xlsx", FORMS), FileReading)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(read_filing(data, "a", FORMS), FileReading)
