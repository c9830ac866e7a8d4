"""A made-up municipality: groups, enterprises and statements that add up (a few that do not), the same on every machine.

Names, words and shares stand in `samples/city.json`. Amounts are whole 万元; nothing is drawn from any real enterprise.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guozi.app import wiring
from guozi.core.kernel.period import Period

UNIT = "wan_yuan"
REPORT_TYPE = "single"
RESEARCH = "research_and_development_expenses"
Amounts = dict[str, int]
"""Item → amount in 万元."""
Cells = dict[str, dict[str, str]]
"""Item → column → text, as a filing has it."""


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A made-up enterprise. `group` is the code of the group above it."""

    code: str
    name: str
    group: str
    facts: Mapping[str, str]
    revenue: int


@dataclass(frozen=True, slots=True)
class Year:
    """An enterprise's three statements of one year, before they are columns of a form."""

    balance_sheet: Amounts
    income_statement: Amounts
    cash_flow: Amounts


class City:
    """The municipality of a size: `groups` (code → name), `enterprises`, and `filings(enterprise)`."""

    def __init__(self, entities: int, groups: int) -> None:
        self.words: dict[str, Any] = json.loads((wiring.samples_root() / "city.json").read_text(encoding="utf-8"))
        self.years: Sequence[int] = self.words["years"]
        self.groups: dict[str, str] = {}
        self.enterprises: list[Enterprise] = []
        self._names(entities, groups)

    @classmethod
    def of_size(cls, size: str) -> City:
        """`city` or `large`."""
        words = json.loads((wiring.samples_root() / "city.json").read_text(encoding="utf-8"))
        return cls(**words["sizes"][size])

    def _names(self, entities: int, groups: int) -> None:
        words = self.words
        pick = random.Random(words["seed"])
        used: set[str] = set()

        def name(trade: str, ending: str) -> str:
            while True:
                found: str = (
                    pick.choice(words["places"]) + pick.choice(words["words"]) + pick.choice(words["words"]) + trade
                )
                if found not in used:
                    used.add(found)
                    return found + ending

        codes = [f"{words['code']}-G{number:03}" for number in range(1, groups + 1)]
        for code in codes:
            self.groups[code] = name("", words["group_ending"])
        scales = [scale for scale in words["scales"] for _ in range(scale["of_ten"])]
        for number in range(entities):
            trade, scale = pick.choice(words["trades"]), pick.choice(scales)
            self.enterprises.append(
                Enterprise(
                    code=f"{words['code']}-{number + 1:05}",
                    name=name(pick.choice(trade["zh"]), words["entity_ending"]),
                    group=codes[number % groups],
                    facts={
                        "industry": trade["industry"],
                        "debt_class": trade["debt_class"],
                        "size": scale["size"],
                    },
                    revenue=pick.randint(*scale["revenue"]),
                )
            )

    def filings(self, enterprise: Enterprise) -> Iterator[tuple[int, dict[str, Cells], bool]]:
        """Each year: form → cells with both columns, and whether it adds up."""
        pick = random.Random(f"{self.words['seed']} {enterprise.code}")
        before = self._year(pick, enterprise.revenue, None)
        revenue = enterprise.revenue
        for year in self.years:
            revenue = max(revenue * pick.randint(86, 119) // 100, 100)
            now = self._year(pick, revenue, before)
            wrong = pick.randrange(1000) < self.words["wrong_of_thousand"]
            income, former = (_in_layout(one.income_statement, year) for one in (now, before))
            cells = {
                "balance_sheet": columns(now.balance_sheet, before.balance_sheet, "closing", "opening"),
                "income_statement": columns(income, former, "current", "prior"),
                "cash_flow": columns(now.cash_flow, before.cash_flow, "current", "prior"),
            }
            if wrong:
                total = now.balance_sheet["current_assets"]
                cells["balance_sheet"]["current_assets"]["closing"] = str(total + 10 + total // 50)
            yield year, cells, not wrong
            before = now

    def _year(self, pick: random.Random, revenue: int, before: Year | None) -> Year:
        income = _income(pick, revenue)
        weights = self.words["weights"]
        assets = before.balance_sheet["total_assets"] if before else revenue * pick.randint(90, 260) // 100 + 500
        assets = max(assets + income["net_profit_for_period"] // 2 + assets * pick.randint(-3, 6) // 100, 300)
        opening = before.cash_flow["closing_cash"] if before else assets * pick.randint(5, 14) // 100
        cash = max(opening + assets * pick.randint(-2, 3) // 100, 1)
        current = max(assets * pick.randint(30, 65) // 100, cash + 10)
        debt = assets * (pick.randint(38, 74) if before is None else _near(pick, before)) // 100
        short = debt * pick.randint(45, 75) // 100
        sheet: Amounts = {"cash": cash}
        _share(sheet, pick, current - cash, weights["current_assets"])
        sheet["current_assets"] = current
        _share(sheet, pick, assets - current, weights["non_current_assets"])
        sheet["non_current_assets"] = assets - current
        sheet["total_assets"] = assets
        _share(sheet, pick, short, weights["current_liabilities"])
        sheet["current_liabilities"] = short
        _share(sheet, pick, debt - short, weights["non_current_liabilities"])
        sheet["non_current_liabilities"] = debt - short
        sheet["total_liabilities"] = debt
        _equity(sheet, assets - debt, before)
        return Year(sheet, income, _cash(pick, revenue, income, opening, cash))


def columns(now: Amounts, before: Amounts, first: str, second: str) -> Cells:
    """Two years of amounts as the two columns of a form."""
    return {item: {first: str(amount), second: str(before[item])} for item, amount in now.items()}


def _in_layout(income: Amounts, year: int) -> Amounts:
    """An income statement by the layout of its year: research stood within administrative expenses before it had a row of its own."""
    form, layout = wiring.rulebook(Period(year)).forms["income_statement"]
    rows = {item.code for item in form.items(layout)}
    aside = sum(amount for item, amount in income.items() if item == RESEARCH and item not in rows)
    kept = {item: amount for item, amount in income.items() if item in rows}
    kept["administrative_expenses"] += aside
    return kept


def _share(into: Amounts, pick: random.Random, amount: int, weights: Mapping[str, int]) -> None:
    """Divides an amount over items by their weights, shaken a little; the last one takes what is left."""
    shaken = {item: weight * pick.randint(60, 140) for item, weight in weights.items()}
    total, left = sum(shaken.values()), amount
    *items, last = shaken
    for item in items:
        into[item] = amount * shaken[item] // total
        left -= into[item]
    into[last] = left


def _near(pick: random.Random, before: Year) -> int:
    """Last year's debt ratio in percent, moved by a few points."""
    sheet = before.balance_sheet
    return min(max(sheet["total_liabilities"] * 100 // sheet["total_assets"] + pick.randint(-3, 4), 15), 96)


def _equity(sheet: Amounts, equity: int, before: Year | None) -> None:
    capital = before.balance_sheet["paid_in_capital"] if before else max(equity * 45 // 100, 10)
    reserve = max(equity, 0) * 4 // 100
    sheet |= {
        "paid_in_capital": capital,
        "state_capital": capital,
        "paid_in_capital_net": capital,
        "capital_reserve": max(equity, 0) * 12 // 100,
        "surplus_reserve": reserve,
        "statutory_surplus_reserve": reserve,
    }
    sheet["retained_earnings"] = equity - capital - sheet["capital_reserve"] - reserve
    sheet["equity_attributable_to_parent"] = equity
    sheet["total_equity"] = equity
    sheet["total_liabilities_and_equity"] = sheet["total_liabilities"] + equity


def _income(pick: random.Random, revenue: int) -> Amounts:
    def part(low: int, high: int) -> int:
        """Between so many and so many thousandths of revenue."""
        return revenue * pick.randint(low, high) // 1000

    costs = {
        "cost_of_sales": part(640, 860),
        "taxes_and_surcharges": part(5, 15),
        "selling_expenses": part(8, 50),
        "administrative_expenses": part(25, 80),
        RESEARCH: part(0, 40),
        "finance_costs": part(4, 35),
    }
    income: Amounts = {"total_operating_revenue": revenue, "operating_revenue": revenue}
    income["total_operating_costs"] = sum(costs.values())
    income |= costs
    income["other_income"], income["investment_income"] = part(0, 12), part(-4, 20)
    income["operating_profit"] = (
        revenue - income["total_operating_costs"] + income["other_income"] + income["investment_income"]
    )
    income["non_operating_income"], income["non_operating_expenses"] = part(0, 6), part(0, 5)
    profit = income["operating_profit"] + income["non_operating_income"] - income["non_operating_expenses"]
    income["profit_before_tax"] = profit
    income["income_tax_expense"] = max(profit, 0) * pick.randint(15, 25) // 100
    net = profit - income["income_tax_expense"]
    income |= dict.fromkeys(
        (
            "net_profit_for_period",
            "net_profit_to_parent",
            "net_profit_from_continuing_operations",
            "total_comprehensive_income",
            "comprehensive_income_to_parent",
        ),
        net,
    )
    return income


def _cash(pick: random.Random, revenue: int, income: Amounts, opening: int, closing: int) -> Amounts:
    def part(low: int, high: int) -> int:
        return revenue * pick.randint(low, high) // 1000

    flow: Amounts = {"cash_received_from_sales": part(980, 1130), "tax_refunds_received": part(0, 8)}
    flow["other_operating_cash_received"] = part(5, 40)
    flow["operating_cash_inflows"] = sum(flow.values())
    paid = {
        "cash_paid_for_goods_and_services": part(680, 820),
        "cash_paid_to_employees": part(60, 130),
        "taxes_paid": part(20, 60),
        "other_operating_cash_paid": part(20, 70),
    }
    flow |= paid
    flow["operating_cash_outflows"] = sum(paid.values())
    flow["net_cash_from_operating_activities"] = flow["operating_cash_inflows"] - flow["operating_cash_outflows"]
    flow["investment_income_received"] = max(income["investment_income"], 0)
    flow["investing_cash_inflows"] = flow["investment_income_received"]
    flow["cash_paid_for_long_term_assets"] = flow["investing_cash_outflows"] = part(20, 140)
    flow["net_cash_from_investing_activities"] = flow["investing_cash_inflows"] - flow["investing_cash_outflows"]
    increase = closing - opening
    financing = increase - flow["net_cash_from_operating_activities"] - flow["net_cash_from_investing_activities"]
    flow["debt_repaid"], flow["dividends_and_interest_paid"] = part(60, 200), part(10, 40)
    flow["financing_cash_outflows"] = flow["debt_repaid"] + flow["dividends_and_interest_paid"]
    short = financing + flow["financing_cash_outflows"]
    if short < 0:  # more was repaid than planned
        flow["debt_repaid"] -= short
        flow["financing_cash_outflows"] -= short
        short = 0
    flow["borrowings_received"] = flow["financing_cash_inflows"] = short
    flow["net_cash_from_financing_activities"] = financing
    flow["net_increase_in_cash"] = increase
    flow["opening_cash"], flow["closing_cash"] = opening, closing
    return flow
