"""What the text of a formula means: precedence, labels, full-width signs, literals, long sums."""

from fractions import Fraction

import pytest

from guozi.core.formula.tree import Attribute, Call, Cell, Constant, Node, Parameter, walk
from guozi.core.kernel.money import Type
from tests.engines.books import formula


def shape(node: Node) -> str:
    """The tree in brackets, for comparison."""
    match node:
        case Cell():
            return node.item
        case Constant():
            return str(node.value)
        case Attribute():
            return f"{node.source}.{node.name}"
        case Parameter():
            return f"param {node.name}"
        case Call():
            return f"{node.function}({', '.join(shape(arg) for arg in node.args)})"
        case _:
            raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cash + revenue * 2", "add(cash, multiply(revenue, 2))"),
        ("(cash + revenue) * 2", "multiply(add(cash, revenue), 2)"),
        ("cash - revenue - cost", "subtract(subtract(cash, revenue), cost)"),
        ("cash - (revenue - cost)", "subtract(cash, subtract(revenue, cost))"),
        ("-cash + cost", "add(negate(cash), cost)"),
        ("cash / revenue / 2", "divide(divide(cash, revenue), 2)"),
        ("not cash > 0 and cost > 0 or rate = 1", "or(and(not(greater(cash, 0)), greater(cost, 0)), equal(rate, 1))"),
        (
            "rate between 1 and 2 and cash > 0",
            "and(and(greater_or_equal(rate, 1), less_or_equal(rate, 2)), greater(cash, 0))",
        ),
        ("rate in (1, 2)", "or(equal(rate, 1), equal(rate, 2))"),
        ("rate in (1)", "equal(rate, 1)"),
        ("rate not in (1, 2)", "not(or(equal(rate, 1), equal(rate, 2)))"),
        ("case when cash > 0 then 1 when cash < 0 then 2 else 3 end", "case(greater(cash, 0), 1, less(cash, 0), 2, 3)"),
        ("case rate when 1 then cash else cost end", "case(equal(rate, 1), cash, cost)"),
        ("CASE WHEN cash > 0 THEN 1 ELSE -2 END", "case(greater(cash, 0), 1, -2)"),
    ],
)
def test_operators_bind_as_in_sql(text: str, expected: str) -> None:
    assert shape(formula(text).root) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("资产总计 － 所有者权益（或股东权益）合计", "subtract(total_assets, total_equity)"),
        ("所有者权益(或股东权益)合计 ÷ 资产总计", "divide(total_equity, total_assets)"),
        ("应收账款1-2年 × 2", "multiply(inventories, 2)"),
        ("revenue - 减：营业成本", "subtract(revenue, cost)"),
        ("Total assets - cash", "subtract(total_assets, cash)"),
        ("（cash ＋ cost）／revenue ≥ ７０％", "greater_or_equal(divide(add(cash, cost), revenue), 7/10)"),
        ("cash != 0", "not_equal(cash, 0)"),
        ("cash ≠ 0", "not_equal(cash, 0)"),
        ("cash ≤ 0", "less_or_equal(cash, 0)"),
        ("remark = ‘a＋b’", "equal(remark, a＋b)"),
        ("remark = 'it''s'", "equal(remark, it's)"),
        ("listed_on < '2026-12-31'", "less(listed_on, 2026-12-31)"),
    ],
)
def test_labels_and_full_width_signs_are_read_as_codes_and_ascii(text: str, expected: str) -> None:
    assert shape(formula(text).root) == expected


@pytest.mark.parametrize(
    ("text", "value", "type_"),
    [
        ("70%", Fraction(7, 10), Type.RATIO),
        ("0.1", Fraction(1, 10), Type.RATIO),
        ("3000万元", Fraction(30_000_000), Type.MONEY),
        ("1.5 亿元", Fraction(150_000_000), Type.MONEY),
        ("5元", Fraction(5), Type.MONEY),
    ],
)
def test_numbers_are_exact_and_amounts_carry_their_unit(text: str, value: Fraction, type_: Type) -> None:
    root = formula(text).root
    assert isinstance(root, Constant)
    assert (root.value, root.type) == (value, type_)


def test_every_part_knows_its_place_in_the_text_brackets_included() -> None:
    text = "not (cash + cost) / abs(revenue - 1元) > 70% and rate in (1, 2)"
    parts = {text[slice(*node.span)] for node in walk(formula(text).root)}
    assert {
        text,
        "not (cash + cost) / abs(revenue - 1元) > 70%",
        "(cash + cost) / abs(revenue - 1元) > 70%",
        "(cash + cost) / abs(revenue - 1元)",
        "cash + cost",
        "abs(revenue - 1元)",
        "revenue - 1元",
        "1元",
        "70%",
        "rate in (1, 2)",
    } <= parts


def test_a_sum_of_nine_hundred_terms_is_one_flat_sum() -> None:
    root = formula(" + ".join(["cash"] * 900)).root
    assert isinstance(root, Call)
    assert (root.function, len(root.args)) == ("add", 900)
