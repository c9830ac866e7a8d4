"""Unknown is a value with its reason: the first operand's, except where a truth is decided without it or it is passed over on purpose."""

import pytest

from guozi.core.kernel.unknown import Unknown, Why
from guozi.engines.reference import Judge
from tests.engines.books import book, formula

BLANK = Unknown(Why.BLANK, "cash")
NOT_FILED = Unknown(Why.NOT_FILED, "income 2025")
ABSENT = Unknown(Why.NOT_OFFERED, "total_equity")
KNOWN = book({"cash": BLANK, "revenue": NOT_FILED, "cost": 5, "inventories": 0, "total_profit": 1})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cash + revenue", BLANK),
        ("revenue + cash", NOT_FILED),
        ("cost - revenue", NOT_FILED),
        ("cash * 0", BLANK),
        ("rate + 1", Unknown(Why.NOT_FILED, "facts")),
        ("mean(cost, cash)", BLANK),
        ("max(cost, revenue)", NOT_FILED),
        ("min(cash, cost)", BLANK),
        ("abs(cash)", BLANK),
        ("round(cash, 2)", BLANK),
        ("cash = cash", BLANK),
        ("not cash > 0", BLANK),
        ("cost > 0 and cash > 0", BLANK),
        ("cash > 0 and cost > 9元", False),
        ("cash > 0 or cost > 0", True),
        ("cash > 0 or cost < 0", BLANK),
        ("cash > 0 and revenue > 0", BLANK),
        ("coalesce(cash, 0)", 0),
        ("coalesce(cash, revenue, cost)", 5),
        ("coalesce(revenue, cash)", NOT_FILED),
        ("case when cash > 0 then cost else 0 end", BLANK),
        ("case when cost > 0 then cost when cash > 0 then cash else revenue end", 5),
        ("case when cost < 0 then cost else revenue end", NOT_FILED),
        ("cash in (1元, 2元)", BLANK),
        ("cost / inventories", Unknown(Why.NOT_MEANINGFUL, "inventories")),
        ("cost / (inventories - inventories * 2)", Unknown(Why.NOT_MEANINGFUL, "inventories")),
        ("cash / inventories", BLANK),
        ("cost / inventories >= 0.5", Unknown(Why.NOT_MEANINGFUL, "inventories")),
        ("not cost / inventories >= 0.5", Unknown(Why.NOT_MEANINGFUL, "inventories")),
        ("line", Unknown(Why.NO_ATTRIBUTE, "enterprise.debt_class")),
        ("param('profit.floor')", Unknown(Why.NO_PARAMETER, "profit.floor")),
        ("param('debt_ratio.warning_line', 'research')", Unknown(Why.NO_PARAMETER, "debt_ratio.warning_line research")),
    ],
)
def test_what_becomes_of_an_unknown(text: str, expected: object) -> None:
    assert Judge(KNOWN).value(formula(text).root) == expected


def test_otherwise_is_taken_only_where_the_layout_does_not_offer_the_column() -> None:
    offered = book({"opening(total_equity)": Unknown(Why.BLANK, "total_equity"), "year_ago(total_equity)": 7})
    absent = book({"opening(total_equity)": ABSENT, "year_ago(total_equity)": 7})
    root = formula("opening(total_equity)").root
    assert Judge(offered).value(root) == Unknown(Why.BLANK, "total_equity")
    assert Judge(absent).value(root) == 7


def test_where_otherwise_is_unknown_too_its_reason_is_told() -> None:
    absent = book({"opening(total_equity)": ABSENT, "year_ago(total_equity)": Unknown(Why.NOT_FILED, "balance 2017")})
    assert Judge(absent).value(formula("opening(total_equity)").root) == Unknown(Why.NOT_FILED, "balance 2017")


def test_a_key_finds_its_parameter() -> None:
    known = book({}, {"enterprise.debt_class": "industrial"}, {("debt_ratio.warning_line", "industrial"): "0.65"})
    assert Judge(known).final(formula("line")) == formula("65%").root.value  # type: ignore[attr-defined]
