"""Money, ratios, counts, texts, dates and truths: what they give together, and what is refused."""

import pytest

from guozi.core.formula.tree import Formula
from guozi.core.kernel.money import Type
from tests.engines.books import COMPILER, formula


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("cash + 0", Type.MONEY),
        ("cash * rate", Type.MONEY),
        ("2 * cash", Type.MONEY),
        ("cash / revenue", Type.RATIO),
        ("cash / rate", Type.MONEY),
        ("cash / headcount", Type.MONEY_PER_COUNT),
        ("cash / headcount * headcount", Type.MONEY),
        ("cash / headcount / (cost / headcount)", Type.RATIO),
        ("headcount + 1", Type.COUNT),
        ("headcount / headcount", Type.RATIO),
        ("rate / headcount", Type.RATIO),
        ("1 - rate", Type.RATIO),
        ("mean(cash, cost)", Type.MONEY),
        ("max(cash, 0)", Type.MONEY),
        ("coalesce(remark, 'none')", Type.TEXT),
        ("coalesce(cash, 0)", Type.MONEY),
        ("round(cash, -4)", Type.MONEY),
        ("case when rate > 1 then cash else 0 end", Type.MONEY),
        ("cash / headcount > 5万元", Type.TRUTH),
        ("headcount >= 100", Type.TRUTH),
        ("listed_on >= '2026-01-01'", Type.TRUTH),
        ("profit > 0 or true".replace("profit", "net_profit"), Type.TRUTH),
        ("debt_ratio >= param('debt_ratio.warning_line', enterprise.debt_class)", Type.TRUTH),
        ("cash >= param('profit.floor')", Type.TRUTH),
    ],
)
def test_the_type_of_what_a_formula_gives(text: str, type_: Type) -> None:
    assert formula(text).type is type_


@pytest.mark.parametrize(
    "text",
    [
        "cash + 1",
        "cash + headcount",
        "cash - rate",
        "rate / cash",
        "cash * cash",
        "cash = '1'",
        "remark + 'a'",
        "max(remark, 'a')",
        "round(cash, rate)",
        "round(cash, 0.5)",
        "round(cash, 9)",
        "abs(cash > 0)",
        "not cash",
        "(cash > 0) + 1",
        "case when cash then 1 else 2 end",
        "case when cash > 0 then 1 else remark end",
        "case when cash > 0 then 1 else cash end",
        "listed_on = 'yesterday'",
        "param('debt_ratio.warning_line', cash)",
        "coalesce(cash, rate)",
        "-remark",
    ],
)
def test_what_does_not_go_together_is_refused(text: str) -> None:
    findings = COMPILER.compile(text)
    assert not isinstance(findings, Formula)
    assert [finding.code for finding in findings] == ["formula.types"]
