"""Loading: what is right gives no finding, what is wrong is told in its own file only, and the same files give the same library."""

from pathlib import Path

import pytest

from guozi.core.kernel.errors import NotFoundError, RefusedError, UnavailableError
from guozi.packs import default_root, load, load_files, picture, read_files
from tests.packs.small import GOOD, edited, files, load_small


def codes(changed: dict[str, bytes]) -> list[str]:
    return [finding.code for finding in load_small(changed).findings]


def test_the_small_pack_has_no_finding() -> None:
    assert load_small().findings == ()
    assert load_small().demand_sound().forms["sheet"].number == "简01"


@pytest.mark.parametrize("path", sorted(files()))
@pytest.mark.parametrize("content", [b"a: b: c\n", b"name: {zh: \xe7\x94\xb2}\n", b"\xff\xfe", b"- 1\n"])
def test_a_faulty_file_is_told_in_that_file_only(path: str, content: bytes) -> None:
    found = load_small({path: content}).findings
    assert found
    assert {finding.place.file for finding in found} == {path}


def test_a_faulty_library_is_refused_with_its_findings() -> None:
    library = load_small(edited("mini/indicators/debt_ratio.yaml", "direction", "directon"))
    with pytest.raises(RefusedError) as refused:
        library.demand_sound()
    assert [finding.code for finding in refused.value.findings] == ["pack.unknown-key"]


def test_files_written_with_other_line_ends_or_a_byte_order_mark_are_read_alike() -> None:
    others = {path: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") for path, data in files().items()}
    assert load_files(others, ("mini",)).findings == ()


def test_gbk_is_named() -> None:
    text = files()["mini/sources/law-1.yaml"].decode().encode("gbk")
    (finding,) = load_small({"mini/sources/law-1.yaml": text}).findings
    assert finding.code == "pack.not-utf-8"
    assert picture(finding) == (
        "mini/sources/law-1.yaml:1:1: this file is not UTF-8\n    it looks like GBK: save it as UTF-8"
    )


def test_a_huge_file_is_not_read() -> None:
    assert codes({"mini/sources/law-1.yaml": b"#" * 2_000_001}) == ["pack.too-large"]
    assert codes({"mini/mappings/published.csv": b"#" * 2_000_001}) == ["pack.too-large"]


def test_a_control_character_is_told() -> None:
    assert codes({"mini/sources/law-1.yaml": b"title: \x01\n"}) == ["pack.character"]


def test_laughing_a_billion_times_is_refused_in_a_moment() -> None:
    laughs = b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 120))
    assert set(codes({"mini/sources/law-1.yaml": laughs})) >= {"pack.anchor", "pack.alias"}


def test_a_key_that_is_a_list_is_told() -> None:
    assert "pack.key" in codes({"mini/sources/law-1.yaml": b"? [a, b]\n: c\n"})


def test_a_bracket_in_a_text_needs_no_quotes_and_a_colon_does() -> None:
    assert codes(edited("mini/sources/law-1.yaml", "number: ", "number: (a) [b] ")) == []


def test_a_pack_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        load(GOOD, ("maxi",))


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        load(tmp_path / "nowhere")


def test_a_pack_without_its_own_file_is_told() -> None:
    without = {path: data for path, data in files().items() if path != "mini/pack.yaml"}
    assert [finding.code for finding in load_files(without, ("mini",)).findings] == ["pack.no-pack-file"]


def test_packs_that_build_on_each_other_are_told() -> None:
    pack = files()["mini/pack.yaml"]
    changed = {
        "mini/pack.yaml": pack + b"builds_on: maxi\nprefix: a_\n",
        "maxi/pack.yaml": pack + b"builds_on: mini\nprefix: b_\n",
    }
    assert "pack.pack-circle" in codes(changed)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("secret: 1")
    root = tmp_path / "packs"
    root.mkdir()
    (root / "link.yaml").symlink_to(outside)
    assert read_files(root) == {}


def test_the_root_may_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUOZI_PACKS", str(GOOD))
    assert default_root() == GOOD
    monkeypatch.delenv("GUOZI_PACKS")
    assert (default_root() / "vocabulary.yaml").is_file()


