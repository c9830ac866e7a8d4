"""The table is the one source: the compiler, the judge and the reference page know exactly what stands in it."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from guozi.core.formula.document import page
from guozi.core.formula.functions import FUNCTIONS, WRITTEN
from guozi.core.formula.tree import Call, walk
from guozi.core.kernel.unknown import Unknown
from guozi.engines.reference import Judge
from tests.engines.books import book, formula

ROOT = Path(__file__).parents[3]
FRAGMENTS = ROOT / "src/guozi/locale/zh_Hans/fragments"

EXAMPLES = {
    "add": "cash + cost",
    "subtract": "cash - cost",
    "multiply": "cash * rate",
    "divide": "cash / cost",
    "negate": "-cash",
    "equal": "cash = cost",
    "not_equal": "cash <> cost",
    "less": "cash < cost",
    "less_or_equal": "cash <= cost",
    "greater": "cash > cost",
    "greater_or_equal": "cash >= cost",
    "and": "cash > 0 and cost > 0",
    "or": "cash > 0 or cost > 0",
    "not": "not cash > 0",
    "case": "case when cash > 0 then cash else cost end",
    "coalesce": "coalesce(cash, cost)",
    "mean": "mean(cash, cost)",
    "abs": "abs(cash)",
    "min": "min(cash, cost)",
    "max": "max(cash, cost)",
    "round": "round(rate, 1)",
}


def test_every_function_has_an_example_here() -> None:
    assert set(EXAMPLES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_compiler_makes_it_and_the_judge_answers_it(name: str) -> None:
    root = formula(EXAMPLES[name]).root
    assert name in {node.function for node in walk(root) if isinstance(node, Call)}
    assert not isinstance(Judge(book({"cash": 3, "cost": 2, "rate": "0.25"})).value(root), Unknown)


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_by_name_shows_its_name(name: str) -> None:
    assert WRITTEN[name].written.startswith(f"{name}(")


def chinese() -> dict[str, str]:
    """The Chinese of every text of the interface."""
    texts: dict[str, str] = {}
    for fragment in FRAGMENTS.glob("*.po"):
        with fragment.open("rb") as file:
            texts |= {
                str(message.id): str(message.string) for message in read_po(file) if message.id and not message.context
            }
    return texts


def test_every_text_of_the_table_has_its_chinese() -> None:
    texts = chinese()
    assert [
        text for row in FUNCTIONS.values() for text in (row.takes, row.doc, row.unknown) if not texts.get(text)
    ] == []


def test_the_reference_pages_are_current() -> None:
    """To write them anew: `python -m pytest` shows the difference; write `page()` and `page(chinese().__getitem__)` to the two files."""
    assert (ROOT / "docs/reference/formula.md").read_text(encoding="utf-8") == page()
    assert (ROOT / "docs/reference/formula.zh.md").read_text(encoding="utf-8") == page(chinese().__getitem__)
