"""The contract of docs/reference/cli.md: shapes of the documents, exit codes, unknown with its reason, whose rights count."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Instance

COMPANY, YEAR = "000898", "2017"
WHERE = ("--entity", COMPANY, "--period", YEAR, "--json")


def test_a_value_is_text_with_its_unit(guozi: Instance) -> None:
    done = guozi("value", "total_assets", *WHERE)
    assert done.code == 0
    assert {"id", "entity", "period", "value", "unit", "unknown"} == set(done.document)
    assert (done.document["value"], done.document["unit"], done.document["unknown"]) == ("89204000000.00", "yuan", None)


def test_what_is_unknown_is_null_with_its_reason(guozi: Instance) -> None:
    done = guozi("value", "total_assets", "--entity", COMPANY, "--period", "1999", "--json")
    assert done.code == 0
    assert (done.document["value"], done.document["unknown"]) == (None, "not-filed balance_sheet 1999")


def test_an_explanation_leads_to_the_cell_in_the_file(guozi: Instance) -> None:
    document = guozi("explain", "debt_ratio", *WHERE).document
    assert {"id", "value", "unknown", "formula", "cite", "operands", "cells"} <= set(document)
    cells = {cell["item"]: cell for cell in document["cells"]}
    assert {"form", "item", "column", "value", "filing", "version", "by", "at", "origin"} <= set(cells["total_assets"])
    assert "!" in cells["total_assets"]["origin"]
    ratio = Decimal(cells["total_liabilities"]["value"]) / Decimal(cells["total_assets"]["value"])
    assert abs(ratio - Decimal(document["value"])) < Decimal("1e-8")


def test_a_formula_can_be_tried(guozi: Instance) -> None:
    done = guozi("check", "total_assets - total_liabilities = total_equity", *WHERE)
    assert (done.code, done.document) == (0, {"value": True, "unknown": None, "type": "truth"})
    wrong = guozi("check", "total_assets +", *WHERE)
    assert (wrong.code, wrong.document["error"]) == (2, "not-found")


def test_many_values_as_files_that_say_the_same(guozi: Instance, tmp_path: Path) -> None:
    import csv

    import openpyxl
    import pyarrow.parquet as pq

    files = [tmp_path / f"values{ending}" for ending in (".csv", ".xlsx", ".parquet")]
    for file in files:
        assert guozi("values", "total_assets", "debt_ratio", "--period", YEAR, "--out", str(file)).code == 0
    with files[0].open(encoding="utf-8-sig", newline="") as source:
        said = {row["entity"]: Decimal(row["total_assets"]) for row in csv.DictReader(source)}
    assert len(said) > 5
    head, *rows = openpyxl.load_workbook(files[1]).active.iter_rows(values_only=True)
    at = head.index("total_assets")
    assert {row[0]: Decimal(str(row[at])) for row in rows} == said
    table = pq.read_table(files[2]).to_pylist()
    assert {row["entity"]: row["total_assets"] for row in table} == said
    wrong = guozi("values", "total_assets", "--period", YEAR, "--out", str(tmp_path / "values.doc"))
    assert (wrong.code, wrong.out) == (2, "")


def test_the_facts_are_what_the_filings_say(guozi: Instance) -> None:
    done = guozi("facts", "verify", YEAR, "--json")
    assert done.code == 0
    assert (done.document["partitions"], done.document["rows"], done.document["equal"]) == (3, 30, True)


def test_engines_agree_with_the_judge(guozi: Instance) -> None:
    done = guozi("engine", "compare", "--period", YEAR, "--json")
    assert (done.code, done.document["differences"]) == (0, [])
    assert done.document["cells"] > 500


def test_a_close_can_be_run_again(guozi: Instance) -> None:
    done = guozi("close", "2016", "--json")
    assert done.code in (0, 1)
    assert {"period", "entities", "stages", "findings"} == set(done.document)
    assert [stage["name"] for stage in done.document["stages"]] == ["facts", "checks", "indicators", "signals"]
    assert done.code == (1 if set(done.document["findings"]) - {"not_evaluated"} else 0)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("value", "total_assets", "--entity", "nobody", "--period", YEAR), 2),
        (("value", "total_assets", "--entity", COMPANY, "--period", "2017-13"), 2),
        (("value", "no_such_item", "--entity", COMPANY, "--period", YEAR), 2),
        (("value", "total_assets", "--entity", COMPANY, "--period", YEAR, "--known", "yesterday"), 2),
        (("value", "total_assets", "--entity", COMPANY, "--period", YEAR, "--as", "stranger"), 2),
        (("facts", "verify", "soon"), 2),
        (("filing", "accept", COMPANY, "balance_sheet", YEAR), 2),  # accepted already
        (("values", "total_assets", "--period", YEAR, "--out", "/nowhere/values.csv"), 3),
    ],
)
def test_what_is_used_wrongly_is_said_in_words_with_its_code(
    guozi: Instance, arguments: tuple[str, ...], code: int
) -> None:
    done = guozi(*arguments, "--json")
    assert done.code == code, done.err
    assert done.err.strip()
    assert {"error", "message", "findings"} == set(done.document)


def test_a_person_has_their_own_rights_and_no_others(guozi: Instance) -> None:
    allowed = guozi("value", "total_assets", *WHERE, "--as", "zhou")  # the reporter of this company
    assert allowed.code == 0, allowed.err
    other = guozi("value", "total_assets", "--entity", "600011", "--period", YEAR, "--json", "--as", "zhou")
    assert (other.code, other.document["error"]) == (2, "not-found")
    assert {row["name"] for row in guozi("entity", "list", "--json", "--as", "zhou").document} == {"鞍钢股份"}
    denied = guozi("filing", "return", COMPANY, "balance_sheet", YEAR, "--reason", "I would like to", "--json", "--as", "zhou")  # fmt: skip
    assert (denied.code, denied.document["error"]) == (2, "denied")
    rebuild = guozi("facts", "rebuild", "--json", "--as", "zhou")
    assert (rebuild.code, rebuild.document["error"]) == (2, "denied")


def test_packs_and_indicators_are_told_of_without_an_instance(nowhere: Instance) -> None:
    check = nowhere("pack", "check", "--json")
    assert (check.code, check.document) == (0, {"findings": []})
    listed = nowhere("indicator", "list", "--on", "2018-12-31", "--json").document
    assert {"id", "name", "unit", "formula", "cite"} <= set(listed[0])
    shown = nowhere("indicator", "show", "debt_ratio", "--on", "2018-12-31", "--json").document
    assert shown in listed


def test_where_no_instance_is_every_command_says_how_to_make_one(nowhere: Instance) -> None:
    done = nowhere("value", "total_assets", *WHERE)
    assert (done.code, done.document["error"]) == (3, "unavailable")
    assert "guozi demo" in done.err
    doctor = nowhere("doctor", "--json", language="zh")
    assert doctor.code == 3
    assert doctor.document["checks"][0]["name"] == "instance"
    assert "没有实例" in doctor.document["checks"][0]["detail"]


def test_a_home_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = Instance(blocked / "home")("doctor")
    assert done.code == 3
    assert "GUOZI_HOME" in done.err


def test_doctor_names_what_is_broken(guozi: Instance, tmp_path: Path) -> None:
    facts, aside = guozi.home / "facts", guozi.home / "facts-aside"
    facts.rename(aside)
    try:
        done = guozi("doctor", "--json", GUOZI_PACKS=str(_broken_packs(tmp_path)))
    finally:
        aside.rename(facts)
    assert done.code == 1
    broken = {check["name"]: check["detail"] for check in done.document["checks"] if not check["ok"]}
    assert set(broken) == {"packs", "facts"}
    assert "facts rebuild" in broken["facts"]
    assert "pack check" in broken["packs"]


def _broken_packs(folder: Path) -> Path:
    import shutil

    from guozi.packs import default_root

    broken = folder / "packs"
    shutil.copytree(default_root(), broken)
    indicator = next((broken / "national" / "indicators").rglob("*.yaml"))
    indicator.write_text(indicator.read_text() + "\nno_such_key: 1\n")
    return broken


def test_a_list_of_enterprises_comes_in_whole_or_not_at_all(guozi: Instance, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("企业名称,企业代码,上级单位,报表类型,颜色\n甲公司,T-1,nobody,九,红\n,T-1,,,\n", encoding="utf-8")
    done = guozi("entity", "import", str(bad), "--json")
    assert (done.code, done.document["created"]) == (1, 0)
    assert {finding["code"] for finding in done.document["findings"]} == {
        "source.head-unknown", "source.word-unknown", "entities.name-missing", "entities.code-twice", "entities.parent-unknown",
    }  # fmt: skip
    good = tmp_path / "good.csv"
    good.write_text("企业名称,企业代码,上级单位,报表类型,资产负债率管控类别,生效日期\n"
                    "测试甲公司,T-1,DEMO-SASAC,集团合并表,工业企业,2020-01-01\n测试乙公司,T-2,T-1,single,research,2020-01-01\n", encoding="gb18030")  # fmt: skip
    dry = guozi("entity", "import", str(good), "--dry-run", "--json")
    assert (dry.code, dry.document["created"]) == (0, 2)
    taken = guozi("entity", "import", str(good), "--json")
    assert (taken.code, taken.document["created"]) == (0, 2), taken.err
    shown = guozi("entity", "show", "T-2", "--on", "2021-01-01", "--json").document
    assert shown["facts"] == {"debt_class": "research"}
    assert shown["ancestors"][0] == "测试甲公司"
    again = guozi("entity", "import", str(good), "--json").document
    assert (again["created"], again["changed"]) == (0, 0)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    from guozi.cli.out import write_values

    file = tmp_path / "values.csv"
    write_values(file, [{"entity": "=1+1", "value": Decimal("-3.50")}])
    assert file.read_text(encoding="utf-8-sig").splitlines()[1] == "'=1+1,-3.50"


def test_json_stands_alone_on_standard_output(guozi: Instance) -> None:
    done = guozi("close", "2015", "--json")
    json.loads(done.out)
    assert "[0/4] facts" in done.err