def test_objects_hold_all_that_loads_the_library_again() -> None:
    library = load_small()
    kept = {path: data for each in library.objects() for path, data in each.files.items()}
    again = load_files(kept, ("mini",))
    assert again.findings == ()
    assert again.objects() == library.objects()
    mapping = next(each for each in library.objects() if each.kind == "mapping")
    assert sorted(mapping.files) == ["mini/mappings/published.csv", "mini/mappings/published.yaml"]


def test_an_object_is_another_one_when_its_table_changes() -> None:
    before = {each.path: each.sha256 for each in load_small().objects()}
    after = {
        each.path: each.sha256
        for each in load_small(edited("mini/mappings/published.csv", "cash,+", "cash,-")).objects()
    }
    assert [path for path in before if before[path] != after[path]] == ["mini/mappings/published.yaml"]


def test_a_mapping_reads_its_table() -> None:
    mapping = load_small().mappings["published"]
    assert [(row.item, row.code, row.sign) for row in mapping.rows][1:3] == [
        ("存货,净额", "inventories", 1),
        ("应收款", "", 1),
    ]
    assert mapping.columns == {"closing": "amount"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("parts: at_most}", "total: sum(section), parts: at_most}", None),
        ("raw_materials: {zh: 原材料, en: Raw materials, part_of: inventories}", "", "pack.no-parts"),
        ("en: Cash}", "en: Cash, check: B9}", "pack.idle-check"),
        ("total: sum(section), check: B1}", "total: sum(section), check: B1}\n  - rows:\n      nothing: {zh: 无, en: None, total: sum(section)}", "pack.empty-sum"),
        ("covers: opening, otherwise: year_ago(closing)}", "covers: opening, default: true}", "pack.defaults"),
        ("otherwise: year_ago(closing)", "otherwise: year_ago(cash)", "pack.otherwise"),
    ],
)  # fmt: skip
def test_rows_that_contradict_each_other_are_told(old: str, new: str, code: str | None) -> None:
    found = codes(edited("mini/reporting/sheet.yaml", old, new))
    assert (code in found) if code else ("pack.empty-sum" not in found)


def test_a_form_between_forms_must_exist() -> None:
    assert "pack.no-form" in codes(edited("mini/reporting/checks/growth.yaml", "[sheet]", "[shet]"))


def test_words_are_added_to_open_sets_only() -> None:
    added = "sets:\n  {0}:\n    words: {{{1}: {{zh: 新, en: New}}}}\n"
    assert codes({"mini/vocabulary.yaml": added.format("debt_class", "trade").encode()}) == []
    assert codes({"mini/vocabulary.yaml": added.format("level", "blue").encode()}) == ["pack.closed-set"]
    assert codes({"mini/vocabulary.yaml": added.format("debt_class", "research").encode()}) == ["pack.word-twice"]


def test_a_row_of_a_table_must_be_able_to_hold() -> None:
    line = "total_assets,+,2020-01-01,2019-01-01,"
    assert codes(edited("mini/mappings/published.csv", "total_assets,+,,,", line)) == ["pack.never"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("item,item,sign,since,until,note", "pack.column-twice"),
        ("code,sign,since,until,note", "pack.missing-column"),
    ],
)
def test_a_table_has_each_column_once(header: str, code: str) -> None:
    assert codes(edited("mini/mappings/published.csv", "item,code,sign,since,until,note", header)) == [code]


def test_a_table_that_nobody_declares_is_told() -> None:
    assert codes({"mini/mappings/other.csv": b"item\n"}) == ["pack.idle-table"]


def test_a_single_value_takes_no_words() -> None:
    changed = edited("mini/parameters/floor.yaml", "3000万元", "{industrial: 1元}")
    assert codes(changed) == ["pack.unkeyed"]


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("tests/indicators/debt_ratio.yaml", "expect: 60%", "", "pack.outcome"),
        ("tests/indicators/debt_ratio.yaml", "period: 2020\n", "", "pack.no-period"),
        ("tests/indicators/debt_ratio.yaml", "period: 2020", "period: 2020-13", "pack.period"),
        ("tests/warning/debt_line.yaml", "{debt_class: industrial}", "{debt_clas: industrial}", "pack.no-attribute"),
    ],
)
def test_a_case_that_says_too_little_is_told(path: str, old: str, new: str, code: str) -> None:
    assert code in codes(edited(f"mini/{path}", old, new))
